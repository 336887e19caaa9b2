"""WooCommerce: what is read of it, what it is asked and told, against a shop that checks."""

import base64
import hashlib
import hmac
import json
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from unittest.mock import patch

from freezegun import freeze_time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.oms_addon.channels.woocommerce import oauth1
from odoo.addons.oms_addon.channels.woocommerce.parse_orders import read_order
from odoo.addons.oms_addon.channels.woocommerce.parse_refunds import (
    quantities,
    refund_line,
    share_of,
    within_total,
)
from odoo.addons.oms_addon.documents.channel import ListingDocument, OrderRequest
from odoo.addons.oms_addon.documents.codec import loads
from odoo.addons.oms_addon.documents.order import DocumentError, OrderDocument
from odoo.addons.oms_addon.exceptions import FinalError, RetryableError
from odoo.addons.oms_addon.tools import http

from simulators.base import Response
from simulators.woocommerce import WoocommerceSimulator
from simulators.woocommerce.shop import line_item

from ...common import OmsCommon

ROOT = Path(__file__).parents[3]
FIXTURES = ROOT / "tests/fixtures/woocommerce"
SHAPES = sorted(
    path.name.removesuffix(".expected.json") for path in FIXTURES.glob("*.expected.json")
)
#: the route index of a real shop; the simulator checks by its own table where it is not there
INDEX = ROOT.parent / "shared/specs/woocommerce/wc-v3-index-11.0.1.json"
UTC = timezone.utc


def fixture(name):
    return json.loads((FIXTURES / f"{name}.json").read_bytes())


def read(data):
    return read_order(loads(json.dumps(data)), str(data["id"]))


