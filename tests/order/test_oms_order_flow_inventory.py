"""What staff do in Inventory is seen on the order at once."""

from ..common import OmsCommon


class TestInventory(OmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.auto_ship = False

    def _backordered(self):
        """:return: an order of which one part has left and the rest waits, and the rest"""
        order = self._capture(self._document("A1", [("MUG", 2, "10.00"), ("POT", 1, "5.00")]))
        first = order.picking_ids
        first.move_ids.filtered(lambda m: m.product_id == self.mug).picked = True
        first.with_context(skip_backorder=True).button_validate()
        self._run_lanes()
        return order, order.picking_ids - first

    def test_a_backorder_cancelled_in_inventory_is_no_longer_waited_for(self):
        order, rest = self._backordered()
        self.assertIn("1 of 2 deliveries", order.oms_wait_reason)
        rest.action_cancel()
        self._run_lanes()
        self.assertIn("There is no delivery for [POT] Pot", order.oms_wait_reason)
        self.assertEqual((order.oms_step, order.oms_status), ("ship", "waiting"))

    def test_a_delivery_cancelled_as_a_whole_says_so_too(self):
        order = self._capture(self._document("A1"))
        order.picking_ids.action_cancel()
        self._run_lanes()
        self.assertIn("There is no delivery for [MUG] Mug", order.oms_wait_reason)
