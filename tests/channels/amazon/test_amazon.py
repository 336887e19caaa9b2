"""Amazon: what is read of it, what it is asked and told, against a simulator that checks."""

import gzip
import json
import re
import time
import unittest
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.oms_addon.channels.amazon import connection as amazon_connection
from odoo.addons.oms_addon.channels.amazon import listings as amazon_listings
from odoo.addons.oms_addon.channels.amazon import orders as amazon_orders
from odoo.addons.oms_addon.channels.amazon import parse_orders as amazon_orders_tool
from odoo.addons.oms_addon.channels.amazon import values as amazon_values
from odoo.addons.oms_addon.channels.amazon.parse_orders import read_order
from odoo.addons.oms_addon.channels.amazon.parse_reports import (
    read_listing_report,
    read_order_report,
)
from odoo.addons.oms_addon.documents.order import CancellationDocument, DocumentError, OrderRequest
from odoo.addons.oms_addon.exceptions import CredentialsError, FinalError, RateLimited

from simulators.amazon import AmazonSimulator

from ...common import OmsCommon

ROOT = Path(__file__).parents[3]
FIXTURES = ROOT / "tests/fixtures/amazon"
SHAPES = sorted(
    path.name.removesuffix(".expected.json")
    for path in FIXTURES.glob("*.expected.json")
    if not path.name.startswith("refund_")
)
#: Amazon's published models; the simulator checks by its own rules where they are not there
MODELS = ROOT.parent / "shared/specs/amazon"
SENDER = "odoo.addons.oms_addon.models.message.oms_channel_message_sender"
POLLING = "odoo.addons.oms_addon.models.sync.oms_channel_polling"
UTC = timezone.utc


def fixture(name):
    return json.loads((FIXTURES / f"{name}.json").read_bytes())


def read(data):
    return read_order(json.dumps(data).encode())


def money(amount, currency="EUR"):
    return {"CurrencyCode": currency, "Amount": f"{amount:.2f}"}


class Python310(datetime):
    """What ``datetime`` reads before Python 3.11."""

    @classmethod
    def fromisoformat(cls, text):
        if not re.fullmatch(r"[\d-]{10}T[\d:]{8}(\.(\d{3}){1,2})?([+-]\d\d:\d\d)?", text):
            raise ValueError(text)
        return datetime.fromisoformat(text)


