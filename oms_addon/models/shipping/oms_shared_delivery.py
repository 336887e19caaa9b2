"""Combining orders in one delivery, and splitting them off."""

from odoo import api, models
from odoo.exceptions import UserError


class OmsSharedDelivery(models.AbstractModel):
    """Moves items with their reservations between deliveries.

    Deliveries are locked in the order of their ids, then read again: concurrent validations,
    cancellations and changes wait for each other, and the later transaction is retried. Before
    that, combining locks the orders, as opening an exception does.
    """

    _name = "oms.shared.delivery"
    _description = "Combined Shipment"

    # === COMBINING === #

    @api.model
    def _merge(self, orders):
        """Combine orders in one delivery, requested by a user.

        :param orders: ``sale.order`` records; orders already combined with them are included
        :raise UserError: if they cannot be combined, with the reason
        """
        orders |= orders.oms_shared_picking_ids._oms_is_leaving().oms_shared_order_ids
        orders._oms_claim()
        orders._oms_pickings()._oms_is_leaving()._oms_lock_all()
        reason = self.env["oms.combined.shipment"]._why_not(orders)
        if reason:
            raise UserError(reason)
        self._join([orders])
        orders.oms_ship_alone = False

    @api.model
    def _join(self, groups):
        """Move the items of each group of orders to the delivery of its oldest order.

        :param list groups: recordsets of orders that can be combined, locked and checked
        """
        into, emptied = {}, self.env["stock.picking"]
        for orders in groups:
            orders = self._oldest_first(orders)
            kept = {}
            for picking in self._in_order(orders):
                target = kept.setdefault(self._way(picking), picking)
                if target != picking:
                    into.setdefault(target, self.env["stock.picking"])
                    into[target] |= picking
        if not into:
            return
        for target, pickings in into.items():
            emptied |= pickings
            # Prefetch: Odoo would read the references per move.
            pickings.move_ids.mapped("reference_ids")
            pickings.move_line_ids.picking_id = target
            pickings.move_ids.picking_id = target
            target.priority = max((target | pickings).mapped("priority"))
        self._name_orders(self.env["stock.picking"].union(*into))
        self._discard(emptied)
        self._log_merged(into)

    @api.model
    def _in_order(self, orders):
        """:return: the open transfers of orders, in the sequence of the orders"""
        pickings = orders._oms_pickings()._oms_is_leaving().grouped("sale_id")
        empty = self.env["stock.picking"]
        return empty.concat(*(pickings.get(order, empty) for order in orders))

    @api.model
    def _oldest_first(self, orders):
        """:return: orders sorted by the date they were placed"""
        return orders.sorted(lambda o: (o.oms_placed_at or o.date_order, o.id))

    @api.model
    def _way(self, picking):
        """:return: the key shared by transfers that can be merged"""
        return picking.picking_type_id, picking.location_id, picking.location_dest_id

    @api.model
    def _discard(self, pickings):
        """Delete emptied transfers, and cancel emptied batches."""
        batches = pickings.batch_id
        pickings.batch_id = False
        pickings.unlink()
        batches.filtered(lambda b: not b.picking_ids).state = "cancel"

    @api.model
    def _log_merged(self, into):
        """Log on each order which orders it is combined with."""
        texts = {}
        for target in into:
            if target.picking_type_code != "outgoing":
                continue
            together = self._oldest_first(target.oms_shared_order_ids)
            for order in together:
                texts[order] = self.env._(
                    "Combined with %(orders)s in %(delivery)s",
                    orders=", ".join((together - order).mapped("name")),
                    delivery=target.name,
                )
        orders = self.env["sale.order"].union(*texts)
        self.env["oms.event"]._log(
            orders, "order.shipped_together", {order.id: text for order, text in texts.items()}
        )

    # === SPLITTING OFF === #

    @api.model
    def _separate(self, orders, pickings=None):
        """Split orders off their combined shipments, requested by a user.

        :param pickings: only from these deliveries; ``None`` for all
        :raise UserError: if a delivery is already being picked, packed or labeled
        """
        shared = (orders.oms_shared_picking_ids if pickings is None else pickings)._oms_is_leaving()
        shared._oms_lock_all()
        started = shared._oms_started()
        if started:
            raise UserError(
                self.env._(
                    "%(deliveries)s is already being picked, packed or labeled. Return the items "
                    "and unpick them in the delivery, then split off the order.",
                    deliveries=", ".join(started.mapped("name")),
                )
            )
        parted = self._split_off(orders, self.env._("by a user"), shared)
        parted.oms_ship_alone = True

    @api.model
    def _split_off(self, orders, why, pickings=None):
        """Move the open items of orders to their own transfers, picked or not.

        Reservations are kept. If all orders leave a delivery, the oldest one keeps it.

        :param str why: the reason to log
        :param pickings: only from these deliveries; ``None`` for all
        :return: the orders that were split off
        """
        shared = orders.oms_shared_picking_ids if pickings is None else pickings
        shared = shared._oms_is_leaving().filtered("oms_shared_order_ids")
        if not shared:
            return orders.browse()
        shared._oms_lock_all()
        parts = []
        for picking in shared:
            leaving = self._oldest_first(picking.oms_shared_order_ids & orders)
            if leaving == self._oldest_first(picking.oms_shared_order_ids):
                leaving = leaving[1:]
            parts += [(picking, order, order._oms_moves(picking)) for order in leaving]
        fresh = self._part(parts)
        self._name_orders(shared | fresh)
        self._log_parted(parts, fresh, why)
        self._follow(parts, fresh)
        return orders.browse().union(*(order for _picking, order, _moves in parts))

    @api.model
    def _leave_behind(self, orders, why):
        """Split orders off their combined shipments, except where their items are already picked:
        that delivery waits for them.
        """
        shared = orders.oms_shared_picking_ids._oms_is_leaving()
        for order in orders if shared else ():
            free = (shared & order.oms_shared_picking_ids).filtered(
                lambda p, o=order: not any(o._oms_moves(p).move_line_ids.mapped("picked"))
            )
            self._split_off(order, why, free)

    @api.model
    def _drop_cancelled(self, pickings):
        """Split off orders whose moves in combined transfers are all cancelled.

        A transfer with only cancelled or done moves is not changed.
        """
        parts = []
        for picking in pickings._oms_is_leaving():
            for order in picking.oms_shared_order_ids:
                moves = order._oms_moves(picking)
                if set(moves.mapped("state")) == {"cancel"}:
                    parts.append((picking, order, moves))
        if parts:
            fresh = self._part(parts)
            self._name_orders(pickings | fresh)
            self._log_parted(parts, fresh, self.env._("no items left in it"))

    @api.model
    def _part(self, parts):
        """Move items from transfers to new ones.

        :param list parts: tuples (transfer, order, moves)
        :return: the new transfers, one per part
        """
        fresh = self.env["stock.picking"].create(
            [self._prepare_own(picking, moves) for picking, _order, moves in parts]
        )
        for (picking, _order, moves), own in zip(parts, fresh, strict=True):
            lines = moves.move_line_ids
            packages = (picking.move_line_ids - lines).result_package_id
            # A package that also contains items of the remaining orders stays with them.
            lines.filtered(lambda l, p=packages: l.result_package_id in p).result_package_id = False
            lines.picking_id = own
            moves.picking_id = own
        return fresh

    @api.model
    def _follow(self, parts, fresh):
        """Link the open stop requests of split off orders to their new transfers."""
        requests = self.env["oms.stop.request"].search(
            [
                ("order_id", "in", [order.id for _picking, order, _moves in parts]),
                ("state", "=", "asked"),
            ]
        )
        for (picking, order, _moves), own in zip(parts, fresh, strict=True):
            mine = requests.filtered(lambda r, o=order: r.order_id == o)
            for request in mine.filtered(lambda r, p=picking: p in r.picking_ids):
                request.picking_ids = request.picking_ids - picking + own

    @api.model
    def _prepare_own(self, picking, moves):
        """:return: the values of the separate transfer of moves"""
        return {
            **moves._get_new_picking_values(),
            "location_dest_id": picking.location_dest_id.id,
            "carrier_id": picking.carrier_id.id,
            "backorder_id": picking.backorder_id.id,
        }

    @api.model
    def _name_orders(self, pickings):
        """Set the origin of deliveries to the names of their orders."""
        for picking in pickings:
            orders = self._oldest_first(picking._oms_orders())
            picking.origin = ", ".join(orders.mapped("name"))

    @api.model
    def _log_parted(self, parts, fresh, why):
        """Log the split on the orders that were split off and on the remaining ones."""
        texts, left = {}, {}
        for (picking, order, _moves), own in zip(parts, fresh, strict=True):
            if picking.picking_type_code != "outgoing":
                continue
            texts[order.id] = self.env._(
                "Split off into %(own)s from %(delivery)s: %(why)s",
                own=own.name,
                delivery=picking.name,
                why=why,
            )
            for other in picking._oms_orders() - order:
                left.setdefault((other, picking), []).append(order.name)
        Event, Order = self.env["oms.event"], self.env["sale.order"]
        Event._log(Order.browse(texts), "order.shipped_alone", texts)
        for (other, picking), names in left.items():
            if other.id not in texts:
                text = self.env._(
                    "No longer combined with %(orders)s in %(delivery)s: %(why)s",
                    orders=", ".join(names),
                    delivery=picking.name,
                    why=why,
                )
                Event._log(other, "order.shipped_alone", text)
