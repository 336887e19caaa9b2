"""Whoever changes stock by hand: where we run the warehouse nothing is sold twice, and where
we do not all is as in Odoo."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command

from ..shipping.common import FulfilmentCommon


class GuardedCommon(FulfilmentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stock = cls.warehouse.lot_stock_id
        cls.cup = cls._make_product("CUP", "Cup", stock=5)

    def _manual_order(self, quantity, warehouse=None):
        """:return: an order that staff write and confirm in Sales"""
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "warehouse_id": (warehouse or self.warehouse).id,
                "order_line": [
                    Command.create({"product_id": self.cup.id, "product_uom_qty": quantity})
                ],
            }
        )
        order.action_confirm()
        return order

    def _books(self):
        """:return: (on hand, reserved) of the cups where they are kept"""
        quants = self.env["stock.quant"].search(
            [("product_id", "=", self.cup.id), ("location_id.usage", "=", "internal")]
        )
        return sum(quants.mapped("quantity")), sum(quants.mapped("reserved_quantity"))

    def _transfer(self, kind, source, target, quantity):
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": kind.id,
                "location_id": source.id,
                "location_dest_id": target.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.cup.id,
                            "product_uom_qty": quantity,
                            "location_id": source.id,
                            "location_dest_id": target.id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        picking.action_assign()
        return picking

    def assertAddsUp(self):
        hand, reserved = self._books()
        self.assertLessEqual(reserved, hand)
        self.assertEqual(
            self.env["oms.stock.comparison"]._compare({self.cup.id}),
            [],
        )


class TestGuarded(GuardedCommon):
    def test_an_order_staff_confirm_in_sales_is_reserved_by_the_allocator_fault_12(self):
        order = self._manual_order(3)
        self.assertEqual(order.order_line.move_ids.state, "confirmed")
        self._run_lanes("allocator")
        self.assertEqual(order.order_line.move_ids.state, "assigned")
        self.assertAddsUp()

    def test_staff_who_write_more_than_is_free_are_told_what_to_do(self):
        first, second = self._manual_order(3), self._manual_order(2)
        (first + second).picking_ids.action_assign()
        self.env.flush_all()
        text = r"2 × \[CUP\] Cup .* 0 are available.*count the location"
        with self.assertRaisesRegex(UserError, text), self.env.cr.savepoint():
            first.picking_ids.move_ids.quantity = 5
        # A request that failed leaves nothing pending.
        self.env.clear()
        self.assertEqual(first.picking_ids.move_ids.quantity, 3)
        second.picking_ids.do_unreserve()
        first.picking_ids.move_ids.quantity = 5
        self.assertEqual(self._books(), (5, 5))
        self.assertAddsUp()

    def test_staff_who_write_less_free_the_rest(self):
        order = self._manual_order(4)
        order.picking_ids.action_assign()
        order.picking_ids.move_ids.quantity = 1
        self.assertEqual(self._books(), (5, 1))
        self.assertAddsUp()

    def test_unreserving_frees_and_the_next_gets_it(self):
        first, second = self._manual_order(5), self._manual_order(5)
        first.picking_ids.action_assign()
        first.picking_ids.do_unreserve()
        second.picking_ids.action_assign()
        self.assertEqual(second.picking_ids.state, "assigned")
        self.assertAddsUp()

    def test_counting_fewer_than_are_reserved_takes_the_reservation(self):
        order = self._manual_order(4)
        order.picking_ids.action_assign()
        quant = self.env["stock.quant"]._gather(self.cup, self.stock)
        quant.with_context(inventory_mode=True).inventory_quantity = 1
        quant.action_apply_inventory()
        self.assertEqual(self._books(), (1, 1))
        self.assertAddsUp()

    def test_scrap_of_what_is_reserved_takes_the_reservation(self):
        order = self._manual_order(5)
        order.picking_ids.action_assign()
        scrap = self.env["stock.scrap"].create(
            {"product_id": self.cup.id, "scrap_qty": 2, "location_id": self.stock.id}
        )
        scrap.do_scrap()
        self.assertEqual(self._books(), (3, 3))
        self.assertAddsUp()

    def test_an_internal_transfer_takes_only_what_is_free(self):
        order = self._manual_order(4)
        order.picking_ids.action_assign()
        shelf = self.env["stock.location"].create({"name": "S", "location_id": self.stock.id})
        picking = self._transfer(self.warehouse.int_type_id, self.stock, shelf, 3)
        self.assertEqual(picking.move_ids.quantity, 1)
        picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(picking.state, "done")
        self.assertEqual(self._books()[0], 5)
        self.assertAddsUp()

    def test_a_receipt_and_a_return_serve_those_who_wait_fault_15(self):
        order = self._manual_order(7)
        self._run_lanes("allocator")
        self.assertEqual(order.order_line.move_ids.quantity, 5)
        suppliers = self.env.ref("stock.stock_location_suppliers")
        receipt = self._transfer(self.warehouse.in_type_id, suppliers, self.stock, 2)
        receipt.button_validate()
        self._run_lanes("allocator")
        self.assertEqual(order.order_line.move_ids.state, "assigned")
        self.assertAddsUp()

    def test_the_scheduler_of_odoo_reserves_nothing_twice(self):
        first, second = self._manual_order(4), self._manual_order(4)
        self.env["stock.rule"].run_scheduler()
        self._run_lanes("allocator")
        self.assertEqual(
            sorted((first + second).order_line.move_ids.mapped("quantity")), [1.0, 4.0]
        )
        self.assertAddsUp()

    def test_stock_that_vanished_is_told_and_not_promised_fault_15(self):
        order = self._confirm(self._make_order((self.cup, 4)))
        self.env["stock.quant"]._update_available_quantity(self.cup, self.stock, -3)
        self.assertEqual(
            self.allocator._allocate(order), {order: "Backordered: 2 of 4 × [CUP] Cup"}
        )
        self.assertEqual(self._books(), (2, 2))

    def test_two_rows_of_one_stock_forget_no_reservation(self):
        order = self._manual_order(5)
        order.picking_ids.action_assign()
        # What Odoo leaves when a row was locked by somebody else.
        self.env["stock.quant"].create(
            {
                "product_id": self.cup.id,
                "location_id": self.stock.id,
                "quantity": 2,
                "in_date": "2020-01-01 00:00:00",
            }
        )
        order.picking_ids.do_unreserve()
        self.assertEqual(self._books(), (7, 0))
        self.assertAddsUp()

    def test_a_kit_short_of_a_component_reserves_no_more_than_there_is_fault_44(self):
        lid = self._make_product("LID", "Lid", stock=1)
        order = self._make_order((self.cup, 2), (lid, 2))
        self.assertEqual(self._serve(order), {order: "Backordered: 1 of 2 × [LID] Lid"})
        self.assertAddsUp()


class TestUnguarded(GuardedCommon):
    """A warehouse we do not run: nothing of ours is in the way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse.oms_managed = False

    def test_an_order_is_reserved_when_it_is_confirmed(self):
        self.assertEqual(self._manual_order(3).picking_ids.state, "assigned")

    def test_staff_write_what_they_like_as_in_odoo(self):
        first, second = self._manual_order(3), self._manual_order(2)
        first.picking_ids.move_ids.quantity = 5
        self.assertEqual(self._books(), (5, 7))
        first.picking_ids.move_ids.picked = True
        first.picking_ids.button_validate()
        self.assertEqual(self._books(), (0, 0))
        self.assertEqual(second.picking_ids.state, "confirmed")

    def test_no_lock_is_taken_and_no_row_is_merged(self):
        with patch.object(type(self.env["oms.stock"]), "_lock", autospec=True) as lock:
            order = self._manual_order(2)
            order.picking_ids.do_unreserve()
            order.picking_ids.action_assign()
            order.picking_ids.button_validate()
            quant = self.env["stock.quant"]._gather(self.cup, self.stock)
            quant.with_context(inventory_mode=True).inventory_quantity = 9
            quant.action_apply_inventory()
        lock.assert_not_called()
        self.assertEqual(self._books(), (9, 0))

    def test_the_allocator_leaves_its_deliveries_alone(self):
        order = self._manual_order(9)
        self.assertEqual(order.order_line.move_ids.quantity, 5)
        self.assertEqual(self.allocator._allocate(order), {})
        self.assertEqual(self.env["oms.backorder"]._waiting_orders(10) & order, order.browse())
