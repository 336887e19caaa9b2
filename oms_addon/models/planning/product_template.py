"""Forecasts of the variants of a product."""

from odoo import models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def action_oms_forecasts(self):
        """Open the forecasts of all variants."""
        self.check_access("read")
        return self.product_variant_ids.action_oms_forecasts()
