"""Payment provider for payments collected by channels."""

from odoo import api, fields, models
from odoo.fields import Command

from odoo.addons.oms_addon.models.stock.claim import claim

JOURNAL_CODE = "OMSCL"


class PaymentProvider(models.Model):
    _inherit = "payment.provider"

    code = fields.Selection(
        selection_add=[("oms", "Collected by the Channel")],
        ondelete={"oms": "set default"},
    )

    # === BUSINESS METHODS === #

    @api.model
    def _oms_for(self, company):
        """Find the provider of a company; create it with its journal if missing.

        :param company: a ``res.company`` record
        :rtype: payment.provider
        """
        domain = [
            ("code", "=", "oms"),
            ("company_id", "=", company.id),
            ("state", "=", "enabled"),
        ]
        return self.sudo().search(domain, limit=1) or self.sudo()._oms_create(company)

    @api.model
    def _oms_create(self, company):
        """Create the provider of a company.

        Of two concurrent transactions one is retried and finds the provider of the other.
        """
        claim(self.env.ref("oms_addon.payment_method_oms"))
        self._setup_payment_method("oms")
        return self.with_company(company).create(self._prepare_oms_provider_values(company))

    @api.model
    def _prepare_oms_provider_values(self, company):
        return {
            "name": self.env._("Collected by the Channel"),
            "code": "oms",
            "state": "enabled",
            "is_published": False,
            "company_id": company.id,
            "payment_method_ids": [Command.set(self.env.ref("oms_addon.payment_method_oms").ids)],
            "journal_id": self._oms_journal(company).id,
        }

    @api.model
    def _oms_journal(self, company):
        """:return: the clearing journal of a company, created if missing"""
        Journal = self.env["account.journal"].with_company(company)
        journal = Journal.search(
            [("company_id", "=", company.id), ("code", "=", JOURNAL_CODE)], limit=1
        )
        return journal or Journal.create(
            {
                "name": self.env._("Channel Clearing"),
                "code": JOURNAL_CODE,
                "type": "bank",
                "company_id": company.id,
                "default_account_id": self._oms_clearing_account(company).id,
            }
        )

    @api.model
    def _oms_clearing_account(self, company):
        """Create the account for payments that the channel collected but has not paid out.

        It is reconcilable, so that a payout is reconciled with the payments it contains.
        """
        Account = self.env["account.account"].with_company(company)
        prefix = company.bank_account_code_prefix or ""
        sample = Account.search(Account._check_company_domain(company), limit=1)
        digits = len(sample.code) if sample else 6
        return Account.create(
            {
                "name": self.env._("Channel Clearing"),
                "code": Account._search_new_account_code(prefix.ljust(digits, "0")),
                "account_type": "asset_current",
                "reconcile": True,
                "company_ids": [Command.set(company.root_id.ids)],
            }
        )

    @api.model
    def _oms_remove(self):
        """Remove what depends on this add-on at uninstall; payments and entries are kept."""
        providers = self.sudo().search([("code", "=", "oms")])
        transactions = self.env["payment.transaction"].sudo()
        transactions.search([("provider_id", "in", providers.ids)]).write(
            {"payment_method_id": self.env.ref("payment.payment_method_unknown").id}
        )
        providers.write(self._get_removal_values())
        method = self._get_provider_payment_method("oms").sudo()
        manual = self.env.ref("account.account_payment_method_manual_in")
        lines = self.env["account.payment.method.line"].sudo()
        lines.search([("payment_method_id", "in", method.ids)]).write(
            {"payment_method_id": manual.id, "payment_provider_id": False}
        )
        self.env.flush_all()
        method.unlink()
