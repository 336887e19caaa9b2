"""Shopify, against a store that speaks its interface."""

import hashlib
import json
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from unittest.mock import patch

import graphql
from freezegun import freeze_time

from odoo import fields

from odoo.addons.oms_addon.channels.shopify import (
    connection,
    listings,
    mutations,
    orders,
    parse_topics,
    queries,
)
from odoo.addons.oms_addon.channels.shopify import parse_documents as documents
from odoo.addons.oms_addon.documents.channel import OrderRequest
from odoo.addons.oms_addon.exceptions import (
    CredentialsError,
    FinalError,
    RateLimited,
    RetryableError,
)

from simulators.shopify import ShopifySimulator
from simulators.shopify.server import SCHEMA, load_schema
from simulators.shopify.store import Part

from ...common import OmsCommon
from .test_shopify_documents import TOPICS

PUBLISHED = Path(__file__).parents[4] / "shared" / "specs" / "shopify" / "admin_2026-07.graphql.gz"
FIXTURES = Path(__file__).parents[2] / "fixtures" / "shopify"
START = datetime(2026, 3, 1, 0, 0, tzinfo=timezone.utc)
END = datetime(2026, 3, 2, 0, 0, tzinfo=timezone.utc)


class ShopifyCase(OmsCommon):
    def setUp(self):
        super().setUp()
        self.store = ShopifySimulator().start()
        self.addCleanup(self.store.stop)
        self.shop = self.env["oms.channel"].create(
            {
                "name": "Shopify",
                "adapter": "shopify",
                "start_policy": "process",
                **self.store.credentials(),
            }
        )
        self.adapter = self.env["oms.channel.adapter.shopify"]
        self.shop.cursor = "2026-03-01T00:00:00Z"
        for sku in ("MUG", "POT"):
            self.store.add_product(sku, sku.title(), quantity=50)
        self.store.take_deliveries()

    def _documents(self, events):
        return [documents.parse(event.topic, event.payload) for event in events]

    def _calls(self):
        return sum(self.store.calls.values())


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
        self.assertIn("no secret", self._verify(delivery))

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
            self.assertIn("no topic of Shopify", self._verify(self._delivery(topic)))

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
        delivery = next(d for d in self.store.take_deliveries() if d.topic == "app/uninstalled")
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


