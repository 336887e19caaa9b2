"""From reserved to shipped, told and delivered."""

import logging

from odoo import api, fields, models

from odoo.addons.oms_addon.tools.batches import in_halves
from odoo.addons.oms_addon.tools.sealed_context import sealed

from .oms_parcel import TROUBLE

_logger = logging.getLogger(__name__)

# Pick, pack and ship.
MAX_STEPS = 3


class OmsShipper(models.AbstractModel):
    _name = "oms.shipper"
    _description = "Shipper"

    # === SHIP === #

    @api.model
    def _ship(self, orders):
        """Have the items of orders leave, by ourselves where the channel wants it.

        :param orders: ``sale.order`` records
        :return: a sentence for each order of which items still are to leave
        :rtype: dict
        """
        errors = self._ship_ready(orders.filtered(lambda o: o._oms_ships_itself()))
        self._ship_by_channel(orders.filtered("oms_by_channel"))
        waits = {}
        for order in orders:
            pickings = self._deliveries(order)
            todo = pickings._oms_todo()
            if todo:
                waits[order] = self._unshipped_reason(order, pickings, todo, errors)
            elif missing := self._undelivered_lines(order):
                waits[order] = self.env._(
                    "There is no delivery for %(goods)s. Create one in Inventory, or cancel the "
                    "items.",
                    goods=", ".join(missing.product_id.mapped("display_name")),
                )
        self._send_shipments(self.env["sale.order"].union(*waits))
        return waits

    @api.model
    def _undelivered_lines(self, order):
        """:return: lines whose items neither left nor are going to"""
        return order.order_line.filtered(
            lambda line: (
                line.product_id.type == "consu"
                and not line.display_type
                and line.product_uom_id.compare(line.qty_delivered, line.product_uom_qty) < 0
            )
        )

    @api.model
    def _ship_ready(self, orders):
        """Validate what is reserved, step by step until it has left.

        :return: why deliveries could not be validated, by delivery
        :rtype: dict
        """
        errors = {}
        for _step in range(MAX_STEPS):
            ready = orders._oms_pickings().filtered(
                lambda p: (
                    p.state == "assigned"
                    and p.picking_type_code != "incoming"
                    and p not in errors
                    and all(o._oms_ships_itself() for o in p.oms_shared_order_ids - orders)
                )
            )
            if not ready:
                break
            errors.update(self._validate(ready))
        return errors

    @api.model
    def _ship_by_channel(self, orders):
        """Let leave what the channel says it shipped from its own warehouse.

        Its count is the channel's: what is shipped is shipped, reserved here or not, and
        nobody knows of which lot.
        """
        shipped = orders.filtered(lambda o: o.oms_channel_status in ("shipped", "delivered"))
        for picking in self._deliveries_of(shipped)._oms_todo():
            for move in picking.move_ids:
                # What left is told as it is, even where it leaves less than nothing.
                move.with_context(**sealed(goods_left=True)).quantity = move.product_uom_qty
                move.picked = True
            self._validate(picking)

    @api.model
    def _deliveries_of(self, orders):
        return orders._oms_pickings().filtered(
            lambda p: p.picking_type_code != "incoming" and p.state != "cancel"
        )

    @api.model
    def _deliveries(self, order):
        """:return: the transfers through which items of an order leave"""
        return self._deliveries_of(order)

    @api.model
    def _unshipped_reason(self, order, pickings, todo, errors):
        """:return: what the deliveries of an order wait for, in one sentence"""
        told = [errors[picking] for picking in todo if picking in errors]
        if told:
            return "; ".join(told)
        if order.oms_by_channel:
            return self.env._("The channel ships the order from its own warehouse.")
        if order.oms_available_at and order.oms_available_at > fields.Datetime.now():
            return self.env._(
                "Pre-order: ships from %(date)s.",
                date=order._oms_local_date(order.oms_available_at),
            )
        if not order._oms_may_ship():
            return self.env._("Waiting for payment: the order ships when paid.")
        return self.env._(
            "Waiting for the warehouse: %(open)s of %(all)s deliveries to ship.",
            open=len(todo),
            all=len(pickings),
        )

    @api.model
    def _validate(self, pickings):
        """Validate deliveries together; when together fails, find out which one cannot.

        Serialization errors escape. What somebody else validated meanwhile is left alone.

        :param pickings: ``stock.picking`` records
        :return: why a delivery could not be validated, by delivery
        :rtype: dict
        """
        pickings._oms_lock()
        reasons = {}
        for done, _result, error in in_halves(self.env, pickings, self._validate_once):
            if error:
                _logger.info("Delivery %s was not validated", done.id, exc_info=error)
                reasons[done] = self._unvalidated_reason(done, error)
        return reasons

    @api.model
    def _validate_once(self, pickings):
        """Validate deliveries in one go, without questions; those that are done stay.

        :raise UserError: when Odoo asks something that only a person can answer
        """
        pickings = pickings._oms_todo()
        if not pickings:
            return
        result = pickings.with_context(
            skip_backorder=True,
            skip_sms=True,
            skip_expired=True,
            **sealed(from_flow=True, bulk=True, no_push=not self._pushes_from_customers()),
        ).button_validate()
        if result is not True and pickings._oms_todo():
            raise ValueError(
                self.env._("Odoo requires a confirmation. Validate the delivery manually.")
            )

    @api.model
    def _pushes_from_customers(self):
        """:return: whether some rule moves items on that arrived at a customer"""
        return bool(
            self.env["stock.rule"].search_count(
                [
                    ("action", "in", ("push", "pull_push")),
                    ("location_src_id.usage", "=", "customer"),
                ],
                limit=1,
            )
        )

    @api.model
    def _unvalidated_reason(self, picking, error):
        """:return: why a delivery could not be validated, in words"""
        return self.env._(
            "%(delivery)s could not be shipped: %(error)s", delivery=picking.name, error=error
        )

    # === TRACK === #

    @api.model
    def _track(self, orders):
        """Know the parcels of what was shipped, and tell the channels.

        What ships by itself and got no tracking number has none.

        :param orders: ``sale.order`` records
        :return: a sentence for each order some of whose deliveries have no parcel
        :rtype: dict
        """
        automatic = orders.filtered(lambda o: o._oms_policy("auto_ship") or o.oms_by_channel)
        self._shipped(automatic)._oms_create_untracked_parcels()
        self._send_shipments(orders)
        waits = {}
        for order in orders:
            missing = self._shipped(order).filtered(lambda p: not p.oms_parcel_ids)
            if missing:
                waits[order] = self.env._(
                    "Waiting for a tracking number: %(deliveries)s",
                    deliveries=", ".join(missing.mapped("name")),
                )
        return waits

    @api.model
    def _shipped(self, orders):
        """:return: the deliveries of orders that left from here for the customer"""
        return orders._oms_pickings().filtered(
            lambda p: (
                p.state == "done" and p.picking_type_code == "outgoing" and not p.oms_is_external
            )
        )

    # === DELIVER === #

    @api.model
    def _deliver(self, orders):
        """Wait until all parcels arrived.

        :param orders: ``sale.order`` records
        :return: a sentence for each order of which not everything arrived
        :rtype: dict
        """
        waits = {}
        for order in orders.filtered(lambda o: not o.oms_by_channel):
            parcels = self._shipped(order).oms_parcel_ids
            open_parcels = parcels.filtered(lambda p: p.state != "delivered")
            if open_parcels:
                waits[order] = self._undelivered_reason(parcels, open_parcels)
        return waits

    @api.model
    def _undelivered_reason(self, parcels, open_parcels):
        """:return: what keeps an order from being delivered, in one sentence"""
        labels = dict(parcels._fields["state"]._description_selection(self.env))
        trouble = open_parcels.filtered(lambda p: p.state in TROUBLE)
        if trouble:
            return "; ".join(
                self.env._(
                    "Parcel %(parcel)s: %(state)s. Contact the carrier or the customer.",
                    parcel=parcel.display_name,
                    state=labels[parcel.state],
                )
                for parcel in trouble
            )
        if open_parcels == open_parcels.filtered("no_tracking"):
            return self.env._(
                "Waiting for delivery to be confirmed manually: %(count)s of %(all)s parcels "
                "have no tracking",
                count=len(open_parcels),
                all=len(parcels),
            )
        return self.env._(
            "In transit: %(open)s of %(all)s parcels to be delivered",
            open=len(open_parcels),
            all=len(parcels),
        )
