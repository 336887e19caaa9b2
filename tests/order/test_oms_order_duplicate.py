"""An order that a shop imported from a marketplace itself is shipped once."""

from ..common import OmsCommon

REF = "302-1234567-7654321"


class TestDuplicate(OmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.auto_ship = False
        cls.market = cls._make_channel("Market", auto_ship=False)

    def _copy(self, ref="5001", **values):
        return self._document(ref, meta={"_wpla_amazon_order_id": REF}, **values)

    def test_the_copy_is_held_when_the_original_came_first(self):
        original = self._capture(self._document(REF), channel=self.market)
        copy = self._capture(self._copy())
        self.assertEqual(self._holds(copy), ["DUPLICATE_ORDER"])
        self.assertIn(f"Market also reports this order as #{REF}.", copy.oms_hold_ids.detail)
        self.assertEqual((copy.state, copy.picking_ids.ids), ("draft", []))
        self.assertEqual(self._holds(original), [])
        self.assertEqual(original.picking_ids.state, "assigned")
        self.assertEqual(self.mug.free_qty, 98.0)

    def test_the_copy_is_held_when_it_came_first(self):
        copy = self._capture(self._copy())
        original = self._capture(self._document(REF), channel=self.market)
        self.assertEqual((self._holds(copy), self._holds(original)), (["DUPLICATE_ORDER"], []))

    def test_the_original_is_held_when_the_copy_has_left(self):
        copy = self._capture(self._copy())
        copy.picking_ids.move_ids.picked = True
        copy.picking_ids.button_validate()
        original = self._capture(self._document(REF), channel=self.market)
        self.assertEqual((self._holds(copy), self._holds(original)), ([], ["DUPLICATE_ORDER"]))
        self.assertFalse(original.picking_ids)

    def test_an_id_in_the_note_or_number_is_known_by_its_form(self):
        self._capture(self._document(REF), channel=self.market)
        noted = self._capture(self._document("5002", note=f"Amazon Order Id: {REF}"))
        named = self._capture(self._document("5003", number=REF))
        self.assertEqual(self._holds(noted), ["DUPLICATE_ORDER"])
        self.assertEqual(self._holds(named), ["DUPLICATE_ORDER"])

    def test_equal_numbers_of_two_shops_are_two_orders(self):
        first = self._capture(self._document("1001"), channel=self.market)
        second = self._capture(self._document("1001", note="Call 02-12345-67890123"))
        self.assertEqual((self._holds(first), self._holds(second)), ([], []))

    def test_other_orders_cost_one_query_more_for_all_of_them(self):
        orders = self._capture(*(self._document(f"N{number}") for number in range(5)))
        duplicate = self.env["oms.order.duplicate"]
        duplicate._hold_duplicates(self.channel, orders)
        self.env.invalidate_all()
        orders.mapped("oms_foreign_ref")
        self.channel.mapped("company_id")
        with self.assertQueryCount(2):
            duplicate._hold_duplicates(self.channel, orders)
