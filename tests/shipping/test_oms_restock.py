"""What was carried from the stock for an order, and leaves no more, goes back there."""

from odoo.tests import new_test_user

from .common import FulfilmentCommon
from .test_oms_shared_delivery import SharedCommon


class PutBack:
    """What is to be true of warehouses of any number of steps."""

    steps = ""
    #: how many transfers bring the goods to where they leave from
    before_ship = 0

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse.delivery_steps = cls.steps
        cls.cup = cls._make_product("CUP", "Cup", stock=5)
        cls.picker = new_test_user(cls.env, "picker", groups="oms_addon.oms_addon_group_warehouse")
        cls.seller = new_test_user(
            cls.env, "seller", groups="sales_team.group_sale_salesman_all_leads"
        )

    def _carried(self, *lines, count=None, **values):
        """:return: a served order whose goods were carried so many steps, all by default"""
        order = self._make_order(*(lines or [(self.cup, 3)]), **values)
        self._serve(order)
        for _step in range(self.before_ship if count is None else count):
            self._ship_step(order)
        return order

    def _ship_step(self, order):
        ready = order.picking_ids._oms_todo()
        ready.move_ids.picked = True
        ready.with_context(skip_backorder=True).button_validate()

    def _open(self, order):
        return order.picking_ids._oms_todo()

    def _cancel_units(self, order, quantity):
        self.env["oms.order.canceller"]._cancel_units({order.order_line: quantity}, "Changed.")

    def _on_hand(self, location, product=None):
        """:return: (there, reserved) at a place"""
        quants = self.env["stock.quant"].search(
            [("product_id", "=", (product or self.cup).id), ("location_id", "=", location.id)]
        )
        return sum(quants.mapped("quantity")), sum(quants.mapped("reserved_quantity"))

    def _free(self, product=None):
        product = product or self.cup
        return self.env["oms.stock"]._free(self.warehouse, product)[self.warehouse.id, product.id]

    def _put(self, order):
        """Do what is to be put back."""
        todo = order.oms_put_back_ids._oms_todo()
        todo.move_ids.picked = True
        self.assertIs(todo.button_validate(), True)

    def _codes(self, order):
        return [e.code for e in order.oms_event_ids.sorted("id") if e.code.startswith("goods.")]

    def assertPutBack(self, order, quantity, place=None):
        """One transfer to the stock has the goods reserved, and none of them is promised."""
        [picking] = order.oms_put_back_ids._oms_todo()
        place = place or self.warehouse.wh_output_stock_loc_id
        self.assertRecordValues(
            picking,
            [
                {
                    "state": "assigned",
                    "picking_type_id": self.warehouse.int_type_id.id,
                    "location_id": place.id,
                    "location_dest_id": self.warehouse.lot_stock_id.id,
                    "origin": order.name,
                    "sale_id": False,
                }
            ],
        )
        self.assertEqual(sum(picking.move_ids.mapped("quantity")), quantity)
        there, reserved = self._on_hand(place)
        self.assertEqual((there, reserved), (there, there))
        self.assertIn(picking.name, order.oms_put_back_text)
        self.assertEqual(self._codes(order), ["goods.to_put_back"])
        self.assertStockIsConsistent(self.cup)
        self.assertEqual(self.env["oms.stock.comparison"]._compare({self.cup.id}), [])

    # === STOPPED === #

    def test_fault_34_what_was_carried_is_put_back_and_serves_who_waits_first(self):
        order = self._carried()
        waiting = self._make_order((self.cup, 4))
        self._serve(waiting)
        self.env["oms.order.canceller"]._cancel_whole(order, "Gone.")
        self.assertEqual(order.state, "sale")
        self.assertFalse(order.oms_put_back_ids)
        self._open(order).with_user(self.picker).action_oms_stopped()
        self.assertEqual((order.state, self._open(order).ids), ("cancel", []))
        self.assertPutBack(order, 3.0)
        # Three of five are on their way back: nobody is promised them.
        self.assertEqual(self._taken(waiting), {self.warehouse: 2.0})
        self._put(order)
        self.assertEqual(self._codes(order), ["goods.to_put_back", "goods.put_back"])
        self.assertFalse(order.oms_put_back_text)
        self.assertEqual(self._on_hand(self.warehouse.wh_output_stock_loc_id), (0.0, 0.0))
        new = self._make_order((self.cup, 3))
        self._serve(new)
        self.assertEqual(self._taken(waiting), {self.warehouse: 4.0})
        self.assertEqual(self._taken(new), {self.warehouse: 1.0})
        self.assertStockIsConsistent(self.cup)

    def test_fault_34_of_a_line_only_the_stopped_units_are_put_back(self):
        order = self._carried()
        self._cancel_units(order, 2)
        self.assertEqual(order.order_line.product_uom_qty, 3.0)
        self._open(order).with_user(self.picker).action_oms_stopped()
        self.assertEqual(order.order_line.product_uom_qty, 1.0)
        self.assertPutBack(order, 2.0)
        self.assertRecordValues(
            self._open(order).move_ids, [{"product_qty": 1.0, "quantity": 1.0, "state": "assigned"}]
        )
        self._ship_step(order)
        self.assertEqual(order.order_line.qty_delivered, 1.0)
        self._put(order)
        self.assertEqual(self._on_hand(self.warehouse.lot_stock_id), (4.0, 0.0))

    def test_what_is_in_the_stock_still_comes_off_before_what_was_carried(self):
        order = self._make_order((self.cup, 5))
        self._serve(order)
        [pick] = order.picking_ids
        pick.move_ids.quantity = 3
        self._ship_step(order)
        self._cancel_units(order, 3)
        # Two were on the shelf; the warehouse is asked for the third.
        self.assertEqual(order.order_line.product_uom_qty, 3.0)
        [request] = self.env["oms.stop.request"]._get_open(order)
        self.assertEqual(request.units, {str(order.order_line.id): 1.0})
        self.assertEqual(self._free(), 2.0)
        request.picking_ids.with_user(self.picker).action_oms_stopped()
        self.assertEqual(order.order_line.product_uom_qty, 2.0)
        place = self._open(order).location_id
        self.assertPutBack(order, 1.0, place)

    def test_lots_packages_and_owners_go_back_as_they_were_picked(self):
        self.cup.tracking = "lot"
        lots = self.env["stock.lot"].create(
            [{"name": name, "product_id": self.cup.id} for name in ("L1", "L2")]
        )
        self.env["stock.quant"].search([("product_id", "=", self.cup.id)]).unlink()
        stock = self.warehouse.lot_stock_id
        for lot, owner in ((lots[0], None), (lots[1], self.customer)):
            self.env["stock.quant"]._update_available_quantity(
                self.cup, stock, 2, lot_id=lot, owner_id=owner
            )
        order = self._make_order((self.cup, 4))
        self._serve(order)
        order.picking_ids.move_line_ids[:1].result_package_id = self.env["stock.package"].create(
            {"name": "BOX"}
        )
        for _step in range(self.before_ship):
            self._ship_step(order)
        out = self._open(order)
        before = self._items(out)
        self.assertEqual(len(before), 2)
        out.action_cancel()
        self.assertEqual(self._items(order.oms_put_back_ids), before)
        self._put(order)
        self.assertEqual(
            sorted(
                (quant.lot_id.name, quant.owner_id.name, quant.package_id.name, quant.quantity)
                for quant in self.env["stock.quant"].search(
                    [("product_id", "=", self.cup.id), ("location_id", "child_of", stock.id)]
                )
                if quant.quantity
            ),
            before,
        )

    def _items(self, pickings):
        """:return: (lot, owner, package, quantity) of what is reserved"""
        return sorted(
            (line.lot_id.name, line.owner_id.name, line.package_id.name, line.quantity)
            for line in pickings.move_line_ids
        )

    # === BY HAND === #

    def test_cancelling_in_sales_asks_first_and_puts_back(self):
        order = self._carried(oms_channel_id=False)
        action = order.with_user(self.seller).action_cancel()
        self.assertIn("was asked to stop", action["params"]["message"])
        self._open(order).with_user(self.picker).action_oms_stopped()
        self.assertEqual(order.state, "cancel")
        self.assertPutBack(order, 3.0)

    def test_an_order_cancelled_later_leaves_alone_what_is_put_back(self):
        order = self._carried()
        self._cancel_units(order, 2)
        self._open(order).action_oms_stopped()
        self.env["oms.order.canceller"]._cancel_whole(order, "Gone.")
        self._open(order).action_oms_stopped()
        self.assertEqual(order.state, "cancel")
        self.assertEqual(order.oms_put_back_ids.mapped("state"), ["assigned", "assigned"])
        self.assertEqual(sorted(order.oms_put_back_ids.move_ids.mapped("product_qty")), [1.0, 2.0])
        self._put(order)
        self.assertEqual(self._on_hand(self.warehouse.lot_stock_id), (5.0, 0.0))
        self.assertStockIsConsistent(self.cup)

    def test_a_person_who_orders_fewer_has_the_others_put_back(self):
        order = self._carried(oms_channel_id=False)
        order.with_user(self.seller).order_line.product_uom_qty = 1
        self.assertPutBack(order, 2.0)
        self.assertEqual(self._open(order).move_ids.product_qty, 1.0)
        # More again comes from the stock.
        order.with_user(self.seller).order_line.product_uom_qty = 2
        self.allocator._allocate(order)
        self.assertEqual(
            sorted(self._open(order).move_ids.mapped("location_id.id")),
            sorted([self.warehouse.lot_stock_id.id, self.warehouse.wh_output_stock_loc_id.id]),
        )

    def test_an_order_confirmed_again_is_procured_again(self):
        order = self._carried(oms_channel_id=False)
        order.action_cancel()
        self._open(order).action_oms_stopped()
        order.action_draft()
        self._serve(order)
        self.assertRecordValues(
            self._open(order).move_ids,
            [{"location_id": self.warehouse.lot_stock_id.id, "product_qty": 3.0, "quantity": 2.0}],
        )

    def test_a_delivery_the_warehouse_cancels_is_put_back(self):
        order = self._carried()
        self._open(order).action_cancel()
        self.assertPutBack(order, 3.0)

    def test_what_was_not_carried_is_free_at_once(self):
        order = self._carried(count=0)
        self._open(order).action_cancel()
        self.assertFalse(order.oms_put_back_ids)
        self.assertEqual(self._free(), 5.0)

    def test_a_warehouse_we_do_not_run_leaves_goods_as_odoo_does(self):
        order = self._carried(oms_channel_id=False)
        self.warehouse.oms_managed = False
        order.action_cancel()
        self.assertFalse(order.oms_put_back_ids)

    def test_what_is_put_back_in_part_is_put_back_later(self):
        order = self._carried()
        self._open(order).action_cancel()
        picking = order.oms_put_back_ids
        picking.move_ids.write({"quantity": 1, "picked": True})
        picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(self._on_hand(self.warehouse.lot_stock_id), (3.0, 0.0))
        self.assertRecordValues(
            order.oms_put_back_ids._oms_todo(), [{"state": "assigned", "backorder_id": picking.id}]
        )
        self._put(order)
        self.assertEqual(self._on_hand(self.warehouse.lot_stock_id), (5.0, 0.0))
        self.assertEqual(
            self._codes(order), ["goods.to_put_back", "goods.put_back", "goods.put_back"]
        )

    # === NEVER TWICE === #

    def test_fault_37_the_same_goods_are_not_put_back_twice(self):
        order = self._carried()
        out = self._open(order)
        moves, origins = out.move_ids, out.move_ids.move_orig_ids
        out.action_cancel()
        out.action_cancel()
        again = self.env["oms.restock"]._create_transfers([(moves, origins, 3.0)])
        self.assertFalse(again)
        self.assertPutBack(order, 3.0)

    def test_goods_of_which_fewer_are_there_go_back_as_many_as_there_are(self):
        order = self._carried()
        place = self.warehouse.wh_output_stock_loc_id
        self._open(order).do_unreserve()
        quant = self.env["stock.quant"].search(
            [("product_id", "=", self.cup.id), ("location_id", "=", place.id)]
        )
        quant.with_context(inventory_mode=True).inventory_quantity = 1
        quant.action_apply_inventory()
        self._open(order).action_cancel()
        self.assertPutBack(order, 1.0)
        self.assertEqual(order.order_line.oms_lost_qty, 2.0)
        self.assertEqual(order.order_line._get_qty_procurement(), 0.0)

    # === PROMISED === #

    def test_who_waits_is_promised_what_is_put_back(self):
        order = self._carried((self.cup, 5))
        self._open(order).action_cancel()
        [arrival] = self.env["oms.incoming"]._incoming(self.warehouse, self.cup)
        self.assertEqual(arrival.quantity, 5.0)
        new = self._make_order((self.cup, 4))
        self._serve(new)
        self.assertEqual(self._taken(new), {})
        self.assertTrue(new.order_line.oms_promised_at)

    # === REJECTED === #

    def _reject(self, order, effect, quantity):
        reason = self.env["oms.pick.rejection.reason"].create({"name": "Bad", "effect": effect})
        line = self._open(order).move_line_ids
        self.assertTrue(line.picking_id.oms_can_reject)
        return self.env["oms.pick.rejection"]._reject(line, reason, quantity)

    def test_fault_42_what_is_damaged_on_the_way_is_picked_again(self):
        order = self._carried()
        rejection = self._reject(order, "damaged", 1)
        self.assertEqual(rejection.outcome, f"1 from {self.warehouse.name}")
        self.assertFalse(order.oms_put_back_ids)
        self.assertEqual(order.order_line.oms_lost_qty, 1.0)
        self.assertEqual(self._on_hand(self.warehouse.wh_output_stock_loc_id), (2.0, 2.0))
        for _step in range(self.before_ship + 1):
            self._ship_step(order)
        self.assertEqual(order.order_line.qty_delivered, 3.0)
        self.assertEqual(self._on_hand(self.warehouse.lot_stock_id), (1.0, 0.0))
        self.assertStockIsConsistent(self.cup)

    def test_fault_42_what_another_warehouse_sends_instead_is_put_back(self):
        self._put_stock(self.cup, self.north, 9)
        order = self._carried((self.cup, 5))
        rejection = self._reject(order, "none", 2)
        self.assertEqual(rejection.outcome, "2 from North")
        self.assertPutBack(order, 2.0)
        self.assertEqual(order.order_line.oms_lost_qty, 0.0)
        self.assertEqual(order.order_line._get_qty_procurement(), 5.0)

    def test_fault_42_at_the_first_step_back_from_the_stock_all_is_as_in_one_step(self):
        order = self._carried(count=1)
        rejection = self._reject(order, "damaged", 3)
        self.assertEqual(rejection.outcome, f"2 from {self.warehouse.name}, 1 backordered")
        self.assertRecordValues(
            self._open(order).move_ids,
            [{"location_id": self.warehouse.lot_stock_id.id, "product_qty": 3.0, "quantity": 2.0}],
        )