@tagged("standard", "post_install", "-at_install")
class TestAmazonOrders(BaseCase):
    """Reading, without a database."""

    def test_every_shape_reads_as_expected_and_adds_up_to_the_cent(self):
        self.assertEqual(len(SHAPES), 8)
        for name in SHAPES:
            with self.subTest(name):
                document = read_order((FIXTURES / f"{name}.json").read_bytes())
                expected = json.loads((FIXTURES / f"{name}.expected.json").read_bytes())
                self.assertEqual(document.to_dict(), expected)
                self.assertEqual(document.problems(), ())

    def test_a_pending_order_has_no_prices_and_waits(self):
        document = read(fixture("v0_pending"))
        self.assertEqual(
            (document.status, document.total, document.currency), ("pending", None, "GBP")
        )
        self.assertEqual(document.charges, ())
        self.assertEqual(document.customer.ref, document.ref)

    def test_a_cancelled_order_without_items_is_a_cancellation(self):
        document = read(fixture("v0_cancelled"))
        self.assertIsInstance(document, CancellationDocument)
        self.assertTrue(document.is_whole_order)

    def test_tax_that_amazon_collects_is_a_line_of_its_own_and_nobody_elses(self):
        document = read(fixture("v0_us_facilitator"))
        self.assertEqual({line.taxes for line in document.lines}, {()})
        [tax] = [line for line in document.lines if line.ref == "tax"]
        self.assertEqual((tax.kind, tax.subtotal), ("fee", Decimal("2.85")))

    def test_what_amazon_ships_is_the_channels_own(self):
        document = read(fixture("v0_fba_shipped"))
        self.assertEqual(
            (document.fulfilled_by, document.location_ref, document.status),
            ("channel", "AMAZON", "shipped"),
        )

    def test_of_cash_on_delivery_only_the_rest_was_paid(self):
        [charge] = read(fixture("v0_cod_japan")).charges
        self.assertEqual((charge.method, charge.amount), ("GC", Decimal(300)))

    def test_a_flag_that_comes_as_text_is_read_as_it_is_meant(self):
        data = fixture("v0_replacement")
        self.assertEqual(read(data).tags, ("REPLACEMENT",))
        self.assertEqual(read({**data, "IsReplacementOrder": "false"}).tags, ())

    def test_malformed_orders_are_refused_with_the_field(self):
        order = fixture("v0_eu_vat")
        for change, path in (
            ({"OrderStatus": "Lost"}, "OrderStatus"),
            ({"PurchaseDate": "yesterday"}, "PurchaseDate"),
            ({"LastUpdateDate": None}, "LastUpdateDate"),
            ({"OrderTotal": {"CurrencyCode": "EUR"}}, "OrderTotal"),
            ({"OrderItems": [{"QuantityOrdered": "two"}]}, "OrderItems[0].QuantityOrdered"),
            ({"ShippingAddress": "here"}, ""),
            ({"OrderItems": [7]}, ""),
        ):
            with self.subTest(path), self.assertRaises(DocumentError) as caught:
                read({**order, **change})
            self.assertEqual(caught.exception.path, path)
        for body in (b"", b"[]", b"{}", b'"x"', b"\xff"):
            with self.subTest(body), self.assertRaises(DocumentError):
                read_order(body)

    def test_times_are_read_on_every_python_odoo_runs_on(self):
        order = fixture("order")
        order["createdTime"] = "2026-02-28T23:59:58.5Z"
        with (
            patch.object(amazon_orders_tool, "datetime", Python310, create=True),
            patch.object(amazon_values, "datetime", Python310),
        ):
            self.assertEqual(read(order).placed_at, datetime(2026, 2, 28, 23, 59, 58, 500000, UTC))
            for text in (
                "2026-03-01T10:00:00Z",
                "2026-03-01T11:00:00+01:00",
                "2026-03-01T10:00:00",
            ):
                moment = amazon_values.moment_of(text)
                self.assertEqual(moment, datetime(2026, 3, 1, 10, tzinfo=UTC))

    def test_a_title_with_signs_that_look_like_the_end_of_a_line_is_one_row_of_a_report(self):
        head = "amazon-order-id\tpurchase-date\tlast-updated-date\tsku\tproduct-name\tquantity"
        at = "2026-01-02T00:00:00+00:00"
        title = "Mug\u2028big\x85blue\x0bround\x1cx"
        rows = [head, *(f"302-{n}\t{at}\t{at}\tMUG\t{title}\t{n}" for n in (1, 2))]
        orders, problems = read_order_report("\r\n".join(rows))
        self.assertEqual(problems, [])
        self.assertEqual([order["AmazonOrderId"] for order in orders], ["302-1", "302-2"])
        items = [item for order in orders for item in order["OrderItems"]]
        self.assertEqual([item["Title"] for item in items], [title, title])
        self.assertEqual([item["QuantityOrdered"] for item in items], [1, 2])

    def test_the_japanese_report_of_offers_is_read(self):
        names = "商品名 出品ID 出品者SKU 価格 数量 商品ID フルフィルメント・チャンネル ステータス"
        rows = ["\t".join(names.split()), "マグ\t1\tMUG\t1200\t7\tB01\tDEFAULT\tActive"]
        [listing], _problems = read_listing_report("\r\n".join(rows), "JPY")
        self.assertEqual(
            (listing.sku, listing.name, listing.price, listing.quantity, listing.status),
            ("MUG", "マグ", Decimal(1200), Decimal(7), "active"),
        )

    def test_a_report_of_offers_with_other_columns_is_told_in_words(self):
        with self.assertRaisesRegex(FinalError, "no column seller-sku, it has sku, preis"):
            read_listing_report("sku\tpreis\nMUG\t12", "EUR")
        self.assertEqual(read_listing_report("", "EUR"), ([], []))

    def test_text_no_database_stores_becomes_a_replacement_sign(self):
        order = fixture("v0_eu_vat")
        order["BuyerInfo"]["BuyerName"] = "A\x00b"
        self.assertEqual(read(order).customer.name, "A\ufffdb")

    @settings(deadline=None, max_examples=200)
    @given(
        st.lists(
            st.tuples(
                st.integers(1, 9),
                st.integers(1, 50_000),
                st.integers(0, 300),
                st.integers(0, 900),
                st.sampled_from((0, 5, 7, 19, 20, 21)),
            ),
            min_size=1,
            max_size=5,
        ),
        st.booleans(),
        st.booleans(),
    )
    def test_any_order_adds_up_to_the_cent(self, rows, added, by_amazon):
        items, total = [], Decimal(0)
        for number, (count, cents, discount, shipping, rate) in enumerate(rows):
            price, off = Decimal(cents) / 100, Decimal(min(discount, cents)) / 100
            ship = Decimal(shipping) / 100
            taxes = [
                (amount * rate / (100 if added else 100 + rate)).quantize(Decimal("0.01"))
                for amount in (price - off, ship)
            ]
            items.append(
                {
                    "OrderItemId": str(number),
                    "SellerSKU": f"S{number}",
                    "QuantityOrdered": count,
                    "ItemPrice": money(price),
                    "ItemTax": money(taxes[0]),
                    "PromotionDiscount": money(off),
                    "ShippingPrice": money(ship),
                    "ShippingTax": money(taxes[1]),
                    **({"TaxCollection": {"Model": "MarketplaceFacilitator"}} if by_amazon else {}),
                }
            )
            total += price - off + ship + (sum(taxes) if added else 0)
        document = read({**fixture("v0_eu_vat"), "OrderItems": items, "OrderTotal": money(total)})
        self.assertEqual(document.expected_total(), total)
        self.assertNotIn("TOTAL_MISMATCH", {p.code for p in document.problems()})
        told = {item["OrderItemId"] for item in items}
        self.assertEqual({line.ref for line in document.lines if line.kind == "product"}, told)

    def test_thousands_of_orders_are_read_in_a_second(self):
        for name in ("order", "v0_us_facilitator"):
            body = (FIXTURES / f"{name}.json").read_bytes()
            start = time.perf_counter()
            for _number in range(500):
                read_order(body)
            # A tenth of what one core does: the test is for mistakes, not for the machine.
            self.assertGreater(500 / (time.perf_counter() - start), 500, name)

    @unittest.skipUnless(MODELS.is_dir(), "Amazon's models are not at hand")
    def test_the_examples_of_amazons_own_models_are_read(self):
        told = json.loads((MODELS / "orders_2026-01-01.json").read_bytes())["paths"]
        orders = []
        for path in ("", "/{orderId}"):
            answer = told[f"/orders/2026-01-01/orders{path}"]["get"]["responses"]["200"]
            bodies = [answer["examples"]["application/json"]]
            bodies += [pair["response"] for pair in answer["x-amzn-api-sandbox"]["static"]]
            for body in bodies:
                orders += body.get("orders") or [body["order"]]
        self.assertGreaterEqual(len(orders), 4)
        for order in orders:
            document = read(order)
            self.assertNotIn(
                "TOTAL_MISMATCH", {p.code for p in document.problems()}, order["orderId"]
            )
        first = read(orders[0])
        self.assertEqual((first.total, first.expected_total()), (Decimal("154.99"),) * 2)
        self.assertEqual([line.kind for line in first.lines], ["product", "product", "tip"])

    @unittest.skipUnless(MODELS.is_dir(), "Amazon's models are not at hand")
    def test_the_sandbox_pairs_of_version_0_are_read(self):
        told = json.loads((MODELS / "ordersV0.json").read_bytes())["paths"]

        def answers(path):
            pairs = told[f"/orders/v0/orders{path}"]["get"]["responses"]["200"]
            return [p["response"]["payload"] for p in pairs["x-amzn-api-sandbox"]["static"]]

        [items], [address] = answers("/{orderId}/orderItems"), answers("/{orderId}/address")
        order = {**answers("/{orderId}")[0], **address, "OrderItems": items["OrderItems"]}
        document = read(order)
        self.assertEqual(document.problems(), ())
        self.assertEqual(document.total, Decimal("11.01"))
        self.assertFalse(document.prices_include_tax)
        [tax] = document.lines[0].taxes
        self.assertEqual((tax.rate, tax.amount > 0), (None, True))
        self.assertTrue(document.cancel_requested)
        self.assertEqual(document.cancel_reason, "Found cheaper somewhere else.")
        self.assertEqual(document.shipping.zip, "98121-2778")
        statuses = {read(order).status for page in answers("") for order in page["Orders"]}
        self.assertEqual(statuses, {"open", "pending"})


