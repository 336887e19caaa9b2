"""Receipts of channel invoices, emailed in the background."""

from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    oms_receipt_state = fields.Selection(
        [
            ("none", "Not to Send"),
            ("pending", "To Send"),
            ("sent", "Sent"),
            ("failed", "Failed"),
        ],
        "Receipt",
        readonly=True,
        copy=False,
    )
    oms_receipt_error = fields.Char("Receipt Error", readonly=True, copy=False)
    oms_receipt_at = fields.Datetime("Receipt Sent On", readonly=True, copy=False)

    _oms_receipt_idx = models.Index("(id) WHERE oms_receipt_state = 'pending'")

    # === ACTION METHODS === #

    def action_oms_send_receipt(self):
        """Send the receipt, again or after a failure.

        Agents are allowed to, even without write access to invoices.
        """
        self.check_access("read")
        if not self.env.user.has_group("oms_addon.oms_addon_group_agent"):
            self.check_access("write")
        self.filtered(lambda m: m.state == "posted").sudo().write(
            {"oms_receipt_state": "pending", "oms_receipt_error": False}
        )
        self.env.ref("oms_addon.oms_lane_receipts")._wake()
        return True