@tagged("standard", "post_install", "-at_install")
class TestWoocommerceOrders(BaseCase):
    """Reading, without a database."""

    def test_every_shape_reads_as_expected_and_adds_up_to_the_cent(self):
        self.assertEqual(len(SHAPES), 9)
        for name in SHAPES:
            with self.subTest(name):
                document = read(fixture(name))
                expected = json.loads((FIXTURES / f"{name}.expected.json").read_bytes())
                self.assertEqual(document.to_dict(), expected)
                self.assertEqual(document.expected_total(), document.total)
                self.assertEqual(document.problems(), ())

    def _taxed(self, currency, total, rows, rates):
        """:return: the document of an order of lines (net, tax, (tax of each rate, …))"""
        base = fixture("order")

        def line(number, net, tax, amounts):
            taxes = [
                {"id": rate_id, "total": amount, "subtotal": amount}
                for (rate_id, _rate), amount in zip(rates, amounts, strict=True)
            ]
            values = {"id": number, "total": net, "subtotal": net, "total_tax": tax}
            return {**base["line_items"][0], **values, "subtotal_tax": tax, "taxes": taxes}

        return read(
            {
                **base,
                "currency": currency,
                "prices_include_tax": False,
                "total": total,
                "total_tax": None,
                "line_items": [line(number, *row) for number, row in enumerate(rows, 1)],
                "shipping_lines": [],
                "fee_lines": [],
                "coupon_lines": [],
                "tax_lines": [
                    {"rate_id": rate_id, "label": "T", "rate_percent": rate, "compound": False}
                    for rate_id, rate in rates
                ],
            }
        )

    def test_two_taxes_that_are_rounded_make_another_sum_than_the_shop_tells(self):
        # As WooCommerce writes an order of three decimals: 4.045 + 1.335 beside 5.379.
        document = self._taxed(
            "KWD",
            "33.498",
            [
                ("6.237", "1.659", ("1.247", "0.412")),
                ("20.223", "5.379", ("4.045", "1.335")),
            ],
            [(9, 20), (10, 5.5)],
        )
        self.assertEqual(document.expected_total(), document.total)
        self.assertEqual(document.total, Decimal("33.498"))

    def test_taxes_below_the_smallest_coin_are_taxes_all_the_same(self):
        # Two of 0.45 yen are told as 0 each, and as 1 together.
        document = self._taxed(
            "JPY",
            "53",
            [("7", "1", ("1", "1")), ("32", "6", ("3", "3")), ("5", "1", ("0", "0"))],
            [(5, 9), (6, 9)],
        )
        self.assertEqual(document.expected_total(), Decimal(53))
        self.assertEqual([len(line.taxes) for line in document.lines], [2, 2, 2])

    def test_yen_that_are_told_with_decimals_add_up_to_the_yen(self):
        # The shop rounds the sum to the yen, its lines to what its prices have.
        document = self._taxed(
            "JPY",
            "60.00",
            [
                ("6.93", "1.04", ("0.35", "0.69")),
                ("20.47", "3.06", ("1.02", "2.04")),
                ("27.93", "0.74", ("0.25", "0.49")),
            ],
            [(7, 5), (8, 9.975)],
        )
        self.assertEqual(document.expected_total(), Decimal("60.00"))
        self.assertEqual(len(document.lines), 3)

    def test_every_status_of_the_shop_means_one_of_ours(self):
        paid = fixture("order")
        found = {}
        for status in ("pending", "failed", "on-hold", "processing", "completed", "refunded"):
            found[status] = read({**paid, "status": status}).status
        for status in ("cancelled", "trash", "packing"):
            found[status] = read({**paid, "status": status}).status
        self.assertEqual(
            found,
            {
                "pending": "pending",
                "failed": "pending",
                "on-hold": "open",
                "processing": "open",
                "completed": "shipped",
                "refunded": "cancelled",
                "cancelled": "cancelled",
                "trash": "cancelled",
                "packing": "open",
            },
        )
        self.assertEqual(read({**paid, "status": "packing"}).tags, ("status:packing",))
        self.assertEqual(read({**paid, "status": "on-hold"}).holds[0].code, "on-hold")

    def test_a_refunded_order_that_was_completed_had_left(self):
        data = {**fixture("refunded_in_part"), "status": "refunded"}
        self.assertEqual(read(data).status, "shipped")

    def test_names_are_read_as_they_look_in_a_page(self):
        data = fixture("order")
        data["line_items"][0]["name"] = "Salt &amp; Pepper &#8211; 2 &quot;Mills&quot;"
        data["shipping_lines"][0]["method_title"] = "Pick &amp; Pack"
        document = read(data)
        names = [line.name for line in document.lines]
        self.assertIn('Salt & Pepper – 2 "Mills"', names)
        self.assertIn("Pick & Pack", names)
        self.assertEqual(document.shipping_method, "Pick & Pack")

    def test_drafts_are_no_orders(self):
        for status in ("auto-draft", "checkout-draft"):
            self.assertIsNone(read({**fixture("order"), "status": status}))

    def test_an_unpaid_bank_transfer_waits_and_has_no_charge(self):
        data = {**fixture("order"), "status": "on-hold", "date_paid_gmt": None}
        document = read(data)
        self.assertEqual((document.status, document.charges, document.holds), ("pending", (), ()))

    def test_cash_on_delivery_is_no_money_here_even_when_the_shop_says_paid(self):
        data = {**fixture("company_pickup_cod"), "date_paid_gmt": "2026-11-23T10:00:00"}
        self.assertEqual(read(data).charges, ())

    def test_an_order_our_shipment_completed_is_not_paid_by_that(self):
        meta = [{"id": 1, "key": "_oms_unpaid", "value": "yes"}]
        self.assertEqual(read({**fixture("order"), "meta_data": meta}).charges, ())

    def test_within_a_second_what_comes_later_on_its_path_is_newer(self):
        data = fixture("order")
        first = read({**data, "status": "pending"})
        for status in ("processing", "completed", "cancelled", "trash"):
            later = read({**data, "status": status})
            self.assertTrue(later.is_newer_than(first.version, first.updated_at), status)
            self.assertFalse(first.is_newer_than(later.version, later.updated_at), status)
            first = later
        refunded = read({**data, "status": "trash", "refunds": [{"id": 1}]})
        self.assertTrue(refunded.is_newer_than(first.version, first.updated_at))

    def test_what_rounding_leaves_is_told_and_what_is_more_than_that_is_not_hidden(self):
        data = fixture("authorized")
        [_line, rounding] = read({**data, "total": "10.01"}).lines
        self.assertEqual(
            (rounding.kind, rounding.name, rounding.unit_price),
            ("fee", "Rounding", Decimal("0.01")),
        )
        [_line, rounding] = read({**data, "total": "9.99"}).lines
        self.assertEqual((rounding.kind, rounding.unit_price), ("discount", Decimal("-0.01")))
        document = read({**data, "total": "10.05"})
        self.assertEqual(len(document.lines), 1)
        self.assertEqual([p.code for p in document.problems()], ["TOTAL_MISMATCH"])

    def test_taxes_rounded_once_for_the_order_end_in_the_largest_tax(self):
        data = fixture("order")
        document = read({**data, "total": "158.54"})
        self.assertEqual(document.expected_total(), Decimal("158.54"))
        self.assertEqual(document.lines[1].taxes[0].amount, Decimal("10.40"))

    def _by_taxes(self, document, kind):
        """:return: what lines of a kind cost, with the rate and amount of each tax"""
        return [
            (line.ref, line.unit_price, [(tax.rate, tax.amount) for tax in line.taxes])
            for line in document.lines
            if line.kind == kind
        ]

    def test_a_negative_fee_takes_off_each_rate_its_share(self):
        document = read(fixture("negative_fee"))
        self.assertEqual(
            self._by_taxes(document, "discount"),
            [
                ("303", Decimal("-2.43"), [(Decimal(20), Decimal("-0.49"))]),
                ("303:1", Decimal("-0.90"), [(Decimal(5), Decimal("-0.05"))]),
            ],
        )
        self.assertEqual(document.expected_total(), Decimal("51.71"))

    def test_shipping_that_is_taxed_as_the_goods_are_is_split_and_given_back_so(self):
        data = fixture("negative_fee")
        data["fee_lines"], shipping = [], data["shipping_lines"][0]
        # 4.95 over 30.00 at 20 % and 12.99 at 5 %, as plugins tax it.
        shipping.update(
            total_tax="0.76",
            taxes=[
                {"id": 1, "total": "0.69", "subtotal": ""},
                {"id": 2, "total": "0.07", "subtotal": ""},
            ],
        )
        data.update(total="55.35", total_tax="7.41")
        back = {"id": 9, "key": "_refunded_item_id", "value": "304"}
        data["oms_refunds"] = [
            {
                "id": 400,
                "parent_id": data["id"],
                "date_created_gmt": data["date_created_gmt"],
                "amount": "5.71",
                "reason": "",
                "meta_data": [],
                "line_items": [],
                "fee_lines": [],
                "shipping_lines": [{"total": "-4.95", "total_tax": "-0.76", "meta_data": [back]}],
            }
        ]
        document = read(data)
        self.assertEqual(
            self._by_taxes(document, "shipping"),
            [
                ("304", Decimal("3.45"), [(Decimal(20), Decimal("0.69"))]),
                ("304:1", Decimal("1.50"), [(Decimal(5), Decimal("0.07"))]),
            ],
        )
        self.assertEqual(document.problems(), ())
        self.assertEqual(
            [(line.line_ref, line.amount) for line in document.refunds[0].lines],
            [("304", Decimal("4.14")), ("304:1", Decimal("1.57"))],
        )

    def test_what_several_taxes_take_of_the_whole_stays_one_line(self):
        data = fixture("negative_fee")
        data["fee_lines"], shipping = [], data["shipping_lines"][0]
        data["tax_lines"][1]["rate_percent"] = 9.975
        shipping.update(
            total_tax="1.48",
            taxes=[
                {"id": 1, "total": "0.99", "subtotal": ""},
                {"id": 2, "total": "0.49", "subtotal": ""},
            ],
        )
        [[ref, price, taxes]] = self._by_taxes(read(data), "shipping")
        self.assertEqual((ref, price, len(taxes)), ("304", Decimal("4.95"), 2))

    @settings(max_examples=200, deadline=None)
    @given(
        lines=st.lists(
            st.tuples(
                st.decimals("0.01", "500", places=2),
                st.lists(st.integers(1, 7), min_size=1, max_size=5),
                st.sampled_from(("0", "5.5", "7", "19", "20", "25.5")),
                st.decimals("0", "0.95", places=2),
            ),
            min_size=1,
            max_size=3,
        ),
        data=st.data(),
    )
    def test_pieces_cancelled_in_any_steps_give_back_the_total(self, lines, data):
        rows, steps = [], []
        for ref, (price, parts, rate, off) in enumerate(lines, 1):
            pieces = sum(parts)
            discount = (price * pieces * off).quantize(Decimal("0.01"))
            product = {"id": ref, "name": "X", "sku": f"X{ref}"}
            rows.append(line_item(ref, product, pieces, price, rate, discount))
            steps += [(str(ref), Decimal(part)) for part in parts]
        whole = sum(Decimal(row["total"]) + Decimal(row["total_tax"]) for row in rows)
        # The cart may have come to a cent or two less than its lines, each rounded for itself.
        total = max(whole - data.draw(st.sampled_from((0, 1, 2))) * Decimal("0.01"), Decimal(0))
        order = {
            "id": 1,
            "total": f"{total:.2f}",
            "line_items": rows,
            "shipping_lines": [],
            "fee_lines": [],
        }
        refunds = []
        for ref, pieces in data.draw(st.permutations(steps)):
            share = share_of(order, refunds, ref, pieces)
            [(_ref, _pieces, share)] = within_total(order, refunds, [(ref, pieces, share)])
            told = refund_line(order, ref, pieces, share)
            tax = sum((Decimal(t["refund_total"]) for t in told["refund_tax"]), Decimal(0))
            self.assertEqual(Decimal(told["refund_total"]) + tax, share)
            self.assertGreaterEqual(share, 0)
            back = {
                "quantity": -int(pieces),
                "total": f"-{told['refund_total']}",
                "total_tax": f"{-tax:f}",
                "meta_data": [{"key": "_refunded_item_id", "value": ref}],
            }
            refunds.append({"amount": f"{share:f}", "line_items": [back]})
        self.assertEqual(sum(Decimal(refund["amount"]) for refund in refunds), total)

    def _sizes(self):
        """:return: an order of two sizes that the shop names by the SKU of their product"""
        data = fixture("order")
        line = data["line_items"][0]
        names = {"product_id": 7, "sku": "SHIRT"}
        data["line_items"] = [
            {**line, **names, "id": 1, "variation_id": 8},
            {**line, **names, "id": 2, "variation_id": 9},
        ]
        return data

    def test_a_refund_that_names_no_line_is_of_the_only_one_that_sold_its_variation(self):
        data = self._sizes()
        back = {**data["line_items"][1], "id": 50, "quantity": -1, "total": "-5.00"}
        data["oms_refunds"] = [
            {
                "id": 400,
                "parent_id": data["id"],
                "date_created_gmt": data["date_created_gmt"],
                "amount": "5.00",
                "line_items": [{**back, "meta_data": []}],
            }
        ]
        self.assertEqual([x.line_ref for x in read(data).refunds[0].lines], ["2"])
        # Twice the same variation: either is right, none is named.
        data["line_items"][0]["variation_id"] = 9
        self.assertEqual([x.line_ref for x in read(data).refunds[0].lines], [""])

    def test_lines_without_an_id_are_found_by_a_sku_that_one_line_has(self):
        line = {"line_ref": "", "sku": "SHIRT", "quantity": "1"}
        data = self._sizes()
        self.assertEqual(quantities(data, [line]), {})
        self.assertEqual(quantities(data, [{**line, "line_ref": "2"}]), {"2": "1"})
        data["line_items"][0]["sku"] = "OTHER"
        self.assertEqual(quantities(data, [line]), {"2": "1"})
        # Of a fee that was split by its taxes the shop knows the whole.
        self.assertEqual(quantities(data, [{**line, "line_ref": "303:1"}]), {"303": "1"})

    def test_a_tax_whose_rate_the_shop_forgot_is_not_invented(self):
        document = read({**fixture("order"), "tax_lines": []})
        [tax] = document.lines[0].taxes
        self.assertEqual((tax.rate, tax.amount), (None, document.lines[0].tax_amount))
        self.assertGreater(tax.amount, 0)

    def test_a_refund_of_ours_that_took_pieces_off_is_no_news_but_its_money_is(self):
        data = fixture("refunded_in_part")
        data["oms_refunds"][0]["meta_data"] = [
            {"id": 1, "key": "_oms_kind", "value": "cancellation"}
        ]
        document = read(data)
        self.assertEqual(document.refunds, ())
        self.assertEqual([c.kind for c in document.charges], ["charge", "refund"])

    def test_what_plugins_add_survives(self):
        data = {**fixture("order"), "delivery_date": "2026-12-24", "empty": []}
        extra = read(data).extra
        self.assertEqual(extra["delivery_date"], "2026-12-24")
        self.assertNotIn("empty", extra)
        self.assertEqual(extra["meta"], {"_ext": "48"})

    def test_malformed_orders_are_refused_with_the_field(self):
        data = fixture("order")
        for change, path in (
            ({"total": "12,50"}, "total.total"),
            ({"total": 1e400}, ""),
            ({"date_created_gmt": "yesterday"}, "date_created_gmt"),
            ({"date_created_gmt": None}, "date_created_gmt"),
            ({"line_items": "none"}, "line_items"),
            (
                {"line_items": [{**data["line_items"][0], "quantity": "x"}]},
                "line_items[0].quantity",
            ),
        ):
            with self.subTest(path), self.assertRaises(DocumentError) as caught:
                read({**data, **change})
            self.assertEqual(caught.exception.path, path)

    def test_wrong_but_well_formed_orders_are_read_and_say_so(self):
        data = fixture("order")
        line = data["line_items"][0]
        for change, code in (
            ({"line_items": [], "shipping_lines": [], "total": "0.00"}, "NO_LINES"),
            ({"line_items": [{**line, "quantity": 0}]}, "BAD_QUANTITY"),
            ({"line_items": [{**line, "sku": None, "product_id": 0}]}, "MISSING_SKU"),
        ):
            self.assertIn(code, [p.code for p in read({**data, **change}).problems()])

    @given(
        lines=st.lists(
            st.tuples(
                st.integers(1, 40), st.integers(1, 50_000), st.sampled_from([0, 5, 7.7, 20, 21])
            ),
            min_size=1,
            max_size=12,
        ),
        discount=st.integers(0, 500),
    )
    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    def test_orders_with_prices_that_include_tax_add_up_exactly(self, lines, discount):
        simulator = self._offline()
        rate = lines[0][2]
        rows = [(f"S{n}", q, f"{cents / 100:.2f}") for n, (q, cents, _r) in enumerate(lines)]
        whole = sum(Decimal(price) * quantity for _s, quantity, price in rows)
        less = min(Decimal(discount) / 100, whole)
        ref = simulator.place_order(
            rows, tax_rate=rate or None, discount=str(less) if less else None, shipping="4.95"
        )
        document = read(simulator.book[int(ref)])
        self.assertEqual(document.total, whole - less + Decimal("4.95"))
        self.assertEqual(document.expected_total(), document.total)
        self.assertEqual(document.problems(), ())

    def _offline(self):
        simulator = WoocommerceSimulator()
        simulator.server.server_close()
        return simulator


