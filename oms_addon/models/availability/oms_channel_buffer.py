"""How many of one product a channel keeps back, or may sell beyond what there is."""

from odoo import api, fields, models


class OmsChannelBuffer(models.Model):
    _name = "oms.channel.buffer"
    _description = "Buffer of a Product on a Channel"
    _order = "channel_id, product_id, id"
    _check_company_auto = True

    channel_id = fields.Many2one("oms.channel", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    product_id = fields.Many2one(
        "product.product", required=True, check_company=True, ondelete="cascade", index=True
    )
    quantity = fields.Float(
        "Keep back (units)",
        digits="Product Unit",
        help="So many are not offered on the channel, in place of the channel's own number; a "
        "negative number sells that many more than there are.",
    )

    _product_uniq = models.UniqueIndex(
        "(channel_id, product_id)", "The channel has a number for this product already."
    )

    @api.model_create_multi
    def create(self, vals_list):
        buffers = super().create(vals_list)
        buffers._touch()
        return buffers

    def write(self, vals):
        """Extend: what was and what is concerned shows another number now."""
        self._touch()
        result = super().write(vals)
        self._touch()
        return result

    def unlink(self):
        self._touch()
        return super().unlink()

    def _touch(self):
        self.env["oms.channel.stock"]._touch(self.product_id.ids)
