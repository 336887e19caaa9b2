from odoo.exceptions import UserError

from ..common import OmsCommon


class TestChannel(OmsCommon):
    def test_every_adapter_of_the_registry_can_be_chosen(self):
        codes = [code for code, _label in self.env["oms.channel"]._selection_adapter()]
        self.assertLessEqual({"canonical", "csv_file", "sample"}, set(codes))

    def test_going_live_twice_changes_nothing_and_leaves_one_event(self):
        channel = self.env["oms.channel"].create({"name": "Two", "adapter": "canonical"})
        channel.action_go_live()
        channel.action_go_live()
        events = self.env["oms.event"].search(
            [("res_model", "=", "oms.channel"), ("res_id", "=", channel.id)]
        )
        self.assertRecordValues(
            events, [{"code": "channel.state", "before": "draft", "after": "live"}]
        )

    def test_a_channel_that_never_was_live_cannot_be_paused(self):
        channel = self.env["oms.channel"].create({"name": "Two", "adapter": "canonical"})
        with self.assertRaises(UserError):
            channel.action_pause()
        self.assertEqual(channel.state, "draft")

    def test_health_says_what_is_wrong(self):
        self.assertEqual(self.channel.health, "ok")
        self.channel._receive("orders", "bad", b"nonsense")
        self._run_lanes()
        self.channel.invalidate_recordset()
        self.assertEqual(self.channel.health, "warning")
        self.assertEqual(self.channel.hold_count, 1)
        self.assertEqual(self.channel.health_text, "Exceptions to review: 1.")

    def test_a_pricelist_is_made_once_per_currency(self):
        self.env.ref("base.EUR").active = True
        first = self.channel._get_pricelist("EUR")
        self.assertEqual(first.currency_id.name, "EUR")
        self.assertEqual(self.channel._get_pricelist("EUR"), first)
        self.assertFalse(self.channel._get_pricelist("XXX"))

    def test_secrets_are_not_copied_and_not_shown_to_managers(self):
        self.channel.write({"api_key": "k", "webhook_secret": "s"})
        copy = self.channel.copy()
        self.assertFalse(copy.api_key)
        self.assertFalse(copy.webhook_secret)
        self.assertNotEqual(copy.token, self.channel.token)
        for name in ("api_key", "api_secret", "webhook_secret"):
            self.assertEqual(self.channel._fields[name].groups, "base.group_system")
