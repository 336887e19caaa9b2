"""Shopify: stock and prices."""

import json

from odoo.addons.oms_addon.channels.outcomes import ItemsOutcome
from odoo.addons.oms_addon.exceptions import (
    RetryableError,
)

from .common import ShopifyCase


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
        self.assertEqual(answer, ItemsOutcome())
        stock = self.store.stock()
        self.assertEqual((stock["MUG", "71"], stock["POT", "71"]), (7, 0))
        self.assertEqual(self._calls(), 1)

    def test_fault_60_a_stale_number_is_not_overwritten_and_the_others_are_set(self):
        self.store.sell_at_till("MUG", 3)
        answer = self._push(self._item("MUG", 40, 50), self._item("POT", 9, 50))
        self.assertEqual(answer, ItemsOutcome(stale={0: 47}))
        stock = self.store.stock()
        self.assertEqual((stock["MUG", "71"], stock["POT", "71"]), (47, 9))

    def test_what_shopify_has_before_us_unknown_is_set_all_the_same(self):
        self.store.sell_at_till("MUG", 3)
        self.assertEqual(self._push(self._item("MUG", 40)), ItemsOutcome())
        self.assertEqual(self.store.stock()["MUG", "71"], 40)

    def test_what_cannot_be_set_says_why_and_hinders_nothing(self):
        answer = self._push(
            self._item("MUG", 1, item_ref="999999"),
            self._item("POT", 2, location="99"),
            self._item("MUG", 3, location=""),
            self._item("MUG", 4, item_ref=""),
            self._item("POT", 5),
        )
        self.assertEqual(sorted(answer.failed), [0, 1, 2, 3])
        self.assertIn("could not be found", answer.failed[0])
        self.assertIn("Map a Shopify location", answer.failed[2])
        self.assertEqual(self.store.stock()["POT", "71"], 5)

    def test_a_store_with_one_place_needs_no_mapping(self):
        del self.store.locations[72]
        self.assertEqual(self._push(self._item("MUG", 3, location="")), ItemsOutcome())
        self.assertEqual(self.store.stock()["MUG", "71"], 3)

    def test_of_two_numbers_for_one_place_the_last_holds(self):
        self._push(self._item("MUG", 3), self._item("MUG", 4))
        self.assertEqual(self.store.stock()["MUG", "71"], 4)

    def test_a_lost_answer_changes_nothing_when_the_call_is_made_again(self):
        self.store.fail(after=True)
        with self.assertRaises(RetryableError):
            self._push(self._item("MUG", 7, 50))
        self.assertEqual(self._push(self._item("MUG", 7, 50)), ItemsOutcome())
        self.assertEqual(self.store.stock()["MUG", "71"], 7)

    def test_the_same_call_after_a_refusal_is_judged_anew(self):
        self.store.sell_at_till("MUG", 3)
        self.assertEqual(self._push(self._item("MUG", 7, 50)).stale, {0: 47})
        self.store.variants["MUG"].levels[71] = 50
        self.assertEqual(self._push(self._item("MUG", 7, 50)), ItemsOutcome())

    def test_prices_go_product_by_product_in_the_stores_currency(self):
        price = {"currency": "EUR", "price": "12.50"}
        items = [
            self._item("MUG", 0, **price),
            self._item("POT", 0, currency="USD", price="1.00"),
            self._item("POT", 0, **{**price, "ref": "999999"}),
            self._item("POT", 0, currency="EUR", price="-1.00"),
        ]
        answer = self.adapter._send(self.shop, "price", "K1", json.dumps(items).encode())
        self.assertEqual(sorted(answer.failed), [1, 2, 3])
        self.assertIn("EUR", answer.failed[1])
        self.assertEqual(self.store.prices, {"MUG": "12.50"})
