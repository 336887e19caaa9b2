"""What Odoo does with a warehouse, and what of ours takes part."""

from odoo import api, models


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    @api.model_create_multi
    def create(self, vals_list):
        """Extend `stock`: the allocator reserves for warehouses we run."""
        warehouses = super().create(vals_list)
        warehouses.filtered("oms_managed")._oms_apply_managed()
        return warehouses

    def write(self, vals):
        """Extend `stock`: the allocator reserves for warehouses we run, and for no others."""
        before = {warehouse.id: warehouse.oms_managed for warehouse in self}
        result = super().write(vals)
        self.filtered(lambda w: w.oms_managed != before[w.id])._oms_apply_managed()
        return result
