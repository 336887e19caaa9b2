"""Journal entries of many payments at once."""

from odoo import models
from odoo.tools import SQL

from odoo.addons.oms_addon.tools.sealed_context import unsealed


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def _generate_journal_entry(self, write_off_line_vals=None, force_balance=None, line_ids=None):
        """Extend `account`: a batch links its entries with one statement.

        Core writes the link payment by payment, and each write looks for the invoices
        that the payment reconciles; there are none yet.
        """
        if not unsealed(self.env, "batch") or write_off_line_vals or line_ids:
            return super()._generate_journal_entry(
                write_off_line_vals=write_off_line_vals,
                force_balance=force_balance,
                line_ids=line_ids,
            )
        payments = self.filtered(lambda p: not p.move_id and p.outstanding_account_id)
        if not payments:
            return None
        moves = self.env["account.move"].create(
            [payment._generate_move_vals() for payment in payments]
        )
        payments._oms_link_moves(moves)
        return None

    def _oms_link_moves(self, moves):
        """Set the journal entries of payments, in order."""
        self.flush_recordset()
        pairs = SQL(", ").join(
            SQL("(%s, %s)", payment.id, move.id) for payment, move in zip(self, moves, strict=True)
        )
        self.env.cr.execute(
            SQL(
                """UPDATE account_payment SET move_id = linked.move_id
                   FROM (VALUES %s) AS linked (id, move_id)
                   WHERE account_payment.id = linked.id""",
                pairs,
            )
        )
        self.invalidate_recordset(["move_id"], flush=False)
        self.modified(["move_id"])
