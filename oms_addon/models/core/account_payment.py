"""What Odoo does with a payment, and what of ours takes part."""

from odoo import models

from odoo.addons.oms_addon.tools.sealed_context import unsealed


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def _generate_journal_entry(self, write_off_line_vals=None, force_balance=None, line_ids=None):
        """Extend `account`: a batch links its entries together, while no other add-on has a part
        in it.
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
