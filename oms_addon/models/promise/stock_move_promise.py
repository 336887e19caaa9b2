"""Review of promised dates when incoming moves change."""

from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _oms_review_promises(self, reason):
        """Schedule the review of the promised dates that depend on the incoming ones of these
        moves.

        :param str reason: the reason for display
        """
        incoming = self.filtered(
            lambda m: (
                (not m.sale_line_id or m.location_id.usage == "customer")
                and m.product_id.is_storable
                and m.location_dest_id.warehouse_id.oms_managed
                and m.location_dest_id.usage in ("internal", "transit")
                and m.location_id.warehouse_id != m.location_dest_id.warehouse_id
            )
        )
        self.env["oms.promise.review"]._schedule(
            [(move.product_id, move.company_id, reason) for move in incoming]
        )
