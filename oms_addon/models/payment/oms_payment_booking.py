"""Posting of successful charges as payments, in bulk."""

from odoo import api, models

from odoo.addons.oms_addon.documents.problems import HoldReason
from odoo.addons.oms_addon.tools.batches import culprits

from .batch import batch_context


class OmsPaymentCollector(models.AbstractModel):
    _inherit = "oms.payment.collector"

    @api.model
    def _collect(self, orders):
        """Post the payments of orders.

        :param orders: ``sale.order`` records
        :return: a sentence for each order that waits for payment
        :rtype: dict
        """
        failed = culprits(orders.sudo(), self.sudo()._book)
        waits = self._hold_failed(failed, self.env._("Posting the payment failed"))
        for order in orders.filtered(lambda o: o not in failed):
            text = order.sudo()._oms_payment_wait()
            if text:
                waits[order] = text
        return waits

    @api.model
    def _hold_failed(self, failed, what):
        """Open exceptions for orders whose posting failed.

        :param dict failed: the exception by order
        :param str what: what failed, as text
        :return: a sentence by order
        :rtype: dict
        """
        error_text = self.env["oms.channel.message"]._error_text
        reported = {order: f"{what}: {error_text(error)}" for order, error in failed.items()}
        self.env["oms.hold"]._open_many(
            [(o, HoldReason(code="STEP_FAILED", message=text)) for o, text in reported.items()]
        )
        return reported

    @api.model
    def _book_left(self, limit=100):
        """Post the payments of orders that are on hold, failed, cancelled or done, and the
        refunds of all orders, as the collect step runs once per order.

        :param int limit: maximum number of charges
        :return: number of orders whose charges were posted
        :rtype: int
        """
        transactions = self.env["payment.transaction"].search(
            [
                ("oms_channel_id", "!=", False),
                ("state", "=", "done"),
                ("payment_id", "=", False),
                ("oms_charge_kind", "!=", "authorization"),
                ("amount", "!=", 0),
                "|",
                ("oms_charge_kind", "in", ("refund", "chargeback")),
                ("sale_order_ids.oms_status", "not in", ("running", "waiting")),
            ],
            order="id",
            limit=limit,
        )
        orders = transactions.sale_order_ids.filtered(lambda o: not o._oms_has_hold("STEP_FAILED"))
        failed = culprits(orders, self._book)
        self._hold_failed(failed, self.env._("Posting the payment failed"))
        return len(orders) - len(failed)

    @api.model
    def _book(self, orders):
        """Create, post and reconcile the payments of charges that have none."""
        orders = orders.with_context(**batch_context(self.env))
        for company, of_company in orders.grouped("company_id").items():
            of_company = of_company.with_company(company)
            transactions = self._unbooked(of_company)
            if transactions:
                self.with_env(of_company.env)._book_transactions(transactions)
                self.with_env(of_company.env)._reconcile(of_company)

    @api.model
    def _unbooked(self, orders):
        """:return: the successful charges without a payment"""
        return orders.transaction_ids.filtered(
            lambda tx: (
                tx.oms_channel_id
                and tx.state == "done"
                and tx.oms_charge_kind != "authorization"
                and not tx.payment_id
                and not tx.currency_id.is_zero(tx.amount)
            )
        )

    @api.model
    def _book_transactions(self, transactions):
        """Create one posted payment per transaction."""
        lines = self.env["account.payment.method.line"].search(
            [
                ("payment_provider_id", "in", transactions.provider_id.ids),
                ("journal_id", "!=", False),
            ]
        )
        line_of = {line.payment_provider_id: line for line in lines}
        payments = self.env["account.payment"].create(
            [
                self._prepare_payment(transaction, line_of[transaction.provider_id])
                for transaction in transactions
            ]
        )
        for transaction, payment in zip(transactions, payments, strict=True):
            transaction.payment_id = payment
        payments.action_post()
        return payments

    @api.model
    def _prepare_payment(self, transaction, line):
        """:param line: the payment method line of the clearing journal
        :return: the values of the payment of one charge
        """
        order = transaction.sale_order_ids[:1]
        provider = transaction.provider_id
        partner = transaction.partner_id.commercial_partner_id
        receivable = partner.property_account_receivable_id
        return {
            "amount": abs(transaction.amount),
            "payment_type": "inbound" if transaction.amount > 0 else "outbound",
            "partner_type": "customer",
            "partner_id": partner.id,
            "currency_id": transaction.currency_id.id,
            "date": order._oms_local_date(transaction.oms_charged_at),
            "journal_id": line.journal_id.id,
            "company_id": provider.company_id.id,
            "payment_method_line_id": line.id,
            "outstanding_account_id": line.payment_account_id.id,
            "destination_account_id": order.fiscal_position_id.map_account(receivable).id,
            "payment_transaction_id": transaction.id,
            "payment_reference": transaction.oms_charge_ref,
            "memo": f"{order.oms_order_number or order.name} - {transaction.oms_charge_ref}",
        }

    # === RECONCILIATION === #

    @api.model
    def _reconcile(self, orders):
        """Reconcile open invoices, credit notes, payments and refunds of orders.

        :param orders: ``sale.order`` records
        """
        plan, seen = [], self.env["account.move.line"]
        for order in orders:
            lines = self._open_lines(order) - seen
            seen |= lines
            for _key, matching in lines.grouped(
                lambda line: (line.account_id, line.currency_id)
            ).items():
                if len({line.amount_residual > 0 for line in matching}) == 2:
                    plan.append(matching)
        if plan:
            self.env["account.move.line"]._reconcile_plan(plan)

    @api.model
    def _open_lines(self, order):
        """:return: the unreconciled receivable lines of one order"""
        moves = order.invoice_ids | order._oms_transactions().payment_id.move_id
        return moves.filtered(lambda move: move.state == "posted").line_ids.filtered(
            lambda line: (
                line.account_type == "asset_receivable"
                and not line.reconciled
                and line.amount_residual
            )
        )
