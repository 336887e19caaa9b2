"""Overrides of stock.warehouse.orderpoint."""

from odoo import models


class StockWarehouseOrderpoint(models.Model):
    _inherit = "stock.warehouse.orderpoint"

    def write(self, vals):
        """Extend `stock`: quantities that a person writes are no longer those of the forecast."""
        result = super().write(vals)
        self._oms_mark_manual(vals)
        return result
