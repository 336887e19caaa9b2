import json
import time

from odoo import fields
from odoo.tests import HttpCase, new_test_user

from odoo.addons.oms_addon.tools import signature

from ..common import OmsCommon

SECRET = "s3cret"


class TestWebhook(OmsCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.channel.webhook_secret = SECRET

    def _post(self, body, secret=SECRET, timestamp=None, url=None, **headers):
        timestamp = str(timestamp or int(time.time()))
        return self.url_open(
            url or f"/oms/webhook/{self.channel.token}",
            data=body,
            headers={
                "Content-Type": "application/json",
                "X-Oms-Timestamp": timestamp,
                "X-Oms-Signature": signature.sign(secret, timestamp, body),
                **headers,
            },
        )

    def _messages(self):
        return self.env["oms.channel.message"].search([("channel_id", "=", self.channel.id)])

    def test_a_signed_message_is_one_inbox_row_and_nothing_else(self):
        body = json.dumps(self._document("A1")).encode()
        answer = self._post(body)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.json()["state"], "pending")
        message = self._messages()
        self.assertEqual(message._raw_payload(), body)
        self.assertEqual(message.order_ref, "A1")
        self.assertFalse(self._order("A1"))
        self._run_lanes()
        self.assertEqual(len(self._order("A1")), 1)

    def test_the_same_message_again_is_answered_and_counted(self):
        body = json.dumps(self._document("A1")).encode()
        self._post(body)
        answer = self._post(body)
        self.assertEqual(answer.json()["deliveries"], 2)
        self.assertEqual(len(self._messages()), 1)

    def test_fault_8_a_wrong_signature_is_refused_and_creates_nothing(self):
        body = json.dumps(self._document("A1")).encode()
        for answer in (
            self._post(body, secret="wrong"),
            self._post(body, timestamp=int(time.time()) - 3600),
            self._post(body, **{"X-Oms-Signature": ""}),
        ):
            self.assertEqual(answer.status_code, 401)
        self.assertFalse(self._messages())
        refused = self.env["oms.event"].search(
            [("code", "=", "channel.refused"), ("res_id", "=", self.channel.id)]
        )
        self.assertEqual(len(refused), 3)

    def test_one_changed_byte_is_refused(self):
        body = json.dumps(self._document("A1")).encode()
        timestamp = str(int(time.time()))
        answer = self.url_open(
            f"/oms/webhook/{self.channel.token}",
            data=body[:-1] + b" ",
            headers={
                "Content-Type": "application/json",
                "X-Oms-Timestamp": timestamp,
                "X-Oms-Signature": signature.sign(SECRET, timestamp, body),
            },
        )
        self.assertEqual(answer.status_code, 401)
        self.assertFalse(self._messages())

    def test_a_form_encoded_body_is_verified_over_its_raw_bytes(self):
        answer = self._post(b"a=1&b=2", **{"Content-Type": "application/x-www-form-urlencoded"})
        self.assertEqual(answer.status_code, 400)

    def test_a_channel_without_a_secret_takes_nothing(self):
        self.channel.webhook_secret = False
        self.assertEqual(self._post(b"{}").status_code, 401)

    def test_an_unknown_address_is_not_found(self):
        self.assertEqual(self._post(b"{}", url="/oms/webhook/nope").status_code, 404)


class TestApi(OmsCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.agent = new_test_user(
            self.env, "api_agent", groups="base.group_user,oms_addon.oms_addon_group_agent"
        )

    def _key(self, user, scope="oms"):
        tomorrow = fields.Datetime.add(fields.Datetime.now(), days=1)
        return self.env["res.users.apikeys"].with_user(user)._generate(scope, "test", tomorrow)

    def _post(self, document, key, channel=None, **headers):
        return self.url_open(
            "/oms/api/v1/orders",
            data=json.dumps(document).encode(),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {key}",
                "X-Oms-Channel": (channel or self.channel).token,
                **headers,
            },
        )

    def test_an_order_is_taken_with_a_scoped_key(self):
        answer = self._post(self._document("A1"), self._key(self.agent))
        self.assertEqual(answer.status_code, 200, answer.text)
        self._run_lanes()
        self.assertEqual(len(self._order("A1")), 1)

    def test_fault_14_the_same_idempotency_key_is_one_order(self):
        key = self._key(self.agent)
        for _again in range(2):
            answer = self._post(self._document("A1"), key, **{"Idempotency-Key": "K1"})
        self.assertEqual(answer.json()["deliveries"], 2)

    def test_a_wrong_key_or_one_of_another_scope_is_refused(self):
        for key in ("nonsense", self._key(self.agent, "rpc")):
            self.assertEqual(self._post(self._document("A1"), key).status_code, 401)
        self.assertFalse(
            self.env["oms.channel.message"].search([("channel_id", "=", self.channel.id)])
        )

    def test_a_user_without_the_right_is_refused(self):
        stranger = new_test_user(self.env, "api_stranger", groups="base.group_user")
        self.assertEqual(self._post(self._document("A1"), self._key(stranger)).status_code, 403)

    def test_a_body_that_is_no_document_says_which_field(self):
        answer = self._post({**self._document("A1"), "lines": "none"}, self._key(self.agent))
        self.assertEqual(answer.status_code, 400)
        self.assertIn("lines", answer.json()["error"])
