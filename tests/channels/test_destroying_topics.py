"""What a message can destroy is asked back with the channel first: every topic of every kind."""

import json
from pathlib import Path
from unittest.mock import patch

from odoo import fields

from odoo.addons.oms_addon.channels.shopify import connection as shopify
from odoo.addons.oms_addon.channels.shopify import parse_documents as documents
from odoo.addons.oms_addon.channels.shopify import parse_topics
from odoo.addons.oms_addon.channels.woocommerce import connection as woocommerce
from odoo.addons.oms_addon.documents.channel import OrderRequest
from odoo.addons.oms_addon.documents.values import DocumentError
from odoo.addons.oms_addon.tools.sealed_context import sealed

from ..common import OmsCommon

FIXTURES = Path(__file__).parents[1] / "fixtures"
STORE = "super-toys.myshopify.com"
#: by kind that signs its bodies alone: what each topic can destroy, '' for nothing. A topic that
#: tells orders destroys where the order is told as canceled.
TOPICS = {
    "shopify": {
        **dict.fromkeys(
            (
                "orders/create",
                "orders/updated",
                "orders/cancelled",
                "orders/paid",
                "orders/partially_fulfilled",
                "orders/fulfilled",
            ),
            "order",
        ),
        "orders/delete": "",
        "orders/edited": "",
        "orders/risk_assessment_changed": "",
        "refunds/create": "",
        "order_transactions/create": "",
        "fulfillments/*": "",
        "fulfillment_orders/*": "",
        "products/create": "",
        "products/update": "",
        "products/delete": "listing",
        "inventory_levels/update": "",
        "inventory_levels/connect": "",
        "app/uninstalled": "channel",
        "customers/redact": "customer",
        "customers/data_request": "",
        "shop/redact": "channel",
    },
    "woocommerce": {
        "order.created": "order",
        "order.updated": "order",
        "order.restored": "order",
        "order.deleted": "order",
        "product.created": "",
        "product.updated": "",
        "product.restored": "",
        "product.deleted": "listing",
    },
}
#: why nothing has to be asked back of the other kinds
OTHERS = {
    "amazon": "a notification names an order, which is asked for",
    "canonical": "name, time and body are signed",
    "csv_file": "name, time and body are signed",
    "odoo_shop": "it has no messages",
    "prestashop": "name, time and body are signed",
    "sample": "it has no messages",
}
CANCELLED = {
    "shopify": (FIXTURES / "shopify" / "cancelled.json").read_bytes(),
    "woocommerce": json.dumps(
        {
            **json.loads((FIXTURES / "woocommerce" / "order.json").read_bytes()),
            "status": "cancelled",
        }
    ).encode(),
}
BODIES = {
    "products/delete": b'{"id": 4711}',
    "app/uninstalled": (FIXTURES / "shopify" / "uninstalled.json").read_bytes(),
    "shop/redact": (FIXTURES / "shopify" / "erase_shop.json").read_bytes(),
    "customers/redact": (FIXTURES / "shopify" / "erase_customer.json").read_bytes(),
    "order.deleted": b'{"id": 117}',
    "product.deleted": b'{"id": 4711}',
}


