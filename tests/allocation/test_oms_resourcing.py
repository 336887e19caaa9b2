"""Moving an order to another warehouse where goods leave in several steps."""

from odoo.exceptions import UserError

from ..shipping.common import FulfilmentCommon


class Steps:
    """What is to be true of warehouses of any number of steps."""

    steps = ""
    count = 0

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.warehouse + cls.north).delivery_steps = cls.steps
        cls.cup = cls._make_product("CUP", "Cup", stock=5, north=5)
        cls.lid = cls._make_product("LID", "Lid", stock=5, north=1)

    def _open(self, order):
        """:return: the transfers of an order that are not done or cancelled"""
        return order.picking_ids._oms_todo()

    def _deliver(self, order):
        """Take every step. :return: the warehouse and kind of each, in turn"""
        taken = []
        while ready := self._open(order).filtered(lambda p: p.state == "assigned"):
            taken += [(p.picking_type_id.warehouse_id, p.picking_type_id) for p in ready]
            ready.move_ids.picked = True
            ready.with_context(skip_backorder=True).button_validate()
        return taken

    def assertAddsUp(self):
        self.assertStockIsConsistent(self.cup + self.lid)
        self.assertEqual(self.env["oms.stock.comparison"]._compare({self.cup.id, self.lid.id}), [])

    def _quantities(self, order):
        """:return: (warehouse, product, state, wanted, reserved) of open first steps"""
        moves = self._open(order).move_ids.filtered(lambda m: m.state != "cancel")
        return sorted(
            (
                move.picking_type_id.warehouse_id.name,
                move.product_id.name,
                move.state,
                move.product_qty,
                move.quantity,
            )
            for move in moves
        )

    def test_an_order_that_is_moved_leaves_nothing_behind(self):
        order = self._make_order((self.cup, 2), (self.lid, 3))
        self._serve(order)
        first = self._open(order)
        self.assertEqual(self._taken(order), {self.warehouse: 5.0})
        order._oms_send_from(self.north)
        self.assertEqual(set(first.mapped("state")), {"cancel"})
        self.assertEqual(set(first.move_ids.mapped("state")), {"cancel"})
        self.assertEqual(
            self._quantities(order),
            [
                ("North", "Cup", "assigned", 2.0, 2.0),
                ("North", "Lid", "partially_available", 3.0, 1.0),
            ],
        )
        self.assertEqual(self._open(order).picking_type_id, self.north.pick_type_id)
        self.assertAddsUp()

    def test_what_was_moved_goes_all_the_steps_there(self):
        order = self._make_order((self.cup, 2))
        self._serve(order)
        order._oms_send_from(self.north)
        taken = self._deliver(order)
        self.assertEqual([warehouse for warehouse, _kind in taken], [self.north] * self.count)
        self.assertEqual(taken[-1][1], self.north.out_type_id)
        self.assertEqual(order.order_line.qty_delivered, 2.0)
        self.assertEqual(self.cup.with_context(warehouse_id=self.north.id).qty_available, 3.0)
        self.assertEqual(self.cup.with_context(warehouse_id=self.warehouse.id).qty_available, 5.0)
        self.assertAddsUp()

    def test_an_order_that_is_moved_and_back_again_is_as_it_was(self):
        order = self._make_order((self.cup, 2))
        self._serve(order)
        order._oms_send_from(self.north)
        order._oms_send_from(self.warehouse)
        self.assertEqual(self._taken(order), {self.warehouse: 2.0})
        self.assertEqual([w for w, _kind in self._deliver(order)], [self.warehouse] * self.count)
        self.assertEqual(order.order_line.qty_delivered, 2.0)
        self.assertAddsUp()

    def test_goods_that_are_on_their_way_out_are_not_moved(self):
        order = self._make_order((self.cup, 2))
        self._serve(order)
        picking = self._open(order)
        picking.move_ids.picked = True
        picking.button_validate()
        with self.assertRaisesRegex(UserError, "are already picked"):
            order._oms_send_from(self.north)
        self._deliver(order)
        self.assertEqual(order.order_line.qty_delivered, 2.0)
        self.assertAddsUp()

    def test_what_ran_out_in_part_is_shared_by_two_chains(self):
        order = self._confirm(self._make_order((self.cup, 5)))
        self._put_stock(self.cup, self.warehouse, 3)
        self.allocator._allocate(order)
        self.assertEqual(self._taken(order), {self.warehouse: 3.0, self.north: 2.0})
        self.assertAddsUp()
        taken = self._deliver(order)
        self.assertEqual(
            sorted(warehouse.name for warehouse, _kind in taken),
            sorted([self.warehouse.name, self.north.name] * self.count),
        )
        self.assertEqual(order.order_line.qty_delivered, 5.0)
        self.assertAddsUp()

    def test_what_a_picker_rejects_comes_from_the_other_chain(self):
        order = self._make_order((self.cup, 2))
        self._serve(order)
        self.env["oms.pick.rejection"]._reject(
            self._open(order).move_line_ids,
            self.env["oms.pick.rejection.reason"].search([("effect", "=", "empty")], limit=1),
            2,
        )
        self.assertEqual(self._taken(order), {self.north: 2.0})
        self._deliver(order)
        self.assertEqual(order.order_line.qty_delivered, 2.0)
        self.assertAddsUp()


class TestPickAndShip(Steps, FulfilmentCommon):
    steps = "pick_ship"
    count = 2


class TestPickPackAndShip(Steps, FulfilmentCommon):
    steps = "pick_pack_ship"
    count = 3
