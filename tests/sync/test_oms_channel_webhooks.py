"""The messages of a channel: registered, looked after, missed when they stay away."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tools import mute_logger

from odoo.addons.oms_addon.tools.sealed_context import sealed

from ..common import OmsCommon
from ..tiny_shop import TinyShopMixin

WEBHOOKS = "odoo.addons.oms_addon.models.sync.oms_channel_webhooks"


class TestWebhooksCare(TinyShopMixin, OmsCommon):
    def test_going_live_registers_and_a_pause_removes(self):
        self.assertEqual(self.tiny.webhooks_state, "ok")
        self.tiny.action_pause()
        self.assertEqual(self.shop.webhooks, {})
        self.assertEqual((self.tiny.webhooks_state, self.tiny.state), ("none", "paused"))
        self.tiny.action_go_live()
        self.assertEqual(self.shop.webhooks, {"orders": self.tiny.webhook_url})
        self.assertEqual(self.tiny.webhooks_text, "All webhooks are registered.")

    def test_what_was_lost_is_named_and_many_are_counted(self):
        lost = [f"{topic} was lost." for topic in "abcde"]
        self.assertEqual(
            self.tiny._webhooks_text(lost),
            "a was lost. b was lost. c was lost. And 2 more.",
        )

    def test_an_archived_channel_is_paused_and_sends_nothing(self):
        self.tiny.action_archive()
        self.assertEqual((self.tiny.state, self.tiny.active), ("paused", False))
        self.assertEqual(self.shop.webhooks, {})

    def test_fault_7_a_subscription_that_was_deleted_is_made_again_and_shown(self):
        self.shop.webhooks.clear()
        self.tiny.write({"next_care_at": False, "next_gap_at": "2100-01-01"})
        with freeze_time("2026-03-01 10:00:00"):
            self.assertEqual(self.env["oms.channel"]._run_care(), 1)
            self.assertEqual(self.env["oms.channel"]._run_care(), 0)
        self.assertEqual(self.shop.webhooks, {"orders": self.tiny.webhook_url})
        self.assertEqual(self.tiny.webhooks_text, "orders: registered.")
        self.assertEqual(str(self.tiny.webhooks_checked_at), "2026-03-01 10:00:00")
        self.assertIn(
            "orders: registered.",
            self.env["oms.event"].search([("code", "=", "channel.webhooks")]).mapped("name"),
        )
        self.shop.webhooks.clear()
        with freeze_time("2026-03-01 10:04:59"):
            self.assertEqual(self.env["oms.channel"]._run_care(), 0)
        # As often as orders are polled for.
        with freeze_time("2026-03-01 10:05:00"):
            self.env["oms.channel"]._run_care()
        self.assertEqual(self.shop.webhooks, {"orders": self.tiny.webhook_url})
        with freeze_time("2026-03-01 10:10:00"):
            self.env["oms.channel"]._run_care()
        self.assertEqual(self.tiny.webhooks_text, "All webhooks are registered.")

    @mute_logger(WEBHOOKS)
    def test_a_failure_is_told_polling_goes_faster_and_success_settles_it(self):
        self.tiny.next_care_at = False
        self.shop.fail(1, 422, body=b'{"message": "address must be https"}')
        self.env["oms.channel"]._run_care()
        [alert] = self.tiny.alert_ids
        self.assertEqual((alert.code, alert.level), ("webhooks", "warning"))
        self.assertIn("address must be https", alert.text)
        self.assertIn(self.tiny.webhook_url, alert.advice)
        self.assertEqual(self.tiny._poll_seconds(), 60)
        self.tiny.action_check_webhooks()
        self.assertEqual(alert.state, "settled")
        self.assertEqual(self.tiny._poll_seconds(), 300)

    @mute_logger(WEBHOOKS)
    def test_a_channel_goes_live_and_is_polled_when_it_cannot_be_asked_for_messages(self):
        self.tiny.action_pause()
        self.shop.fail(1, 500, path="/webhooks")
        self.tiny.action_go_live()
        self.assertEqual((self.tiny.state, self.tiny.webhooks_state), ("live", "failing"))

    @mute_logger(WEBHOOKS)
    def test_a_pause_does_not_fail_because_the_shop_is_down_and_says_what_is_left(self):
        self.shop.fail(1, 500)
        self.tiny.action_pause()
        self.assertEqual(self.tiny.state, "paused")
        self.assertIn("still sends webhooks", self.tiny.alert_ids.text)

    def _find_by_asking(self, count, minutes=60):
        """Let orders be found by asking that nobody told of."""
        for _number in range(count):
            self.shop.place_order()
        self.tiny._poll()
        self.env.flush_all()
        self.cr.execute(
            "UPDATE oms_channel_message SET create_date = %s WHERE channel_id = %s",
            [fields.Datetime.now() - timedelta(minutes=minutes), self.tiny.id],
        )

    def test_messages_that_do_not_arrive_are_missed_until_one_comes(self):
        self.tiny.webhooks_since = fields.Datetime.now() - timedelta(days=2)
        self._find_by_asking(2)
        self.tiny._check_silence()
        self.assertFalse(self.tiny.alert_ids)
        self._find_by_asking(1)
        self.tiny._check_silence()
        [alert] = self.tiny.alert_ids
        self.assertEqual((alert.code, alert.level), ("unheard", "warning"))
        self.assertEqual(
            alert.text,
            f"Webhooks of the channel do not arrive at {self.tiny.webhook_url}: "
            "polling found 3 messages.",
        )
        self.tiny.with_context(**sealed(via="webhook"))._receive("orders", "w1", b"{}")
        self.tiny._check_silence()
        self.assertEqual(alert.state, "settled")

    def test_messages_that_are_only_late_are_not_missed(self):
        self.tiny.webhooks_since = fields.Datetime.now() - timedelta(days=2)
        self._find_by_asking(3, minutes=5)
        self.tiny._check_silence()
        self.assertFalse(self.tiny.alert_ids)
