import json
import time

from odoo.tests import HttpCase

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
            self.assertEqual(answer.json()["type"], "urn:oms:problem:bad-signature")
        self.assertFalse(self._messages())
        refused = self.env["oms.event"].search(
            [("code", "=", "channel.refused"), ("res_id", "=", self.channel.id)]
        )
        self.assertEqual(len(refused), 1)
        [meter] = self.env["oms.channel.meter"].search(
            [("channel_ref", "=", self.channel.id), ("name", "=", "refused")]
        )
        self.assertEqual(meter.failures, 3)

    def test_a_message_replayed_under_another_name_is_the_same(self):
        body = json.dumps(self._document("A1")).encode()
        for number, names in enumerate(
            (
                {},
                {"X-Oms-Event": "other"},
                {"X-Oms-Topic": "orders/cancelled"},
                {"Idempotency-Key": "k1"},
                {"webhook-id": "E9"},
            ),
            1,
        ):
            answer = self._post(body, **names)
            self.assertEqual((answer.status_code, answer.json()["deliveries"]), (200, number))
        message = self._messages()
        self.assertEqual((len(message), message.topic), (1, "orders"))

    def test_a_name_that_is_signed_names_the_event(self):
        body = json.dumps(self._document("A1")).encode()
        url = f"/oms/webhook/{self.channel.token}"
        headers = signature.headers_of(SECRET, "E1", int(time.time()), body)
        headers["Content-Type"] = "application/json"
        for _time in range(2):
            self.assertEqual(self.url_open(url, data=body, headers=headers).status_code, 200)
        self.assertEqual(
            self._messages().mapped(lambda m: (m.event_ref, m.deliveries)), [("E1", 2)]
        )
        headers["webhook-id"] = "E2"
        answer = self.url_open(url, data=body, headers=headers)
        self.assertEqual(answer.status_code, 401)
        self.assertEqual(len(self._messages()), 1)

    def test_a_cancellation_is_one_whatever_it_is_called(self):
        body = json.dumps(self._cancellation("A1")).encode()
        self._post(body, **{"X-Oms-Topic": "orders"})
        self.assertEqual(self._messages().topic, "orders/cancelled")

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
