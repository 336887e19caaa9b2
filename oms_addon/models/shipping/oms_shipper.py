"""Shipping, tracking and delivery of orders."""

import logging

from odoo import api, fields, models

from odoo.addons.oms_addon.tools.batches import in_halves
from odoo.addons.oms_addon.tools.sealed_context import sealed

from .oms_parcel import TROUBLE

_logger = logging.getLogger(__name__)

# Maximum number of steps: pick, pack and ship.
MAX_STEPS = 3


class OmsShipper(models.AbstractModel):
    _name = "oms.shipper"
    _description = "Shipper"

    # === SHIP === #

    @api.model
    def _ship(self, orders):
        """Ship orders, automatically if their channel is set up so.

        :param orders: ``sale.order`` records
        :return: a sentence for each order with items still to ship
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
        """:return: the lines with undelivered items"""
        return order.order_line.filtered(
            lambda line: (
                line.product_id.type == "consu"
                and not line.display_type
                and line.product_uom_id.compare(line.qty_delivered, line.product_uom_qty) < 0
            )
        )

    @api.model
    def _ship_ready(self, orders):
        """Validate reserved transfers step by step until they are shipped.

        :return: why transfers could not be validated, by transfer
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
        """Validate the deliveries that the channel shipped from its own warehouse.

        The channel's stock is authoritative: the units are recorded as shipped, reserved or not,
        and without lots.
        """
        shipped = orders.filtered(lambda o: o.oms_channel_status in ("shipped", "delivered"))
        for picking in self._deliveries_of(shipped)._oms_todo():
            for move in picking.move_ids:
                # Shipped units are recorded even if the stock becomes negative.
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
        """:return: the transfers of an order towards the customer"""
        return self._deliveries_of(order)

    @api.model
    def _unshipped_reason(self, order, pickings, todo, errors):
        """:return: what the deliveries of an order wait for, as a sentence"""
        reported = [errors[picking] for picking in todo if picking in errors]
        if reported:
            return "; ".join(reported)
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
        """Validate deliveries in bulk; on failure, find the ones that cannot be validated.

        Serialization errors are raised. Deliveries validated by others meanwhile are ignored.

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
        """Validate deliveries in one call, without wizards; done ones are ignored.

        :raise ValueError: if Odoo opens a wizard for confirmation
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
        """:return: whether a rule pushes items from a customer location"""
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
        """:return: why a delivery could not be validated, as text"""
        return self.env._(
            "%(delivery)s could not be shipped: %(error)s", delivery=picking.name, error=error
        )

    # === TRACK === #

    @api.model
    def _track(self, orders):
        """Record the parcels of shipped deliveries and send them to the channels.

        Automatically shipped deliveries without a tracking number get a parcel without one.

        :param orders: ``sale.order`` records
        :return: a sentence for each order with deliveries without a parcel
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
        """:return: the deliveries of orders that were shipped to the customer from Odoo"""
        return orders._oms_pickings().filtered(
            lambda p: (
                p.state == "done" and p.picking_type_code == "outgoing" and not p.oms_is_external
            )
        )

    # === DELIVER === #

    @api.model
    def _deliver(self, orders):
        """Wait until all parcels are delivered.

        :param orders: ``sale.order`` records
        :return: a sentence for each order with parcels not delivered
        :rtype: dict
        """
        waits = {}
        self._shipped(orders).oms_parcel_ids.fetch(["state"])
        for order in orders.filtered(lambda o: not o.oms_by_channel):
            parcels = self._shipped(order).oms_parcel_ids
            open_parcels = parcels.filtered(lambda p: p.state != "delivered")
            if open_parcels:
                waits[order] = self._undelivered_reason(parcels, open_parcels)
        return waits

    @api.model
    def _undelivered_reason(self, parcels, open_parcels):
        """:return: why an order is not delivered yet, as a sentence"""
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
