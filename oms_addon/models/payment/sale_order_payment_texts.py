"""Messages about the payment of an order."""

from odoo import models

from odoo.addons.oms_addon.tools.payment_terms import PREPAID


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _oms_currency_text(self):
        others = self.transaction_ids.filtered(
            lambda tx: tx.state in ("authorized", "done") and tx.currency_id != self.currency_id
        )
        return self.env._(
            "The order is in %(ours)s, but %(amounts)s was charged. Correct the payment on "
            "the channel, then release the order.",
            ours=self.currency_id.name,
            amounts=", ".join(
                f"{tx.amount:.{tx.currency_id.decimal_places}f} {tx.currency_id.name}"
                for tx in others
            ),
        )

    def _oms_overpaid_text(self):
        net = self.oms_amount_paid - self.oms_amount_refunded
        return self.env._(
            "Overpaid: %(paid)s was paid for %(total)s. Refund %(more)s on the channel, or "
            "release the order to accept the overpayment.",
            paid=self.currency_id.format(net),
            total=self.currency_id.format(net + self.oms_balance_due),
            more=self.currency_id.format(-self.oms_balance_due),
        )

    def _oms_underpaid_text(self):
        return self.env._(
            "Underpaid: %(paid)s was paid for %(total)s, %(missing)s is missing. Request "
            "it from the customer or grant a discount, then release the order.",
            paid=self.currency_id.format(self._oms_refundable()),
            total=self.currency_id.format(self._oms_refundable() + self.oms_balance_due),
            missing=self.currency_id.format(self.oms_balance_due),
        )

    def _oms_payment_wait(self):
        """:return: the payment that one order waits for, as text; '' if none"""
        self.ensure_one()
        if self._oms_is_paid() or self._oms_terms() not in PREPAID:
            return ""
        if self.oms_payment_state == "mismatch":
            return self._oms_currency_text()
        if self.oms_payment_state == "refunded":
            return self.env._("The payment was refunded: cancel the order.")
        if self.oms_payment_state == "authorized":
            return self.env._(
                "Waiting for capture: %(amount)s authorized.",
                amount=self._oms_plain(self.oms_amount_authorized),
            )
        return self.env._(
            "Waiting for payment: %(missing)s of %(total)s outstanding.",
            missing=self._oms_plain(self.oms_balance_due, False),
            total=self._oms_plain(self._oms_refundable() + self.oms_balance_due),
        )

    def _oms_plain(self, amount, with_currency=True):
        """:return: an amount of the order as ``12.00 GBP``"""
        text = f"{amount:.{self.currency_id.decimal_places}f}"
        return f"{text} {self.currency_id.name}" if with_currency else text