class TestShopifyAsking(ShopifyCase):
    def test_what_changed_is_asked_for_once_and_nothing_new_leaves_the_cursor(self):
        first, second = self.store.place_order(), self.store.place_order(paid=None)
        events, cursor = self.adapter._fetch(self.shop)
        self.assertEqual([event.order_ref for event in events], [first, second])
        self.shop.cursor = cursor
        calls = self._calls()
        self.assertEqual(self.adapter._fetch(self.shop), ([], cursor))
        self.assertEqual(self._calls(), calls + 1)

    def test_a_change_within_the_overlap_is_seen_and_named_otherwise(self):
        ref = self.store.place_order()
        [before], self.shop.cursor = self.adapter._fetch(self.shop)
        self.store.touch(ref)
        [after], self.shop.cursor = self.adapter._fetch(self.shop)
        self.assertNotEqual(before.ref, after.ref)
        self.assertEqual(after.order_ref, ref)

    def test_what_shows_up_late_within_the_overlap_is_found(self):
        self.store.place_order()
        _events, self.shop.cursor = self.adapter._fetch(self.shop)
        late = self.store.place_order()
        order = self.store.by_id[int(late)]
        order.updated = "2026-03-01T08:58:00Z"
        [event], self.shop.cursor = self.adapter._fetch(self.shop)
        self.assertEqual(event.order_ref, late)

    def test_each_call_is_a_page_and_all_pages_are_all_orders(self):
        refs = [self.store.place_order() for _n in range(7)]
        found = []
        for _page in range(3):
            events, self.shop.cursor = self.adapter._fetch(self.shop, limit=3)
            found.append([event.order_ref for event in events])
        self.assertEqual(found, [refs[:3], refs[3:6], refs[6:]])
        self.assertEqual(self.adapter._fetch(self.shop, limit=3)[0], [])

    def test_a_used_up_limit_keeps_what_was_told_and_goes_on_later(self):
        refs = [self.store.place_order() for _n in range(9)]
        self.store.points, self.store.restore_rate = 1000.0, 0.001
        events, self.shop.cursor = self.adapter._fetch(self.shop)
        self.assertEqual([event.order_ref for event in events], refs[:4])
        with self.assertRaises(RateLimited):
            self.adapter._fetch(self.shop)
        self.store.points = 2000.0
        self.env["oms.channel.meter"]._learn(self.shop, "default", tokens=2000.0, rate=100.0)
        events, self.shop.cursor = self.adapter._fetch(self.shop)
        self.assertEqual([event.order_ref for event in events], refs[4:])
        self.assertEqual(self.adapter._fetch(self.shop)[0], [])

    def test_a_channel_that_never_asked_takes_what_is_still_to_be_worked_on(self):
        self.shop.cursor = False
        self.assertEqual(self.adapter._fetch(self.shop), ([], False))
        refs = [self.store.place_order() for _n in range(5)]
        self.store.cancel_order(refs[1])
        self.store.send_all(refs[4])
        found = []
        for _page in range(2):
            events, self.shop.cursor = self.adapter._fetch(self.shop, limit=2)
            found += [event.order_ref for event in events]
        self.assertEqual(found, [refs[0], refs[2], refs[3]])
        later = self.store.place_order()
        self.store.touch(refs[1])
        events, self.shop.cursor = self.adapter._fetch(self.shop)
        self.assertEqual({event.order_ref for event in events}, {refs[1], refs[4], later})
        self.assertEqual(self.adapter._fetch(self.shop)[0], [])

    def test_orders_are_asked_for_by_their_id_or_that_of_a_part_of_their_fulfilment(self):
        first, second = self.store.place_order(), self.store.place_order(hold="Look")
        part = f"gid://shopify/FulfillmentOrder/{self.store.by_id[int(second)].parts[0].id}"
        events = self.adapter._fetch_orders(self.shop, [first, part, second, "999999"])
        self.assertEqual([event.order_ref for event in events], [first, second])
        self.assertEqual(self._documents(events)[1].holds[0].reason, "Look")

    def test_fault_63_a_huge_order_is_read_whole_page_by_page(self):
        ref = self.store.place_order([(f"P{n}", 1, "1.00") for n in range(230)])
        [order] = self._documents(self.adapter._fetch_orders(self.shop, [ref]))
        self.assertEqual(len(order.lines), 230)
        self.assertEqual(order.problems(), ())

    def test_many_refunds_are_read_with_their_lines(self):
        ref = self.store.place_order([(f"P{n}", 1, "1.00") for n in range(30)])
        self.store.refund_order(ref, [(f"P{n}", 1) for n in range(25)])
        for _n in range(5):
            self.store.refund_order(ref, amount="0.10")
        [order] = self._documents(self.adapter._fetch_orders(self.shop, [ref]))
        self.assertEqual([len(refund.lines) for refund in order.refunds], [25, 0, 0, 0, 0, 0])
        self.assertEqual(sum(refund.amount for refund in order.refunds), Decimal("25.50"))

    def test_the_lines_that_are_sent_later_are_told_by_their_part_of_the_fulfilment(self):
        ref = self.store.place_order((("MUG", 1, "1.00"), ("POT", 1, "1.00")))
        order = self.store.by_id[int(ref)]
        entry = order.parts[0].lines.pop()
        later = Part(self.store.new_id(), 71, [entry], order.updated, "scheduled")
        later.fulfill_at = "2026-05-01T00:00:00Z"
        order.parts.append(later)
        [document] = self._documents(self.adapter._fetch_orders(self.shop, [ref]))
        self.assertEqual(
            [(line.sku, bool(line.available_at)) for line in document.lines],
            [("MUG", False), ("POT", True)],
        )

    def test_a_window_is_listed_and_counted(self):
        refs = [self.store.place_order() for _n in range(3)]
        self.assertEqual(self.adapter._list_orders(self.shop, START, END), (refs, None))
        found, following = self.adapter._list_orders(self.shop, START, END, None, 2)
        self.assertEqual(found, refs[:2])
        self.assertEqual(
            self.adapter._list_orders(self.shop, START, END, following, 2), (refs[2:], None)
        )
        self.assertEqual(self.adapter._count_orders(self.shop, START, END), 3)
        later = END + timedelta(days=1)
        self.assertEqual(self.adapter._count_orders(self.shop, END, later), 0)
        self.assertEqual(self.adapter._list_orders(self.shop, END, later), ([], None))

    def test_a_window_is_exported_and_an_order_with_refunds_is_asked_for(self):
        refs = [
            self.store.place_order((("MUG", 2, "10.00"), ("POT", 1, "5.00")), shipping="4.95")
            for _n in range(5)
        ]
        self.store.refund_order(refs[4], amount="1.00")
        events, cursor = self.adapter._fetch_window(self.shop, START, END)
        self.assertEqual(events, [])
        self.assertEqual(self.adapter._fetch_window(self.shop, START, END, cursor), ([], cursor))
        events, following = self.adapter._fetch_window(self.shop, START, END, cursor)
        self.assertIsNone(following)
        by_ref = dict(zip([e.order_ref for e in events], self._documents(events), strict=True))
        self.assertEqual(sorted(by_ref), sorted(refs))
        self.assertEqual(by_ref[refs[4]], OrderRequest(order_ref=refs[4]))
        asked = self.adapter._fetch_orders(self.shop, refs[:4])
        for document in self._documents(asked):
            self.assertEqual(by_ref[document.ref], document)

    def test_an_export_that_is_lost_or_empty_ends_well(self):
        _events, cursor = self.adapter._fetch_window(self.shop, END, END + timedelta(days=1))
        self.adapter._fetch_window(self.shop, END, END, cursor)
        self.assertEqual(self.adapter._fetch_window(self.shop, END, END, cursor), ([], None))
        refs = [self.store.place_order() for _n in range(10)]
        events, cursor = self.adapter._fetch_window(
            self.shop, START, END, "export:gid://shopify/BulkOperation/1"
        )
        self.assertEqual((events, cursor), ([], "list:"))
        found = []
        while cursor:
            events, cursor = self.adapter._fetch_window(self.shop, START, END, cursor)
            found += [event.order_ref for event in events]
        self.assertEqual(found, refs)

    def test_too_many_exports_at_once_are_tried_again_later(self):
        for _n in range(5):
            self.adapter._fetch_window(self.shop, START, END)
        with self.assertRaises(RetryableError):
            self.adapter._fetch_window(self.shop, START, END)

    def test_listings_have_a_row_for_each_place_of_stock(self):
        rows, following = self.adapter._fetch_listings(self.shop)
        self.assertIsNone(following)
        self.assertEqual(
            [(row.sku, row.location_ref, row.quantity) for row in rows],
            [("MUG", "71", 50), ("MUG", "72", 0), ("POT", "71", 50), ("POT", "72", 0)],
        )
        mug = self.store.variants["MUG"]
        self.assertEqual(
            (rows[0].ref, rows[0].item_ref, rows[0].parent_ref, rows[0].currency),
            (str(mug.id), str(mug.item_id), str(mug.product_id), "EUR"),
        )
        for n in range(20):
            self.store.add_product(f"Q{n}", "Q")
        rows, following = self.adapter._fetch_listings(self.shop)
        more, end = self.adapter._fetch_listings(self.shop, following)
        self.assertEqual((len(rows + more), end), (44, None))

    def test_all_places_of_stock_are_read_however_many_there_are(self):
        self.store.variants["MUG"].levels = {place: place for place in range(71, 180)}
        for place in range(73, 180):
            self.store.locations[place] = {"name": f"Shop {place}"}
        rows, _following = self.adapter._fetch_listings(self.shop)
        told = [(row.location_ref, row.quantity) for row in rows if row.sku == "MUG"]
        self.assertEqual(told, [(str(place), Decimal(place)) for place in range(71, 180)])

    def test_fault_29_a_refund_of_many_tenders_is_read_whole(self):
        ref = self.store.place_order([("MUG", 1, "90.00")])
        self.store.refund_order(ref, amount="90.00")
        [made] = self.store.by_id[int(ref)].refunds
        [whole] = made.transactions
        made.transactions = [
            replace(whole, id=self.store.new_id(), amount=Decimal(10)) for _n in range(9)
        ]
        [event] = self.adapter._fetch_orders(self.shop, [ref])
        document = self.adapter._parse(self.shop, event.topic, event.payload)
        self.assertEqual(document.refunds[0].amount, Decimal("90.00"))

    def test_locations_tell_who_ships(self):
        self.store.locations[73] = {"name": "3PL", "service": True}
        self.assertEqual(
            [
                (place["ref"], place["fulfils"])
                for place in self.adapter._fetch_locations(self.shop)
            ],
            [("71", True), ("72", True), ("73", False)],
        )

    def test_taxes_are_those_of_the_last_orders(self):
        for rate in ("19", "7", "19"):
            self.store.place_order(tax_rate=rate)
        self.assertEqual(
            [(tax["rate"], tax["included"]) for tax in self.adapter._fetch_taxes(self.shop)],
            [(Decimal(7), True), (Decimal(19), True)],
        )


