"""Parcels and their delivery state."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.oms_addon.tools.sealed_context import unsealed

STATES = [
    ("pending", "Not Scanned"),
    ("info_received", "Announced"),
    ("in_transit", "In Transit"),
    ("out_for_delivery", "Out for Delivery"),
    ("attempt_failed", "Delivery Failed"),
    ("available_for_pickup", "Ready for Pickup"),
    ("delivered", "Delivered"),
    ("exception", "Delivery Problem"),
    ("returned", "Returned"),
    ("expired", "Tracking Ended"),
]
MOVING = (
    "in_transit",
    "out_for_delivery",
    "attempt_failed",
    "available_for_pickup",
    "delivered",
    "exception",
    "returned",
    "expired",
)
# States that need a user's attention.
TROUBLE = ("attempt_failed", "exception", "returned", "expired")


class OmsParcel(models.Model):
    _name = "oms.parcel"
    _description = "Parcel"
    _inherit = ["mail.thread", "oms.state.mixin"]
    _order = "id desc"
    _check_company_auto = True

    # A delivered parcel can only become returned.
    _TRANSITIONS = {
        "pending": ("info_received", *MOVING),
        "info_received": MOVING,
        **{
            state: tuple(other for other in MOVING if other != state)
            for state in MOVING
            if state not in ("delivered", "returned")
        },
        "delivered": ("returned",),
        "returned": (),
    }

    name = fields.Char("Tracking Number", tracking=True)
    number_key = fields.Char(
        "Tracking Key",
        compute="_compute_number_key",
        store=True,
        help="Normalized tracking number used for comparison.",
    )
    no_tracking = fields.Boolean(
        "Without Tracking",
        help="The carrier provides no tracking number, so the parcel is not tracked.",
    )
    carrier_id = fields.Many2one("delivery.carrier", check_company=True, index="btree_not_null")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    picking_ids = fields.Many2many("stock.picking", string="Deliveries", check_company=True)
    order_ids = fields.Many2many("sale.order", string="Orders", compute="_compute_order_ids")
    channel_id = fields.Many2one("oms.channel", readonly=True, index="btree_not_null")
    state = fields.Selection(
        STATES, default="pending", required=True, readonly=True, copy=False, tracking=True
    )
    shipped_at = fields.Datetime("Shipped", readonly=True, copy=False)
    delivered_at = fields.Datetime("Delivered", readonly=True, copy=False)
    last_event_at = fields.Datetime("Last Event", readonly=True, copy=False)
    look_reason = fields.Char("Needs Attention", readonly=True, copy=False)
    tracking_url = fields.Char("Tracking Link", compute="_compute_tracking_url")
    event_ids = fields.One2many("oms.tracking.event", "parcel_id", readonly=True)

    _number_uniq = models.UniqueIndex(
        "(company_id, COALESCE(carrier_id, 0), number_key) WHERE number_key IS NOT NULL",
        "The carrier already has a parcel with this tracking number.",
    )
    _number_idx = models.Index("(number_key) WHERE number_key IS NOT NULL")
    _has_number = models.Constraint(
        "CHECK (no_tracking IS TRUE OR name IS NOT NULL)",
        "Enter a tracking number, or mark the parcel as without tracking.",
    )

    # === COMPUTE METHODS === #

    @api.depends("name")
    def _compute_number_key(self):
        for parcel in self:
            parcel.number_key = self._normalize_number(parcel.name) or False

    @api.depends("picking_ids.sale_id", "picking_ids.oms_shared_order_ids")
    def _compute_order_ids(self):
        for parcel in self:
            parcel.order_ids = parcel.picking_ids._oms_orders()

    @api.depends("name", "carrier_id.tracking_url")
    def _compute_tracking_url(self):
        for parcel in self:
            template = parcel.carrier_id.sudo().tracking_url or ""
            parcel.tracking_url = parcel.name and template.replace(
                "<shipmenttrackingnumber>", parcel.name
            )

    @api.depends("name", "no_tracking", "picking_ids.name")
    def _compute_display_name(self):
        for parcel in self:
            parcel.display_name = parcel.name or self.env._(
                "%(deliveries)s without tracking",
                deliveries=", ".join(parcel.picking_ids.mapped("name")),
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        parcels = super().create(vals_list)
        parcels._complete()
        self.env["oms.tracking"]._release_waiting(parcels)
        parcels._send_tracking_numbers()
        return parcels

    def _complete(self):
        """Set the channel and shipping date of parcels from their deliveries."""
        for parcel_sudo in self.sudo().filtered("picking_ids"):
            pickings_sudo = parcel_sudo.picking_ids
            channels = pickings_sudo._oms_orders().oms_channel_id
            if not parcel_sudo.channel_id and len(channels) == 1:
                parcel_sudo.channel_id = channels
            if not parcel_sudo.shipped_at:
                parcel_sudo.shipped_at = max(
                    pickings_sudo.filtered("date_done").mapped("date_done"), default=False
                )

    def write(self, vals):
        """Extend: a corrected tracking number is sent to the channel."""
        result = super().write(vals)
        if "name" in vals or "picking_ids" in vals:
            self._send_tracking_numbers()
        return result

    def _send_tracking_numbers(self):
        """Send changed tracking numbers to the channels that were already sent the shipment."""
        if not unsealed(self.env, "quiet_parcels"):
            self.env["oms.shipper"].sudo()._send_tracking(self.sudo().picking_ids)

    # === ACTION METHODS === #

    def action_mark_delivered(self):
        """Record manually that the parcels were delivered."""
        self.check_access("write")
        self = self.sudo()
        parcels = self.filtered(lambda p: p.state not in ("delivered", "returned"))
        self.env["oms.tracking"]._record_manually(parcels, "delivered")
        return True

    def action_mark_returned(self):
        """Record manually that the parcels were returned."""
        self.check_access("write")
        self = self.sudo()
        parcels = self.filtered(lambda p: p.state != "returned")
        self.env["oms.tracking"]._record_manually(parcels, "returned")
        return True

    def action_clear_attention(self):
        """Clear the Needs Attention reason."""
        self.check_access("write")
        self = self.sudo()
        self.look_reason = False
        return True

    def action_follow(self):
        self.ensure_one()
        self.check_access("read")
        if not self.tracking_url:
            raise UserError(self.env._("The carrier has no tracking link."))
        return {"type": "ir.actions.act_url", "url": self.tracking_url, "target": "new"}

    # === BUSINESS METHODS === #

    @api.model
    def _normalize_number(self, number):
        """:return: the normalized tracking number used for comparison"""
        return "".join((number or "").split()).upper()

    def _state_after(self, states):
        """Compute the state of a parcel after a sequence of states.

        Transitions that the table does not allow are ignored.

        :return: the final state
        """
        current = "pending"
        for state in states:
            if state in self._TRANSITIONS[current]:
                current = state
        return current

    @api.model
    def _record_events(self, company, events):
        """Record tracking events; see ``oms.tracking``."""
        return self.env["oms.tracking"]._record_events(company, events)
