from datetime import datetime

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PaymentCommon


@tagged("standard", "post_install", "-at_install")
class TestPaymentCollector(PaymentCommon):
    # === CHARGES === #

    def test_a_charge_becomes_a_transaction_as_it_happened(self):
        order = self._make_order()
        transaction = self._pay(order, ref="T1")
        self.assertRecordValues(
            transaction,
            [
                {
                    "reference": f"OMS-{self.channel.id}-T1-charge",
                    "provider_reference": "T1",
                    "amount": 40.0,
                    "currency_id": order.currency_id.id,
                    "state": "done",
                    "is_post_processed": True,
                    "oms_charged_at": datetime(2026, 3, 1, 9),
                    "last_state_change": datetime(2026, 3, 1, 9),
                    "sale_order_ids": order.ids,
                    "oms_method": "card",
                    "oms_gateway": "stripe",
                }
            ],
        )
        self.assertRecordValues(
            order,
            [
                {
                    "state": "draft",
                    "oms_payment_state": "paid",
                    "oms_amount_paid": 40.0,
                    "amount_paid": 40.0,
                }
            ],
        )

    def test_the_core_job_leaves_charges_alone(self):
        order = self._make_order()
        transaction = self._pay(order)
        transaction._post_process()
        self.assertEqual(order.state, "draft")
        self.assertFalse(transaction.payment_id)

    def test_an_authorisation_and_its_capture_are_the_same_money(self):
        order = self._make_order()
        promised = self._pay(order, kind="authorization", ref="A1")
        self.assertRecordValues(
            order,
            [
                {
                    "oms_payment_state": "authorized",
                    "oms_amount_authorized": 40.0,
                    "amount_paid": 40.0,
                }
            ],
        )
        self.assertTrue(order._oms_is_authorized())
        self.assertFalse(order._oms_is_paid())
        captured = self._pay(order, ref="C1", at=self._at(10))
        self.assertEqual(captured.source_transaction_id, promised)
        self.assertEqual(promised.state, "done")
        self.assertRecordValues(
            order,
            [
                {
                    "oms_payment_state": "paid",
                    "oms_amount_authorized": 0.0,
                    "oms_amount_paid": 40.0,
                    "amount_paid": 40.0,
                }
            ],
        )

    def test_a_part_captured_leaves_the_rest_authorised(self):
        order = self._make_order()
        promised = self._pay(order, kind="authorization", ref="A1")
        self._pay(order, "15.00", ref="C1")
        self.assertEqual(promised.state, "authorized")
        self.assertRecordValues(
            order,
            [
                {
                    "oms_payment_state": "authorized",
                    "oms_amount_authorized": 25.0,
                    "oms_amount_paid": 15.0,
                }
            ],
        )
        self.assertFalse(self._holds(order))

    def test_pending_money_is_no_money_until_it_succeeds(self):
        order = self._make_order()
        transaction = self._pay(order, ref="T1", status="pending")
        self.assertEqual((transaction.state, order.oms_payment_state), ("pending", "unpaid"))
        self.assertFalse(self._pay(order, ref="T1", at=self._at(11)))
        self.assertEqual((transaction.state, order.oms_payment_state), ("done", "paid"))
        self.assertEqual(transaction.oms_charged_at, datetime(2026, 3, 1, 11))
        self.assertTrue(transaction.is_post_processed)

    def test_an_authorisation_that_is_voided_is_gone(self):
        order = self._make_order()
        promised = self._pay(order, kind="authorization", ref="A1")
        self._pay(order, kind="authorization", ref="A1", status="failed", at=self._at(12))
        self.assertEqual((promised.state, order.oms_payment_state), ("cancel", "unpaid"))

    def test_a_batch_takes_charges_of_many_orders_and_one_told_twice(self):
        orders = self._make_order() + self._make_order()
        pairs = [(order, self._charge(f"B{order.id}", "40.00")) for order in orders]
        created = self.collector._record(pairs + pairs[:1])
        self.assertEqual(len(created), 2)
        self.assertEqual(orders.mapped("oms_payment_state"), ["paid", "paid"])

    # === FAULTS === #

    @mute_logger("odoo.addons.payment.models.payment_transaction")
    def test_fault_20_an_older_failure_does_not_undo_a_success(self):
        order = self._make_order()
        transaction = self._pay(order, ref="T1", at=self._at(10))
        self._pay(order, ref="T1", status="failed", at=self._at(9))
        self.assertEqual((transaction.state, order.oms_payment_state), ("done", "paid"))
        self.assertFalse(self._holds(order))
        self.assertIn("payment.stale", order.oms_event_ids.mapped("code"))

    def test_fault_20_a_success_overrides_a_failure_told_before(self):
        order = self._make_order()
        transaction = self._pay(order, ref="T1", status="failed", at=self._at(10))
        self.assertEqual((transaction.state, order.oms_payment_state), ("error", "unpaid"))
        self._pay(order, ref="T1", at=self._at(9))
        self.assertEqual((transaction.state, order.oms_payment_state), ("done", "paid"))

    def test_a_newer_failure_of_a_success_is_for_a_person(self):
        order = self._make_order()
        transaction = self._pay(order, ref="T1", at=self._at(9))
        self._pay(order, ref="T1", status="failed", at=self._at(10))
        self.assertEqual(transaction.state, "done")
        self.assertEqual(self._holds(order), ["PAYMENT_CONFLICT"])

    def test_fault_22_the_same_charge_again_changes_nothing(self):
        order = self._make_order()
        transaction = self._pay(order, ref="T1")
        self.assertFalse(self._pay(order, ref="T1"))
        self.assertEqual(order.transaction_ids, transaction)
        self.assertFalse(self._holds(order))
        self.assertEqual(order.oms_event_ids.mapped("code").count("payment.recorded"), 1)

    def test_fault_22_the_same_charge_with_another_amount_is_not_applied(self):
        order = self._make_order()
        transaction = self._pay(order, ref="T1")
        self._pay(order, "41.00", ref="T1")
        self.assertEqual(transaction.amount, 40.0)
        self.assertEqual(order.oms_amount_paid, 40.0)
        self.assertEqual(self._holds(order), ["PAYMENT_CONFLICT"])
        self.assertEqual(
            order.oms_hold_ids.detail,
            "Payment T1 was received with 41.00 USD after 40.00 USD. Check on the channel which "
            "amount is correct.",
        )

    def test_one_charge_pays_one_order(self):
        first, second = self._make_order(), self._make_order()
        self._pay(first, ref="T1")
        self.assertFalse(self._pay(second, ref="T1"))
        self.assertEqual(second.oms_payment_state, "unpaid")
        self.assertEqual(self._holds(second), ["PAYMENT_CONFLICT"])

    def test_fault_23_money_for_a_cancelled_order_is_held_until_refunded(self):
        order = self._make_order()
        order._action_cancel()
        self._pay(order, ref="T1")
        self.assertEqual(order.state, "cancel")
        self.assertEqual(self._holds(order), ["LATE_PAYMENT"])
        self.assertIn("(T1)", order.oms_hold_ids.detail)
        # Written down on the channel by a gateway that cannot pay: nobody refunds it again there.
        self._pay(order, ref="R1", kind="refund", status="pending", at=self._at(11))
        self.assertEqual(self._holds(order), ["LATE_PAYMENT"])
        self.assertIn("The channel recorded a refund of", order.oms_hold_ids.detail)
        self._pay(order, ref="R1", kind="refund", at=self._at(12))
        self.assertFalse(self._holds(order))
        self.assertEqual(order.oms_payment_state, "refunded")

    def test_fault_24_overpayment_is_flagged_and_settled_by_its_refund(self):
        order = self._make_order()
        self._pay(order, ref="T1")
        self._pay(order, ref="T2")
        self.assertEqual(order.oms_payment_state, "overpaid")
        self.assertTrue(order._oms_is_paid())
        self.assertEqual(self._holds(order), ["OVERPAID"])
        refund = self._pay(order, ref="R1", kind="refund")
        self.assertEqual(refund.amount, -40.0)
        self.assertIn(refund.source_transaction_id.oms_charge_ref, ("T1", "T2"))
        self.assertEqual(order.oms_payment_state, "paid")
        self.assertFalse(self._holds(order))

    def test_fault_25_underpayment_is_not_paid_and_says_what_is_missing(self):
        order = self._make_order()
        self._pay(order, "28.00", ref="T1")
        self.assertEqual(order.oms_payment_state, "partial")
        self.assertFalse(order._oms_is_paid())
        self.assertEqual(self._holds(order), ["UNDERPAID"])
        self.assertEqual(
            self.collector._collect(order),
            {order: "Waiting for payment: 12.00 of 40.00 USD outstanding."},
        )
        self._pay(order, "12.00", ref="T2")
        self.assertEqual(order.oms_payment_state, "paid")
        self.assertFalse(self._holds(order))

    def test_fault_25_another_currency_is_never_summed(self):
        order = self._make_order()
        self._pay(order, ref="T1", currency="CHF")
        self.assertRecordValues(order, [{"oms_payment_state": "mismatch", "oms_amount_paid": 0.0}])
        self.assertFalse(order._oms_is_paid())
        self.assertEqual(self._holds(order), ["PAYMENT_CURRENCY"])
        self.assertIn("40.00 CHF", order.oms_hold_ids.detail)

    def test_a_difference_within_the_tolerance_is_paid(self):
        self.channel.payment_tolerance = 0.05
        short, long, missing = (self._make_order() for _n in range(3))
        self._pay(short, "39.95")
        self._pay(long, "40.05")
        self._pay(missing, "39.94")
        self.assertEqual(
            [order.oms_payment_state for order in (short, long, missing)],
            ["paid", "paid", "partial"],
        )

    def test_fault_26_more_refunded_than_paid_is_for_a_person(self):
        order = self._make_order()
        self._pay(order, ref="T1")
        self._pay(order, "30.00", ref="R1", kind="refund")
        self.assertFalse(self._holds(order))
        self._pay(order, "30.00", ref="R2", kind="refund")
        self.assertEqual(self._holds(order), ["PAYMENT_CONFLICT"])

    def test_fault_30_a_zero_value_order_is_paid_without_a_charge(self):
        order = self._make_order((self.mug, 1, 0.0))
        self.assertEqual(order.oms_payment_state, "paid")
        self.assertTrue(order._oms_is_paid())
        self.assertFalse(self.collector._collect(order))

    def test_a_chargeback_takes_the_money_back(self):
        order = self._make_order()
        self._pay(order, ref="T1")
        back = self._pay(order, ref="T1", kind="chargeback", at=self._at(12))
        self.assertEqual((back.amount, back.state), (-40.0, "done"))
        self.assertEqual(order.oms_payment_state, "refunded")
        self.assertFalse(order._oms_is_paid())
        self.assertEqual(self._holds(order), ["PAYMENT_CONFLICT"])
        self.assertIn("was charged back (T1)", order.oms_hold_ids.detail)

    def test_orders_of_other_policies_do_not_wait_for_money(self):
        for policy in ("cod", "terms"):
            self.channel.payment_policy = policy
            order = self._make_order()
            self.assertFalse(self.collector._collect(order))
            self._pay(order, "10.00")
            self.assertFalse(self._holds(order))
