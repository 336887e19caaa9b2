import json
import time

from odoo.exceptions import ValidationError
from odoo.tests import HttpCase, tagged

from odoo.addons.oms_addon.tools.signature import headers_of, sign

from ..common import OmsCommon

SECRET = "s3cret"


@tagged("standard", "post_install", "-at_install")
class TestTrackingEndpoint(OmsCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.sudo().write({"tracking_secret": SECRET, "webhook_secret": "of orders"})
        cls.parcel = cls.env["oms.parcel"].create({"name": "P1"})
        cls.document = {
            "events": [
                {"number": "P1", "at": "2026-03-01T09:00:00Z", "code": "DLV", "state": "delivered"}
            ]
        }

    def _post(self, body, *, token=None, secret=SECRET, timestamp=None, **headers):
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        timestamp = str(int(time.time()) if timestamp is None else timestamp)
        return self.url_open(
            f"/oms/tracking/{token or self.channel.token}",
            data=body,
            headers={
                "Content-Type": "application/json",
                "X-Oms-Timestamp": timestamp,
                "X-Oms-Signature": sign(secret, timestamp, body),
                **headers,
            },
        )

    def _messages(self):
        return self.env["oms.channel.message"].search(
            [("channel_id", "=", self.channel.id), ("topic", "=", "tracking")]
        )

    def test_signed_events_go_to_the_inbox_and_nowhere_else(self):
        answer = self._post(self.document)
        self.assertEqual(answer.status_code, 200)
        message = self._messages()
        self.assertEqual(answer.json(), {"message": message.id, "state": "pending", "events": 1})
        self.assertEqual(json.loads(message._raw_payload()), self.document)
        self.assertEqual(self.parcel.state, "pending")

    def test_the_same_body_twice_is_one_message(self):
        body = json.dumps(self.document).encode()
        first, second = self._post(body), self._post(body)
        self.assertEqual(first.json()["message"], second.json()["message"])
        self.assertEqual(self._messages().deliveries, 2)

    def test_a_replay_under_another_name_is_the_same_message(self):
        body = json.dumps(self.document).encode()
        first, second = self._post(body), self._post(body, **{"X-Oms-Event": "other"})
        self.assertEqual(first.json()["message"], second.json()["message"])
        named = headers_of(SECRET, "E1", int(time.time()), body)
        answer = self._post(body, **named)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(self._messages().sorted("id")[-1].event_ref, "tracking:E1")
        self.assertEqual(self._post(body, **{**named, "webhook-id": "E2"}).status_code, 401)

    def test_a_carriers_secret_opens_no_orders_and_theirs_no_tracking(self):
        self.assertEqual(self._post(self.document, secret="of orders").status_code, 401)
        body = json.dumps(self._document("A1")).encode()
        timestamp = str(int(time.time()))
        answer = self.url_open(
            f"/oms/webhook/{self.channel.token}",
            data=body,
            headers={
                "Content-Type": "application/json",
                "X-Oms-Timestamp": timestamp,
                "X-Oms-Signature": sign(SECRET, timestamp, body),
            },
        )
        self.assertEqual(answer.status_code, 401)
        self.assertFalse(self._messages())
        with self.assertRaisesRegex(ValidationError, "tracking secret"):
            self.channel.sudo().tracking_secret = "of orders"

    def test_a_form_encoded_body_is_verified_as_it_came(self):
        answer = self._post(self.document, **{"Content-Type": "application/x-www-form-urlencoded"})
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(len(self._messages()), 1)

    def test_a_wrong_signature_or_a_stale_time_writes_nothing(self):
        for values in ({"secret": "other"}, {"timestamp": int(time.time()) - 301}):
            answer = self._post(self.document, **values)
            self.assertEqual(answer.status_code, 401)
            self.assertEqual(answer.json()["type"], "urn:oms:problem:bad-signature")
        self.assertFalse(self._messages())

    def test_a_channel_without_a_secret_believes_nobody(self):
        self.channel.sudo().tracking_secret = False
        self.assertEqual(self._post(self.document, secret="").status_code, 401)

    def test_what_is_no_document_is_refused_in_words(self):
        for body, status in (
            (b"not json", 400),
            (b"[]", 422),
            (b'{"events": 3}', 422),
            (b'{"events": [{"at": "noon"}]}', 422),
        ):
            answer = self._post(body)
            self.assertEqual(answer.status_code, status, body)
            self.assertTrue(answer.json()["detail"])
        self.assertFalse(self._messages())

    def test_a_name_that_cannot_be_kept_whole_is_refused(self):
        answer = self._post(self.document, **{"X-Oms-Event": "x" * 251})
        self.assertEqual((answer.status_code, answer.json()["type"][-9:]), (400, "bad-event"))
        self.assertFalse(self._messages())
        self.assertEqual(self._post(self.document, **{"X-Oms-Event": "x" * 250}).status_code, 200)

    def test_a_body_that_is_too_large_is_refused(self):
        self.assertEqual(self._post(b" " * (2 * 1024**2 + 1)).status_code, 413)
        self.assertEqual(self._post(b" " * (5 * 1024**2)).status_code, 413)

    def test_an_unknown_address_is_not_found(self):
        self.assertEqual(self._post(self.document, token="nobody").status_code, 404)
