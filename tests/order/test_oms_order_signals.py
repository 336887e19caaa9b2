"""What channels say of orders besides their content: they are held, and let go."""

from odoo.exceptions import UserError

from ..common import OmsCommon


class TestSignals(OmsCommon):
    def _again(self, document, version, **values):
        stamp = f"2026-03-0{version}T10:00:00Z"
        return {**document, "version": str(version), "updated_at": stamp, **values}

    def test_a_hold_of_the_channel_ends_when_the_channel_ends_it(self):
        document = self._document("A1", holds=[{"code": "FRAUD", "reason": "Under review"}])
        order = self._capture(document)
        self.assertEqual(self._holds(order), ["CHANNEL_HOLD"])
        self.assertEqual(order.oms_status, "held")
        self.assertIn("Under review", order.oms_wait_reason)
        self._capture(self._again(document, 2, holds=[]))
        self.assertFalse(self._holds(order))
        self.assertEqual(order.state, "sale")

    def test_a_release_by_hand_stands_until_the_channel_says_something_else(self):
        document = self._document("A1", risk="high")
        order = self._capture(document)
        self.assertEqual(self._holds(order), ["HIGH_RISK"])
        order.oms_hold_ids.action_release()
        self._capture(self._again(document, 2))
        self.assertFalse(self._holds(order))
        self.assertEqual(order.state, "sale")

    def test_a_low_risk_holds_nothing(self):
        order = self._capture(self._document("A1", risk="low"))
        self.assertRecordValues(order, [{"oms_risk": "low", "state": "sale"}])

    def test_fault_35_a_buyer_who_asks_to_cancel_is_decided_by_a_person_within_a_day(self):
        self.channel.auto_ship = False
        document = self._document("A1")
        order = self._capture(document)
        self._capture(self._again(document, 2, cancel_requested=True, cancel_reason="too late"))
        [hold] = order.oms_hold_ids.filtered(lambda h: h.state == "open")
        self.assertEqual((hold.reason_code, hold.fix), ("CANCEL_REQUESTED", "cancel"))
        self.assertIn("too late", hold.detail)
        self.assertTrue(hold.deadline)
        order.picking_ids.move_ids.picked = True
        with self.assertRaisesRegex(UserError, "Cancellation requested by the buyer"):
            order.picking_ids.button_validate()
        self.assertEqual(order.picking_ids.state, "assigned")
        hold.action_release()
        order.picking_ids.button_validate()
        self.assertEqual(order.picking_ids.state, "done")

    def test_fault_35_a_yes_cancels_what_did_not_leave(self):
        self.channel.auto_ship = False
        document = self._document("A1")
        order = self._capture(document)
        self._capture(self._again(document, 2, cancel_requested=True))
        order.oms_hold_ids.filtered(lambda h: h.state == "open").action_cancel_order()
        self.assertEqual(self._holds(order), ["REFUND_DUE"])
        self.assertEqual(self.mug.free_qty, 100.0)
        self.assertEqual(order.order_line.product_uom_qty, 0.0)

    def test_fault_34_a_cancellation_while_somebody_picks_waits_for_the_warehouse(self):
        self.channel.auto_ship = False
        order = self._capture(self._document("A1"))
        order.picking_ids.move_ids.picked = True
        message = self._receive(self._cancellation("A1"))
        self._run_lanes()
        self.assertEqual(message.state, "done")
        self.assertEqual(self._holds(order), ["CANCEL_REQUESTED"])
        self.assertEqual(order.picking_ids.state, "assigned")
        self.assertEqual(self.mug.free_qty, 98.0)
        order.oms_hold_ids.filtered(lambda h: h.state == "open").action_cancel_order()
        self.assertEqual(order.picking_ids.state, "cancel")
        self.assertEqual(self.mug.free_qty, 100.0)

    def test_what_the_channel_shipped_elsewhere_is_not_shipped_again(self):
        self.channel.auto_ship = False
        document = self._document("A1")
        order = self._capture(document)
        self._capture(self._again(document, 2, status="shipped"))
        self.assertEqual(self._holds(order), ["SHIPPED_ELSEWHERE"])

    def test_an_order_shipped_before_it_came_is_only_recorded(self):
        order = self._capture(self._document("A1", status="shipped"))
        self.assertRecordValues(
            order,
            [{"state": "sale", "oms_is_recorded": True, "oms_status": "done", "oms_step": "done"}],
        )
        self.assertFalse(order.picking_ids)
        self.assertFalse(order.invoice_ids)
        self.assertFalse(order.transaction_ids)
        self.assertEqual(self.mug.free_qty, 100.0)

    def test_a_pre_order_waits_for_its_goods(self):
        document = self._document("A1")
        document["lines"][0]["available_at"] = "2999-01-01T00:00:00Z"
        order = self._capture(document)
        self.assertEqual(order.oms_step, "ship")
        self.assertIn("2999-01-01", order.oms_wait_reason)
        self.assertEqual(order.picking_ids.state, "assigned")


class TestFulfilledByTheChannel(OmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.amazon = cls.env["stock.warehouse"].create(
            {"name": "Amazon", "code": "AMZ", "company_id": cls.company.id, "oms_managed": True}
        )
        cls.amazon.out_type_id.write({"use_create_lots": False, "use_existing_lots": False})
        cls.env["oms.channel.location"].create(
            {
                "channel_id": cls.channel.id,
                "ref": "FBA",
                "name": "Amazon",
                "fulfils": False,
                "warehouse_ids": [(6, 0, cls.amazon.ids)],
            }
        )

    def test_what_the_channel_ships_leaves_its_own_warehouse_and_no_other(self):
        self.mug.tracking = "none"
        self._put_stock(self.mug, self.amazon, 5)
        document = self._document("F1", fulfilled_by="channel", location_ref="FBA")
        order = self._capture(document)
        self.assertEqual(order.picking_ids.picking_type_id.warehouse_id, self.amazon)
        self.assertEqual(
            order.oms_wait_reason, "The channel ships the order from its own warehouse."
        )
        stamp = "2026-03-05T10:00:00Z"
        self._capture({**document, "version": "2", "updated_at": stamp, "status": "shipped"})
        self.assertEqual(order.picking_ids.state, "done")
        self.assertEqual(self.mug.with_context(warehouse_id=self.amazon.id).qty_available, 3.0)
        self.assertEqual(self.mug.with_context(warehouse_id=self.warehouse.id).free_qty, 100.0)
        self.assertEqual(order.oms_step, "done")
        self.assertFalse(order.oms_message_ids.filtered(lambda m: m.direction == "out"))

    def test_an_order_shipped_by_the_channel_before_it_came_is_taken_to_the_end(self):
        lot_product = self._make_product("LOT", "With lots", tracking="lot", stock=0)
        order = self._capture(
            self._document(
                "F1",
                [("LOT", 1, "10.00")],
                fulfilled_by="channel",
                location_ref="FBA",
                status="shipped",
            )
        )
        self.assertEqual((order.picking_ids.state, order.oms_step), ("done", "done"))
        self.assertEqual(order.order_line.qty_delivered, 1.0)
        self.assertEqual(lot_product.with_context(warehouse_id=self.amazon.id).qty_available, -1.0)
