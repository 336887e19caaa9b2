"""What is believed of a message, of every kind of channel: walked over the registry."""

import base64
import hashlib
import hmac
import json

from freezegun import freeze_time

from odoo import fields

from odoo.addons.oms_addon.tools import signature

from ..common import OmsCommon

#: what senders name an event by without signing it
UNSIGNED = (
    "X-Oms-Event",
    "X-Oms-Topic",
    "Idempotency-Key",
    "X-Shopify-Event-Id",
    "X-Shopify-Webhook-Id",
    "X-WC-Webhook-Delivery-ID",
    "X-WC-Webhook-ID",
    "webhook-id",
)


class TestSignedMessages(OmsCommon):
    def _channels(self):
        """:return: a channel of each kind, without any secret"""
        return [
            self.env["oms.channel"].create({"name": code, "adapter": code})
            for code in self.env["oms.channel"]._adapters()
        ]

    def _signed(self, secret, body):
        """:return: the headers of all our channels together, signed with one secret"""
        now = int(fields.Datetime.now().timestamp())
        digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
        return {
            "X-Oms-Timestamp": str(now),
            "X-Oms-Signature": signature.sign(secret, now, body),
            "X-Shopify-Topic": "orders/updated",
            "X-Shopify-Triggered-At": fields.Datetime.now().isoformat(),
            "X-Shopify-Hmac-Sha256": base64.b64encode(digest).decode(),
            "X-WC-Webhook-Topic": "order.updated",
            "X-WC-Webhook-Signature": base64.b64encode(digest).decode(),
        }

    def test_an_empty_secret_verifies_nothing_on_any_channel(self):
        body = json.dumps(self._document("A1")).encode()
        channels = self._channels()
        self.assertGreaterEqual(len(channels), 7)
        for channel in channels:
            adapter = channel._adapter()
            key = hmac.new(b"", channel.token.encode(), hashlib.sha256).hexdigest()
            older = {**self._signed("", body), "X-Oms-Key": key}
            named = {**older, **signature.headers_of("", "E1", int(older["X-Oms-Timestamp"]), body)}
            for secret in (False, "", " "):
                channel.write(dict.fromkeys(("webhook_secret", "api_secret", "api_key"), secret))
                for headers in ({}, older, named):
                    problem = adapter._verify(channel, headers, body, fields.Datetime.now())
                    self.assertTrue(problem, (channel.adapter, secret, sorted(headers)))

    def test_no_unsigned_header_makes_another_event_of_a_body(self):
        body = json.dumps(self._document("A1")).encode()
        for channel in self._channels():
            adapter = channel._adapter()
            if adapter._is_native:
                continue
            with freeze_time("2026-03-01 10:00:00"):
                headers = self._signed("s3cret", body)
                first = adapter._identify(channel, headers, body)
                for name in UNSIGNED:
                    event = adapter._identify(channel, {**headers, name: "other"}, body)
                    self.assertEqual(event, first, (channel.adapter, name))
