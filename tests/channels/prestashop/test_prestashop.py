"""PrestaShop: parsing of what it composes, and talking to a shop that keeps its state."""

import json
import time
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.oms_addon.channels.prestashop import composing
from odoo.addons.oms_addon.channels.prestashop.parse_cursor import Cursor
from odoo.addons.oms_addon.channels.prestashop.parse_orders import read_order
from odoo.addons.oms_addon.channels.prestashop.parse_values import is_late
from odoo.addons.oms_addon.channels.prestashop.parse_xml import read_errors, to_xml
from odoo.addons.oms_addon.channels.prestashop.values import PAGE
from odoo.addons.oms_addon.documents.codec import loads
from odoo.addons.oms_addon.documents.order import OrderDocument
from odoo.addons.oms_addon.documents.values import DocumentError
from odoo.addons.oms_addon.exceptions import CredentialsError, FinalError, RetryableError
from odoo.addons.oms_addon.tools.shares import spread_within

from simulators.prestashop import PrestashopSimulator

from ...common import OmsCommon

FIXTURES = Path(__file__).parents[2] / "fixtures" / "prestashop"
UTC = timezone.utc


def composed(**changes):
    """:return: the sample's composed order, with changes to it and to its parts"""
    data = loads((FIXTURES / "order.json").read_bytes())
    data["order"].update(changes.pop("order", {}))
    return {**data, **changes}


def detail(ref, quantity, gross, net, total=None, **values):
    return {
        "id": ref,
        "product_id": "10",
        "product_attribute_id": "0",
        "product_reference": f"SKU-{ref}",
        "product_name": f"Thing {ref}",
        "product_quantity": str(quantity),
        "unit_price_tax_incl": gross,
        "unit_price_tax_excl": net,
        "total_price_tax_incl": total or str(Decimal(gross) * quantity),
        **values,
    }


def money_of(goods, *, shipping="0", discount="0", wrapping="0", rate="0"):
    """:return: the sums of an order as PrestaShop writes them"""
    part = 1 + Decimal(rate) / 100
    total = Decimal(goods) + Decimal(shipping) + Decimal(wrapping) - Decimal(discount)
    sums = {
        "total_products_wt": goods,
        "total_paid_tax_incl": str(total),
        "total_discounts_tax_incl": discount,
        "carrier_tax_rate": rate,
    }
    for name, amount in (("total_shipping", shipping), ("total_wrapping", wrapping)):
        sums[f"{name}_tax_incl"] = amount
        sums[f"{name}_tax_excl"] = f"{Decimal(amount) / part:.6f}"
    return sums


