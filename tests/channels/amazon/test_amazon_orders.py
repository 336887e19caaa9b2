"""Amazon: how orders are read."""

import json
import re
import time
import unittest
from datetime import datetime
from decimal import Decimal
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.oms_addon.channels.amazon import parse_orders as amazon_orders_tool
from odoo.addons.oms_addon.channels.amazon import values as amazon_values
from odoo.addons.oms_addon.channels.amazon.parse_orders import read_order
from odoo.addons.oms_addon.channels.amazon.parse_reports import (
    read_listing_report,
    read_order_report,
)
from odoo.addons.oms_addon.documents.order import CancellationDocument, DocumentError
from odoo.addons.oms_addon.exceptions import FinalError

from .common import FIXTURES, MODELS, UTC, fixture


class Python310(datetime):
    """What ``datetime`` reads before Python 3.11."""

    @classmethod
    def fromisoformat(cls, text):
        if not re.fullmatch(r"[\d-]{10}T[\d:]{8}(\.(\d{3}){1,2})?([+-]\d\d:\d\d)?", text):
            raise ValueError(text)
        return datetime.fromisoformat(text)


def money(amount, currency="EUR"):
    return {"CurrencyCode": currency, "Amount": f"{amount:.2f}"}


def read(data):
    return read_order(json.dumps(data).encode())


SHAPES = sorted(
    path.name.removesuffix(".expected.json")
    for path in FIXTURES.glob("*.expected.json")
    if not path.name.startswith("refund_")
)


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
        with self.assertRaisesRegex(
            FinalError, "no column seller-sku. Contact support with its columns: sku, preis"
        ):
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
