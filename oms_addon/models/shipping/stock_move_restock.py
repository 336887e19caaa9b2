"""Moves of picked items that are no longer needed, for restocking."""

from odoo import models

from odoo.addons.oms_addon.tools.sealed_context import unsealed


class StockMove(models.Model):
    _inherit = "stock.move"

    def _oms_to_customer(self):
        """:return: the open moves of order lines from a managed warehouse towards the customer"""
        return self.filtered(
            lambda m: (
                m.state not in ("done", "cancel")
                and m.sale_line_id
                and m.location_id.usage == "internal"
                and m.location_dest_id.usage != "inventory"
                and m.location_id.warehouse_id.oms_managed
                and not m._oms_goes_to_stock()
            )
        )

    def _oms_goes_to_stock(self):
        """:return: whether one move goes to the stock of the warehouse its items are in"""
        self.ensure_one()
        stock = self.location_id.warehouse_id.lot_stock_id.parent_path
        return bool(stock) and self.location_dest_id.parent_path.startswith(stock)

    def _oms_is_carried(self):
        """:return: whether the items of one move were already moved out of stock for it"""
        self.ensure_one()
        stock = self.location_id.warehouse_id.lot_stock_id.parent_path
        if (
            not self.move_orig_ids
            or not stock
            or self.location_id.parent_path.startswith(stock)
            or self._oms_goes_to_stock()
            or not any(origin.state == "done" for origin in self.move_orig_ids)
        ):
            return False
        return any(
            move.state == "done" and move.location_id.parent_path.startswith(stock)
            for move in self.browse(self._rollup_move_origs())
        )

    def _oms_carried_parts(self):
        """:return: tuples (move, its origin moves, its quantity) of moves whose items were already
        moved out of stock
        """
        if unsealed(self.env, "no_restock"):
            return []
        return [
            (move, move.move_orig_ids, move.product_qty)
            for move in self.filtered("move_orig_ids")._oms_to_customer()
            if move.product_qty > 0 and move._oms_is_carried()
        ]