class TestPickAndShip(PutBack, FulfilmentCommon):
    steps = "pick_ship"
    before_ship = 1


class TestPickPackAndShip(PutBack, FulfilmentCommon):
    steps = "pick_pack_ship"
    before_ship = 2

    def test_fault_34_what_waits_to_be_packed_is_put_back_from_there(self):
        order = self._carried(count=1)
        order.action_cancel()
        self.assertEqual(order.state, "sale")
        self._open(order).action_oms_stopped()
        self.assertPutBack(order, 3.0, self.warehouse.wh_pack_stock_loc_id)


class TestPutBackOfSharedDeliveries(SharedCommon):
    def test_of_two_orders_that_wait_to_leave_together_one_is_put_back(self):
        self.warehouse.delivery_steps = "pick_ship"
        orders, pick = self._merged()
        pick.move_ids.picked = True
        pick.button_validate()
        younger = orders[1]
        younger.action_cancel()
        [request] = self.env["oms.stop.request"]._get_open(younger)
        request._answer(is_stopped=True)
        self.assertEqual(orders.mapped("state"), ["sale", "cancel"])
        self.assertFalse(orders[0].oms_put_back_ids)
        self.assertEqual(sorted(younger.oms_put_back_ids.move_ids.mapped("quantity")), [1.0, 2.0])
        [out] = orders[0]._oms_pickings()._oms_todo()
        self.assertEqual(sorted(out.move_ids.mapped("quantity")), [1.0, 2.0])
        self.assertStockIsConsistent(self.mug + self.pot)