class AmazonCase(OmsCommon):
    """A live channel ``amazon`` of a simulated seller account."""

    roles = {"2026", "personal", "orders", "listings", "finance"}
    market, currency = "A1PA6795UKMFR9", "EUR"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref(f"base.{cls.currency}").active = True
        cls.env["account.tax"].create(
            {
                "name": "VAT 20 %",
                "amount": 20,
                "type_tax_use": "sale",
                "price_include_override": "tax_included",
                "company_id": cls.company.id,
            }
        )
        cls.shop = AmazonSimulator(models=MODELS, market=cls.market).start()
        cls.addClassCleanup(cls.shop.stop)
        cls.shop.roles = set(cls.roles)
        amazon_connection._tokens.clear()
        amazon_connection._lacking.clear()
        cls.channel.push_stock = False
        cls.amazon = cls._make_channel("Amazon", "amazon", **cls.shop.credentials())
        cls.amazon.auto_ship = False
        cls.adapter = cls.amazon._adapter()

    def setUp(self):
        super().setUp()
        amazon_connection._tokens.clear()
        amazon_connection._lacking.clear()
        shop = self.shop
        shop.heal()
        shop.roles = set(self.roles)
        for kept in (shop.shop, shop.listings, shop.feeds, shop.reports, shop.documents):
            kept.clear()
        for kept in (shop.requests, shop.violations, shop.deliveries, shop.feed_verdicts):
            kept.clear()
        for kept in (shop.shipments, shop.cancellations, shop.refunds_told):
            kept.clear()
        shop.transactions.clear()
        shop.finances_late, shop.transactions_page = timedelta(0), 500
        shop.buckets.clear()
        shop.subscriptions.clear()
        shop.destinations.clear()
        shop.calls.clear()
        shop.rate_factor, shop.delay_calls = 1000.0, 2
        self.addCleanup(self._check_violations)

    def _check_violations(self):
        self.assertEqual(self.shop.violations, [])

    def _inbox(self, **values):
        return self.env["oms.channel.message"].search(
            [
                ("channel_id", "=", self.amazon.id),
                ("direction", "=", "in"),
                *[(key, "=", value) for key, value in values.items()],
            ],
            order="id",
        )

    def _outbox(self, topic):
        return self.env["oms.channel.message"].search(
            [
                ("channel_id", "=", self.amazon.id),
                ("direction", "=", "out"),
                ("topic", "=", topic),
            ],
            order="id",
        )

    def _poll(self):
        """Poll and work through what came."""
        self.amazon.next_fetch_at = False
        self.env["oms.channel"]._run_fetch()
        self._run_lanes()

    def _told(self, topic, content, key="k1"):
        """Put something in the outbox and send it. :return: the message"""
        self.env["oms.channel.message"]._send_later(
            [(self.amazon, topic, key, self.env["sale.order"], content)]
        )
        return self._send_all(topic)

    def _send_all(self, topic):
        message = self._outbox(topic)[-1:]
        for _round in range(12):
            self._run_lanes("outbox")
            if message.state != "pending":
                break
            message.next_try_at = False
        return message

    def _calls(self, part):
        return sum(n for (_method, path), n in self.shop.calls.items() if part in path)


