"""What Odoo does with the lines of a purchase, and what of ours takes part."""

from odoo import models


class PurchaseOrderLine(models.Model):
    _inherit = "purchase.order.line"

    def write(self, vals):
        """Extend `purchase_stock`: those who wait for the items are promised again."""
        before = {line: line.date_planned for line in self} if vals.get("date_planned") else {}
        result = super().write(vals)
        self._oms_moved_since(before)._oms_review_promises(before)
        return result