class TestPrestashopReading(OmsCommon):
    def setUp(self):
        super().setUp()
        self.adapter = self.env["oms.channel.adapter.prestashop"]

    def _read(self, data):
        document = self.adapter._read(
            self.channel, "orders", json.dumps(data, default=str).encode()
        )
        self.assertIsInstance(document, OrderDocument)
        return document

    def test_the_samples_are_read_as_expected(self):
        for path in sorted(FIXTURES.glob("*.json")):
            if "expected" in path.name:
                continue
            with self.subTest(path.stem):
                document = read_order(loads(path.read_bytes()))
                expected = json.loads(path.with_suffix(".expected.json").read_bytes())
                self.assertEqual(document.to_dict(), expected)
                self.assertEqual(document.problems(), ())

    def test_rows_that_were_rounded_at_the_end_add_up_to_the_cent(self):
        details = [detail(str(n), 3, "3.333333", "2.777778", "9.999999") for n in (1, 2)]
        document = self._read(composed(details=details, order=money_of("20.00", rate="20")))
        self.assertEqual([line.subtotal for line in document.lines], [Decimal("10.00")] * 2)
        self.assertEqual(document.lines_total, document.total)

    def test_a_cent_lost_by_rounding_goes_to_the_row_that_lost_most(self):
        details = [
            detail("1", 1, "0.334000", "0.334000"),
            detail("2", 1, "0.331000", "0.331000"),
            detail("3", 1, "0.335000", "0.335000"),
        ]
        document = self._read(composed(details=details, order=money_of("1.01")))
        self.assertEqual(
            [line.subtotal for line in document.lines],
            [Decimal("0.34"), Decimal("0.33"), Decimal("0.34")],
        )

    def test_a_rate_is_the_one_of_the_row_else_that_of_its_two_prices(self):
        told = detail("1", 1, "10.00", "9.00", associations={"taxes": [{"id": "3"}]})
        implied = detail("2", 1, "11.99", "9.99")
        strange = detail("3", 1, "113.70", "100.00")
        free = detail("4", 1, "5.00", "5.00")
        document = self._read(
            composed(details=[told, implied, strange, free], order=money_of("140.69"))
        )
        rates = [tuple(tax.rate for tax in line.taxes) for line in document.lines]
        self.assertEqual(rates, [(Decimal("5.5"),), (Decimal("20"),), (Decimal("13.7"),), ()])

    def test_an_ecological_tax_with_another_rate_is_a_line_of_its_own(self):
        # 100.00 at 20 % and an ecotax of 2.00 without tax, twice.
        eco = {"ecotax": "2.000000", "ecotax_tax_rate": "0.000"}
        row = detail("1", 2, "122.00", "102.00", **eco, total_price_tax_excl="204.00")
        document = self._read(composed(details=[row], order=money_of("244.00")))
        self.assertEqual(
            [(x.ref, x.kind, x.subtotal, x.tax_amount) for x in document.lines],
            [
                ("1", "product", Decimal("240.00"), Decimal("40.00")),
                ("ecotax:1", "fee", Decimal("4.00"), Decimal("0")),
            ],
        )
        same = {"ecotax": "2.000000", "ecotax_tax_rate": "20.000"}
        row = detail("1", 2, "122.40", "102.00", **same, total_price_tax_excl="204.00")
        document = self._read(composed(details=[row], order=money_of("244.80")))
        [line] = document.lines
        self.assertEqual((line.subtotal, line.tax_amount), (Decimal("244.80"), Decimal("40.80")))

    def test_free_shipping_is_off_the_shipping_and_the_rest_off_the_goods(self):
        details = [detail("1", 1, "30.00", "25.00"), detail("2", 2, "10.00", "8.333333")]
        rule = {"id": "1", "name": "FREE+10", "value": "15.00", "value_tax_excl": "12.50",
                "free_shipping": "1"}  # fmt: skip
        document = self._read(
            composed(
                details=details,
                cart_rules=[rule],
                order=money_of("50.00", shipping="5.00", discount="15.00", rate="20"),
            )
        )
        self.assertEqual(
            [line.discount for line in document.lines],
            [Decimal("6.00"), Decimal("4.00"), Decimal("5.00")],
        )
        self.assertEqual(document.total, Decimal("40.00"))
        self.assertEqual(document.problems(), ())

    def test_a_voucher_is_off_the_goods_whose_tax_it_has(self):
        details = [detail("1", 1, "12.00", "10.00"), detail("2", 1, "10.55", "10.00")]
        rule = {"id": "1", "name": "BOOKS", "value": "2.11", "value_tax_excl": "2.00"}
        document = self._read(
            composed(details=details, cart_rules=[rule], order=money_of("22.55", discount="2.11"))
        )
        self.assertEqual([line.discount for line in document.lines], [Decimal(0), Decimal("2.11")])

    def test_an_order_that_costs_nothing_has_lines_that_cost_nothing(self):
        document = self._read(
            composed(
                details=[detail("1", 2, "10.00", "8.333333")],
                order=money_of("20.00", discount="20.00"),
            )
        )
        self.assertEqual(document.total, 0)
        self.assertEqual([line.subtotal for line in document.lines], [Decimal(0)])
        self.assertEqual(document.problems(), ())

    def test_wrapping_is_a_fee_and_the_gift_message_is_kept(self):
        document = self._read(
            composed(
                details=[detail("1", 1, "10.00", "10.00")],
                order={
                    **money_of("10.00", wrapping="2.40", rate="20"),
                    "gift": "1",
                    "gift_message": "Bonne fête",
                },
            )
        )
        fee = document.lines[-1]
        self.assertEqual((fee.kind, fee.subtotal), ("fee", Decimal("2.40")))
        self.assertEqual([tax.rate for tax in fee.taxes], [Decimal("20")])
        self.assertEqual(document.gift_message, "Bonne fête")

    def test_states_are_known_by_flags_and_settings_whatever_they_are_called(self):
        flags = {
            "id": "77", "paid": "1", "shipped": "1", "delivery": "1", "logable": "1",
        }  # fmt: skip
        for state, extra, status in (
            ("6", {}, "cancelled"),
            ("8", {}, "pending"),
            ("0", {}, "pending"),
            ("1", {}, "open"),
            ("77", {"states": {"77": flags}}, "shipped"),
            ("5", {"states": {"5": flags}}, "delivered"),
            ("7", {}, "cancelled"),
        ):
            with self.subTest(state):
                document = self._read(composed(order={"current_state": state}, **extra))
                self.assertEqual(document.status, status)

    def test_an_order_refunded_after_it_had_left_stays_shipped_and_gives_its_money_back(self):
        flags = {"id": "4", "shipped": "1"}
        document = self._read(
            composed(
                order={"current_state": "7"},
                states={"4": flags},
                histories=[
                    {"id": "8", "id_order_state": "4", "date_add": "2026-11-23 08:00:00"},
                    {"id": "9", "id_order_state": "7", "date_add": "2026-11-24 08:00:00"},
                ],
                payments=[self._payment("1", "27.30")],
            )
        )
        self.assertEqual(document.status, "shipped")
        self.assertEqual(
            [(c.kind, c.ref, c.amount) for c in document.charges],
            [("charge", "1", Decimal("27.30")), ("refund", "refunded-5", Decimal("27.30"))],
        )
        self.assertEqual(document.charges[1].at, datetime(2026, 11, 24, 7, tzinfo=UTC))
        self.assertEqual([refund.amount for refund in document.refunds], [Decimal("27.30")])

    def _payment(self, ref, amount, **values):
        return {
            "id": ref,
            "order_reference": "KHWLILZLL",
            "amount": amount,
            "currency": "EUR",
            "payment_method": "Card",
            "transaction_id": "",
            "date_add": "2026-11-22 22:00:00",
            **values,
        }

    def test_a_split_payment_is_two_charges_and_a_later_transaction_id_changes_none(self):
        payments = [self._payment("3", "20.00"), self._payment("4", "7.30")]
        document = self._read(composed(payments=payments))
        payments[0]["transaction_id"] = "ch_1"
        later = self._read(composed(payments=payments))
        self.assertEqual(document.charges, later.charges)
        self.assertEqual([c.ref for c in document.charges], ["3", "4"])
        self.assertEqual(later.extra["transactions"], {"3": "ch_1"})

    def test_a_checkout_split_into_orders_shares_its_payment(self):
        siblings = [
            {"id": "4", "total_paid_tax_incl": "10.00"},
            {"id": "5", "total_paid_tax_incl": "27.30"},
        ]
        payments = [self._payment("1", "15.00"), self._payment("2", "22.30")]
        second = self._read(composed(siblings=siblings, payments=payments))
        first = composed(siblings=siblings, payments=payments)
        first["order"].update(id="4", total_paid_tax_incl="10.00")
        first = self._read(first)
        self.assertEqual([(c.ref, c.amount) for c in first.charges], [("1-4", Decimal("10.00"))])
        self.assertEqual(
            [(c.ref, c.amount) for c in second.charges],
            [("1-5", Decimal("5.00")), ("2-5", Decimal("22.30"))],
        )
        self.assertEqual((first.number, second.number), ("KHWLILZLL#1", "KHWLILZLL#2"))

    def test_a_credit_slip_of_pieces_is_a_refund_with_its_money(self):
        slip = {
            "id": "9",
            "total_products_tax_incl": "18.90",
            "total_products_tax_excl": "15.75",
            "total_shipping_tax_incl": "8.40",
            "amount": "15.75",
            "order_slip_type": "2",
            "date_add": "2026-11-25 10:00:00",
            "associations": {
                "order_slip_details": [
                    {"id_order_detail": "7", "product_quantity": "1", "amount_tax_incl": "18.90"}
                ]
            },
        }
        document = self._read(composed(slips=[slip], payments=[self._payment("1", "27.30")]))
        [refund] = document.refunds
        self.assertEqual((refund.ref, refund.amount), ("9", Decimal("27.30")))
        self.assertEqual(
            [(line.line_ref, line.quantity, line.returned) for line in refund.lines],
            [("7", Decimal(1), False), ("shipping", Decimal(0), False)],
        )
        # The shipping is credited with its own tax.
        self.assertEqual(refund.lines[1].amount, Decimal("8.40"))
        self.assertEqual(
            [(c.kind, c.ref, c.amount) for c in document.charges],
            [("charge", "1", Decimal("27.30")), ("refund", "slip-9", Decimal("27.30"))],
        )
        # The slip is newer than what the order says of itself.
        self.assertEqual(document.updated_at, datetime(2026, 11, 25, 9, tzinfo=UTC))

    def test_an_amount_somebody_chose_is_what_a_slip_gives_back(self):
        slip = {
            "id": "9",
            "total_products_tax_incl": "18.90",
            "total_products_tax_excl": "15.75",
            "total_shipping_tax_incl": "0",
            "amount": "5.00",
            "order_slip_type": "2",
            "date_add": "2026-11-25 10:00:00",
        }
        document = self._read(composed(slips=[slip], payments=[self._payment("1", "27.30")]))
        self.assertEqual(document.refunds[0].amount, Decimal("5.00"))
        self.assertEqual(document.charges[1].amount, Decimal("5.00"))

    def test_a_slip_of_an_unpaid_order_gives_no_money_back(self):
        slip = {"id": "9", "total_products_tax_incl": "18.90", "date_add": "2026-11-25 10:00:00"}
        document = self._read(composed(slips=[slip]))
        self.assertEqual(document.charges, ())
        self.assertEqual(len(document.refunds), 1)

    def test_a_negative_payment_is_the_refund_and_the_slip_is_not_counted_again(self):
        slip = {"id": "9", "total_products_tax_incl": "18.90", "date_add": "2026-11-25 10:00:00"}
        document = self._read(
            composed(
                slips=[slip], payments=[self._payment("1", "27.30"), self._payment("2", "-18.90")]
            )
        )
        self.assertEqual(
            [(c.kind, c.ref, c.amount) for c in document.charges],
            [("charge", "1", Decimal("27.30")), ("refund", "2", Decimal("18.90"))],
        )

    def test_companies_guests_notes_and_pickup_points_are_read(self):
        document = self._read(
            composed(
                customer={
                    "firstname": "Ada",
                    "lastname": "Byron",
                    "company": "Engines",
                    "siret": "73282932000074",
                    "email": "ada@example.com",
                },
                invoice={"vat_number": "FR83404833048", "country": "FR", "phone": "0102030405"},
                delivery={
                    "company": "Point Relais 012345 Tabac",
                    "other": "Back door",
                    "address1": "1, rue",
                    "city": "Lyon",
                    "country": "FR",
                },
                messages=[
                    {"id": "1", "message": "Ring twice", "private": "0", "id_employee": "0"},
                    {"id": "2", "message": "VIP", "private": "1", "id_employee": "0"},
                    {"id": "3", "message": "Answer", "private": "0", "id_employee": "4"},
                ],
            )  # fmt: skip
        )
        self.assertEqual(document.customer.tax_number, "FR83404833048")
        self.assertEqual(document.customer.company, "Engines")
        self.assertEqual(document.extra["siret"], "73282932000074")
        self.assertEqual(document.note, "Ring twice\nBack door")
        self.assertEqual(document.pickup_point, "012345")

    def test_what_has_no_reference_is_named_as_its_listing(self):
        rows = [
            detail("1", 1, "10.00", "10.00", product_reference="", product_attribute_id="25"),
            detail("2", 1, "1.00", "1.00", product_reference="", product_ean13="4006381333931"),
        ]
        document = self._read(composed(details=rows, order=money_of("11.00")))
        self.assertEqual([line.sku for line in document.lines], ["10-25", ""])
        self.assertEqual(document.lines[1].barcode, "4006381333931")

    def test_another_currency_keeps_its_rate(self):
        document = self._read(composed(currency="GBP", order={"conversion_rate": "0.850000"}))
        self.assertEqual(document.currency, "GBP")
        self.assertEqual(document.extra["conversion_rate"], "0.85")

    def test_fault_64_the_hour_that_comes_twice_is_told_apart_by_when_it_was_asked_for(self):
        times = {"date_add": "2026-10-25 02:30:00", "date_upd": "2026-10-25 02:30:00"}
        data = composed(order=times, histories=[])
        first, second = datetime(2026, 10, 25, 0, 30), datetime(2026, 10, 25, 1, 30)
        for asked, late in ((first, False), (second, True)):
            now = asked.replace(tzinfo=UTC) + timedelta(minutes=1)
            self.assertEqual(is_late(data["order"], "Europe/Paris", now), late)
            document = self._read({**data, "late": late})
            self.assertEqual(document.updated_at, asked.replace(tzinfo=UTC))
        # An hour that is left out, and every other, comes once.
        for moment in ("2026-03-29 02:30:00", "2026-07-01 02:30:00"):
            self.assertFalse(is_late({"date_upd": moment}, "Europe/Paris", datetime.now(UTC)))

    def test_fault_9_what_is_no_order_is_refused_with_its_field(self):
        for data in ({}, {"order": []}, {"order": {"id": "5", "date_add": "yesterday"}}, []):
            with self.subTest(data=data), self.assertRaises(DocumentError):
                self._read(data)
        with self.assertRaises(DocumentError) as caught:
            self._read(composed(order={"total_paid_tax_incl": "a lot"}))
        self.assertEqual(caught.exception.path, "total_paid_tax_incl")

    def test_an_event_is_named_by_its_content_and_a_broken_body_still_has_a_name(self):
        body = (FIXTURES / "order.json").read_bytes()
        ref, order_ref = self.adapter._describe("orders", body)
        self.assertEqual(order_ref, "5")
        for broken in (b"{", b"[]", b'{"order": 7}'):
            self.assertEqual(self.adapter._describe("orders", broken)[1], None)

    def test_reading_is_fast_enough_for_a_rush(self):
        data = loads((FIXTURES / "two_rows.json").read_bytes())
        start = time.process_time()
        for _round in range(400):
            read_order(data)
        # 2,000 a second is the goal; a busy machine is allowed half of it.
        self.assertLess(time.process_time() - start, 0.4)

    @settings(max_examples=60, deadline=None)
    @given(
        lines=st.lists(
            st.tuples(st.integers(1, 9), st.decimals("0.000001", "99", places=6)),
            min_size=1,
            max_size=6,
        ),
        part=st.decimals(0, 1, places=2),
    )
    def test_every_order_adds_up_whatever_was_rounded_and_taken_off(self, lines, part):
        details = [
            detail(str(n), quantity, f"{price:f}", f"{price / Decimal('1.2'):.6f}")
            for n, (quantity, price) in enumerate(lines, 1)
        ]
        goods = sum((q * p for q, p in lines), Decimal(0)).quantize(Decimal("0.01"))
        discount = (goods * part).quantize(Decimal("0.01"))
        order = money_of(f"{goods}", shipping="4.90", discount=f"{discount}", rate="20")
        document = read_order(composed(details=details, order=order))
        self.assertEqual(document.lines_total, document.total)
        self.assertFalse(
            [p for p in document.problems() if p.code in ("TOTAL_MISMATCH", "BAD_PRICE")]
        )

    @settings(max_examples=100, deadline=None)
    @given(
        limits=st.lists(st.integers(0, 10_000), min_size=1, max_size=9),
        amount=st.integers(0, 50_000),
    )
    def test_shares_add_up_and_stay_within_their_limits(self, limits, amount):
        limits = [Decimal(n) / 100 for n in limits]
        shares, left = spread_within(Decimal(amount) / 100, limits)
        self.assertEqual(sum(shares) + left, Decimal(amount) / 100)
        self.assertTrue(all(0 <= s <= limit for s, limit in zip(shares, limits, strict=True)))

    def test_what_is_written_is_escaped_and_errors_are_read_in_both_ways(self):
        xml = to_xml("message", [{"message": '<b>&"ü"</b>'}])
        self.assertIn(b"&lt;b&gt;&amp;", xml)
        as_xml = (
            b"<?xml version='1.0'?><prestashop><errors><error><code><![CDATA[41]]></code>"
            b'<message><![CDATA[parameter "quantity" required]]></message></error></errors>'
            b"</prestashop>"
        )
        as_json = b'{"errors":[{"code":41,"message":"parameter \\"quantity\\" required"}]}'
        for body in (as_xml, as_json):
            self.assertEqual(read_errors(body), [(41, 'parameter "quantity" required')])
        self.assertEqual(read_errors(b"<html><body>Oops"), [])

    def test_the_cursor_goes_back_over_the_hour_that_comes_twice(self):
        cursor = Cursor(at="2026-10-25 02:55:00")
        self.assertEqual(cursor.start("Europe/Paris", 300), "2026-10-25 01:50:00")
        cursor = Cursor(at="2026-10-24 02:55:00")
        self.assertEqual(cursor.start("Europe/Paris", 300), "2026-10-24 02:50:00")


