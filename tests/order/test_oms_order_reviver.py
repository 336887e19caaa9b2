"""Orders that are cancelled and go on: the same order, its history, fresh stock and invoice."""

from odoo import fields
from odoo.tests import tagged

from ..common import OmsCommon


@tagged("standard", "post_install", "-at_install")
class TestOrderReviver(OmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.auto_ship = False

    def _version(self, ref, number, status="open", **values):
        return self._document(
            ref,
            version=str(number),
            updated_at=f"2026-03-0{number}T09:00:00Z",
            status=status,
            **values,
        )

    def _cancelled(self, ref="A1", **values):
        order = self._capture(self._version(ref, 1, **values))
        self._capture(self._version(ref, 2, "cancelled", **values))
        return order

    def test_an_order_cancelled_before_it_was_paid_is_revived(self):
        order = self._cancelled(paid=False)
        self.assertEqual((order.state, order.oms_cancelled_by), ("cancel", "channel"))
        self._capture(self._version("A1", 3))
        self.assertEqual((order.state, order.oms_status), ("sale", "waiting"))
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [2.0])
        self.assertEqual(order.picking_ids.mapped("state"), ["assigned"])
        self.assertEqual(order.invoice_ids.mapped("payment_state"), ["paid"])
        self.assertEqual(self._holds(order), [])
        codes = order.oms_event_ids.mapped("code")
        self.assertLessEqual({"order.cancelled", "order.reopened"}, set(codes))
        self.assertEqual(self._order("A1"), order)

    def test_an_order_invoiced_and_credited_is_invoiced_again(self):
        order = self._cancelled()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.order_line.product_uom_qty, 0.0)
        self.assertEqual(
            sorted(order.invoice_ids.mapped("move_type")), ["out_invoice", "out_refund"]
        )
        self._capture(self._version("A1", 3))
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [2.0])
        self.assertEqual(
            sorted(order.invoice_ids.mapped("move_type")),
            ["out_invoice", "out_invoice", "out_refund"],
        )
        self.assertEqual((order.amount_invoiced, self._holds(order)), (20.0, []))
        self.assertEqual(sum(order.invoice_ids.mapped("amount_residual")), 0.0)
        open_pickings = order.picking_ids.filtered(lambda p: p.state != "cancel")
        self.assertEqual(open_pickings.mapped("state"), ["assigned"])
        self.assertEqual(open_pickings.move_ids.product_uom_qty, 2.0)

    def test_money_given_back_before_is_credited_of_the_new_invoice_too(self):
        refund = {"ref": "1", "at": "2026-03-01T10:00:00Z", "amount": "2.00", "reason": "Late"}
        document = self._version("A1", 1)
        back = {**document["charges"][0], "ref": "R1", "kind": "refund", "amount": "2.00"}
        told = {"refunds": [refund], "charges": [*document["charges"], back]}
        order = self._capture(document)
        for number, status in ((2, "open"), (3, "cancelled"), (4, "open")):
            self._capture(self._version("A1", number, status, **told))
        self.assertEqual(order.order_line.product_uom_qty, 2.0)
        notes = order.invoice_ids.filtered(lambda m: m.move_type == "out_refund")
        self.assertEqual(sorted(notes.mapped("amount_total")), [2.0, 2.0, 18.0])
        self.assertEqual((order.invoice_ids - notes).mapped("amount_total"), [20.0, 20.0])
        self.assertEqual(set(order.invoice_ids.mapped("amount_residual")), {0.0})
        self.assertEqual((order.oms_balance_due, self._holds(order)), (0.0, []))

    def test_an_order_that_was_called_cancelled_twice_is_revived_whole(self):
        order = self._cancelled()
        self._capture(self._version("A1", 3, "cancelled", note="Call back"))
        self._capture(self._version("A1", 4))
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [2.0])
        self.assertEqual((order.amount_invoiced, self._holds(order)), (20.0, []))

    def test_a_reopened_order_is_cancelled_and_credited_again(self):
        order = self._cancelled()
        self._capture(self._version("A1", 3))
        self._capture(self._version("A1", 4, "cancelled"))
        self.assertEqual(order.order_line.product_uom_qty, 0.0)
        types = order.invoice_ids.mapped("move_type")
        self.assertEqual((types.count("out_invoice"), types.count("out_refund")), (2, 2))
        self.assertEqual(order.amount_invoiced, 0.0)

    def test_units_cancelled_before_the_order_was_do_not_come_back(self):
        order = self._capture(self._version("A1", 1))
        self.env["oms.order.canceller"]._cancel_units({order.order_line: 1.0}, "One less")
        self._capture(self._version("A1", 2, "cancelled"))
        self.assertEqual(order.order_line.product_uom_qty, 0.0)
        self.env["oms.order.reviver"]._revive(order)
        self.assertEqual(order.order_line.product_uom_qty, 1.0)

    def test_goods_no_longer_in_stock_are_said(self):
        rare = self._make_product("RARE", "Rare", stock=2)
        order = self._cancelled(lines=[("RARE", 2, "10.00")], paid=False)
        other = self._capture(self._document("B1", lines=[("RARE", 2, "10.00")]))
        self.assertEqual(other.picking_ids.state, "assigned")
        self._capture(self._version("A1", 3, lines=[("RARE", 2, "10.00")]))
        self.assertEqual((order.state, order.oms_status), ("sale", "waiting"))
        self.assertEqual(order.oms_wait_reason, "Backordered: 2 of 2 × [RARE] Rare")
        self.assertEqual(self._holds(order), ["OVERSOLD"])
        reopened = order.oms_event_ids.filtered(lambda e: e.code == "order.reopened")
        self.assertEqual(reopened.name, "Reopened on the channel. In stock: 0 of 2 × [RARE] Rare")
        self.assertEqual(rare.free_qty, 0.0)

    def test_the_policy_holds_reopened_orders_until_a_person_releases_them(self):
        self.channel.reopen_policy = "hold"
        order = self._cancelled(paid=False)
        self._capture(self._version("A1", 3))
        self.assertEqual((order.state, self._holds(order)), ("cancel", ["REOPENED"]))
        self.assertEqual(order.oms_amount_paid, 20.0)
        self.assertFalse(order.picking_ids.filtered(lambda p: p.state != "cancel"))
        order.oms_hold_ids.action_release()
        self._run_lanes()
        self.assertEqual((order.state, order.picking_ids.mapped("state")), ("sale", ["assigned"]))
        self.assertEqual(self._holds(order), [])

    def test_a_hold_ends_when_the_channel_cancels_again(self):
        self.channel.reopen_policy = "hold"
        order = self._cancelled(paid=False)
        self._capture(self._version("A1", 3, paid=False))
        self._capture(self._version("A1", 4, "cancelled", paid=False))
        self.assertEqual((order.state, self._holds(order)), ("cancel", []))

    def test_what_a_person_cancelled_here_is_held_whatever_the_policy(self):
        order = self._capture(self._version("A1", 1, paid=False))
        order.action_cancel()
        self._capture(self._version("A1", 2, paid=False))
        self.assertEqual((order.state, self._holds(order)), ("cancel", []))
        self._capture(self._version("A1", 3, "cancelled", paid=False))
        self._capture(self._version("A1", 4))
        self.assertEqual((order.state, self._holds(order)), ("cancel", ["REOPENED"]))
        self.assertIn(
            "was cancelled in Odoo", order.oms_hold_ids.filtered("is_blocking")[:1].detail
        )

    def test_an_order_that_expired_and_is_paid_late_goes_on(self):
        self.channel.unpaid_days = 3
        order = self._capture(self._version("A1", 1, paid=False))
        self.env["oms.order.expiry"]._expire_unpaid()
        self.assertEqual((order.state, order.oms_cancelled_by), ("cancel", "expiry"))
        self._capture(self._version("A1", 2))
        self.assertEqual((order.state, order.oms_payment_state), ("sale", "paid"))
        self.assertEqual((self._holds(order), order.picking_ids.state), ([], "assigned"))

    def test_a_reopened_order_is_not_cancelled_at_once_for_being_unpaid(self):
        self.channel.unpaid_days = 3
        order = self._cancelled(paid=False)
        self._capture(self._version("A1", 3, paid=False))
        self.assertEqual(order.state, "draft")
        self.assertGreater(order.oms_unpaid_until, fields.Datetime.now())
        self.assertEqual(self.env["oms.order.expiry"]._expire_unpaid(), 0)

    def test_an_order_set_to_quotation_and_confirmed_by_hand_goes_on(self):
        order = self._capture(self._version("A1", 1, paid=False))
        order.action_cancel()
        order.action_draft()
        self.assertEqual((order.oms_step, order.oms_status), ("confirm", "waiting"))
        self.assertEqual(order.oms_wait_reason, "Reset to quotation: confirm the order.")
        order.action_confirm()
        self._run_lanes()
        self.assertEqual((order.state, order.picking_ids.state), ("sale", "assigned"))

    def test_a_cancellation_older_than_its_order_is_asked_about(self):
        self._receive(
            {**self._cancellation("A1"), "at": "2026-03-01T10:00:00Z"}, topic="cancellations"
        )
        order = self._capture(self._version("A1", 2))
        self.assertEqual((order.state, self._holds(order)), ("cancel", ["REOPENED"]))
        order.oms_hold_ids.filtered(lambda h: h.state == "open").action_release()
        self._run_lanes()
        self.assertEqual((order.state, order.picking_ids.mapped("state")), ("sale", ["assigned"]))