class TestDestroyingTopics(OmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shops = {
            code: cls.env["oms.channel"].create(
                {
                    "name": code,
                    "adapter": code,
                    "base_url": f"https://{STORE}",
                    "api_key": "key",
                    "api_secret": "secret",
                    "webhook_secret": "hush",
                }
            )
            for code in TOPICS
        }
        for code, shop in cls.shops.items():
            shop.state = "live"
            ref = str(json.loads(CANCELLED[code])["id"])
            customer = cls.env["res.partner"].create({"name": f"Jane of {code}"})
            cls.env["sale.order"].create(
                {"partner_id": customer.id, "oms_channel_id": shop.id, "oms_order_ref": ref}
            )
            cls.env["oms.channel.listing"].create(
                {"channel_id": shop.id, "external_ref": "4711", "sku": "MUG", "status": "active"}
            )
        customer = json.loads(BODIES["customers/redact"])["customer"]
        key = (cls.shops["shopify"].id, "channel", str(customer["id"]))
        partner = cls.env["sale.order"].search([("oms_channel_id", "=", key[0])]).partner_id
        cls.env["oms.customer.key"]._remember(cls.company, [(key, partner.id)])

    def _state(self, shop):
        """:return: all that a message could destroy"""
        orders = self.env["sale.order"].search([("oms_channel_id", "=", shop.id)])
        return (
            orders.mapped("state"),
            orders.partner_id.mapped("name"),
            shop.with_context(active_test=False).listing_ids.mapped("status"),
            (shop.state, shop.active, shop.alert_ids.mapped("code")),
            len(shop.activity_ids),
            shop.id in self.env["oms.channel.meter"]._resting(),
        )

    def _reported(self, shop, topic, body, via="webhook"):
        """:return: what is to be asked of the shop once a message was taken in"""
        adapter, Message = shop._adapter(), self.env["oms.channel.message"]
        before = Message.search([("channel_id", "=", shop.id)])
        headers = {"X-Shopify-Topic": topic, "X-WC-Webhook-Topic": topic}
        event = adapter._identify(shop, headers, body)
        with patch.object(type(adapter), "_call", side_effect=AssertionError("a call")):
            message = shop.with_context(**sealed(via=via))._receive_many([event])
            self._run_lanes("inbox")
        asked = Message.search([("channel_id", "=", shop.id)]) - before - message
        return asked.filtered(lambda m: m.direction == "out").mapped("topic")

    def test_every_kind_of_channel_says_how_it_is_believed(self):
        kinds = self.env["oms.channel"]._adapters()
        alone = {code for code, name in kinds.items() if self.env[name]._signs_bodies_only}
        self.assertEqual(alone, set(TOPICS))
        self.assertEqual(set(kinds) - alone, set(OTHERS))

    def test_every_topic_stands_in_the_table(self):
        read = set(documents._READERS) - {parse_topics.ASKED, parse_topics.TO_ASK}
        self.assertEqual(set(TOPICS["shopify"]), read)
        rooms = {topic for topic in read if topic.endswith("/*")}
        asked_for = {t for t in shopify.TOPICS if f"{t.partition('/')[0]}/*" not in rooms}
        self.assertLessEqual(asked_for, read)
        self.assertEqual(set(TOPICS["woocommerce"]), set(woocommerce.TOPICS))

    def test_what_destroys_is_asked_back_and_destroys_nothing_before(self):
        for code, topics in TOPICS.items():
            shop = self.shops[code]
            for topic, what in topics.items():
                body = BODIES.get(topic, CANCELLED[code])
                with self.subTest(kind=code, topic=topic):
                    if not what:
                        self.assertFalse(self._destroys(shop, topic), topic)
                        continue
                    before = self._state(shop)
                    asked = self._reported(shop, topic, body)
                    expected = "order_request" if what == "order" else "confirmation"
                    self.assertEqual(asked, [expected])
                    self.assertEqual(self._state(shop), before)

    def _destroys(self, shop, topic):
        """:return: whether some body makes a document of a topic that takes something away"""
        adapter = shop._adapter()
        for path in (FIXTURES / shop.adapter).glob("*.json"):
            try:
                document = adapter._parse(shop, topic.replace("*", "create"), path.read_bytes())
            except DocumentError:
                continue
            if getattr(document, "kind", "") in ("disconnected", "erase_customer", "erase_shop"):
                return True
            if getattr(document, "status", "") == "cancelled":
                return True
            if any(part.status == "deleted" for part in getattr(document, "listings", ())):
                return True
        return False

    def test_what_the_channel_was_asked_for_is_believed(self):
        for code, shop in self.shops.items():
            event_topic = "orders/updated" if code == "shopify" else "order.updated"
            self.assertEqual(self._reported(shop, event_topic, CANCELLED[code], via="poll"), [])
            order = self.env["sale.order"].search([("oms_channel_id", "=", shop.id)])
            self.assertEqual(order.state, "cancel")

    def test_a_cancellation_that_the_channel_does_not_show_changes_nothing_and_is_said(self):
        shop = self.shops["woocommerce"]
        before = self._state(shop)
        self._reported(shop, "order.updated", CANCELLED["woocommerce"])
        with patch.object(type(shop._adapter()), "_fetch_orders", lambda *a: []):
            self._run_lanes("outbox")
        [asked] = self.env["oms.channel.message"].search(
            [("channel_id", "=", shop.id), ("topic", "=", "order_request")]
        )
        self.assertEqual(asked.state, "failed")
        self.assertIn("does not return order 117", asked.error)
        self.assertEqual(self._state(shop)[:3], before[:3])

    def test_a_listing_that_cannot_be_asked_about_is_not_gone(self):
        shop = self.shops["woocommerce"]
        self._reported(shop, "product.deleted", BODIES["product.deleted"])
        with patch.object(type(shop._adapter()), "_find_listed", lambda *a: None):
            self._run_lanes("outbox")
        self.assertEqual(shop.listing_ids.mapped("status"), ["active"])

    def test_a_notice_that_cannot_be_asked_about_is_not_done(self):
        document = documents.parse("shop/redact", BODIES["shop/redact"])
        adapter = self.env["oms.channel.adapter.woocommerce"]
        self.assertIn("cannot confirm", adapter._confirm(self.shops["woocommerce"], document))
        nameless = documents.parse(
            "customers/redact", b'{"customer": {"email": "jane@example.com"}}'
        )
        adapter = self.env["oms.channel.adapter.shopify"]
        self.assertIn("sent no customer", adapter._confirm(self.shops["shopify"], nameless))

    def test_what_amazon_tells_is_never_an_order_or_a_refund_itself(self):
        channel = self.env["oms.channel"].create({"name": "Amazon", "adapter": "amazon"})
        adapter = channel._adapter()
        order = json.loads((FIXTURES / "amazon" / "order.json").read_bytes())
        for kind in ("ORDER_CHANGE", "orders", "order", "refunds", "tracking", "x", 5, None, {}):
            told = {"NotificationType": kind, "transactionId": "1", **order}
            for payload in ({}, [], "x", {"OrderChangeNotification": "x"}):
                body = json.dumps({**told, "Payload": payload, "NotificationMetadata": payload})
                event = adapter._identify(channel, {}, body.encode())
                try:
                    document = adapter._read(channel, event.topic, event.payload)
                except DocumentError:
                    continue
                self.assertIn(type(document), (OrderRequest, type(None)), kind)

    def test_a_message_of_another_store_of_the_same_app_is_refused(self):
        shop, now = self.shops["shopify"], fields.Datetime.now()
        problem = shop._adapter()._shop_problem
        for told, body, is_own in (
            (STORE, b"{}", True),
            (STORE.upper(), BODIES["shop/redact"], True),
            ("other.myshopify.com", b"{}", False),
            ("", b"{}", False),
            (STORE, b'{"myshopify_domain": "other.myshopify.com"}', False),
            (STORE, b'{"shop_domain": "other.myshopify.com"}', False),
            ("other.myshopify.com", BODIES["app/uninstalled"], False),
        ):
            self.assertEqual(not problem(shop, told, body), is_own, (told, body))
        self.assertIn(
            "is from store other.myshopify.com, but the channel is connected to",
            problem(shop, "other.myshopify.com", b"{}"),
        )
        self.assertTrue(shop._adapter()._verify(shop, {}, b"{}", now))

    def test_names_that_no_index_holds_are_kept_by_their_digest(self):
        shop = self.shops["woocommerce"]
        body = json.dumps({"id": "9" * 5000, "line_items": []}).encode()
        event = shop._adapter()._identify(shop, {"X-WC-Webhook-Topic": "order.updated"}, body)
        message = shop._receive_many([event, ("o\x00rder", "a\x00b", b"{}", "1\x002")])
        self.assertEqual([len(m.event_ref) for m in message], [64, 64])
        self.assertEqual(message.mapped("order_ref"), [False, False])
        again = shop._receive_many([event])
        self.assertEqual((again, again.deliveries), (message[0], 2))
