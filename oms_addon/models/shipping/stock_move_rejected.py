"""Forecast of short picked items."""

from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _oms_forecast_rejected(self):
        """Limit the forecast of moves with short picked items to what is reserved, until they are
        reserved again.
        """
        waiting = self.filtered(
            lambda m: m.sale_line_id and m.state in ("confirmed", "partially_available")
        )
        for move in waiting._oms_rejected_here():
            move.forecast_availability = move.product_uom._compute_quantity(
                move.quantity, move.product_id.uom_id
            )
            move.forecast_expected_date = False

    def _oms_rejected_here(self):
        """:return: the moves whose items were short picked in their warehouse: it is excluded for
        the line, or the stock was not corrected
        """
        if not self:
            return self
        left = self.env["oms.pick.rejection"].search(
            [("sale_line_id", "in", self.sale_line_id.ids), ("reason_id.effect", "=", "none")]
        )
        places = {(rejection.sale_line_id, rejection.warehouse_id) for rejection in left}
        return self.filtered(
            lambda m: (
                (m.sale_line_id, m.picking_type_id.warehouse_id) in places
                or m.picking_type_id.warehouse_id in m.sale_line_id.oms_excluded_warehouse_ids
            )
        )
