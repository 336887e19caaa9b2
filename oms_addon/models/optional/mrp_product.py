"""Products that are kits."""

from odoo import models


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _oms_is_kit(self):
        """:return: whether a product is made of others whose stock counts"""
        self.ensure_one()
        return bool(self._fields.get("is_kits") and self.is_kits)
