"""Polling: every channel gets its turn, failures wait longer each time and are told."""

import itertools
from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import new_test_user
from odoo.tools import mute_logger

from ..common import OmsCommon
from ..tiny_shop import TinyShopMixin

POLLING = "odoo.addons.oms_addon.models.sync.oms_channel_polling"


class TestPolling(TinyShopMixin, OmsCommon):
    def _run_job(self):
        """Work the lane as its job does. :return: what each call gave"""
        counts = []
        while count := self.env["oms.channel"]._run_fetch():
            counts.append(count)
        return counts

    def test_all_pages_are_fetched_and_the_next_poll_is_planned(self):
        refs = [self.shop.place_order() for _number in range(7)]
        with freeze_time("2026-03-01 10:00:00"):
            self.assertEqual(self._run_job(), [7])
        self.assertEqual(self._inbox().mapped("order_ref"), refs)
        self.assertEqual(set(self._inbox().mapped("via")), {"poll"})
        self.assertEqual((self.tiny.cursor, self.tiny.fetch_failures), ("7", 0))
        self.assertEqual(str(self.tiny.polled_at), "2026-03-01 10:00:00")
        self.assertEqual(str(self.tiny.next_fetch_at), "2026-03-01 10:05:00")

    def test_a_channel_that_sends_no_messages_is_asked_more_often(self):
        self.tiny.webhooks_state = "none"
        with freeze_time("2026-03-01 10:00:00"):
            self._run_job()
            self.assertEqual(str(self.tiny.next_fetch_at), "2026-03-01 10:01:00")
            self.assertEqual(self._run_job(), [])
        self.tiny.fetch_minutes = 10
        with freeze_time("2026-03-01 10:01:00"):
            self._run_job()
        self.assertEqual(str(self.tiny.next_fetch_at), "2026-03-01 10:11:00")

    def test_what_is_in_the_inbox_is_not_taken_again(self):
        self.shop.place_order()
        self._run_job()
        self.tiny.write({"cursor": "0", "next_fetch_at": False})
        self._run_job()
        self.assertRecordValues(self._inbox(), [{"deliveries": 1}])

    @mute_logger(POLLING)
    def test_fault_7_a_shop_that_is_down_is_asked_less_and_less_and_then_caught_up_with(self):
        refs = [self.shop.place_order() for _number in range(2)]
        self.shop.fail(3, 500)
        pauses = []
        for _attempt in range(3):
            with freeze_time("2026-03-01 10:00:00"):
                self.tiny.next_fetch_at = False
                self.assertEqual(self._run_job(), [1])
                pauses.append((self.tiny.next_fetch_at - self.tiny.alert_ids.since).seconds)
        for pause, seconds in zip(pauses, (60, 120, 240), strict=True):
            self.assertGreaterEqual(pause, seconds * 0.79)
            self.assertLessEqual(pause, seconds * 1.2)
        [alert] = self.tiny.alert_ids
        self.assertEqual((alert.code, alert.level, alert.count), ("fetch", "error", 3))
        self.assertIn("failed with status 500", alert.text)
        self.assertEqual(self.tiny.health, "error")
        self.tiny.next_fetch_at = False
        self.assertEqual(self._run_job(), [2])
        self.assertEqual(alert.state, "settled")
        self.assertEqual(self.tiny.fetch_failures, 0)
        self.assertEqual(self._inbox().mapped("order_ref"), refs)

    @mute_logger(POLLING)
    def test_a_page_that_came_stays_when_the_next_one_fails(self):
        for _number in range(5):
            self.shop.place_order()
        original = type(self.env["oms.channel.adapter.canonical"])._fetch

        def break_off(adapter, channel, limit=None):
            if channel.cursor == "3":
                raise ValueError("broken page")
            return original(adapter, channel, limit)

        self.patch(type(self.env["oms.channel.adapter.canonical"]), "_fetch", break_off)
        self.tiny.fetch_failures = 4
        self._run_job()
        self.assertEqual((len(self._inbox()), self.tiny.cursor), (3, "3"))
        # It got on, so that it is the first failure in a row.
        self.assertEqual(self.tiny.fetch_failures, 1)
        self.assertIn("broken page", self.tiny.alert_ids.text)

    @mute_logger(POLLING)
    def test_refused_credentials_are_an_alert_of_their_own_without_the_secret(self):
        self.tiny.api_key = "wrong key"
        self._run_job()
        [alert] = self.tiny.alert_ids
        self.assertEqual(alert.code, "credentials")
        self.assertIn("rejected the credentials", alert.text)
        self.assertNotIn("wrong key", alert.text + alert.advice)

    def test_a_list_without_an_end_is_polled_like_others_and_raises_an_alert(self):
        for _number in range(13):
            self.shop.place_order()
        minute = itertools.count()
        with (
            patch(f"{POLLING}.MAX_PAGES", 2),
            patch(f"{POLLING}.MAX_OPEN_PAGES", 4),
            freeze_time("2026-03-01 10:00:00") as clock,
        ):
            read = []
            while len(self._inbox()) < 13 or self.tiny.open_pages:
                self.assertLess(next(minute), 60)
                self._run_job()
                read.append((len(self._inbox()), self.tiny.open_pages, len(self.tiny.alert_ids)))
                clock.tick(60)
        self.assertEqual(read[0][1:], (4, 1))
        self.assertEqual(read[-1], (13, 0, 0))
        [alert] = self.env["oms.channel.alert"].search([("channel_id", "=", self.tiny.id)])
        self.assertEqual((alert.code, alert.level, alert.state), ("endless", "warning", "settled"))
        self.assertEqual(self.tiny.fetch_failures, 0)

    def test_fault_59_too_many_calls_only_wait_as_long_as_the_shop_says(self):
        self.shop.throttle(seconds=42)
        with freeze_time("2026-03-01 10:00:00"):
            self.assertEqual(self._run_job(), [1])
        self.assertEqual(str(self.tiny.next_fetch_at), "2026-03-01 10:00:42")
        self.assertFalse(self.tiny.alert_ids)
        self.assertEqual(self.tiny.fetch_failures, 0)

    def test_every_due_channel_gets_its_turn_the_longest_waiting_first(self):
        other = self._make_channel("Second", **self.shop.credentials())
        self.tiny.next_fetch_at = "2026-03-01 09:59:00"
        other.next_fetch_at = "2026-03-01 09:58:00"
        polled = []
        self.patch(
            type(self.tiny), "_fetch", lambda channel, limit=None: polled.append(channel.name) or 0
        )
        with freeze_time("2026-03-01 10:00:00"):
            self._run_job()
        self.assertEqual(polled, ["Second", "Tiny"])

    def test_a_person_is_told_what_came(self):
        manager = new_test_user(self.env, "manager", groups="oms_addon.oms_addon_group_manager")
        self.shop.place_order()
        channel = self.tiny.with_user(manager)
        self.assertEqual(channel.action_fetch()["params"]["message"], "Messages received: 1.")
        self.assertEqual(channel.action_fetch()["params"]["message"], "Nothing new.")
        self.shop.fail(1, 503)
        with mute_logger(POLLING):
            params = channel.action_fetch()["params"]
        self.assertEqual(params["type"], "danger")
        self.assertIn("failed with status 503", params["message"])
