"""The settings page."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.oms_addon.models.channel.oms_channel_adapter_address import TRUSTED_HOSTS
from odoo.addons.oms_addon.tools.outbound_address import AddressError, parse_trusted


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    oms_user_id = fields.Many2one(related="company_id.oms_user_id", readonly=False)
    oms_keep_days = fields.Integer(
        "Keep finished messages (days)",
        config_parameter="oms_addon.keep_days",
        default=365,
        help="Finished messages are deleted after this; 0 keeps them for ever.",
    )
    oms_trusted_hosts = fields.Char(
        "Allowed Hosts",
        config_parameter=TRUSTED_HOSTS,
        groups="base.group_system",
        help="Hosts that channels may reach without HTTPS or in your own network, separated by "
        "commas, each with or without a port. Leave empty to allow HTTPS on the internet only.",
    )

    @api.constrains("oms_trusted_hosts")
    def _check_oms_trusted_hosts(self):
        for settings in self:
            try:
                parse_trusted(settings.oms_trusted_hosts)
            except AddressError as error:
                raise ValidationError(
                    self.env._(
                        "“%(host)s” is no host. Enter hosts like shop.local or 10.0.0.5:8080, "
                        "separated by commas.",
                        host=error.shown.removeprefix("https://"),
                    )
                ) from error