class TestShopifyLimits(ShopifyCase):
    def _bucket(self):
        with self.env.registry.cursor() as cr:
            cr.execute(
                "SELECT tokens, rate, burst FROM oms_channel_meter WHERE channel_ref = %s",
                [self.shop.id],
            )
            return cr.fetchone()

    def test_the_store_tells_its_limit_and_we_keep_to_it(self):
        self.store.restore_rate, self.store.max_points, self.store.points = 50.0, 900.0, 700.0
        self.adapter._count_orders(self.shop, START, END)
        tokens, rate, burst = self._bucket()
        self.assertEqual((rate, burst), (50.0, 900.0))
        self.assertLess(tokens, 800.0)

    def test_fault_59_a_throttled_answer_says_how_long_to_wait(self):
        self.store.points, self.store.restore_rate = 0.0, 10.0
        with self.assertRaises(RateLimited) as caught:
            self.adapter._fetch(self.shop)
        self.assertGreater(caught.exception.seconds, 2.5)
        self.assertLess(caught.exception.seconds, 3.5)

    def test_a_question_that_costs_too_much_is_asked_in_parts(self):
        refs = [self.store.place_order() for _n in range(4)]
        with patch("simulators.shopify.server.MAX_COST", 300):
            events = self.adapter._fetch_orders(self.shop, refs)
        self.assertEqual([event.order_ref for event in events], refs)

    def test_errors_in_an_answer_are_words_of_their_kind(self):
        for code, kind in (
            ("ACCESS_DENIED", FinalError),
            ("SHOP_INACTIVE", CredentialsError),
            ("INTERNAL_SERVER_ERROR", RetryableError),
            ("undefinedField", FinalError),
        ):
            answer = {"errors": [{"message": "Because.", "extensions": {"code": code}}]}
            self.store.fail(status=200, body=json.dumps(answer))
            with self.assertRaisesRegex(kind, "Because"):
                self.adapter._count_orders(self.shop, START, END)
        self.store.fail(status=200, body=b"<html>Maintenance</html>")
        with self.assertRaises(RetryableError):
            self.adapter._count_orders(self.shop, START, END)

    def test_the_token_is_in_no_error_and_no_address(self):
        self.store.token = "another"
        with self.assertRaises(CredentialsError) as caught:
            self.adapter._count_orders(self.shop, START, END)
        self.assertNotIn(self.shop.api_key, str(caught.exception))
        self.assertFalse([r for r in self.store.requests if self.shop.api_key in r.path])


