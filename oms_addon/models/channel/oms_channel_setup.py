"""Setup of a channel: policy presets and abandoned drafts."""

from odoo import api, fields, models

SECRETS = ("api_key", "api_secret", "webhook_secret")
#: policies that suit most channels, by preset code
PRESET_VALUES = {
    "prepaid": {
        "confirm_policy": "paid",
        "payment_policy": "prepaid",
        "invoice_policy": "payment",
        "ship_policy": "paid",
        "picking_policy": "direct",
        "send_receipt": True,
        "unpaid_days": 7,
        "transfer_days": 14,
    },
    "marketplace": {
        "confirm_policy": "paid",
        "payment_policy": "prepaid",
        "invoice_policy": "shipment",
        "ship_policy": "paid",
        "picking_policy": "one",
        "send_receipt": False,
        "unpaid_days": 0,
        "transfer_days": 0,
    },
    "cod": {
        "confirm_policy": "always",
        "payment_policy": "cod",
        "invoice_policy": "shipment",
        "ship_policy": "always",
        "picking_policy": "one",
        "send_receipt": True,
        "unpaid_days": 0,
        "transfer_days": 0,
    },
    "wholesale": {
        "confirm_policy": "manual",
        "payment_policy": "terms",
        "invoice_policy": "shipment",
        "ship_policy": "always",
        "picking_policy": "direct",
        "send_receipt": True,
        "unpaid_days": 0,
        "transfer_days": 0,
    },
}


class OmsChannel(models.Model):
    _inherit = "oms.channel"

    connect_step = fields.Char(
        "Setup Step", copy=False, readonly=True, help="Step at which the setup was interrupted."
    )

    # === ABANDONED DRAFTS === #

    @api.model
    def _untouched_drafts(self):
        """:return: draft channels for which nothing but the adapter was chosen in the wizard"""
        drafts = self.search(
            [
                ("state", "=", "draft"),
                ("connect_step", "=", "credentials"),
                ("base_url", "in", (False, "")),
                ("account_ref", "in", (False, "")),
            ]
        )
        return drafts.filtered(lambda c: not any(c.sudo()[name] for name in SECRETS))

    @api.autovacuum
    def _gc_untouched_drafts(self):
        """Delete drafts whose wizard was closed before anything was entered, after one day."""
        before = fields.Datetime.subtract(fields.Datetime.now(), days=1)
        self._untouched_drafts().filtered(lambda c: c.write_date < before).unlink()

    # === ACTION METHODS === #

    def action_connect(self):
        """Open the connection wizard at the step where it stopped."""
        self.ensure_one()
        self.check_access("write")
        Connect = self.env["oms.channel.connect"]
        Connect.check_access("create")
        values = {"channel_id": self.id, "adapter": self.adapter}
        wizard = Connect.sudo().create(values).sudo(False)
        step = self.connect_step if self.state == "draft" else False
        wizard._enter(step if step in wizard._steps() else "credentials")
        return wizard._reopen()

    def action_open_go_live(self):
        """Open the go-live wizard, which on the first go-live also covers earlier orders."""
        self.ensure_one()
        self.check_access("write")
        self = self.sudo()
        if self.live_at or not self.can_fetch or self._adapter()._is_native:
            return self.action_go_live()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Go Live"),
            "res_model": "oms.channel.go.live",
            "views": [(False, "form")],
            "target": "new",
            "context": {**self.env.context, "default_channel_id": self.id},
        }

    @api.model
    def _alert_places(self):
        """Extend: credentials are entered in the connection wizard."""
        return {
            **super()._alert_places(),
            "credentials": "action_connect",
            "fetch": "action_connect",
        }

    # === POLICY === #

    @api.model
    def _policy_presets(self):
        """:return: the policy presets, by code: ``label`` and ``text`` for display, and the
            ``values`` of the policy's fields
        :rtype: dict[str, dict]
        """
        words = {
            "prepaid": {
                "label": self.env._("Prepaid Store"),
                "text": self.env._(
                    "Customers pay in the store. Orders are confirmed and invoiced when paid, "
                    "then shipped; the invoice is emailed as receipt."
                ),
            },
            "marketplace": {
                "label": self.env._("Marketplace"),
                "text": self.env._(
                    "The marketplace collects the payments and emails the customers. Orders are "
                    "shipped complete and invoiced when shipped; Odoo sends no emails."
                ),
            },
            "cod": {
                "label": self.env._("Cash on delivery"),
                "text": self.env._(
                    "The carrier collects the money at the door. Orders are confirmed at once, "
                    "shipped unpaid and invoiced when shipped."
                ),
            },
            "wholesale": {
                "label": self.env._("Wholesale"),
                "text": self.env._(
                    "Business customers buy on account. Orders are confirmed manually, shipped as "
                    "items are available and invoiced with each delivery."
                ),
            },
        }
        return {code: {**words[code], "values": dict(PRESET_VALUES[code])} for code in words}
