from odoo import models


class ProductProduct(models.Model):
    _inherit = "product.product"

    _oms_reference_idx = models.Index("(upper(default_code)) WHERE default_code IS NOT NULL")
