from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import PaymentCommon


@tagged("standard", "post_install", "-at_install")
class TestPaymentProvider(PaymentCommon):
    def test_a_company_gets_one_provider_with_a_clearing_journal(self):
        company = self.env["res.company"].create({"name": "Second"})
        provider = self.env["payment.provider"]._oms_for(company)
        self.assertRecordValues(
            provider,
            [{"code": "oms", "state": "enabled", "company_id": company.id, "is_published": False}],
        )
        journal = provider.journal_id
        self.assertRecordValues(
            journal, [{"code": "OMSCL", "type": "bank", "company_id": company.id}]
        )
        self.assertRecordValues(
            journal.default_account_id, [{"account_type": "asset_current", "reconcile": True}]
        )
        self.assertEqual(self.env["payment.provider"]._oms_for(company), provider)

    def test_it_is_never_offered_at_a_checkout(self):
        provider = self.env["payment.provider"]._oms_for(self.company)
        provider.is_published = True
        offered = self.env["payment.provider"]._get_compatible_providers(
            self.company.id, self.env.user.partner_id.id, 10.0
        )
        self.assertNotIn(provider, offered)

    def test_a_deleted_provider_is_made_again(self):
        company = self.env["res.company"].create({"name": "Second"})
        provider = self.env["payment.provider"]._oms_for(company)
        journal = provider.journal_id
        provider.state = "disabled"
        provider.unlink()
        again = self.env["payment.provider"]._oms_for(company)
        self.assertEqual(again.journal_id, journal)

    def test_capture_void_and_refund_are_the_channels(self):
        order = self._make_order()
        promised = self._pay(order, kind="authorization", ref="A1")
        paid = self._pay(order, ref="C1", gateway="other")
        for action in (promised.action_capture, promised.action_void, paid.action_refund):
            with self.assertRaisesRegex(UserError, "Shop holds this money"):
                action()

    def test_removal_leaves_what_was_booked(self):
        order = self._invoiced()
        payment = order.transaction_ids.payment_id
        self.env["payment.provider"]._oms_remove()
        self.assertEqual(payment.move_id.state, "posted")
        self.assertEqual(payment.payment_method_line_id.code, "manual")
        self.assertEqual(order.transaction_ids.payment_method_code, "unknown")
        self.assertFalse(self.env["account.payment.method"].search([("code", "=", "oms")]))
        self.assertFalse(self.env["payment.provider"].search([("code", "=", "oms")]))
