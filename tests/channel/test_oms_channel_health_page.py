"""The health page: limits, breaker and orders by day as they are shown."""

import time
from datetime import date, timedelta

from odoo.tests import new_test_user

from odoo.addons.oms_addon.models.message.oms_channel_meter import BREAKER, OPEN_AFTER

from ..common import OmsCommon
from ..tiny_shop import TinyShopMixin


class TestHealthPage(TinyShopMixin, OmsCommon):
    def _meter(self, name, **values):
        """:return: a meter of the channel, as the calls of other transactions left it"""
        return self.env["oms.channel.meter"].create(
            {
                "name": name,
                "channel_ref": self.tiny.id,
                "company_id": self.company.id,
                "counted_at": time.time(),
                **values,
            }
        )

    def test_a_limit_shows_what_is_left_of_it(self):
        self.assertFalse(self.tiny.limit_bars)
        meter = self._meter("default", tokens=10, burst=40, rate=0.001)
        [bar] = self._read("limit_bars")
        self.assertEqual((bar["name"], bar["percent"]), ("All Calls", 25))
        self.assertEqual(bar["text"], "10 of 40 calls left, 0.06 more per minute")
        meter.blocked_until = time.time() + 60
        [bar] = self._read("limit_bars")
        self.assertEqual(bar["percent"], 0)
        self.assertRegex(bar["text"], r"^paused for (59|60) s$")

    def test_the_breaker_is_said_in_words(self):
        self.assertEqual(self.tiny.breaker_text, "The channel responds.")
        self.tiny.fetch_failures = 2
        self.assertEqual(self._read("breaker_text"), "Failed polls in a row: 2.")
        self.tiny.fetch_failures = 0
        breaker = self._meter(BREAKER, failures=2)
        self.assertEqual(self._read("breaker_text"), "Failures in a row: 2.")
        breaker.write({"failures": OPEN_AFTER, "blocked_until": time.time() + 90})
        self.assertRegex(self._read("breaker_text"), r"^Paused for (89|90) s after 5 failures")

    def _read(self, name):
        """:return: a field of the channel, read anew"""
        self.tiny.invalidate_recordset([name])
        return self.tiny[name]

    def test_orders_by_day_come_from_the_checks(self):
        today = date.today()
        for days, state in ((2, "even"), (1, "gap"), (30, "even")):
            self.env["oms.channel.gap"].create(
                {
                    **self.tiny._prepare_gap(today - timedelta(days=days)),
                    "state": state,
                    "theirs_count": 10,
                    "ours_count": 10 if state == "even" else 9,
                }
            )
        self.assertEqual(
            [(bar["theirs"], bar["ours"]) for bar in self.tiny.day_bars], [(10, 10), (10, 9)]
        )

    def test_an_agent_reads_the_page_and_a_running_back_fill_is_said(self):
        agent = new_test_user(self.env, "agent", groups="oms_addon.oms_addon_group_agent")
        backfill = self.env["oms.channel.backfill"].create(
            {"channel_id": self.tiny.id, "date_from": "2026-01-01", "date_to": "2026-02-01"}
        )
        self.tiny._raise_alert("gap", "One is missing.", level="warning")
        names = ["alert_count", "backfill_running", "limit_bars", "breaker_text", "day_bars"]
        [page] = self.tiny.with_user(agent).read(names)
        self.assertEqual((page["alert_count"], page["backfill_running"]), (1, "no"))
        backfill.state = "running"
        self.assertEqual(self.tiny.backfill_running, "yes")
