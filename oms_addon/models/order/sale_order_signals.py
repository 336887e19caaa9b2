"""Holds, risk, dates and settlement from the channel, and cancellations sent to it."""

from functools import partial

from odoo import api, fields, models

from odoo.addons.oms_addon.tools.sealed_context import unsealed


class SaleOrder(models.Model):
    _inherit = "sale.order"

    oms_signals = fields.Json(
        "Channel Hold Reasons",
        readonly=True,
        copy=False,
        help="Reasons why the channel puts the order on hold.",
    )
    oms_risk = fields.Selection(
        [("low", "Low"), ("medium", "Medium"), ("high", "High")],
        "Risk",
        readonly=True,
        copy=False,
        help="Risk of fraud reported by the channel.",
    )
    oms_ship_by = fields.Datetime("Channel Ship By", readonly=True, copy=False)
    oms_deliver_by = fields.Datetime("Deliver By", readonly=True, copy=False)
    oms_available_at = fields.Datetime("Pre-Order Release Date", readonly=True, copy=False)
    oms_pickup_point = fields.Char("Pickup Point", readonly=True, copy=False)
    oms_settlement_currency_id = fields.Many2one(
        "res.currency", "Settlement Currency", readonly=True, copy=False
    )
    oms_settlement_total = fields.Monetary(
        "Settlement Total",
        currency_field="oms_settlement_currency_id",
        readonly=True,
        copy=False,
        help="Total in the currency the channel pays out, if it differs from the customer's "
        "currency.",
    )
    oms_location_id = fields.Many2one(
        "oms.channel.location", "Channel Location", readonly=True, copy=False
    )
    oms_by_channel = fields.Boolean(
        "Fulfilled by the Channel",
        readonly=True,
        copy=False,
        help="Shipped from the channel's own warehouse, e.g. by a marketplace.",
    )
    oms_is_recorded = fields.Boolean(
        "Record Only",
        readonly=True,
        copy=False,
        help="Imported history: nothing is reserved, shipped or invoiced.",
    )
    oms_can_refund = fields.Boolean(
        "Can Be Refunded on the Channel",
        compute="_compute_oms_can_refund",
        compute_sudo=True,
    )
    oms_refund_ids = fields.One2many(
        "oms.order.refund", "order_id", "Channel Refunds", readonly=True
    )

    @api.depends("oms_channel_id", "oms_amount_paid", "oms_amount_refunded")
    def _compute_oms_can_refund(self):
        for order in self:
            channel = order.oms_channel_id
            order.oms_can_refund = (
                bool(channel)
                and channel._adapter()._can_push_refund
                and order.currency_id.compare_amounts(
                    order._oms_refundable() - order._oms_to_pay(), 0.0
                )
                > 0
            )

    def action_oms_refunds(self):
        self.ensure_one()
        self.check_access("read")
        self.env["oms.order.refund"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("oms_addon.oms_order_refund_action")
        return {**action, "domain": [("order_id", "=", self.id)], "context": {}}

    # === CANCELLATIONS === #

    def _oms_send_cancellation(self, reason="other", text="", lines=()):
        """Send the cancellation of orders, or of some of their items, to their channels.

        :param str reason: see the adapter's ``_push_cancellation``
        :param str text: the reason as text
        :param lines: the cancelled items, see there; empty for the whole order
        """
        # cancel_…: choices of the user in the wizard, see sale.mass.cancel.orders
        choice = partial(unsealed, self.env)
        rows = [
            (
                order.oms_channel_id,
                "cancellation",
                order._oms_get_cancellation_key(lines),
                order,
                {
                    "order_ref": order.oms_order_ref,
                    "reason": choice("cancel_reason") or reason,
                    "text": choice("cancel_text") or text,
                    "restock": not choice("cancel_keeps_stock"),
                    "refund": not choice("cancel_keeps_money")
                    and order._oms_refundable() - order._oms_to_pay() > 0,
                    "notify": bool(choice("cancel_notifies", True)),
                    "lines": list(lines),
                },
            )
            for order in self
            if order.oms_channel_status != "cancelled"
            and order.oms_channel_id._adapter()._can_push_cancellation
        ]
        if rows:
            self.env["oms.channel.message"]._send_later(rows)
            # Without a refund, cancelling a whole order needs no refund record.
            recorded = [row for row in rows if row[4]["lines"] or row[4]["refund"]]
            self.env["oms.order.refund"].sudo()._register_cancellations(recorded)

    def _oms_notify_cancelled(self):
        """Email the cancellation to the customers of orders whose channel is not sent it, if the
        user chose to.
        """
        if not unsealed(self.env, "cancel_notifies"):
            return
        told_there = self.filtered(
            lambda o: o.oms_channel_id and o.oms_channel_id._adapter()._can_push_cancellation
        )
        template_sudo = self.env.ref("oms_addon.mail_template_cancelled").sudo()
        for order in (self - told_there).filtered("partner_id.email"):
            template_sudo.send_mail(order.id)

    def _oms_get_cancellation_key(self, lines):
        """:return: a key that is unique per cancellation of an order"""
        self.ensure_one()
        if not lines:
            again = f":{self.oms_reopened_count}" if self.oms_reopened_count else ""
            return f"cancellation:{self.id}{again}"
        return f"cancellation:{self.id}:{sum(self.order_line.mapped('oms_cancelled_qty')):g}"

    def _oms_refundable(self):
        """:return: the amount paid and not refunded"""
        self.ensure_one()
        return self.sudo().oms_amount_paid - self.sudo().oms_amount_refunded

    def _oms_cancel_unwanted(self):
        """Cancel the deliveries of orders that have nothing left to deliver."""
        for order in self:
            goods = order.order_line.filtered(lambda l: l.product_id.type == "consu")
            if all(
                line.product_uom_id.compare(line.product_uom_qty, line.qty_delivered) <= 0
                for line in goods
            ):
                pickings = order._oms_pickings()._oms_is_leaving()
                shared = pickings.filtered("oms_shared_order_ids")
                (pickings - shared).action_cancel()
                order._oms_moves(shared)._action_cancel()

    # === RECORD ONLY === #

    def _oms_record(self):
        """Confirm record-only orders without procurement and set them done."""
        if not self:
            return
        self.with_context(skip_procurement=True).action_confirm()
        self.write({"oms_step": "done", "oms_cursor": "done", "oms_status": "done"})
        shipped = self.filtered(lambda o: o.oms_channel_status in ("shipped", "delivered"))
        shipped.oms_wait_reason = self.env._("Record only: shipped before it was received.")
        (self - shipped).oms_wait_reason = self.env._(
            "Record only: placed before the channel went live."
        )
