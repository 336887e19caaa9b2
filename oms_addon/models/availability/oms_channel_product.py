"""Settings and figures of one product on one channel."""

from odoo import fields, models


class OmsChannelProduct(models.AbstractModel):
    """Settings and figures of a channel and a product."""

    _name = "oms.channel.product"
    _inherit = ["oms.availability.mixin"]
    _description = "Channel Product"

    channel_id = fields.Many2one("oms.channel", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    product_id = fields.Many2one(
        "product.product", required=True, check_company=True, ondelete="cascade", index=True
    )
