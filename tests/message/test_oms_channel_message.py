import hashlib
import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import mute_logger

from odoo.addons.oms_addon.channels.outcomes import OUTCOMES, Outcome
from odoo.addons.oms_addon.exceptions import FinalError, RetryableError
from odoo.addons.oms_addon.models.message import oms_channel_message_gc
from odoo.addons.oms_addon.models.message.oms_channel_message_state import MAX_ATTEMPTS

from ..common import OmsCommon


class TestInbox(OmsCommon):
    def test_payload_is_kept_byte_for_byte(self):
        body = b'{"ref": "A\xc3\xa9",  "n": 1.0}\n\x00\xff'
        message = self.channel._receive("orders", "e1", body)
        message.invalidate_recordset()
        self.assertEqual(message._raw_payload(), body)
        self.assertEqual(message.digest, hashlib.sha256(body).hexdigest())

    def test_fault_1_same_event_twice_is_one_message_and_one_order(self):
        first = self._receive(self._document("A1"), "evt-1")
        second = self._receive(self._document("A1"), "evt-1")
        self._run_lanes()
        self.assertEqual(first, second)
        self.assertEqual(first.deliveries, 2)
        self.assertEqual(len(self._order("A1")), 1)
        self.assertEqual(len(self._order("A1").picking_ids), 1)
        self.assertEqual(len(self._order("A1").invoice_ids), 1)
        duplicate = self.env["oms.event"].search(
            [("code", "=", "message.duplicate"), ("res_id", "=", first.id)]
        )
        self.assertEqual(len(duplicate), 1)

    def test_fault_2_same_order_under_two_event_ids_is_one_order(self):
        first = self._receive(self._document("A1"), "evt-1")
        second = self._receive(self._document("A1"), "evt-2")
        self._run_lanes()
        self.assertEqual(len(self._order("A1")), 1)
        self.assertEqual(first.state, "done")
        self.assertEqual(second.state, "ignored")
        self.assertEqual(second.order_id, self._order("A1"))

    def test_fault_3_same_event_with_another_body_is_kept_but_not_applied(self):
        first = self._receive(self._document("A1"), "evt-1")
        other = self._receive(self._document("A1", [("MUG", 9, "10.00")]), "evt-1")
        again = self._receive(self._document("A1", [("MUG", 9, "10.00")]), "evt-1")
        self._run_lanes()
        self.assertEqual(other.conflict_of_id, first)
        self.assertEqual(again, other)
        self.assertEqual(other.state, "parked")
        self.assertEqual(self._holds(other), ["CONFLICTING_DUPLICATE"])
        self.assertEqual(self._order("A1").order_line.product_uom_qty, 2)

    def test_many_events_are_inserted_with_few_queries(self):
        events = [
            ("orders", f"bulk-{i}", json.dumps(self._document(f"B{i}")).encode(), f"B{i}")
            for i in range(100)
        ]
        self.channel._receive_many(events[:1])
        with self.assertQueryCount(8):
            messages = self.channel._receive_many(events[1:])
        self.assertEqual(len(messages), 99)

    def test_a_message_that_is_no_json_waits_and_stops_nothing_else(self):
        bad = self.channel._receive("orders", "bad", b"{not json")
        good = self._receive(self._document("A1"))
        self._run_lanes()
        self.assertEqual(bad.state, "parked")
        self.assertEqual(self._holds(bad), ["BAD_PAYLOAD"])
        self.assertEqual(good.state, "done")

    def test_edit_and_retry_applies_the_corrected_content(self):
        message = self._receive(self._document("A1", [("MUG", 0, "10.00")], paid=False))
        self._run_lanes()
        self.assertEqual(self._holds(message), ["BAD_QUANTITY"])
        message.payload_text = json.dumps(self._document("A1", [("MUG", 3, "10.00")]))
        message.action_retry()
        self._run_lanes()
        self.assertEqual(message.state, "done")
        self.assertEqual(message.order_id.order_line.product_uom_qty, 3)
        self.assertEqual(self._holds(message), [])

    def test_an_adapters_bug_fails_one_message_with_a_trace_and_an_activity(self):
        adapter = type(self.env["oms.channel.adapter.canonical"])

        def explode(this, channel, topic, payload):
            raise ZeroDivisionError("adapter bug")

        self.patch(adapter, "_parse", explode)
        message = self._receive(self._document("A1"))
        with mute_logger("odoo.addons.oms_addon.models.message.oms_channel_message_processing"):
            self._run_lanes()
        self.assertEqual(message.state, "failed")
        self.assertIn("ZeroDivisionError", message.trace)
        self.assertEqual(len(self.channel.activity_ids), 1)

    def test_a_message_that_is_not_done_cannot_be_deleted(self):
        message = self.channel._receive("orders", "bad", b"{not json")
        self._run_lanes()
        with self.assertRaises(UserError):
            message.unlink()

    def test_finished_messages_are_erased_when_they_are_old_enough_and_no_others(self):
        done = self._receive(self._document("A1"))
        waiting = self._receive(self._document("A2", customer={}))
        self._run_lanes()
        (done + waiting).write({"done_at": "2020-01-01 00:00:00"})
        digest, body = done.digest, waiting._raw_payload()
        self.env["ir.config_parameter"].set_param("oms_addon.keep_days", 0)
        self.env["oms.channel.message"]._gc_finished()
        self.assertFalse(done.erased_at)
        self.env["ir.config_parameter"].set_param("oms_addon.keep_days", 30)
        self.env["oms.channel.message"]._gc_finished()
        self.assertTrue(done.erased_at)
        self.assertEqual(json.loads(done._raw_payload()), {"schema": "erased"})
        self.assertEqual(done.digest, digest)
        self.assertEqual((waiting.erased_at, waiting._raw_payload()), (False, body))
        self.assertEqual(len(self._order("A1")), 1)

    def test_old_messages_nothing_was_to_be_done_for_are_erased_too_a_part_at_a_time(self):
        messages = self.env["oms.channel.message"].concat(
            *[self._receive(self._document("A1"), f"evt-{number}") for number in range(3)]
        )
        self._run_lanes()
        self.assertEqual(messages.mapped("state"), ["done", "ignored", "ignored"])
        messages.write({"done_at": "2020-01-01 00:00:00"})
        self.patch(oms_channel_message_gc, "GC_BATCH", 2)
        self.assertEqual(messages._gc_finished(), (2, True))
        self.assertEqual(messages._gc_finished(), (1, False))
        self.assertTrue(all(messages.mapped("erased_at")))
        self.assertEqual(messages._gc_finished(), (0, False))

    def test_an_old_message_that_comes_again_is_known_and_applied_once(self):
        document = self._document("A1")
        message = self._receive(document)
        self._run_lanes()
        message.done_at = "2020-01-01 00:00:00"
        message._gc_finished()
        again = self._receive(document)
        other = self._receive({**document, "number": "another"})
        self._run_lanes()
        self.assertEqual((again, other), (message, message))
        self.assertEqual((message.state, message.deliveries), ("done", 3))
        self.assertEqual(len(self._order("A1")), 1)
        self.assertNotIn(b"Ann", message._raw_payload())

    def test_what_is_about_no_order_is_deleted_but_nothing_that_waits(self):
        first = self._receive({"schema": "oms.notice/1", "kind": "problem"}, "n-1")
        self._run_lanes()
        first.done_at = "2020-01-01 00:00:00"
        conflict = self._receive(
            {"schema": "oms.notice/1", "kind": "problem", "message": "x"}, "n-1"
        )
        self.assertEqual((conflict.conflict_of_id, conflict.state), (first, "parked"))
        self.env["oms.channel.message"]._gc_finished()
        self.assertTrue(first.exists() and conflict.exists())
        conflict.action_ignore()
        conflict.done_at = "2020-01-01 00:00:00"
        conflict._gc_finished()
        self.assertFalse((first + conflict).exists())

    def test_what_was_sent_keeps_its_numbers_and_loses_its_words(self):
        order = self._capture(self._document("A1"))
        content = {"parcels": [{"number": "JD1"}], "reason": "Ann is sad", "amount": "5.00"}
        messages = self.env["oms.channel.message"]
        messages._send_later([(self.channel, "cancellation", "key-1", order, content)])
        sent = messages.search([("event_ref", "=", "key-1")])
        sent.write({"state": "done", "done_at": "2020-01-01 00:00:00"})
        self.env["ir.config_parameter"].set_param("oms_addon.keep_outbound_days", "0")
        messages._gc_finished()
        self.assertEqual(json.loads(sent._raw_payload()), content)
        self.env["ir.config_parameter"].set_param("oms_addon.keep_outbound_days", "30")
        messages._gc_finished()
        self.assertEqual(json.loads(sent._raw_payload()), {**content, "reason": "erased"})
        # The same intent is still known, and is not sent twice.
        messages._send_later([(self.channel, "cancellation", "key-1", order, content)])
        self.assertEqual(messages.search_count([("event_ref", "=", "key-1")]), 1)
        self.assertEqual(sent.state, "done")

    def test_an_erased_message_cannot_be_retried(self):
        self._receive(self._document("A1"))
        ignored = self._receive(self._document("A1"), "evt-2")
        self._run_lanes()
        self.assertEqual(ignored.state, "ignored")
        ignored._erase()
        ignored.action_retry()
        self.assertEqual(ignored.state, "ignored")

    def test_a_done_message_refuses_to_become_pending(self):
        message = self._receive(self._document("A1"))
        self._run_lanes()
        with self.assertRaises(UserError):
            message._set_state("pending")

    def test_messages_of_a_paused_channel_are_kept_and_wait(self):
        self.channel.action_pause()
        message = self._receive(self._document("A1"))
        self._run_lanes()
        self.assertEqual(message.state, "pending")
        self.channel.action_go_live()
        self._run_lanes()
        self.assertEqual(message.state, "done")