class PrestashopCommon(OmsCommon):
    def setUp(self):
        super().setUp()
        composing._shops.clear()
        self.shop = PrestashopSimulator().start()
        self.addCleanup(self.shop.stop)
        self.env["oms.channel"]._adapters()
        self.channel = self.env["oms.channel"].create(
            {
                "name": "PrestaShop",
                "adapter": "prestashop",
                "start_policy": "process",
                "auto_ship": True,
                "send_receipt": False,
                **self.shop.credentials(),
            }
        )
        self.adapter = self.channel._adapter()

    def _fetch(self, limit=None):
        """:return: the documents of the next page"""
        events, cursor = self.adapter._fetch(self.channel, limit)
        self.channel.cursor = cursor
        return [self.adapter._read(self.channel, e.topic, e.payload) for e in events]

    def _fetch_all(self, limit=None):
        found = []
        for _round in range(50):
            before = self.channel.cursor
            found += self._fetch(limit)
            if self.channel.cursor == before:
                return found
        raise AssertionError("The pages find no end.")


class TestPrestashopAsking(PrestashopCommon):
    def test_the_connection_works_and_says_in_words_when_it_does_not(self):
        def test():
            return self.adapter._test_connection(self.channel)

        self.assertEqual(test(), "")
        self.channel.base_url = f"{self.shop.url}/api/"
        self.assertEqual(test(), "")
        self.shop.permissions["order_slip"] = {"GET"}
        self.shop.permissions["taxes"] = set()
        self.assertIn("GET: taxes; POST: order_slip", test())
        self.shop.is_on = False
        self.assertIn("webservice is disabled", test())
        self.shop.is_on = True
        self.channel.api_key = "A" * 32
        self.assertIn("rejected the webservice key", test())
        self.channel.api_key = "short"
        self.assertIn("32 characters", test())
        self.channel.api_key = self.shop.key
        self.channel.base_url = f"{self.shop.url}/boutique"
        self.assertIn("no PrestaShop webservice at this address", test())
        self.channel.write({"base_url": "http://127.0.0.1:9", "api_key": self.shop.key})
        self.assertIn("refused the connection", test())
        self.channel.base_url = False
        self.assertIn("Enter the store address", test())

    def test_an_order_is_composed_with_few_calls_and_read_whole(self):
        ref = self.shop.place_order(
            (("MUG", 2, "12.00"), ("POT", 1, "6.00")),
            shipping="6.00",
            discount="3.00",
            tax_rate="20",
            note="Ring twice",
            company="Engines",
            vat_number="FR83404833048",
            gift_message="For you",
            name="Ada Byron",
        )
        [document] = self._fetch()
        self.assertEqual(document.ref, ref)
        self.assertEqual(document.problems(), ())
        self.assertEqual(document.total, Decimal("33.00"))
        self.assertEqual(document.customer.name, "Ada Byron")
        self.assertEqual(document.shipping.country, "FR")
        self.assertEqual(document.note, "Ring twice")
        self.assertEqual(document.placed_at, self.shop.now)
        self.assertEqual([c.amount for c in document.charges], [Decimal("33.00")])
        self.assertEqual({line.taxes[0].rate for line in document.lines}, {Decimal("20")})
        self.assertNotIn("passwd", str(self.adapter._fetch_orders(self.channel, [ref])))
        asked = sum(count for (method, _path), count in self.shop.calls.items() if method == "GET")
        self.shop.calls.clear()
        for _n in range(30):
            self.shop.place_order()
        self.assertEqual(len(self._fetch()), 30)
        self.assertLess(asked, 40)
        self.assertLessEqual(sum(self.shop.calls.values()), 19)

    def test_nothing_new_gives_nothing_and_the_old_cursor(self):
        self.shop.place_order()
        self._fetch()
        cursor = self.channel.cursor
        self.assertEqual(self._fetch(), [])
        self.assertEqual(self.channel.cursor, cursor)

    def test_pages_of_any_size_miss_and_repeat_nothing(self):
        refs = [self.shop.place_order() for _n in range(7)]
        found = self._fetch_all(limit=2)
        self.assertEqual([document.ref for document in found], refs)

    def test_a_second_that_holds_more_than_a_page_is_left(self):
        refs = [self.shop.place_order() for _n in range(5)]
        for order in self.shop.tables["orders"].values():
            order["date_upd"] = "2026-03-01 11:00:00"
        last = self.shop.place_order()
        self.shop.tables["orders"][int(last)]["date_upd"] = "2026-03-01 12:00:00"
        found = self._fetch_all(limit=2)
        self.assertEqual([document.ref for document in found], [*refs, last])

    def test_an_order_that_moves_while_pages_are_read_hides_no_other(self):
        refs = [self.shop.place_order() for _n in range(4)]
        found = self._fetch(limit=2)
        self.shop.touch(refs[0])
        found += self._fetch_all(limit=2)
        self.assertEqual({document.ref for document in found}, set(refs))

    def test_an_order_is_told_again_when_anything_of_it_changes(self):
        ref = self.shop.place_order(paid=False)
        [first] = self._fetch()
        self.shop.pay(ref)
        [paid] = self._fetch()
        self.assertTrue(paid.is_newer_than(first.version, first.updated_at))
        self.assertEqual([c.amount for c in paid.charges], [Decimal("20.00")])
        self.shop.edit_order(ref, (("MUG", 1, "10.00"),))
        [edited] = self._fetch()
        self.assertEqual(edited.total, Decimal("10.00"))
        self.shop.cancel_order(ref)
        [cancelled] = self._fetch()
        self.assertEqual(cancelled.status, "cancelled")

    def test_a_credit_slip_is_found_although_its_order_says_nothing(self):
        ref = self.shop.place_order()
        [before] = self._fetch()
        slip = self.shop.refund_order(ref, (("MUG", 1),))
        [document] = self._fetch()
        self.assertEqual([refund.ref for refund in document.refunds], [slip])
        self.assertTrue(document.is_newer_than(before.version, before.updated_at))
        self.assertEqual(self._fetch(), [])

    def test_the_same_state_of_an_order_is_one_event_whichever_way_it_comes(self):
        ref = self.shop.place_order()
        [polled], _cursor = self.adapter._fetch(self.channel)
        self.shop.tick(60)
        [asked] = self.adapter._fetch_orders(self.channel, [ref])
        # Not only the name is the same: another body would be a conflict.
        self.assertEqual(polled, asked)
        self.assertEqual(
            self.adapter._describe("orders", polled.payload), (polled.ref, polled.order_ref)
        )
        self.assertEqual(self.adapter._identify(self.channel, {}, polled.payload).order_ref, ref)

    def test_orders_of_a_window_are_listed_counted_and_fetched(self):
        start = self.shop.now
        refs = [self.shop.place_order() for _n in range(3)]
        end = self.shop.now
        self.shop.place_order()
        window = (start, end + timedelta(seconds=1))
        self.assertEqual(self.adapter._list_orders(self.channel, *window), (refs, refs[-1]))
        self.assertEqual(self.adapter._list_orders(self.channel, *window, refs[-1]), ([], None))
        self.assertEqual(self.adapter._count_orders(self.channel, *window), 3)
        events, following = self.adapter._fetch_window(self.channel, *window)
        self.assertEqual(([event.order_ref for event in events], following), (refs, refs[-1]))
        self.assertEqual(self.adapter._list_orders(self.channel, start, end)[0], refs[:2])
        nothing = (start - timedelta(days=2), start - timedelta(days=1))
        self.assertEqual(self.adapter._list_orders(self.channel, *nothing), ([], None))
        self.assertEqual(self.adapter._fetch_orders(self.channel, ["999"]), [])

    def test_a_window_over_the_hour_that_comes_twice_misses_nothing(self):
        self.shop.now = datetime(2026, 10, 25, 0, 50, tzinfo=UTC)
        first = self.shop.place_order()
        self.shop.now = datetime(2026, 10, 25, 1, 5, tzinfo=UTC)
        second = self.shop.place_order()
        refs, _cursor = self.adapter._list_orders(
            self.channel,
            datetime(2026, 10, 25, 0, 45, tzinfo=UTC),
            datetime(2026, 10, 25, 1, 15, tzinfo=UTC),
        )
        self.assertEqual(refs, [first, second])

    def test_only_the_shops_of_the_channel_are_asked(self):
        self.shop.insert("shops", name="Second", id_shop_group="1", active="1", deleted="0")
        self.shop.insert("shops", name="Third", id_shop_group="1", active="1", deleted="0")
        refs = [self.shop.place_order(shop=str(n)) for n in (1, 2, 3)]
        self.channel.account_ref = "2"
        self.assertEqual([d.ref for d in self._fetch()], [refs[1]])
        self.channel.write({"account_ref": "2, 3", "cursor": False})
        self.assertEqual([d.ref for d in self._fetch()], refs[1:])
        names = [place["name"] for place in self.adapter._fetch_locations(self.channel)]
        self.assertEqual(names, ["Second", "Third"])

    def test_products_and_combinations_are_listed_with_price_and_stock(self):
        self.shop.add_product("MUG", "Mug", "12.00", 5, tax_rate="20", image="123")
        self.shop.add_product(
            "SHIRT",
            "Shirt",
            "24.00",
            tax_rate="20",
            combinations=(("SHIRT-S", 3, "24.00"), ("SHIRT-L", 4, "30.00")),
        )
        listings, following = self.adapter._fetch_listings(self.channel)
        self.assertEqual(following, "2")
        self.assertEqual(
            [(x.ref, x.parent_ref, x.sku, x.price, x.quantity, x.name) for x in listings],
            [
                ("1", "", "MUG", Decimal("12.00"), Decimal(5), "Mug"),
                ("2-1", "2", "SHIRT-S", Decimal("24.00"), Decimal(3), "Shirt"),
                ("2-2", "2", "SHIRT-L", Decimal("30.00"), Decimal(4), "Shirt"),
            ],
        )
        self.assertEqual(listings[0].image_url, f"{self.shop.url}/img/p/1/2/3/123.jpg")
        self.assertEqual({listing.currency for listing in listings}, {"EUR"})
        self.assertEqual(
            self.adapter._fetch_taxes(self.channel),
            [{"name": "TVA 20%", "rate": Decimal("2E+1"), "included": True, "ref": "1"}],
        )

    def test_listings_come_in_pages(self):
        for n in range(PAGE + 1):
            self.shop.add_product(f"SKU-{n}", f"Thing {n}")
        first, following = self.adapter._fetch_listings(self.channel)
        second, following = self.adapter._fetch_listings(self.channel, following)
        self.assertEqual((len(first), len(second)), (PAGE, 1))
        # Only an empty page is the end: a shop may give less than it was asked for.
        self.assertEqual(self.adapter._fetch_listings(self.channel, following), ([], None))

    def test_fault_42_a_short_page_ends_no_list(self):
        refs = [self.shop.place_order() for _n in range(5)]
        products = [self.shop.add_product(f"SKU-{n}", f"Thing {n}") for n in range(5)]
        self.shop.page_limit = 2
        window = (self.shop.now - timedelta(days=1), self.shop.now + timedelta(days=1))
        for expected, method, told in (
            (refs, lambda c: self.adapter._list_orders(self.channel, *window, c), str),
            (
                refs,
                lambda c: self.adapter._fetch_window(self.channel, *window, c),
                lambda event: event.order_ref,
            ),
            (
                products,
                lambda c: self.adapter._fetch_listings(self.channel, c),
                lambda row: row.ref,
            ),
        ):
            found, cursor = [], None
            while True:
                rows, cursor = method(cursor)
                found += map(told, rows)
                if not cursor:
                    break
            self.assertEqual([ref for ref in found if ref in expected], expected)

    def test_a_permission_that_is_missing_is_named(self):
        self.shop.permissions["order_slip"] = set()
        with self.assertRaisesRegex(CredentialsError, "may not read order_slip"):
            self.adapter._fetch(self.channel)

    def test_fault_59_a_shop_that_is_busy_or_down_is_asked_again_later(self):
        self.shop.fail(1, 503)
        with self.assertRaises(RetryableError):
            self.adapter._fetch(self.channel)
        self.shop.place_order()
        self.assertEqual(len(self._fetch()), 1)

    def test_an_order_goes_its_whole_way(self):
        self.env["res.currency"].with_context(active_test=False).search(
            [("name", "=", "EUR")]
        ).active = True
        self.channel.action_go_live()
        ref = self.shop.place_order((("MUG", 2, "10.00"),), shipping="5.00")
        self.channel._fetch()
        self._run_lanes()
        order = self._order(ref)
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.amount_total, 25.0)
        self.assertEqual(order.oms_payment_state, "paid")
        self.assertEqual(order.order_line.filtered(lambda l: l.oms_kind == "product").product_id,
                         self.mug)  # fmt: skip


