"""Overrides of purchase.order.line."""

from odoo import models


class PurchaseOrderLine(models.Model):
    _inherit = "purchase.order.line"

    def write(self, vals):
        """Extend `purchase_stock`: review the promises that depend on a changed arrival date."""
        before = {line: line.date_planned for line in self} if vals.get("date_planned") else {}
        result = super().write(vals)
        self._oms_moved_since(before)._oms_review_promises(before)
        return result
