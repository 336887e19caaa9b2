from datetime import date, datetime
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PaymentCommon


@tagged("standard", "post_install", "-at_install")
class TestInvoicePoster(PaymentCommon):
    # === WHEN PAID === #

    def test_paid_orders_get_one_posted_paid_invoice_each(self):
        partner = self.env["res.partner"].create({"name": "Same customer"})
        orders = self._make_order(partner_id=partner.id) + self._make_order(
            (self.mug, 3, 9.99), (self.pot, 1, 5.0), partner_id=partner.id
        )
        for order in orders:
            self._pay(order)
        orders.action_confirm()
        self.collector._collect(orders)
        self.assertEqual(self.poster._invoice(orders), {})
        self.assertEqual([len(order.invoice_ids) for order in orders], [1, 1])
        self.assertRecordValues(
            orders.invoice_ids.sorted("amount_total"),
            [
                {
                    "amount_total": total,
                    "amount_residual": 0.0,
                    "state": "posted",
                    "payment_state": "paid",
                    "move_type": "out_invoice",
                    "invoice_date": date(2026, 3, 1),
                    "date": date(2026, 3, 1),
                }
                for total in (34.97, 40.0)
            ],
        )
        for order in orders:
            self.assertEqual(order.invoice_ids.transaction_ids, order.transaction_ids)
            self.assertEqual(order.transaction_ids.payment_id.state, "paid")
            self.assertEqual(order.invoice_status, "invoiced")

    def test_a_second_run_makes_nothing(self):
        order = self._invoiced()
        invoice = order.invoice_ids
        self.assertEqual(self.poster._invoice(order), {})
        self.assertEqual(order.invoice_ids, invoice)

    def test_goods_invoiced_on_delivery_are_invoiced_when_paid(self):
        self.mug.invoice_policy = "delivery"
        order = self._invoiced()
        self.assertEqual(order.invoice_ids.amount_total, 40.0)
        self.assertEqual(order.order_line.qty_to_invoice, 0.0)
        self.assertEqual(order.invoice_status, "invoiced")

    def test_an_unpaid_order_waits_with_a_sentence(self):
        order = self._make_order()
        order.action_confirm()
        self.assertEqual(
            self.poster._invoice(order),
            {order: "Waiting for payment: 40.00 of 40.00 USD outstanding."},
        )
        self.assertFalse(order.invoice_ids)

    def test_an_order_that_is_not_confirmed_is_not_invoiced(self):
        order = self._make_order()
        self._pay(order)
        self.assertEqual(
            self.poster._invoice(order), {order: "Waiting for confirmation to create the invoice."}
        )

    def test_payments_that_come_after_the_invoice_pay_it(self):
        self.channel.write({"payment_policy": "terms", "invoice_policy": "shipment"})
        order = self._make_order()
        order.action_confirm()
        self._ship(order)
        self.poster._invoice(order)
        self.assertEqual(order.invoice_ids.payment_state, "not_paid")
        self._pay(order)
        self.collector._collect(order)
        self.assertEqual(order.invoice_ids.payment_state, "paid")

    def test_fault_5_money_told_before_the_order_pays_one_invoice(self):
        order = self._capture(self._document("5"))
        self.assertEqual(len(order.invoice_ids), 1)
        self.assertRecordValues(
            order.invoice_ids, [{"payment_state": "paid", "amount_total": 20.0}]
        )
        self.assertEqual(len(order.transaction_ids.payment_id), 1)

    def test_fault_30_a_zero_value_order_is_invoiced_with_zero(self):
        order = self._make_order((self.mug, 1, 0.0))
        order.action_confirm()
        self.assertEqual(self.poster._invoice(order), {})
        self.assertRecordValues(order.invoice_ids, [{"amount_total": 0.0, "payment_state": "paid"}])
        self.assertEqual(order.invoice_status, "invoiced")

    def test_fault_31_taxes_and_rounding_come_out_to_the_cent(self):
        orders = (
            self._make_order((self.mug, 3, 0.333), (self.pot, 7, 1.07))
            + self._make_order((self.mug, 1, 19.99, 33.33), (self.pot, 3, 9.99, 10.0))
            + self._make_order(*[(self.mug, 1, 0.99)] * 7)
        )
        self.assertEqual(
            [round(total, 2) for total in orders.mapped("amount_total")],
            [8.49, 40.3, 6.93],
        )
        for order in orders:
            self._pay(order)
        orders.action_confirm()
        self.collector._collect(orders)
        self.assertEqual(self.poster._invoice(orders), {})
        for order in orders:
            invoice = order.invoice_ids
            self.assertEqual(
                order.currency_id.compare_amounts(invoice.amount_total, order.amount_total), 0
            )
            self.assertEqual(invoice.payment_state, "paid")
            self.assertEqual(invoice.amount_residual, 0.0)

    # === WHEN SHIPPED OR DELIVERED === #

    def test_goods_are_invoiced_as_they_leave(self):
        self.channel.invoice_policy = "shipment"
        order = self._make_order((self.mug, 4, 10.0))
        self._pay(order)
        order.action_confirm()
        self.collector._collect(order)
        self.assertEqual(
            self.poster._invoice(order), {order: "Waiting for shipment to create the invoice."}
        )
        self._ship(order, 1)
        self.assertEqual(
            self.poster._invoice(order),
            {order: "Waiting for shipment to invoice the remaining items."},
        )
        self.assertEqual(order.invoice_ids.amount_total, 10.0)
        self._ship(order)
        self.assertEqual(self.poster._invoice(order), {})
        self.assertEqual(order.invoice_ids.mapped("amount_total"), [10.0, 30.0])
        self.assertEqual(set(order.invoice_ids.mapped("payment_state")), {"paid"})

    def test_delivered_goods_are_invoiced_on_the_day_they_arrived(self):
        self.channel.invoice_policy = "delivery"
        order = self._make_order()
        self._pay(order)
        order.action_confirm()
        self._ship(order)
        self.assertEqual(
            self.poster._invoice(order), {order: "Waiting for delivery to create the invoice."}
        )
        order.oms_delivered_at = datetime(2026, 3, 5, 12)
        self.assertEqual(self.poster._invoice(order), {})
        self.assertEqual(order.invoice_ids.invoice_date, date(2026, 3, 5))

    def test_by_hand_waits_until_somebody_did(self):
        self.channel.invoice_policy = "manual"
        order = self._make_order()
        self._pay(order)
        order.action_confirm()
        self.assertEqual(self.poster._invoice(order), {order: "Create the invoice manually."})
        order._create_invoices().action_post()
        self.assertEqual(self.poster._invoice(order), {})

    # === TROUBLE === #

    def test_a_draft_somebody_made_is_named(self):
        order = self._make_order()
        self._pay(order)
        order.action_confirm()
        order._create_invoices()
        waits = self.poster._invoice(order)
        self.assertTrue(waits[order].endswith(" of the order is still a draft. Post or delete it."))
        self.assertEqual(len(order.invoice_ids), 1)

    @mute_logger("odoo.addons.oms_addon.models.payment.batch")
    def test_one_order_that_cannot_be_invoiced_does_not_stop_the_others(self):
        orders = self.env["sale.order"].concat(*[self._make_order() for _n in range(3)])
        for order in orders:
            self._pay(order)
        orders.action_confirm()
        bad = orders[1]
        bad.order_line.product_id.active = True
        prepare = type(bad)._prepare_invoice

        def broken(order):
            if order == bad:
                raise ValueError("no journal")
            return prepare(order)

        with patch.object(type(bad), "_prepare_invoice", broken):
            waits = self.poster._invoice(orders)
        self.assertEqual(list(waits), [bad])
        self.assertTrue(waits[bad].startswith("Invoicing failed: Unexpected error ValueError"))
        self.assertEqual(self._holds(bad), ["STEP_FAILED"])
        self.assertEqual([len(o.invoice_ids) for o in orders], [1, 0, 1])

    def test_discounts_that_outweigh_the_goods_are_for_a_person(self):
        self.channel.invoice_policy = "shipment"
        service = self.env["product.product"].create({"name": "Gift", "type": "service"})
        order = self._make_order((self.mug, 4, 10.0), (service, 1, -30.0))
        self._pay(order)
        order.action_confirm()
        self._ship(order, 1)
        with mute_logger("odoo.addons.oms_addon.models.payment.batch"):
            waits = self.poster._invoice(order)
        self.assertIn("amount to invoice is negative", waits[order])
        self.assertFalse(order.invoice_ids)

    def test_a_batch_costs_less_than_its_orders(self):
        orders = self.env["sale.order"].concat(*[self._make_order() for _n in range(10)])
        for order in orders:
            self._pay(order)
        orders.action_confirm()
        self.env.flush_all()

        def queries(work, of_orders):
            before = self.cr.sql_log_count
            work(of_orders)
            self.env.flush_all()
            return (self.cr.sql_log_count - before) / len(of_orders)

        for work in (self.collector._collect, self.poster._invoice):
            work(orders[0])
            alone, together = queries(work, orders[1]), queries(work, orders[2:])
            self.assertLess(together, alone / 2)
