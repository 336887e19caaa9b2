"""Goods that went short after orders were put together keep nobody else from leaving."""

from datetime import datetime, timedelta

from .test_oms_shared_delivery import SharedCommon


class TestShipTogetherShort(SharedCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lane = cls.env["oms.lane"]
        cls.urn = cls._make_product("URN", "Urn", stock=9)

    def _sold(self, *policies):
        """:return: orders of 1 mug and 2 urns with these policies that share a delivery, and
        the delivery
        """
        orders = self.env["sale.order"].union(
            *[
                self._make_order((self.mug, 1), (self.urn, 2), picking_policy=policy)
                for policy in policies
            ]
        )
        self._serve(orders)
        self.service._merge(orders)
        picking = orders._oms_pickings()
        self.assertEqual((len(picking), picking.state), (1, "assigned"))
        return orders, picking

    def _lose(self, order, quantity=0, products=None):
        """The urns of an order are not there any more, but so many; nobody runs the order."""
        moves = order.order_line.move_ids.filtered(
            lambda m: m.product_id in (products or self.urn) and m.state != "cancel"
        )
        quants = self.env["stock.quant"].search(
            [
                ("product_id", "in", moves.product_id.ids),
                ("location_id", "=", self.warehouse.lot_stock_id.id),
            ]
        )
        for move in moves:
            move.quantity = quantity
        for quant in quants:
            quant.with_context(inventory_mode=True).inventory_quantity = quant.reserved_quantity
            quant.action_apply_inventory()

    def _alone(self, order):
        """An order is in one delivery, and nobody else."""
        picking = order._oms_pickings()
        self.assertEqual(len(picking), 1)
        self.assertFalse(picking.oms_shared_order_ids)
        self.assertEqual(picking.move_ids.sale_line_id.order_id, order)
        return picking

    # === PARTED === #

    def test_an_order_that_ships_complete_goes_when_goods_of_another_went_short(self):
        (older, younger), picking = self._sold("one", "direct")
        self._lose(younger)
        self.assertEqual(picking.state, "confirmed")
        self.assertEqual(self.lane._run_fulfilment(None), 1)
        self.assertEqual(self._alone(older), picking)
        self.assertEqual(picking.state, "assigned")
        own = self._alone(younger)
        self.assertEqual(own.state, "assigned")
        self.assertEqual(own.move_type, "direct")
        why = "out of stock, the other orders are ready"
        self.assertEqual(
            self._events(younger, "order.shipped_alone"),
            [f"Split off into {own.name} from {picking.name}: {why}"],
        )
        self.assertEqual(
            self._events(older, "order.shipped_alone"),
            [f"No longer combined with {younger.name} in {picking.name}: {why}"],
        )
        event = younger.oms_event_ids.filtered(lambda e: e.code == "order.shipped_alone")
        self.assertEqual(event.actor, "Combine Shipments")
        self.assertFalse(younger.oms_ship_alone)
        self.assertEqual(self.lane._run_fulfilment(None), 0)
        self.assertStockIsConsistent(self.mug + self.urn)

    def test_the_older_that_went_short_leaves_the_delivery_to_the_younger(self):
        (older, younger), picking = self._sold("one", "one")
        self._lose(older)
        self.assertEqual(self.lane._run_fulfilment(None), 1)
        self.assertEqual(self._alone(younger).state, "assigned")
        own = self._alone(older)
        self.assertEqual((own.state, own.move_type), ("confirmed", "one"))

    def test_one_that_waits_to_be_complete_does_not_keep_what_another_has(self):
        (older, younger), picking = self._sold("one", "direct")
        self._lose(older)
        self._lose(younger, 1)
        self.assertEqual(picking.state, "confirmed")
        self.assertEqual(self.lane._run_fulfilment(None), 1)
        self.assertEqual(self._alone(older).state, "confirmed")
        self.assertEqual(self._alone(younger).state, "assigned")

    def test_of_four_those_that_can_go_stay_together(self):
        orders, picking = self._sold("one", "direct", "direct", "one")
        self._lose(orders[2])
        self._lose(orders[3])
        self.assertEqual(self.lane._run_fulfilment(None), 2)
        self.assertEqual(picking.oms_shared_order_ids, orders[:2])
        self.assertEqual(picking.state, "assigned")
        self.assertEqual(self._alone(orders[2]).state, "assigned")
        self.assertEqual(self._alone(orders[3]).state, "confirmed")

    def test_the_lane_ships_what_can_go_without_anybody(self):
        self.channel.auto_ship = True
        orders, picking = self._sold("one", "one")
        orders.write({"oms_step": "ship", "oms_cursor": "ship", "oms_status": "waiting"})
        self._lose(orders[1])
        self._run_lanes()
        self.assertEqual(picking.state, "done")
        self.assertEqual(picking.move_ids.sale_line_id.order_id, orders[0])
        self.assertEqual(self._alone(orders[1]).state, "confirmed")
        self._put_stock(self.urn, self.warehouse, 2)
        self._run_lanes()
        self.assertEqual(orders[1]._oms_pickings().state, "done")

    def test_an_order_that_is_taken_along_is_looked_at_at_once(self):
        (older, younger), _picking = self._sold("one", "direct")
        self._lose(younger)
        self.together._gather(younger)
        self.assertEqual(self._alone(older).state, "assigned")

    def test_what_may_leave_on_a_later_day_only_is_parted_from_what_can_go(self):
        (older, younger), picking = self._sold("direct", "direct")
        younger.oms_available_at = datetime.now() + timedelta(days=9)
        self.together._gather(younger)
        self.assertEqual(self._alone(older), picking)
        [text] = self._events(younger, "order.shipped_alone")
        day = younger._oms_local_date(younger.oms_available_at)
        self.assertIn(f"ships from {day}, the other orders are ready", text)

    def test_in_a_warehouse_that_picks_first_the_pick_is_parted(self):
        self.warehouse.delivery_steps = "pick_ship"
        (older, younger), picking = self._sold("one", "one")
        self._lose(younger)
        self.assertEqual(self.lane._run_fulfilment(None), 1)
        self.assertEqual(self._alone(older).state, "assigned")
        self.assertEqual(self._alone(younger).state, "confirmed")

    # === LEFT === #

    def test_orders_that_leave_as_they_can_share_one_delivery_and_its_backorder(self):
        orders, picking = self._sold("direct", "direct")
        self._lose(orders[1])
        self.assertEqual(self.lane._run_fulfilment(None), 0)
        self.together._gather(orders)
        self.assertEqual(picking.oms_shared_order_ids, orders)
        self.assertEqual(picking.state, "assigned")

    def test_orders_none_of_which_can_go_wait_together(self):
        orders, picking = self._sold("one", "one")
        self._lose(orders)
        self.assertEqual(self.lane._run_fulfilment(None), 0)
        self.assertEqual(picking.oms_shared_order_ids, orders)

    def test_an_order_that_is_not_paid_cannot_go_and_parts_nobody(self):
        self.channel.ship_policy = "paid"
        orders, picking = self._sold("one", "one")
        self._lose(orders[1])
        self.assertEqual(self.lane._run_fulfilment(None), 0)
        self.assertEqual(picking.oms_shared_order_ids, orders)

    def test_nothing_that_a_picker_has_started_is_moved(self):
        orders, picking = self._sold("one", "one")
        self._lose(orders[1])
        picking.printed = True
        self.assertEqual(self.lane._run_fulfilment(None), 0)
        picking.printed = False
        picking.move_line_ids[0].picked = True
        self.assertEqual(self.lane._run_fulfilment(None), 0)
        self.assertEqual(picking.oms_shared_order_ids, orders)
        picking.move_line_ids[0].picked = False
        self.assertEqual(self.lane._run_fulfilment(None), 1)

    def test_goods_that_are_bought_for_an_order_and_not_there_yet_are_missing(self):
        order = self._orders(1)
        move = order.order_line.move_ids[0]
        self.assertFalse(self.together._is_short(order))
        move.write({"procure_method": "make_to_order", "state": "waiting"})
        self.assertTrue(self.together._is_short(order))

    def test_many_blocked_deliveries_are_found_with_one_query(self):
        self._put_stock(self.urn, self.warehouse, 12)
        for orders, _picking in [self._sold("one", "one") for _n in range(3)]:
            self._lose(orders)
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.assertEqual(self.together._part_blocked(), 0)
