from odoo.exceptions import UserError
from odoo.tests import tagged

from ..concurrency import FORK, TIMEOUT_SECONDS, RaceCase
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
            with self.assertRaisesRegex(UserError, "Shop processes this payment"):
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


class TestPaymentProviderRaces(RaceCase):
    def test_workers_that_need_it_first_at_the_same_time_make_one(self):
        def companies(env):
            return env["res.company"].create([{"name": "Race 1"}, {"name": "Race 2"}]).ids

        ids = self.commit(companies)
        looked = FORK.Barrier(4)

        def make(company_id):
            def work(env):
                provider = env["payment.provider"]
                if not work.tried:
                    # All have looked before any has made one.
                    work.tried = provider.search_count([]) + 1
                    looked.wait(TIMEOUT_SECONDS / 2)
                return provider._oms_for(env["res.company"].browse(company_id)).id

            work.tried = 0
            return work

        made = self.run_parallel([make(company_id) for company_id in ids * 2])
        self.assertEqual(made[:2], made[2:])
        self.assertEqual(len(set(made)), 2)

        def count(env):
            domain = [("company_id", "in", ids)]
            return (
                env["payment.provider"].search_count([*domain, ("code", "=", "oms")]),
                env["account.journal"].search_count([*domain, ("code", "=", "OMSCL")]),
                env["account.payment.method"].search_count([("code", "=", "oms")]),
            )

        self.assertEqual(self.commit(count), (2, 2, 1))