class TestShopifyStock(ShopifyCase):
    def _item(self, sku, quantity, seen=None, location="71", **values):
        variant = self.store.variants[sku]
        return {
            "ref": str(variant.id),
            "item_ref": str(variant.item_id),
            "parent_ref": str(variant.product_id),
            "sku": sku,
            "location": location,
            "quantity": quantity,
            "seen": seen,
            **values,
        }

    def _push(self, *items, key="K1"):
        return self.adapter._send(self.shop, "stock", key, json.dumps(items).encode())

    def test_quantities_are_set_in_one_call(self):
        answer = self._push(self._item("MUG", 7, 50), self._item("POT", 0, 50))
        self.assertEqual(answer, {"failed": {}, "stale": {}})
        stock = self.store.stock()
        self.assertEqual((stock["MUG", "71"], stock["POT", "71"]), (7, 0))
        self.assertEqual(self._calls(), 1)

    def test_fault_60_a_stale_number_is_not_overwritten_and_the_others_are_set(self):
        self.store.sell_at_till("MUG", 3)
        answer = self._push(self._item("MUG", 40, 50), self._item("POT", 9, 50))
        self.assertEqual(answer, {"failed": {}, "stale": {"0": 47}})
        stock = self.store.stock()
        self.assertEqual((stock["MUG", "71"], stock["POT", "71"]), (47, 9))

    def test_what_shopify_has_before_us_unknown_is_set_all_the_same(self):
        self.store.sell_at_till("MUG", 3)
        self.assertEqual(self._push(self._item("MUG", 40)), {"failed": {}, "stale": {}})
        self.assertEqual(self.store.stock()["MUG", "71"], 40)

    def test_what_cannot_be_set_says_why_and_hinders_nothing(self):
        answer = self._push(
            self._item("MUG", 1, item_ref="999999"),
            self._item("POT", 2, location="99"),
            self._item("MUG", 3, location=""),
            self._item("MUG", 4, item_ref=""),
            self._item("POT", 5),
        )
        self.assertEqual(sorted(answer["failed"]), ["0", "1", "2", "3"])
        self.assertIn("could not be found", answer["failed"]["0"])
        self.assertIn("Map a Shopify location", answer["failed"]["2"])
        self.assertEqual(self.store.stock()["POT", "71"], 5)

    def test_a_store_with_one_place_needs_no_mapping(self):
        del self.store.locations[72]
        self.assertEqual(self._push(self._item("MUG", 3, location="")), {"failed": {}, "stale": {}})
        self.assertEqual(self.store.stock()["MUG", "71"], 3)

    def test_of_two_numbers_for_one_place_the_last_holds(self):
        self._push(self._item("MUG", 3), self._item("MUG", 4))
        self.assertEqual(self.store.stock()["MUG", "71"], 4)

    def test_a_lost_answer_changes_nothing_when_the_call_is_made_again(self):
        self.store.fail(after=True)
        with self.assertRaises(RetryableError):
            self._push(self._item("MUG", 7, 50))
        self.assertEqual(self._push(self._item("MUG", 7, 50)), {"failed": {}, "stale": {}})
        self.assertEqual(self.store.stock()["MUG", "71"], 7)

    def test_the_same_call_after_a_refusal_is_judged_anew(self):
        self.store.sell_at_till("MUG", 3)
        self.assertEqual(self._push(self._item("MUG", 7, 50))["stale"], {"0": 47})
        self.store.variants["MUG"].levels[71] = 50
        self.assertEqual(self._push(self._item("MUG", 7, 50)), {"failed": {}, "stale": {}})

    def test_prices_go_product_by_product_in_the_stores_currency(self):
        price = {"currency": "EUR", "price": "12.50"}
        items = [
            self._item("MUG", 0, **price),
            self._item("POT", 0, currency="USD", price="1.00"),
            self._item("POT", 0, **{**price, "ref": "999999"}),
            self._item("POT", 0, currency="EUR", price="-1.00"),
        ]
        answer = self.adapter._send(self.shop, "price", "K1", json.dumps(items).encode())
        self.assertEqual(sorted(answer["failed"]), ["1", "2", "3"])
        self.assertIn("EUR", answer["failed"]["1"])
        self.assertEqual(self.store.prices, {"MUG": "12.50"})


