"""What a person can do about an exception, and what they see of it."""

from decimal import Decimal

from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from odoo.addons.oms_addon.documents.problems import HoldReason

from ..common import OmsCommon


class TestOmsHold(OmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = new_test_user(cls.env, "oms_agent", groups="oms_addon.oms_addon_group_agent")

    def _hold_of(self, message):
        return self.env["oms.hold"].search([("message_id", "=", message.id)])

    def test_a_chosen_customer_lets_the_order_go_and_owns_it(self):
        customer = self.env["res.partner"].create({"name": "Walk-in"})
        message = self._receive(self._document("N-1", customer={}))
        self._run_lanes()
        hold = self._hold_of(message)
        self.assertRecordValues(hold, [{"reason_code": "MISSING_CUSTOMER", "state": "open"}])
        hold.with_user(self.agent).partner_id = customer
        self.assertRecordValues(hold, [{"state": "released", "released_by_id": self.agent.id}])
        self.assertRecordValues(message, [{"state": "pending", "partner_id": customer.id}])
        self._run_lanes("inbox")
        self.assertEqual(self._order("N-1").partner_id, customer)

    def test_an_exception_that_stands_says_what_is_true_now(self):
        order = self._capture(self._document("N-0"))
        problem = HoldReason(code="REFUND_DUE", message="20.00 was paid for 11.99.")
        [hold] = self.env["oms.hold"]._open(order, [problem])
        again = HoldReason(code="REFUND_DUE", message="20.00 was paid for 12.00.")
        other = HoldReason(code="REFUND_DUE", message="Another of the same reason.")
        self.assertFalse(self.env["oms.hold"]._open(order, [again, other]))
        self.assertEqual((hold.state, hold.detail), ("open", "20.00 was paid for 12.00."))

    def test_an_ignored_message_settles_its_exception_and_makes_no_order(self):
        message = self._receive(self._document("N-2", lines=[("NOPE", 1, "10.00")]))
        self._run_lanes()
        hold = self._hold_of(message)
        hold.with_user(self.agent).action_ignore()
        self.assertEqual((hold.state, message.state), ("closed", "ignored"))
        self.assertFalse(self._order("N-2"))

    def test_the_summary_shows_the_order_and_marks_the_unknown_sku(self):
        lines = [("MUG", 2, "10.00"), ("NOPE", 1, "5.00")]
        message = self._receive(self._document("N-3", lines=lines))
        self._run_lanes()
        summary = self._hold_of(message).with_user(self.agent).summary
        for text in ("#N-3", "ann.N-3@example.com", "25.00", "MUG"):
            self.assertIn(text, summary)
        self.assertEqual(summary.count("table-warning"), 1)

    def test_the_summary_is_in_the_words_and_formats_of_people(self):
        lines = [("MUG", 2, "0.5"), ("NOPE", 1, "1234.005")]
        document = self._document(
            "N-5", lines=lines, total="1235.01", placed_at="2026-03-02T22:30:00Z", currency="EUR"
        )
        message = self._receive(document)
        self._run_lanes()
        as_agent = message.with_user(self.agent).with_context(tz="Asia/Tokyo", lang="en_US")
        self.assertEqual(as_agent._format_amount(Decimal("0.5"), "EUR"), "0.50")
        self.assertEqual(as_agent._format_amount(Decimal("1E+3"), "JPY"), "1,000")
        self.assertEqual(as_agent._format_amount(Decimal("7"), "no currency"), "7.00")
        summary = as_agent.summary
        for text in ("03/03/2026 07:30:00", "1,235.01", "1,234.005", "0.50", "Open", "Confirmed"):
            self.assertIn(text, summary.replace("\u202f", " "))
        for text in (">open<", ">success<", "UTC"):
            self.assertNotIn(text, summary)

    def test_what_is_sent_is_called_by_its_kind_and_order(self):
        order = self._capture(self._document("N-6"))
        messages = self.env["oms.channel.message"]
        messages._send_later([(self.channel, "shipment", "shipment:1", order, {})])
        message = messages.search([("event_ref", "=", "shipment:1")])
        self.assertEqual(
            (message.topic_name, message.display_name),
            ("Shipment", f"Shipment of order {order.oms_order_ref}"),
        )
        received = self._receive(self._document("N-7"), topic="orders/create")
        self.assertEqual(
            (received.topic_name, received.display_name), ("orders/create", received.event_ref)
        )

    def test_a_message_that_is_no_document_has_no_summary(self):
        message = self._receive(b"{", event_ref="broken")
        self._run_lanes()
        self.assertFalse(message.summary)
        self.assertEqual(message.state, "parked")

    def test_edited_content_is_what_the_retry_reads(self):
        document = self._document("N-4", lines=[("MUG", -1, "10.00")], total="10.00")
        message = self._receive(document)
        self._run_lanes()
        told, right = message.payload_text, message.payload_text.replace('": "-1"', '": "1"')
        with self.assertRaisesRegex(AccessError, "Only managers can edit"):
            message.with_user(self.agent).payload_text = right
        self.env.invalidate_all()
        self.assertEqual(message.payload_text, told)
        message.with_user(self._make_user("manager")).payload_text = right
        message.with_user(self.agent).action_retry()
        self._run_lanes("inbox")
        self.assertEqual(message.state, "done")
        self.assertEqual(self._order("N-4").amount_total, 10.0)
