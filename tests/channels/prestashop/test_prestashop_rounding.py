"""PrestaShop: a shop rounds by piece, row or order, in six ways; orders say how."""

from dataclasses import replace
from decimal import Decimal

from odoo.addons.oms_addon.channels.outcomes import ItemsOutcome
from odoo.addons.oms_addon.channels.prestashop import composing
from odoo.addons.oms_addon.channels.prestashop.parse_orders import read_order
from odoo.addons.oms_addon.channels.prestashop.parse_values import net_price, shop_rounded

from simulators.prestashop import PrestashopSimulator

from ..fault_bench import FaultBench
from .common import PrestashopCommon, composed

CENT = Decimal("0.01")
MODES = ("up", "down", "half_up", "half_down", "half_even", "half_odd")


class TestPrestashopPrices(PrestashopCommon):
    def test_prices_are_shown_to_the_cent_whatever_way_the_shop_rounds(self):
        # These are more calls than the channel's limit lets through at once.
        self.patch(type(self.env["oms.channel.meter"]), "_spend", lambda *_args, **_values: 0.0)
        # What the real shop shows of a net price of six decimals that is cut to the nearest.
        self.assertEqual(
            shop_rounded(Decimal("8.333333") * Decimal("1.2"), CENT, "down"), Decimal("9.99")
        )
        for number, mode in enumerate(MODES):
            self.shop.set_setting("PS_PRICE_ROUND_MODE", str(number))
            composing._shops.clear()
            self.assertEqual(self.adapter._price_rounding(self.channel), mode)
            refs = {
                rate: self.shop.add_product(f"P{mode}{rate}", "Thing", "1.00", tax_rate=rate)
                for rate in ("20", "10", "5.5")
            }
            composing._shops.clear()
            for price in ("10.00", "12.34", "9.99", "7.77"):
                items = [{"ref": r, "price": price, "currency": "EUR"} for r in refs.values()]
                answer = self.adapter._push_price(self.channel, "P", items)
                self.assertEqual(answer, ItemsOutcome())
                shown = {rate: self.shop.prices[f"P{mode}{rate}"] for rate in refs}
                self.assertEqual(shown, dict.fromkeys(refs, price), mode)

    def test_combinations_are_shown_to_the_cent_although_the_shop_adds_their_prices(self):
        # 35.90 - 35.075 is a hair less than 0.825 for the shop: cut to the cent, 0.98.
        tee = self.shop.add_product(
            "TEE", "Tee", "43.08", tax_rate="20", combinations=[("TEE-S", 5, "43.08")]
        )
        [small] = self.shop.tables["combinations"]
        shown = {}
        for number, mode in enumerate(MODES):
            self.shop.set_setting("PS_PRICE_ROUND_MODE", str(number))
            composing._shops.clear()
            item = {"ref": f"{tee}-{small}", "price": "0.99", "currency": "EUR"}
            answer = self.adapter._push_price(self.channel, "P", [item])
            self.assertEqual(answer, ItemsOutcome())
            shown[mode] = self.shop.prices["TEE-S"]
        self.assertEqual(shown, dict.fromkeys(MODES, "0.99"))

    def test_listings_show_the_price_that_customers_see(self):
        ref = self.shop.add_product("CUP", "Cup", "12.00", tax_rate="20")
        self.shop.tables["products"][int(ref)]["price"] = "8.341000"
        prices = {}
        for number, mode in enumerate(MODES):
            self.shop.set_setting("PS_PRICE_ROUND_MODE", str(number))
            composing._shops.clear()
            [listing], _cursor = self.adapter._fetch_listings(self.channel)
            prices[mode] = listing.price
        # 8.341 and 20 % are 10.0092.
        self.assertEqual(
            prices, {**dict.fromkeys(MODES, Decimal("10.01")), "down": Decimal("10.00")}
        )

    def test_ties_go_as_the_shop_says(self):
        ties = {mode: shop_rounded(Decimal("10.005"), CENT, mode) for mode in MODES}
        self.assertEqual(
            {mode: f"{amount}" for mode, amount in ties.items()},
            {
                "up": "10.01",
                "down": "10.00",
                "half_up": "10.01",
                "half_down": "10.00",
                "half_even": "10.00",
                "half_odd": "10.01",
            },
        )
        yen = net_price(Decimal(1000), Decimal(10), Decimal(0), Decimal(1), "down")
        self.assertEqual(yen, Decimal("909.090910"))

    def test_a_slip_in_a_currency_of_three_decimals_keeps_them(self):
        slip = {
            "id": "9",
            "total_products_tax_incl": "12.345",
            "total_products_tax_excl": "12.345",
            "date_add": "2026-11-25 10:00:00",
        }
        document = read_order(composed(slips=[slip], precision="3"))
        self.assertEqual(document.refunds[0].amount, Decimal("12.345"))


