from datetime import datetime, timezone

from odoo.tests import BaseCase, tagged

from odoo.addons.oms_addon.tools.signature import (
    SIGNATURE,
    base64_problem,
    headers_of,
    message_problem,
    name_of,
    problem,
    sign,
)

NOW = 1_800_000_000
BODY = b'{"events": []}'


@tagged("standard", "post_install", "-at_install")
class TestSignature(BaseCase):
    def _problem(self, **values):
        given = {
            "secret": "s3cret",
            "signature": sign("s3cret", str(NOW), BODY),
            "timestamp": str(NOW),
            "body": BODY,
            "now": NOW,
        }
        return problem(**{**given, **values})

    def test_a_known_signature(self):
        self.assertEqual(
            sign("key", "1", b"body"),
            "91b5374b153842ad05b2c4eab9349b8321b14703165bd3fb8b034dfb8be98ae5",
        )

    def test_a_genuine_call_has_no_problem(self):
        self.assertEqual(self._problem(), "")
        self.assertEqual(self._problem(signature=sign("s3cret", NOW, BODY).upper()), "")

    def test_a_known_signature_of_standard_webhooks(self):
        # The example of the specification.
        self.assertEqual(
            headers_of(
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                1614265330,
                b'{"test": 2432232314}',
            ),
            {
                "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
                "webhook-timestamp": "1614265330",
                "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            },
        )

    def test_the_name_of_an_event_is_signed(self):
        headers = headers_of("s3cret", "E1", NOW, BODY)
        self.assertEqual(message_problem("s3cret", headers, BODY, NOW), "")
        self.assertEqual(name_of(headers), "E1")
        renewed = {**headers, SIGNATURE: f"v1,AAAA {headers[SIGNATURE]}"}
        self.assertEqual(message_problem("s3cret", renewed, BODY, NOW), "")
        for changed in (
            {"webhook-id": "E2"},
            {"webhook-timestamp": str(NOW + 1)},
            {SIGNATURE: "v1,AAAA"},
            {SIGNATURE: headers[SIGNATURE].removeprefix("v1,")},
        ):
            told = message_problem("s3cret", {**headers, **changed}, BODY, NOW)
            self.assertEqual(told, "the signature is wrong", changed)
        self.assertIn(
            "missing", message_problem("s3cret", {**headers, "webhook-id": ""}, BODY, NOW)
        )
        self.assertIn("stale", message_problem("s3cret", headers, BODY, NOW + 301))
        huge = {**headers, "webhook-timestamp": "1" * 5000}
        self.assertIn("not a Unix time", message_problem("s3cret", huge, BODY, NOW))

    def test_the_older_form_proves_no_name(self):
        headers = {"X-Oms-Signature": sign("s3cret", NOW, BODY), "X-Oms-Timestamp": str(NOW)}
        self.assertEqual(message_problem("s3cret", headers, BODY, NOW), "")
        self.assertEqual(name_of({**headers, "webhook-id": "E1", "X-Oms-Event": "E1"}), "")

    def test_an_empty_secret_verifies_nothing(self):
        for secret in ("", " ", None, False):
            empty = (secret or "").strip()
            headers = headers_of(empty, "E1", NOW, BODY)
            self.assertIn("no webhook secret", message_problem(secret, headers, BODY, NOW))
            self.assertIn("no webhook secret", self._problem(secret=secret))
            self.assertIn("no webhook secret", base64_problem(secret, "x", BODY))

    def test_the_time_may_be_a_datetime_with_or_without_zone(self):
        aware = datetime.fromtimestamp(NOW, timezone.utc)
        self.assertEqual(self._problem(now=aware), "")
        self.assertEqual(self._problem(now=aware.replace(tzinfo=None)), "")

    def test_a_changed_body_or_another_secret_is_refused(self):
        for values in (
            {"body": BODY + b" "},
            {"secret": "other"},
            {"signature": "0" * 64},
            {"signature": "ü"},
        ):
            self.assertEqual(self._problem(**values), "the signature is wrong")

    def test_a_timestamp_is_part_of_what_is_signed(self):
        self.assertEqual(self._problem(timestamp=str(NOW + 1)), "the signature is wrong")

    def test_a_stale_or_future_call_is_refused(self):
        self.assertEqual(self._problem(now=NOW + 300), "")
        for now in (NOW + 301, NOW - 301):
            self.assertEqual(self._problem(now=now), "the timestamp is stale")

    def test_what_is_missing_or_malformed_is_refused_in_words(self):
        self.assertIn("no webhook secret", self._problem(secret=""))
        self.assertIn("no webhook secret", self._problem(secret=False))
        self.assertIn("missing", self._problem(signature=""))
        self.assertIn("missing", self._problem(timestamp=""))
        for timestamp in ("yesterday", "-5", "1.5", "²"):
            self.assertIn("not a Unix time", self._problem(timestamp=timestamp))
