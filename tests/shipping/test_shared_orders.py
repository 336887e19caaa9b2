"""What happens to one order of a shared delivery leaves the others alone."""

from odoo.exceptions import UserError

from odoo.addons.oms_addon.documents.problems import HoldReason

from ..common import OmsCommon
from ..push_shop import PushShopMixin


class TestSharedOrders(PushShopMixin, OmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.tiny + cls.channel).auto_ship = False
        cls.tiny.invoice_policy = "shipment"

    def setUp(self):
        super().setUp()
        self.older = self._order_of("A1")
        self.younger = self._order_of("A2")
        self.orders = self.older + self.younger
        self.env["oms.shared.delivery"]._merge(self.orders)
        self.picking = self.orders._oms_pickings()
        self.assertEqual(len(self.picking), 1)

    def _order_of(self, ref, lines=(("MUG", 2, "10.00"), ("POT", 1, "5.00")), **values):
        """:return: the order of a channel's order by the same customer to the same address"""
        values = {
            "customer": {"ref": "C-1", "name": "Ann", "email": "ann@example.com"},
            "shipping": self._address("1 High Street", "Leeds", "LS1 1AA"),
            **values,
        }
        return self._capture(self._document(ref, list(lines), **values), channel=self.tiny)

    def _address(self, street, city, code):
        return {"name": "Ann", "street": street, "city": city, "zip": code, "country": "GB"}

    def _own(self, order):
        """:return: the moves of an order that are open"""
        return order.order_line.move_ids.filtered(lambda m: m.state not in ("done", "cancel"))

    def _ship(self, picking, number="P-1"):
        picking.carrier_tracking_ref = number
        picking.move_ids.picked = True
        picking.with_context(skip_sms=True).button_validate()
        self._run_lanes()

    def _cancel(self, order_ref, **values):
        document = self._cancellation(order_ref, **values)
        self._receive(document, topic="orders/cancelled", channel=self.tiny)
        self._run_lanes()

    def _change(self, ref, *lines, **values):
        """Tell the next version of an order."""
        return self._order_of(ref, lines, version="2", updated_at="2026-03-02T09:00:00Z", **values)

    def _charge(self, ref, amount):
        return {
            "ref": ref,
            "kind": "charge",
            "status": "success",
            "amount": amount,
            "currency": self.company.currency_id.name,
            "at": "2026-03-01T09:00:00Z",
        }

    def assertGoesOn(self, order, mugs=2.0, pots=1.0):
        """The delivery is the order's alone, reserved as it was."""
        self.assertFalse(self.picking.oms_shared_order_ids)
        self.assertEqual(self.picking.sale_id, order)
        self.assertEqual(self.picking.origin, order.name)
        self.assertEqual(self.picking.state, "assigned")
        self.assertEqual(sorted(self._own(order).mapped("quantity")), sorted([mugs, pots]))

    # === SHIPPED === #

    def test_when_it_ships_each_order_advances_and_tells_its_own_lines_with_the_same_number(self):
        self._ship(self.picking)
        self.assertEqual(self.orders.mapped("oms_step"), ["deliver", "deliver"])
        self.assertEqual(self.orders.mapped("invoice_status"), ["invoiced", "invoiced"])
        self.assertEqual(self.orders.mapped("oms_parcel_count"), [1, 1])
        self.assertEqual(self.picking.oms_parcel_ids.order_ids, self.orders)
        told = [content for topic, content in self.shop.told if topic == "shipment"]
        self.assertEqual(
            sorted((t["order_ref"], t["parcels"][0]["number"], len(t["lines"])) for t in told),
            [("A1", "P-1", 2), ("A2", "P-1", 2)],
        )
        self.orders._oms_run()
        self._run_lanes()
        told = [content for topic, content in self.shop.told if topic == "shipment"]
        self.assertEqual(len(told), 2)

    def test_orders_of_two_channels_tell_each_its_own_channel(self):
        second = self._make_channel("Second", **self.shop.credentials())
        second.auto_ship = False
        other = self._capture(
            self._document(
                "B1",
                [("MUG", 1, "10.00")],
                customer={"ref": "C-9", "name": "Ann", "email": "ann@example.com"},
                shipping=self._address("1 high street", "LEEDS", "LS11AA"),
            ),
            channel=second,
        )
        other.partner_id = self.older.partner_id
        other.partner_shipping_id = self.older.partner_shipping_id
        self.env["oms.shared.delivery"]._merge(self.orders + other)
        self._ship(self.picking)
        messages = self.env["oms.channel.message"].search(
            [("topic", "=", "shipment"), ("order_id", "in", (self.orders + other).ids)]
        )
        self.assertEqual(
            {message.order_id: message.channel_id for message in messages},
            {self.older: self.tiny, self.younger: self.tiny, other: second},
        )
        self.assertFalse(self.picking.oms_parcel_ids.channel_id)

    def test_a_shared_delivery_does_not_leave_while_one_of_its_orders_is_not_paid(self):
        self.younger.oms_channel_id.write({"ship_policy": "paid"})
        self.younger.sudo().transaction_ids.state = "cancel"
        self.younger.invalidate_recordset()
        with self.assertRaisesRegex(UserError, f"{self.younger.name} is not paid"):
            self._ship(self.picking)

    def test_the_backorder_of_a_shared_delivery_is_told_for_each_order(self):
        for move in self.picking.move_ids.filtered(lambda m: m.product_id == self.mug):
            move.quantity = 1
        self.picking.move_ids.picked = True
        self.picking.with_context(skip_sms=True, skip_backorder=True).button_validate()
        self.picking.carrier_tracking_ref = "P-1"
        self._run_lanes()
        [backorder] = self.picking.backorder_ids
        self.assertEqual(backorder.oms_shared_order_ids, self.orders)
        self._ship(backorder, "P-2")
        told = [content for topic, content in self.shop.told if topic == "shipment"]
        self.assertEqual(
            sorted(
                (t["order_ref"], t["parcels"][0]["number"], sum(l["quantity"] for l in t["lines"]))
                for t in told
            ),
            [("A1", "P-1", 2), ("A1", "P-2", 1), ("A2", "P-1", 2), ("A2", "P-2", 1)],
        )

    # === CANCELLED === #

    def test_cancelling_one_before_picking_cancels_only_its_goods(self):
        self._cancel("A2")
        self.assertEqual(self.younger.state, "cancel")
        self.assertFalse(self._own(self.younger))
        self.assertGoesOn(self.older)
        self.assertEqual(self.mug.free_qty, 98.0)
        self._ship(self.picking)
        self.assertEqual(self.older.oms_step, "deliver")

    def test_cancelling_the_older_leaves_the_delivery_to_the_younger(self):
        self._cancel("A1")
        self.assertEqual(self.older.state, "cancel")
        self.assertGoesOn(self.younger)

    def test_cancelling_one_by_hand_in_odoo_cancels_only_its_goods(self):
        self.older._action_cancel()
        self.assertEqual(self.older.state, "cancel")
        self.assertGoesOn(self.younger)

    def test_cancelling_an_order_that_is_invoiced_leaves_the_other_alone(self):
        self.tiny.invoice_policy = "payment"
        third = self._order_of("A3")
        self.assertEqual(third.invoice_ids.mapped("state"), ["posted"])
        self.env["oms.shared.delivery"]._merge(self.orders + third)
        self._cancel("A3")
        self.assertFalse(self._own(third))
        self.assertEqual(self.picking.oms_shared_order_ids, self.orders)
        self.assertEqual(self.picking.state, "assigned")
        self.assertEqual(third._oms_pickings().mapped("state"), ["cancel"])
        self.assertEqual(self.mug.free_qty, 96.0)

    def test_cancelling_some_units_touches_only_their_order_fault_36(self):
        self._cancel("A1", lines=[{"line_ref": "1", "sku": "MUG", "quantity": "1"}])
        self.assertEqual(self.picking.oms_shared_order_ids, self.orders)
        self.assertEqual(sorted(self._own(self.older).mapped("quantity")), [1.0, 1.0])
        self.assertEqual(sorted(self._own(self.younger).mapped("quantity")), [1.0, 2.0])
        self.assertEqual(self.mug.free_qty, 97.0)

    def test_cancelling_all_units_of_one_takes_it_out_fault_36(self):
        self._cancel(
            "A1",
            lines=[
                {"line_ref": "1", "sku": "MUG", "quantity": "2"},
                {"line_ref": "2", "sku": "POT", "quantity": "1"},
            ],
        )
        self.assertFalse(self._own(self.older))
        self.assertGoesOn(self.younger)

    def test_cancelling_twice_frees_the_goods_once_fault_37(self):
        self._cancel("A2")
        self._cancel("A2", ref="X-again")
        self.assertEqual(self.mug.free_qty, 98.0)
        self.assertGoesOn(self.older)

    def test_while_picking_the_warehouse_is_asked_about_its_goods_only_fault_34(self):
        self.picking.move_ids.picked = True
        self._cancel("A2")
        self.assertIn(
            f"To restock: {self.younger.name}: 2 × [MUG] Mug, 1 × [POT] Pot",
            self.picking.oms_stop_text,
        )
        self.assertNotIn(self.older.name, self.picking.oms_stop_text)
        with self.assertRaisesRegex(UserError, "cannot be shipped"):
            self.picking.with_context(skip_sms=True).button_validate()
        self.picking.action_oms_stopped()
        self.assertEqual(self.younger.state, "cancel")
        self.assertFalse(self._own(self.younger))
        self.assertGoesOn(self.older)
        self.assertTrue(all(self._own(self.older).mapped("picked")))
        self._ship(self.picking)
        self.assertEqual(self.older.oms_step, "deliver")
        self.assertEqual(self.mug.qty_available, 98.0)

    def test_too_late_to_stop_both_leave_and_the_cancelled_is_shown_fault_34(self):
        self.picking.move_ids.picked = True
        self._cancel("A2")
        self.picking.action_oms_too_late()
        self._ship(self.picking)
        self.assertEqual(self.picking.state, "done")
        self.assertIn("STOP_TOO_LATE", self._holds(self.younger))
        self.assertFalse(self._holds(self.older))

    def test_what_is_not_picked_yet_is_cancelled_at_once_although_others_are_fault_34(self):
        self._own(self.older).picked = True
        self._cancel("A2")
        self.assertEqual(self.younger.state, "cancel")
        self.assertGoesOn(self.older)

    # === HELD === #

    def test_a_hold_takes_its_order_out_and_the_others_leave_fault_35(self):
        self.env["oms.hold"]._open(
            self.younger,
            [HoldReason(code="CANCEL_REQUESTED", message="The buyer requested a cancellation.")],
        )
        self.assertGoesOn(self.older)
        self.assertEqual(sorted(self._own(self.younger).mapped("quantity")), [1.0, 2.0])
        self._ship(self.picking)
        self.assertEqual(self.older.oms_step, "deliver")
        with self.assertRaisesRegex(UserError, "requested a cancellation"):
            self._ship(self.younger.picking_ids)

    def test_a_hold_on_what_is_picked_keeps_the_delivery_until_it_is_decided_fault_35(self):
        self.picking.move_ids.picked = True
        self.env["oms.hold"]._open(
            self.younger,
            [HoldReason(code="CANCEL_REQUESTED", message="The buyer requested a cancellation.")],
        )
        self.assertEqual(self.picking.oms_shared_order_ids, self.orders)
        with self.assertRaisesRegex(UserError, "requested a cancellation"):
            self._ship(self.picking)
        self.younger.oms_hold_ids.filtered(lambda h: h.state == "open").action_cancel_order()
        self.assertEqual(self.younger.state, "cancel")
        self.assertGoesOn(self.older)
        self.assertTrue(all(self._own(self.older).mapped("picked")))

    # === CHANGED === #

    def test_an_address_change_takes_its_order_out_fault_38(self):
        self._change(
            "A2",
            ("MUG", 2, "10.00"),
            ("POT", 1, "5.00"),
            shipping=self._address("7 Low Road", "York", "YO1 1AA"),
        )
        self.assertGoesOn(self.older)
        self.assertEqual(self.picking.partner_id.city, "Leeds")
        self.assertEqual(self.younger.picking_ids.partner_id.city, "York")
        self.assertEqual(self.younger.picking_ids.state, "assigned")
        self.assertFalse(self._holds(self.younger))

    def test_an_address_change_after_the_label_leaves_the_label_to_the_others_fault_38(self):
        self.picking.carrier_tracking_ref = "OLD-1"
        self._change(
            "A2",
            ("MUG", 2, "10.00"),
            ("POT", 1, "5.00"),
            shipping=self._address("7 Low Road", "York", "YO1 1AA"),
        )
        self.assertGoesOn(self.older)
        self.assertEqual(self.picking.carrier_tracking_ref, "OLD-1")
        self.assertFalse(self.younger.picking_ids.carrier_tracking_ref)
        self.assertFalse(self._holds(self.younger))

    def test_an_address_change_after_packing_has_the_goods_taken_out_of_the_parcel_fault_38(self):
        self.picking.move_ids.picked = True
        self.picking.action_put_in_pack()
        self._change(
            "A2",
            ("MUG", 2, "10.00"),
            ("POT", 1, "5.00"),
            shipping=self._address("7 Low Road", "York", "YO1 1AA"),
        )
        self.assertEqual(self._holds(self.younger), ["ADDRESS_CHANGED"])
        self.assertFalse(self.younger.picking_ids.move_line_ids.result_package_id)
        self.assertTrue(self.picking.move_line_ids.result_package_id)
        self._ship(self.picking)
        self.assertEqual(self.older.oms_step, "deliver")

    def test_an_address_changed_by_hand_takes_its_order_out(self):
        self.younger.partner_shipping_id = self.env["res.partner"].create({"name": "Bea"})
        self.assertGoesOn(self.older)

    def test_more_and_fewer_of_one_order_change_its_goods_only(self):
        self._change(
            "A1",
            ("MUG", 5, "10.00"),
            ("POT", 1, "5.00"),
            charges=[self._charge("T-A1", "25.00"), self._charge("T-A1b", "30.00")],
        )
        self.assertEqual(self.orders._oms_pickings(), self.picking)
        self.assertEqual(sorted(self._own(self.older).mapped("quantity")), [1.0, 5.0])
        self._change("A2", ("MUG", 1, "10.00"), ("POT", 1, "5.00"))
        self.assertEqual(sorted(self._own(self.older).mapped("quantity")), [1.0, 5.0])
        self.assertEqual(sorted(self._own(self.younger).mapped("quantity")), [1.0, 1.0])
        self.assertEqual(self.mug.free_qty, 94.0)

    def test_goods_added_after_shipping_have_a_delivery_of_their_own_fault_56(self):
        self._ship(self.picking)
        self._change("A1", ("MUG", 2, "10.00"), ("POT", 2, "5.00"), charges=[])
        fresh = self.older._oms_pickings() - self.picking
        self.assertEqual(fresh.sale_id, self.older)
        self.assertFalse(fresh.oms_shared_order_ids)
        self.assertEqual(fresh.move_ids.product_uom_qty, 1.0)
        self.assertEqual(self.older.delivery_status, "partial")
        self.assertEqual(self.younger.delivery_status, "full")

    def test_an_order_moved_to_another_warehouse_leaves_the_delivery(self):
        self._put_stock(self.mug, self.north, 10)
        self._put_stock(self.pot, self.north, 10)
        self.env["oms.resourcing"]._move(self.younger.order_line, self.north)
        self.assertGoesOn(self.older)
        moves = self._own(self.younger)
        self.assertEqual(moves.picking_type_id.warehouse_id, self.north)
        self.assertEqual(set(moves.mapped("state")), {"assigned"})

    def test_rejected_goods_of_one_order_leave_those_of_the_other(self):
        line = self._own(self.younger).move_line_ids.filtered(lambda l: l.product_id == self.pot)
        reason = self.env.ref("oms_addon.oms_pick_rejection_reason_damaged")
        self.env["oms.pick.rejection"]._reject(line, reason, 1.0, None)
        self.assertEqual(sorted(self._own(self.older).mapped("quantity")), [1.0, 2.0])

    def test_goods_that_come_back_belong_to_their_orders(self):
        self._ship(self.picking)
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=self.picking.id, active_model="stock.picking")
            .create({"picking_id": self.picking.id})
        )
        for line in wizard.product_return_moves:
            line.quantity = line.move_id.quantity
        back = wizard._create_return()
        self.assertEqual(back.oms_shared_order_ids, self.orders)
        back.move_ids.picked = True
        back.with_context(skip_sms=True).button_validate()
        for order in self.orders:
            self.assertEqual(order.order_line.mapped("qty_delivered"), [0.0, 0.0])
