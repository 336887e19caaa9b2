"""Sales by channel."""

from odoo import fields, models


class SaleReport(models.Model):
    _inherit = "sale.report"

    oms_channel_id = fields.Many2one("oms.channel", "Sales Channel", readonly=True)
