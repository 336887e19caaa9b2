from odoo.tools import mute_logger

from ..shipping.common import FulfilmentCommon


class TestSource(FulfilmentCommon):
    def test_a_complete_order_comes_from_the_first_warehouse(self):
        order = self._make_order((self.mug, 2), (self.pot, 1))
        self.sourcing._source(order)
        self.assertEqual(order.warehouse_id, self.warehouse)
        self.assertEqual(
            order.oms_allocation_text,
            f"All from {self.warehouse.name}: first warehouse with all items.",
        )

    def test_the_warehouse_that_has_all_is_preferred_to_a_split(self):
        cup = self._make_product("CUP", "Cup", north=5)
        self._put_stock(self.mug, self.north, 5)
        order = self._confirm(self._make_order((self.mug, 2), (cup, 1)))
        self.assertEqual(order.warehouse_id, self.north)
        self.assertEqual(order.picking_ids.picking_type_id.warehouse_id, self.north)

    def test_an_order_is_split_into_a_delivery_per_warehouse(self):
        cup = self._make_product("CUP", "Cup", north=5)
        order = self._make_order((self.mug, 2), (cup, 1))
        self.assertEqual(self._serve(order), {})
        self.assertEqual(self._taken(order), {self.warehouse: 2, self.north: 1})
        self.assertIn("Split", order.oms_allocation_text)
        self.assertEqual(set(order.picking_ids.mapped("state")), {"assigned"})

    def test_a_line_that_two_warehouses_share_has_two_moves(self):
        cup = self._make_product("CUP", "Cup", stock=3, north=4)
        order = self._make_order((cup, 5))
        self.assertEqual(self._serve(order), {})
        self.assertEqual(self._taken(order), {self.warehouse: 3, self.north: 2})
        self.assertRecordValues(
            order.order_line.move_ids.sorted("product_uom_qty"),
            [
                {"product_uom_qty": 2.0, "state": "assigned", "warehouse_id": self.north.id},
                {"product_uom_qty": 3.0, "state": "assigned", "warehouse_id": self.warehouse.id},
            ],
        )

    def test_orders_of_one_batch_do_not_plan_the_same_unit(self):
        cup = self._make_product("CUP", "Cup", stock=1, north=1)
        orders = self._make_order((cup, 1)) + self._make_order((cup, 1))
        self.sourcing._source(orders)
        self.assertEqual(orders.mapped("warehouse_id"), self.warehouse + self.north)

    def test_confirmed_but_unreserved_demand_is_not_planned_again(self):
        cup = self._make_product("CUP", "Cup", stock=1, north=1)
        self._confirm(self._make_order((cup, 1)))
        late = self._make_order((cup, 1))
        self.sourcing._source(late)
        self.assertEqual(late.warehouse_id, self.north)

    def test_urgent_orders_are_planned_first_and_their_deliveries_are_urgent(self):
        cup = self._make_product("CUP", "Cup", stock=1)
        normal = self._make_order((cup, 1))
        urgent = self._make_order((cup, 1), oms_priority="1")
        waits = self._serve(normal + urgent)
        self.assertEqual(list(waits), [normal])
        self.assertEqual(urgent.picking_ids.priority, "1")
        self.assertEqual(normal.picking_ids.priority, "0")

    def test_the_matrix_is_read_once_for_a_batch(self):
        few = self.env["sale.order"].union(*[self._make_order((self.mug, 1)) for _ in range(2)])
        many = self.env["sale.order"].union(*[self._make_order((self.mug, 1)) for _ in range(9)])
        counts = []
        for orders in (few, many):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.sourcing._source(orders)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])


