"""Index of removal dates of stock rows, if `product_expiry` is installed."""

from odoo import models
from odoo.tools.sql import column_exists


class StockQuant(models.Model):
    _inherit = "stock.quant"

    def _oms_init_removal_index(self):
        """Create an index of stock rows with a removal date."""
        if column_exists(self.env.cr, "stock_quant", "removal_date"):
            self.env.cr.execute(
                """CREATE INDEX IF NOT EXISTS stock_quant_oms_removal_idx
                   ON stock_quant (removal_date, id) WHERE removal_date IS NOT NULL"""
            )
