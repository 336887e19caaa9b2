"""Journal entries of many payments at once."""

from odoo import models
from odoo.tools import SQL


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def _oms_generate_entries(self):
        """Make the journal entries of payments, and link them with one statement.

        Core writes the link payment by payment, and each write looks for the invoices
        that the payment reconciles; there are none yet.
        """
        payments = self.filtered(lambda p: not p.move_id and p.outstanding_account_id)
        if payments:
            moves = self.env["account.move"].create(
                [payment._generate_move_vals() for payment in payments]
            )
            payments._oms_link_moves(moves)

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
