"""Kits among products."""

from odoo import models


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _oms_is_kit(self):
        """:return: whether the product is a kit whose components determine its stock"""
        self.ensure_one()
        return bool(self._fields.get("is_kits") and self.is_kits)
