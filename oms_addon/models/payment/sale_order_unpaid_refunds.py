"""Orders with refunds that the channel recorded and that are still to be paid."""

from odoo import models

from odoo.addons.oms_addon.documents.problems import HoldReason

#: exceptions about the same amount, replaced by REFUND_DUE
MONEY_DUE = ("REFUND_DUE", "OVERPAID", "LATE_PAYMENT")


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _oms_to_pay(self):
        """:return: the amount of recorded refunds that are not paid yet"""
        self.ensure_one()
        return sum(self.sudo().oms_refund_ids.filtered("to_pay").mapped("amount"))

    def _oms_payment_problems(self):
        """Extend: recorded refunds are due until their payment is detected."""
        problems = super()._oms_payment_problems()
        order = self.sudo()
        to_pay = order._oms_to_pay()
        if order.currency_id.compare_amounts(to_pay, 0.0) <= 0:
            return problems
        due = order.oms_amount_paid - order.oms_amount_refunded
        if order.state != "cancel":
            due = -order.oms_balance_due
        if order.currency_id.compare_amounts(due, to_pay) > 0:
            # A higher amount is due: its message covers all of it.
            if any(problem.code in MONEY_DUE for problem in problems):
                return problems
        return [
            *(problem for problem in problems if problem.code not in MONEY_DUE),
            HoldReason(
                code="REFUND_DUE",
                message=self.env._(
                    "The channel recorded a refund of %(amount)s, but no payment was made. Pay it "
                    "in the payment provider, then mark the refund as paid.",
                    amount=order.currency_id.format(to_pay),
                ),
            ),
        ]
