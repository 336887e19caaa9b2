"""What ran out and what is back: once, and never of what did not happen."""

import json

from .test_oms_availability import AvailabilityCommon


class TestState(AvailabilityCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.write({"watch_stock": True, "base_url": "https://shop.example"})
        cls._run_sync(cls)

    def _run_sync(self):
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env["oms.channel.stock"]._process()

    def _events(self):
        events = self.env["oms.event"].search(
            [("code", "in", ("stock.out", "stock.back"))], order="id"
        )
        return [(event.code, event.name) for event in events]

    def _reported(self):
        messages = self.env["oms.channel.message"].search(
            [("topic", "=", "availability"), ("direction", "=", "out")], order="id"
        )
        return [
            (content["sku"], content["state"], content["quantity"])
            for content in (json.loads(message._raw_payload()) for message in messages)
        ]

    def test_the_last_one_sold_and_a_receipt_are_told_once_each(self):
        self.assertEqual(self._events(), [])
        self._serve(self._make_order((self.cup, 9)))
        self._run_sync()
        self.assertEqual(self._events(), [])
        self._serve(self._make_order((self.cup, 3)))
        self._run_sync()
        out = ("stock.out", f"Out of stock on Shop: {self.cup.display_name}")
        self.assertEqual(self._events(), [out])
        self._confirm(self._make_order((self.cup, 1)))
        self._run_sync()
        self.assertEqual(self._events(), [out])
        self._put_stock(self.cup, self.warehouse, 30)
        self._run_sync()
        back = ("stock.back", f"Back in stock on Shop: {self.cup.display_name}")
        self.assertEqual(self._events(), [out, back])
        self.assertEqual(
            self._reported(), [("CUP", "out_of_stock", 0), ("CUP", "back_in_stock", 17)]
        )

    def test_what_is_rolled_back_is_not_told(self):
        class Undone(Exception):
            pass

        with self.assertRaises(Undone), self.env.cr.savepoint():
            self._serve(self._make_order((self.cup, 10)))
            raise Undone
        self.env.invalidate_all()
        self._run_sync()
        self.assertEqual((self._events(), self._reported()), ([], []))

    def test_an_echo_of_the_same_change_tells_nothing_new_fault_60(self):
        for _again in range(3):
            self.env["oms.channel.stock"]._touch(self.cup.ids)
            self._run_sync()
        self._put_stock(self.cup, self.warehouse, 0.001)
        self._run_sync()
        events = self._events()
        self.env["oms.channel.stock"]._touch(self.cup.ids)
        self._run_sync()
        self.assertEqual([code for code, _name in events], ["stock.out"])
        self.assertEqual(self._events(), events)

    def test_a_cart_with_the_last_one_takes_it_off_sale_and_its_end_brings_it_back(self):
        Carts = self.env["oms.cart.reservation"]
        Carts._reserve(self.channel, "c1", {self.cup.id: 10})
        self._run_sync()
        Carts._release(self.channel, "c1")
        self._run_sync()
        self.assertEqual([code for code, _name in self._events()], ["stock.out", "stock.back"])

    def test_only_products_that_a_channel_lists_are_watched(self):
        self.env["oms.channel.listing"].create(
            {"channel_id": self.channel.id, "sku": "M", "product_id": self.mug.id}
        )
        self._serve(self._make_order((self.cup, 10), (self.mug, 100)))
        self._run_sync()
        self.assertEqual(
            self._events(), [("stock.out", f"Out of stock on Shop: {self.mug.display_name}")]
        )
        self.assertEqual(self._reported(), [("M", "out_of_stock", 0)])

    def test_a_channel_with_a_list_of_its_own_has_nothing_run_out_that_it_does_not_list(self):
        self.patch(type(self.channel._adapter()), "_can_fetch_listings", True)
        self._serve(self._make_order((self.cup, 10), (self.mug, 100)))
        self._run_sync()
        self.assertEqual(self._events(), [])
        self.assertFalse(self._states().product_id & (self.cup + self.mug))

    def test_what_is_no_longer_listed_is_no_longer_out_of_stock(self):
        listing = self.env["oms.channel.listing"].create(
            {"channel_id": self.channel.id, "sku": "M", "product_id": self.mug.id}
        )
        self._serve(self._make_order((self.mug, 100)))
        self._run_sync()
        self.assertEqual(self._states().filtered("is_out").product_id, self.mug)
        listing.product_id = self.cup
        self._run_sync()
        self.assertNotIn(self.mug, self._states().product_id)
        self.assertIn(self.cup, self._states().product_id)
        # What was noted before there was a list is cleaned up.
        self.assertIn(self.pot, self._states().product_id)
        self.env["oms.availability.state"]._gc_unlisted()
        self.assertEqual(self._states().product_id, self.cup)

    def _states(self):
        return self.env["oms.availability.state"].search([("channel_id", "=", self.channel.id)])