class TestPrestashopRoundTypes(FaultBench):
    simulator = PrestashopSimulator

    def setUp(self):
        composing._shops.clear()
        super().setUp()
        self._put_stock(self.pot, self.warehouse, 1000)
        self._put_stock(self.mug, self.warehouse, 1000)
        self.env["account.tax"].create(
            {
                "name": "TVA 20 %",
                "amount": 20,
                "type_tax_use": "sale",
                "price_include_override": "tax_included",
                "company_id": self.company.id,
            }
        )

    def _order_of_screws(self):
        """:return: the order of many pieces of 0.05004 with tax, 0.0417 without"""
        ref = self.place([("MUG", 3, "11.988"), ("POT", 37, "0.05004")], tax_rate="20")
        self.bring(self.news())
        self.work()
        return self.one(ref)

    def test_an_order_is_compared_by_the_way_it_was_rounded_not_by_the_settings(self):
        # The shop was asked when it rounded by row, and was told otherwise since.
        self.store.tax_rounding = "round_per_line"
        self.shop.set_setting("PS_ROUND_TYPE", "1")
        order = self._order_of_screws()
        self.assertEqual(order.oms_hold_ids.mapped("reason_code"), [])
        # 3 × 11.99 and 37 × 0.05 with tax; 3 × 9.99 and 37 × 0.04 without.
        self.assertEqual(order.amount_total, 37.82)
        self.assertEqual(order.state, "sale")

    def test_pieces_rounded_by_row_are_no_excuse_for_another_tax(self):
        self.store.tax_rounding = "round_per_unit"
        order = self._order_of_screws()
        self.assertEqual((order.amount_total, order.state), (37.81, "sale"))
        document = self.adapter._read(
            self.store,
            "orders",
            self.adapter._fetch_orders(self.store, [order.oms_order_ref])[0].payload,
        )
        self.assertEqual(document.tax_rounding, "line")
        wrong = replace(document, total_tax=document.total_tax + Decimal("0.10"))
        builder = self.env["oms.order.builder"]
        [problem] = builder._tax_difference(self.store, order, wrong)
        self.assertEqual(problem.code, "TAX_MISMATCH")

    def test_every_way_to_round_comes_in_to_the_cent(self):
        for kind in ("1", "2", "3"):
            for mode in ("0", "1", "2", "3", "4", "5"):
                self.shop.set_setting("PS_ROUND_TYPE", kind)
                self.shop.set_setting("PS_PRICE_ROUND_MODE", mode)
                order = self._order_of_screws()
                row = self.shop.tables["orders"][int(order.oms_order_ref)]
                with self.subTest(kind=kind, mode=mode):
                    self.assertEqual((order.state, self._holds(order)), ("sale", []))
                    self.assertEqual(
                        Decimal(str(order.amount_total)), Decimal(row["total_paid"]).normalize()
                    )


class TestPrestashopWizard(PrestashopCommon):
    def _wizard(self, **settings):
        """:return: the wizard at its taxes, of a shop with such settings"""
        for name, value in settings.items():
            self.shop.set_setting(name, value)
        composing._shops.clear()
        wizard = self.env["oms.channel.connect"].create(
            {"channel_id": self.channel.id, "adapter": "prestashop", "step": "stock"}
        )
        wizard.action_next()
        self.assertEqual((wizard.step, wizard.error or ""), ("taxes", ""))
        return wizard

    def test_the_wizard_takes_the_roundings_from_the_shop_and_says_what_differs(self):
        self.company.tax_calculation_rounding_method = "round_per_line"
        wizard = self._wizard()
        self.assertEqual(
            (wizard.tax_rounding, wizard.price_rounding), ("round_per_line", "half_up")
        )
        self.assertFalse(wizard.rounding_advice)
        wizard.tax_rounding = "round_globally"
        self.assertIn("The channel's setting is Per Line.", wizard.rounding_advice)
        self.assertIn("under Invoicing, Configuration", wizard.rounding_advice)

    def test_what_odoo_cannot_round_is_told_with_what_it_means(self):
        wizard = self._wizard(PS_ROUND_TYPE="1", PS_PRICE_ROUND_MODE="1")
        self.assertEqual((wizard.tax_rounding, wizard.price_rounding), ("round_per_unit", "down"))
        first, second = wizard.rounding_advice.split("\n")
        self.assertIn("Odoo does not round taxes per unit.", first)
        self.assertIn("The channel rounds amounts always down, Odoo rounds half up.", second)
