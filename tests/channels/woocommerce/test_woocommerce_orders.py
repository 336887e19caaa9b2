"""WooCommerce: how orders are read."""

import json
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.oms_addon.channels.woocommerce.parse_refunds import (
    quantities,
    refund_line,
    share_of,
    within_total,
)
from odoo.addons.oms_addon.documents.order import DocumentError

from simulators.woocommerce import WoocommerceSimulator
from simulators.woocommerce.shop import line_item

from .common import FIXTURES, SHAPES, fixture, read


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
