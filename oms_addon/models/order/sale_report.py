"""Sales by channel."""

from odoo import fields, models


class SaleReport(models.Model):
    _inherit = "sale.report"

    oms_channel_id = fields.Many2one("oms.channel", "Sales Channel", readonly=True)

    def _select_additional_fields(self):
        """Extend `sale`: the channel of the order."""
        return {**super()._select_additional_fields(), "oms_channel_id": "s.oms_channel_id"}

    def _group_by_sale(self):
        """Extend `sale`: the channel of the order."""
        return f"{super()._group_by_sale()}, s.oms_channel_id"
