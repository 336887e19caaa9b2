"""Invoices of an order, for those who may read journal entries."""

from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _get_invoiced(self):
        """Extend `sale`: who may not read journal items opens the order without its invoices."""
        if self.env["account.move.line"].has_access("read"):
            return super()._get_invoiced()
        # Even an empty list of invoices is refused to who may read none.
        self.sudo().invoice_ids = False
        self.invoice_count = 0
        return None
