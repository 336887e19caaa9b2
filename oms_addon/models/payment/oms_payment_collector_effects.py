"""Effects of payments: links between transactions, and exceptions opened or closed."""

from odoo import api, models

from odoo.addons.oms_addon.documents.problems import HoldReason

#: exceptions about the payment state; see sale.order _oms_payment_problems
STATE_CODES = ("UNDERPAID", "OVERPAID", "REFUND_DUE", "PAYMENT_CURRENCY", "LATE_PAYMENT")


class OmsPaymentCollector(models.AbstractModel):
    _inherit = "oms.payment.collector"

    # === EXCEPTIONS AND LINKS === #

    @api.model
    def _recompute_holds(self, orders, problems):
        """Link related transactions, and open and close payment exceptions of orders."""
        for order in orders:
            self._link_captures(order)
            self._link_refunds(order)
        problems = [
            *problems,
            *((order, problem) for order in orders for problem in self._wrong(order)),
        ]
        self._close_solved(orders, problems)
        if problems:
            self.env["oms.hold"]._open_many(problems)

    @api.model
    def _recompute_orders(self, orders):
        """Update the payment exceptions of orders whose amounts changed."""
        collector = self.sudo()
        collector._recompute_holds(orders.with_env(collector.env), [])

    @api.model
    def _wrong(self, order):
        """:return: the payment problems of an order, including refunds that exceed its payments"""
        problems = order._oms_payment_problems()
        more = order.oms_amount_refunded - order.oms_amount_paid
        if order.currency_id.compare_amounts(more, 0.0) > 0:
            problems.append(
                HoldReason(
                    code="PAYMENT_CONFLICT",
                    message=self.env._(
                        "%(amount)s more was refunded than paid. Check the payments on the "
                        "channel.",
                        amount=order.currency_id.format(more),
                    ),
                )
            )
        return problems

    @api.model
    def _link_captures(self, order):
        """Link each charge to the authorization it captures; close fully captured ones."""
        transactions = order.transaction_ids.filtered("oms_charge_kind")
        promised = transactions.filtered(
            lambda tx: tx.oms_charge_kind == "authorization" and tx.state == "authorized"
        )
        if not promised:
            return
        for charge in transactions.filtered(
            lambda tx: (
                tx.oms_charge_kind == "charge"
                and tx.state == "done"
                and not tx.source_transaction_id
            )
        ):
            candidates = promised.filtered(
                lambda tx, charge=charge: (
                    tx.currency_id == charge.currency_id and tx.oms_gateway == charge.oms_gateway
                )
            )
            same = candidates.filtered(
                lambda tx, charge=charge: tx.oms_charge_ref == charge.oms_charge_ref
            )
            charge.source_transaction_id = (same or candidates.sorted("id"))[:1]
        for tx in promised:
            if tx.currency_id.is_zero(tx._oms_uncaptured()):
                tx._oms_move("done")

    @api.model
    def _link_refunds(self, order):
        """Link refunds to the largest charge in the same currency."""
        transactions = order.transaction_ids.filtered("oms_charge_kind")
        charges = transactions.filtered(
            lambda tx: tx.oms_charge_kind == "charge" and tx.state == "done"
        )
        for refund in transactions.filtered(
            lambda tx: tx.operation == "refund" and not tx.source_transaction_id
        ):
            refund.source_transaction_id = charges.filtered(
                lambda tx, refund=refund: tx.currency_id == refund.currency_id
            ).sorted("amount", reverse=True)[:1]

    @api.model
    def _close_solved(self, orders, problems):
        """Close the payment exceptions of orders that no longer apply."""
        wrong = {(order.id, problem.code) for order, problem in problems}
        holds = self.env["oms.hold"].search(
            [
                ("order_id", "in", orders.ids),
                ("state", "=", "open"),
                ("reason_code", "in", STATE_CODES),
            ]
        )
        holds.filtered(lambda hold: (hold.order_id.id, hold.reason_code) not in wrong)._close(
            self.env._("The payment is now correct.")
        )
