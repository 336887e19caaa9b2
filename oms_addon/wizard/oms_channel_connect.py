"""Wizard: connect a channel of any kind, step by step; it can be closed and resumed."""

import ipaddress
from urllib.parse import urlsplit

from odoo import api, fields, models


class OmsChannelConnect(models.TransientModel):
    """Each step writes its values to the channel, which stays a draft until it goes live and
    stores the last step.

    ``_leave_<step>`` applies a step and returns its error message, '' when there is none;
    ``_enter_<step>`` prepares the next one. An error keeps the wizard on its step.
    """

    _name = "oms.channel.connect"
    _inherit = "oms.wizard"
    _description = "Connect a Channel"

    step = fields.Char(default="kind", readonly=True)
    steps = fields.Json(compute="_compute_steps")
    error = fields.Char(readonly=True)
    channel_id = fields.Many2one("oms.channel", readonly=True)
    channel_state = fields.Selection(related="channel_id.state")

    # Kind
    adapter = fields.Selection(selection="_selection_adapter", string="Channel Type")
    kinds = fields.Json(compute="_compute_kinds")

    # Credentials
    name = fields.Char("Channel Name")
    credentials = fields.Char(compute="_compute_credentials")
    base_url = fields.Char()
    account_ref = fields.Char()
    api_key = fields.Char(compute="_compute_secrets", inverse="_inverse_secrets")
    api_secret = fields.Char(compute="_compute_secrets", inverse="_inverse_secrets")
    webhook_secret = fields.Char(compute="_compute_secrets", inverse="_inverse_secrets")
    typed_secrets = fields.Json(groups="base.group_system", readonly=True)
    base_url_label = fields.Char(compute="_compute_credentials")
    account_ref_label = fields.Char(compute="_compute_credentials")
    api_key_label = fields.Char(compute="_compute_credentials")
    api_secret_label = fields.Char(compute="_compute_credentials")
    webhook_secret_label = fields.Char(compute="_compute_credentials")
    api_key_hint = fields.Char(compute="_compute_credentials")
    api_secret_hint = fields.Char(compute="_compute_credentials")
    webhook_secret_hint = fields.Char(compute="_compute_credentials")
    enters_address = fields.Boolean(compute="_compute_credentials")
    webhook_url = fields.Char(related="channel_id.webhook_url")
    address_problem = fields.Char(compute="_compute_address_problem")

    # Test
    test_ok = fields.Boolean(readonly=True)

    # Stock
    can_fetch_locations = fields.Boolean(compute="_compute_credentials")
    warehouse_ids = fields.Many2many(related="channel_id.warehouse_ids", readonly=False)
    location_ids = fields.One2many(related="channel_id.location_ids", readonly=False)

    # Taxes
    tax_ids = fields.One2many("oms.channel.connect.tax", "wizard_id")
    tax_rounding = fields.Selection(related="channel_id.tax_rounding", readonly=False)
    company_tax_rounding = fields.Selection(
        related="channel_id.company_id.tax_calculation_rounding_method"
    )
    told_tax_rounding = fields.Char("Channel Tax Rounding", readonly=True)
    price_rounding = fields.Selection(
        [
            ("half_up", "Half Up"),
            ("half_down", "Half Down"),
            ("half_even", "Half to Even"),
            ("half_odd", "Half to Odd"),
            ("up", "Always Up"),
            ("down", "Always Down"),
        ],
        readonly=True,
        help="How the channel rounds amounts. Odoo rounds half up.",
    )
    rounding_advice = fields.Text(compute="_compute_rounding_advice")
    missing_tax_count = fields.Integer(compute="_compute_missing_tax_count")

    # Policy
    preset = fields.Selection(selection="_selection_preset")
    presets = fields.Json(compute="_compute_kinds")

    # Stock and prices
    stock_sync_id = fields.Many2one("oms.channel.sync", readonly=True)
    stock_line_ids = fields.One2many(related="stock_sync_id.line_ids", string="Stock by Listing")
    stock_is_complete = fields.Boolean(
        related="stock_sync_id.is_complete", string="Stock Fully Fetched"
    )
    stock_change_count = fields.Integer(
        related="stock_sync_id.change_count", string="Stock Changes"
    )
    stock_zero_count = fields.Integer(related="stock_sync_id.zero_count")
    stock_skipped_count = fields.Integer(
        related="stock_sync_id.skipped_count", string="Stock Not Synced"
    )
    stock_on_channel_total = fields.Float(related="stock_sync_id.on_channel_total")
    stock_in_odoo_total = fields.Float(related="stock_sync_id.in_odoo_total")
    stock_will_become_total = fields.Float(related="stock_sync_id.will_become_total")
    wants_stock = fields.Boolean(
        "Sync Stock",
        help="Sync the stock of Odoo to the channel once it is live, as shown in the table.",
    )

    price_sync_id = fields.Many2one("oms.channel.sync", readonly=True)
    price_line_ids = fields.One2many(related="price_sync_id.line_ids", string="Prices by Listing")
    price_is_complete = fields.Boolean(
        related="price_sync_id.is_complete", string="Prices Fully Fetched"
    )
    price_change_count = fields.Integer(
        related="price_sync_id.change_count", string="Price Changes"
    )
    price_skipped_count = fields.Integer(
        related="price_sync_id.skipped_count", string="Prices Not Synced"
    )
    price_pricelist_id = fields.Many2one(related="channel_id.price_pricelist_id", readonly=False)
    wants_prices = fields.Boolean(
        "Sync Prices",
        help="Sync the prices of Odoo to the channel once it is live, as shown in the table.",
    )

    # Messages and history
    can_fetch = fields.Boolean(related="channel_id.can_fetch")
    can_register = fields.Boolean(related="channel_id.can_register")
    can_list_orders = fields.Boolean(related="channel_id.can_list_orders")
    fetch_minutes = fields.Integer(related="channel_id.fetch_minutes", readonly=False)
    fetch_minutes_webhooks = fields.Integer(
        related="channel_id.fetch_minutes_webhooks", readonly=False
    )
    start_policy = fields.Selection(related="channel_id.start_policy", readonly=False)
    wants_backfill = fields.Boolean("Import History")
    backfill_from = fields.Datetime("Start Date")
    backfill_to = fields.Datetime("End Date")
    backfill_id = fields.Many2one("oms.channel.backfill", "History Import", readonly=True)
    count_text = fields.Char(related="backfill_id.count_text")
    backfill_policy = fields.Selection(related="channel_id.backfill_policy", readonly=False)

    # Summary
    summary = fields.Html(compute="_compute_summary", sanitize=False)

    # === SELECTIONS === #

    @api.model
    def _selection_adapter(self):
        return self.env["oms.channel"]._selection_adapter()

    @api.model
    def _selection_preset(self):
        presets = self.env["oms.channel"]._policy_presets()
        return [
            *[(code, preset["label"]) for code, preset in presets.items()],
            ("keep", self.env._("Keep Current Settings")),
        ]

    # === ACTION METHODS === #

    def action_next(self):
        """Apply the step and show the next one, or stay and show the error."""
        self.ensure_one()
        self._check_records()
        problem = self._guard(f"_leave_{self.step}")
        self._forget_secrets()
        if problem:
            self.sudo().error = problem
        else:
            self._enter(self._neighbour(1))
        return self._reopen()

    def action_back(self):
        """Show the previous step; what was entered is kept."""
        self.ensure_one()
        self._check_records()
        self._forget_secrets()
        self._enter(self._neighbour(-1))
        return self._reopen()

    def action_compare_prices(self):
        """Compare the prices again, with the chosen price list."""
        self.ensure_one()
        self._check_records()
        self.sudo().error = self._guard("_compare_prices")
        return self._reopen()

    def action_count(self):
        """Count the orders to import from history."""
        self.ensure_one()
        self._check_records()
        self.sudo().error = self._guard("_count")
        return self._reopen()

    def action_later(self):
        """Close the wizard; the channel stores its step."""
        self.check_access("write")
        self._forget_secrets()
        return {"type": "ir.actions.act_window_close"}

    def action_discard(self):
        """Delete the draft channel, or archive it when it has audit events."""
        self.ensure_one()
        self._check_records()
        self._forget_secrets()
        channel = self.channel_id
        if channel.state == "draft":
            self.unlink()
            self.env["oms.event"].flush_model()
            has_history = (
                self.env["oms.event"]
                .sudo()
                .search_count([("channel_id", "=", channel.id)], limit=1)
            )
            channel.active = False
            if not has_history:
                channel.unlink()
        return {"type": "ir.actions.act_window_close"}

    def action_go_live(self):
        """Start the channel, and the history import if one is planned."""
        self.ensure_one()
        self._check_records()
        self._forget_secrets()
        channel = self.channel_id
        problem = self._guard("_go_live") if channel.state != "live" else ""
        if problem:
            self.sudo().error = problem
            return self._reopen()
        channel.sudo().connect_step = False
        return {
            "type": "ir.actions.act_window",
            "res_model": "oms.channel",
            "res_id": channel.id,
            "views": [(False, "form")],
            "target": "current",
        }

    # === HELPERS === #

    @api.model
    def _label_of(self, adapter, name):
        """:return: the label of a connection field on a kind of channel"""
        label = adapter._label_of(name)
        if adapter._required_credentials and name not in adapter._required_credentials:
            return self.env._("%(label)s (optional)", label=label)
        return label

    def _adapter(self):
        """:return: the adapter model of the chosen kind; the base adapter before one is chosen"""
        name = self.env["oms.channel"]._adapters().get(self.adapter)
        return self.env[name or "oms.channel.adapter"]

    @api.model
    def _is_local(self, url):
        """:return: whether an address is valid in the local network only"""
        host = urlsplit(url).hostname or ""
        try:
            return not ipaddress.ip_address(host).is_global
        except ValueError:
            return "." not in host or host.endswith((".local", ".localhost", ".internal"))

    def _reopen(self):
        """:return: the action that shows the wizard"""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Connect a Channel"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {**self.env.context, "dialog_size": "extra-large"},
        }
