"""A place where orders come from, with its connection and its policy."""

import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

SECRET = "base.group_system"


class OmsChannel(models.Model):
    _name = "oms.channel"
    _description = "Sales Channel"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "sequence, name"
    _check_company_auto = True

    # What may follow what; see _set_state.
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
        selection="_selection_adapter", string="Kind", required=True, tracking=True
    )
    state = fields.Selection(
        [("draft", "Not connected"), ("live", "Live"), ("paused", "Paused")],
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
        help="Names the channel in the address its messages are sent to.",
    )
    webhook_url = fields.Char("Address for messages", compute="_compute_webhook_url")
    base_url = fields.Char("Store address")
    account_ref = fields.Char("Account")
    api_key = fields.Char(groups=SECRET, copy=False)
    api_secret = fields.Char(groups=SECRET, copy=False)
    webhook_secret = fields.Char(
        groups=SECRET, copy=False, help="Signs the messages the channel sends (HMAC-SHA256)."
    )
    cursor = fields.Char(copy=False, readonly=True, help="How far the channel has been read.")
    fetch_rate = fields.Integer(
        "Orders per minute", default=60, help="How fast orders are fetched; 0 for no limit."
    )
    mapping_ids = fields.One2many("oms.channel.mapping", "channel_id", copy=True)

    # Policy: customers and content
    address_level = fields.Selection(
        [("full", "Street, city and country"), ("country", "Country only")],
        default="full",
        required=True,
    )
    guest_partner_id = fields.Many2one(
        "res.partner",
        "Customer for guests",
        check_company=True,
        help="Takes orders that come without a customer; empty holds them.",
    )
    warehouse_ids = fields.Many2many(
        "stock.warehouse",
        string="Warehouses",
        check_company=True,
        help="The warehouses that may ship, in their own order; empty for all.",
    )
    pricelist_ids = fields.Many2many(
        "product.pricelist",
        string="Pricelists",
        check_company=True,
        help="One per currency; a missing one is made when the first order needs it.",
    )
    default_tax_ids = fields.Many2many(
        "account.tax",
        string="Taxes when not told",
        domain=[("type_tax_use", "=", "sale")],
        check_company=True,
    )
    carrier_id = fields.Many2one("delivery.carrier", "Usual carrier", check_company=True)
    team_id = fields.Many2one("crm.team", "Sales team", check_company=True)
    user_id = fields.Many2one("res.users", "Owner", tracking=True, check_company=True)

    # Policy: money
    confirm_policy = fields.Selection(
        [
            ("paid", "When paid"),
            ("authorized", "When paid or authorised"),
            ("always", "Always"),
            ("manual", "By hand"),
        ],
        default="paid",
        required=True,
    )
    payment_policy = fields.Selection(
        [
            ("prepaid", "Collected by the channel"),
            ("cod", "Cash on delivery"),
            ("terms", "On account"),
        ],
        default="prepaid",
        required=True,
    )
    payment_tolerance = fields.Monetary(help="A difference up to this still counts as paid.")
    currency_id = fields.Many2one(related="company_id.currency_id")
    rounding_limit = fields.Monetary(
        "Rounding line up to",
        default=0.0,
        help="A difference to the channel's total up to this becomes a rounding line; "
        "a larger one holds the order.",
    )
    unpaid_days = fields.Integer(
        "Cancel unpaid after (days)", help="0 keeps unpaid orders for ever."
    )
    invoice_policy = fields.Selection(
        [
            ("payment", "When paid"),
            ("shipment", "When shipped"),
            ("delivery", "When delivered"),
            ("manual", "By hand"),
        ],
        default="payment",
        required=True,
    )
    send_receipt = fields.Boolean("E-mail the invoice as receipt", default=True)

    # Policy: goods
    ship_policy = fields.Selection(
        [("paid", "Only when paid"), ("always", "Always")], default="paid", required=True
    )
    picking_policy = fields.Selection(
        [("direct", "What is there"), ("one", "Only complete")],
        "Ship",
        default="direct",
        required=True,
    )
    auto_ship = fields.Boolean(
        "Ship by itself", help="Deliveries are done as soon as their goods are reserved."
    )

    message_inbox_ids = fields.One2many(
        "oms.channel.message", "channel_id", domain=[("direction", "=", "in")]
    )
    listing_ids = fields.One2many("oms.channel.listing", "channel_id")
    can_fetch = fields.Boolean(compute="_compute_capabilities")
    can_import_file = fields.Boolean(
        compute="_compute_capabilities", search="_search_can_import_file"
    )
    credentials = fields.Char(
        compute="_compute_capabilities", help="The connection fields this kind of channel uses."
    )

    health = fields.Selection(
        [("ok", "Healthy"), ("warning", "Look"), ("error", "Trouble")],
        compute="_compute_health",
    )
    health_text = fields.Char(compute="_compute_health")
    pending_count = fields.Integer(compute="_compute_health")
    hold_count = fields.Integer("Open exceptions", compute="_compute_health")
    failed_count = fields.Integer(compute="_compute_health")
    order_count = fields.Integer(compute="_compute_order_count")
    last_message_at = fields.Datetime(compute="_compute_health")

    _token_uniq = models.UniqueIndex("(token)", "Two channels cannot share an address.")

    # === DEFAULTS AND SELECTIONS === #

    @api.model
    def _default_token(self):
        return secrets.token_urlsafe(12)

    @api.model
    def _selection_adapter(self):
        return [(code, self.env[name]._description) for code, name in self._adapters().items()]

    @api.model
    def _adapters(self):
        """:return: model name by adapter code, of every adapter of the registry
        :rtype: dict[str, str]
        """
        base = "oms.channel.adapter"
        return {
            name.removeprefix(f"{base}."): name
            for name in sorted(self.env.registry.descendants([base], "_inherit"))
            if name != base
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
            # An adapter is an empty recordset: never ask it whether it is there.
            adapter = channel._adapter() if channel.adapter else base
            channel.can_fetch = adapter._can_fetch
            channel.can_import_file = adapter._can_import_file
            channel.credentials = ",".join(adapter._credentials)

    def _search_can_import_file(self, operator, value):
        if operator != "in":
            return NotImplemented
        codes = [code for code, name in self._adapters().items() if self.env[name]._can_import_file]
        return [("adapter", "in", codes)]

    @api.depends("state")
    def _compute_health(self):
        Message = self.env["oms.channel.message"]
        counts = {
            (channel.id, state): (count, last)
            for channel, state, count, last in Message._read_group(
                [("channel_id", "in", self.ids), ("state", "in", ("pending", "failed"))],
                ["channel_id", "state"],
                ["__count", "create_date:max"],
            )
        }
        holds = dict(
            self.env["oms.hold"]._read_group(
                [("channel_id", "in", self.ids), ("state", "=", "open")],
                ["channel_id"],
                ["__count"],
            )
        )
        last_seen = self._last_message_dates()
        for channel in self:
            channel.pending_count = counts.get((channel.id, "pending"), (0, None))[0]
            channel.failed_count = counts.get((channel.id, "failed"), (0, None))[0]
            channel.hold_count = holds.get(channel, 0)
            channel.last_message_at = last_seen.get(channel.id)
            channel.health, channel.health_text = channel._describe_health()

    def _last_message_dates(self):
        """:return: when each channel was last heard, by channel id; one index look-up each"""
        if not self.ids:
            return {}
        self.env["oms.channel.message"].flush_model(["channel_id", "direction"])
        self.env.cr.execute(
            """SELECT channel.id, last.create_date
               FROM unnest(%s) AS channel (id) CROSS JOIN LATERAL (
                   SELECT create_date FROM oms_channel_message
                   WHERE channel_id = channel.id AND direction = 'in'
                   ORDER BY id DESC LIMIT 1) AS last""",
            [self.ids],
        )
        return dict(self.env.cr.fetchall())

    def _describe_health(self):
        """:return: the health of one channel and the sentence that explains it"""
        if self.state == "draft":
            return "warning", self.env._("Not connected yet: test the connection, then go live.")
        if self.state == "paused":
            return "warning", self.env._("Paused: messages are kept and wait.")
        if self.failed_count:
            return "error", self.env._(
                "Failed messages: %(count)s. Read why, then retry.", count=self.failed_count
            )
        if self.hold_count:
            return "warning", self.env._("Decisions needed: %(count)s.", count=self.hold_count)
        return "ok", self.env._("Everything is through.")

    def _compute_order_count(self):
        counts = dict(
            self.env["sale.order"]._read_group(
                [("oms_channel_id", "in", self.ids)], ["oms_channel_id"], ["__count"]
            )
        )
        for channel in self:
            channel.order_count = counts.get(channel, 0)

    # === ACTION METHODS === #

    def action_test_connection(self):
        self.ensure_one()
        problem = self._adapter()._test_connection(self)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger" if problem else "success",
                "message": problem or self.env._("The connection works."),
                "sticky": bool(problem),
            },
        }

    def action_go_live(self):
        for channel in self:
            problem = channel._adapter()._test_connection(channel)
            if problem:
                raise UserError(problem)
            channel._adapter()._prepare_channel(channel)
        self._set_state("live")
        self.env.ref("oms_addon.oms_lane_fetch")._wake()

    def action_pause(self):
        self._set_state("paused")

    def action_fetch(self):
        self.ensure_one()
        self._fetch()
        return True

    def action_view_orders(self):
        self.ensure_one()
        return self._action_for(
            "oms_addon.sale_order_action_oms", [("oms_channel_id", "=", self.id)]
        )

    def action_view_messages(self):
        self.ensure_one()
        return self._action_for(
            "oms_addon.oms_channel_message_action", [("channel_id", "=", self.id)]
        )

    def action_view_holds(self):
        self.ensure_one()
        action = self._action_for("oms_addon.oms_hold_action", [("channel_id", "=", self.id)])
        return {**action, "context": {"search_default_open": 1, "search_default_reason": 1}}

    def action_view_listings(self):
        self.ensure_one()
        action = self._action_for(
            "oms_addon.oms_channel_listing_action", [("channel_id", "=", self.id)]
        )
        return {**action, "context": {"default_channel_id": self.id}}

    def _action_for(self, xmlid, domain):
        """:return: the action ``xmlid`` limited to ``domain``, with the filters
        (``search_default_…``) the button asks for in its context
        """
        filters = {
            key: value
            for key, value in self.env.context.items()
            if key.startswith("search_default_")
        }
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        return {**action, "domain": domain, "context": filters}

    # === BUSINESS METHODS === #

    def _set_state(self, state):
        """Move channels to a state; those already there stay, others refuse with a reason.

        :param str state: ``live`` or ``paused``
        :raise UserError: when the move is not in the table
        """
        for channel in self.filtered(lambda c: c.state != state):
            if state not in self._TRANSITIONS[channel.state]:
                raise UserError(
                    self.env._(
                        "%(channel)s is %(now)s and cannot become %(then)s.",
                        channel=channel.name,
                        now=channel.state,
                        then=state,
                    )
                )
            self.env["oms.event"]._log(
                channel,
                "channel.state",
                self.env._("Channel %(state)s", state=state),
                before=channel.state,
                after=state,
            )
            channel.state = state

    def _adapter(self):
        """:return: the adapter's model of this channel"""
        self.ensure_one()
        return self.env[self._adapters()[self.adapter]]

    def _receive(self, topic, event_ref, payload, order_ref=None):
        """Take one outside event in: durable, once, whatever it says.

        :param str topic: what the channel calls the event
        :param str event_ref: the channel's id of the event, unique on the channel
        :param bytes payload: the body exactly as it came
        :param str order_ref: the channel's order id, when it is known already
        :return: the inbox row; the first one when the event came before
        :rtype: oms.channel.message
        """
        self.ensure_one()
        return self._receive_many([(topic, event_ref, payload, order_ref)])

    def _receive_many(self, events):
        """Take many events in, with one statement.

        :param list events: tuples (topic, event_ref, payload, order_ref or None)
        :return: their inbox rows, in order
        :rtype: oms.channel.message
        """
        self.ensure_one()
        messages = self.env["oms.channel.message"].sudo()._insert_inbound(self, events)
        self.env.ref("oms_addon.oms_lane_inbox")._wake()
        return messages

    def _fetch(self, limit=None):
        """Ask the channel for what is new and put it in the inbox.

        :param int limit: how many orders at most; ``None`` leaves it to the adapter
        :return: how many events came
        :rtype: int
        """
        self.ensure_one()
        events, cursor = self._adapter()._fetch(self, limit)
        if events:
            self._receive_many(events)
        if cursor != self.cursor:
            self.cursor = cursor
        return len(events)

    def _domain_live(self):
        """:return: the domain of channels the lanes work for"""
        return Domain("state", "=", "live")

    # === POLICY === #

    def _get_warehouses(self):
        """:return: the warehouses that may ship, best first"""
        self.ensure_one()
        return self.warehouse_ids.sorted("sequence") or self.env["stock.warehouse"].search(
            [("company_id", "=", self.company_id.id)]
        )

    def _get_pricelist(self, code):
        """:param str code: ISO 4217 code
        :return: the pricelist of the channel in that currency, made when it is missing;
            empty when Odoo has no such active currency
        """
        self.ensure_one()
        pricelist = self.pricelist_ids.filtered(lambda p: p.currency_id.name == code)[:1]
        currency = self.env["res.currency"].search([("name", "=", code)], limit=1)
        if pricelist or not currency:
            return pricelist
        pricelist = (
            self.env["product.pricelist"]
            .sudo()
            .create(
                {
                    "name": f"{self.name} {code}",
                    "currency_id": currency.id,
                    "company_id": self.company_id.id,
                }
            )
        )
        self.sudo().pricelist_ids = [fields.Command.link(pricelist.id)]
        return pricelist

    def _count_refused(self, problem):
        """Record a message whose signature was wrong; after many of them tell the owner.

        :param str problem: why it was refused
        """
        self.ensure_one()
        self.env["oms.event"]._log(self, "channel.refused", problem)
