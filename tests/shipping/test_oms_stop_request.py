"""The warehouse is asked to stop, and what it answers is done."""

from odoo.exceptions import UserError
from odoo.tests import new_test_user

from ..common import OmsCommon


class TestOmsStopRequest(OmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.auto_ship = False
        cls.picker = new_test_user(cls.env, "picker", groups="oms_addon.oms_addon_group_warehouse")

    def setUp(self):
        super().setUp()
        self.order = self._capture(self._document("A1", [("MUG", 3, "10.00"), ("POT", 1, "10.00")]))
        self.picking = self.order.picking_ids
        self.picking.move_ids.filtered(lambda m: m.product_id == self.mug).picked = True

    def _cancel(self, **values):
        self._receive(self._cancellation("A1", **values), topic="orders/cancelled")
        self._run_lanes()

    def test_fault_34_the_picker_sees_stop_and_puts_the_goods_back(self):
        self._cancel()
        picking = self.picking.with_user(self.picker)
        self.assertIn("To restock: Everything", picking.oms_stop_text)
        with self.assertRaisesRegex(UserError, "cannot be shipped"):
            self.picking.button_validate()
        picking.action_oms_stopped()
        self._run_lanes()
        self.assertEqual(self.picking.state, "cancel")
        self.assertEqual(self.mug.free_qty, 100.0)
        self.assertFalse(picking.oms_stop_text)
        self.assertNotIn("CANCEL_REQUESTED", self._holds(self.order))
        event = self.order.oms_event_ids.filtered(lambda e: e.code == "stop.stopped")
        self.assertEqual(event.actor, self.picker.name)

    def test_fault_34_what_cannot_be_stopped_is_shipped_and_shown(self):
        self._cancel()
        self.picking.with_user(self.picker).action_oms_too_late()
        self.assertEqual(self._holds(self.order), ["STOP_TOO_LATE"])
        self.picking.move_ids.picked = True
        self.picking.button_validate()
        self.assertEqual(self.picking.state, "done")
        self.assertEqual(self.order.state, "sale")

    def test_fault_34_units_that_are_being_picked_are_asked_for_and_the_rest_cancelled(self):
        self._cancel(
            lines=[
                {"line_ref": "1", "sku": "MUG", "quantity": "2"},
                {"line_ref": "2", "sku": "POT", "quantity": "1"},
            ]
        )
        mug, pot = self.order.order_line.filtered("product_id")
        self.assertEqual((mug.product_uom_qty, pot.product_uom_qty), (3.0, 0.0))
        self.assertIn("STOP_REQUESTED", self._holds(self.order))
        self.assertIn("2 × [MUG] Mug", self.picking.oms_stop_text)
        self.picking.with_user(self.picker).action_oms_stopped()
        self.assertEqual(mug.product_uom_qty, 1.0)
        self.assertEqual(mug.oms_cancelled_qty, 2.0)
        self._run_lanes()
        self.assertEqual(self._holds(self.order), ["REFUND_DUE"])
        self.assertEqual(self.mug.free_qty, 99.0)
        self.assertEqual(self.picking.state, "assigned")

    def test_fault_36_units_that_could_not_be_stopped_leave_as_ordered(self):
        self._cancel(lines=[{"line_ref": "1", "sku": "MUG", "quantity": "2"}])
        self.picking.with_user(self.picker).action_oms_too_late()
        [mug] = self.order.order_line.filtered(lambda l: l.product_id == self.mug)
        self.assertEqual((mug.product_uom_qty, mug.oms_cancelled_qty), (3.0, 0.0))
        self.assertEqual(self._holds(self.order), ["STOP_TOO_LATE"])

    def test_fault_37_the_same_wish_twice_is_asked_once_and_answered_once(self):
        self._cancel()
        self._cancel(ref="X-again")
        self.assertEqual(
            self.env["oms.stop.request"].search_count([("order_id", "=", self.order.id)]), 1
        )
        self.picking.action_oms_stopped()
        with self.assertRaisesRegex(UserError, "already answered"):
            self.picking.action_oms_stopped()
        self.assertEqual(self.mug.free_qty, 100.0)

    def test_fault_37_units_that_were_asked_for_are_not_found_a_second_time(self):
        self._cancel(lines=[{"line_ref": "1", "sku": "MUG", "quantity": "2"}])
        self._cancel(ref="X-2", lines=[{"line_ref": "1", "sku": "MUG", "quantity": "1"}])
        self.picking.action_oms_stopped()
        [mug] = self.order.order_line.filtered(lambda l: l.product_id == self.mug)
        self.assertEqual((mug.product_uom_qty, mug.oms_cancelled_qty), (0.0, 3.0))

    def test_what_an_agent_decides_needs_no_answer_any_more(self):
        self._cancel()
        self.order.oms_hold_ids.filtered(lambda h: h.state == "open").action_release()
        request = self.env["oms.stop.request"].search([("order_id", "=", self.order.id)])
        self.assertEqual(request.state, "void")
        self.assertFalse(self.picking.oms_stop_text)
