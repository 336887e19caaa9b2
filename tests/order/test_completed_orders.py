"""Orders that arrive completed, have nothing to ship, or are older than their channel."""

from odoo import fields
from odoo.tests import tagged

from ..common import OmsCommon


@tagged("standard", "post_install", "-at_install")
class TestCompletedOrders(OmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ebook = cls._make_product("EBOOK", "E-Book", type="service", is_storable=False)
        cls.now = f"{fields.Datetime.now():%Y-%m-%dT%H:%M:%SZ}"
        cls.digital = [("EBOOK", 1, "12.00")]

    def test_a_digital_order_that_arrives_completed_is_a_sale_to_the_end(self):
        self.channel.send_receipt = True
        order = self._capture(self._document("A1", self.digital, status="shipped"))
        self.assertFalse(order.oms_is_recorded)
        self.assertEqual((order.state, order.oms_step, order.oms_status), ("sale", "done", "done"))
        self.assertEqual((order.oms_payment_state, order.amount_invoiced), ("paid", 12.0))
        self.assertEqual(order.invoice_ids.mapped("payment_state"), ["paid"])
        self.assertEqual(order.invoice_ids.oms_receipt_state, "pending")
        self.assertFalse(order.picking_ids)
        self.assertEqual(self._holds(order), [])
        self.assertTrue(order.oms_closed_at)

    def test_a_digital_order_is_invoiced_whenever_the_channel_invoices(self):
        for policy in ("payment", "shipment", "delivery"):
            self.channel.invoice_policy = policy
            order = self._capture(self._document(policy, self.digital, status="shipped"))
            self.assertEqual((order.amount_invoiced, order.oms_status), (12.0, "done"), policy)

    def test_an_old_digital_order_that_a_poll_finds_is_recorded(self):
        document = self._document("A1", self.digital, status="shipped")
        message = self._receive(document)
        message.via = "poll"
        self._run_lanes()
        self.assertTrue(message.order_id.oms_is_recorded)
        self.assertFalse(message.order_id.invoice_ids)

    def test_goods_sold_since_the_channel_is_live_and_shipped_there_are_invoiced(self):
        order = self._capture(self._document("A1", status="shipped", placed_at=self.now))
        self.assertFalse(order.oms_is_recorded)
        self.assertEqual((order.oms_step, order.oms_status), ("done", "done"))
        self.assertEqual((order.oms_payment_state, order.amount_invoiced), ("paid", 20.0))
        self.assertEqual(order.picking_ids.mapped("state"), ["done"])
        self.assertEqual(self.mug.qty_available, 98.0)
        self.assertEqual(self._holds(order), [])

    def test_the_policy_only_records_what_arrives_completed(self):
        self.channel.completed_policy = "record"
        order = self._capture(self._document("A1", status="shipped", placed_at=self.now))
        self.assertTrue(order.oms_is_recorded)
        self.assertEqual(order.oms_wait_reason, "Record only: shipped before it was received.")
        self.assertFalse(order.invoice_ids)
        self.assertEqual(self.mug.qty_available, 100.0)

    def test_orders_older_than_the_channel_are_recorded_where_it_says_so(self):
        self.channel.start_policy = "record"
        old, young = self._capture(
            self._document("A1"), self._document("A2", placed_at=self._later())
        )
        self.assertTrue(old.oms_is_recorded)
        self.assertEqual(old.oms_wait_reason, "Record only: placed before the channel went live.")
        self.assertFalse(old.picking_ids or old.invoice_ids or old.transaction_ids)
        self.assertFalse(young.oms_is_recorded)
        self.assertEqual(young.picking_ids.mapped("state"), ["done"])
        self.assertEqual(self.mug.qty_available, 98.0)

    def _later(self):
        return f"{fields.Datetime.add(fields.Datetime.now(), minutes=5):%Y-%m-%dT%H:%M:%SZ}"

    def test_all_of_the_price_off_and_shipping_paid_is_invoiced_and_shipped(self):
        document = self._document("A1", [("MUG", 1, "10.00")], total="4.90")
        document["lines"][0]["discount"] = "10.00"
        document["lines"].append(
            {
                "ref": "s",
                "kind": "shipping",
                "name": "Standard",
                "quantity": "1",
                "unit_price": "4.90",
                "taxes": [],
            }
        )
        self.channel.send_receipt = True
        for policy in ("payment", "shipment"):
            self.channel.invoice_policy = policy
            charges = [{**document["charges"][0], "ref": f"T-{policy}"}]
            order = self._capture({**document, "ref": policy, "charges": charges})
            self.assertEqual((order.amount_total, order.oms_payment_state), (4.9, "paid"))
            self.assertEqual(order.picking_ids.mapped("state"), ["done"])
            self.assertEqual(order.invoice_ids.mapped("amount_total"), [4.9])
            self.assertEqual(order.invoice_ids.payment_state, "paid")
            self.assertEqual(order.invoice_ids.oms_receipt_state, "pending")
            self.assertEqual(len(order.invoice_ids.invoice_line_ids), 2)
            self.assertEqual((order.oms_step, self._holds(order)), ("deliver", []))

    def test_an_order_that_costs_nothing_is_invoiced_and_shipped(self):
        document = self._document("A1", [("MUG", 1, "10.00")], total="0.00", paid=False)
        document["lines"][0]["discount"] = "10.00"
        order = self._capture(document)
        self.assertEqual(order.picking_ids.mapped("state"), ["done"])
        self.assertEqual(order.invoice_ids.mapped("amount_total"), [0.0])
        self.assertEqual(order.oms_step, "deliver")

    def test_an_order_cancelled_between_queue_and_run_ships_nothing(self):
        order = self._capture(self._document("A1", paid=False))
        self._receive(self._document("A1", version="2", updated_at="2026-03-02T09:00:00Z"), "paid")
        self._run_lanes("inbox", "orders")
        self.assertEqual((order.state, order.oms_status), ("sale", "running"))
        self._receive(self._cancellation("A1"), topic="cancellations")
        self._run_lanes("inbox")
        self._run_lanes()
        self.assertEqual(order.oms_status, "cancelled")
        self.assertEqual(set(order.picking_ids.mapped("state")) - {"cancel"}, set())
        self.assertEqual((self.mug.qty_available, self.mug.free_qty), (100.0, 100.0))
        self.assertFalse(order.invoice_ids)
        shipped = self.env["oms.channel.message"].search(
            [("order_id", "=", order.id), ("topic", "=", "shipment")]
        )
        self.assertFalse(shipped)