class TestShopifyShipments(ShopifyCase):
    def _shipment(self, ref, *lines, number="1Z1", **values):
        order = self.store.by_id[int(ref)]
        by_sku = {line.sku: str(line.id) for line in order.lines}
        parcel = {"carrier": "UPS", "carrier_code": "ups", "number": number, "url": ""}
        return {
            "order_ref": ref,
            "shipment_ref": "WH/OUT/1",
            "shipped_at": "2026-03-01T09:00:00Z",
            "location_ref": "",
            "parcels": [parcel] if number else [],
            "lines": [
                {"line_ref": by_sku[sku], "sku": sku, "quantity": str(q), "units": str(q)}
                for sku, q in lines
            ],
            **values,
        }

    def _push(self, shipment, key="K1"):
        return self.adapter._send(self.shop, "shipment", key, json.dumps(shipment).encode())

    def _sent(self):
        return [(s["numbers"], s["quantities"]) for s in self.store.shipments]

    def test_a_shipment_fulfils_its_lines_with_the_parcels_number(self):
        ref = self.store.place_order((("MUG", 3, "10.00"), ("POT", 1, "5.00")))
        answer = self._push(self._shipment(ref, ("MUG", 2), ("POT", 1)))
        self.assertEqual(self._sent(), [(["1Z1"], {"MUG": 2, "POT": 1})])
        self.assertEqual((len(answer["fulfillment_refs"]), answer["already"]), (1, False))
        self.assertTrue(self.store.shipments[0]["notify"])
        self.assertEqual(self.store.by_id[int(ref)].fulfillment_status, "partial")
        self._push(self._shipment(ref, ("MUG", 1), number="1Z2"), "K2")
        self.assertEqual(self.store.by_id[int(ref)].fulfillment_status, "fulfilled")

    def test_fault_39_a_lost_answer_ships_nothing_twice(self):
        for number in ("1Z1", ""):
            ref = self.store.place_order((("MUG", 4, "10.00"),))
            shipment = self._shipment(ref, ("MUG", 2), number=number)
            before = len(self.store.shipments)
            with patch.object(type(self.adapter), "_refuse", side_effect=RetryableError("Lost.")):
                with self.assertRaises(RetryableError):
                    self._push(shipment)
            answer = self._push(shipment)
            self.assertTrue(answer["already"])
            self.assertEqual(len(self.store.shipments), before + 1)

    def test_lines_without_an_id_are_found_by_sku(self):
        ref = self.store.place_order()
        shipment = self._shipment(ref, ("MUG", 2))
        shipment["lines"][0]["line_ref"] = ""
        self._push(shipment)
        self.assertEqual(self._sent(), [(["1Z1"], {"MUG": 2})])

    def test_each_place_is_a_fulfilment_of_its_own_the_shipments_first(self):
        ref = self.store.place_order((("MUG", 2, "10.00"), ("POT", 1, "5.00")))
        order = self.store.by_id[int(ref)]
        entry = order.parts[0].lines.pop()
        order.parts.append(Part(self.store.new_id(), 72, [entry], order.updated))
        self._push(self._shipment(ref, ("MUG", 2), ("POT", 1), location_ref="72"))
        self.assertEqual(self._sent(), [(["1Z1"], {"POT": 1}), (["1Z1"], {"MUG": 2})])

    def test_a_preorder_that_left_early_is_opened_first(self):
        ref = self.store.place_order(fulfill_at="2026-05-01T00:00:00Z")
        self._push(self._shipment(ref, ("MUG", 2)))
        self.assertEqual(self._sent(), [(["1Z1"], {"MUG": 2})])

    def test_what_the_store_holds_is_not_fulfilled_and_says_why(self):
        ref = self.store.place_order(hold="Look at the address")
        with self.assertRaisesRegex(FinalError, "Look at the address"):
            self._push(self._shipment(ref, ("MUG", 2)))
        self.assertEqual(self._sent(), [])

    def test_what_is_fulfilled_or_gone_already_says_so(self):
        ref = self.store.place_order()
        self._push(self._shipment(ref, ("MUG", 2)))
        with self.assertRaisesRegex(FinalError, "nothing left to fulfill"):
            self._push(self._shipment(ref, ("MUG", 2), number="OTHER"))
        shipment = self._shipment(ref, ("MUG", 2))
        with self.assertRaisesRegex(FinalError, "no longer exists"):
            self._push({**shipment, "order_ref": "999999"})
        self.assertEqual(len(self.store.shipments), 1)


