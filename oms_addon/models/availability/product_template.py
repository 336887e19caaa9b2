"""A product's way to all there is of it, from the form of its template."""

from odoo import models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def action_oms_availability(self):
        """Open all there is of the product, of the first of its variants."""
        self.ensure_one()
        self.check_access("read")
        self.env["oms.channel"].check_access("read")
        return self.product_variant_id.action_oms_availability()
