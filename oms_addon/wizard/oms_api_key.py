"""Create an API key for a store that sends its orders to the API."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.base.models.res_users import check_identity
from odoo.addons.oms_addon.models.core.ir_http import KEY_SCOPE, scope_of

DAYS = 365


class OmsApiKey(models.TransientModel):
    """A key that gives access to the API of Orders Hub and to nothing else in Odoo."""

    _name = "oms.api.key"
    _inherit = "oms.wizard"
    _description = "Channel API Key"

    channel_id = fields.Many2one("oms.channel", required=True)
    user_id = fields.Many2one(
        "res.users",
        required=True,
        domain=lambda self: self._get_user_domain(),
        help="The key has the permissions of this user in the API. Use a separate user per "
        "store with the role Agent, or Auditor for read-only access.",
    )
    expires_on = fields.Date(
        required=True,
        default=lambda self: fields.Date.add(fields.Date.context_today(self), days=DAYS),
    )

    is_limited = fields.Boolean(
        "Limit to This Channel",
        default=True,
        help="The key gives access to this channel only. If unchecked, it gives access to all "
        "channels of the user.",
    )

    @api.model
    def default_get(self, fields_list):
        """Extend: default to the channel the wizard was opened from."""
        values = super().default_get(fields_list)
        values.setdefault("channel_id", self.env.context.get("active_id"))
        return values

    @api.model
    def _get_user_domain(self):
        """:return: domain of the users a key can act as: with an API role, in my companies"""
        roles = self.env.ref("oms_addon.oms_addon_group_auditor")
        roles |= self.env.ref("oms_addon.oms_addon_group_agent")
        return [
            ("share", "=", False),
            ("all_group_ids", "in", roles.ids),
            ("company_ids", "in", self.env.user.company_ids.ids),
        ]

    @check_identity
    def action_create_key(self):
        """Create the key and show it once."""
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.users.apikeys.show",
            "name": self.env._("API key for %(channel)s", channel=self.channel_id.name),
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_key": self._generate_key()},
        }

    def _generate_key(self):
        """Create the key.

        :return: the key, which is stored as a hash only
        :rtype: str
        :raise UserError: when the user has no API role or other companies, or the date is past
        """
        self.ensure_one()
        self._check_records()
        self.channel_id.check_access("write")
        user_sudo = self.user_id.sudo()
        if not user_sudo.filtered_domain(self._get_user_domain()):
            raise UserError(
                self.env._(
                    "%(user)s has no API role. Select a user with the role Agent or Auditor.",
                    user=user_sudo.name,
                )
            )
        if user_sudo.company_ids - self.env.user.company_ids:
            raise UserError(
                self.env._(
                    "%(user)s belongs to companies you cannot access. Select a user of your own "
                    "companies.",
                    user=user_sudo.name,
                )
            )
        if self.expires_on <= fields.Date.context_today(self):
            raise UserError(
                self.env._("The expiration date has passed. Enter a date in the future.")
            )
        token = self.channel_id.sudo().token
        scope = scope_of(token) if self.is_limited else KEY_SCOPE
        # Managers create keys for others, and for longer than their own group's limit.
        keys_sudo = self.env["res.users.apikeys"].with_user(user_sudo).sudo()
        key = keys_sudo._generate(
            scope, self.channel_id.name, fields.Datetime.to_datetime(self.expires_on)
        )
        self.env["oms.event"]._log(
            self.channel_id,
            "channel.key",
            self._created_text(user_sudo.login),
        )
        return key

    def _created_text(self, login):
        """:return: the audit trail text for a created key"""
        values = {"user": login, "day": self.expires_on}
        if self.is_limited:
            return self.env._(
                "API key created for %(user)s, valid until %(day)s, for this channel only", **values
            )
        return self.env._(
            "API key created for %(user)s, valid until %(day)s, for all channels of the user",
            **values,
        )