class TestShopifyMoney(ShopifyCase):
    def _cancel(self, ref, *lines, key="K1", **values):
        cancellation = {
            "order_ref": ref,
            "reason": "inventory",
            "text": "Sold out",
            "restock": True,
            "refund": True,
            "lines": [
                {"line_ref": "", "sku": sku, "quantity": str(q), "units": str(q)}
                for sku, q in lines
            ],
            **values,
        }
        return self.adapter._send(self.shop, "cancellation", key, json.dumps(cancellation).encode())

    def _refund(self, ref, amount, *lines, key="K1", charge_ref="", **values):
        refund = {
            "order_ref": ref,
            "amount": amount,
            "currency": "EUR",
            "text": "Sorry",
            "charge_ref": charge_ref,
            "shipping": "0",
            "lines": [
                {"line_ref": "", "sku": sku, "quantity": q, "amount": amount, "restock": True}
                for sku, q in lines
            ],
            **values,
        }
        return self.adapter._send(self.shop, "refund", key, json.dumps(refund).encode())

    def _order_at_store(self, ref):
        return self.store.orders()[ref]

    def test_a_whole_order_is_cancelled_once_with_its_money(self):
        ref = self.store.place_order()
        self.assertIn("job", self._cancel(ref))
        self.assertEqual(self._cancel(ref), {"already": True})
        order = self._order_at_store(ref)
        self.assertTrue(order["cancelled"])
        self.assertEqual(order["refunded"], Decimal("20.00"))
        self.assertEqual(len(self.store.cancellations), 1)

    def test_without_refund_the_money_stays(self):
        ref = self.store.place_order()
        self._cancel(ref, refund=False)
        self.assertEqual(self._order_at_store(ref)["refunded"], 0)

    def test_fault_36_what_was_shipped_is_not_cancelled(self):
        ref = self.store.place_order()
        self.store.send_all(ref)
        with self.assertRaisesRegex(FinalError, "fulfillments"):
            self._cancel(ref)
        self.assertFalse(self._order_at_store(ref)["cancelled"])

    def test_pieces_are_cancelled_once_whatever_becomes_of_the_answer(self):
        ref = self.store.place_order((("MUG", 3, "10.00"), ("POT", 1, "5.00")))
        with patch.object(type(self.adapter), "_refuse", side_effect=RetryableError("Lost.")):
            with self.assertRaises(RetryableError):
                self._cancel(ref, ("MUG", 1))
        self._cancel(ref, ("MUG", 1))
        answer = self._cancel(ref, ("MUG", 1))
        self.assertTrue(answer["already"])
        order = self._order_at_store(ref)
        self.assertEqual(order["quantities"], {"MUG": 2, "POT": 1})
        self.assertEqual(order["refunded"], Decimal("10.00"))

    def test_pieces_without_money_come_back_as_a_smaller_order(self):
        ref = self.store.place_order((("MUG", 3, "10.00"), ("POT", 1, "5.00")), paid=None)
        self._cancel(ref, ("MUG", 1), refund=False)
        [order] = self._documents(self.adapter._fetch_orders(self.shop, [ref]))
        self.assertEqual(order.total, Decimal("25.00"))
        self.assertEqual(order.refunds, ())

    def test_a_refund_is_made_once_and_its_echo_is_known(self):
        ref = self.store.place_order()
        answer = self._refund(ref, "10.00", ("MUG", 1))
        again = self._refund(ref, "10.00", ("MUG", 1))
        self.assertEqual(again, {"refund_ref": answer["refund_ref"], "already": True})
        self.assertEqual(self._order_at_store(ref)["refunded"], Decimal("10.00"))
        [order] = self._documents(self.adapter._fetch_orders(self.shop, [ref]))
        self.assertEqual([refund.ref for refund in order.refunds], [answer["refund_ref"]])
        self.assertTrue(order.refunds[0].lines[0].returned)

    def test_a_tip_and_duties_are_given_back_as_money_and_not_as_pieces(self):
        ref = self.store.place_order(tip="3.00", duty="2.00")
        lines = [("MUG", 2), *((ref, 1) for ref in ("tip", "duty:7"))]
        content = {"order_ref": ref, "amount": "25.00", "currency": "EUR", "text": ""}
        content |= {"charge_ref": "", "shipping": "0", "lines": []}
        for name, quantity in lines:
            known = (
                {"line_ref": "", "sku": name} if name == "MUG" else {"line_ref": name, "sku": ""}
            )
            content["lines"].append(
                {**known, "quantity": quantity, "amount": "1", "restock": False}
            )
        self.adapter._send(self.shop, "refund", "k9", json.dumps(content).encode())
        [made] = self.store.by_id[int(ref)].refunds
        self.assertEqual([(line.sku, quantity) for line, quantity, _k in made.lines], [("MUG", 2)])
        self.assertEqual(self._order_at_store(ref)["refunded"], Decimal("25.00"))

    def test_fault_29_split_tenders_are_given_back_each_no_more_than_its_part(self):
        ref = self.store.place_order(gift_card="5.00")
        self._refund(ref, "12.00")
        order = self.store.by_id[int(ref)]
        self.assertEqual(
            [(t.gateway, t.amount) for t in order.transactions if t.kind == "refund"],
            [("gift_card", Decimal("5.00")), ("shopify_payments", Decimal("7.00"))],
        )

    def test_the_charge_that_is_named_is_given_back(self):
        ref = self.store.place_order(gift_card="5.00")
        card = self.store.by_id[int(ref)].transactions[1]
        self._refund(ref, "12.00", charge_ref=str(card.id))
        made = [t for t in self.store.by_id[int(ref)].transactions if t.kind == "refund"]
        self.assertEqual([(t.parent, t.amount) for t in made], [(card.id, Decimal("12.00"))])

    def test_fault_29_what_is_more_than_the_named_charge_is_given_back_on_the_others(self):
        ref = self.store.place_order(gift_card="5.00")
        card = self.store.by_id[int(ref)].transactions[1]
        self._refund(ref, "20.00", charge_ref=str(card.id))
        made = [t for t in self.store.by_id[int(ref)].transactions if t.kind == "refund"]
        self.assertEqual(
            [(t.gateway, t.amount) for t in made],
            [("shopify_payments", Decimal("15.00")), ("gift_card", Decimal("5.00"))],
        )

    def test_fault_26_more_than_was_paid_is_refused_before_it_is_asked_for(self):
        ref = self.store.place_order()
        self._refund(ref, "15.00", key="K1")
        with self.assertRaisesRegex(FinalError, "Only 5.00 of 10.00"):
            self._refund(ref, "10.00", key="K2")
        self.assertEqual(self._order_at_store(ref)["refunded"], Decimal("15.00"))

    def test_shipping_is_given_back_as_such(self):
        ref = self.store.place_order(shipping="4.95")
        self._refund(ref, "4.95", shipping="4.95")
        [order] = self._documents(self.adapter._fetch_orders(self.shop, [ref]))
        [line] = order.refunds[0].lines
        self.assertEqual((line.quantity, line.amount), (0, Decimal("4.95")))