class TestAmazonAsking(AmazonCase):
    def test_orders_are_fetched_in_the_new_version_with_one_call(self):
        refs = [self.shop.place_order(tax_rate="20") for _number in range(3)]
        self._poll()
        self.assertEqual(sorted(self._inbox().mapped("order_ref")), sorted(refs))
        order = self._order(refs[0], self.amazon)
        self.assertEqual((order.amount_total, order.oms_amount_paid), (20.0, 20.0))
        self.assertEqual(order.state, "sale")
        self.assertEqual(self._calls("/orders/v0/"), 0)
        self.assertEqual(self._calls("restrictedDataToken"), 0)

    def test_an_account_without_the_new_version_is_asked_in_the_old_one(self):
        self.shop.roles.discard("2026")
        ref = self.shop.place_order(gift_message="For you", company="Acme", purchase_order="P1")
        self._poll()
        order = self._order(ref, self.amazon)
        self.assertEqual(order.amount_total, 20.0)
        self.assertEqual(order.partner_shipping_id.street, "1 High Street")
        self.assertEqual(order.oms_note, "Purchase order: P1\nFor you")
        self.assertEqual(self._calls("restrictedDataToken"), 1)
        searched = self._calls("/orders/2026-01-01/orders")
        self.shop.touch(ref)
        self._poll()
        # It is remembered, not tried at every poll.
        self.assertEqual(self._calls("/orders/2026-01-01/orders"), searched)

    def test_who_may_not_know_the_buyer_gets_the_order_all_the_same(self):
        self.shop.roles -= {"2026", "personal"}
        ref = self.shop.place_order()
        self._poll()
        self.assertEqual(self._inbox().mapped("order_ref"), [ref])
        self.assertEqual(self._order(ref, self.amazon).partner_shipping_id.city, "Leeds")
        self.assertEqual(self._holds(self._order(ref, self.amazon)), ["BAD_ADDRESS"])

    def test_all_pages_are_read_and_the_cursor_moves_to_the_end(self):
        refs = [self.shop.place_order() for _number in range(7)]
        with patch.object(amazon_orders, "PAGE", 3):
            pages = []
            for _page in range(4):
                events, cursor = self.adapter._fetch(self.amazon)
                pages.append(len(events))
                self.amazon.cursor = cursor
                if " " not in cursor:
                    break
        self.assertEqual(pages, [3, 3, 1])
        self.assertEqual(self.amazon.cursor.partition("|")[0], self.shop._clock())
        self.assertEqual(len(set(refs)), 7)

    def test_a_forgotten_page_is_read_from_the_start_of_its_window(self):
        for _number in range(5):
            self.shop.place_order()
        with patch.object(amazon_orders, "PAGE", 3):
            _events, cursor = self.adapter._fetch(self.amazon)
            since, until, _page = cursor.split(" ")
            self.amazon.cursor = f"{since} {until} bogus"
            events, cursor = self.adapter._fetch(self.amazon)
        self.assertEqual((events, cursor.partition("|")[0]), ([], since))

    def test_fault_59_items_beyond_the_limit_come_next_time_and_none_is_lost(self):
        self.shop.roles.discard("2026")
        refs = {self.shop.place_order() for _number in range(7)}
        limits = {**self.adapter._rate_limits, "getOrderItems_v0": (0.0001, 3.0)}
        self.shop.rate_factor = 1.0
        self.patch(type(self.adapter), "_rate_limits", limits)
        self.patch(type(self.adapter), "_observe", lambda *args: None)
        got = []
        for _poll in range(3):
            events, cursor = self.adapter._fetch(self.amazon)
            got.append(len(events))
            self.amazon._receive_many(events)
            self.amazon.cursor = cursor
            self.env["oms.channel.meter"]._learn(self.amazon, "getOrderItems_v0", tokens=3.0)
        self.assertEqual(got, [3, 3, 1])
        self.assertEqual(set(self._inbox().mapped("order_ref")), refs)
        self.assertEqual(self._calls("/orderItems"), 7)

    def test_fault_2_the_same_state_seen_again_is_nothing_new(self):
        self.shop.place_order()
        self._poll()
        self.amazon.cursor = False
        self._poll()
        self.assertRecordValues(self._inbox(), [{"deliveries": 1}])

    def test_a_pending_order_waits_and_is_filled_when_it_is_paid(self):
        ref = self.shop.place_order(paid=None)
        self._poll()
        order = self._order(ref, self.amazon)
        self.assertEqual((order.state, order.amount_total), ("draft", 0.0))
        self.assertEqual(order.oms_channel_status, "pending")
        self.assertEqual(self._holds(order), [])
        self.shop.pay(ref)
        self._poll()
        self.assertEqual((order.amount_total, order.oms_amount_paid), (20.0, 20.0))
        self.assertEqual(order.state, "sale")

    def test_fault_35_a_buyer_who_asks_to_cancel_holds_the_order(self):
        ref = self.shop.place_order()
        self._poll()
        self.shop.request_cancel(ref)
        self._poll()
        self.assertIn("CANCEL_REQUESTED", self._holds(self._order(ref, self.amazon)))

    def test_fault_34_a_cancelled_order_is_cancelled_here(self):
        ref = self.shop.place_order(paid=None)
        self._poll()
        self.shop.cancel_order(ref)
        self._poll()
        self.assertEqual(self._order(ref, self.amazon).state, "cancel")

    def test_pieces_amazon_tells_no_more_are_cancelled_and_their_money_is_given_back(self):
        for roles in (self.roles, self.roles - {"2026"}):
            with self.subTest(roles=roles):
                self.shop.roles = set(roles)
                ref = self.shop.place_order([("MUG", 3, "10.00"), ("POT", 1, "5.00")])
                self._poll()
                order = self._order(ref, self.amazon)
                self.assertEqual((order.state, order.oms_amount_paid), ("sale", 35.0))
                shop_order = self.shop.shop[ref]
                shop_order.items[0].cancelled = 2
                self.shop.touch(ref)
                self._poll()
                self._poll()
                self.assertEqual(order.order_line.mapped("product_uom_qty"), [1.0, 1.0])
                self.assertEqual((order.oms_amount_paid, order.oms_amount_refunded), (35.0, 20.0))
                self.assertEqual(self._holds(order), [])
                self.shop.cancel_order(ref)
                self._poll()
                self.assertEqual((order.oms_amount_paid, order.oms_amount_refunded), (35.0, 35.0))
                self.assertEqual(self._holds(order), [])
                self.assertEqual(set(order.picking_ids.mapped("state")), {"cancel"})

    def test_an_order_that_amazon_ships_is_not_shipped_by_us(self):
        self.shop.add_product("MUG", "Mug", afn=True)
        ref = self.shop.place_order(afn=True)
        self._poll()
        self.shop.ship_by_amazon(ref)
        self._poll()
        order = self._order(ref, self.amazon)
        self.assertTrue(order.oms_by_channel)
        self.assertEqual((order.amount_total, order.oms_amount_paid), (20.0, 20.0))
        self.assertFalse(self._outbox("shipment"))

    def test_an_order_that_amazon_shipped_before_it_was_seen_paid_has_its_prices(self):
        ref = self.shop.place_order(afn=True, paid=None)
        self._poll()
        self.shop.pay(ref)
        self.shop.ship_by_amazon(ref)
        self._poll()
        order = self._order(ref, self.amazon)
        self.assertEqual((order.amount_total, order.oms_amount_paid), (20.0, 20.0))
        self.assertEqual(self._holds(order), [])

    def test_an_order_goes_from_amazon_to_the_parcel_and_back_by_itself(self):
        self.amazon.auto_ship = True
        ref = self.shop.place_order()
        self._poll()
        self.assertEqual(self.shop.shop[ref].status, "Shipped")
        self.assertEqual(len(self.shop.shipments), 1)

    def test_a_window_is_listed_and_fetched_in_full(self):
        start = self.shop.now
        refs = [self.shop.place_order() for _number in range(5)]
        end = self.shop.now
        with patch.object(amazon_orders, "PAGE", 2):
            listed, cursor = [], None
            while True:
                some, cursor = self.adapter._list_orders(self.amazon, start, end, cursor)
                listed += some
                if not cursor:
                    break
        # The end is exclusive.
        self.assertEqual(listed, refs[:-1])
        events, cursor = self.adapter._fetch_window(self.amazon, start, end)
        self.assertEqual(([event[3] for event in events], cursor), (refs, None))

    def test_old_orders_come_from_a_report(self):
        start = datetime.now(UTC).replace(microsecond=0) - timedelta(days=100)
        old = [
            self.shop.place_order(at=start + timedelta(days=days), tax_rate="20", shipping="4.00")
            for days in (1, 2, 45)
        ]
        for ref in old[:2]:
            self.shop.ship_by_amazon(ref)
        recent = self.shop.place_order()
        events, empty, cursor = [], 0, None
        for _page in range(60):
            some, cursor = self.adapter._fetch_window(
                self.amazon, start, self.shop.now + timedelta(seconds=1), cursor
            )
            events += some
            empty += not some
            if not cursor:
                break
        self.assertEqual([event[3] for event in events], [*old, recent])
        self.assertGreater(empty, 3)
        self.assertEqual(self._calls("/reports/2021-06-30/reports"), len(self.shop.reports) * 4)
        document = self.adapter._read(self.amazon, events[0][0], events[0][2])
        self.assertEqual((document.status, document.lines_total), ("shipped", Decimal(24)))
        [tax] = document.lines[0].taxes
        self.assertEqual((tax.rate, tax.amount > 0), (None, True))
        # What is still to be worked on is asked for in full.
        self.assertIsInstance(self.adapter._read(self.amazon, "orders", events[2][2]), OrderRequest)

    def test_offers_are_read_by_search_and_by_a_report_when_there_are_too_many(self):
        for number in range(25):
            self.shop.add_product(f"S{number:02}", f"Thing {number}", "9.50", 4)
        self.shop.add_product("FBA", "Kept by Amazon", quantity=9, afn=True)
        listings, cursor = self.adapter._fetch_listings(self.amazon)
        self.assertEqual(len(listings), 20)
        self.assertEqual(
            [(x.ref, x.item_ref, x.location_ref, x.quantity) for x in listings[:2]],
            [("FBA", "FBA:B000000025", "AMAZON", None), ("S00", "", "DEFAULT", Decimal(4))],
        )
        listings, cursor = self.adapter._fetch_listings(self.amazon, cursor)
        self.assertEqual((len(listings), cursor), (6, None))
        with patch.object(amazon_listings, "MOST_SEARCHED", 20):
            listings, cursor = self.adapter._fetch_listings(self.amazon)
        self.assertEqual(listings, [])
        for _look in range(2):
            with self.assertRaises(RateLimited):
                self.adapter._fetch_listings(self.amazon, cursor)
        listings, cursor = self.adapter._fetch_listings(self.amazon, cursor)
        self.assertEqual((len(listings), cursor), (26, None))
        self.assertEqual(listings[0].price, Decimal("9.50"))

    def test_an_order_nobody_knows_is_left_out(self):
        ref = self.shop.place_order()
        for roles in (self.roles, self.roles - {"2026"}):
            self.shop.roles = set(roles)
            events = self.adapter._fetch_orders(self.amazon, ["302-0-0", ref])
            self.assertEqual([event[3] for event in events], [ref])

    def test_a_report_that_unpacks_to_too_much_is_refused_in_words(self):
        adapter = self.env["oms.channel.adapter.amazon"]
        self.assertEqual(adapter._unpack(gzip.compress(b"order-id\n1")), b"order-id\n1")
        for body in (gzip.compress(bytes(80 * 1024**2)), gzip.compress(b"order-id")[:-4], b"x"):
            with self.assertRaisesRegex(FinalError, "report of Amazon could not be unpacked"):
                adapter._unpack(body)


