"""WooCommerce: stock and prices."""

from odoo.addons.oms_addon.channels.outcomes import ItemsOutcome
from odoo.addons.oms_addon.exceptions import RetryableError

from .common import WoocommerceCommon


class TestWoocommerceStock(WoocommerceCommon):
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
        self.assertEqual(answer, ItemsOutcome())
        self.assertEqual(sum(self.shop.calls.values()) - before, 3)
        stock = self.shop.stock()
        self.assertEqual((stock["MUG", ""], stock["POT", ""], stock["Coat-2", ""]), (9, 9, 2))

    def test_fault_60_one_product_that_is_refused_does_not_stop_the_others(self):
        mug, pot = (str(ref) for ref in self.shop.products)
        self.shop.broken_products.add(int(mug))
        answer = self.adapter._push_stock(
            self.woo, "k", [self._item(mug, 1), self._item("999", 2), self._item(pot, 3)]
        )
        self.assertEqual(answer.failed, {0: "The product cannot be saved.", 1: "Invalid ID."})
        self.assertEqual(self.shop.stock()["POT", ""], 3)
        self.assertEqual(self.shop.stock()["MUG", ""], 100)

    def test_fault_60_what_was_taken_before_a_failure_is_told_and_the_rest_tried_again(self):
        parent = self.shop.add_variable("Shirt")
        blue = self.shop.add_product("BLUE", "Blue", parent=parent)
        [mug, *_rest] = map(str, self.shop.products)
        items = [self._item(mug, 1), self._item(blue, 2, parent)]
        self.shop.fail(1, 503, "variations")
        answer = self.adapter._push_stock(self.woo, "k", items)
        self.assertEqual(list(answer.failed), [1])
        self.assertEqual(self.shop.stock()["MUG", ""], 1)
        self.shop.fail(1, 503, "products")
        with self.assertRaises(RetryableError):
            self.adapter._push_stock(self.woo, "k", items)

    def test_a_parent_that_is_gone_fails_its_own_variations_alone(self):
        [mug, *_rest] = map(str, self.shop.products)
        answer = self.adapter._push_stock(
            self.woo, "k", [self._item("7", 1, "998"), self._item(mug, 2)]
        )
        self.assertEqual(list(answer.failed), [0])
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
        self.assertEqual(answer, ItemsOutcome(stale={0: 99, 2: 4}))
        stock = self.shop.stock()
        self.assertEqual((stock["MUG", ""], stock["POT", ""], stock["BLUE", ""]), (99, 50, 4))
        self.assertEqual(sum(self.shop.calls.values()) - before, 3)
        # What is there already needs no call.
        answer = self.adapter._push_stock(self.woo, "k", [self._item(pot, 50, seen=50)])
        self.assertEqual(answer, ItemsOutcome())
        self.assertEqual(sum(self.shop.calls.values()) - before, 4)

    def test_prices_are_told_as_texts(self):
        [mug, *_rest] = map(str, self.shop.products)
        item = self._item(mug, price="12.50", currency="USD")
        self.assertEqual(self.adapter._push_price(self.woo, "k", [item]), ItemsOutcome())
        self.assertEqual(self.shop.prices, {"MUG": "12.50"})