class TestPrestashopTelling(PrestashopCommon):
    def _stock(self, *items):
        return self.adapter._push_stock(
            self.channel,
            "K",
            [
                {"ref": ref, "item_ref": "", "parent_ref": "", "sku": "", "location": location,
                 "quantity": quantity, "seen": seen}
                for ref, quantity, seen, location in items
            ],
        )  # fmt: skip

    def test_many_stocks_are_told_with_one_call_and_the_rest_of_a_row_is_kept(self):
        refs = [self.shop.add_product(f"SKU-{n}", "Thing", quantity=1) for n in range(20)]
        answer = self._stock(*((ref, 7, 1, "") for ref in refs))
        self.assertEqual(answer, {"failed": {}, "stale": {}})
        self.assertEqual(set(self.shop.stock().values()), {7})
        self.assertEqual(self.shop.calls["PUT", "/api/stock_availables"], 1)
        row = self.shop.rows("stock_availables", id_product=refs[0])[0]
        self.assertEqual((row["out_of_stock"], row["id_shop"]), ("2", "1"))

    def test_fault_60_what_changed_meanwhile_is_stale_and_left_alone(self):
        refs = [self.shop.add_product(sku, sku, quantity=5) for sku in ("MUG", "POT")]
        self.shop.place_order((("MUG", 2, "10.00"),))
        answer = self._stock((refs[0], 9, 5, ""), (refs[1], 9, 5, ""))
        self.assertEqual(answer, {"failed": {}, "stale": {"0": 3}})
        self.assertEqual(self.shop.stock(), {("MUG", ""): 3, ("POT", ""): 9})
        self.assertEqual(self._stock((refs[0], 9, None, ""))["stale"], {})
        self.assertEqual(self.shop.stock()["MUG", ""], 9)

    def test_one_refused_stock_does_not_stop_the_others(self):
        first = self.shop.add_product("A", "A", quantity=1)
        own = self.shop.add_product("B", "B", quantity=1, depends_on_stock=True)
        last = self.shop.add_product("C", "C", quantity=1)
        answer = self._stock((first, 4, 1, ""), (own, 4, 1, ""), (last, 4, 1, ""), ("99", 4, 1, ""))
        self.assertEqual(set(answer["failed"]), {"1", "3"})
        self.assertIn("advanced stock", answer["failed"]["1"])
        self.assertEqual(self.shop.stock(), {("A", ""): 4, ("B", ""): 1, ("C", ""): 4})

    def test_a_call_that_is_refused_in_the_middle_is_made_one_by_one(self):
        refs = [self.shop.add_product(sku, sku, quantity=1) for sku in ("A", "B", "C")]
        rows = {
            str(n): self.shop.rows("stock_availables", id_product=ref)[0]
            for n, ref in enumerate(refs)
        }
        records = {n: {**row, "quantity": "6"} for n, row in rows.items()}
        records["1"]["quantity"] = "many"
        failed = self.adapter._write_each(self.channel, "PUT", "stock_availables", records)
        self.assertEqual(set(failed), {"1"})
        self.assertEqual(list(self.shop.stock().values()), [6, 1, 6])

    def test_a_stock_of_each_shop_is_told_to_its_shop(self):
        self.shop.insert("shops", name="Second", id_shop_group="1", active="1", deleted="0")
        ref = self.shop.add_product("MUG", "Mug", quantity=1, shops=("1", "2"))
        answer = self._stock((ref, 5, None, ""))
        self.assertIn("several shops", answer["failed"]["0"])
        self.assertEqual(self._stock((ref, 5, None, "2"))["failed"], {})
        self.assertEqual(self.shop.stock(), {("MUG", "1"): 1, ("MUG", "2"): 5})

    def test_a_key_that_may_not_write_says_so(self):
        ref = self.shop.add_product("MUG", "Mug", quantity=1)
        self.shop.permissions["stock_availables"] = {"GET"}
        with self.assertRaisesRegex(CredentialsError, "allow PUT"):
            self._stock((ref, 5, 1, ""))
        self.assertEqual(self.shop.stock()["MUG", ""], 1)

    def test_prices_are_told_without_tax_and_combinations_as_a_difference(self):
        self.shop.add_product("MUG", "Mug", "12.00", tax_rate="20")
        self.shop.add_product(
            "SHIRT", "Shirt", "24.00", tax_rate="20", combinations=(("SHIRT-L", 4, "30.00"),)
        )
        answer = self.adapter._push_price(
            self.channel,
            "K",
            [
                {"ref": "1", "price": "14.40", "currency": "EUR"},
                {"ref": "2-1", "price": "36.00", "currency": "EUR"},
                {"ref": "1", "price": "1.00", "currency": "GBP"},
                {"ref": "9", "price": "1.00", "currency": "EUR"},
            ],
        )
        self.assertEqual(set(answer["failed"]), {"2", "3"})
        self.assertEqual(self.shop.prices, {"MUG": "14.40", "SHIRT-L": "36.00"})
        product = self.shop.tables["products"][1]
        self.assertEqual((product["price"], product["active"]), ("12.000000", "1"))

    def _shipment(self, ref, lines=(), numbers=("1Z999",)):
        return {
            "order_ref": ref,
            "shipment_ref": "WH/OUT/1",
            "shipped_at": "2026-03-02 10:00:00",
            "location_ref": "",
            "parcels": [
                {"carrier": "UPS", "carrier_code": "ups", "number": n, "url": ""} for n in numbers
            ],
            "lines": [
                {"line_ref": line, "sku": "", "quantity": count, "units": count}
                for line, count in lines
            ],
        }

    def _details(self, ref):
        return [str(d["id"]) for d in self.shop.rows("order_details", id_order=ref)]

    def test_a_shipment_is_told_once_however_often_it_is_sent(self):
        ref = self.shop.place_order((("MUG", 2, "10.00"),))
        shipment = self._shipment(ref, [(self._details(ref)[0], 2)], ("1Z999", "1Z 998"))
        for _try in range(3):
            self.assertEqual(
                self.adapter._push_shipment(self.channel, "K", shipment), {"state": "4"}
            )
        [carrier] = self.shop.rows("order_carriers", id_order=ref)
        self.assertEqual(carrier["tracking_number"], "1Z999, 1Z 998")
        states = [h["id_order_state"] for h in self.shop.rows("order_histories", id_order=ref)]
        self.assertEqual(states, ["2", "4"])
        self.assertEqual([s["number"] for s in self.shop.shipments], ["1Z999, 1Z 998"] * 2)

    def test_fault_19_an_answer_that_was_lost_makes_no_second_state(self):
        ref = self.shop.place_order()
        self.shop.fail(1, 502, "order_histories", after=True)
        shipment = self._shipment(ref)
        with self.assertRaises(RetryableError):
            self.adapter._push_shipment(self.channel, "K", shipment)
        self.adapter._push_shipment(self.channel, "K", shipment)
        states = [h["id_order_state"] for h in self.shop.rows("order_histories", id_order=ref)]
        self.assertEqual(states, ["2", "4"])

    def test_the_state_follows_when_the_last_piece_has_left(self):
        ref = self.shop.place_order((("MUG", 2, "10.00"), ("POT", 1, "5.00")))
        mug, pot = self._details(ref)
        first = self._shipment(ref, [(mug, 1)], ("A1",))
        message = self.env["oms.channel.message"].sudo()
        message._send_later(
            [(self.channel, "shipment", "shipment:1", self.env["sale.order"], first)]
        )
        row = message.search(
            [("event_ref", "=", "shipment:1"), ("channel_id", "=", self.channel.id)]
        )
        row.order_ref = ref
        row._send({})
        self.assertEqual(self.shop.tables["orders"][int(ref)]["current_state"], "2")
        self.adapter._push_shipment(
            self.channel, "shipment:2", self._shipment(ref, [(mug, 1), (pot, 1)], ("A2",))
        )
        self.assertEqual(self.shop.tables["orders"][int(ref)]["current_state"], "4")
        [carrier] = self.shop.rows("order_carriers", id_order=ref)
        self.assertEqual(carrier["tracking_number"], "A1, A2")

    def test_a_cancelled_order_is_not_shipped_and_a_shipped_one_not_cancelled(self):
        cancelled, shipped = self.shop.place_order(), self.shop.place_order()
        self.shop.cancel_order(cancelled)
        self.shop.ship(shipped)
        with self.assertRaisesRegex(FinalError, "cancelled in the store"):
            self.adapter._push_shipment(self.channel, "K", self._shipment(cancelled))
        with self.assertRaisesRegex(FinalError, "reports the order as shipped"):
            self.adapter._push_cancellation(self.channel, "K", self._cancellation(shipped))
        with self.assertRaisesRegex(FinalError, "no order 99"):
            self.adapter._push_shipment(self.channel, "K", self._shipment("99"))

    def _cancellation(self, ref, lines=(), refund=True):
        return {
            "order_ref": ref,
            "reason": "inventory",
            "text": "",
            "restock": True,
            "refund": refund,
            "lines": [
                {"line_ref": line, "sku": "", "quantity": count, "units": count}
                for line, count in lines
            ],
        }

    def test_fault_37_a_cancellation_is_told_once_and_restocks_once(self):
        self.shop.add_product("MUG", "Mug", quantity=10)
        ref = self.shop.place_order((("MUG", 2, "10.00"),))
        for _try in range(2):
            self.adapter._push_cancellation(self.channel, "K", self._cancellation(ref))
        self.assertEqual(self.shop.cancellations, [{"order_ref": ref}])
        self.assertEqual(self.shop.stock()["MUG", ""], 10)
        self.assertTrue(self.shop.orders()[ref]["cancelled"])

    def test_cancelled_pieces_are_a_credit_slip(self):
        ref = self.shop.place_order((("MUG", 3, "12.00"),), tax_rate="20")
        lines = [(self._details(ref)[0], 2)]
        answer = self.adapter._push_cancellation(self.channel, "K", self._cancellation(ref, lines))
        self.assertEqual(answer, {"refund_ref": "1"})
        order = self.shop.orders()[ref]
        self.assertEqual((order["refunded"], order["quantities"]), (Decimal("24.00"), {"MUG": 1}))
        answer = self.adapter._push_cancellation(
            self.channel, "L", self._cancellation(ref, [(lines[0][0], 1)], refund=False)
        )
        self.assertEqual(self.shop.orders()[ref]["refunded"], Decimal("24.00"))
        self.assertEqual(self.shop.orders()[ref]["quantities"], {"MUG": 0})

    def _refund(self, ref, amount="12.00", lines=(), shipping="0"):
        return {
            "order_ref": ref,
            "amount": amount,
            "currency": "EUR",
            "text": "",
            "charge_ref": "1",
            "shipping": shipping,
            "lines": [
                {"line_ref": line, "sku": "", "quantity": count, "amount": part, "restock": False}
                for line, count, part in lines
            ],
        }

    def test_shipping_and_wrapping_are_given_back_with_their_own_tax(self):
        ref = self.shop.place_order((("MUG", 3, "12.00"),), tax_rate="20", shipping="6.00")
        self.shop.tables["orders"][int(ref)].update(
            total_shipping_tax_excl="6.000000",
            total_wrapping_tax_incl="2.20",
            total_wrapping_tax_excl="2.00",
        )
        lines = [("wrapping", 1, "2.20")]
        refund = self._refund(ref, "8.20", lines, shipping="6.00")
        self.adapter._push_refund(self.channel, "K", refund)
        slip = self.shop.tables["order_slip"][1]
        self.assertEqual(
            (slip["total_products_tax_excl"], slip["total_shipping_tax_excl"]),
            ("2.000000", "6.000000"),
        )

    def test_a_price_is_pushed_without_the_ecological_tax_that_the_shop_adds(self):
        ref = self.shop.add_product("ECO", "Eco", "122.00", tax_rate="20", ecotax="2.00")
        item = {"ref": ref, "price": "122.00", "currency": "EUR"}
        self.adapter._push_price(self.channel, "P1", [item])
        self.assertEqual(self.shop.tables["products"][int(ref)]["price"], "101.666667")
        self.shop.set_setting("PS_USE_ECOTAX", "1")
        composing._shops.clear()
        self.adapter._push_price(self.channel, "P2", [item])
        self.assertEqual(self.shop.tables["products"][int(ref)]["price"], "100.000000")

    def test_a_refund_is_a_slip_whose_echo_is_known(self):
        ref = self.shop.place_order((("MUG", 3, "12.00"),), tax_rate="20", shipping="6.00")
        line = self._details(ref)[0]
        refund = self._refund(ref, "18.00", [(line, 1, "12.00")], shipping="6.00")
        answer = self.adapter._push_refund(self.channel, "K", refund)
        again = self.adapter._push_refund(self.channel, "K", refund)
        self.assertEqual(answer, again)
        self.assertEqual(len(self.shop.refunds_told), 1)
        slip = self.shop.tables["order_slip"][1]
        self.assertEqual(
            (slip["total_products_tax_excl"], slip["total_shipping_tax_excl"]),
            ("10.000000", "5.000000"),
        )
        [event] = self.adapter._fetch_orders(self.channel, [ref])
        document = self.adapter._read(self.channel, "orders", event.payload)
        self.assertEqual([r.ref for r in document.refunds], [answer["refund_ref"]])
        self.assertEqual(document.refunds[0].amount, Decimal("18.00"))

    def test_wrapping_is_given_back_as_money_and_not_as_a_piece(self):
        ref = self.shop.place_order((("MUG", 1, "12.00"),), wrapping="3.00")
        [line] = self._details(ref)
        refund = self._refund(ref, "15.00", [(line, 1, "12.00"), ("wrapping", 1, "3.00")])
        self.adapter._push_refund(self.channel, "K", refund)
        [told] = self.shop.refunds_told
        self.assertEqual([row["id_order_detail"] for row in told["lines"]], [line])
        self.assertEqual(self.shop.orders()[ref]["refunded"], Decimal("15.00"))

    def test_a_line_that_is_gone_in_the_shop_is_told_in_words(self):
        ref = self.shop.place_order((("MUG", 1, "12.00"),))
        refund = self._refund(ref, "12.00", [("999", 1, "12.00")])
        with self.assertRaisesRegex(FinalError, f"Order {ref} no longer has this line"):
            self.adapter._push_refund(self.channel, "K", refund)
        self.assertEqual(self.shop.refunds_told, [])

    def test_what_was_typed_at_the_checkout_is_read_as_it_was_typed(self):
        ref = self.shop.place_order((("MUG", 1, "12.00"),), note="L&#039;&eacute;tage &amp; code")
        [event] = self.adapter._fetch_orders(self.channel, [ref])
        document = self.adapter._read(self.channel, "orders", event.payload)
        self.assertEqual(document.note, "L'étage & code")

    def test_money_alone_is_given_back_without_pieces(self):
        ref = self.shop.place_order((("MUG", 1, "12.00"),))
        self.adapter._push_refund(self.channel, "K", self._refund(ref, "5.00"))
        self.assertEqual(self.shop.orders()[ref]["refunded"], Decimal("5.00"))

    def test_fault_26_a_second_refund_of_the_same_is_made_and_a_lost_answer_is_not_repeated(self):
        ref = self.shop.place_order((("MUG", 3, "12.00"),))
        line = self._details(ref)[0]
        refund = self._refund(ref, "12.00", [(line, 1, "12.00")])
        message = self.env["oms.channel.message"].sudo()
        for key in ("refund:1", "refund:2"):
            message._send_later([(self.channel, "refund", key, self.env["sale.order"], refund)])
        rows = message.search(
            [("channel_id", "=", self.channel.id), ("topic", "=", "refund")], order="id"
        )
        rows.order_ref = ref
        self.shop.now = datetime.now(UTC) + timedelta(seconds=60)
        self.shop.fail(1, 502, "order_slip", after=False)
        rows[0]._send({})
        self.assertEqual(rows[0].state, "pending")
        self.shop.heal()
        posts = [0]

        def lose(request, original=self.shop.handle):
            answer = original(request)
            if request.method == "POST" and not posts[0]:
                posts[0] = 1
                answer.status, answer.body = 502, b""
            return answer

        self.shop.handle = lose
        rows[0]._send({})
        self.assertEqual(len(self.shop.refunds_told), 1)
        rows[0]._send({})
        self.assertEqual((rows[0].state, rows[0].result), ("done", {"refund_ref": "1"}))
        rows[1]._send({})
        self.assertEqual((rows[1].state, rows[1].result), ("done", {"refund_ref": "2"}))
        self.assertEqual(self.shop.orders()[ref]["refunded"], Decimal("24.00"))
