"""The promised date of an order, and cancellation requests of customers after it changed."""

from odoo import api, fields, models
from odoo.tools import format_date

from odoo.addons.oms_addon.documents.problems import HoldReason
from odoo.addons.oms_addon.tools import promise


class SaleOrder(models.Model):
    _inherit = "sale.order"

    oms_promised_at = fields.Datetime(
        "Promised Delivery Date", compute="_compute_oms_promised_at", store=True, copy=False
    )
    oms_ship_before = fields.Datetime(
        "Ship By", compute="_compute_oms_promised_at", store=True, copy=False
    )
    oms_promise_count = fields.Integer(
        "Date Changes",
        readonly=True,
        copy=False,
        help="Number of times the promised delivery date was changed.",
    )
    oms_is_promised_late = fields.Boolean(
        "Later Than Channel Date",
        compute="_compute_oms_is_promised_late",
        store=True,
        help="The promised delivery date is later than the date the channel gave the customer.",
    )
    oms_promise_event_ids = fields.One2many(
        "oms.event",
        "res_id",
        "Promised Date History",
        domain=[("res_model", "=", "sale.order"), ("code", "=like", "promise.%")],
        readonly=True,
    )

    @api.depends("order_line.oms_promised_at", "order_line.oms_ship_before")
    def _compute_oms_promised_at(self):
        for order in self:
            promised = order.order_line.filtered("oms_promised_at")
            order.oms_promised_at = max(promised.mapped("oms_promised_at"), default=False)
            order.oms_ship_before = max(promised.mapped("oms_ship_before"), default=False)

    @api.depends("oms_promised_at", "oms_ship_before", "oms_deliver_by", "oms_ship_by")
    def _compute_oms_is_promised_late(self):
        for order in self:
            pairs = (
                (order.oms_promised_at, order.oms_deliver_by),
                (order.oms_ship_before, order.oms_ship_by),
            )
            order.oms_is_promised_late = any(
                ours and theirs and ours > theirs for ours, theirs in pairs
            )

    def _oms_promise_text(self):
        """:return: the promised date of an order, formatted in its warehouse's time zone"""
        self.ensure_one()
        return self._oms_day_text(self.oms_promised_at)

    def _oms_day_text(self, moment):
        """:return: the date of a time in the order's warehouse, formatted; '' for no time"""
        if not moment:
            return ""
        day = promise.local(moment, self.warehouse_id._oms_zone()).date()
        return format_date(self.env, day)

    # === CANCELLATION REQUESTS === #

    def _oms_cancel_url(self):
        """:return: the URL for the customer's cancellation request, for the mail"""
        self.ensure_one()
        order_sudo = self.sudo()
        return (
            f"{order_sudo.get_base_url()}/oms/orders/{order_sudo.id}/cancel"
            f"?access_token={order_sudo._portal_ensure_token()}"
        )

    def _oms_has_cancellation_request(self):
        """:return: whether the order has an open cancellation request"""
        self.ensure_one()
        return bool(
            self.sudo().oms_hold_ids.filtered(
                lambda h: h.state == "open" and h.reason_code == "CANCEL_REQUESTED"
            )
        )

    def _oms_hold_for_cancellation(self):
        """Hold the order because of a cancellation request, until a person decides."""
        self.ensure_one()
        if self.state not in ("draft", "sent", "sale"):
            return
        order_sudo = self.sudo()
        self.env["oms.hold"].sudo()._open(
            order_sudo,
            [
                HoldReason(
                    code="CANCEL_REQUESTED",
                    message=self.env._(
                        "The buyer requested a cancellation after the promised delivery date "
                        "changed. Cancel the order, or ship it."
                    ),
                    **self.env["oms.order.signals"]._deadline("CANCEL_REQUESTED"),
                )
            ],
        )
        order_sudo._oms_run()