class TestShopifyConnection(ShopifyCase):
    def setUp(self):
        super().setUp()
        self.env["ir.config_parameter"].set_param("web.base.url", "https://erp.example.com")
        self.shop.invalidate_recordset(["webhook_url"])

    def test_a_good_connection_has_nothing_to_say(self):
        self.assertEqual(self.adapter._test_connection(self.shop), "")

    def test_missing_scopes_are_named(self):
        self.store.scopes.remove("write_inventory")
        problem = self.adapter._test_connection(self.shop)
        self.assertIn("read_inventory, write_inventory", problem)
        self.assertNotIn("read_orders", problem)

    def test_what_is_wrong_with_a_connection_is_said_in_words(self):
        self.store.token = "another"
        self.assertIn("cannot be reached", self.adapter._test_connection(self.shop))
        self.shop.write({**self.store.credentials(), "base_url": "http://127.0.0.1:9"})
        self.assertIn("refused the connection", self.adapter._test_connection(self.shop))
        self.shop.api_key = False
        self.assertIn("Fill in", self.adapter._test_connection(self.shop))

    def test_fault_7_subscriptions_that_are_missing_or_point_elsewhere_are_made_again(self):
        made = self.adapter._ensure_webhooks(self.shop)
        self.assertEqual(len(made), len(connection.TOPICS))
        self.assertEqual(self.adapter._ensure_webhooks(self.shop), [])
        known = list(self.store.subscriptions)
        del self.store.subscriptions[known[0]]
        self.store.subscriptions[known[1]]["uri"] = (
            f"https://old.example.com/oms/webhook/{self.shop.token}"
        )
        self.assertEqual(len(self.adapter._ensure_webhooks(self.shop)), 2)
        uris = {subscription["uri"] for subscription in self.store.subscriptions.values()}
        self.assertEqual(uris, {self.shop.webhook_url})
        self.assertEqual(len(self.store.subscriptions), len(connection.TOPICS))

    def test_subscriptions_of_another_system_are_left_alone(self):
        foreign = {"topic": "ORDERS_CREATE", "uri": "https://other.example.com/hook"}
        self.store.subscriptions[1] = foreign
        self.adapter._ensure_webhooks(self.shop)
        self.adapter._remove_webhooks(self.shop)
        self.assertEqual(self.store.subscriptions, {1: foreign})

    def test_an_address_without_encryption_is_refused_in_words(self):
        self.env["ir.config_parameter"].set_param("web.base.url", "http://erp.example.com")
        self.shop.invalidate_recordset(["webhook_url"])
        with self.assertRaisesRegex(FinalError, "not supported"):
            self.adapter._ensure_webhooks(self.shop)


class TestShopifyFlow(ShopifyCase):
    def setUp(self):
        super().setUp()
        self.shop.write(
            {
                "auto_ship": True,
                "send_receipt": False,
                "warehouse_ids": [fields.Command.set(self.warehouse.ids)],
            }
        )
        self.env["res.currency"].with_context(active_test=False).search(
            [("name", "=", "EUR")]
        ).active = True
        self.shop.action_go_live()
        # Messages come and go in these tests: nobody asks for orders by itself.
        self.store.subscriptions = {
            n: {"topic": topic.upper().replace("/", "_"), "uri": "http://127.0.0.1"}
            for n, topic in enumerate(self.store.topics)
        }

    def _deliver(self):
        for delivery in self.store.take_deliveries():
            self.assertEqual(
                self.adapter._verify(
                    self.shop, delivery.headers, delivery.body, fields.Datetime.now()
                ),
                "",
            )
            event = self.adapter._identify(self.shop, delivery.headers, delivery.body)
            if event.topic.startswith(("orders/c", "orders/p", "order_transactions")):
                self.shop._receive_many([event])
        self._run_lanes()

    def test_an_order_comes_by_webhook_is_paid_shipped_and_told(self):
        ref = self.store.place_order((("MUG", 2, "10.00"),), shipping="4.95")
        self._deliver()
        order = self._order(ref, self.shop)
        self.assertEqual(order.amount_total, 24.95)
        self.assertEqual(order.oms_amount_paid, 24.95)
        self.assertEqual([s["quantities"] for s in self.store.shipments], [{"MUG": 2}])
        self.assertEqual(self.store.by_id[int(ref)].fulfillment_status, "fulfilled")

    def test_a_hold_of_the_store_stays_while_webhooks_do_not_tell_of_it(self):
        ref = self.store.place_order(hold="Check the address")
        self.shop._fetch()
        self._run_lanes()
        order = self._order(ref, self.shop)
        self.assertEqual(self._holds(order), ["CHANNEL_HOLD"])
        self.store.take_deliveries()
        self.store.touch(ref)
        [told] = self.store.take_deliveries()
        event = self.adapter._identify(self.shop, told.headers, told.body)
        self.shop._receive_many([event])
        self._run_lanes()
        self.assertEqual(self._holds(order), ["CHANNEL_HOLD"])
        self.store.release(ref)
        [told] = self.store.take_deliveries()
        event = self.adapter._identify(self.shop, told.headers, told.body)
        self.shop._receive_many([event])
        self._run_lanes()
        self.assertFalse(self._holds(order))
        self.assertEqual([s["quantities"] for s in self.store.shipments], [{"MUG": 2}])

    def test_a_webhook_and_the_poll_make_one_order(self):
        ref = self.store.place_order((("MUG", 1, "10.00"),))
        self._deliver()
        self.shop._fetch()
        self._run_lanes()
        order = self._order(ref, self.shop)
        self.assertEqual(len(order), 1)
        self.assertEqual(order.oms_amount_paid, 10.0)
        self.assertEqual(len(order.transaction_ids), 1)

    def test_what_staff_fulfil_leaves_the_stock_of_the_location_they_chose(self):
        self.shop.auto_ship = False
        first, other = self.shop._sync_locations().sorted("ref")
        first.warehouse_ids, other.warehouse_ids = self.warehouse, self.north
        self._put_stock(self.pot, self.north, 10)
        ref = self.store.place_order((("POT", 5, "5.00"),))
        self._deliver()
        order = self._order(ref, self.shop)
        self.assertEqual(order.picking_ids.picking_type_id.warehouse_id, self.warehouse)
        self.store.change_location(ref, int(other.ref))
        self.store.ship_there(ref, "POT", 2)
        self._deliver()
        self.assertEqual(self._counts(self.pot), [100.0, 8.0])
        self.store.ship_there(ref, "POT", 1)
        self.store.take_deliveries()
        self.shop._fetch()
        self._run_lanes()
        self.assertEqual(self._counts(self.pot), [100.0, 7.0])
        self.assertEqual(order.order_line.qty_delivered, 3.0)
        self.assertEqual(self._holds(order), [])

    def _counts(self, product):
        return [
            product.with_context(warehouse_id=warehouse.id).qty_available
            for warehouse in (self.warehouse, self.north)
        ]


