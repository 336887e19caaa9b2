"""Orders are put in one delivery, and taken out of it again."""

from odoo import api, models
from odoo.exceptions import UserError


class OmsSharedDelivery(models.AbstractModel):
    """Moves items between deliveries as they are reserved: no unit is reserved anew.

    Both ways lock the deliveries first, in the order of their ids, and look again then: a
    picker who validates, a second person and a cancellation wait for each other, and the later
    one begins again with what is there. Who merges claims the orders before, as who holds one
    does.
    """

    _name = "oms.shared.delivery"
    _description = "Combined Shipment"

    # === MERGING === #

    @api.model
    def _merge(self, orders):
        """Have orders leave in one delivery because a person says so.

        :param orders: ``sale.order`` records; those that share a delivery with one of them
            come along
        :raise UserError: why they cannot leave together
        """
        orders |= orders.oms_shared_picking_ids._oms_is_leaving().oms_shared_order_ids
        orders._oms_claim()
        orders._oms_pickings()._oms_is_leaving()._oms_lock_all()
        reason = self.env["oms.ship.together"]._why_not(orders)
        if reason:
            raise UserError(reason)
        self._join([orders])
        orders.oms_ship_alone = False

    @api.model
    def _join(self, groups):
        """Move the items of each group of orders to the delivery of its oldest.

        :param list groups: recordsets of orders that may leave together, locked and looked at
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
            # Odoo asks for the references of each move alone.
            pickings.move_ids.mapped("reference_ids")
            pickings.move_line_ids.picking_id = target
            pickings.move_ids.picking_id = target
            target.priority = max((target | pickings).mapped("priority"))
        self._name_orders(self.env["stock.picking"].union(*into))
        self._discard(emptied)
        self._log_merged(into)

    @api.model
    def _in_order(self, orders):
        """:return: the open transfers of orders, those of the oldest order first"""
        pickings = orders._oms_pickings()._oms_is_leaving().grouped("sale_id")
        empty = self.env["stock.picking"]
        return empty.concat(*(pickings.get(order, empty) for order in orders))

    @api.model
    def _oldest_first(self, orders):
        """:return: orders as they were placed"""
        return orders.sorted(lambda o: (o.oms_placed_at or o.date_order, o.id))

    @api.model
    def _way(self, picking):
        """:return: what two transfers have in common that can be one"""
        return picking.picking_type_id, picking.location_id, picking.location_dest_id

    @api.model
    def _discard(self, pickings):
        """Delete transfers all of whose items went to another, and batches left empty."""
        batches = pickings.batch_id
        pickings.batch_id = False
        pickings.unlink()
        batches.filtered(lambda b: not b.picking_ids).state = "cancel"

    @api.model
    def _log_merged(self, into):
        """Tell each order with whom it leaves now."""
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

    # === UNMERGING === #

    @api.model
    def _separate(self, orders, pickings=None):
        """Give orders deliveries of their own because a person says so.

        :param pickings: only out of these; ``None`` for all they share
        :raise UserError: somebody picks the delivery already
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
        """Give the open items of orders transfers of their own, picked or not.

        What is reserved stays reserved. When all orders of a delivery go, the oldest keeps it.

        :param str why: in words, for the orders' timelines
        :param pickings: only out of these; ``None`` for all they share
        :return: the orders that were taken out
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
        """Take orders out of the deliveries they share, unless their items are picked: then
        the delivery waits for them.
        """
        shared = orders.oms_shared_picking_ids._oms_is_leaving()
        for order in orders if shared else ():
            free = (shared & order.oms_shared_picking_ids).filtered(
                lambda p, o=order: not any(o._oms_moves(p).move_line_ids.mapped("picked"))
            )
            self._split_off(order, why, free)

    @api.model
    def _drop_cancelled(self, pickings):
        """Take out what is cancelled of orders of which nothing else is in shared transfers.

        A transfer all of which is cancelled or done stays as it is.
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
        """Move items out of transfers into new ones.

        :param list parts: tuples (transfer, order, moves)
        :return: the new transfers, one for each part
        """
        fresh = self.env["stock.picking"].create(
            [self._prepare_own(picking, moves) for picking, _order, moves in parts]
        )
        for (picking, _order, moves), own in zip(parts, fresh, strict=True):
            lines = moves.move_line_ids
            packages = (picking.move_line_ids - lines).result_package_id
            # A box with items of those that stay is theirs.
            lines.filtered(lambda l, p=packages: l.result_package_id in p).result_package_id = False
            lines.picking_id = own
            moves.picking_id = own
        return fresh

    @api.model
    def _follow(self, parts, fresh):
        """Have what the warehouse was asked to stop stand where the items are now."""
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
        """:return: the values of the transfer that moves have for themselves again"""
        return {
            **moves._get_new_picking_values(),
            "location_dest_id": picking.location_dest_id.id,
            "carrier_id": picking.carrier_id.id,
            "backorder_id": picking.backorder_id.id,
        }

    @api.model
    def _name_orders(self, pickings):
        """Write the names of the orders on their deliveries."""
        for picking in pickings:
            orders = self._oldest_first(picking._oms_orders())
            picking.origin = ", ".join(orders.mapped("name"))

    @api.model
    def _log_parted(self, parts, fresh, why):
        """Tell each order that was taken out of a delivery, and those it was in it with."""
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
