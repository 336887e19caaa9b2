"""Reopening of orders by the channel or by a user."""

from odoo import fields, models

from odoo.addons.oms_addon.tools.sealed_context import unsealed


class SaleOrder(models.Model):
    _inherit = "sale.order"

    oms_cancelled_by = fields.Selection(
        [("channel", "Channel"), ("expiry", "Not Paid in Time"), ("user", "User")],
        "Cancelled By",
        readonly=True,
        copy=False,
    )
    oms_reopened_count = fields.Integer("Times Reopened", readonly=True, copy=False)

    def _oms_remember_who_cancelled(self):
        is_channel = unsealed(self.env, "from_channel")
        self.sudo().write({"oms_cancelled_by": "channel" if is_channel else "user"})

    def _oms_reopen_manually(self):
        """Reset orders that a user set to quotation to the confirmation step."""
        reviver = self.env["oms.order.reviver"]
        for order in self:
            order.sudo().write(
                {
                    **reviver._prepare_path(order),
                    "oms_step": "confirm",
                    "oms_cursor": "confirm",
                    "oms_status": "waiting",
                    "oms_wait_reason": self.env._("Reset to quotation: confirm the order."),
                }
            )
            self.env["oms.event"]._log(order, "order.reopened", self.env._("Reset to quotation"))
