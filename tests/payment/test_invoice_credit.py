from odoo.tests import tagged

from .common import PaymentCommon


@tagged("standard", "post_install", "-at_install")
class TestInvoiceCredit(PaymentCommon):
    def test_cancelled_units_of_a_paid_order_are_credited_and_refunded(self):
        order = self._invoiced((self.mug, 4, 10.0))
        refund = self._pay(order, "10.00", ref="R1", kind="refund", at=self._at(9, day=3))
        note = self.poster._credit(order, {order.order_line: 1}, "Broken", "R1")
        self.assertRecordValues(
            note,
            [
                {
                    "move_type": "out_refund",
                    "state": "posted",
                    "amount_total": 10.0,
                    "amount_residual": 0.0,
                    "payment_state": "paid",
                    "reversed_entry_id": order.invoice_ids.sorted("id")[0].id,
                    "ref": "Broken",
                }
            ],
        )
        self.assertEqual(note.transaction_ids, refund)
        self.assertTrue(refund.payment_id.is_reconciled)
        self.assertIn("invoice.credited", order.oms_event_ids.mapped("code"))

    def test_a_cancelled_order_says_what_became_of_its_money(self):
        order = self._invoiced((self.mug, 4, 10.0), (self.pot, 1, 4.9))
        self.assertFalse(order.oms_cancelled_text)
        mugs = order.order_line.filtered(lambda l: l.product_id == self.mug)
        self.poster._credit(order, {mugs: 4}, "Cancelled")
        self._pay(order, "40.00", ref="R1", kind="refund")
        order.with_context(disable_cancel_warning=True)._action_cancel()
        self.assertEqual(order.amount_total, 44.9)
        money = order.currency_id.format
        self.assertEqual(
            order.oms_cancelled_text,
            f"Cancelled: {money(44.9)} invoiced and {money(40.0)} credited, {money(44.9)} paid and "
            f"{money(40.0)} refunded. The order total shows the ordered amount.",
        )
        worker = self._make_user("warehouse")
        self.assertNotIn("oms_cancelled_text", order.with_user(worker).fields_get())

    def test_a_cancelled_order_without_money_says_nothing_of_it(self):
        order = self._make_order((self.mug, 1, 10.0))
        order._action_cancel()
        self.assertFalse(order.oms_cancelled_text)

    def test_a_refund_that_comes_later_pays_the_credit_note(self):
        order = self._invoiced((self.mug, 4, 10.0))
        note = self.poster._credit(order, {order.order_line: 4}, "Cancelled")
        self.assertEqual(note.payment_state, "not_paid")
        self._pay(order, "40.00", ref="R1", kind="refund")
        self.collector._collect(order)
        self.assertEqual(note.payment_state, "paid")
        self.assertEqual(note.amount_residual, 0.0)

    def test_a_credit_of_an_unpaid_invoice_reduces_it(self):
        self.channel.write({"payment_policy": "terms", "invoice_policy": "shipment"})
        order = self._make_order((self.mug, 4, 10.0))
        order.action_confirm()
        self._ship(order)
        self.poster._invoice(order)
        invoice = order.invoice_ids
        note = self.poster._credit(order, {order.order_line: 1}, "Late")
        self.assertEqual(note.payment_state, "paid")
        self.assertEqual(invoice.amount_residual, 30.0)

    def test_a_credit_note_never_leads_to_a_new_invoice(self):
        for policy in ("order", "delivery"):
            self.mug.invoice_policy = policy
            order = self._invoiced((self.mug, 4, 10.0))
            self.poster._credit(order, {order.order_line: 4}, "Cancelled")
            self.assertEqual(order.order_line.qty_to_invoice, 0.0)
            self.assertNotEqual(order.invoice_status, "to invoice")
            self.assertEqual(self.poster._invoice(order), {})
            self.assertEqual(len(order.invoice_ids), 2)

    def test_returned_goods_do_not_become_a_credit_note_by_themselves(self):
        order = self._invoiced((self.mug, 4, 10.0))
        self._ship(order)
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=order.picking_ids.id, active_model="stock.picking")
            .create({})
        )
        wizard.product_return_moves.quantity = 1
        back = wizard._create_return()
        back.move_ids.picked = True
        back.button_validate()
        self.assertEqual(order.order_line.qty_delivered, 3.0)
        self.assertEqual(order.order_line.qty_to_invoice, 0.0)
        self.assertEqual(self.poster._invoice(order), {})
        self.assertEqual(len(order.invoice_ids), 1)

    def test_what_was_credited_is_not_credited_again(self):
        order = self._invoiced((self.mug, 4, 10.0))
        line = order.order_line
        self.poster._credit(order, {line: 3}, "Cancelled")
        self.assertEqual(self.poster._credit(order, {line: 3}, "Again").amount_total, 10.0)
        self.assertFalse(self.poster._credit(order, {line: 1}, "And again"))

    def test_nothing_invoiced_is_nothing_to_credit(self):
        order = self._make_order()
        order.action_confirm()
        self.assertFalse(self.poster._credit(order, {order.order_line: 1}, "Cancelled"))

    def test_a_discounted_line_with_its_tax_is_credited_to_the_cent(self):
        order = self._invoiced((self.mug, 3, 9.99, 33.33), (self.pot, 1, 5.0))
        line = order.order_line[0]
        self.assertEqual(line.price_total, 19.98)
        note = self.poster._credit(order, {line: 3}, "Cancelled")
        self.assertRecordValues(
            note, [{"amount_total": 19.98, "amount_untaxed": 16.65, "amount_tax": 3.33}]
        )

    def test_fault_31_credits_in_parts_never_exceed_the_invoice(self):
        for method in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = method
            order = self._invoiced((self.mug, 3, 3.335), (self.pot, 3, 6.67, 7.0))
            invoice = order.invoice_ids
            for _part in range(3):
                self.poster._credit(order, dict.fromkeys(order.order_line, 1), "Cancelled")
                credited = sum((order.invoice_ids - invoice).mapped("amount_total"))
                self.assertLessEqual(round(credited, 2), invoice.amount_total)
            self.assertEqual(round(credited, 2), invoice.amount_total)

    def test_all_of_a_line_is_credited_with_what_it_cost_wherever_the_taxes_were_rounded(self):
        self.company.tax_calculation_rounding_method = "round_globally"
        cup = self._make_product("CUP", "Cup")
        order = self._invoiced((self.mug, 2, 9.99), (self.pot, 4, 5.03), (cup, 1, 4.95))
        mug, pot, cup = order.order_line
        # Their taxes rounded one by one make 45.06, and Odoo takes the cent off the pots.
        self.assertEqual(order.invoice_ids.amount_total, 45.05)
        first = self.poster._credit(order, {pot: 4}, "Cancelled")
        self.assertRecordValues(
            first, [{"amount_total": 20.12, "amount_untaxed": 16.77, "amount_tax": 3.35}]
        )
        rest = self.poster._credit(order, {mug: 2, cup: 1}, "Cancelled")
        self.assertEqual(rest.amount_total, 24.93)
        self.assertEqual(rest.amount_tax, 4.16)

    def test_fault_31_credits_of_a_line_in_parts_make_its_amount(self):
        self.company.tax_calculation_rounding_method = "round_per_line"
        order = self._invoiced((self.mug, 3, 3.335), (self.pot, 3, 6.67, 7.0))
        for line in order.order_line:
            for _part in range(3):
                self.poster._credit(order, {line: 1}, "Cancelled")
        for line in order.invoice_ids.sorted("id")[0].invoice_line_ids:
            credited = self.poster._credited(line).mapped("price_total")
            self.assertEqual(round(sum(credited), 2), line.price_total)

    def test_units_of_two_invoices_are_credited_on_both(self):
        self.channel.invoice_policy = "shipment"
        order = self._make_order((self.mug, 4, 10.0))
        self._pay(order)
        order.action_confirm()
        for quantity in (1, 3):
            self._ship(order, quantity)
            self.poster._invoice(order)
        invoices = order.invoice_ids.sorted("id")
        notes = self.poster._credit(order, {order.order_line: 2}, "Cancelled")
        self.assertRecordValues(
            notes.sorted("id"),
            [
                {"amount_total": 10.0, "reversed_entry_id": invoices[0].id},
                {"amount_total": 10.0, "reversed_entry_id": invoices[1].id},
            ],
        )
