"""Who waits for goods is served before who comes later."""

from datetime import datetime

from ..promise.test_oms_promise import PromiseCommon


class TestOmsBackorder(PromiseCommon):
    def _placed(self, day, *lines, **values):
        """:return: a confirmed order that was placed on a day of February"""
        order = self._make_order(*lines, oms_placed_at=datetime(2026, 2, day), **values)
        return self._confirm(order)

    def test_the_queue_is_by_priority_then_promise_then_age(self):
        self._buy(self.jug, 2, datetime(2026, 3, 9, 9))
        promised = self._placed(2, (self.jug, 2))
        older = self._placed(1, (self.jug, 1))
        younger = self._placed(3, (self.jug, 1))
        urgent = self._placed(4, (self.jug, 1), oms_priority="1")
        orders = younger + older + promised + urgent
        self._put_stock(self.jug, self.warehouse, 9)
        queue = urgent + promised + older + younger
        self.assertEqual(orders._oms_serving_order(), queue)
        self.assertEqual(self.backorder._waiting_orders(9), queue)

    def test_the_list_shows_a_queue_in_the_order_in_which_it_is_served(self):
        younger = self._placed(3, (self.jug, 1))
        older = self._placed(1, (self.jug, 1))
        urgent = self._placed(4, (self.jug, 1), oms_priority="1")
        moves = (younger + older + urgent).picking_ids.move_ids
        listed = moves.search([("id", "in", moves.ids)], order="product_id, oms_queue_place, id")
        self.assertEqual(listed.sale_line_id.order_id.ids, (urgent + older + younger).ids)
        self.assertEqual(listed.mapped("oms_queue_place"), [1, 2, 3])
        backwards = moves.search([("id", "in", moves.ids)], order="oms_queue_place desc")
        self.assertEqual(backwards, listed[::-1])

    def test_fault_46_a_receipt_serves_who_waits_before_a_new_web_order(self):
        waiting = self._placed(1, (self.jug, 4))
        self._put_stock(self.jug, self.warehouse, 5)
        # The queue's own lane has not run yet.
        fresh = self._confirm(self._make_order((self.jug, 4)))
        sentences = self.allocator._allocate(fresh)
        self.assertEqual(self._taken(waiting), {self.warehouse: 4.0})
        self.assertEqual(self._taken(fresh), {self.warehouse: 1.0})
        self.assertIn("3 of 4", sentences[fresh])
        self.assertStockIsConsistent(self.jug)

    def test_fault_46_goods_that_come_elsewhere_are_theirs_who_wait_here(self):
        waiting = self._placed(1, (self.jug, 4))
        self._put_stock(self.jug, self.north, 5)
        fresh = self._make_order((self.jug, 4))
        self.sourcing._source(fresh)
        fresh.action_confirm()
        self.allocator._allocate(fresh)
        self.assertEqual(self._taken(waiting), {self.north: 4.0})
        self.assertEqual(self._taken(fresh), {self.north: 1.0})
        self.assertStockIsConsistent(self.jug)

    def test_fault_46_an_order_that_is_confirmed_while_the_lane_sleeps_does_not_jump(self):
        waiting = self._capture(self._document("A1", [("JUG", 3, "10.00")]))
        self.assertIn("Backordered", waiting.oms_wait_reason)
        self._put_stock(self.jug, self.warehouse, 3)
        self._receive(self._document("A2", [("JUG", 3, "10.00")]))
        self._run_lanes("inbox", "orders", "fulfilment")
        fresh = self._order("A2")
        self.assertIn("Backordered", fresh.oms_wait_reason)
        self.assertEqual(self._taken(waiting), {self.warehouse: 3.0})
        self.assertNotIn("Backordered", waiting.oms_wait_reason)
        self.assertTrue(waiting.oms_allocated_at)

    def test_who_may_have_none_of_it_does_not_keep_it_from_those_behind(self):
        refused = self._placed(1, (self.jug, 1))
        ruled = self._placed(2, (self.jug, 1))
        behind = self._placed(3, (self.jug, 1))
        refused.order_line.oms_excluded_warehouse_ids = self.north
        self._put_stock(self.jug, self.north, 5)
        self.assertEqual(self.backorder._waiting_orders(9), ruled + behind)
        sourcing = type(self.sourcing)
        original = sourcing._candidates

        def narrow(model, orders):
            found = original(model, orders)
            return {o: self.warehouse if o == ruled else found[o] for o in orders}

        self.patch(sourcing, "_candidates", narrow)
        self.assertEqual(self.backorder._serve_backorders(1), 1)
        self.assertEqual(self._taken(behind), {self.north: 1.0})
        self.assertEqual((self._taken(refused), self._taken(ruled)), ({}, {}))
        self.assertEqual(self.backorder._serve_backorders(1), 0)

    def test_an_urgent_new_order_is_served_before_who_waits(self):
        waiting = self._placed(1, (self.jug, 4))
        self._put_stock(self.jug, self.warehouse, 5)
        urgent = self._confirm(self._make_order((self.jug, 4), oms_priority="1"))
        self.allocator._allocate(urgent)
        self.assertEqual(self._taken(urgent), {self.warehouse: 4.0})
        self.assertEqual(self._taken(waiting), {})

    def test_who_may_not_be_served_from_there_claims_nothing_there(self):
        only_here = self._make_channel("Here")
        only_here.warehouse_ids = self.warehouse
        self._placed(1, (self.jug, 4), channel=only_here)
        self._put_stock(self.jug, self.north, 5)
        free = self.backorder._free_for_new(self.warehouse + self.north, self.jug)
        self.assertEqual(free[self.north.id, self.jug.id], 5.0)

    def test_a_return_serves_who_waits(self):
        self._put_stock(self.jug, self.warehouse, 2)
        sent = self._placed(1, (self.jug, 2))
        self.allocator._allocate(sent)
        sent.picking_ids.move_ids.picked = True
        sent.picking_ids.button_validate()
        waiting = self._placed(2, (self.jug, 2))
        self.assertFalse(waiting.oms_promised_at)
        wizard = self.env["stock.return.picking"].create({"picking_id": sent.picking_ids.id})
        wizard.product_return_moves.quantity = 2
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.move_ids.picked = True
        back.button_validate()
        self._run_lanes("allocator", "promises")
        self.assertEqual(self._taken(waiting), {self.warehouse: 2.0})
        self.assertTrue(waiting.oms_promised_at)

    def test_the_debt_of_one_lot_keeps_no_other_from_who_waits(self):
        self.jug.tracking = "lot"
        lots = self.env["stock.lot"].create(
            [{"name": name, "product_id": self.jug.id} for name in ("OWED", "HERE")]
        )
        waiting = self._placed(1, (self.jug, 2))
        for lot, quantity in zip(lots, (-5, 3), strict=True):
            self.env["stock.quant"]._update_available_quantity(
                self.jug, self.warehouse.lot_stock_id, quantity, lot_id=lot
            )
        self.assertEqual(self.backorder._serve_backorders(), 1)
        self.assertEqual(waiting.picking_ids.move_line_ids.lot_id, lots[1])