@tagged("standard", "post_install", "-at_install")
class TestOauth(BaseCase):
    def test_a_known_signature(self):
        params = {"oauth_consumer_key": "key", "oauth_nonce": "n", "page": "2", "q": "a b&c"}
        self.assertEqual(
            oauth1.sign("get", "http://shop.test:8080/wp-json/wc/v3/orders", params, "secret"),
            KNOWN,
        )

    def test_the_secret_is_not_in_the_header(self):
        header = oauth1.authorization("GET", "http://x.test/", {}, "the-key", "the-secret")
        self.assertNotIn("the-secret", header)
        self.assertTrue(header.startswith('OAuth oauth_consumer_key="the-key", oauth_nonce="'))


class WoocommerceCommon(OmsCommon):
    """A live channel of a simulated shop."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.currency"].search([("name", "=", "USD")]).active = True

    def setUp(self):
        super().setUp()
        self.shop = WoocommerceSimulator(index=INDEX if INDEX.exists() else None).start()
        self.addCleanup(self.shop.stop)
        self.shop.add_product("MUG", "Mug", quantity=100)
        self.shop.add_product("POT", "Pot", quantity=100)
        self.woo = self._make_channel(
            "Woo", "woocommerce", auto_ship=False, **self.shop.credentials()
        )
        self.adapter = self.woo._adapter()

    def _event(self, delivery):
        return self.adapter._identify(self.woo, delivery.headers, delivery.body)

    def _parse(self, event):
        return self.adapter._read(self.woo, event.topic, event.payload)

    def _calls(self, text):
        return sum(n for (_method, path), n in self.shop.calls.items() if text in path)

    def _refused_unchanged(self):
        """:return: the shop's book, to compare with"""
        return json.dumps([self.shop.book, self.shop.refunds], sort_keys=True, default=str)


