"""Splitting off orders that wait for stock from combined shipments."""

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.oms_addon.models.allocation.oms_allocator import OPEN_STATES
from odoo.addons.oms_addon.tools.sealed_context import sealed

from .oms_combined_shipment_job import MAX_GROUPS

#: Unprocessed transfers that ship complete, with both orders short of stock and ready orders.
BLOCKED_DELIVERIES = """
    SELECT share.picking_id FROM (
        SELECT picking.id AS picking_id, sale.id, sale.picking_policy,
               bool_or(move.state IN %(short)s) AS is_short,
               bool_or(move.state IN ('assigned', 'partially_available')) AS has_goods
        FROM stock_picking picking
        JOIN stock_picking_type type ON type.id = picking.picking_type_id
        JOIN oms_shared_delivery_rel rel ON rel.picking_id = picking.id
        JOIN sale_order sale ON sale.id = rel.order_id
        JOIN stock_move move ON move.picking_id = picking.id
        JOIN sale_order_line line ON line.id = move.sale_line_id AND line.order_id = sale.id
        WHERE picking.state IN ('waiting', 'confirmed') AND picking.move_type = 'one'
          AND type.code <> 'incoming' AND picking.printed IS NOT TRUE
          AND picking.carrier_tracking_ref IS NULL AND move.state NOT IN ('done', 'cancel')
        GROUP BY picking.id, sale.id) AS share
    GROUP BY share.picking_id
    HAVING bool_or(is_short)
       AND bool_or(NOT is_short OR picking_policy = 'direct' AND has_goods)
    ORDER BY share.picking_id LIMIT %(limit)s"""


class OmsCombinedShipment(models.AbstractModel):
    _inherit = "oms.combined.shipment"

    @api.model
    def _part_blocked(self):
        """Split off orders that block combined deliveries, as items became unavailable later.

        :return: number of orders that were split off
        :rtype: int
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(BLOCKED_DELIVERIES, short=(*OPEN_STATES, "waiting"), limit=MAX_GROUPS)
        )
        pickings = self.env["stock.picking"].browse(row[0] for row in rows)
        return len(self._part_waiting(pickings.oms_shared_order_ids))

    @api.model
    def _part_waiting(self, orders):
        """Split off orders that have to wait, if other orders of their delivery can ship.

        Waiting are orders that ship only complete and are short of stock, and pre-orders before
        their release date. Deliveries that are already being processed are not changed.

        :param orders: ``sale.order`` records
        :return: the orders that were split off
        """
        shared = orders.oms_shared_picking_ids._oms_is_leaving()
        if not self._waiting_orders(shared):
            return orders.browse()
        shared |= shared.oms_shared_order_ids.oms_shared_picking_ids._oms_is_leaving()
        shared._oms_lock_all()
        together = shared.oms_shared_order_ids
        service = self.env["oms.shared.delivery"].sudo()
        service = service.with_context(**sealed(actor=self.env._("Combine Shipments")))
        parted = orders.browse()
        waiting = self._waiting_orders(shared)
        for why, of_reason in waiting.grouped(self._wait_reason).items():
            parted |= service._split_off(of_reason, why)
        if parted:
            # Running orders continue anyway.
            together.sudo().filtered(lambda o: o.oms_status != "running")._oms_run()
        return parted

    @api.model
    def _waiting_orders(self, pickings):
        """:return: the orders that block other orders of these deliveries"""
        steps = pickings.oms_shared_order_ids.oms_shared_picking_ids._oms_is_leaving()
        touched = steps._oms_started().oms_shared_order_ids
        return self.env["sale.order"].union(
            *(
                self._waiting_in(picking)
                for picking in pickings
                if not picking.oms_shared_order_ids & touched
            )
        )

    @api.model
    def _waiting_in(self, picking):
        """:return: the orders that block other orders of a delivery"""
        moves = {
            order: of_order
            for order in picking.oms_shared_order_ids
            if (of_order := order._oms_moves(picking).filtered(self._is_open))
        }
        orders = picking.oms_shared_order_ids.filtered(lambda o: o in moves)
        late = orders.filtered(self._is_early)
        short = (orders - late).filtered(lambda o: any(moves[o].mapped(self._lacks_items)))
        whole = short.filtered(lambda o: o.picking_policy == "one")
        may = (orders - late).filtered(lambda o: o.sudo()._oms_may_ship())
        complete = may - short
        some = (may & short - whole).filtered(lambda o: any(moves[o].mapped("quantity")))
        if "one" in complete.mapped("picking_policy"):
            return late | short
        return late | whole if complete or some else orders.browse()

    @api.model
    def _wait_reason(self, order):
        """:return: why an order is split off, as text"""
        if self._is_early(order):
            return self.env._(
                "ships from %(date)s, the other orders are ready",
                date=order._oms_local_date(order.oms_available_at),
            )
        return self.env._("out of stock, the other orders are ready")

    @api.model
    def _is_early(self, order):
        """:return: whether the release date of a pre-order is in the future"""
        return bool(order.oms_available_at and order.oms_available_at > fields.Datetime.now())

    @api.model
    def _is_open(self, move):
        """:return: whether a move is neither done nor cancelled"""
        return move.state not in ("done", "cancel")

    @api.model
    def _lacks_items(self, move):
        """:return: whether items of a move are missing: neither reserved nor being picked for the
        same delivery
        """
        if move.state != "waiting":
            return move.state in OPEN_STATES
        before = move.move_orig_ids.filtered(self._is_open)
        own = before.filtered(lambda m: m.sale_line_id and m.picking_type_id.code != "incoming")
        return not own or any(own.mapped(self._lacks_items))
