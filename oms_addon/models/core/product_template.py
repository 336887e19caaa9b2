"""What Odoo does with a product, and what of ours takes part."""

from odoo import models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def write(self, vals):
        """Extend `product`: whether the dates of lots matter counts at once."""
        switched = self._oms_switched_dates(vals)
        result = super().write(vals)
        switched._oms_look_at_lots()
        return result
