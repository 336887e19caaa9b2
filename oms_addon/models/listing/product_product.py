"""Default values of products created from an exception."""

from odoo import api, models


class ProductProduct(models.Model):
    _inherit = "product.product"

    _oms_reference_idx = models.Index("(upper(default_code)) WHERE default_code IS NOT NULL")

    @api.model
    def _oms_default_from_hold(self, fields):
        """:return: the values an order provides for a product created from its exception
        :rtype: dict
        """
        # oms_hold_id: the exception from whose form a product is created
        hold = self.env["oms.hold"].browse(self.env.context.get("oms_hold_id")).exists()
        if hold.reason_code != "UNKNOWN_SKU" or not hold.has_access("read"):
            return {}
        reported = hold._prepare_product()
        return {name: reported[name] for name in fields if name in reported}
