"""Goods in carts: all or none, for a while, never counted twice."""

from freezegun import freeze_time

from odoo import fields
from odoo.tools import mute_logger

from odoo.addons.oms_addon.exceptions import InsufficientStock

from .test_oms_availability import AvailabilityCommon


class TestCartReservation(AvailabilityCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Carts = cls.env["oms.cart.reservation"]

    def _reserve(self, cart, *goods, channel=None, **values):
        wanted = {product.id: quantity for product, quantity in goods}
        return self.Carts._reserve(channel or self.channel, cart, wanted, **values)

    def _reserved_units(self, cart):
        return {
            r.product_id.default_code: r.quantity for r in self.Carts._of_cart(self.channel, cart)
        }

    def test_what_lies_in_a_cart_is_not_sold_to_others(self):
        self._reserve("c1", (self.cup, 4))
        self.assertEqual(self._number(), 6)
        self.assertEqual(self._number(channel=self.other), 6)
        self.assertEqual(self._number(but_cart="c1"), 10)

    def test_a_cart_is_refused_as_a_whole_and_every_short_product_is_named(self):
        with self.assertRaisesRegex(InsufficientStock, "Cup: 10 of 11") as caught:
            self._reserve("c1", (self.cup, 11), (self.mug, 5), (self.pot, 101))
        self.assertEqual(
            [tuple(row) for row in caught.exception.short],
            [(self.cup.id, 11, 10.0), (self.pot.id, 101, 100.0)],
        )
        self.assertFalse(self._reserved_units("c1"))
        self.assertEqual(self._number(self.mug), 100)

    def test_the_same_again_changes_nothing_but_the_time(self):
        with freeze_time("2026-03-01 10:00:00"):
            first = self._reserve("c1", (self.cup, 10), minutes=15)
        with freeze_time("2026-03-01 10:10:00"):
            again = self._reserve("c1", (self.cup, 10), minutes=15)
        self.assertEqual(first, again)
        self.assertEqual(fields.Datetime.to_string(again.expires_at), "2026-03-01 10:25:00")

    def test_another_content_takes_the_place_of_the_first(self):
        self._reserve("c1", (self.cup, 4), (self.mug, 1))
        self._reserve("c1", (self.cup, 9), (self.pot, 2))
        self.assertEqual(self._reserved_units("c1"), {"CUP": 9.0, "POT": 2.0})
        with self.assertRaises(InsufficientStock):
            self._reserve("c1", (self.cup, 11))
        self.assertEqual(self._reserved_units("c1"), {"CUP": 9.0, "POT": 2.0})
        self.assertEqual(self.Carts._release(self.channel, "c1"), 2)
        self.assertEqual(self._number(), 10)

    def test_after_its_time_goods_are_free_at_once_and_dropped_by_the_lane(self):
        with freeze_time("2026-03-01 10:00:00"):
            self._reserve("c1", (self.cup, 10), minutes=15)
            self.assertEqual(self._number(), 0)
        with freeze_time("2026-03-01 10:16:00"):
            self.assertEqual(self._number(), 10)
            self.assertEqual(self._reserved_units("c1"), {"CUP": 10.0})
            self.env["oms.channel.stock"]._process()
            self.assertEqual(self._reserved_units("c1"), {})

    def test_a_cart_whose_time_ended_is_checked_again_at_placement_fault_16(self):
        wanted = {self.cup.id: 10}
        with freeze_time("2026-03-01 10:00:00"):
            self._reserve("c1", (self.cup, 10), minutes=15)
            self.assertEqual(self.Carts._missing(self.channel, "c1", wanted), [])
        with freeze_time("2026-03-01 10:16:00"):
            self.assertEqual(self.Carts._missing(self.channel, "c1", wanted), [])
            self._reserve("c2", (self.cup, 3))
            [short] = self.Carts._missing(self.channel, "c1", wanted)
            self.assertEqual(tuple(short), (self.cup.id, 10, 7.0))
            with self.assertRaises(InsufficientStock):
                self._reserve("c1", (self.cup, 10))
        self.assertEqual(self._reserved_units("c2"), {"CUP": 3.0})

    def test_a_bundle_and_its_good_alone_are_summed_fault_13(self):
        one = self._make_product("ONE", "One", stock=1)
        with self.assertRaises(InsufficientStock) as caught:
            self.Carts._reserve(self.channel, "c1", {one.id: 2})
        self.assertEqual([tuple(row) for row in caught.exception.short], [(one.id, 2, 1.0)])

    def test_what_is_not_counted_is_not_kept(self):
        service = self._make_product("WRAP", "Gift wrap", is_storable=False)
        self.assertFalse(self._reserve("c1", (service, 3)))

    def test_an_order_of_the_cart_takes_over_and_nothing_is_counted_twice(self):
        self._reserve("c1", (self.cup, 4))
        order = self._make_order((self.cup, 4), oms_cart_ref="c1")
        [kept] = self.Carts._of_cart(self.channel, "c1")
        self.assertEqual((kept.order_id, kept.expires_at), (order, False))
        self.assertEqual(self._number(), 6)
        self.assertEqual(self.Carts._release(self.channel, "c1"), 0)
        self.assertEqual(self._reserve("c1", (self.cup, 1)), kept)
        self.assertRecordValues(kept, [{"quantity": 4.0, "expires_at": False}])
        self._confirm(order)
        self.assertFalse(self._reserved_units("c1"))
        self.assertEqual(self._number(), 6)

    def test_a_captured_order_names_its_cart_in_its_document(self):
        self._reserve("c1", (self.cup, 4))
        order = self._capture(self._document("A1", [("CUP", 4, "10.00")], cart_ref="c1"))
        self.assertEqual((order.oms_cart_ref, order.state), ("c1", "sale"))
        self.assertFalse(self._reserved_units("c1"))
        self.assertEqual(self._number(), 6)

    def test_a_cancelled_order_gives_the_goods_of_its_cart_back(self):
        self._reserve("c1", (self.cup, 4))
        order = self._make_order((self.cup, 4), oms_cart_ref="c1")
        order.action_cancel()
        self.assertFalse(self._reserved_units("c1"))
        self.assertEqual(self._number(), 10)

    @mute_logger("odoo.sql_db")
    def test_the_cart_of_another_channel_with_the_same_name_is_another(self):
        self._reserve("c1", (self.cup, 4))
        self._reserve("c1", (self.cup, 5), channel=self.other)
        self.assertEqual(self._number(), 1)