class TestShopifyQueries(OmsCommon):
    def _documents(self):
        found = {
            name: value
            for name, value in (vars(queries) | vars(mutations)).items()
            if isinstance(value, str) and value.strip().startswith(("query", "mutation", "{"))
        }
        found |= {f"MORE {name}": value for name, value in queries.MORE.items()}
        found |= {f"MORE of refund {n}": value for n, value in queries.MORE_OF_REFUND.items()}
        found["EXPORT"] = queries.EXPORT % '"x"'
        return {name: graphql.parse(text) for name, text in found.items()}

    def _assert_valid(self, schema):
        documents = self._documents()
        self.assertGreater(len(documents), 30)
        rules = [*graphql.specified_rules, graphql.NoDeprecatedCustomRule]
        for name, document in documents.items():
            with self.subTest(query=name):
                self.assertEqual(graphql.validate(schema, document, rules), [])

    def test_every_query_is_valid_for_the_simulated_store(self):
        self._assert_valid(load_schema(str(SCHEMA)))

    def test_every_query_is_valid_by_the_published_interface(self):
        self._assert_valid(self._published())

    def test_the_simulated_store_speaks_a_part_of_the_published_interface(self):
        published = self._published()
        for name, kind in load_schema(str(SCHEMA)).type_map.items():
            theirs = published.type_map[name]
            if isinstance(kind, graphql.GraphQLEnumType):
                self.assertLessEqual(kind.values.keys(), theirs.values.keys(), name)
            for field, ours in getattr(kind, "fields", {}).items():
                self.assertEqual(str(ours.type), str(theirs.fields[field].type), (name, field))
                for argument, value in getattr(ours, "args", {}).items():
                    of = theirs.fields[field].args[argument]
                    self.assertEqual(str(value.type), str(of.type), (name, field, argument))

    def _published(self):
        if not PUBLISHED.exists():
            self.skipTest(f"{PUBLISHED} is not at hand.")
        return load_schema(str(PUBLISHED))

    def test_no_question_costs_more_than_any_may(self):
        store = ShopifySimulator()
        self.addCleanup(store.server.server_close)
        sizes = {
            "ORDERS": {"ids": ["1"] * orders.ORDERS},
            "REFUNDS": {"ids": ["1"] * orders.REFUNDS},
            "LISTINGS": {"first": listings.LISTINGS},
            "CHANGED_ORDERS": {"first": 250, "filter": "", "key": "ID"},
        }
        some = {"ids": ["1"] * 100, "id": "1", "topic": "ORDERS_CREATE"}
        for name, document in self._documents().items():
            if name != "EXPORT":
                with self.subTest(query=name):
                    cost = store.cost_of(document, sizes.get(name, some))
                    self.assertLessEqual(cost, 1000)


class TestShopifyStore(ShopifyCase):
    def test_eight_callers_at_once_set_each_number_once(self):
        for n in range(8):
            self.store.add_product(f"S{n}", "S", quantity=10)
        items = [self.store.variants[f"S{n}"].item_id for n in range(8)]

        def call(item):
            quantity = {
                "inventoryItemId": f"gid://shopify/InventoryItem/{item}",
                "locationId": "gid://shopify/Location/71",
                "quantity": 3,
                "changeFromQuantity": 10,
            }
            values = {"name": "available", "reason": "correction", "quantities": [quantity]}
            body = {
                "query": mutations.SET_STOCK,
                "variables": {"input": values, "key": f"K{item}"},
            }
            request = urllib.request.Request(
                f"{self.store.url}/admin/api/2026-07/graphql.json",
                data=json.dumps(body).encode(),
                headers={"X-Shopify-Access-Token": self.store.token},
            )
            with urllib.request.urlopen(request, timeout=20) as answer:
                return json.load(answer)["data"]["inventorySetQuantities"]["userErrors"]

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(call, items * 2))
        self.assertEqual(answers, [[]] * 16)
        stock = self.store.stock()
        self.assertEqual({stock[f"S{n}", "71"] for n in range(8)}, {3})
        self.assertEqual(len(self.store.idempotency), 8)

    def test_the_store_refuses_what_shopify_refuses(self):
        values = {"name": "available", "reason": "correction", "quantities": []}
        without_key = (
            "mutation($i: InventorySetQuantitiesInput!) {inventorySetQuantities(input: $i)"
        )
        answer = self.store.answer(without_key + " { userErrors { message } } }", {"i": values})
        self.assertIn("@idempotent directive is required", answer["errors"][0]["message"])
        answer = self.store.answer("{ shop { nonsense } }", {})
        self.assertIn("Cannot query field", answer["errors"][0]["message"])
        ask = {"input": values, "key": "K"}
        self.store.answer(mutations.SET_STOCK, ask)
        other = {**ask, "input": {**values, "reason": "other"}}
        answer = self.store.answer(mutations.SET_STOCK, other)["data"]["inventorySetQuantities"]
        self.assertEqual(
            [error["code"] for error in answer["userErrors"]],
            ["IDEMPOTENCY_KEY_PARAMETER_MISMATCH"],
        )
