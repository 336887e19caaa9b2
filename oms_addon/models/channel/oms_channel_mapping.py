"""Mapping of a channel's value to an Odoo record."""

from decimal import Decimal, InvalidOperation

from odoo import api, fields, models


class OmsChannelMapping(models.Model):
    _name = "oms.channel.mapping"
    _description = "Channel Mapping"
    _rec_name = "key"
    _order = "kind, key"
    _check_company_auto = True

    channel_id = fields.Many2one("oms.channel", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    kind = fields.Selection(
        [("column", "File Column"), ("tax", "Tax"), ("carrier", "Carrier")],
        required=True,
        default="column",
    )
    key = fields.Char(
        "Value in Odoo",
        required=True,
        help="Name in Odoo: a column of the CSV template, a tax rate, etc.",
    )
    value = fields.Char(
        "Value on the Channel", help="Name on the channel, e.g. the column header in the file."
    )
    tax_id = fields.Many2one("account.tax", check_company=True)
    carrier_id = fields.Many2one("delivery.carrier", check_company=True)

    def _tax_rate(self):
        """:return: the rate of a mapping by tax rate, whatever the tax's name on the channel;
        ``None`` if the mapping is for one tax of the channel
        """
        self.ensure_one()
        try:
            return Decimal(self.key.strip()).normalize()
        except InvalidOperation:
            return None

    _key_uniq = models.UniqueIndex(
        "(channel_id, kind, key)", "This is mapped already on the channel."
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Extend: orders waiting for a tax are processed again."""
        mappings = super().create(vals_list)
        mappings._recheck_waiting()
        return mappings

    def write(self, vals):
        """Extend: orders waiting for a tax are processed again."""
        result = super().write(vals)
        self._recheck_waiting()
        return result

    def _recheck_waiting(self):
        if taxes := self.filtered("tax_id"):
            self.env["oms.hold"]._recheck(
                ["UNKNOWN_TAX"],
                self.env._("A tax of the channel was mapped."),
                [("channel_id", "in", taxes.channel_id.ids)],
            )
