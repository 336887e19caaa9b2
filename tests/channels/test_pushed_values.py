"""Prices with the decimals of their currency, and late stock calls, on each real adapter."""

from datetime import timedelta

from odoo import fields
from odoo.tools import mute_logger

from odoo.addons.oms_addon.channels.prestashop import composing

from simulators.amazon import AmazonSimulator
from simulators.base import Response
from simulators.prestashop import PrestashopSimulator
from simulators.shopify import ShopifySimulator
from simulators.woocommerce import WoocommerceSimulator

from .fault_bench import FaultBench, simulated_shops
from .test_own_effects import HTTP, SENDER, OwnEffects

#: currency, price, and the price as a shop takes it
CASES = (("JPY", 1500.0, "1500"), ("KWD", 3.075, "3.075"))


class PricesCommon(FaultBench):
    def _push(self, currency, price):
        """Push a price of the mug as the lane does.

        :return: the price as the adapter was told it
        """
        [listing] = self.env["oms.channel.listing"].search(
            [("channel_id", "=", self.store.id), ("sku", "=", "MUG")]
        ) or self.list_products().filtered(lambda l: l.sku == "MUG")
        code = self.env["res.currency"].with_context(active_test=False)
        listing.currency_id = code.search([("name", "=", currency)])
        item = self.env["oms.channel.price"]._prepare_item(self.store, listing, price)
        answer = self.adapter._push_price(self.store, f"{currency}-{price}", [item])
        self.assertEqual(answer.failed, {})
        return item["price"]


class TestPricesOfWoocommerce(PricesCommon):
    simulator = WoocommerceSimulator

    def test_prices_have_the_decimals_of_their_currency(self):
        for currency, price, text in CASES:
            self.shop.currency = currency
            self.assertEqual(self._push(currency, price), text)
            [mug] = [row for row in self.shop.products.values() if row["sku"] == "MUG"]
            self.assertEqual(mug["regular_price"], text)


class TestPricesOfShopify(PricesCommon):
    simulator = ShopifySimulator

    def test_prices_have_the_decimals_of_their_currency(self):
        for currency, price, text in CASES:
            self.shop.currency = currency
            self.assertEqual(self._push(currency, price), text)
            self.assertEqual(self.shop.prices["MUG"], text)


class TestPricesOfPrestashop(PricesCommon):
    simulator = PrestashopSimulator

    def test_prices_have_the_decimals_of_their_currency(self):
        [setting] = self.shop.rows("configurations", name="PS_CURRENCY_DEFAULT")
        for currency, price, text in CASES:
            row = self.shop.insert(
                "currencies", iso_code=currency, conversion_rate="1", precision="3", active="1"
            )
            setting["value"] = str(row["id"])
            composing._shops.clear()
            self.assertEqual(self._push(currency, price), text)
            [mug] = self.shop.rows("products", reference="MUG")
            self.assertEqual(float(mug["price"]), price)


class YenSimulator(AmazonSimulator):
    def __init__(self):
        super().__init__(market="A1VC38T7YXB528")


class TestPricesOfAmazon(PricesCommon):
    simulator = YenSimulator

    def test_prices_have_the_decimals_of_their_currency(self):
        # Amazon sells in yen; in Kuwait it does not sell.
        [(currency, price, text), _kuwait] = CASES
        self.assertEqual(self._push(currency, price), text)
        self.assertEqual(float(self.shop.prices["MUG"]), price)


class LateStock:
    """Five are told, then three; the first call arrives after the second."""

    is_reading = OwnEffects.is_reading

    def _delay_first(self):
        """Have the shop keep the first call that changes something, and answer it with 504.

        :return: a function that lets it arrive
        """
        handle, late = self.shop.handle, []

        def keep(request):
            if late or request.method == "GET" or self.is_reading(request):
                return handle(request)
            late.append(request)
            return Response(504, b"")

        self.shop.handle = keep
        return lambda: handle(late[0])

    def _send(self):
        """Send what waits to be sent again."""
        waiting = self.messages(direction="out", state="pending")
        waiting.write({"next_try_at": False})
        self._run_lanes("stock", "outbox")

    def _wait(self):
        """Let the time pass in which a call may still arrive."""
        rows = self.env["oms.channel.stock"].search([("channel_id", "=", self.store.id)])
        past = fields.Datetime.now() - timedelta(seconds=1)
        rows.filtered("due_at").due_at = past
        rows.filtered("doubt_until").doubt_until = past
        for _round in range(3):
            self._send()

    def _begin(self):
        self.list_products()
        self.push_stock()
        self._wait()
        return self._delay_first()

    def _show(self, cap):
        self.store.stock_cap = cap
        self.push_stock()

    @mute_logger(SENDER, HTTP)
    def test_a_call_that_arrives_after_its_repetition_does_not_stay(self):
        arrive = self._begin()
        self._show(5)
        self._show(3)
        self._send()
        self.assertEqual(self.shown("MUG"), 3)
        arrive()
        self._wait()
        self.assertEqual(self.shown("MUG"), 3)

    @mute_logger(SENDER, HTTP)
    def test_a_call_that_arrives_after_a_later_quantity_does_not_stay(self):
        arrive = self._begin()
        self._show(5)
        self._send()
        self._show(3)
        self._send()
        self.assertEqual(self.shown("MUG"), 3)
        arrive()
        self._wait()
        self.assertEqual(self.shown("MUG"), 3)


for code, shop in simulated_shops().items():
    name = f"TestLateStockOf{code.title()}"
    globals()[name] = type(name, (LateStock, FaultBench), {"simulator": shop})
