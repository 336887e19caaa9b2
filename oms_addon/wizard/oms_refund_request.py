"""Wizard: refund units, a part of the price or the shipping through the channel."""

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class OmsRefundRequest(models.TransientModel):
    _name = "oms.refund.request"
    _inherit = "oms.wizard"
    _description = "Channel Refund"

    order_id = fields.Many2one("sale.order", required=True)
    currency_id = fields.Many2one(related="order_id.currency_id")
    refundable = fields.Monetary(compute="_compute_refundable")
    line_ids = fields.One2many("oms.refund.request.line", "request_id")
    amount = fields.Monetary(
        compute="_compute_amount",
        store=True,
        readonly=False,
        help="Amount refunded to the customer, including taxes. Defaults to the share of the "
        "lines.",
    )
    reason = fields.Char(required=True)
    is_asked = fields.Boolean(readonly=True, help="The refund was already requested.")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        order = self.env["sale.order"].browse(self.env.context.get("active_id"))
        order.check_access("read")
        if order and "line_ids" in fields_list:
            values["order_id"] = order.id
            values["line_ids"] = [
                Command.create({"line_id": line.id})
                for line in order.order_line
                if not line.display_type and line.price_total > 0
            ]
        return values

    @api.depends("order_id")
    def _compute_refundable(self):
        for request in self:
            order = request.order_id
            request.refundable = order._oms_refundable() - order._oms_to_pay() if order else 0.0

    @api.depends("line_ids.quantity", "line_ids.line_id")
    def _compute_amount(self):
        for request in self:
            amount = sum(request.line_ids.mapped("amount"))
            over = amount - request.refundable
            # Lines rounded one by one may sum up to slightly more than the order.
            request.amount = request.refundable if request._is_coins(over) else amount

    def _is_coins(self, amount):
        """:return: whether an amount is positive and within the chosen lines' rounding"""
        coins = self.currency_id.rounding * len(self.line_ids.filtered("quantity"))
        compare = self.currency_id.compare_amounts
        return compare(amount, 0.0) > 0 and compare(amount, coins) <= 0

    def action_request(self):
        """Request the refund from the channel; it is posted once the channel accepts it.

        :raise UserError: when the amount exceeds the refundable amount
        """
        self.ensure_one()
        self.check_access("write")
        if self.is_asked:
            return {"type": "ir.actions.act_window_close"}
        self._check_records()
        if self.line_ids.line_id.order_id - self.order_id:
            raise UserError(self.env._("Refund lines of one order at a time."))
        order, compare = self.order_id, self.currency_id.compare_amounts
        order.check_access("write")
        if compare(self.amount, 0.0) <= 0:
            raise UserError(self.env._("Enter the units or the amount to refund."))
        asked = sum(
            order.sudo().oms_refund_ids.filtered(lambda r: r.state == "asked").mapped("amount")
        )
        if compare(self.amount + asked, self.refundable) > 0:
            raise UserError(
                self.env._(
                    "The refund of %(amount)s exceeds the refundable amount of %(left)s. Lower "
                    "the amount.",
                    amount=self.currency_id.format(self.amount),
                    left=self.currency_id.format(self.refundable - asked),
                )
            )
        self.sudo().is_asked = True
        # Users who may edit the order may refund it; accounting entries need the system's rights.
        self.env["oms.order.refund"].sudo()._request(
            order.sudo(), self._prepare_content(), self.reason
        )
        return {"type": "ir.actions.act_window_close"}

    def _prepare_content(self):
        """:return: the ``refund`` of the adapter's ``_push_refund``"""
        chosen = self.line_ids.filtered("quantity")
        shipping = chosen.filtered(lambda l: l.line_id.oms_kind == "shipping")
        charge = (
            self.order_id.sudo()
            .transaction_ids.filtered(
                lambda tx: tx.state == "done" and tx.oms_charge_kind == "charge"
            )
            .sorted("amount", reverse=True)[:1]
        )
        lines = [line._prepare_content() for line in chosen - shipping]
        over = sum(chosen.mapped("amount")) - self.amount
        if lines and self._is_coins(over):
            lines[-1]["amount"] = self._text((chosen - shipping)[-1].amount - over)
        return {
            "amount": self._text(self.amount),
            "shipping": self._text(sum(shipping.mapped("amount"))),
            "charge_ref": charge.oms_charge_ref or "",
            "lines": lines,
        }

    def _text(self, amount):
        return f"{Decimal(str(self.currency_id.round(amount))):.{self.currency_id.decimal_places}f}"
