"""What a person says of one product on one channel, and what the channel shows of it."""

from odoo import api, fields, models


class OmsChannelProduct(models.AbstractModel):
    """A row of a channel and a product: when it changes, what is shown is counted again."""

    _name = "oms.channel.product"
    _description = "Product on a Channel"

    channel_id = fields.Many2one("oms.channel", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    product_id = fields.Many2one(
        "product.product", required=True, check_company=True, ondelete="cascade", index=True
    )

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._touch()
        return records

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