class TestAllocate(FulfilmentCommon):
    def test_what_is_missing_is_told_in_words(self):
        cup = self._make_product("CUP", "Cup", stock=2)
        order = self._make_order((cup, 5))
        self.assertEqual(self._serve(order), {order: "Backordered: 3 of 5 × [CUP] Cup"})
        move = order.order_line.move_ids
        self.assertRecordValues(move, [{"state": "partially_available", "quantity": 2.0}])
        self.assertStockIsConsistent(cup)

    def test_allocating_again_changes_nothing(self):
        order = self._make_order((self.mug, 2))
        self._serve(order)
        for _again in range(2):
            self.assertEqual(self.allocator._allocate(order), {})
        self.assertEqual(order.order_line.move_ids.move_line_ids.mapped("quantity"), [2.0])
        self.assertStockIsConsistent(self.mug)

    def test_two_lines_of_one_product_share_what_is_there_fault_13(self):
        cup = self._make_product("CUP", "Cup", stock=1)
        order = self._make_order((cup, 1), (cup, 1))
        self.assertEqual(self._serve(order), {order: "Backordered: 1 of 1 × [CUP] Cup"})
        self.assertEqual(sum(order.picking_ids.move_line_ids.mapped("quantity")), 1)

    def test_goods_that_vanished_come_from_another_warehouse(self):
        cup = self._make_product("CUP", "Cup", stock=5, north=5)
        order = self._confirm(self._make_order((cup, 5)))
        self._put_stock(cup, self.warehouse, 2)
        self.assertEqual(self.allocator._allocate(order), {})
        self.assertEqual(self._taken(order), {self.warehouse: 2, self.north: 3})
        self.assertIn("3 × [CUP] Cup now from North", order.oms_allocation_text)
        self.assertStockIsConsistent(cup)
        self.assertEqual(sum(order.order_line.move_ids.mapped("product_uom_qty")), 5)

    def test_a_move_nothing_is_left_of_is_cancelled(self):
        cup = self._make_product("CUP", "Cup", stock=5, north=5)
        order = self._confirm(self._make_order((cup, 5)))
        self.env["stock.quant"]._update_available_quantity(cup, self.warehouse.lot_stock_id, -5)
        self.assertEqual(self.allocator._allocate(order), {})
        self.assertEqual(self._taken(order), {self.north: 5})
        self.assertEqual(
            order.order_line.move_ids.sorted("id").mapped("state"), ["cancel", "assigned"]
        )

    def test_what_a_channel_sold_without_stock_is_marked_oversold_fault_17(self):
        cup = self._make_product("CUP", "Cup")
        order = self._make_order((cup, 1), (self.mug, 1))
        self._serve(order)
        self.assertEqual(order.order_line.mapped("oms_oversold"), [True, False])
        hold = order.oms_hold_ids
        self.assertRecordValues(
            hold, [{"reason_code": "OVERSOLD", "state": "open", "is_blocking": False}]
        )
        self.allocator._allocate(order)
        self.assertEqual(order.oms_hold_ids, hold)
        self.assertFalse(order.oms_held)
        self._put_stock(cup, self.warehouse, 1)
        self.assertEqual(self.allocator._allocate(order), {})
        self.assertEqual((hold.state, hold.resolution), ("closed", "The items are in stock."))

    def test_nothing_is_marked_oversold_when_nobody_paid(self):
        self.channel.payment_policy = "terms"
        cup = self._make_product("CUP", "Cup")
        order = self._make_order((cup, 1))
        self._serve(order)
        self.assertFalse(order.order_line.oms_oversold)

    def test_staff_who_check_availability_take_no_unit_twice(self):
        cup = self._make_product("CUP", "Cup", stock=1)
        first = self._confirm(self._make_order((cup, 1)))
        second = self._confirm(self._make_order((cup, 1)))
        second.picking_ids.action_assign()
        self.assertEqual(list(self.allocator._allocate(first)), [first])
        self.assertEqual(second.picking_ids.state, "assigned")
        self.assertStockIsConsistent(cup)

    def test_serial_numbers_are_reserved_by_odoo_under_the_same_locks(self):
        cup = self._make_product("CUP", "Cup", tracking="serial")
        for name in ("S1", "S2"):
            lot = self.env["stock.lot"].create({"name": name, "product_id": cup.id})
            self.env["stock.quant"]._update_available_quantity(
                cup, self.warehouse.lot_stock_id, 1, lot_id=lot
            )
        order = self._make_order((cup, 3))
        self.assertEqual(self._serve(order), {order: "Backordered: 1 of 3 × [CUP] Cup"})
        self.assertEqual(
            sorted(order.picking_ids.move_line_ids.lot_id.mapped("name")), ["S1", "S2"]
        )

    def test_a_dozen_is_twelve_units(self):
        cup = self._make_product("CUP", "Cup", stock=20)
        order = self._make_order((cup, 2))
        order.order_line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        waits = self._serve(order)
        self.assertEqual(waits, {order: "Backordered: 4 of 24 × [CUP] Cup"})

    def test_pick_and_ship_reserves_the_first_step(self):
        self.warehouse.delivery_steps = "pick_ship"
        cup = self._make_product("CUP", "Cup", stock=5)
        order = self._make_order((cup, 2))
        self.assertEqual(self._serve(order), {})
        pick = order.picking_ids
        self.assertEqual(
            (pick.picking_type_id, pick.state), (self.warehouse.pick_type_id, "assigned")
        )
        self.shipper._validate(pick)
        ship = order.picking_ids - pick
        self.assertEqual(
            (ship.picking_type_id, ship.state), (self.warehouse.out_type_id, "assigned")
        )
        self.assertEqual(self.allocator._allocate(order), {})
        self.assertStockIsConsistent(cup)


