"""A tax rate of the channel, and the Odoo tax it is mapped to."""

from odoo import fields, models


class OmsChannelConnectTax(models.TransientModel):
    _name = "oms.channel.connect.tax"
    _inherit = "oms.wizard"
    _description = "Channel Tax"
    _order = "rate desc, id"

    wizard_id = fields.Many2one("oms.channel.connect", required=True, ondelete="cascade")
    name = fields.Char("On the Channel", readonly=True)
    rate = fields.Float("Rate (%)", digits=(16, 4), readonly=True)
    included = fields.Boolean("Included in Prices", readonly=True)
    ref = fields.Char("Channel ID", readonly=True)
    compound = fields.Boolean(readonly=True)
    priority = fields.Integer(readonly=True)
    affects = fields.Boolean(readonly=True)
    tax_id = fields.Many2one(
        "account.tax",
        "In Odoo",
        domain="[('type_tax_use', '=', 'sale'), ('company_id', '=', company_id)]",
    )
    company_id = fields.Many2one(related="wizard_id.channel_id.company_id")
    is_wanted = fields.Boolean("Create", default=True)

    def _channel_tax(self):
        """:return: the tax in the format of the adapter's ``_fetch_taxes``"""
        self.ensure_one()
        return {
            "name": self.name or "",
            "rate": str(self.rate),
            "included": self.included,
            "ref": self.ref or "",
            "compound": self.compound,
            "priority": self.priority,
            "affects": self.affects,
        }
