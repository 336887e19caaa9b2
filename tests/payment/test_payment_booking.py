from datetime import date

from odoo.tests import tagged

from .common import PaymentCommon


@tagged("standard", "post_install", "-at_install")
class TestPaymentBooking(PaymentCommon):
    def test_a_charge_is_booked_on_its_day_in_the_clearing_journal(self):
        order = self._make_order()
        transaction = self._pay(order, ref="T1")
        self.assertEqual(self.collector._collect(order), {})
        payment = transaction.payment_id
        provider = transaction.provider_id
        self.assertRecordValues(
            payment,
            [
                {
                    "amount": 40.0,
                    "payment_type": "inbound",
                    "date": date(2026, 3, 1),
                    "journal_id": provider.journal_id.id,
                    "payment_transaction_id": transaction.id,
                    "memo": f"{order.oms_order_number} - T1",
                    "payment_reference": "T1",
                    "state": "in_process",
                }
            ],
        )
        self.assertRecordValues(
            payment.move_id.line_ids.sorted("balance"),
            [
                {
                    "account_id": order.partner_id.property_account_receivable_id.id,
                    "balance": -40.0,
                    "reconciled": False,
                },
                {
                    "account_id": provider.journal_id.default_account_id.id,
                    "balance": 40.0,
                    "reconciled": False,
                },
            ],
        )
        self.assertEqual(payment.move_id.state, "posted")

    def test_booking_again_books_nothing(self):
        order = self._make_order()
        transaction = self._pay(order)
        self.collector._collect(order)
        payment = transaction.payment_id
        self.collector._collect(order)
        self.assertEqual(transaction.payment_id, payment)
        self.assertEqual(
            self.env["account.payment"].search_count(
                [("payment_transaction_id", "=", transaction.id)]
            ),
            1,
        )

    def test_neither_promises_nor_failures_are_booked(self):
        order = self._make_order()
        self._pay(order, kind="authorization", ref="A1")
        self._pay(order, ref="F1", status="failed")
        self._pay(order, ref="P1", status="pending")
        self.assertEqual(
            self.collector._collect(order),
            {order: "Waiting for capture: 40.00 USD authorized."},
        )
        self.assertFalse(order.transaction_ids.payment_id)

    def test_a_captured_authorisation_is_booked_once(self):
        order = self._make_order()
        self._pay(order, kind="authorization", ref="A1")
        self._pay(order, ref="C1")
        self.collector._collect(order)
        self.assertEqual(order.transaction_ids.payment_id.mapped("amount"), [40.0])

    def test_money_in_another_currency_is_booked_in_it(self):
        self.env["res.currency.rate"].create(
            {"currency_id": self.other_currency.id, "name": "2026-01-01", "rate": 2.0}
        )
        order = self._make_order()
        transaction = self._pay(order, ref="T1", currency="CHF")
        waits = self.collector._collect(order)
        self.assertIn("The order is in USD, but 40.00 CHF was charged", waits[order])
        self.assertRecordValues(
            transaction.payment_id,
            [
                {
                    "currency_id": self.other_currency.id,
                    "amount": 40.0,
                    "amount_company_currency_signed": 20.0,
                }
            ],
        )

    def test_a_refund_is_money_that_left(self):
        order = self._make_order()
        self._pay(order, ref="T1")
        refund = self._pay(order, "15.00", ref="R1", kind="refund")
        self.collector._collect(order)
        self.assertRecordValues(refund.payment_id, [{"payment_type": "outbound", "amount": 15.0}])
        clearing = refund.provider_id.journal_id.default_account_id
        lines = order.transaction_ids.payment_id.move_id.line_ids
        booked = lines.filtered(lambda line: line.account_id == clearing)
        self.assertEqual(sum(booked.mapped("balance")), 25.0)

    def test_one_order_that_cannot_be_booked_does_not_stop_the_others(self):
        good, bad = self._make_order(), self._make_order()
        self._pay(good)
        self._pay(bad)
        # A customer without a receivable account cannot be booked.
        bad.partner_id.property_account_receivable_id = False
        self.env["ir.default"].discard_values("res.partner", "property_account_receivable_id", [])
        good.partner_id.property_account_receivable_id = self.env["account.account"].search(
            [("account_type", "=", "asset_receivable")], limit=1
        )
        waits = self.collector._collect(good + bad)
        self.assertEqual(list(waits), [bad])
        self.assertTrue(waits[bad].startswith("Posting the payment failed:"))
        self.assertEqual(self._holds(bad), ["STEP_FAILED"])
        self.assertTrue(good.transaction_ids.payment_id)
        self.assertFalse(bad.transaction_ids.payment_id)

    def test_money_of_held_and_cancelled_orders_is_booked_too(self):
        held, cancelled, running = (self._make_order() for _n in range(3))
        running.oms_status = "running"
        cancelled._action_cancel()
        for order in (held, cancelled, running):
            self._pay(order, "90.00")
        held.oms_status = "held"
        self.assertEqual(self.collector._book_left(), 2)
        self.assertEqual(
            [bool(o.transaction_ids.payment_id) for o in (held, cancelled, running)],
            [True, True, False],
        )
        self.assertEqual(self.collector._book_left(), 0)