class TestAmazonConnection(AmazonCase):
    def test_a_good_account_connects(self):
        self.assertEqual(self.adapter._test_connection(self.amazon), "")

    def test_what_is_wrong_is_said_in_words(self):
        for values, text in (
            ({"account_ref": "me"}, "expected the seller ID, an @ and marketplace IDs"),
            ({"account_ref": "A2SIMSELLER01@A1PA6795UKMFR9,XYZ"}, "no marketplace XYZ"),
            (
                {"account_ref": "A2SIMSELLER01@A1PA6795UKMFR9,ATVPDKIKX0DER"},
                "create one channel per region",
            ),
            ({"api_key": "other"}, "does not recognize the application"),
            ({"webhook_secret": "old"}, "Authorize the application again"),
            ({"account_ref": "A2SIMSELLER01@A13V1IB3VIYZZH"}, "does not recognize the seller ID"),
            ({"account_ref": "A2OTHERSELLER@A1PA6795UKMFR9"}, "does not recognize the seller ID"),
            ({"api_secret": False}, "Fill in: LWA Client Secret"),
        ):
            with self.subTest(text):
                was = {key: self.amazon[key] for key in values}
                self.amazon.write(values)
                problem = self.adapter._test_connection(self.amazon)
                self.assertIn(text, problem)
                self.assertNotIn(self.shop.client["api_secret"], problem)
                self.assertNotIn(self.shop.refresh_token, problem)
                self.amazon.write(was)

    def test_a_missing_role_is_named(self):
        self.shop.roles = {"2026"}
        self.assertIn("Inventory and Order Tracking", self.adapter._test_connection(self.amazon))

    def test_the_access_token_is_kept_and_renewed_once_it_ran_out(self):
        for _call in range(3):
            self.adapter._fetch(self.amazon)
        self.assertEqual(self._calls("/auth/o2/token"), 1)
        self.shop.expire_tokens()
        self.shop.place_order()
        events, _cursor = self.adapter._fetch(self.amazon)
        self.assertEqual(len(events), 1)
        self.assertEqual(self._calls("/auth/o2/token"), 2)

    @mute_logger(POLLING)
    def test_a_withdrawn_consent_raises_the_alert_for_credentials(self):
        self.amazon.webhook_secret = "withdrawn"
        self.amazon.next_fetch_at = False
        self.env["oms.channel"]._run_fetch()
        [alert] = self.amazon.alert_ids
        self.assertEqual(alert.code, "credentials")
        self.assertNotIn("withdrawn", alert.text)

    def test_the_accounts_own_limit_is_learned(self):
        self.adapter._fetch(self.amazon)
        # Meters are written in transactions of their own.
        [(rate,)] = self.env["oms.channel.meter"]._execute(
            SQL(
                "SELECT rate FROM oms_channel_meter WHERE channel_ref = %s AND name = %s",
                *(self.amazon.id, "searchOrders"),
            )
        )
        self.assertAlmostEqual(rate, 5.6)

    def test_the_regions_have_their_endpoints(self):
        self.amazon.base_url = False
        self.assertEqual(
            self.adapter._base_url(self.amazon), "https://sellingpartnerapi-eu.amazon.com"
        )
        self.amazon.account_ref = "A2SIMSELLER01@A1VC38T7YXB528"
        self.assertEqual(
            self.adapter._base_url(self.amazon), "https://sellingpartnerapi-fe.amazon.com"
        )

    def test_an_account_without_a_queue_is_only_asked(self):
        self.assertEqual(self.amazon._care_webhooks(), "")
        self.assertEqual(self.amazon.webhooks_state, "none")
        self.assertFalse(self.amazon.alert_ids)

    def test_changes_are_sent_to_the_queue_of_the_account(self):
        arn = "arn:aws:sqs:eu-west-1:123456789012:orders"
        self.amazon.account_ref += f" {arn}"
        self.assertEqual(self.amazon._care_webhooks(), "")
        self.assertEqual(self.amazon.webhooks_state, "ok")
        [destination] = self.shop.destinations.values()
        self.assertEqual(destination["resource"], {"sqs": {"arn": arn}})
        self.assertEqual(list(self.shop.subscriptions), ["ORDER_CHANGE"])
        self.assertEqual(self.adapter._ensure_webhooks(self.amazon), [])
        self.amazon.account_ref = self.amazon.account_ref.replace("orders", "others")
        self.assertEqual(
            self.adapter._ensure_webhooks(self.amazon),
            [f"Order changes are sent to {arn.replace('orders', 'others')}."],
        )
        self.adapter._remove_webhooks(self.amazon)
        self.assertEqual(self.shop.subscriptions, {})

    def _deliver(self, delivery):
        """Take a delivery in, as the address for messages does."""
        problem = self.adapter._verify(self.amazon, delivery.headers, delivery.body, None)
        if problem:
            return problem
        event = self.adapter._identify(self.amazon, delivery.headers, delivery.body)
        return self.amazon._receive_many([event])

    def _subscribe(self):
        self.amazon.account_ref += " arn:aws:sqs:eu-west-1:123456789012:orders"
        self.adapter._ensure_webhooks(self.amazon)
        self.shop.pipe = (self.amazon.webhook_url, self.adapter._key(self.amazon))

    def test_fault_1_a_notification_brings_the_order_once(self):
        self._subscribe()
        ref = self.shop.place_order()
        [delivery] = self.shop.take_deliveries()
        message = self._deliver(delivery)
        self.assertEqual((message.topic, message.order_ref), ("ORDER_CHANGE", ref))
        self.assertEqual(self._deliver(delivery), message)
        self.assertEqual(message.deliveries, 2)
        self._run_lanes()
        self.assertEqual(self._order(ref, self.amazon).amount_total, 20.0)
        self.assertEqual(self._calls("/orders/2026-01-01/orders/"), 1)

    def test_fault_8_an_empty_secret_verifies_nothing(self):
        headers = {"X-Oms-Key": self.adapter._key(self.amazon)}
        self.assertEqual(self.adapter._verify(self.amazon, headers, b"{}", None), "")
        for secret in (False, "", " "):
            self.amazon.api_secret = secret
            headers = {"X-Oms-Key": self.adapter._key(self.amazon)}
            problem = self.adapter._verify(self.amazon, headers, b"{}", None)
            self.assertIn("no secret", problem)

    def test_fault_8_a_notification_without_the_key_is_refused(self):
        self._subscribe()
        self.shop.place_order()
        [delivery] = self.shop.take_deliveries()
        for key in ("", "wrong", self.shop.client["api_secret"]):
            delivery.headers["X-Oms-Key"] = key
            self.assertIn("X-Oms-Key", self._deliver(delivery))
        self.assertFalse(self._inbox())

    def test_a_notification_is_read_in_every_wrapping(self):
        told = {
            "NotificationType": "ORDER_CHANGE",
            "Payload": {"OrderChangeNotification": {"AmazonOrderId": "1-2-3"}},
            "NotificationMetadata": {"NotificationId": "n1"},
        }
        text = json.dumps(told)
        for body in (
            told,
            {"messageId": "m", "body": text},
            [{"messageId": "m", "body": text}],
            {"detail-type": "ORDER_CHANGE", "detail": told},
            {"Type": "Notification", "Message": text},
            {"body": json.dumps({"detail": told})},
        ):
            body = json.dumps(body).encode()
            event = self.adapter._identify(self.amazon, {}, body)
            self.assertEqual((event.ref, event.order_ref), ("sqs:n1", "1-2-3"))
            document = self.adapter._parse(self.amazon, event.topic, body)
            self.assertEqual(document, OrderRequest(order_ref="1-2-3"))

    def test_what_is_no_notification_is_kept_and_shown(self):
        for body in (b"not json", b"[]", b"{}", b'[{"body": "x"}, {"body": "y"}]'):
            event = self.adapter._identify(self.amazon, {}, body)
            self.assertTrue(event.ref.startswith("unread:"))
            with self.assertRaises(DocumentError):
                self.adapter._parse(self.amazon, event.topic, body)
        other = json.dumps({"NotificationType": "FEE_PROMOTION"}).encode()
        self.assertIsNone(self.adapter._parse(self.amazon, "FEE_PROMOTION", other))


