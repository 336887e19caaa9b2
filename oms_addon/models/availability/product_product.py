"""Stock page action of a product."""

from odoo import models


class ProductProduct(models.Model):
    _inherit = "product.product"

    def action_oms_availability(self):
        """Open the stock page of the product."""
        self.ensure_one()
        self.check_access("read")
        self.env["oms.channel"].check_access("read")
        return {
            "type": "ir.actions.client",
            "tag": "oms_availability",
            "name": self.env._("Availability"),
            "params": {"product_id": self.id},
        }
