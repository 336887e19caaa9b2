"""Receipts: the invoice as PDF, emailed once to the customer."""

from odoo import api, fields, models

from odoo.addons.base.models.ir_actions_report import _wkhtml
from odoo.addons.oms_addon.tools.batches import culprits


class OmsInvoicePoster(models.AbstractModel):
    _inherit = "oms.invoice.poster"

    @api.model
    def _send_receipts(self, limit=10):
        """Email a batch of pending receipts of paid invoices.

        The state is written in the transaction that queues the mail, so both succeed or fail
        together.

        :param int limit: maximum number of receipts
        :return: number of receipts processed
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
        """:return: batches to render together; an unpatched wkhtmltopdf renders only one"""
        return [moves] if _wkhtml().is_patched_qt else list(moves)

    @api.model
    def _get_receipt_domain(self):
        """:return: the domain of the invoices whose receipt is to be sent"""
        return [
            ("oms_receipt_state", "=", "pending"),
            ("state", "=", "posted"),
            ("move_type", "=", "out_invoice"),
            ("payment_state", "in", ("paid", "in_payment")),
        ]

    @api.model
    def _send_batch(self, moves):
        """Send receipts with Odoo's mail template and PDF, and mark them as sent."""
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
        """Store the error on invoices whose receipt failed."""
        error_text = self.env["oms.channel.message"]._error_text
        for move, error in failed.items():
            move.write({"oms_receipt_state": "failed", "oms_receipt_error": error_text(error)})
