from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.oms_addon.models.core.ir_http import scope_of

from ..controllers.common import AGENT, ApiCase


@tagged("standard", "post_install", "-at_install")
class TestApiKey(ApiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._make_user("manager")

    def _wizard(self, user=None, **values):
        """:return: the form a manager sees on the channel's page, filled in"""
        return (
            self.env["oms.api.key"]
            .with_user(user or self.manager)
            .with_context(active_id=self.channel.id)
            .create({"user_id": self.agent.id, **values})
        )

    def _keys(self):
        return self.env["res.users.apikeys"].sudo().search([("user_id", "=", self.agent.id)])

    def test_a_key_opens_the_api_until_its_day_and_is_in_the_audit_trail(self):
        before = self._keys()
        wizard = self._wizard()
        self.assertEqual(wizard.channel_id, self.channel)
        key = wizard._generate_key()
        made = self._keys() - before
        self.assertRecordValues(
            made,
            [
                {
                    "name": "Shop",
                    "scope": scope_of(self.channel.token),
                    "expiration_date": fields.Datetime.to_datetime(wizard.expires_on),
                }
            ],
        )
        self.assertEqual(self._get("/orders/1", key=key).status_code, 404)
        self._assert_problem(self._get("/orders/1", key="wrong" + key[5:]), 401, "no-key")
        events = self.env["oms.event"].search([("code", "=", "channel.key")])
        self.assertEqual(events.mapped("res_id"), self.channel.ids)
        self.assertNotIn(key, str(events.read()))

    def test_a_key_for_companies_that_are_not_mine_or_of_yesterday_is_not_made(self):
        before = self._keys()
        other = self.env["res.company"].create({"name": "Second"})
        wizard = self._wizard()
        self.agent.company_ids |= other
        with self.assertRaisesRegex(UserError, "companies you cannot access"):
            wizard._generate_key()
        self.agent.company_ids -= other
        wizard.expires_on = fields.Date.context_today(wizard)
        with self.assertRaisesRegex(UserError, "in the future"):
            wizard._generate_key()
        self.assertEqual(self._keys(), before)

    def test_an_agent_makes_no_key(self):
        with self.assertRaises(AccessError):
            self._wizard(new_test_user(self.env, "curious", groups=AGENT))

    def test_a_manager_makes_a_key_in_the_browser_after_saying_who_they_are(self):
        before = self._keys()
        self.start_tour(
            f"/odoo/oms-channels/{self.channel.id}", "oms_key_tour", login="oms_manager"
        )
        self.assertEqual((self._keys() - before).mapped("scope"), [scope_of(self.channel.token)])

    def test_a_key_of_one_channel_opens_no_other(self):
        other = self.channel.copy({"name": "Other"})
        limited = self._wizard()._generate_key()
        wide = self._wizard(is_limited=False)._generate_key()
        self.assertEqual(self._get("/orders/1", key=limited).status_code, 404)
        self._assert_problem(self._get("/orders/1", channel=other, key=limited), 401, "no-key")
        answer = self._post("/orders", self._document("A1"), channel=other, key=limited)
        self._assert_problem(answer, 401, "no-key")
        self.assertFalse(self._messages(other))
        for channel in (self.channel, other):
            self.assertEqual(self._get("/orders/1", channel=channel, key=wide).status_code, 404)
        events = self.env["oms.event"].search([("code", "=", "channel.key")], order="id")
        self.assertIn("for this channel only", events[0].name)
        self.assertIn("for all channels of the user", events[1].name)
