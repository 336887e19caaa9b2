from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tools import mute_logger

from ..common import OmsCommon

FLOW_LOG = "odoo.addons.oms_addon.models.order.oms_order_flow"


class TestOrderFlow(OmsCommon):
    def test_a_paid_order_goes_from_payload_to_the_channels_word_by_itself(self):
        order = self._capture(self._document("A1"))
        self.assertEqual((order.oms_step, order.oms_status), ("deliver", "waiting"))
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.picking_ids.state, "done")
        self.assertRecordValues(
            order.invoice_ids,
            [
                {
                    "state": "posted",
                    "amount_total": 20.0,
                    "payment_state": "paid",
                    "move_type": "out_invoice",
                }
            ],
        )
        told = self.env["oms.channel.message"].search(
            [("direction", "=", "out"), ("topic", "=", "shipment"), ("order_ref", "=", "A1")]
        )
        self.assertEqual(told.state, "done")
        order.oms_parcel_ids.action_mark_delivered()
        self._run_lanes()
        self.assertEqual((order.oms_step, order.oms_status), ("done", "done"))
        stamps = [
            order[name]
            for name in (
                "oms_captured_at",
                "oms_screened_at",
                "oms_confirmed_at",
                "oms_allocated_at",
                "oms_paid_at",
                "oms_invoiced_at",
                "oms_shipped_at",
                "oms_tracked_at",
                "oms_delivered_at",
                "oms_closed_at",
            )
        ]
        self.assertTrue(all(stamps))
        self.assertEqual(stamps, sorted(stamps))

    def test_running_an_order_again_makes_nothing_twice(self):
        order = self._capture(self._document("A1"))
        for _again in range(3):
            order._oms_run()
            self._run_lanes()
        self.assertEqual(len(order.invoice_ids), 1)
        self.assertEqual(len(order.picking_ids), 1)
        self.assertEqual(len(order.transaction_ids), 1)
        self.assertEqual(len(order.oms_parcel_ids), 1)

    def test_an_unpaid_order_waits_in_words_and_goes_when_the_money_comes(self):
        order = self._capture(self._document("A1", paid=False))
        self.assertEqual(
            (order.state, order.oms_step, order.oms_status), ("draft", "confirm", "waiting")
        )
        self.assertIn("20.00", order.oms_wait_reason)
        payment = {
            "schema": "oms.payment/1",
            "order_ref": "A1",
            "charges": self._document("A1")["charges"],
        }
        self._receive(payment, "pay-1", topic="payments")
        self._run_lanes()
        self.assertEqual(order.oms_step, "deliver")

    def test_a_rule_holds_and_a_release_lets_go_once(self):
        self.env["oms.hold.rule"].create(
            {"name": "Large order", "domain": "[('amount_total', '>=', 20)]"}
        )
        order = self._capture(self._document("A1"))
        self.assertEqual((order.oms_status, order.oms_wait_reason), ("held", "Large order"))
        self.assertEqual(order.state, "draft")
        with self.assertRaises(UserError):
            order.action_confirm()
        order.oms_hold_ids.action_release()
        self._run_lanes()
        self.assertEqual(order.oms_step, "deliver")
        self.assertEqual(len(order.oms_hold_ids), 1)

    def test_an_order_moves_only_when_its_last_hold_is_released(self):
        for name in ("First", "Second"):
            self.env["oms.hold.rule"].create({"name": name, "domain": "[]"})
        order = self._capture(self._document("A1"))
        first, second = order.oms_hold_ids
        first.action_release()
        self._run_lanes()
        self.assertEqual(order.oms_status, "held")
        second.action_release()
        self._run_lanes()
        self.assertEqual(order.oms_step, "deliver")

    def test_a_rule_of_another_channel_does_not_hold(self):
        other = self._make_channel("Other")
        self.env["oms.hold.rule"].create(
            {"name": "Other only", "domain": "[]", "channel_ids": [(4, other.id)]}
        )
        self.assertEqual(self._holds(self._capture(self._document("A1"))), [])

    def test_one_failing_order_does_not_stop_its_batch_and_says_why(self):
        original = type(self.env["sale.order"])._action_confirm

        def explode(orders):
            if "B3" in orders.mapped("oms_order_ref"):
                raise UserError("no route")
            return original(orders)

        self.patch(type(self.env["sale.order"]), "_action_confirm", explode)
        with mute_logger(FLOW_LOG):
            orders = self._capture(*[self._document(f"B{i}") for i in range(6)])
        bad = self._order("B3")
        self.assertEqual((bad.oms_status, bad.oms_wait_reason), ("failed", "no route"))
        self.assertEqual(bad.state, "draft")
        self.assertEqual(self._holds(bad), ["STEP_FAILED"])
        self.assertEqual(len(orders - bad), 5)
        self.assertEqual(set((orders - bad).mapped("oms_step")), {"deliver"})

    def test_a_failed_order_goes_on_when_its_hold_is_released(self):
        original = type(self.env["sale.order"])._action_confirm
        broken = [True]

        def explode(orders):
            if broken:
                raise UserError("no route")
            return original(orders)

        self.patch(type(self.env["sale.order"]), "_action_confirm", explode)
        with mute_logger(FLOW_LOG):
            order = self._capture(self._document("A1"))
        broken.clear()
        order.oms_hold_ids.action_release()
        self._run_lanes()
        self.assertEqual(order.oms_step, "deliver")

    def test_confirming_by_hand_is_taken_up_by_the_flow(self):
        self.channel.confirm_policy = "manual"
        order = self._capture(self._document("A1"))
        self.assertEqual(order.oms_wait_reason, "Confirm the order to continue.")
        order.action_confirm()
        self._run_lanes()
        self.assertEqual(order.oms_step, "deliver")

    def test_orders_confirmed_together_have_deliveries_of_their_own(self):
        orders = self._capture(*[self._document(f"B{i}") for i in range(6)])
        self.assertEqual(len(orders.picking_ids), 6)
        for order in orders:
            self.assertEqual(order.picking_ids.sale_id, order)
            self.assertEqual(order.order_line.move_ids.picking_id, order.picking_ids)
            self.assertEqual(order.order_line.qty_delivered, 2)

    def test_an_order_split_over_two_warehouses_in_a_batch_has_a_delivery_from_each(self):
        self._make_product("SPLIT", "Split", stock=3, north=3)
        orders = self._capture(
            self._document("S1", [("SPLIT", 5, "10.00")]),
            self._document("S2", [("MUG", 1, "10.00")]),
        )
        split, whole = orders
        self.assertEqual(
            set(split.picking_ids.picking_type_id.warehouse_id), {self.warehouse, self.north}
        )
        self.assertEqual(split.order_line.qty_delivered, 5)
        self.assertEqual(len(whole.picking_ids), 1)

    def test_goods_whose_delivery_was_cancelled_are_not_taken_for_shipped(self):
        self.channel.auto_ship = False
        order = self._capture(self._document("A1"))
        order.picking_ids.action_cancel()
        order._oms_run()
        self._run_lanes()
        self.assertEqual((order.oms_step, order.oms_status), ("ship", "waiting"))
        self.assertIn("There is no delivery", order.oms_wait_reason)

    def test_cash_on_delivery_ships_unpaid(self):
        self.channel.payment_policy = "cod"
        self.channel.ship_policy = "always"
        self.channel.invoice_policy = "shipment"
        order = self._capture(self._document("A1", paid=False))
        self.assertEqual(order.picking_ids.state, "done")
        self.assertEqual(order.invoice_ids.payment_state, "not_paid")

    def test_what_is_there_ships_and_the_rest_waits_in_words(self):
        self._make_product("RARE", "Rare", stock=3)
        order = self._capture(self._document("A1", [("RARE", 5, "10.00")]))
        self.assertEqual((order.oms_step, order.oms_status), ("allocate", "waiting"))
        self.assertIn("2 of 5", order.oms_wait_reason)
        self.assertEqual(order.order_line.qty_delivered, 3)

    def test_the_money_of_an_order_that_is_all_on_backorder_is_booked_and_invoiced(self):
        self._make_product("GONE", "Gone")
        order = self._capture(self._document("A1", [("GONE", 2, "10.00")]))
        self.assertEqual((order.oms_step, order.oms_status), ("allocate", "waiting"))
        self.assertIn("2 of 2", order.oms_wait_reason)
        self.assertTrue(order.oms_paid_at)
        self.assertEqual(order.invoice_ids.payment_state, "paid")
        self.assertFalse(order.oms_shipped_at)
        self.assertEqual(order.order_line.qty_delivered, 0)

    def test_complete_only_ships_nothing_until_all_is_there(self):
        self.channel.picking_policy = "one"
        rare = self._make_product("RARE", "Rare", stock=3)
        order = self._capture(self._document("A1", [("RARE", 5, "10.00")]))
        self.assertEqual(order.order_line.qty_delivered, 0)
        self._put_stock(rare, self.warehouse, 10)
        self._run_lanes()
        self.assertEqual(order.order_line.qty_delivered, 5)
        self.assertEqual(order.oms_step, "deliver")

    def test_fault_58_an_unpaid_order_expires_and_a_late_payment_is_shown(self):
        self.channel.write({"unpaid_days": 3, "confirm_policy": "always", "ship_policy": "paid"})
        order = self._capture(self._document("A1", paid=False, placed_at="2026-01-01T00:00:00Z"))
        self.assertEqual(order.picking_ids.state, "assigned")
        self._run_lanes("slow")
        self.assertEqual(order.state, "cancel")
        self.assertEqual(self.mug.free_qty, 100)
        payment = {
            "schema": "oms.payment/1",
            "order_ref": "A1",
            "charges": self._document("A1")["charges"],
        }
        self._receive(payment, "late", topic="payments")
        self._run_lanes()
        self.assertEqual(self._holds(order), ["LATE_PAYMENT"])

    def test_the_path_costs_few_queries_per_order(self):
        def run(prefix, count):
            for i in range(count):
                self._receive(
                    self._document(f"{prefix}{i}", [("MUG", 1, "10.00"), ("POT", 1, "5.00")])
                )
            self._run_lanes("inbox")
            self.env.flush_all()
            before = self.cr.sql_log_count
            self._run_lanes("orders", "fulfilment", "outbox")
            return self.cr.sql_log_count - before

        run("warm", 5)
        few, many = run("few", 5), run("many", 35)
        self.assertLess((many - few) / 30, 40)

    @mute_logger(FLOW_LOG)
    def test_an_order_that_another_addon_leaves_unconfirmed_fails_and_stops_no_other(self):
        confirm = type(self.env["sale.order"]).action_confirm

        def stopped(orders):
            """Stop all orders for one of them, without an error."""
            if "A2" in orders.mapped("oms_order_ref"):
                return {"type": "ir.actions.act_window_close"}
            return confirm(orders)

        with patch.object(type(self.env["sale.order"]), "action_confirm", stopped):
            good, bad = self._capture(self._document("A1"), self._document("A2"))
        self.assertEqual((good.state, good.oms_step), ("sale", "deliver"))
        self.assertEqual((bad.state, bad.oms_step, bad.oms_status), ("draft", "confirm", "failed"))
        self.assertEqual(self._holds(bad), ["STEP_FAILED"])
        bad.oms_hold_ids.action_retry()
        self._run_lanes()
        self.assertEqual((bad.state, bad.oms_step), ("sale", "deliver"))
