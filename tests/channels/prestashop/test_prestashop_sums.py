"""PrestaShop: what the real one sends where its sums do not add up, and how it is read."""

from decimal import Decimal

from odoo.addons.oms_addon.channels.outcomes import ItemsOutcome
from odoo.addons.oms_addon.channels.prestashop import composing
from odoo.addons.oms_addon.channels.prestashop.parse_orders import read_order

from simulators.prestashop import PrestashopSimulator

from ..fault_bench import FaultBench
from .common import PrestashopCommon, composed, detail

RATES = {"20": "1", "10": "2", "5.5": "3"}


def row(ref, quantity, unit, gross, net, rate="20", **values):
    """:return: a row of an order as PrestaShop 8.2 writes it"""
    return detail(
        ref,
        quantity,
        unit,
        str(Decimal(net) / quantity),
        gross,
        total_price_tax_excl=net,
        associations={"taxes": [{"id": RATES[rate]}]},
        **values,
    )


def sums(goods, total, net, discount="0", shipping=("8.40", "7.00"), wrapping=("0", "0")):
    return {
        "total_products_wt": goods,
        "total_discounts_tax_incl": discount,
        "total_shipping_tax_incl": shipping[0],
        "total_shipping_tax_excl": shipping[1],
        "total_wrapping_tax_incl": wrapping[0],
        "total_wrapping_tax_excl": wrapping[1],
        "carrier_tax_rate": "20.000",
        "total_paid": total,
        "total_paid_tax_incl": total,
        "total_paid_tax_excl": net,
    }


class TestPrestashopSums(PrestashopCommon):
    def _read(self, details, order, *rules):
        return read_order(composed(details=details, order=order, cart_rules=list(rules)))

    def _costs(self, document):
        """:return: what each line costs, by its id there"""
        return {line.ref: line.subtotal for line in document.lines}

    def test_an_order_is_off_its_parts_by_a_cent_where_a_voucher_is_rounded_after_them(self):
        rule = {"id": "1", "name": "Gift", "value": "4.998000", "value_tax_excl": "4.165000"}
        document = self._read(
            [row("29", 2, "11.988", "23.98", "19.98"), row("30", 1, "4.998", "5.00", "4.17")],
            sums("28.98", "32.37", "26.98", "5.00"),
            rule,
        )
        self.assertEqual(document.lines_total, Decimal("32.37"))
        self.assertEqual(document.total, Decimal("32.37"))

    def test_a_cent_more_than_the_parts_goes_to_the_row_that_was_rounded_down_farthest(self):
        rules = [
            {"id": "1", "name": "A", "value": "4.451000", "value_tax_excl": "3.775000"},
            {"id": "2", "name": "B", "value": "2.000000", "value_tax_excl": "1.696248"},
        ]
        document = self._read(
            [
                row("31", 3, "11.988", "35.96", "29.97"),
                row("32", 1, "8.5547", "8.55", "7.78", "10"),
            ],
            sums("44.51", "46.47", "39.28", "6.45"),
            *rules,
        )
        self.assertEqual(document.lines_total, Decimal("46.47"))

    def test_a_shop_that_rounds_up_or_down_is_met_to_the_cent(self):
        up = [
            row("248", 3, "11.988", "35.97", "29.97"),
            row("249", 7, "4.998", "34.99", "29.16"),
            row("250", 3, "13.99985", "42.00", "39.81", "5.5"),
            row("251", 5, "8.5547", "42.78", "38.89", "10"),
            row("252", 7, "0.05004", "0.36", "0.30"),
        ]
        document = self._read(up, sums("156.10", "164.48", "145.12"))
        self.assertEqual(document.lines_total, Decimal("164.48"))
        self.assertEqual(
            self._costs(document),
            {
                "248": Decimal("35.96"),
                "249": Decimal("34.98"),
                "250": Decimal("42.00"),
                "251": Decimal("42.78"),
                "252": Decimal("0.36"),
                "shipping": Decimal("8.40"),
            },
        )

    def test_what_differs_by_more_than_rounding_is_not_hidden(self):
        document = self._read(
            [row("1", 2, "11.988", "23.98", "19.98")], sums("23.98", "42.38", "35.32")
        )
        self.assertEqual(document.lines_total, Decimal("32.38"))
        self.assertEqual(document.total, Decimal("42.38"))

    def test_shipping_and_wrapping_taxed_by_the_average_of_the_goods_are_of_each_of_their_rates(
        self,
    ):
        details = [
            row("164", 2, "11.988", "23.98", "19.98"),
            row("165", 1, "13.99985", "14.00", "13.27", "5.5"),
        ]
        order = sums("37.98", "47.48", "41.57", "0", ("7.00", "6.13"), ("2.50", "2.19"))
        document = self._read(details, order)
        self.assertEqual(document.lines_total, Decimal("47.48"))
        self.assertEqual(
            [
                (line.ref, line.kind, line.subtotal, [tax.rate for tax in line.taxes])
                for line in document.lines[2:]
            ],
            [
                ("shipping", "shipping", Decimal("4.42"), [Decimal("20")]),
                ("shipping:5.5", "shipping", Decimal("2.58"), [Decimal("5.5")]),
                ("wrapping", "fee", Decimal("1.58"), [Decimal("20")]),
                ("wrapping:5.5", "fee", Decimal("0.92"), [Decimal("5.5")]),
            ],
        )

    def test_shipping_of_several_rates_is_refunded_in_proportion(self):
        details = [
            row("164", 2, "11.988", "23.98", "19.98"),
            row("165", 1, "13.99985", "14.00", "13.27", "5.5"),
        ]
        slip = {
            "id": "9",
            "date_add": "2026-11-23 10:00:00",
            "total_products_tax_incl": "0",
            "total_products_tax_excl": "0",
            "total_shipping_tax_incl": "7.00",
            "amount": "0",
        }
        order = sums("37.98", "44.98", "39.38", "0", ("7.00", "6.13"))
        document = read_order(composed(details=details, order=order, slips=[slip]))
        [refund] = document.refunds
        self.assertEqual(
            [(line.line_ref, line.amount) for line in refund.lines],
            [("shipping", Decimal("4.42")), ("shipping:5.5", Decimal("2.58"))],
        )


