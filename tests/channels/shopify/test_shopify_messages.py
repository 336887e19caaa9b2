"""Shopify: what it sends by itself."""

import hashlib
import json
from datetime import timedelta
from pathlib import Path

from freezegun import freeze_time

from odoo import fields

from odoo.addons.oms_addon.channels.shopify import (
    parse_topics,
)

from .common import ShopifyCase
from .test_shopify_documents import TOPICS

FIXTURES = Path(__file__).parents[2] / "fixtures" / "shopify"


class TestShopifyMessages(ShopifyCase):
    def _delivery(self, topic="orders/create", body=None):
        return self.store.delivery(topic, body or {"id": 7})

    def _verify(self, delivery, now=None, **headers):
        return self.adapter._verify(
            self.shop, {**delivery.headers, **headers}, delivery.body, now or fields.Datetime.now()
        )

    def test_a_signed_message_is_taken(self):
        self.assertEqual(self._verify(self._delivery()), "")

    def test_fault_8_a_wrong_missing_or_foreign_signature_is_refused(self):
        delivery = self._delivery()
        for signature in ("", "x", "ü", delivery.headers["X-Shopify-Hmac-Sha256"][:-1]):
            self.assertIn(
                "signature", self._verify(delivery, **{"X-Shopify-Hmac-Sha256": signature})
            )
        delivery.body += b" "
        self.assertIn("wrong", self._verify(delivery))
        self.shop.webhook_secret = False
        self.assertIn("no webhook secret", self._verify(delivery))

    def test_fault_8_an_absurdly_old_message_is_refused_and_a_retried_one_is_not(self):
        delivery, now = self._delivery(), fields.Datetime.now()
        self.assertEqual(self._verify(delivery, now + timedelta(hours=8)), "")
        self.assertIn("two days", self._verify(delivery, now + timedelta(days=3)))
        for unknown in ("", "yesterday"):
            problem = self._verify(delivery, **{"X-Shopify-Triggered-At": unknown})
            self.assertEqual(
                problem, ("The header X-Shopify-Triggered-At is missing or not a valid time")
            )

    def test_a_body_is_an_event_for_each_topic_however_often_and_under_whatever_name_it_comes(self):
        refs, body = set(), b'{"id": 5}'
        for name in ("E1", "E2", ""):
            headers = {
                "X-Shopify-Topic": "orders/paid",
                "X-Shopify-Event-Id": name,
                "X-Shopify-Webhook-Id": name,
            }
            event = self.adapter._identify(self.shop, headers, body)
            self.assertEqual((event.topic, event.order_ref), ("orders/paid", "5"))
            refs.add(event.ref)
        self.assertEqual(refs, {f"orders/paid:{hashlib.sha256(body).hexdigest()[:32]}"})

    def test_what_names_an_order_without_a_time_is_asked_for_again_later(self):
        body = b'{"fulfillment_order": {"id": "gid://shopify/FulfillmentOrder/7"}}'
        headers = {"X-Shopify-Topic": "fulfillment_orders/placed_on_hold"}
        refs = set()
        for moment in ("2026-03-01 10:00:01", "2026-03-01 10:00:59", "2026-03-01 10:01:00"):
            with freeze_time(moment):
                refs.add(self.adapter._identify(self.shop, headers, body).ref)
        self.assertEqual(len(refs), 2)

    def test_a_body_signed_for_one_topic_is_not_taken_for_another(self):
        topics = {**TOPICS, "order": "orders/updated"}
        bodies = {name: json.loads((FIXTURES / f"{name}.json").read_bytes()) for name in topics}
        taken = {}
        for name, body in bodies.items():
            self.assertEqual(self._verify(self._delivery(topics[name], body)), "", name)
            for topic in sorted({*topics.values(), "orders/create", "products/create"}):
                if not self._verify(self._delivery(topic, body)):
                    taken.setdefault(name, set()).add(topic)
        for name, topic in topics.items():
            room = topic.partition("/")[0]
            # An order is told by several; what a fulfilment and a risk name is asked for.
            others = {t for t in taken[name] if t.partition("/")[0] != room}
            others -= {"fulfillments/create", "orders/risk_assessment_changed"}
            if name in ("product_deleted", "risk"):
                # An id alone proves nothing; what cannot be taken back is asked about.
                self.assertFalse(others & parse_topics._PROVED, name)
                continue
            self.assertEqual(others, set(), name)
        self.assertEqual(taken["data_request"], {"customers/data_request"})
        self.assertEqual(taken["erase_customer"], {"customers/redact"})
        self.assertEqual(taken["uninstalled"], {"app/uninstalled"})

    def test_names_of_our_own_are_no_topics(self):
        for topic in (parse_topics.ASKED, parse_topics.TO_ASK, "tracking", ""):
            self.assertIn("is not supported", self._verify(self._delivery(topic)))

    def test_an_app_that_still_answers_was_not_removed(self):
        body = {"id": 1, "myshopify_domain": self.store.domain}
        delivery = self._delivery("app/uninstalled", body)
        self.shop.state = "live"
        event = self.adapter._identify(self.shop, delivery.headers, delivery.body)
        [message] = self.shop._receive_many([event])
        self._run_lanes("inbox", "outbox")
        self.assertFalse(self.shop.alert_ids)
        self.assertNotIn(self.shop.id, self.env["oms.channel.meter"]._resting())
        [asked] = self.env["oms.channel.message"].search(
            [("channel_id", "=", self.shop.id), ("topic", "=", "confirmation")]
        )
        self.assertEqual((message.state, asked.state), ("done", "failed"))
        self.assertIn("still responds", asked.error)

    def test_an_app_that_was_removed_is_disconnected(self):
        self.shop.state = "live"
        self.adapter._ensure_webhooks(self.shop)
        self.store.uninstall()
        delivery = next(d for d in self.store.pop_deliveries() if d.topic == "app/uninstalled")
        event = self.adapter._identify(self.shop, delivery.headers, delivery.body)
        self.shop._receive_many([event])
        self._run_lanes("inbox", "outbox")
        self.assertEqual(self.shop.alert_ids.mapped("code"), ["credentials"])
        self.assertIn(self.shop.id, self.env["oms.channel.meter"]._resting())

    def test_a_customer_is_erased_once_shopify_did_it(self):
        self.shop.state = "live"
        ref = self.store.place_order()
        customer = self.env["res.partner"].create({"name": "Jane", "email": "jane@example.com"})
        key = self.shop.id, "channel", str(self.store.by_id[int(ref)].customer["id"])
        self.env["oms.customer.key"]._remember(self.shop.company_id, [(key, customer.id)])
        for is_erased, expected in ((False, "Jane"), (True, f"Erased customer {customer.id}")):
            delivery = self.store.redact(ref, erase=is_erased)
            self.assertEqual(self._verify(delivery), "")
            event = self.adapter._identify(self.shop, delivery.headers, delivery.body)
            # Told again under another content: the first is known.
            event = event._replace(ref=f"{event.ref}-{is_erased}")
            self.shop._receive_many([event])
            self._run_lanes("inbox", "outbox")
            self.assertEqual(customer.name, expected)

    def test_a_product_that_is_still_there_was_not_deleted(self):
        self.shop.state = "live"
        self.shop._fetch_all_listings(20)
        [mug] = self.shop.listing_ids.filtered(lambda l: l.sku == "MUG")
        delivery = self._delivery("products/delete", {"id": int(mug.parent_ref)})
        event = self.adapter._identify(self.shop, delivery.headers, delivery.body)
        self.shop._receive_many([event])
        self._run_lanes("inbox", "outbox")
        self.assertEqual(mug.status, "active")
        [asked] = self.env["oms.channel.message"].search(
            [("channel_id", "=", self.shop.id), ("topic", "=", "confirmation")]
        )
        self.assertEqual((asked.state, asked.result), ("done", {"gone": 0}))

    def test_a_broken_body_is_kept_under_a_name_of_its_own(self):
        for body in (b"{", b"[]", b"\xff", b'{"id": [1]}'):
            event = self.adapter._identify(self.shop, {"X-Shopify-Topic": "orders/create"}, body)
            self.assertTrue(event.ref.startswith("orders/create:"))
            self.assertIsNone(event.order_ref)

    def test_the_order_of_a_message_is_known_without_reading_it_whole(self):
        for topic, body, expected in (
            ("refunds/create", {"id": 1, "order_id": 2}, "2"),
            ("order_transactions/create", {"id": 1, "order_id": 2}, "2"),
            ("orders/edited", {"order_edit": {"id": 1, "order_id": 2}}, "2"),
            ("orders/risk_assessment_changed", {"order_id": 2}, "2"),
            ("products/update", {"id": 1}, None),
            ("inventory_levels/update", {"inventory_item_id": 1}, None),
        ):
            self.assertEqual(self.adapter._describe(topic, json.dumps(body).encode())[1], expected)