class TestBackorders(FulfilmentCommon):
    def test_what_arrives_is_given_to_the_most_urgent_and_then_the_oldest(self):
        cup = self._make_product("CUP", "Cup")
        older = self._make_order((cup, 1), oms_placed_at="2026-01-01 10:00:00")
        younger = self._make_order((cup, 1), oms_placed_at="2026-01-02 10:00:00")
        urgent = self._make_order((cup, 1), oms_placed_at="2026-01-03 10:00:00", oms_priority="1")
        self._serve(younger + older + urgent)
        for place, order in enumerate((urgent, older, younger), 1):
            self._put_stock(cup, self.warehouse, place)
            self.assertEqual(self.backorder._serve_backorders(10), 1)
            self.assertEqual(order.picking_ids.state, "assigned", place)
        self.assertEqual(self.backorder._serve_backorders(10), 0)
        self.assertStockIsConsistent(cup)

    def test_what_arrives_elsewhere_serves_the_queue_from_there(self):
        cup = self._make_product("CUP", "Cup")
        order = self._make_order((cup, 2))
        self._serve(order)
        self._put_stock(cup, self.north, 5)
        self.assertEqual(self.backorder._serve_backorders(10), 1)
        self.assertEqual(self._taken(order), {self.north: 2})
        self.assertEqual(self.backorder._serve_backorders(10), 0)

    def test_a_warehouse_the_channel_does_not_use_serves_nobody_of_it(self):
        self.channel.warehouse_ids = self.warehouse
        cup = self._make_product("CUP", "Cup")
        order = self._make_order((cup, 2))
        self._serve(order)
        self._put_stock(cup, self.north, 5)
        self.assertEqual(self.backorder._waiting_orders(10), self.env["sale.order"])
        self.assertEqual(self.backorder._serve_backorders(10), 0)

    def test_an_empty_queue_is_no_work(self):
        cup = self._make_product("CUP", "Cup")
        self._serve(self._make_order((cup, 1)))
        self.assertEqual(self.backorder._serve_backorders(10), 0)

    def test_a_new_order_does_not_overtake_the_queue(self):
        cup = self._make_product("CUP", "Cup")
        waiting = self._make_order((cup, 1))
        self._serve(waiting)
        self._put_stock(cup, self.warehouse, 1)
        late = self._make_order((cup, 1))
        self.sourcing._source(late)
        self.assertIn("Out of stock", late.oms_allocation_text)

    def test_the_part_that_was_left_behind_is_served_from_the_backorder(self):
        cup = self._make_product("CUP", "Cup", stock=2)
        order = self._make_order((cup, 5))
        self._serve(order)
        self.shipper._validate(order.picking_ids)
        self.assertEqual(sorted(order.picking_ids.mapped("state")), ["confirmed", "done"])
        self._put_stock(cup, self.warehouse, 3)
        self.assertEqual(self.backorder._serve_backorders(10), 1)
        self.assertEqual(sorted(order.picking_ids.mapped("state")), ["assigned", "done"])
        self.assertStockIsConsistent(cup)

    @mute_logger("odoo.addons.base.models.ir_cron")
    def test_a_receipt_and_a_cancellation_wake_the_allocator(self):
        lane = self.env.ref("oms_addon.oms_lane_allocator")

        def is_woken():
            """Whether the lane is to run, from now on only if it is woken again."""
            triggers = self.env["ir.cron.trigger"].search([("cron_id", "in", lane.cron_ids.ids)])
            count = len(triggers)
            triggers.unlink()
            return bool(count)

        is_woken()
        self._put_stock(self.mug, self.warehouse, 150)
        self.assertTrue(is_woken())
        order = self._make_order((self.mug, 2))
        self._serve(order)
        is_woken()
        order.picking_ids.action_cancel()
        self.assertTrue(is_woken())
