"""A sales channel, with its connection and its policy."""

import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError

SECRET = "base.group_system"
ADAPTER = "oms.channel.adapter"


class OmsChannel(models.Model):
    _name = "oms.channel"
    _description = "Sales Channel"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "oms.state.mixin",
        "oms.channel.policy.mixin",
    ]
    _order = "sequence, name"
    _check_company_auto = True

    _TRANSITIONS = {
        "draft": ("live",),
        "live": ("paused",),
        "paused": ("live",),
    }

    name = fields.Char(required=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    adapter = fields.Selection(
        selection="_selection_adapter", string="Channel Type", required=True, tracking=True
    )
    state = fields.Selection(
        [("draft", "Not Connected"), ("live", "Live"), ("paused", "Paused")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )

    # Connection
    token = fields.Char(
        default=lambda self: self._default_token(),
        copy=False,
        readonly=True,
        required=True,
        help="Identifies the channel in its webhook address.",
    )
    webhook_url = fields.Char("Webhook Address", compute="_compute_webhook_url")
    base_url = fields.Char("Store Address")
    account_ref = fields.Char("Account")
    api_key = fields.Char("API Key", groups=SECRET, copy=False)
    api_secret = fields.Char("API Secret", groups=SECRET, copy=False)
    webhook_secret = fields.Char(
        groups=SECRET, copy=False, help="Signs the webhooks of the channel (HMAC-SHA256)."
    )
    tracking_secret = fields.Char(
        groups=SECRET,
        copy=False,
        help="Signs the tracking events sent by carriers. It must differ from the webhook secret.",
    )
    cursor = fields.Char(
        copy=False, readonly=True, help="Position up to which orders were fetched."
    )
    fetched_at = fields.Datetime(copy=False, readonly=True, help="Date of the last order import.")
    fetch_rate = fields.Integer(
        "Orders per Minute",
        default=60,
        help="Maximum speed for fetching orders. Enter 0 for no limit.",
    )
    mapping_ids = fields.One2many("oms.channel.mapping", "channel_id", copy=True)

    message_inbox_ids = fields.One2many(
        "oms.channel.message", "channel_id", domain=[("direction", "=", "in")]
    )
    listing_ids = fields.One2many("oms.channel.listing", "channel_id")
    can_fetch = fields.Boolean(compute="_compute_capabilities")
    can_import_file = fields.Boolean(
        compute="_compute_capabilities", search="_search_can_import_file"
    )
    credentials = fields.Char(
        compute="_compute_capabilities", help="Connection fields used by this channel type."
    )

    _token_uniq = models.UniqueIndex("(token)", "The token is already used by another channel.")

    # === DEFAULTS AND SELECTIONS === #

    @api.model
    def _default_token(self):
        return secrets.token_urlsafe(12)

    @api.model
    def _selection_adapter(self):
        return [(code, self.env[name]._description) for code, name in self._adapters().items()]

    @api.model
    def _adapters(self):
        """:return: the model names of all adapters in the registry, by adapter code
        :rtype: dict[str, str]
        """
        return {
            name.removeprefix(f"{ADAPTER}."): name
            for name in sorted(self.env.registry.descendants([ADAPTER], "_inherit"))
            if name != ADAPTER
        }

    # === COMPUTE METHODS === #

    @api.depends("token")
    def _compute_webhook_url(self):
        root = self.env["ir.config_parameter"].sudo().get_param("web.base.url", "")
        for channel in self:
            channel.webhook_url = f"{root}/oms/webhook/{channel.token}"

    @api.depends("adapter")
    def _compute_capabilities(self):
        base = self.env["oms.channel.adapter"]
        for channel in self:
            # An adapter is an empty recordset and therefore falsy: do not test it with ``if``.
            adapter = channel._adapter() if channel.adapter else base
            channel.can_fetch = adapter._can_fetch
            channel.can_import_file = adapter._can_import_file
            channel.credentials = ",".join(adapter._credentials)

    def _search_can_import_file(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("adapter", "in", self._codes_that("_can_import_file"))]

    # === ACTION METHODS === #

    def action_test_connection(self):
        self.ensure_one()
        self.check_access("write")
        self = self.sudo()
        problem = self._adapter()._test_connection(self)
        if problem:
            return self._notify(problem, "danger")
        self._note_answer()
        works = self.env._("The connection works.")
        notes = self._adapter()._test_notes(self)
        if notes:
            return self._notify(f"{works} {notes}", "warning")
        return self._notify(works, "success")

    def action_go_live(self):
        self.check_access("write")
        self = self.sudo()
        for channel in self:
            problem = channel._adapter()._test_connection(channel)
            if problem:
                raise UserError(problem)
            channel._adapter()._prepare_channel(channel)
        self._set_state("live")
        self.write({"next_fetch_at": False, "fetch_failures": 0})
        for channel in self:
            channel._note_answer()
        self._pause_samples()
        self.env.ref("oms_addon.oms_lane_fetch").sudo()._wake()
        return True

    def _pause_samples(self):
        """Pause the sample channels of companies that now have a live channel of their own."""
        companies = self.filtered(lambda c: c.adapter != "sample").company_id
        samples = self.search(
            [
                ("adapter", "=", "sample"),
                ("state", "=", "live"),
                ("company_id", "in", companies.ids),
            ]
        )
        samples.action_pause()
        for sample in samples:
            self.env["oms.event"]._log(
                sample,
                "channel.sample_paused",
                self.env._("Paused: one of your own channels is live."),
            )

    def action_pause(self):
        self.check_access("write")
        self = self.sudo()
        self._set_state("paused")
        return True

    # === BUSINESS METHODS === #

    def _checked(self):
        """:return: the channels with superuser rights, once write access is checked
        :raise AccessError: when the user may not write to the channels
        """
        self.check_access("write")
        return self.sudo()

    def _set_state(self, state, **values):
        """Extend: changes are audited, and the date of the first go-live is stored."""
        before = {channel: channel.state for channel in self}
        moved = super()._set_state(state, **values)
        for channel in moved:
            self.env["oms.event"]._log(
                channel,
                "channel.state",
                self.env._("Channel: %(state)s", state=channel._state_label()),
                before=before[channel],
                after=state,
            )
        if state == "live":
            moved.filtered(lambda c: not c.live_at).live_at = fields.Datetime.now()
        return moved

    def _adapter(self):
        """:return: the adapter model of this channel"""
        self.ensure_one()
        return self.env[f"{ADAPTER}.{self.adapter}"]
