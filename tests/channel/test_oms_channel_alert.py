"""Alerts: what is wrong with a channel, known once, until it is right again."""

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from ..common import OmsCommon


class TestChannelAlert(OmsCommon):
    def _events(self, code):
        return self.env["oms.event"].search(
            [("code", "=", code), ("res_model", "=", "oms.channel")], order="id"
        )

    def test_what_is_known_counts_on_and_keeps_since_when(self):
        with freeze_time("2026-03-01 09:00:00"):
            self.channel._raise_alert("fetch", "No answer.", "Look at the shop.")
        with freeze_time("2026-03-01 10:00:00"):
            self.channel._raise_alert("fetch", "Still no answer.", "Look at the host.")
        [alert] = self.channel.alert_ids
        self.assertRecordValues(
            alert,
            [
                {
                    "code": "fetch",
                    "level": "error",
                    "text": "Still no answer.",
                    "advice": "Look at the host.",
                    "count": 2,
                    "state": "open",
                    "company_id": self.company.id,
                }
            ],
        )
        self.assertEqual(str(alert.since), "2026-03-01 09:00:00")
        self.assertEqual(str(alert.last_at), "2026-03-01 10:00:00")
        self.assertEqual(self._events("channel.alert").mapped("name"), ["No answer."])

    def test_the_owner_is_told_once_and_the_activity_ends_with_the_alert(self):
        owner = new_test_user(self.env, "owner", groups="oms_addon.oms_addon_group_manager")
        self.channel.user_id = owner
        self.channel._raise_alert("fetch", "No answer.", "Look at the shop.")
        self.channel._raise_alert("fetch", "No answer.", "Look at the shop.")
        self.assertRecordValues(
            self.channel.activity_ids, [{"summary": "No answer.", "user_id": owner.id}]
        )
        self.channel._resolve_alert("fetch")
        self.assertFalse(self.channel.activity_ids)

    def test_what_is_settled_opens_anew(self):
        self.channel._raise_alert("fetch", "No answer.")
        self.channel._resolve_alert("fetch", "credentials")
        self.channel._resolve_alert("fetch")
        self.assertFalse(self.channel.alert_ids)
        self.channel._raise_alert("fetch", "No answer.")
        alerts = self.env["oms.channel.alert"].search([("channel_id", "=", self.channel.id)])
        self.assertEqual(alerts.mapped("state"), ["open", "settled"])
        self.assertEqual(alerts.mapped("count"), [1, 1])
        self.assertEqual(self._events("channel.settled").mapped("before"), ["fetch"])

    def test_many_channels_are_told_apart_in_one_call(self):
        other = self._make_channel("Other")
        channels = self.channel + other
        channels._raise_alert("stock", {self.channel.id: "3 refused.", other.id: "4 refused."})
        self.assertEqual(channels.alert_ids.mapped("text"), ["3 refused.", "4 refused."])
        channels._resolve_alert("stock")
        self.assertFalse(channels.alert_ids)

    def test_the_worst_alert_says_the_health(self):
        self.channel._raise_alert("gap", "1 order is missing.", level="warning")
        self.assertEqual(self.channel.health, "warning")
        with freeze_time("2026-03-01 09:00:00"):
            self.channel._raise_alert("credentials", "The key is refused.")
        self.assertEqual(self.channel.health, "error")
        self.assertRegex(
            self.channel.health_text, r"^The key is refused\. \(since 3/1/26, 9:00.AM\)$"
        )
        self.channel._resolve_alert("credentials")
        self.assertEqual(self.channel.health, "warning")
        self.channel._resolve_alert("gap")
        self.assertEqual(
            (self.channel.health, self.channel.health_text), ("ok", "All messages are processed.")
        )

    def test_a_manager_settles_by_hand_and_an_agent_does_not(self):
        agent = new_test_user(self.env, "agent", groups="oms_addon.oms_addon_group_agent")
        manager = new_test_user(self.env, "manager", groups="oms_addon.oms_addon_group_manager")
        self.channel._raise_alert("notice", "The app was removed.")
        [alert] = self.channel.alert_ids
        with self.assertRaises(AccessError):
            alert.with_user(agent).action_resolve()
        self.assertEqual(alert.state, "open")
        alert.with_user(manager).action_resolve()
        self.assertEqual(alert.state, "settled")

    def test_an_alert_leads_to_the_place_where_it_is_put_right(self):
        self.channel._raise_alert("outbox", "2 messages were refused.")
        action = self.channel.alert_ids.action_open_place()
        self.assertEqual(action["res_model"], "oms.channel.message")
        self.channel._raise_alert("unheard of", "Something.")
        alert = self.channel.alert_ids.filtered(lambda a: a.code == "unheard of")
        self.assertFalse(alert.has_place)
        self.assertEqual(alert.action_open_place()["res_model"], "oms.channel")
