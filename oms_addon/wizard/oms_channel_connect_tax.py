"""A tax rate a channel charges, and the tax that stands for it here."""

from odoo import fields, models


class OmsChannelConnectTax(models.TransientModel):
    _name = "oms.channel.connect.tax"
    _description = "Tax of a Channel"
    _order = "rate desc, id"

    wizard_id = fields.Many2one("oms.channel.connect", required=True, ondelete="cascade")
    name = fields.Char("At the channel", readonly=True)
    rate = fields.Float("Rate (%)", digits=(16, 4), readonly=True)
    included = fields.Boolean("Prices include it", readonly=True)
    tax_id = fields.Many2one(
        "account.tax", "Here", domain=[("type_tax_use", "=", "sale")], readonly=True
    )
    is_wanted = fields.Boolean("Create it", default=True)
