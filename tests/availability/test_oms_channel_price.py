"""Prices on channels: those that differ, once, of as many units as one of a listing is."""

from odoo.fields import Command

from ..common import OmsCommon
from ..push_shop import PushShopMixin


class TestPrices(PushShopMixin, OmsCommon):
    def setUp(self):
        super().setUp()
        self.tiny.push_stock = False
        self.tiny._approve_sync("price")

    def _report(self):
        self.tiny.prices_checked_at = False
        self._run_lanes("stock", "outbox")
        return [content for topic, content in self.shop.told if topic == "price"]

    def test_prices_that_differ_are_told_once(self):
        code = self.company.currency_id.name
        self.assertEqual(self._report(), [[("ext-MUG", "10.00", code), ("ext-POT", "10.00", code)]])
        self.assertEqual(len(self._report()), 1)
        self.mug.list_price = 12.5
        self.assertEqual(self._report()[1:], [[("ext-MUG", "12.50", code)]])
        self.assertEqual(self.listings[0].price, 12.5)

    def test_a_six_pack_costs_six_units_of_the_chosen_pricelist(self):
        self.listings[0].multiplier = 6
        self.tiny.price_pricelist_id = self.env["product.pricelist"].create(
            {
                "name": "Shop",
                "item_ids": [
                    Command.create(
                        {
                            "compute_price": "fixed",
                            "fixed_price": 9.0,
                            "min_quantity": 6,
                            "applied_on": "0_product_variant",
                            "product_id": self.mug.id,
                        }
                    )
                ],
            }
        )
        [told] = self._report()
        # What the price list does not name keeps its price there.
        self.assertEqual(told, [("ext-MUG", "54.00", self.company.currency_id.name)])

    def test_a_channel_that_is_not_to_be_told_is_told_nothing(self):
        self.tiny.push_price = False
        self.assertEqual(self._report(), [])

    def test_a_refused_price_is_told_to_a_person_and_the_others_are_taken(self):
        self.shop.refused["ext-POT"] = "no"
        self._report()
        [alert] = self.tiny.alert_ids.filtered(lambda a: a.code == "price")
        self.assertIn("POT", alert.text)
        self.assertEqual(self.listings.mapped("price"), [10.0, 0.0])
        self.shop.refused.clear()
        self._report()
        self.assertEqual(alert.state, "settled")

    def test_a_price_that_spoils_its_call_does_not_keep_the_others_from_the_channel(self):
        self.shop.poison.add("ext-POT")
        self._report()
        self.assertEqual(self.listings.mapped("price"), [10.0, 0.0])
        [alert] = self.tiny.alert_ids.filtered(lambda a: a.code == "price")
        self.assertIn("POT", alert.text)
        self.assertIn("I do not like this call.", alert.text)
        self.shop.poison.clear()
        self._report()
        self.assertEqual(self.listings.mapped("price"), [10.0, 10.0])
        self.assertEqual(alert.state, "settled")

    def test_prices_that_wait_for_a_channel_that_is_down_are_queued_once(self):
        for price in (11.0, 12.0, 13.0):
            self.mug.list_price = price
            self.tiny.prices_checked_at = False
            self._run_lanes("stock")
        self.assertEqual(len(self._outbox("price")), 1)
        [told] = self._report()
        self.assertEqual([price for _ref, price, _code in told], ["13.00", "10.00"])
