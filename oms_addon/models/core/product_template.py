"""Overrides of product.template."""

from odoo import models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def _auto_init(self):
        """Extend `base`: add the column without computing it for each existing product."""
        self._oms_add_components_column()
        return super()._auto_init()

    def write(self, vals):
        """Extend `product`: recompute lots if the use of expiration dates changes."""
        switched = self._oms_switched_dates(vals)
        result = super().write(vals)
        switched._oms_recompute_lots()
        return result
