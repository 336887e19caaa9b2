"""Stock page action of a product template."""

from odoo import models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def action_oms_availability(self):
        """Open the stock page of the first variant."""
        self.ensure_one()
        self.check_access("read")
        self.env["oms.channel"].check_access("read")
        return self.product_variant_id.action_oms_availability()
