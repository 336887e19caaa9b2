"""Fault row 43: the wrong goods, or too many, are stopped at the door and recorded."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user

from .common import FulfilmentCommon


class TestStockPickingMismatch(FulfilmentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.picker = new_test_user(cls.env, "picker", groups="oms_addon.oms_addon_group_warehouse")

    def setUp(self):
        super().setUp()
        self.order = self._make_order((self.mug, 2), oms_order_ref="A1")
        self._serve(self.order)
        self.picking = self.order.picking_ids.with_user(self.picker)

    def _add(self, product, quantity):
        """The picker puts another product on the delivery."""
        self.picking.move_ids = [
            Command.create(
                {
                    "product_id": product.id,
                    "product_uom_qty": quantity,
                    "quantity": quantity,
                    "location_id": self.picking.location_id.id,
                    "location_dest_id": self.picking.location_dest_id.id,
                }
            )
        ]

    def _recorded(self):
        events = self.env["oms.event"].search(
            [("code", "=", "pick.mismatch"), ("res_id", "=", self.order.id)]
        )
        return [(event.actor, event.name) for event in events]

    def test_fault_43_more_than_ordered_does_not_leave_and_is_recorded(self):
        self.picking.move_ids.quantity = 3
        self.picking.move_ids.picked = True
        action = self.picking.button_validate()
        text = (
            f"{self.picking.name} was not validated because it contains items that do not match "
            "A1: 3 × [MUG] Mug, of which 2 are to ship. Remove them from the delivery, or add "
            "them to "
            "the order first."
        )
        self.assertEqual(action["params"]["message"], text)
        self.assertEqual(self.picking.state, "assigned")
        self.assertEqual(self._recorded(), [(self.picker.name, text)])

    def test_fault_43_a_product_nobody_ordered_does_not_leave(self):
        self._add(self.pot, 1)
        self.picking.move_ids.picked = True
        action = self.picking.button_validate()
        self.assertIn("1 × [POT] Pot, not ordered", action["params"]["message"])
        self.assertEqual(self.picking.state, "assigned")
        self.assertEqual(self.pot.qty_available, 100.0)
        self.assertEqual(len(self._recorded()), 1)

    def test_fault_43_what_was_taken_off_again_leaves_as_ordered(self):
        self._add(self.pot, 1)
        extra = self.picking.move_ids.filtered(lambda m: m.product_id == self.pot)
        self.picking.move_ids.picked = True
        self.picking.button_validate()
        extra.quantity = 0
        self.assertIs(self.picking.with_context(skip_backorder=True).button_validate(), True)
        self.assertEqual(self.picking.state, "done")
        self.assertEqual(self.order.order_line.mapped("qty_delivered"), [2.0])

    def test_fault_43_the_path_of_orders_says_why_it_does_not_ship(self):
        self.order.picking_ids.move_ids.quantity = 3
        reasons = self.shipper._validate(self.order.picking_ids)
        self.assertIn("of which 2 are to ship", reasons[self.order.picking_ids])

    def test_fault_43_goods_that_are_carried_to_the_door_are_what_was_ordered(self):
        self.north.delivery_steps = "pick_ship"
        self._put_stock(self.mug, self.north, 10)
        order = self._make_order((self.mug, 2), warehouse_id=self.north.id)
        order.action_confirm()
        self.allocator._allocate(order)
        pick = order.picking_ids
        pick.move_ids.quantity = 4
        self.assertIn("of which 2 are to ship", pick.button_validate()["params"]["message"])
        pick.move_ids.quantity = 2
        pick.move_ids.picked = True
        self.assertIs(pick.button_validate(), True)
        ship = order.picking_ids - pick
        ship.move_ids.picked = True
        self.assertIs(ship.button_validate(), True)
        self.assertEqual(order.order_line.qty_delivered, 2.0)

    def test_an_order_without_channel_and_a_warehouse_we_do_not_run_are_left_to_odoo(self):
        self.order.oms_channel_id = False
        self.picking.move_ids.quantity = 3
        self.picking.move_ids.picked = True
        self.assertIs(self.picking.button_validate(), True)
        self.assertEqual(self.order.order_line.qty_delivered, 3.0)

    def test_dozens_are_counted_in_the_units_of_the_delivery(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._make_order((self.mug, 1))
        order.order_line.product_uom_id = dozen
        self._serve(order)
        order.picking_ids.move_ids.picked = True
        self.assertIs(order.picking_ids.button_validate(), True)
        self.assertEqual(order.order_line.qty_delivered, 1.0)

    def test_a_stop_comes_before_the_goods_are_looked_at(self):
        self.picking.move_ids.picked = True
        self.env["oms.stop.request"]._request(
            self.order, self.order.picking_ids, "Changed my mind."
        )
        with self.assertRaisesRegex(UserError, "cannot be shipped"):
            self.picking.button_validate()
