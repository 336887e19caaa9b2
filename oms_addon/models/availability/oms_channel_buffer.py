"""Stock buffer of one product on a channel; negative to sell beyond the stock."""

from odoo import fields, models


class OmsChannelBuffer(models.Model):
    _name = "oms.channel.buffer"
    _inherit = ["oms.channel.product"]
    _description = "Stock Buffer"
    _rec_name = "product_id"
    _order = "channel_id, product_id, id"
    _check_company_auto = True

    quantity = fields.Float(
        "Stock Buffer (Units)",
        digits="Product Unit",
        help="Units not offered on the channel, in place of the stock buffer of the channel. A "
        "negative number offers more units than available.",
    )

    _product_uniq = models.UniqueIndex(
        "(channel_id, product_id)", "The channel has a number for this product already."
    )