class TestWoocommerceIn(WoocommerceCommon):
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
        self.shop.take_deliveries()
        ref = self.shop.place_order(paid=False)
        self.shop.pay(ref)
        deliveries = [d for d in self.shop.take_deliveries() if d.order_ref]
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
        deliveries = [d for d in self.shop.take_deliveries() if d.topic == "order.created"]
        self.assertEqual(len({d.headers["X-WC-Webhook-Delivery-ID"] for d in deliveries}), 1)
        messages = self.woo._receive_many([self._event(d) for d in deliveries])
        self.assertEqual(messages.mapped("order_ref"), refs)
        self.assertFalse(messages.conflict_of_id)
        again = self.woo._receive_many([self._event(d) for d in deliveries])
        self.assertEqual((again, again.mapped("deliveries")), (messages, [2, 2, 2]))

    def test_fault_2_a_body_is_one_event_under_whatever_delivery_it_comes(self):
        self.adapter._ensure_webhooks(self.woo)
        self.shop.take_deliveries()
        self.shop.place_order()
        [delivery] = [d for d in self.shop.take_deliveries() if d.topic == "order.created"]
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
                    self.assertIn("not what the shop sends", problem, (body[:40], topic))

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
        [ping, *_others] = self.shop.take_deliveries()
        self.assertTrue(self.adapter._is_ping(self.woo, ping.headers, ping.body))
        headers = {"X-WC-Webhook-Topic": "order.created"}
        self.assertFalse(self.adapter._is_ping(self.woo, headers, b"webhook_id=4"))
        self.assertFalse(self.adapter._is_ping(self.woo, {}, b"{}"))

    def test_fault_8_only_what_the_shop_signed_is_believed(self):
        self.adapter._ensure_webhooks(self.woo)
        self.shop.take_deliveries()
        self.shop.place_order()
        delivery = self.shop.take_deliveries()[0]
        headers, name = delivery.headers, "X-WC-Webhook-Signature"

        def verify(headers, body):
            return self.adapter._verify(self.woo, headers, body, datetime.now(UTC))

        self.assertEqual(verify(headers, delivery.body), "")
        self.assertEqual(verify(headers, delivery.body + b" "), "the signature is wrong")
        self.assertEqual(verify({**headers, name: "AAAA"}, delivery.body), "the signature is wrong")
        self.assertEqual(verify({**headers, name: "é"}, delivery.body), "the signature is wrong")
        self.assertEqual(verify({}, delivery.body), "the signature is missing")
        self.woo.webhook_secret = False
        self.assertIn("no secret", verify(headers, delivery.body))

    def test_a_body_that_is_none_is_kept_and_not_refused(self):
        event = self.adapter._identify(self.woo, {"X-WC-Webhook-Topic": "order.updated"}, b"{oops")
        self.assertIsNone(event.order_ref)
        with self.assertRaises(DocumentError):
            self._parse(event)

    def test_a_message_about_an_order_that_was_deleted_for_good_asks_for_nothing(self):
        self.shop.take_deliveries()
        ref = self.shop.place_order()
        self.shop.erase_order(ref)
        deliveries = [d for d in self.shop.take_deliveries() if d.topic.startswith("order")]
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

    # === ASKING === #

    def _sweep(self, limit=None, rounds=20):
        """:return: every event until two polls in a row move nothing"""
        events = []
        for _round in range(rounds):
            found, cursor = self.adapter._fetch(self.woo, limit)
            events += found
            if cursor == self.woo.cursor:
                break
            self.woo.cursor = cursor
        return events

    def test_the_first_poll_takes_open_orders_and_later_ones_every_change(self):
        done = self.shop.place_order()
        self.shop.set_status(self.shop.book[int(done)], "completed")
        refs = [self.shop.place_order() for _n in range(3)]
        self.assertEqual([e.order_ref for e in self._sweep()][:3], refs)
        self.shop.tick(3600)
        self.shop.cancel_order(refs[0])
        self.shop.trash_order(refs[1])
        found = {e.order_ref: self._parse(e).status for e in self._sweep()}
        self.assertEqual(found[refs[0]], "cancelled")

    def test_every_order_is_found_when_more_change_in_a_second_than_fit_a_page(self):
        refs = [self.shop.place_order() for _n in range(7)]
        for ref in refs:
            self.shop.book[int(ref)]["date_modified_gmt"] = "2026-03-01T12:00:00"
        late = [self.shop.place_order() for _n in range(3)]
        for ref in late:
            self.shop.book[int(ref)]["date_modified_gmt"] = "2026-03-01T12:00:01"
        self.woo.cursor = "2026-03-01T11:00:00"
        found = {e.order_ref for e in self._sweep(limit=3)}
        self.assertEqual(found, {*refs, *late})

    def test_more_thrown_away_orders_than_fit_a_page_are_all_told(self):
        refs = {self.shop.place_order() for _number in range(103)}
        for _page in range(3):
            _events, self.woo.cursor = self.adapter._fetch(self.woo)
        at = self.woo.cursor
        for ref in refs:
            self.shop.trash_order(ref)
            self.shop.book[int(ref)]["date_modified_gmt"] = at
        events, _cursor = self.adapter._fetch(self.woo, limit=2)
        self.assertEqual({event.order_ref for event in events}, refs)

    def test_an_order_without_a_time_of_change_stops_no_poll(self):
        ref = self.shop.place_order()
        self.shop.book[int(ref)]["date_modified_gmt"] = None
        with patch.object(type(self.shop), "list_orders", self._unsorted):
            events, cursor = self.adapter._fetch(self.woo)
        self.assertEqual(([event.order_ref for event in events], cursor), ([ref], ""))

    @staticmethod
    def _unsorted(shop, request, body):
        return shop.page_of(list(shop.book.values()), request)

    def test_a_change_between_two_pages_makes_none_disappear(self):
        refs = [self.shop.place_order() for _n in range(6)]
        self.woo.cursor = "2026-03-01T08:00:00"
        events, self.woo.cursor = self.adapter._fetch(self.woo, 2)
        self.shop.tick(60)
        self.shop.touch(events[0].order_ref)
        found = {e.order_ref for e in [*events, *self._sweep(limit=2)]}
        self.assertEqual(found, set(refs))

    def test_the_same_state_has_the_same_name_whenever_it_is_polled(self):
        self.shop.place_order()
        self.woo.cursor = "2026-03-01T08:00:00"
        first = self.adapter._fetch(self.woo)[0]
        self.assertEqual(self.adapter._fetch(self.woo)[0], first)
        self.shop.touch(first[0].order_ref)
        self.assertNotEqual(self.adapter._fetch(self.woo)[0][0].ref, first[0].ref)

    def test_refunds_of_a_page_come_with_one_call_and_with_their_lines(self):
        refs = [self.shop.place_order() for _n in range(3)]
        for ref in refs[:2]:
            self.shop.refund_order(ref, [("MUG", 1)])
        self.woo.cursor = "2026-03-01T08:00:00"
        events, _cursor = self.adapter._fetch(self.woo)
        documents = {e.order_ref: self._parse(e) for e in events}
        self.assertEqual(self._calls("/refunds"), 1)
        [refund] = documents[refs[0]].refunds
        [line] = refund.lines
        self.assertEqual((line.quantity, line.amount), (1, Decimal("10.00")))
        self.assertFalse(line.returned)
        self.assertEqual(documents[refs[2]].refunds, ())

    def test_a_shop_before_9_0_is_asked_for_each_refunded_order_alone(self):
        ref = self.shop.place_order()
        self.shop.refund_order(ref, amount="2.00")
        self.woo.cursor = "2026-03-01T08:00:00"
        self.shop.fail(1, 404, "/v3/refunds")
        [event], _cursor = self.adapter._fetch(self.woo)
        self.assertEqual(self._parse(event), OrderRequest(order_ref=ref))
        [event] = self.adapter._fetch_orders(self.woo, [ref])
        self.assertEqual(self._parse(event).refunds[0].amount, Decimal("2.00"))

    def test_a_window_is_listed_counted_and_fetched_alike_without_drafts(self):
        start = self.shop.now
        refs = [self.shop.place_order() for _n in range(3)]
        self.shop.place_order(values={"status": "checkout-draft"})
        end = self.shop.now + timedelta(seconds=1)
        self.shop.tick(60)
        self.shop.place_order()
        self.assertEqual(self.adapter._list_orders(self.woo, start, end), (refs, None))
        self.assertEqual(self.adapter._count_orders(self.woo, start, end), 3)
        events, following = self.adapter._fetch_window(self.woo, start, end)
        self.assertEqual(([e.order_ref for e in events], following), (refs, None))
        self.assertTrue(all(isinstance(self._parse(e), OrderDocument) for e in events))
        # The start is inside, the end is not.
        at = self.adapter._read(self.woo, "order.x", events[1].payload).placed_at
        self.assertEqual(self.adapter._list_orders(self.woo, at, end)[0], refs[1:])
        self.assertEqual(self.adapter._list_orders(self.woo, start, at)[0], refs[:1])

    def test_pages_of_a_window_are_walked_to_the_end(self):
        for _n in range(101):
            self.shop.place_order([("MUG", 1, "1.00")])
        start, end = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)
        first, cursor = self.adapter._list_orders(self.woo, start, end)
        second, last = self.adapter._list_orders(self.woo, start, end, cursor)
        self.assertEqual((len(first), cursor, len(second), last), (100, "2", 1, None))

    def test_fault_42_a_page_that_a_plugin_shortened_is_not_the_end(self):
        refs = [self.shop.place_order([("MUG", 1, "1.00")]) for _n in range(102)]
        start, end = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)
        self.shop.hidden = {int(refs[5])}
        for method, told in (
            (self.adapter._list_orders, lambda row: row),
            (self.adapter._fetch_window, lambda event: event.order_ref),
        ):
            found, cursor = [], None
            while True:
                rows, cursor = method(self.woo, start, end, cursor)
                found += map(told, rows)
                if not cursor:
                    break
            self.assertEqual(found, [ref for ref in refs if ref != refs[5]])
        found = self._sweep()
        self.assertEqual({event.order_ref for event in found}, {*refs} - {refs[5]})

    def test_fault_42_nothing_is_concluded_from_a_list_that_does_not_say_how_long_it_is(self):
        refs = [self.shop.place_order([("MUG", 1, "1.00")]) for _n in range(3)]
        self.shop.tells_counts = False
        start, end = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)
        for ask in (
            lambda: self.adapter._list_orders(self.woo, start, end),
            lambda: self.adapter._fetch_window(self.woo, start, end),
            lambda: self.adapter._fetch_listings(self.woo),
            lambda: self.adapter._fetch_taxes(self.woo),
        ):
            with self.assertRaisesRegex(FinalError, "X-WP-TotalPages"):
                ask()
        self.assertIsNone(self.adapter._count_orders(self.woo, start, end))
        # What is only taken in is taken in, until a page is empty.
        self.assertEqual({event.order_ref for event in self._sweep(limit=2)}, {*refs})

    def test_an_order_that_is_gone_gives_no_event(self):
        self.assertEqual(self.adapter._fetch_orders(self.woo, ["999"]), [])

    def test_listings_are_products_and_variations_but_not_what_is_sold_as_others(self):
        parent = self.shop.add_variable("Shirt")
        self.shop.add_product("SHIRT-B", "Shirt - Blue", parent=parent)
        self.shop.add_product("", "No SKU", quantity=4)
        listings, cursor = self.adapter._fetch_listings(self.woo)
        self.assertEqual(cursor, "variations/1")
        self.assertEqual([x.sku for x in listings][:2], ["MUG", "POT"])
        self.assertEqual(listings[2].sku, f"id:{listings[2].ref}")
        listings, cursor = self.adapter._fetch_listings(self.woo, cursor)
        self.assertEqual([(x.sku, x.parent_ref) for x in listings], [("SHIRT-B", parent)])
        self.assertIsNone(cursor)

    def test_which_names_are_a_variations_own_is_seen_by_its_product(self):
        parent = self.shop.add_variable("Shirt", "SHIRT", global_unique_id="4006381333931")
        self.shop.add_product("", "Shirt - S", parent=parent)
        self.shop.add_product("SHIRT-L", "Shirt - L", parent=parent)
        listings, _cursor = self.adapter._fetch_listings(self.woo, "variations/1")
        self.assertEqual(
            [(x.sku, x.is_sku_inherited, x.is_barcode_inherited) for x in listings],
            [("SHIRT", True, True), ("SHIRT-L", False, True)],
        )
        self.assertEqual(self._calls("/variations"), 1)
        self.assertEqual(self._calls("/products"), 1)

    def test_variations_of_a_shop_before_10_3_are_read_by_their_products(self):
        self.shop.lists_variations = False
        parents = [self.shop.add_variable(f"Shirt {n}", f"SHIRT-{n}") for n in range(21)]
        children = [self.shop.add_product("", "S", 5, parent=parent) for parent in parents]
        found, cursor, pages = [], None, []
        while True:
            listings, cursor = self.adapter._fetch_listings(self.woo, cursor)
            found += listings
            pages.append(cursor)
            if not cursor:
                break
        self.assertEqual(pages, ["variations/1", "parents/2", None])
        self.assertEqual([x.ref for x in found if x.parent_ref], children)
        self.assertEqual([x.parent_ref for x in found if x.parent_ref], parents)
        self.assertEqual({x.is_sku_inherited for x in found if x.parent_ref}, {True})
        listings = self.env["oms.channel.listing"].create(
            [
                {"channel_id": self.woo.id, "external_ref": ref, "parent_ref": parent, "sku": ref}
                for ref, parent in ((children[0], parents[0]), ("9999", parents[1]))
            ]
        )
        self.assertEqual(self.adapter._find_listed(self.woo, listings), {children[0]})

    def test_tax_rates_come_once_each(self):
        rows = {"id": 9, "country": "CA", "rate": "9.975", "name": "", "priority": 2}
        self.shop.tax_rates.append({**rows, "compound": True, "class": "standard"})
        same = {"included": True, "ref": "", "compound": False, "priority": 1}
        self.assertEqual(
            self.adapter._fetch_taxes(self.woo),
            [
                {"name": "VAT", "rate": Decimal("20").normalize(), **same},
                {"name": "VAT", "rate": Decimal("5"), **same},
                {
                    "name": "",
                    "rate": Decimal("9.975"),
                    "included": True,
                    "ref": "9",
                    "compound": True,
                    "priority": 2,
                },
            ],
        )

    def test_the_shop_says_how_it_rounds_taxes(self):
        self.assertEqual(self.adapter._fetch_tax_rounding(self.woo), "round_per_line")
        self.shop.settings["woocommerce_tax_round_at_subtotal"] = "yes"
        self.assertEqual(self.adapter._fetch_tax_rounding(self.woo), "round_globally")

    def test_compound_taxes_of_the_shop_are_read_as_such(self):
        data = fixture("order")
        data["tax_lines"] = [
            {"rate_id": 1, "label": "QST", "rate_percent": 9.975, "compound": True},
            {"rate_id": 2, "label": "GST", "rate_percent": 5, "compound": False},
        ]
        for line in (*data["line_items"], *data["shipping_lines"], *data["fee_lines"]):
            line["taxes"] = [{"id": 1, "total": "1.05"}, {"id": 2, "total": "0.50"}]
        found = [(t.ref, t.name, t.rate, t.compound) for t in read(data).lines[0].taxes]
        self.assertEqual(
            found,
            [("2", "GST", Decimal("5"), False), ("1", "QST", Decimal("9.975"), True)],
        )


