"""Orders that are reopened: on their channel, or here by hand."""

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

    def _action_cancel(self):
        """Extend `sale`: remember who cancelled an order of a channel."""
        orders = self.filtered(lambda o: o.oms_channel_id and o.state in ("draft", "sent", "sale"))
        result = super()._action_cancel()
        is_channel = unsealed(self.env, "from_channel")
        orders.sudo().write({"oms_cancelled_by": "channel" if is_channel else "user"})
        return result

    def action_draft(self):
        """Extend `sale`: an order that is set to quotation by hand waits to be confirmed."""
        self.check_access("write")
        dead = self.filtered(lambda o: o.state == "cancel" and o.oms_step)
        result = super().action_draft()
        # from_channel: the channel reopens it, and it goes on by itself
        if dead and not unsealed(self.env, "from_channel"):
            reviver = self.env["oms.order.reviver"]
            for order in dead:
                order.sudo().write(
                    {
                        **reviver._prepare_path(order),
                        "oms_step": "confirm",
                        "oms_cursor": "confirm",
                        "oms_status": "waiting",
                        "oms_wait_reason": self.env._("Set to quotation: confirm the order."),
                    }
                )
                self.env["oms.event"]._log(
                    order, "order.reopened", self.env._("Set to quotation again")
                )
        return result
