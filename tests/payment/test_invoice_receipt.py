from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PaymentCommon

MAIL = "odoo.addons.account.models.account_move_send.AccountMoveSend"


@tagged("standard", "post_install", "-at_install")
class TestInvoiceReceipt(PaymentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.send_receipt = True

    def _mails(self, invoice):
        return invoice.message_ids.filtered(
            lambda message: message.partner_ids == invoice.partner_id
        )

    def test_a_paid_invoice_is_mailed_once_with_its_pdf(self):
        invoices = (self._invoiced() + self._invoiced()).invoice_ids
        self.assertEqual(set(invoices.mapped("oms_receipt_state")), {"pending"})
        self.assertEqual(self.poster._send_receipts(), 2)
        self.assertEqual(set(invoices.mapped("oms_receipt_state")), {"sent"})
        self.assertEqual(self.poster._send_receipts(), 0)
        for invoice in invoices:
            [mail] = self._mails(invoice)
            self.assertEqual(mail.attachment_ids.mapped("mimetype"), ["application/pdf"])
            self.assertTrue(invoice.oms_receipt_at)
            self.assertTrue(invoice.is_move_sent)

    def test_a_channel_that_sends_none_sends_none(self):
        self.channel.send_receipt = False
        invoice = self._invoiced().invoice_ids
        self.assertEqual(invoice.oms_receipt_state, "none")
        self.assertEqual(self.poster._send_receipts(), 0)
        self.assertFalse(self._mails(invoice))

    def test_an_unpaid_invoice_waits_for_its_money(self):
        self.channel.write({"payment_policy": "terms", "invoice_policy": "shipment"})
        order = self._make_order()
        order.action_confirm()
        self._ship(order)
        self.poster._invoice(order)
        self.assertEqual(self.poster._send_receipts(), 0)
        self._pay(order)
        self.collector._collect(order)
        self.assertEqual(self.poster._send_receipts(), 1)

    def test_a_customer_without_address_is_told_of(self):
        order = self._invoiced()
        order.partner_id.email = False
        self.poster._send_receipts()
        self.assertRecordValues(
            order.invoice_ids,
            [
                {
                    "oms_receipt_state": "none",
                    "oms_receipt_error": "The customer has no email address.",
                }
            ],
        )

    @mute_logger("odoo.addons.oms_addon.models.payment.batch")
    def test_one_receipt_that_fails_says_why_and_stops_no_other(self):
        good, bad = self._invoiced().invoice_ids, self._invoiced().invoice_ids
        send = type(self.env["account.move.send"])._generate_and_send_invoices

        def broken(service, moves, **settings):
            if bad in moves:
                raise UserError("The report is broken.")
            return send(service, moves, **settings)

        with patch(f"{MAIL}._generate_and_send_invoices", broken):
            self.poster._send_receipts()
        self.assertEqual(good.oms_receipt_state, "sent")
        self.assertRecordValues(
            bad,
            [{"oms_receipt_state": "failed", "oms_receipt_error": "The report is broken."}],
        )
        self.assertFalse(self._mails(bad))
        self.assertEqual(self.poster._send_receipts(), 0)
        bad.write({"oms_receipt_state": "pending"})
        self.assertEqual(self.poster._send_receipts(), 1)
        self.assertEqual(len(self._mails(bad)), 1)