class TestWoocommerceOut(WoocommerceCommon):
    # === STOCK AND PRICES === #

    def _item(self, ref, quantity=5, parent="", **values):
        return {"ref": ref, "parent_ref": parent, "quantity": quantity, "sku": "", **values}

    def test_stock_takes_one_call_for_products_and_one_for_each_parent(self):
        shirts = {}
        for name in ("Shirt", "Coat"):
            parent = self.shop.add_variable(name)
            shirts[parent] = [
                self.shop.add_product(f"{name}-{n}", name, parent=parent) for n in range(3)
            ]
        items = [self._item(ref, 9) for ref in list(map(str, self.shop.products))[:2]]
        # Scattered as they come: the grouping is the adapter's.
        for n in range(3):
            items += [self._item(refs[n], n, parent) for parent, refs in shirts.items()]
        before = sum(self.shop.calls.values())
        answer = self.adapter._push_stock(self.woo, "k", items)
        self.assertEqual(answer, {"failed": {}, "stale": {}})
        self.assertEqual(sum(self.shop.calls.values()) - before, 3)
        stock = self.shop.stock()
        self.assertEqual((stock["MUG", ""], stock["POT", ""], stock["Coat-2", ""]), (9, 9, 2))

    def test_fault_60_one_product_that_is_refused_does_not_stop_the_others(self):
        mug, pot = (str(ref) for ref in self.shop.products)
        self.shop.broken_products.add(int(mug))
        answer = self.adapter._push_stock(
            self.woo, "k", [self._item(mug, 1), self._item("999", 2), self._item(pot, 3)]
        )
        self.assertEqual(
            answer["failed"], {"0": "The product cannot be saved.", "1": "Invalid ID."}
        )
        self.assertEqual(self.shop.stock()["POT", ""], 3)
        self.assertEqual(self.shop.stock()["MUG", ""], 100)

    def test_fault_60_what_was_taken_before_a_failure_is_told_and_the_rest_tried_again(self):
        parent = self.shop.add_variable("Shirt")
        blue = self.shop.add_product("BLUE", "Blue", parent=parent)
        [mug, *_rest] = map(str, self.shop.products)
        items = [self._item(mug, 1), self._item(blue, 2, parent)]
        self.shop.fail(1, 503, "variations")
        answer = self.adapter._push_stock(self.woo, "k", items)
        self.assertEqual(list(answer["failed"]), ["1"])
        self.assertEqual(self.shop.stock()["MUG", ""], 1)
        self.shop.fail(1, 503, "products")
        with self.assertRaises(RetryableError):
            self.adapter._push_stock(self.woo, "k", items)

    def test_a_parent_that_is_gone_fails_its_own_variations_alone(self):
        [mug, *_rest] = map(str, self.shop.products)
        answer = self.adapter._push_stock(
            self.woo, "k", [self._item("7", 1, "998"), self._item(mug, 2)]
        )
        self.assertEqual(list(answer["failed"]), ["0"])
        self.assertEqual(self.shop.stock()["MUG", ""], 2)

    def test_fault_60_what_was_sold_there_meanwhile_is_not_undone(self):
        parent = self.shop.add_variable("Shirt")
        blue = self.shop.add_product("BLUE", "Blue", quantity=5, parent=parent)
        mug, pot, *_rest = map(str, self.shop.products)
        self.shop.move_stock("MUG", -1)
        self.shop.move_stock("BLUE", -1)
        before = sum(self.shop.calls.values())
        answer = self.adapter._push_stock(
            self.woo,
            "k",
            [
                self._item(mug, 50, seen=100),
                self._item(pot, 50, seen=100),
                self._item(blue, 9, parent, seen=5),
            ],
        )
        self.assertEqual(answer, {"failed": {}, "stale": {"0": 99, "2": 4}})
        stock = self.shop.stock()
        self.assertEqual((stock["MUG", ""], stock["POT", ""], stock["BLUE", ""]), (99, 50, 4))
        self.assertEqual(sum(self.shop.calls.values()) - before, 3)
        # What is there already needs no call.
        answer = self.adapter._push_stock(self.woo, "k", [self._item(pot, 50, seen=50)])
        self.assertEqual(answer, {"failed": {}, "stale": {}})
        self.assertEqual(sum(self.shop.calls.values()) - before, 4)

    def test_prices_are_told_as_texts(self):
        [mug, *_rest] = map(str, self.shop.products)
        item = self._item(mug, price="12.50", currency="USD")
        self.assertEqual(self.adapter._push_price(self.woo, "k", [item]), {"failed": {}})
        self.assertEqual(self.shop.prices, {"MUG": "12.50"})

    # === SHIPMENTS === #

    def _shipment(self, ref, lines, number="1Z1"):
        parcels = [
            {"carrier": "UPS", "carrier_code": "ups", "number": number, "url": "https://t/1"}
        ]
        return {
            "order_ref": ref,
            "shipment_ref": "OUT/1",
            "shipped_at": "2026-03-02T09:00:00Z",
            "location_ref": "",
            "parcels": parcels if number else [],
            "lines": [
                {"line_ref": line, "sku": sku, "quantity": str(q), "units": q}
                for line, sku, q in lines
            ],
        }

    def _line_ids(self, ref):
        return {line["sku"]: str(line["id"]) for line in self.shop.book[int(ref)]["line_items"]}

    def test_a_shipment_is_a_note_and_the_last_completes_the_order(self):
        ref = self.shop.place_order([("MUG", 2, "10.00"), ("POT", 1, "5.00")])
        ids = self._line_ids(ref)
        order = self.shop.book[int(ref)]
        self.adapter._push_shipment(
            self.woo, "s1", self._shipment(ref, [(ids["MUG"], "MUG", 2)], "1Z1")
        )
        self.assertEqual(order["status"], "processing")
        # Without the line's id its SKU tells.
        self.adapter._push_shipment(self.woo, "s2", self._shipment(ref, [("", "POT", 1)], "1Z2"))
        self.assertEqual(order["status"], "completed")
        notes = self.shop.notes[int(ref)]
        self.assertEqual([n["customer_note"] for n in notes], [True, True])
        self.assertIn("UPS 1Z1 https://t/1", notes[0]["note"])
        tracking = next(
            m["value"] for m in order["meta_data"] if m["key"] == "_wc_shipment_tracking_items"
        )
        self.assertEqual([t["tracking_number"] for t in tracking], ["1Z1", "1Z2"])

    def test_a_shipment_told_again_changes_nothing(self):
        ref = self.shop.place_order()
        shipment = self._shipment(ref, [("", "MUG", 2)])
        self.adapter._push_shipment(self.woo, "s1", shipment)
        before = self.shop.book[int(ref)]["meta_data"]
        self.adapter._push_shipment(self.woo, "s1", shipment)
        self.assertEqual(len(self.shop.notes[int(ref)]), 1)
        self.assertEqual(len(self.shop.shipments), 1)
        self.assertEqual(
            {m["key"]: m["value"] for m in before},
            {m["key"]: m["value"] for m in self.shop.book[int(ref)]["meta_data"]},
        )

    def test_a_shipment_whose_answer_was_lost_at_any_call_is_one_note(self):
        for nth in range(4):
            with self.subTest(call=nth):
                ref = self.shop.place_order()
                shipment = self._shipment(ref, [("", "MUG", 2)])
                self.shop.heal()
                calls = iter(range(100))
                answer = self.shop.respond

                def lossy(request, nth=nth, calls=calls, answer=answer):
                    response = answer(request)
                    if next(calls) == nth:
                        response.status, response.body = 502, b""
                    return response

                with (
                    patch.object(self.shop, "respond", lossy),
                    self.assertRaises(RetryableError),
                ):
                    self.adapter._push_shipment(self.woo, f"s{nth}", shipment)
                self.adapter._push_shipment(self.woo, f"s{nth}", shipment)
                self.assertEqual(len(self.shop.notes[int(ref)]), 1)
                self.assertEqual(self.shop.book[int(ref)]["status"], "completed")

    def test_refunded_pieces_and_virtual_products_keep_no_order_open(self):
        self.shop.add_product("CODE", "Download", virtual=True)
        ref = self.shop.place_order([("MUG", 2, "10.00"), ("CODE", 1, "5.00")])
        self.shop.refund_order(ref, [("MUG", 1)])
        self.adapter._push_shipment(self.woo, "s1", self._shipment(ref, [("", "MUG", 1)]))
        self.assertEqual(self.shop.book[int(ref)]["status"], "completed")

    def test_completing_an_unpaid_order_does_not_make_it_paid(self):
        ref = self.shop.place_order(paid=False, payment_method="cod")
        self.adapter._push_shipment(self.woo, "s1", self._shipment(ref, [("", "MUG", 2)]))
        [event] = self.adapter._fetch_orders(self.woo, [ref])
        document = self._parse(event)
        self.assertTrue(self.shop.book[int(ref)]["date_paid_gmt"])
        self.assertEqual((document.status, document.charges), ("shipped", ()))

    def test_a_plugin_for_cash_on_delivery_is_not_paid_by_the_shops_date(self):
        ref = self.shop.place_order(payment_method="smart_cod", payment_title="Pay the driver")
        [event] = self.adapter._fetch_orders(self.woo, [ref])
        self.assertEqual(len(self._parse(event).charges), 1)
        self.env["oms.channel.payment.method"].create(
            {"channel_id": self.woo.id, "method": "smart_cod", "terms": "cod"}
        )
        document = self.adapter._parse(self.woo, event.topic, event.payload)
        self.assertEqual((document.payment_method, document.charges), ("smart_cod", ()))

    def test_a_cancelled_order_stays_cancelled_when_a_shipment_is_told(self):
        ref = self.shop.place_order()
        self.shop.cancel_order(ref)
        self.adapter._push_shipment(self.woo, "s1", self._shipment(ref, [("", "MUG", 2)], ""))
        self.assertEqual(self.shop.book[int(ref)]["status"], "cancelled")

    # === CANCELLATIONS AND REFUNDS === #

    def _cancellation(self, ref, lines=(), refund=True, **values):
        return {
            "order_ref": ref,
            "reason": "inventory",
            "text": "Out of Stock",
            "restock": True,
            "refund": refund,
            "lines": [{"line_ref": "", "sku": s, "quantity": str(q), "units": q} for s, q in lines],
            **values,
        }

    def _refund(self, ref, amount, lines=(), **values):
        return {
            "order_ref": ref,
            "amount": amount,
            "currency": "USD",
            "text": "Broken",
            "charge_ref": "",
            "shipping": "0",
            "lines": [
                {"line_ref": "", "sku": s, "quantity": str(q), "amount": a, "restock": False}
                for s, q, a in lines
            ],
            **values,
        }

    def test_a_whole_order_is_cancelled_once_and_its_money_given_back_once(self):
        ref = self.shop.place_order()
        for _again in range(2):
            self.adapter._push_cancellation(self.woo, "c1", self._cancellation(ref))
        self.assertEqual(len(self.shop.refunds_told), 1)
        self.assertEqual(self.shop.orders()[ref]["refunded"], Decimal("20.00"))
        self.assertTrue(self.shop.orders()[ref]["cancelled"])
        self.assertEqual(self.shop.stock()["MUG", ""], 100)

    def test_a_whole_cancellation_gives_back_what_is_left_of_each_line_with_its_tax(self):
        ref = self.shop.place_order(
            [("MUG", 2, "11.90"), ("POT", 1, "5.95")], tax_rate=19, shipping="4.76"
        )
        self.adapter._push_cancellation(self.woo, "c1", self._cancellation(ref, [("MUG", 1)]))
        self.adapter._push_cancellation(self.woo, "c2", self._cancellation(ref))
        part, rest = self.shop.refunds[int(ref)]
        self.assertEqual((part["amount"], rest["amount"]), ("11.90", "22.61"))
        rows = [*rest["line_items"], *rest["shipping_lines"]]
        self.assertEqual(
            [(abs(Decimal(row["total"])), abs(Decimal(row["total_tax"]))) for row in rows],
            [
                (Decimal("10.00"), Decimal("1.90")),
                (Decimal("5.00"), Decimal("0.95")),
                (Decimal("4.00"), Decimal("0.76")),
            ],
        )
        self.assertEqual([abs(row["quantity"]) for row in rest["line_items"]], [1, 1])
        self.assertEqual(self.shop.orders()[ref]["refunded"], Decimal("34.51"))
        self.assertEqual(self.shop.stock()["MUG", ""], 100)

    def test_pieces_cancelled_in_steps_give_back_no_cent_more_than_was_paid(self):
        ref = self.shop.place_order([("MUG", 10, "23.90")], tax_rate=20, discount="59.75")
        self.assertEqual(self.shop.book[int(ref)]["total"], "179.25")
        for key, quantity in (("c1", 4), ("c2", 6)):
            told = self._cancellation(ref, [("MUG", quantity)])
            self.adapter._push_cancellation(self.woo, key, told)
        self.assertEqual(self.shop.orders()[ref]["refunded"], Decimal("179.25"))
        self.assertEqual([r["amount"] for r in self.shop.refunds[int(ref)]], ["71.70", "107.55"])

    def test_an_unpaid_order_is_cancelled_without_a_refund(self):
        ref = self.shop.place_order(paid=False)
        self.adapter._push_cancellation(self.woo, "c1", self._cancellation(ref))
        self.assertEqual((self.shop.refunds_told, self.shop.orders()[ref]["cancelled"]), ([], True))

    def test_pieces_are_taken_off_with_or_without_their_money(self):
        ref = self.shop.place_order([("MUG", 3, "9.99")], tax_rate=20)
        without = self._cancellation(ref, [("MUG", 1)], refund=False)
        self.adapter._push_cancellation(self.woo, "c1", without)
        self.assertEqual(self.shop.orders()[ref]["refunded"], 0)
        self.assertEqual(self.shop.orders()[ref]["quantities"], {"MUG": 2})
        given = self._cancellation(ref, [("MUG", 1)])
        for _again in range(2):
            self.adapter._push_cancellation(self.woo, "c2", given)
        self.assertEqual(self.shop.orders()[ref]["quantities"], {"MUG": 1})
        self.assertEqual(self.shop.orders()[ref]["refunded"], Decimal("9.99"))
        # Our own cancellations come back as money alone.
        document = self._parse(self.adapter._fetch_orders(self.woo, [ref])[0])
        self.assertEqual(document.refunds, ())
        self.assertEqual(
            [c.amount for c in document.charges if c.kind == "refund"], [Decimal("9.99")]
        )

    def test_a_refund_is_made_once_and_known_by_its_ref_when_it_comes_back(self):
        ref = self.shop.place_order([("MUG", 2, "10.00")], tax_rate=20, shipping="5.00")
        refund = self._refund(ref, "12.50", [("MUG", 1, "10.00")], shipping="2.50")
        first = self.adapter._push_refund(self.woo, "r1", refund)
        self.assertEqual(self.adapter._push_refund(self.woo, "r1", refund), first)
        self.assertEqual(len(self.shop.refunds[int(ref)]), 1)
        self.assertTrue(self.shop.refunds[int(ref)][0]["refunded_payment"])
        document = self._parse(self.adapter._fetch_orders(self.woo, [ref])[0])
        [told] = document.refunds
        self.assertEqual((told.ref, told.amount), (first["refund_ref"], Decimal("12.50")))
        self.assertEqual(
            [(line.quantity, line.amount) for line in told.lines],
            [(1, Decimal("10.00")), (0, Decimal("2.50"))],
        )

    def test_shipping_is_given_back_of_each_way_of_shipping_as_far_as_it_cost(self):
        ref = self.shop.place_order([("MUG", 2, "10.00")], shipping="4.00")
        order = self.shop.book[int(ref)]
        [first] = order["shipping_lines"]
        order["shipping_lines"].append({**first, "id": self.shop.next_id("item"), "total": "2.00"})
        order["total"] = "26.00"
        self.adapter._push_refund(self.woo, "r1", self._refund(ref, "3.00", shipping="3.00"))
        self.adapter._push_refund(self.woo, "r2", self._refund(ref, "3.00", shipping="3.00"))
        refunds = self.shop.refunds[int(ref)]
        told = [[line["total"] for line in refund["shipping_lines"]] for refund in refunds]
        self.assertEqual(told, [["-2.00", "-1.00"], ["-2.00", "-1.00"]])

    def test_a_line_that_is_gone_at_the_shop_is_told_in_words(self):
        ref = self.shop.place_order()
        refund = self._refund(ref, "10.00", [("MUG", 1, "10.00")])
        refund["lines"][0]["line_ref"] = "999999"
        with self.assertRaisesRegex(FinalError, f"Order {ref} has no line 999999 at the shop"):
            self.adapter._push_refund(self.woo, "r1", refund)
        self.assertEqual(self.shop.refunds_told, [])

    def test_taxes_of_a_refund_have_the_coins_of_the_order(self):
        ref = self.shop.place_order([("MUG", 1, "1000")], tax_rate=10, currency="JPY")
        order = self.shop.book[int(ref)]
        order["total"] = "1000"
        self.adapter._push_refund(self.woo, "r1", self._refund(ref, "500", [("MUG", 1, "500")]))
        [body] = [r.json() for r in self.shop.requests if r.method == "POST" and "ref" in r.path]
        [line] = body["line_items"]
        self.assertEqual(line["refund_total"], "455")
        self.assertEqual([tax["refund_total"] for tax in line["refund_tax"]], ["45"])

    def test_what_is_sent_on_to_another_address_was_not_told(self):
        ref = self.shop.place_order()
        shipment = self._shipment(ref, [("", "MUG", 2)])
        there = {"Location": "https://www.shop.test/wp-json/wc/v3/orders?token=secret"}
        elsewhere = Response(301, b"", there)
        before = self._refused_unchanged()
        order = self.shop.book[int(ref)]
        with (
            patch.object(self.shop, "put_order", lambda *args, **kwargs: elsewhere),
            self.assertRaisesRegex(
                FinalError, "sent on to https://www.shop.test/wp-json"
            ) as caught,
        ):
            self.adapter._push_shipment(self.woo, "s1", shipment)
        self.assertNotIn("secret", str(caught.exception))
        self.assertEqual((order["status"], self._refused_unchanged()), ("processing", before))

    def test_a_refund_whose_answer_was_lost_is_found_and_not_paid_twice(self):
        ref = self.shop.place_order()
        answer = self.shop.respond

        def lossy(request):
            response = answer(request)
            if request.method == "POST":
                response.status, response.body = 502, b""
            return response

        with patch.object(self.shop, "respond", lossy), self.assertRaises(RetryableError):
            self.adapter._push_refund(self.woo, "r1", self._refund(ref, "5.00"))
        made = self.adapter._push_refund(self.woo, "r1", self._refund(ref, "5.00"))
        [refund] = self.shop.refunds[int(ref)]
        self.assertEqual(made, {"refund_ref": str(refund["id"]), "amount": "5.00"})

    def test_a_refund_is_known_by_its_reason_where_its_notes_were_lost(self):
        ref = self.shop.place_order()
        self.adapter._push_refund(self.woo, "r1", self._refund(ref, "5.00"))
        self.shop.refunds[int(ref)][0]["meta_data"] = []
        self.adapter._push_refund(self.woo, "r1", self._refund(ref, "5.00"))
        self.assertEqual(len(self.shop.refunds[int(ref)]), 1)

    def test_more_than_was_paid_is_refused_in_words_and_for_good(self):
        ref = self.shop.place_order()
        before = self._refused_unchanged()
        with self.assertRaisesRegex(FinalError, "Invalid refund amount"):
            self.adapter._push_refund(self.woo, "r1", self._refund(ref, "99.00"))
        self.assertEqual(self._refused_unchanged(), before)

    def test_what_the_way_of_payment_cannot_give_back_somebody_is_told_to(self):
        ref = self.shop.place_order(payment_method="bacs")
        answer = self.adapter._push_refund(self.woo, "r1", self._refund(ref, "5.00"))
        self.assertTrue(answer["by_hand"])
        self.assertFalse(self.shop.refunds[int(ref)][0]["refunded_payment"])
        self.assertIn("5.00", self.woo.activity_ids.note)
        self.adapter._push_refund(self.woo, "r1", self._refund(ref, "5.00"))
        self.assertEqual(len(self.woo.activity_ids), 1)


