"""Manual re-sourcing: a person moves items to another warehouse."""

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.oms_addon.tools.sealed_context import sealed

from .oms_allocator import OPEN_STATES


class OmsResourcing(models.AbstractModel):
    _inherit = "oms.resourcing"

    # === MANUAL MOVES === #

    @api.model
    def _move(self, lines, warehouse):
        """Move the open quantities of order lines to another warehouse, reserved or not.

        Free items are reserved there immediately.

        :param lines: ``sale.order.line`` records of confirmed orders
        :param warehouse: one ``stock.warehouse``
        :raise UserError: when items of these lines have been picked
        """
        lines = lines.filtered(lambda line: line._oms_is_sourced())
        allocator, stock = self.env["oms.allocator"], self.env["oms.stock"]
        moves = self._movable(lines, warehouse)
        if not moves:
            return
        warehouses = warehouse | moves.picking_type_id.warehouse_id
        # Days are always locked before stock.
        self.env["oms.allocation.day"].sudo()._left(warehouses)
        stock._lock(
            stock._locations(warehouses).keys() | set(moves.location_id.ids), moves.product_id.ids
        )
        moves._do_unreserve()
        shifts = [(move, warehouse, move.product_qty) for move in moves]
        self._shift(shifts, self.env._("moved manually"))
        lines.warehouse_id = warehouse
        lines.oms_plan = False
        orders = lines.order_id
        allocator.with_context(**sealed(overbook=True))._allocate(orders)
        self.env["oms.allocation.slot"]._release_unused(orders)
        orders._oms_run()

    @api.model
    def _movable(self, lines, warehouse):
        """:return: the open moves of lines that take items from stock of other warehouses
        :raise UserError: when items have been picked
        """
        moves = lines.move_ids.filtered(
            lambda m: (
                m.state in (*OPEN_STATES, "assigned")
                and m.procure_method == "make_to_stock"
                and m.picking_type_id.warehouse_id != warehouse
                and m.location_dest_id.usage != "supplier"
                and m.location_id.usage == "internal"
                and not m.move_orig_ids
            )
        )
        picked = moves.filtered(
            lambda m: (
                any(m.sale_line_id.order_id._oms_moves(m.picking_id).move_line_ids.mapped("picked"))
                or m.picked
            )
        )
        under_way = lines.move_ids.filtered(
            lambda m: (
                m.state in ("waiting", *OPEN_STATES, "assigned")
                and m.move_orig_ids
                and not m.picking_id.oms_put_back_order_id
            )
        )
        stopped = picked.picking_id | under_way.picking_id
        if stopped:
            raise UserError(
                self.env._(
                    "Items of %(orders)s are already picked in %(deliveries)s. Return and "
                    "unpick them, then move the order.",
                    orders=", ".join(lines.order_id.mapped("name")),
                    deliveries=", ".join(stopped.mapped("name")),
                )
            )
        return moves

    @api.model
    def _reduce(self, taken):
        """Reduce the quantities of moves; cancel moves without remaining quantity."""
        empty = self.env["stock.move"]
        for move, quantity in taken.items():
            left = move.product_qty - quantity
            if move.product_id.uom_id.compare(left, 0) <= 0:
                empty |= move
                continue
            move.with_context(
                do_not_unreserve=True
            ).product_uom_qty = move.product_id.uom_id._compute_quantity(left, move.product_uom)
            move._recompute_state()
        empty._action_cancel()