class TestAmazonTelling(AmazonCase):
    def _shipment(self, ref, quantity="2", parcels=1, **values):
        item = self.shop.shop[ref].items[0]
        return {
            "order_ref": ref,
            "shipment_ref": "WH/OUT/0007",
            "shipped_at": "2026-03-01 12:00:00",
            "location_ref": "DEFAULT",
            "parcels": [
                {"carrier": "DHL Paket", "carrier_code": "", "number": f"0034{n}", "url": ""}
                for n in range(parcels)
            ],
            "lines": [
                {"line_ref": item.ref, "sku": item.sku, "quantity": quantity, "units": quantity}
            ],
            **values,
        }

    def test_a_shipment_is_confirmed_with_its_number(self):
        ref = self.shop.place_order()
        message = self._told("shipment", self._shipment(ref))
        self.assertEqual(message.state, "done", message.error)
        [told] = self.shop.shipments
        package = told["package"]
        self.assertEqual((package["carrierCode"], package["trackingNumber"]), ("DHL", "00340"))
        self.assertEqual(package["shipDate"], "2026-03-01T12:00:00Z")
        self.assertEqual(self.shop.shop[ref].status, "Shipped")

    @mute_logger(SENDER)
    def test_fault_19_an_answer_that_was_lost_makes_no_second_shipment(self):
        ref = self.shop.place_order()
        self.shop.fail(1, 503, "shipmentConfirmation", after=True)
        message = self._told("shipment", self._shipment(ref))
        self.assertEqual(message.state, "done", message.error)
        self.assertEqual(self._calls("shipmentConfirmation"), 2)
        self.assertEqual((len(self.shop.shipments), len(self.shop.shop[ref].shipments)), (1, 1))

    def test_each_parcel_is_told_with_a_piece_in_it(self):
        ref = self.shop.place_order([("MUG", 5, "4.00")])
        self._told("shipment", self._shipment(ref, "5", parcels=3))
        packages = [told["package"] for told in self.shop.shipments]
        self.assertEqual([p["trackingNumber"] for p in packages], ["00340", "00341", "00342"])
        self.assertEqual([p["orderItems"][0]["quantity"] for p in packages], [3, 1, 1])
        self.assertEqual(len({p["packageReferenceId"] for p in packages}), 3)

    def test_more_parcels_than_pieces_are_told_as_far_as_amazon_takes_them(self):
        ref = self.shop.place_order([("MUG", 2, "4.00")])
        self._told("shipment", self._shipment(ref, "2", parcels=3))
        self.assertEqual(len(self.shop.shipments), 2)
        self.assertEqual(self.shop.shop[ref].status, "Shipped")

    def test_a_carrier_amazon_does_not_know_is_named(self):
        ref = self.shop.place_order()
        parcel = {"carrier": "Bike Messenger", "carrier_code": "", "number": "", "url": ""}
        message = self._told(
            "shipment", self._shipment(ref, parcels=0, lines=[]) | {"parcels": [parcel]}
        )
        self.assertEqual(message.state, "done", message.error)
        package = self.shop.shipments[0]["package"]
        self.assertEqual(
            (package["carrierCode"], package["carrierName"]), ("Other", "Bike Messenger")
        )
        self.assertEqual(package["trackingNumber"], "WH/OUT/0007")
        self.assertEqual(package["orderItems"][0]["quantity"], 2)

    @mute_logger(SENDER)
    def test_a_refused_shipment_fails_with_amazons_words(self):
        ref = self.shop.place_order()
        message = self._told("shipment", self._shipment(ref, "9"))
        self.assertEqual(message.state, "failed")
        self.assertIn("There is not so much to ship", message.error)
        self.assertEqual(self.shop.shipments, [])

    # === CANCELLATIONS AND REFUNDS === #

    def _cancellation(self, ref, lines=(), reason="inventory"):
        return {
            "order_ref": ref,
            "reason": reason,
            "text": "",
            "restock": True,
            "refund": True,
            "lines": list(lines),
        }

    def test_a_whole_order_is_refused_by_a_feed(self):
        ref = self.shop.place_order()
        message = self._told("cancellation", self._cancellation(ref))
        self.assertEqual(message.state, "done", message.error)
        self.assertTrue(self.shop.shop[ref].cancelled)
        self.assertEqual(
            self.shop.cancellations, [{"order_ref": ref, "reason": "NoInventory", "items": {}}]
        )
        self.assertEqual(len(self.shop.feeds), 1)

    def test_some_pieces_are_cancelled_by_an_adjustment(self):
        ref = self.shop.place_order([("MUG", 3, "10.00")])
        item = self.shop.shop[ref].items[0].ref
        lines = [{"line_ref": item, "sku": "MUG", "quantity": "1", "units": "1"}]
        message = self._told("cancellation", self._cancellation(ref, lines, "customer"))
        self.assertEqual(message.state, "done", message.error)
        [told] = self.shop.cancellations
        self.assertEqual((told["reason"], told["items"]), ("BuyerCanceled", {item: 1}))
        self.assertEqual(self.shop.orders()[ref]["quantities"], {"MUG": 2})

    def test_fault_36_of_a_partly_shipped_order_only_the_rest_is_cancelled(self):
        ref = self.shop.place_order([("MUG", 3, "10.00")])
        self._told("shipment", self._shipment(ref, "2"))
        message = self._told("cancellation", self._cancellation(ref), "k2")
        self.assertEqual(message.state, "done", message.error)
        self.assertFalse(self.shop.shop[ref].cancelled)
        self.assertEqual(self.shop.orders()[ref]["quantities"], {"MUG": 2})

    @mute_logger(SENDER)
    def test_fault_37_what_was_shipped_cannot_be_cancelled(self):
        ref = self.shop.place_order()
        self._told("shipment", self._shipment(ref))
        message = self._told("cancellation", self._cancellation(ref), "k2")
        self.assertEqual(message.state, "failed")
        self.assertIn("All items of order", message.error)
        self.assertEqual(self.shop.feeds, {})

    def _refund(self, ref, amount="10.00", **values):
        item = self.shop.shop[ref].items[0].ref
        line = {"line_ref": item, "sku": "MUG", "quantity": "1", "amount": amount, "restock": True}
        return {
            "order_ref": ref,
            "amount": amount,
            "currency": self.currency,
            "text": "Broken",
            "charge_ref": f"AMAZON-{ref}",
            "shipping": "0",
            "lines": [line],
            **values,
        }

    def test_money_is_given_back_by_a_feed_and_known_by_it(self):
        ref = self.shop.place_order()
        message = self._told("refund", self._refund(ref))
        self.assertEqual(message.state, "done", message.error)
        self.assertEqual(self.shop.refunds_told, [{"order_ref": ref, "amount": "10.00"}])
        [feed] = self.shop.feeds
        self.assertEqual(message.result["refund_ref"], f"feed-{feed}")

    def test_money_without_lines_is_taken_off_the_items_and_the_shipping(self):
        ref = self.shop.place_order([("MUG", 1, "10.00"), ("POT", 1, "6.00")], shipping="4.00")
        refund = self._refund(ref, "17.00", lines=[], shipping="4.00")
        message = self._told("refund", refund)
        self.assertEqual(message.state, "done", message.error)
        self.assertEqual(self.shop.orders()[ref]["refunded"], Decimal(17))
        content = next(iter(self.shop.feeds.values()))["content"].decode()
        amounts = [part.split("<")[0] for part in content.split(f'currency="{self.currency}">')[1:]]
        self.assertEqual(amounts, ["8.13", "2.50", "4.87", "1.50"])

    @mute_logger(SENDER)
    def test_money_the_items_do_not_cover_is_refused_and_none_is_given_back(self):
        ref = self.shop.place_order([("MUG", 1, "10.00"), ("POT", 1, "6.00")], shipping="4.00")
        message = self._told("refund", self._refund(ref, "20.00", lines=[]))
        self.assertEqual(message.state, "failed")
        self.assertIn(f"4.00 {self.currency} of the refund exceed", message.error)
        self.assertIn(f"exceed the price of the items of order {ref}", message.error)
        self.assertEqual((self.shop.refunds_told, self.shop.feeds), ([], {}))

    @mute_logger(SENDER)
    def test_fault_19_a_refund_whose_answer_was_lost_is_made_once(self):
        ref = self.shop.place_order()
        self.shop.fail(1, 503, "/feeds/2021-06-30/feeds", after=True)
        message = self._told("refund", self._refund(ref))
        self.assertEqual(message.state, "done", message.error)
        self.assertEqual(len(self.shop.feeds), 1)
        self.assertEqual(self.shop.refunds_told, [{"order_ref": ref, "amount": "10.00"}])

    @mute_logger(SENDER)
    def test_fault_26_more_than_was_paid_is_refused(self):
        ref = self.shop.place_order()
        message = self._told("refund", self._refund(ref, "99.00"))
        self.assertEqual(message.state, "failed")
        self.assertIn(f"79.00 {self.currency} of the refund exceed", message.error)
        self.assertEqual((self.shop.refunds_told, self.shop.feeds), ([], {}))

    @mute_logger(SENDER)
    def test_fault_26_what_was_given_back_already_is_refused(self):
        ref = self.shop.place_order()
        self._told("refund", self._refund(ref, "15.00"))
        message = self._told("refund", self._refund(ref, "15.00"), "k2")
        self.assertEqual(message.state, "failed")
        self.assertIn("More than was paid", message.error)
        self.assertFalse(message.result)
        self.assertEqual(self.shop.refunds_told, [{"order_ref": ref, "amount": "15.00"}])

    @mute_logger(SENDER)
    def test_a_feed_amazon_gives_up_fails_and_is_made_anew_by_hand(self):
        ref = self.shop.place_order()
        self.shop.feed_verdicts.append("FATAL")
        message = self._told("cancellation", self._cancellation(ref))
        self.assertEqual(message.state, "failed")
        self.assertIn("FATAL", message.error)
        message.action_retry()
        self._send_all("cancellation")
        self.assertEqual(message.state, "done", message.error)
        self.assertEqual(len(self.shop.feeds), 2)

    # === STOCK AND PRICES === #

    def _items(self, count, quantity=3, **values):
        for number in range(count):
            self.shop.add_product(f"S{number:03}", f"Thing {number}", quantity=1)
        return [
            {
                "ref": f"S{number:03}",
                "item_ref": "",
                "parent_ref": "",
                "sku": f"S{number:03}",
                "location": "DEFAULT",
                "quantity": quantity,
                "seen": 1,
                **values,
            }
            for number in range(count)
        ]

    def test_a_few_are_told_at_once(self):
        items = self._items(8)
        self.assertEqual(self.adapter._push_stock(self.amazon, "k", items), {"failed": {}})
        self.assertEqual(set(self.shop.stock().values()), {3})
        self.assertEqual(self.shop.feeds, {})

    def test_fault_60_one_that_is_refused_does_not_stop_the_others(self):
        items = self._items(3)
        del self.shop.listings["S001"]
        answer = self.adapter._push_stock(self.amazon, "k", items)
        self.assertEqual(list(answer["failed"]), ["1"])
        self.assertIn("does not match any ASIN", answer["failed"]["1"])
        self.assertEqual(self.shop.stock()["S002", "DEFAULT"], 3)

    def test_what_amazon_keeps_itself_is_never_told(self):
        items = self._items(2)
        items[0]["item_ref"] = "FBA:X000FBA"
        answer = self.adapter._push_stock(self.amazon, "k", items)
        self.assertEqual(answer, {"failed": {}, "by_amazon": ["S000"]})
        self.assertEqual(self.shop.stock()["S000", "DEFAULT"], 1)

    def test_many_zeros_are_told_at_once_the_first_now_and_the_others_next(self):
        items = self._items(60, 0)
        answer = self.adapter._push_stock(self.amazon, "k", items)
        self.assertEqual(answer["later"], list(range(50, 60)))
        self.assertEqual(sum(not count for count in self.shop.stock().values()), 50)
        self.assertEqual(self.shop.feeds, {})

    def test_fault_59_while_no_feed_can_be_made_offers_are_told_one_by_one(self):
        items = self._items(60)
        self.shop.throttle(path="/feeds/2021-06-30/feeds", seconds=120)
        answer = self.adapter._push_stock(self.amazon, "k", items)
        self.assertEqual(answer["later"], list(range(50, 60)))
        self.assertEqual(list(self.shop.stock().values()).count(3), 50)
        self.assertEqual(self.shop.feeds, {})

    def test_prices_are_told_in_the_marketplaces_of_their_currency(self):
        [item] = self._items(1)
        item = {**item, "price": "12.50", "currency": "EUR"}
        self.assertEqual(self.adapter._push_price(self.amazon, "k", [item]), {"failed": {}})
        self.assertEqual(self.shop.prices["S000"], "12.50")
        answer = self.adapter._push_price(self.amazon, "k", [{**item, "currency": "GBP"}])
        self.assertEqual(answer["failed"], {"0": "No marketplace of the account is in GBP."})

    def _place(self):
        return self.env["oms.channel.location"].create(
            {
                "channel_id": self.amazon.id,
                "ref": "DEFAULT",
                "name": "Shipped by us",
                "warehouse_ids": [(6, 0, self.warehouse.ids)],
            }
        )

    def _list(self, count):
        """:return: listings of so many products with stock, told to nobody yet"""
        products = [self._make_product(f"S{n:03}", f"Thing {n}", stock=3) for n in range(count)]
        self._items(count)
        self._place()
        listings = self.env["oms.channel.listing"].create(
            [
                {
                    "channel_id": self.amazon.id,
                    "sku": product.default_code,
                    "product_id": product.id,
                    "external_ref": product.default_code,
                }
                for product in products
            ]
        )
        self.env.cr.precommit.run()
        return listings

    def _look_again(self):
        message = self._outbox("stock").filtered(lambda m: m.state == "pending")
        message.next_try_at = False
        self._run_lanes("stock", "outbox")
        return message

    def test_many_are_told_in_one_feed_that_is_looked_at_until_it_is_done(self):
        self._list(52)
        del self.shop.listings["S001"]
        self._run_lanes("stock", "outbox")
        [message] = self._outbox("stock")
        self.assertEqual((message.state, message.attempts), ("pending", 0))
        self.assertTrue(message.next_try_at)
        [feed] = self.shop.feeds
        self.assertEqual(message.result["feed"], feed)
        for _look in range(3):
            self._look_again()
        self.assertEqual(message.state, "done", message.error)
        self.assertEqual(len(self.shop.feeds), 1)
        self.assertEqual(set(self.shop.stock().values()), {3})
        rows = self.env["oms.channel.stock"].search([("channel_id", "=", self.amazon.id)])
        self.assertEqual(len(rows.filtered(lambda r: r.is_shown and r.shown == 3)), 51)
        [refused] = rows.filtered("error")
        self.assertIn("does not match any ASIN", refused.error)

    def test_fault_11_what_runs_out_while_a_feed_is_under_way_is_told_at_once_and_again(self):
        listings = self._list(52)
        self._run_lanes("stock", "outbox")
        [message] = self._outbox("stock")
        product = listings[0].product_id
        quant = self.env["stock.quant"].search(
            [("product_id", "=", product.id), ("location_id", "=", self.warehouse.lot_stock_id.id)]
        )
        quant.with_context(inventory_mode=True).inventory_quantity = 0
        quant.action_apply_inventory()
        self.env.flush_all()
        self.env.cr.precommit.run()
        self._run_lanes("stock")
        self._look_again()
        self.assertEqual(self.shop.stock()["S000", "DEFAULT"], 0)
        self.assertEqual(message.state, "pending")
        for _look in range(3):
            self._look_again()
        # The feed put the old figure back; it does not stay.
        self.assertEqual(message.state, "done")
        self.assertEqual(self.shop.stock()["S000", "DEFAULT"], 0)
        row = self.env["oms.channel.stock"].search([("listing_id", "=", listings[0].id)])
        self.assertEqual((row.shown, row.is_shown, row.message_id.id), (0, True, False))

    def test_zero_overtakes_a_feed_of_many(self):
        listings = self._list(60)
        for listing in listings[:5]:
            quant = self.env["stock.quant"].search(
                [
                    ("product_id", "=", listing.product_id.id),
                    ("location_id", "=", self.warehouse.lot_stock_id.id),
                ]
            )
            quant.with_context(inventory_mode=True).inventory_quantity = 0
            quant.action_apply_inventory()
        self.env.flush_all()
        self.env.cr.precommit.run()
        self._run_lanes("stock", "outbox")
        zeros = [sku for (sku, _place), count in self.shop.stock().items() if not count]
        self.assertEqual(zeros, [f"S{n:03}" for n in range(5)])
        self.assertEqual(len(self.shop.feeds), 1)