class TestWoocommerceConnection(WoocommerceCommon):
    def test_a_good_connection_has_nothing_to_say_and_changes_nothing(self):
        self.assertEqual(self.adapter._test_connection(self.woo), "")
        self.assertEqual(self.shop.book, {})

    def test_each_thing_that_is_wrong_is_told_in_words(self):
        self.shop.gate.permissions = "read"
        self.assertIn("read-only", self.adapter._test_connection(self.woo))
        self.woo.api_secret = "cs_wrong"
        self.assertIn("rejected the keys", self.adapter._test_connection(self.woo))
        self.shop.plain_permalinks = True
        self.assertIn("Permalinks", self.adapter._test_connection(self.woo))
        self.shop.stop()
        self.assertIn("refused the connection", self.adapter._test_connection(self.woo))
        self.woo.api_key = False
        self.assertIn("Fill in", self.adapter._test_connection(self.woo))
        self.shop.start = lambda: self.shop

    def test_a_shop_that_is_none_and_one_that_sends_elsewhere_are_told(self):
        self.shop.fail(1, 200, body=b"")
        self.assertIn("not a WooCommerce", self.adapter._test_connection(self.woo))
        self.shop.fail(1, 404, body=b'{"code": "rest_no_route", "message": "No route"}')
        self.assertIn("WooCommerce does not", self.adapter._test_connection(self.woo))
        home = b'<html><title>Woo</title><link href="/wp-includes/css/a.css"></html>'
        self.shop.fail(1, 200, body=home)
        self.assertIn("anything but “Plain”", self.adapter._test_connection(self.woo))
        login = home.replace(b"</html>", b'<form id="loginform" action="/wp-login.php"></html>')
        self.shop.fail(1, 200, body=login)
        self.assertIn("a login page", self.adapter._test_connection(self.woo))
        for there, said in (
            ("https://www.shop.test/", "Enter https://www.shop.test as the address"),
            ("https://127.0.0.1/x", "Enter the address of the channel with https://"),
        ):
            answer = Response(308, b"", {"Location": there})
            with patch.object(self.shop, "batch_orders", lambda *args, a=answer: a):
                self.assertIn(said, self.adapter._test_connection(self.woo))

    def test_a_page_that_comes_instead_of_the_api_is_told_for_what_it_is(self):
        form = b"<html><title>Log In &#8212; Shop</title><form action='/wp-login.php'></html>"
        blocked = b"<html><title>Attention Required! | Cloudflare</title></html>"
        for status, body, words in (
            (200, b"<html>Hello</html>", "answered with a web page instead of data"),
            (200, form, "a login page instead of data"),
            (401, b"<html>Authorization Required</html>", "a password, a firewall"),
            (403, b"<html><h1>403 Forbidden</h1></html>", "refused the call with a web page (403)"),
            (403, blocked, "Cloudflare in front of 127.0.0.1 blocked the call (403)"),
            (503, b"<html>Scheduled maintenance.</html>", "maintenance page"),
        ):
            with self.subTest(status=status, body=body):
                self.shop.fail(1, status, body=body)
                problem = self.adapter._test_connection(self.woo)
                self.assertIn(words, problem)
                self.assertNotIn("keys", problem)
        # Data that PHP sends as a page, because it wrote a notice first, is data.
        said = b'<br />\n<b>Notice</b>: x in <b>y.php</b><br />\n{"code": "x", "message": "No."}'
        self.shop.fail(1, 401, body=said)
        self.assertIn("rejected the keys: No.", self.adapter._test_connection(self.woo))

    def test_over_https_the_keys_authenticate_and_over_http_they_only_sign(self):
        seen = []

        def request(method, url, *, auth=None, headers=None, **_options):
            seen.append((url, auth, (headers or {}).get("Authorization", "")))
            return http.Answer(200, {}, b"[]")

        hosts = self.env["ir.config_parameter"]
        hosts.set_param("oms_addon.trusted_hosts", "127.0.0.1, shop.test")
        with patch.object(http, "request", request):
            for address in ("https://shop.test/", "shop.test", "http://shop.test/wp-json/wc/v3"):
                self.woo.write({**self.shop.credentials(), "base_url": address})
                self.adapter._call(self.woo, "GET", "/orders", params={"page": "1"})
        keys = ("ck_simulated", "cs_simulated")
        self.assertEqual(seen[0], ("https://shop.test/wp-json/wc/v3/orders", keys, ""))
        self.assertEqual(seen[1][:2], seen[0][:2])
        self.assertEqual(seen[2][:2], ("http://shop.test/wp-json/wc/v3/orders", None))
        self.assertIn('oauth_consumer_key="ck_simulated"', seen[2][2])
        self.assertNotIn("cs_simulated", seen[2][2])

    def test_the_shop_takes_no_keys_that_are_readable_on_the_way(self):
        self.shop.secure = True
        self.assertIn("rejected the keys", self.adapter._test_connection(self.woo))

    def test_fault_7_webhooks_are_made_once_and_switched_on_again(self):
        self.shop.forget_webhooks()
        made = self.adapter._ensure_webhooks(self.woo)
        self.assertEqual(len(made), 8)
        self.assertEqual(self.adapter._ensure_webhooks(self.woo), [])
        self.assertEqual(
            {hook["delivery_url"] for hook in self.shop.webhooks.values()}, {self.woo.webhook_url}
        )
        for _n in range(7):
            self.shop.place_order()
            self.shop.deliver_all(lambda delivery: 500)
        off = [h["topic"] for h in self.shop.webhooks.values() if h["status"] == "disabled"]
        self.assertIn("order.created", off)
        self.assertEqual(len(self.adapter._ensure_webhooks(self.woo)), len(off))
        self.assertEqual({h["status"] for h in self.shop.webhooks.values()}, {"active"})
        [first, *_others] = self.shop.webhooks
        self.shop.webhooks.pop(first)
        self.assertEqual(
            self.adapter._ensure_webhooks(self.woo), ["Webhook order.created was missing."]
        )

    def test_removing_takes_our_webhooks_and_leaves_others(self):
        self.adapter._ensure_webhooks(self.woo)
        self.shop.webhooks[1] = {
            "id": 1,
            "topic": "order.created",
            "status": "active",
            "delivery_url": "https://other.test/",
        }
        self.adapter._remove_webhooks(self.woo)
        self.assertEqual(list(self.shop.webhooks), [1])

    def test_a_secret_is_made_where_there_is_none_and_given_to_the_shop(self):
        self.woo.webhook_secret = False
        self.assertEqual(len(self.adapter._ensure_webhooks(self.woo)), 8)
        self.assertEqual(self.adapter._ensure_webhooks(self.woo), [])
        self.assertGreater(len(self.woo.webhook_secret), 30)
        [secret] = {hook["secret"] for hook in self.shop.webhooks.values()}
        self.assertEqual(secret, self.woo.webhook_secret)

    def test_the_simulator_refuses_what_the_published_interface_does_not_have(self):
        for method, path, options in (
            ("GET", "/orders", {"params": {"pagesize": "5"}}),
            ("GET", "/orders", {"params": {"per_page": "101"}}),
            ("PUT", "/orders/1", {"body": {"state": "done"}}),
            ("POST", "/products/batch", {"body": {"change": []}}),
            ("POST", "/webhooks", {"body": {"topic": "order.created"}}),
        ):
            with self.subTest(path), self.assertRaises(FinalError):
                self.adapter._call(self.woo, method, path, **options)

    def test_the_simulator_stands_eight_callers_at_once(self):
        [mug, *_others] = map(int, self.shop.products)
        address = f"{self.shop.url}/wp-json/wc/v3/products/batch"

        def push(number):
            body = {"update": [{"id": mug, "stock_quantity": number}]}
            header = oauth1.authorization("POST", address, {}, "ck_simulated", "cs_simulated")
            request = urllib.request.Request(
                address, json.dumps(body).encode(), {"Authorization": header}, method="POST"
            )
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)["update"][0]["stock_quantity"]

        with ThreadPoolExecutor(8) as pool:
            self.assertEqual(sorted(pool.map(push, range(40))), list(range(40)))
        self.assertIn(self.shop.stock()["MUG", ""], range(40))


#: openssl dgst -sha256 -hmac "secret&" of the base text
KNOWN = "PYp3uYsLpiYCyK+ZaDLY0ifl9oyT4njKxwrG+tgZ5qA="
