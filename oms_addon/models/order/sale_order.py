"""Channel data, steps and exceptions of an order."""

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.oms_addon.tools import sentences
from odoo.addons.oms_addon.tools.sealed_context import sealed, unsealed

STEPS = [
    ("screen", "Screen"),
    ("confirm", "Confirm"),
    ("allocate", "Allocate"),
    ("collect", "Collect"),
    ("invoice", "Invoice"),
    ("ship", "Shipping Policy"),
    ("track", "Track"),
    ("deliver", "Deliver"),
    ("close", "Close"),
    ("done", "Done"),
]


class SaleOrder(models.Model):
    _inherit = "sale.order"

    oms_channel_id = fields.Many2one(
        "oms.channel",
        "Channel",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    oms_order_ref = fields.Char("Channel Order", readonly=True, copy=False)
    oms_order_number = fields.Char("Order Number", readonly=True, copy=False)
    oms_version = fields.Char("Channel Version", readonly=True, copy=False)
    oms_updated_at = fields.Datetime("Changed on the Channel", readonly=True, copy=False)
    oms_placed_at = fields.Datetime("Placed On", readonly=True, copy=False)
    oms_source_zone = fields.Char("Channel Time Zone", readonly=True, copy=False)
    oms_channel_status = fields.Char("Channel Status", readonly=True, copy=False)
    oms_channel_total = fields.Monetary("Channel Total", readonly=True, copy=False)
    oms_has_channel_total = fields.Boolean("Has Channel Total", readonly=True, copy=False)
    oms_note = fields.Text("Customer Note", readonly=True, copy=False)
    oms_shipping_method = fields.Char("Shipping Method", readonly=True, copy=False)

    oms_foreign_ref = fields.Char(
        "Marketplace Order",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="ID of the order on the marketplace it was imported from.",
    )
    oms_content_digest = fields.Char("Content Digest", readonly=True, copy=False)
    oms_address_digest = fields.Char("Address Digest", readonly=True, copy=False)
    oms_tax_number = fields.Char(
        "Tax ID Provided",
        readonly=True,
        copy=False,
        help="Tax ID provided by the buyer for this order, as received from the channel.",
    )
    oms_deferred_qty = fields.Json(
        "Deferred Quantities",
        readonly=True,
        copy=False,
        help="Quantities by channel line of a change to review.",
    )
    oms_manual_qty = fields.Json(
        "Manually Added Quantities",
        readonly=True,
        copy=False,
        help="Quantities by channel line that were added to the order manually.",
    )

    oms_step = fields.Selection(
        STEPS,
        "Channel Order Step",
        readonly=True,
        copy=False,
        group_expand=True,
        help="First step that is not completed.",
    )
    oms_cursor = fields.Selection(
        STEPS, string="Next Step", readonly=True, copy=False, help="Next step to try."
    )
    oms_status = fields.Selection(
        [
            ("running", "Running"),
            ("waiting", "Waiting"),
            ("held", "On Hold"),
            ("failed", "Failed"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        "Channel Order Progress",
        readonly=True,
        copy=False,
    )
    oms_wait_reason = fields.Char("Channel Waiting Reason", readonly=True, copy=False)
    oms_captured_at = fields.Datetime("Captured", readonly=True, copy=False)
    oms_screened_at = fields.Datetime("Screened", readonly=True, copy=False)
    oms_confirmed_at = fields.Datetime("Confirmed", readonly=True, copy=False)
    oms_allocated_at = fields.Datetime("Allocated", readonly=True, copy=False)
    oms_paid_at = fields.Datetime("Paid", readonly=True, copy=False)
    oms_invoiced_at = fields.Datetime("Invoiced", readonly=True, copy=False)
    oms_shipped_at = fields.Datetime("Shipped", readonly=True, copy=False)
    oms_tracked_at = fields.Datetime("In Transit", readonly=True, copy=False)
    oms_delivered_at = fields.Datetime("Delivered", readonly=True, copy=False)
    oms_closed_at = fields.Datetime("Closed", readonly=True, copy=False)

    oms_hold_ids = fields.One2many("oms.hold", "order_id", "Exceptions", readonly=True)
    oms_held = fields.Boolean("On Hold", compute="_compute_oms_held", compute_sudo=True)
    oms_hold_count = fields.Integer(
        "Open Exceptions", compute="_compute_oms_hold_count", compute_sudo=True
    )
    oms_message_ids = fields.One2many(
        "oms.channel.message", "order_id", "Channel Messages", readonly=True
    )
    oms_message_count = fields.Integer(
        "Channel Message Count", compute="_compute_oms_message_count", compute_sudo=True
    )
    oms_event_count = fields.Integer(
        "Event Count", compute="_compute_oms_event_count", compute_sudo=True
    )
    oms_event_ids = fields.One2many(
        "oms.event", "res_id", "Timeline", domain=[("res_model", "=", "sale.order")], readonly=True
    )
    oms_age_days = fields.Integer("Age (Days)", compute="_compute_oms_age_days")

    _oms_order_uniq = models.UniqueIndex(
        "(oms_channel_id, oms_order_ref) WHERE oms_channel_id IS NOT NULL",
        "This channel order was already imported.",
    )
    _oms_changed_idx = models.Index(
        "(oms_channel_id, write_date, id) WHERE oms_channel_id IS NOT NULL"
    )
    _oms_running_idx = models.Index("(oms_cursor, id) WHERE oms_status = 'running'")

    # === COMPUTE METHODS === #

    @api.depends("oms_hold_ids.state")
    def _compute_oms_held(self):
        held = self.env["oms.hold"]._read_group(
            [
                ("order_id", "in", self.ids),
                ("state", "=", "open"),
                ("is_blocking", "=", True),
            ],
            ["order_id"],
        )
        held_ids = {order.id for (order,) in held}
        for order in self:
            order.oms_held = order.id in held_ids

    @api.depends("oms_hold_ids.state")
    def _compute_oms_hold_count(self):
        counts = dict(
            self.env["oms.hold"]._read_group(
                [("order_id", "in", self.ids), ("state", "=", "open")], ["order_id"], ["__count"]
            )
        )
        for order in self:
            order.oms_hold_count = counts.get(order._origin, 0)

    def _compute_oms_event_count(self):
        counts = dict(
            self.env["oms.event"]._read_group(
                [("res_model", "=", "sale.order"), ("res_id", "in", self.ids)],
                ["res_id"],
                ["__count"],
            )
        )
        for order in self:
            order.oms_event_count = counts.get(order.id, 0)

    def _compute_oms_message_count(self):
        for order in self:
            order.oms_message_count = self.env["oms.channel.message"].search_count(
                order._oms_message_domain()
            )

    @api.depends("oms_placed_at", "date_order")
    def _compute_oms_age_days(self):
        now = fields.Datetime.now()
        for order in self:
            order.oms_age_days = (now - (order.oms_placed_at or order.date_order or now)).days

    # === ACTION METHODS === #

    def action_oms_run(self):
        """Run the order through its steps as far as possible."""
        self.check_access("write")
        self._oms_run()
        # Steps need system rights for accounting and inventory, whoever starts them.
        flow_sudo = self.env["oms.order.flow"].sudo()
        flow_sudo.with_context(**sealed(actor=self.env.user.name))._run(self)
        return True

    def action_oms_holds(self):
        self.ensure_one()
        self.check_access("read")
        self.env["oms.hold"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("oms_addon.oms_hold_action")
        return {**action, "domain": [("order_id", "=", self.id)], "context": {}}

    def action_oms_events(self):
        self.ensure_one()
        self.check_access("read")
        self.env["oms.event"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("oms_addon.oms_event_action")
        domain = [("res_model", "=", "sale.order"), ("res_id", "=", self.id)]
        return {**action, "domain": domain, "context": {}}

    def action_oms_messages(self):
        self.ensure_one()
        self.check_access("read")
        self.env["oms.channel.message"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "oms_addon.oms_channel_message_action"
        )
        return {**action, "domain": list(self._oms_message_domain()), "context": {}}

    # === BUSINESS METHODS === #

    def _oms_message_domain(self):
        """:return: the domain of the inbound and outbound messages of one order"""
        self.ensure_one()
        domain = Domain("order_id", "=", self.id)
        if self.oms_order_ref:
            domain |= Domain("channel_id", "=", self.oms_channel_id.id) & Domain(
                "order_ref", "=", self.oms_order_ref
            )
        return domain

    def _oms_run(self):
        """Have the background jobs continue orders from their first incomplete step."""
        orders = self.filtered(lambda o: o.oms_step and o.oms_status not in ("done", "cancelled"))
        for step, of_step in orders.grouped("oms_step").items():
            of_step.sudo().write({"oms_status": "running", "oms_cursor": step})
        self.env["oms.order.flow"]._wake(set(orders.mapped("oms_cursor")))

    def _oms_log_confirmed(self):
        """Log the confirmation of orders created in Sales."""
        made = self.sudo().filtered(lambda o: not o.oms_step and o.warehouse_id.oms_managed)
        actor = unsealed(self.env, "actor") or self.env.user.name
        self.env["oms.event"]._log(
            made, "order.confirmed", self.env._("Confirmed by %(user)s.", user=actor)
        )

    def _oms_held_text(self):
        """:return: why one order of a channel is on hold, as text; ``False`` if not"""
        if not self.oms_channel_id or not self.oms_held:
            return False
        # The reason is shown to the user regardless of access to exceptions.
        holds_sudo = self.sudo().oms_hold_ids.filtered(
            lambda h: h.state == "open" and h.is_blocking
        )
        return self.env._(
            "%(order)s is on hold: %(reasons)s Release it in Exceptions first.",
            order=self.oms_order_ref or self.name,
            reasons=sentences.join(holds_sudo.mapped("detail")),
        )
