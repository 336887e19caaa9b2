"""Payments whose journal entries say who booked them."""

from odoo import models


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def _generate_journal_entry(self, write_off_line_vals=None, force_balance=None, line_ids=None):
        """Extend `account`: note on each entry."""
        result = super()._generate_journal_entry(
            write_off_line_vals=write_off_line_vals, force_balance=force_balance, line_ids=line_ids
        )
        for payment in self:
            payment.move_id.narration = "booked by the foreign add-on"
        return result