class TestOutbox(OmsCommon):
    def setUp(self):
        super().setUp()
        self.order = self._capture(self._document("A1"))

    def _send_later(self, key="k1"):
        self.env["oms.channel.message"]._send_later(
            [(self.channel, "shipment", key, self.order, {"order": "A1"})]
        )
        return self.env["oms.channel.message"].search([("event_ref", "=", key)])

    def _answer_with(self, *answers):
        """Let the adapter give these answers in turn; exceptions are raised."""
        answers, calls = list(answers), []

        def send(this, channel, topic, key, payload):
            calls.append((topic, key, json.loads(payload)))
            answer = answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return OUTCOMES.get(topic, Outcome)(details=answer)

        self.patch(type(self.env["oms.channel.adapter.canonical"]), "_send", send)
        return calls

    def test_an_effect_is_sent_once_with_its_key(self):
        calls = self._answer_with({"ok": 1})
        message = self._send_later()
        self.assertEqual(self._send_later(), message)
        self._run_lanes("outbox")
        self.assertEqual(calls, [("shipment", "k1", {"order": "A1"})])
        self.assertEqual(message.state, "done")
        self.assertEqual(message.result, {"ok": 1})
        self.assertEqual(message.order_id, self.order)

    def test_what_no_database_stores_in_an_answer_does_not_stop_the_outbox(self):
        calls = self._answer_with(
            {"answer": "a\x00b", "n": 1.5, "rows": ["\ud800"]},
            FinalError("no\x00"),
            RetryableError("down\x00", unreachable=True),
            {},
        )
        messages = self.env["oms.channel.message"].concat(
            *[self._send_later(f"k{number}") for number in range(1, 5)]
        )
        self._run_lanes("outbox")
        self.assertEqual([key for _topic, key, _content in calls], ["k1", "k2", "k3", "k4"])
        self.assertEqual(messages.mapped("state"), ["done", "failed", "pending", "done"])
        self.assertEqual(messages[0].result, {"answer": "a\ufffdb", "n": 1.5, "rows": ["\ufffd"]})
        self.assertEqual(messages[1:3].mapped("error"), ["no\ufffd", "down\ufffd"])

    def test_a_failed_call_is_tried_again_later_with_growing_pauses(self):
        self._answer_with(RetryableError("down"), RetryableError("down", seconds=600), {})
        message = self._send_later()
        now = fields.Datetime.now()
        self._run_lanes("outbox")
        self.assertEqual((message.state, message.attempts, message.error), ("pending", 1, "down"))
        self.assertAlmostEqual(
            message.next_try_at, now + timedelta(seconds=30), delta=timedelta(seconds=12)
        )
        message.next_try_at = False
        self._run_lanes("outbox")
        self.assertAlmostEqual(
            message.next_try_at, now + timedelta(seconds=600), delta=timedelta(seconds=5)
        )
        message.next_try_at = False
        self._run_lanes("outbox")
        self.assertEqual((message.state, message.attempts), ("done", 2))

    def test_after_too_many_tries_the_message_is_a_dead_letter_with_an_activity(self):
        self._answer_with(*[RetryableError("down")] * MAX_ATTEMPTS)
        message = self._send_later()
        for _try in range(MAX_ATTEMPTS):
            message.next_try_at = False
            # The channel takes other messages in between: it is this one's own fault.
            self.env["oms.channel.meter"]._record_success(self.channel)
            self._run_lanes("outbox")
        self.assertEqual((message.state, message.attempts), ("failed", MAX_ATTEMPTS))
        self.assertEqual(len(self.channel.activity_ids), 1)

    def test_a_final_refusal_is_not_tried_again(self):
        calls = self._answer_with(FinalError("unknown order"))
        message = self._send_later()
        self._run_lanes("outbox")
        self.assertEqual((message.state, message.error), ("failed", "unknown order"))
        self.assertEqual(len(calls), 1)

    def test_urgent_messages_overtake_the_others(self):
        calls = self._answer_with({}, {})
        for topic, key in (("refund", "slow"), ("shipment", "fast")):
            self.env["oms.channel.message"]._send_later(
                [(self.channel, topic, key, self.order, {})]
            )
        self._run_lanes("outbox")
        self.assertEqual([key for _topic, key, _content in calls], ["fast", "slow"])
