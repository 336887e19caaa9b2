"""Overrides of account.payment."""

from odoo import models

from odoo.addons.oms_addon.tools.sealed_context import unsealed


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def _generate_journal_entry(self, write_off_line_vals=None, force_balance=None, line_ids=None):
        """Extend `account`: create the entries in bulk in batches, unless another add-on overrides
        this method.
        """
        plain = self.env["oms.own.writes"]._is_plain(
            self._name, ("_generate_journal_entry", "write")
        )
        if not unsealed(self.env, "batch") or not plain or write_off_line_vals or line_ids:
            return super()._generate_journal_entry(
                write_off_line_vals=write_off_line_vals,
                force_balance=force_balance,
                line_ids=line_ids,
            )
        return self._oms_generate_entries()
