"""Invoices of an order, for users with access to journal entries."""

from odoo import api, fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    oms_cancelled_text = fields.Char(
        "Cancellation Summary",
        compute="_compute_oms_cancelled_text",
        compute_sudo=True,
        groups="oms_addon.oms_addon_group_office",
    )

    @api.depends(
        "state",
        "order_line.invoice_lines.parent_state",
        "order_line.invoice_lines.price_total",
        "oms_amount_paid",
        "oms_amount_refunded",
    )
    def _compute_oms_cancelled_text(self):
        for order in self:
            order.oms_cancelled_text = order.state == "cancel" and order._oms_describe_cancelled()

    def _oms_describe_cancelled(self):
        """:return: the payment summary of one cancelled order, whose total still shows the ordered
        amount; ``False`` if nothing was invoiced or paid
        """
        self.ensure_one()
        posted = self.order_line.invoice_lines.filtered(lambda line: line.parent_state == "posted")
        amounts = {
            kind: sum(posted.filtered(lambda l, k=kind: l.move_type == k).mapped("price_total"))
            for kind in ("out_invoice", "out_refund")
        }
        if not posted and not self.oms_amount_paid:
            return False
        return self.env._(
            "Cancelled: %(invoiced)s invoiced and %(credited)s credited, %(paid)s paid and "
            "%(refunded)s refunded. The order total shows the ordered amount.",
            invoiced=self.currency_id.format(amounts["out_invoice"]),
            credited=self.currency_id.format(amounts["out_refund"]),
            paid=self.currency_id.format(self.oms_amount_paid),
            refunded=self.currency_id.format(self.oms_amount_refunded),
        )

    def _oms_hide_invoices(self):
        """Hide the invoices of orders from users without access to them."""
        # Reading an empty list of invoices raises an access error as well.
        self.sudo().invoice_ids = False
        self.invoice_count = 0
