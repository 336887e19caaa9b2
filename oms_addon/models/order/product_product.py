"""Products that orders wait for."""

from odoo import api, models


class ProductProduct(models.Model):
    _inherit = "product.product"

    @api.model_create_multi
    def create(self, vals_list):
        """Extend `product`: orders that wait for a SKU are processed again."""
        products = super().create(vals_list)
        products._oms_recheck_waiting()
        return products

    def write(self, vals):
        """Extend `product`: orders that wait for a SKU are processed again."""
        result = super().write(vals)
        if vals.keys() & {"default_code", "barcode", "active"}:
            self._oms_recheck_waiting()
        return result

    def _oms_recheck_waiting(self):
        key_of = self.env["oms.channel.listing"]._key
        codes = [*self.mapped("default_code"), *self.mapped("barcode")]
        keys = {key for code in codes if (key := key_of(code))}
        if keys:
            self.env["oms.hold"]._recheck(
                ["UNKNOWN_SKU"],
                self.env._("A product with this SKU was added."),
                [("sku_key", "in", list(keys))],
            )
