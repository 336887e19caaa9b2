"""Wizard to connect a channel: computed fields of the steps."""

from odoo import api, fields, models

#: minutes after which entered secrets are deleted from an abandoned wizard
KEPT_MINUTES = 15
SECRETS = ("api_key", "api_secret", "webhook_secret")
PLAIN = ("base_url", "account_ref")


class OmsChannelConnect(models.TransientModel):
    _inherit = "oms.channel.connect"

    # === COMPUTE METHODS === #

    @api.depends("step", "adapter")
    def _compute_steps(self):
        for wizard in self:
            codes = wizard._steps()
            place = codes.index(wizard.step) if wizard.step in codes else 0
            titles = wizard._titles()
            wizard.steps = [
                {
                    "name": code,
                    "label": titles[code],
                    "state": "done"
                    if number < place
                    else "todo"
                    if number > place
                    else "failed"
                    if wizard.error
                    else "running",
                }
                for number, code in enumerate(codes)
            ]

    @api.depends("channel_id")
    def _compute_kinds(self):
        Channel = self.env["oms.channel"]
        kinds = {
            code: {"text": self.env[name]._about(), "icon": self.env[name]._icon}
            for code, name in Channel._adapters().items()
        }
        presets = {
            **{code: {"text": p["text"]} for code, p in Channel._policy_presets().items()},
            "keep": {"text": self.env._("The policy of the channel is not changed.")},
        }
        for wizard in self:
            wizard.kinds = kinds
            wizard.presets = presets

    @api.depends("adapter", "channel_id")
    def _compute_credentials(self):
        kept = self.env._("Stored. Enter a new one to replace it.")
        for wizard in self:
            adapter = wizard._adapter()
            wizard.credentials = ",".join(adapter._credentials)
            wizard.can_fetch_locations = adapter._can_fetch_locations
            wizard.enters_address = (
                "webhook_secret" in adapter._credentials and not adapter._can_register
            )
            for name in (*PLAIN, *SECRETS):
                wizard[f"{name}_label"] = wizard._label_of(adapter, name)
            for name in SECRETS:
                # Clients get only whether a secret is set.
                wizard[f"{name}_hint"] = kept if wizard.channel_id.sudo()[name] else False

    def _compute_secrets(self):
        """Never return a secret that was entered."""
        self.update(dict.fromkeys(SECRETS, False))

    def _inverse_secrets(self):
        """Store entered secrets in a hidden field until the step is applied."""
        for wizard in self:
            typed = {name: wizard[name] for name in SECRETS if wizard[name]}
            if typed:
                wizard_sudo = wizard.sudo()
                wizard_sudo.typed_secrets = {**(wizard_sudo.typed_secrets or {}), **typed}

    def _forget_secrets(self):
        """Delete the entered secrets; applied ones are stored on the channel."""
        self.sudo().typed_secrets = False
        self.invalidate_recordset(SECRETS)

    @api.model
    def _forget_left_secrets(self):
        """Delete the entered secrets of abandoned wizards.

        :return: the number of wizards
        """
        before = fields.Datetime.subtract(fields.Datetime.now(), minutes=KEPT_MINUTES)
        left = self.sudo().search(
            [("typed_secrets", "!=", False), ("write_date", "<", before)], limit=100
        )
        left._forget_secrets()
        return len(left)

    @api.depends("webhook_url")
    def _compute_address_problem(self):
        for wizard in self:
            wizard.address_problem = wizard._is_local(wizard.webhook_url or "") and self.env._(
                "The address %(url)s can only be reached from this computer or its network. "
                "Open Odoo with its internet address and log in as administrator to register "
                "webhooks at that address.",
                url=wizard.webhook_url,
            )

    @api.depends("tax_ids.tax_id")
    def _compute_missing_tax_count(self):
        for wizard in self:
            wizard.missing_tax_count = len(wizard.tax_ids.filtered(lambda t: not t.tax_id))
