"""Amazon: stock and prices."""

from odoo.addons.oms_addon.channels.outcomes import ItemsOutcome

from .common import AmazonCase


class TestAmazonStock(AmazonCase):
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
        self.assertEqual(self.adapter._push_stock(self.amazon, "k", items), ItemsOutcome())
        self.assertEqual(set(self.shop.stock().values()), {3})
        self.assertEqual(self.shop.feeds, {})

    def test_fault_60_one_that_is_refused_does_not_stop_the_others(self):
        items = self._items(3)
        del self.shop.listings["S001"]
        answer = self.adapter._push_stock(self.amazon, "k", items)
        self.assertEqual(list(answer.failed), [1])
        self.assertIn("does not match any ASIN", answer.failed[1])
        self.assertEqual(self.shop.stock()["S002", "DEFAULT"], 3)

    def test_what_amazon_keeps_itself_is_never_told(self):
        items = self._items(2)
        items[0]["item_ref"] = "FBA:X000FBA"
        answer = self.adapter._push_stock(self.amazon, "k", items)
        self.assertEqual(answer, ItemsOutcome(details={"by_amazon": ["S000"]}))
        self.assertEqual(self.shop.stock()["S000", "DEFAULT"], 1)

    def test_many_zeros_are_told_at_once_the_first_now_and_the_others_next(self):
        items = self._items(60, 0)
        answer = self.adapter._push_stock(self.amazon, "k", items)
        self.assertEqual(answer.later, tuple(range(50, 60)))
        self.assertEqual(sum(not count for count in self.shop.stock().values()), 50)
        self.assertEqual(self.shop.feeds, {})

    def test_fault_59_while_no_feed_can_be_made_offers_are_told_one_by_one(self):
        items = self._items(60)
        self.shop.throttle(path="/feeds/2021-06-30/feeds", seconds=120)
        answer = self.adapter._push_stock(self.amazon, "k", items)
        self.assertEqual(answer.later, tuple(range(50, 60)))
        self.assertEqual(list(self.shop.stock().values()).count(3), 50)
        self.assertEqual(self.shop.feeds, {})

    def test_prices_are_told_in_the_marketplaces_of_their_currency(self):
        [item] = self._items(1)
        item = {**item, "price": "12.50", "currency": "EUR"}
        self.assertEqual(self.adapter._push_price(self.amazon, "k", [item]), ItemsOutcome())
        self.assertEqual(self.shop.prices["S000"], "12.50")
        answer = self.adapter._push_price(self.amazon, "k", [{**item, "currency": "GBP"}])
        self.assertEqual(answer.failed, {0: "No marketplace of the account is in GBP."})

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