class TestPrestashopCatalogue(PrestashopCommon):
    def test_the_ecological_tax_of_a_combination_stands_for_that_of_its_product(self):
        self.shop.set_setting("PS_USE_ECOTAX", "1")
        ref = self.shop.add_product(
            "FRIDGE",
            "Fridge",
            "120.00",
            tax_rate="20",
            ecotax="1.00",
            combinations=(("A", 5, "120.00", "2.00"), ("B", 5, "132.00")),
        )
        found, _cursor = self.adapter._fetch_listings(self.channel)
        prices = {listing.sku: (listing.ref, listing.price) for listing in found}
        [a, b] = [prices[sku][0] for sku in ("A", "B")]
        self.assertEqual({a.partition("-")[0], b.partition("-")[0]}, {ref})
        self.assertEqual(prices["A"][1], Decimal("122.00"))
        self.assertEqual(prices["B"][1], Decimal("133.00"))
        items = [
            {"ref": a, "price": "146.00", "currency": "EUR"},
            {"ref": b, "price": "121.00", "currency": "EUR"},
        ]
        answer = self.adapter._push_price(self.channel, "P1", items)
        self.assertEqual(answer, ItemsOutcome())
        self.assertEqual(self.shop.prices, {"A": "146.00", "B": "121.00"})

    def test_a_shop_that_keeps_no_stock_lists_its_products_as_not_counted(self):
        self.shop.set_setting("PS_STOCK_MANAGEMENT", "0")
        self.shop.add_product("MUG", "Mug", "10.00", quantity=3)
        [listing], _cursor = self.adapter._fetch_listings(self.channel)
        self.assertEqual(listing.stock_mode, "none")
        self.shop.set_setting("PS_STOCK_MANAGEMENT", "1")
        composing._shops.clear()
        [listing], _cursor = self.adapter._fetch_listings(self.channel)
        self.assertEqual(listing.stock_mode, "")


class TestPrestashopMessages(FaultBench):
    simulator = PrestashopSimulator

    def setUp(self):
        composing._shops.clear()
        super().setUp()

    def test_what_a_customer_writes_in_the_account_is_read_with_one_call_a_poll(self):
        ref = self.place(note="Ring <twice> & wait")
        self.bring(self.news())
        self._run_lanes()
        order = self._order(ref, self.store)
        self.assertEqual(order.oms_note, "Ring <twice> & wait")
        for _n in range(30):
            self.place()
        self.bring(self.news())
        self.news()
        self.shop.calls.clear()
        self.assertEqual(self.news(), [])
        idle = dict(self.shop.calls)
        self.assertEqual(idle["GET", "/api/customer_messages"], 1)
        self.assertNotIn(("GET", "/api/customer_threads"), idle)
        self.shop.write_message(ref, "We pack it today", by_staff=True)
        self.assertEqual(self.news(), [])
        self.shop.write_message(ref, "Leave it with the neighbour")
        news = self.news()
        self.assertEqual([event.order_ref for event in news], [ref])
        self.bring(news)
        self._run_lanes()
        self.assertEqual(order.oms_note, "Ring <twice> & wait\nLeave it with the neighbour")
        self.assertEqual(self.news(), [])

    def test_a_key_that_may_not_read_messages_still_brings_orders_and_the_test_says_so(self):
        self.shop.permissions["customer_messages"] = set()
        self.shop.permissions["customer_threads"] = set()
        self.store.cursor = False
        ref = self.place(note="Ring twice")
        self.bring(self.news())
        self._run_lanes()
        self.assertEqual(self._order(ref, self.store).oms_note, "Ring twice")
        self.assertIn(
            "GET: customer_threads, customer_messages", self.adapter._test_connection(self.store)
        )


class TestPrestashopVirtualListings(FaultBench):
    simulator = PrestashopSimulator

    def setUp(self):
        composing._shops.clear()
        super().setUp()

    def test_a_virtual_product_made_from_its_listing_is_a_service_and_its_sale_is_invoiced(self):
        self.shop.add_product("EBOOK", "E-book", "10.00", virtual=True)
        self.store.action_fetch_listings()
        listing = self.env["oms.channel.listing"].search(
            [("channel_id", "=", self.store.id), ("sku", "=", "EBOOK")]
        )
        self.assertTrue(listing.is_virtual)
        listing.action_create_product()
        product = listing.product_id
        self.assertEqual((product.type, product.is_storable), ("service", False))
        self.assertFalse(listing.is_stock_pending)
        ref = self.place([("EBOOK", 1, "10.00")])
        self.bring(self.news())
        self._run_lanes()
        order = self._order(ref, self.store)
        self.assertFalse(order.picking_ids)
        self.assertEqual(order.invoice_ids.mapped("amount_total"), [10.0])
        self.assertEqual(order.oms_status, "done")
