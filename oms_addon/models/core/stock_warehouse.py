"""Overrides of stock.warehouse."""

from odoo import api, models


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    @api.model_create_multi
    def create(self, vals_list):
        """Extend `stock`: apply the settings of managed warehouses."""
        warehouses = super().create(vals_list)
        warehouses.filtered("oms_managed")._oms_apply_managed()
        return warehouses

    def write(self, vals):
        """Extend `stock`: apply or restore settings if a warehouse becomes managed or unmanaged."""
        before = {warehouse.id: warehouse.oms_managed for warehouse in self}
        result = super().write(vals)
        self.filtered(lambda w: w.oms_managed != before[w.id])._oms_apply_managed()
        return result
