"""Overrides of product.label.layout."""

from odoo import api, models

from odoo.addons.oms_addon.tools.amounts import COSTS


class ProductLabelLayout(models.TransientModel):
    _inherit = "product.label.layout"

    @api.model
    def default_get(self, fields):
        """Extend `product`: default to labels without price for users who may not see prices."""
        values = super().default_get(fields)
        if "print_format" in fields and not self.env.user._oms_is_shown(COSTS):
            values["print_format"] = "4x12"
        return values