class TestAmazonLimits(AmazonCase):
    def test_polls_leave_some_of_the_limit_for_everything_else(self):
        for roles, seconds, bucket in (
            (self.roles, 240, "searchOrders"),
            (self.roles - {"2026"}, 80, "getOrders_v0"),
        ):
            self.shop.roles = set(roles)
            self.amazon.next_fetch_at = False
            self.env["oms.channel"]._run_fetch()
            planned = (self.amazon.next_fetch_at - self.amazon.polled_at).seconds
            self.assertEqual(planned, seconds)
            self.assertLess(1 / seconds, self.adapter._rate_limits[bucket][0])

    def test_fault_59_amazons_own_limit_is_kept(self):
        self.shop.rate_factor = 1.0
        for _call in range(20):
            self.adapter._fetch(self.amazon)
        with self.assertRaises(RateLimited) as caught:
            self.adapter._fetch(self.amazon)
        self.assertGreater(caught.exception.seconds, 60)
        # The last one was not even asked for.
        self.assertEqual(self._calls("/orders/2026-01-01/orders"), 20)

    def test_fault_59_a_row_of_calls_under_way_waits_a_little_and_no_longer(self):
        adapter, naps, answers = self.env["oms.channel.adapter.amazon"], [], []

        def call():
            if answers:
                raise RateLimited("Too many calls.", seconds=answers.pop(0))
            return "taken"

        self.patch(amazon_connection.time, "sleep", naps.append)
        answers[:] = [0.5, 2.0]
        self.assertEqual(adapter._patiently(call, 1), "taken")
        self.assertEqual(naps, [0.5, 2.0])
        for done, seconds in ((0, 0.5), (1, 2.5), (1, None)):
            answers[:] = [seconds]
            with self.subTest(done=done, seconds=seconds), self.assertRaises(RateLimited):
                adapter._patiently(call, done)
        self.assertEqual(naps, [0.5, 2.0])

    def test_fault_59_a_refusal_for_too_many_calls_only_waits(self):
        self.shop.throttle(path="/orders/2026-01-01/orders", seconds=42)
        with self.assertRaises(RateLimited) as caught:
            self.adapter._fetch(self.amazon)
        self.assertEqual(caught.exception.seconds, 42)

    def test_an_outage_is_no_refusal(self):
        self.shop.fail(1, 500, "/auth/o2/token")
        with self.assertRaises(Exception) as caught:
            self.adapter._fetch(self.amazon)
        self.assertNotIsInstance(caught.exception, (CredentialsError, FinalError))
