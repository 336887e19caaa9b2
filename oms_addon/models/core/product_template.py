"""What Odoo does with a product, and what of ours takes part."""

from odoo import models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def _auto_init(self):
        """Extend `base`: the products that are there already are not looked at one by one."""
        self._oms_add_components_column()
        return super()._auto_init()

    def write(self, vals):
        """Extend `product`: whether the dates of lots matter counts at once."""
        switched = self._oms_switched_dates(vals)
        result = super().write(vals)
        switched._oms_recompute_lots()
        return result
