"""How many of one product a channel keeps back, or may sell beyond what there is."""

from odoo import fields, models


class OmsChannelBuffer(models.Model):
    _name = "oms.channel.buffer"
    _inherit = ["oms.channel.product"]
    _description = "Buffer of a Product on a Channel"
    _rec_name = "product_id"
    _order = "channel_id, product_id, id"
    _check_company_auto = True

    quantity = fields.Float(
        "Keep back (units)",
        digits="Product Unit",
        help="So many are not offered on the channel, in place of the channel's own number; a "
        "negative number sells that many more than there are.",
    )

    _product_uniq = models.UniqueIndex(
        "(channel_id, product_id)", "The channel has a number for this product already."
    )
