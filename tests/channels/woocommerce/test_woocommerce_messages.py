"""WooCommerce: what it sends by itself."""

import base64
import hashlib
import hmac
import json
from datetime import datetime
from decimal import Decimal

from freezegun import freeze_time

from odoo.addons.oms_addon.documents.channel import ListingDocument, OrderRequest
from odoo.addons.oms_addon.documents.order import DocumentError

from .common import FIXTURES, SHAPES, UTC, WoocommerceCommon, fixture, read


class TestWoocommerceMessages(WoocommerceCommon):
    def test_the_headers_of_a_real_delivery_are_understood(self):
        headers = {
            "X-WC-Webhook-Topic": "order.created",
            "X-WC-Webhook-Delivery-ID": "8a5473b0db6ffb8f5f9e06b2e8be13f7",
        }
        body = (FIXTURES / "webhook_with_refund.json").read_bytes()
        event = self.adapter._identify(self.woo, headers, body)
        self.assertEqual((event.topic, event.order_ref), ("order.created", "64"))
        digest = hashlib.sha256(body).hexdigest()[:24]
        self.assertEqual(event.ref, f"order.created:64:{digest}")
        # Of refunds it tells the sums alone: the order is asked for.
        self.assertEqual(self._parse(event), OrderRequest(order_ref="64"))

    def test_one_order_sends_created_and_updated_with_the_state_at_delivery(self):
        self.adapter._ensure_webhooks(self.woo)
        self.shop.pop_deliveries()
        ref = self.shop.place_order(paid=False)
        self.shop.pay(ref)
        deliveries = [d for d in self.shop.pop_deliveries() if d.order_ref]
        self.assertEqual(
            [d.topic for d in deliveries], ["order.created", "order.updated", "order.updated"]
        )
        documents = [self._parse(self._event(d)) for d in deliveries]
        self.assertEqual({d.status for d in documents}, {"open"})
        # The same told twice by one webhook within a second is told once.
        self.assertEqual(len({self._event(d).ref for d in deliveries}), 2)

    def test_fault_2_orders_that_one_webhook_tells_within_a_second_are_all_taken(self):
        self.adapter._ensure_webhooks(self.woo)
        refs = [self.shop.place_order() for _number in range(3)]
        deliveries = [d for d in self.shop.pop_deliveries() if d.topic == "order.created"]
        self.assertEqual(len({d.headers["X-WC-Webhook-Delivery-ID"] for d in deliveries}), 1)
        messages = self.woo._receive_many([self._event(d) for d in deliveries])
        self.assertEqual(messages.mapped("order_ref"), refs)
        self.assertFalse(messages.conflict_of_id)
        again = self.woo._receive_many([self._event(d) for d in deliveries])
        self.assertEqual((again, again.mapped("deliveries")), (messages, [2, 2, 2]))

    def test_fault_2_a_body_is_one_event_under_whatever_delivery_it_comes(self):
        self.adapter._ensure_webhooks(self.woo)
        self.shop.pop_deliveries()
        self.shop.place_order()
        [delivery] = [d for d in self.shop.pop_deliveries() if d.topic == "order.created"]
        messages = self.env["oms.channel.message"]
        for name in ("a", "b", "c"):
            delivery.headers["X-WC-Webhook-Delivery-ID"] = name
            messages |= self.woo._receive_many([self._event(delivery)])
        self.assertEqual((len(messages), messages[0].deliveries), (1, 3))
        self._run_lanes()
        self.assertEqual(
            len(self.env["sale.order"].search([("oms_channel_id", "=", self.woo.id)])), 1
        )

    def test_what_may_be_true_again_is_another_event_in_another_minute(self):
        for topic, count in (
            ("product.updated", 2),
            ("product.deleted", 2),
            ("order.deleted", 2),
            ("order.updated", 1),
        ):
            refs = set()
            for moment in ("2026-03-01 10:00:01", "2026-03-01 10:00:59", "2026-03-01 10:01:00"):
                with freeze_time(moment):
                    event = self.adapter._identify(
                        self.woo, {"X-WC-Webhook-Topic": topic}, b'{"id": 5}'
                    )
                refs.add(event.ref)
            self.assertEqual(len(refs), count, topic)

    def test_a_body_signed_for_one_topic_is_not_taken_for_another(self):
        order = (FIXTURES / "order.json").read_bytes()
        product = json.dumps({"id": 5, "name": "Mug", "type": "simple", "sku": "MUG"}).encode()
        coupon = b'{"id": 5, "code": "SALE", "discount_type": "percent", "amount": "90"}'
        gone, broken = b'{"id": 5}', b'{"code": "woocommerce_rest_shop_order_invalid_id"}'
        for body, topics in (
            (order, ("order.created", "order.updated", "order.restored")),
            (product, ("product.created", "product.updated", "product.restored")),
            (coupon, ()),
            (gone, ("order.deleted", "product.deleted", "order.updated")),
            (broken, ("order.updated", "product.updated", "order.deleted")),
        ):
            signature = base64.b64encode(
                hmac.new(self.woo.webhook_secret.encode(), body, hashlib.sha256).digest()
            ).decode()
            for topic in (
                *("order.created", "order.updated", "order.restored", "order.deleted"),
                *("product.created", "product.updated", "product.restored", "product.deleted"),
            ):
                headers = {"X-WC-Webhook-Topic": topic, "X-WC-Webhook-Signature": signature}
                problem = self.adapter._verify(self.woo, headers, body, datetime.now(UTC))
                if topic in topics:
                    self.assertEqual(problem, "", (body[:40], topic))
                elif body in (order, product, coupon):
                    self.assertIn("does not match the topic", problem, (body[:40], topic))

    def test_a_product_that_is_still_there_was_not_deleted(self):
        ref = self.shop.add_product("STAYS", "Stays")
        self.woo._fetch_all_listings(20)
        [listing] = self.woo.listing_ids.filtered(lambda l: l.external_ref == ref)
        for erase, status in ((False, "active"), (True, "deleted")):
            if erase:
                del self.shop.products[int(ref)]
            event = self.adapter._identify(
                self.woo, {"X-WC-Webhook-Topic": "product.deleted"}, f'{{"id": {ref}}}'.encode()
            )
            self.woo._receive_many([event._replace(ref=f"{event.ref}-{erase}")])
            self._run_lanes("inbox", "outbox")
            self.assertEqual(listing.status, status)

    def test_a_ping_is_answered_and_nothing_else_is_one(self):
        self.adapter._ensure_webhooks(self.woo)
        [ping, *_others] = self.shop.pop_deliveries()
        self.assertTrue(self.adapter._is_ping(self.woo, ping.headers, ping.body))
        headers = {"X-WC-Webhook-Topic": "order.created"}
        self.assertFalse(self.adapter._is_ping(self.woo, headers, b"webhook_id=4"))
        self.assertFalse(self.adapter._is_ping(self.woo, {}, b"{}"))

    def test_fault_8_only_what_the_shop_signed_is_believed(self):
        self.adapter._ensure_webhooks(self.woo)
        self.shop.pop_deliveries()
        self.shop.place_order()
        delivery = self.shop.pop_deliveries()[0]
        headers, name = delivery.headers, "X-WC-Webhook-Signature"

        def verify(headers, body):
            return self.adapter._verify(self.woo, headers, body, datetime.now(UTC))

        self.assertEqual(verify(headers, delivery.body), "")
        self.assertEqual(verify(headers, delivery.body + b" "), "the signature is wrong")
        self.assertEqual(verify({**headers, name: "AAAA"}, delivery.body), "the signature is wrong")
        self.assertEqual(verify({**headers, name: "é"}, delivery.body), "the signature is wrong")
        self.assertEqual(verify({}, delivery.body), "the signature is missing")
        self.woo.webhook_secret = False
        self.assertIn("no webhook secret", verify(headers, delivery.body))

    def test_a_body_that_is_none_is_kept_and_not_refused(self):
        event = self.adapter._identify(self.woo, {"X-WC-Webhook-Topic": "order.updated"}, b"{oops")
        self.assertIsNone(event.order_ref)
        with self.assertRaises(DocumentError):
            self._parse(event)

    def test_a_message_about_an_order_that_was_deleted_for_good_asks_for_nothing(self):
        self.shop.pop_deliveries()
        ref = self.shop.place_order()
        self.shop.erase_order(ref)
        deliveries = [d for d in self.shop.pop_deliveries() if d.topic.startswith("order")]
        self.assertEqual([d.topic for d in deliveries], ["order.created", "order.updated"])
        for delivery in deliveries:
            self.assertIn(b"Invalid ID.", delivery.body)
            self.assertIsNone(self._parse(self._event(delivery)))

    def test_a_webhook_whose_user_may_not_read_orders_says_so(self):
        body = b'{"code": "woocommerce_rest_cannot_view", "message": "Sorry, no.", "data": {}}'
        event = self.adapter._identify(self.woo, {"X-WC-Webhook-Topic": "order.created"}, body)
        with self.assertRaisesRegex(DocumentError, "Sorry, no.*administrator"):
            self._parse(event)

    def test_coupons_and_customers_ask_for_nothing(self):
        for topic in ("coupon.updated", "customer.created", "action.x"):
            self.assertIsNone(self.adapter._read(self.woo, topic, b'{"id": 1}'))

    def test_products_and_variations_are_listings(self):
        parent = self.shop.add_variable("Shirt")
        blue = self.shop.add_product("SHIRT-B", "Shirt - Blue", quantity=3, parent=parent)
        product = json.dumps(self.shop.variations[int(blue)]).encode()
        document = self.adapter._read(self.woo, "product.updated", product)
        self.assertIsInstance(document, ListingDocument)
        [listing] = document.listings
        self.assertEqual(
            (listing.ref, listing.parent_ref, listing.sku, listing.quantity, listing.price),
            (blue, parent, "SHIRT-B", 3, Decimal("10.00")),
        )
        variable = json.dumps(self.shop.products[int(parent)]).encode()
        self.assertIsNone(self.adapter._read(self.woo, "product.updated", variable))
        deleted = self.adapter._read(self.woo, "product.deleted", b'{"id": 5}')
        self.assertEqual([(x.ref, x.status) for x in deleted.listings], [("5", "deleted")])

    def test_a_deleted_order_is_asked_for_and_comes_as_cancelled(self):
        ref = self.shop.place_order()
        before = self._parse(self.adapter._fetch_orders(self.woo, [ref])[0])
        self.shop.trash_order(ref)
        body = json.dumps({"id": int(ref)}).encode()
        request = self.adapter._read(self.woo, "order.deleted", body)
        self.assertEqual(request, OrderRequest(order_ref=ref))
        document = self._parse(self.adapter._fetch_orders(self.woo, [ref])[0])
        self.assertEqual(document.status, "cancelled")
        self.assertTrue(document.is_newer_than(before.version, before.updated_at))

    def test_an_order_taken_out_of_the_trash_is_open_again_and_newer(self):
        ref = self.shop.place_order()
        self.shop.trash_order(ref)
        thrown = self._parse(self.adapter._fetch_orders(self.woo, [ref])[0])
        self.shop.restore_order(ref)
        document = self._parse(self.adapter._fetch_orders(self.woo, [ref])[0])
        self.assertEqual((thrown.status, document.status), ("cancelled", "open"))
        self.assertTrue(document.is_newer_than(thrown.version, thrown.updated_at))

    def _make_what_orders_name(self, documents):
        """Make the products, taxes and currencies that documents name."""
        known = {"MUG", "POT"}
        for document in documents:
            self.env["res.currency"].with_context(active_test=False).search(
                [("name", "=", document.currency)]
            ).active = True
            for line in document.lines:
                if line.sku and line.sku not in known:
                    known.add(line.sku)
                    product = self._make_product(line.sku, line.name, stock=100)
                    if line.parent_ref:
                        self.env["oms.channel.listing"].create(
                            {
                                "channel_id": self.woo.id,
                                "sku": line.sku,
                                "external_ref": line.listing_ref,
                                "parent_ref": line.parent_ref,
                                "product_id": product.id,
                            }
                        )
        rates = {
            (t.rate, d.prices_include_tax) for d in documents for x in d.lines for t in x.taxes
        }
        for rate, included in rates:
            self.env["account.tax"].create(
                {
                    "name": f"{rate} {included}",
                    "amount": float(rate),
                    "type_tax_use": "sale",
                    "price_include_override": "tax_included" if included else "tax_excluded",
                }
            )

    def test_every_shape_becomes_an_order_with_the_shops_total(self):
        # As shops do unless they are told otherwise; see docs/channels/woocommerce.md.
        self.company.tax_calculation_rounding_method = "round_per_line"
        documents = [read(fixture(name)) for name in SHAPES]
        self._make_what_orders_name(documents)
        for name, document in zip(SHAPES, documents, strict=True):
            with self.subTest(name):
                body = (FIXTURES / f"{name}.json").read_bytes()
                self.woo._receive("order.updated", name, body)
                self._run_lanes("inbox")
                order = self._order(document.ref, self.woo)
                self.assertAlmostEqual(order.amount_total, float(document.total), places=2)
                self.assertNotIn("TOTAL_MISMATCH", self._holds(order))
                self.assertEqual(len(order.order_line), len(document.lines))
