"""Journal entries of payments in bulk."""

from odoo import models


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def _oms_generate_entries(self):
        """Create the journal entries of payments in bulk and link them.

        Odoo writes the link per payment, and each write searches the reconciled invoices, of
        which there are none yet.
        """
        payments = self.filtered(lambda p: not p.move_id and p.outstanding_account_id)
        if payments:
            moves = self.env["account.move"].create(
                [payment._generate_move_vals() for payment in payments]
            )
            payments._oms_link_moves(moves)

    def _oms_link_moves(self, moves):
        """Set the journal entries of payments, in order."""
        # Like the ORM stores computed fields: without calling ``write`` per payment.
        with self.env.protecting([self._fields["move_id"]], self):
            for payment, move in zip(self, moves, strict=True):
                payment.move_id = move
        self.modified(["move_id"])
