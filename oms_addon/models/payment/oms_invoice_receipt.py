"""Receipts: the invoice as PDF to the customer, once."""

from odoo import api, fields, models

from odoo.addons.base.models.ir_actions_report import _wkhtml
from odoo.addons.oms_addon.tools.batches import culprits


class OmsInvoicePoster(models.AbstractModel):
    _inherit = "oms.invoice.poster"

    @api.model
    def _send_receipts(self, limit=10):
        """Mail the invoices of paid channel orders that wait for it, one batch.

        The mark that it was sent is part of the transaction that queues the mail, so
        neither comes without the other.

        :param int limit: how many at most
        :return: how many were looked at
        :rtype: int
        """
        Move = self.env["account.move"].sudo()
        moves = Move.search(self._get_receipt_domain(), order="id", limit=limit)
        moves = moves.try_lock_for_update().filtered(
            lambda move: move.oms_receipt_state == "pending"
        )
        unknown = moves.filtered(lambda move: not move.partner_id.email)
        unknown.write(
            {
                "oms_receipt_state": "none",
                "oms_receipt_error": self.env._("The customer has no email address."),
            }
        )
        for company, of_company in (moves - unknown).grouped("company_id").items():
            for batch in self._split_receipts(of_company.with_company(company)):
                self._fail_receipts(culprits(batch, self._send_batch))
        return len(moves)

    @api.model
    def _split_receipts(self, moves):
        """:return: what can be rendered at once; a plain wkhtmltopdf takes one document"""
        return [moves] if _wkhtml().is_patched_qt else list(moves)

    @api.model
    def _get_receipt_domain(self):
        """:return: the invoices whose receipt is to be sent now"""
        return [
            ("oms_receipt_state", "=", "pending"),
            ("state", "=", "posted"),
            ("move_type", "=", "out_invoice"),
            ("payment_state", "in", ("paid", "in_payment")),
        ]

    @api.model
    def _send_batch(self, moves):
        """Send receipts with Odoo's own mail and PDF, and mark them."""
        self.env["account.move.send"].with_env(moves.env)._generate_and_send_invoices(
            moves, sending_methods=["email"], allow_raising=True
        )
        moves.write(
            {
                "oms_receipt_state": "sent",
                "oms_receipt_error": False,
                "oms_receipt_at": fields.Datetime.now(),
            }
        )

    @api.model
    def _fail_receipts(self, failed):
        """Write on invoices why their receipt could not be sent."""
        in_words = self.env["oms.channel.message"]._in_words
        for move, error in failed.items():
            move.write({"oms_receipt_state": "failed", "oms_receipt_error": in_words(error)})
