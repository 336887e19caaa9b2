"""Retry of messages that failed because a product was missing."""

from odoo import models


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _oms_recheck_waiting(self):
        key_of = self.env["oms.channel.listing"]._normalize_sku
        codes = [*self.mapped("default_code"), *self.mapped("barcode")]
        keys = {key for code in codes if (key := key_of(code))}
        if keys:
            self.env["oms.hold"]._recheck(
                ["UNKNOWN_SKU"],
                self.env._("A product with this SKU was added."),
                [("sku_key", "in", list(keys))],
            )
