"""Settings of the add-on."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.oms_addon.channels.oms_channel_adapter_address import TRUSTED_HOSTS
from odoo.addons.oms_addon.tools.outbound_address import AddressError, parse_trusted
from odoo.addons.oms_addon.tools.personal_data import RETENTION

#: kind of data by the field with its retention period
KEPT = {
    "oms_keep_days": "inbound",
    "oms_keep_outbound_days": "outbound",
    "oms_keep_exception_days": "exceptions",
    "oms_keep_audit_days": "audit",
    "oms_keep_invoice_days": "invoices",
}


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    oms_user_id = fields.Many2one(
        string="Default Assignee of Exceptions", related="company_id.oms_user_id", readonly=False
    )
    oms_approval_limit = fields.Monetary(related="company_id.oms_approval_limit", readonly=False)
    oms_keep_days = fields.Integer(
        "Received Messages (Days)",
        help="The content of finished messages is erased after this many days. "
        "Enter 0 to keep it forever.",
    )
    oms_keep_outbound_days = fields.Integer(
        "Sent Messages (Days)",
        help="Texts and names in sent messages are erased after this many days. "
        "Enter 0 to keep them forever.",
    )
    oms_keep_exception_days = fields.Integer(
        "Resolved Exceptions (Days)",
        help="Names and reasons of resolved exceptions are erased after this many days. "
        "Enter 0 to keep them forever.",
    )
    oms_keep_audit_days = fields.Integer(
        "Audit Trail (Days)",
        help="Texts of events about customers are erased after this many days; the events stay. "
        "Enter 0 to keep them forever.",
    )
    oms_keep_invoice_days = fields.Integer(
        "Invoices of Erased Customers (Days)",
        help="The billing address on invoices of erased customers is erased this many days after "
        "the invoice date. Enter 0 to keep it forever.",
    )
    oms_trusted_hosts = fields.Char(
        "Allowed Hosts",
        config_parameter=TRUSTED_HOSTS,
        groups="base.group_system",
        help="Hosts that channels may reach without HTTPS or in your own network, separated by "
        "commas, each with or without a port. Leave empty to allow HTTPS on the internet only.",
    )

    @api.constrains(*KEPT)
    def _check_oms_days(self):
        for settings in self:
            if any(settings[name] < 0 for name in KEPT):
                raise ValidationError(
                    self.env._("Enter a number of days, or 0 to keep the data forever.")
                )

    @api.private
    @api.model
    def get_values(self):
        """Extend `base`: load the retention periods."""
        days = self.env["oms.retention"]._days
        return {**super().get_values(), **{name: days(kind) for name, kind in KEPT.items()}}

    @api.private
    def set_values(self):
        """Extend `base`: store 0 days explicitly, as Odoo deletes parameters that are 0."""
        result = super().set_values()
        parameters_sudo = self.env["ir.config_parameter"].sudo()
        for name, kind in KEPT.items():
            if self[name] != self.env["oms.retention"]._days(kind):
                parameters_sudo.set_param(RETENTION[kind][0], str(self[name]))
        return result

    @api.constrains("oms_trusted_hosts")
    def _check_oms_trusted_hosts(self):
        for settings in self:
            try:
                parse_trusted(settings.oms_trusted_hosts)
            except AddressError as error:
                raise ValidationError(
                    self.env._(
                        "“%(host)s” is not a valid host. Enter hosts like shop.local or "
                        "10.0.0.5:8080, separated by commas.",
                        host=error.shown.removeprefix("https://"),
                    )
                ) from error
