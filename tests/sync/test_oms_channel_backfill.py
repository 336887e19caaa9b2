"""Back-fills: counted first, page by page, resumable, and old orders are only recorded."""

from datetime import datetime, timedelta, timezone
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from odoo.addons.oms_addon.exceptions import RetryableError

from ..common import OmsCommon
from ..tiny_shop import TinyShopMixin

BACKFILL = "odoo.addons.oms_addon.models.sync.oms_channel_backfill"


class TestBackfill(TinyShopMixin, OmsCommon):
    def setUp(self):
        super().setUp()
        self.backfill = self.env["oms.channel.backfill"].create(
            {
                "channel_id": self.tiny.id,
                "date_from": datetime(2025, 1, 1),
                "date_to": datetime(2026, 1, 1),
            }
        )

    def _place(self, count, **values):
        """:return: ids of orders placed on days of the year before"""
        first = datetime(2025, 3, 1, 9, tzinfo=timezone.utc)
        return [
            self.shop.place_order(at=first + timedelta(days=number), **values)
            for number in range(count)
        ]

    def _run_job(self, limit=50):
        """:return: how many calls of the lane found something to do"""
        for number in range(limit):
            if not self.env["oms.channel.backfill"]._process():
                return number
        return limit

    def test_how_many_there_are_is_known_before_anything_is_brought(self):
        self._place(7)
        self.backfill.action_count()
        self.assertRecordValues(
            self.backfill,
            [{"state": "draft", "total": 7, "count_text": "7 orders", "done_count": 0}],
        )
        self.assertFalse(self._inbox())
        self.backfill.date_from = datetime(2025, 3, 3)
        self.assertFalse(self.backfill.count_text)
        self.backfill.action_start()
        self.assertEqual((self.backfill.total, self.backfill.state), (5, "running"))

    def test_a_channel_that_does_not_tell_how_many_is_read_all_the_same(self):
        self._place(2)
        adapter = type(self.env["oms.channel.adapter.canonical"])
        self.patch(adapter, "_count_orders", lambda *args: None)
        self.backfill.action_start()
        self.assertEqual(self.backfill.count_text, "Known once all orders are imported.")
        self._run_job()
        self.assertRecordValues(
            self.backfill, [{"state": "done", "done_count": 2, "progress": 100.0}]
        )

    def test_pages_come_one_a_call_and_end(self):
        refs = self._place(7)
        self.backfill.action_start()
        self.assertEqual(self.env["oms.channel.backfill"]._process(), 1)
        self.assertRecordValues(
            self.backfill, [{"done_count": 3, "cursor": "3", "state": "running"}]
        )
        self.assertAlmostEqual(self.backfill.progress, 300 / 7, 2)
        self.assertEqual(self._run_job(), 2)
        self.assertRecordValues(
            self.backfill,
            [{"done_count": 7, "new_count": 7, "state": "done", "progress": 100.0}],
        )
        self.assertTrue(self.backfill.finished_at)
        self.assertEqual(self._inbox().mapped("order_ref"), refs)
        self.assertEqual(set(self._inbox().mapped("via")), {"backfill"})

    def test_bringing_the_same_time_again_changes_nothing(self):
        self._place(4)
        self.backfill.action_start()
        self._run_job()
        again = self.backfill.copy()
        again.action_start()
        self._run_job()
        self.assertRecordValues(again, [{"done_count": 4, "new_count": 0, "state": "done"}])
        self.assertEqual(self._inbox().mapped("deliveries"), [1, 1, 1, 1])

    def test_what_is_new_goes_first(self):
        self._place(1)
        self.backfill.action_start()
        self._run_job()
        self.shop.place_order()
        self.tiny.cursor = "1"
        self.tiny._poll()
        messages = self.env["oms.channel.message"].search(
            self.env["oms.channel.message"]._get_todo_domain("in"), order="priority, id"
        )
        self.assertEqual(messages.mapped("via"), ["poll", "backfill"])

    def test_it_stops_and_goes_on_where_it_was(self):
        self._place(7)
        self.backfill.action_start()
        self.env["oms.channel.backfill"]._process()
        self.backfill.action_stop()
        self.assertEqual(self._run_job(), 0)
        self.shop.requests.clear()
        self.backfill.action_start()
        self._run_job()
        listed = [r.query["cursor"] for r in self.shop.requests if r.path == "/list"]
        self.assertEqual(listed, ["3", "6"])
        self.assertEqual(self.backfill.done_count, 7)

    @mute_logger(BACKFILL)
    def test_a_page_that_fails_is_tried_again_later_and_leaves_no_half(self):
        self._place(4)
        self.backfill.action_start()
        self.shop.fail(1, 503, path="/orders")
        self._run_job()
        self.assertRecordValues(
            self.backfill, [{"state": "running", "attempts": 1, "done_count": 0}]
        )
        self.assertTrue(self.backfill.next_try_at)
        self.assertIn("failed with status 503", self.backfill.error)
        self.backfill.next_try_at = False
        self._run_job()
        self.assertRecordValues(self.backfill, [{"state": "done", "error": False, "done_count": 4}])

    @mute_logger(BACKFILL)
    def test_after_too_many_failures_the_owner_is_told_and_may_retry(self):
        self._place(1)
        self.backfill.action_start()
        self.shop.fail(20, 503, path="/list")
        for _attempt in range(8):
            self.backfill.next_try_at = False
            self._run_job()
        self.assertEqual((self.backfill.state, self.backfill.attempts), ("failed", 8))
        self.assertEqual(
            self.tiny.activity_ids.mapped("summary"), ["History import failed after 0 orders"]
        )
        self.shop.heal()
        self.backfill.action_retry()
        self._run_job()
        self.assertEqual(self.backfill.state, "done")

    @mute_logger(BACKFILL)
    def test_a_refusal_fails_at_once(self):
        self._place(1)
        self.backfill.action_start()
        self.shop.fail(1, 400, path="/list", body=b'{"message": "window too long"}')
        self._run_job()
        self.assertEqual(self.backfill.state, "failed")
        self.assertIn("window too long", self.backfill.error)

    @mute_logger(BACKFILL, "odoo.sql_db")
    def test_a_page_the_database_refuses_fails_one_back_fill_and_not_the_lane(self):
        self._place(1)

        def refuse(this, channel, start, end, cursor=None):
            this.env.cr.execute("SELECT 'many'::integer")

        adapter = type(self.env["oms.channel.adapter.canonical"])
        with patch.object(adapter, "_fetch_window", refuse):
            self.backfill.action_start()
            self._run_job()
        self.assertEqual(self.backfill.state, "failed")
        self.assertIn("many", self.backfill.error)
        self.backfill.action_retry()
        self._run_job()
        self.assertEqual(self.backfill.state, "done")

    def test_fault_59_a_rate_limit_waits_and_counts_as_no_failure(self):
        self._place(1)
        self.backfill.action_start()
        self.shop.throttle(seconds=60)
        self._run_job()
        self.assertRecordValues(self.backfill, [{"state": "running", "attempts": 0}])
        self.assertTrue(self.backfill.next_try_at)

    def test_the_last_quarter_of_the_rate_limit_is_left_to_what_is_new(self):
        self._place(1)
        self.backfill.action_start()
        self.env["oms.channel.meter"]._learn(self.tiny, "default", tokens=200, rate=0.001)
        self.shop.requests.clear()
        self._run_job()
        self.assertFalse(self.shop.requests)
        self.assertEqual(self.backfill.done_count, 0)

    def test_a_channel_that_prepares_an_export_is_asked_again(self):
        answers = [([], "report-7"), ([], "report-7"), ([], None)]
        adapter = type(self.env["oms.channel.adapter.canonical"])
        self.patch(adapter, "_fetch_window", lambda *args: answers.pop(0))
        self.backfill.action_start()
        self.assertEqual(self._run_job(), 1)
        self.assertTrue(self.backfill.next_try_at)
        for _turn in range(2):
            self.backfill.next_try_at = False
            self._run_job()
        self.assertEqual(self.backfill.state, "done")

    def _bring(self, **values):
        """:return: the order of one that was placed a year ago"""
        [ref] = self._place(1, **values)
        self.backfill.action_start()
        self._run_job()
        self._run_lanes()
        return self._order(ref, self.tiny)

    def test_old_orders_that_were_shipped_are_only_recorded(self):
        order = self._bring(status="delivered")
        self.assertRecordValues(
            order,
            [{"oms_is_recorded": True, "state": "sale", "oms_status": "done"}],
        )
        self.assertFalse(order.picking_ids)
        self.assertFalse(order.invoice_ids)
        self.assertFalse(order.transaction_ids)

    def test_old_orders_shipped_by_the_channel_are_only_recorded(self):
        order = self._bring(status="shipped", fulfilled_by="channel")
        self.assertTrue(order.oms_is_recorded)
        self.assertFalse(order.invoice_ids)

    def test_old_orders_that_were_cancelled_are_recorded_as_cancelled(self):
        order = self._bring(status="cancelled")
        self.assertRecordValues(
            order, [{"oms_is_recorded": True, "state": "cancel", "oms_status": "cancelled"}]
        )
        self.assertFalse(order.picking_ids)
        self.assertFalse(order.invoice_ids)
        self.assertFalse(order.transaction_ids)

    def test_old_orders_that_are_open_are_worked_on(self):
        order = self._bring()
        self.assertRecordValues(order, [{"oms_is_recorded": False, "oms_step": "deliver"}])
        self.assertEqual(order.picking_ids.state, "done")

    def test_a_policy_only_records_what_is_open_too(self):
        self.backfill.policy = "record"
        order = self._bring()
        self.assertRecordValues(order, [{"oms_is_recorded": True, "oms_status": "done"}])
        self.assertFalse(order.picking_ids)

    def test_a_policy_treats_old_orders_as_new(self):
        self.backfill.policy = "new"
        order = self._bring(status="shipped", fulfilled_by="channel")
        self.assertFalse(order.oms_is_recorded)

    def test_a_recorded_order_holds_nobody_up_and_what_is_odd_is_noted(self):
        order = self._bring(status="delivered", total="99.00")
        self.assertFalse(self._holds(order))
        noted = order.oms_event_ids.filtered(lambda e: e.code == "order.noted")
        self.assertIn("the lines add up to", noted.name)

    def test_only_a_manager_brings_the_past(self):
        agent = new_test_user(self.env, "agent", groups="oms_addon.oms_addon_group_agent")
        with self.assertRaises(AccessError):
            self.backfill.with_user(agent).action_start()
        manager = new_test_user(self.env, "manager", groups="oms_addon.oms_addon_group_manager")
        self._place(1)
        self.backfill.with_user(manager).action_start()
        self._run_job()
        self.assertEqual(self.backfill.state, "done")

    def test_what_has_begun_is_not_changed(self):
        self.backfill.action_start()
        with self.assertRaises(UserError):
            self.backfill.date_to = datetime(2026, 2, 1)
        with self.assertRaises(UserError):
            self.backfill.action_count()

    def test_a_count_that_fails_starts_nothing(self):
        self.shop.fail(1, 503)
        with self.assertRaises(RetryableError):
            self.backfill.action_start()
        self.assertEqual(self.backfill.state, "draft")
