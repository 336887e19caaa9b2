"""One line of an order, with the units to refund."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class OmsRefundRequestLine(models.TransientModel):
    _name = "oms.refund.request.line"
    _inherit = "oms.wizard"
    _description = "Refund Line"

    request_id = fields.Many2one("oms.refund.request", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="request_id.currency_id")
    line_id = fields.Many2one("sale.order.line", required=True)
    name = fields.Text(related="line_id.name", string="Item")
    ordered = fields.Float(related="line_id.product_uom_qty", string="Ordered")
    delivered = fields.Float(related="line_id.qty_delivered", string="Shipped")
    quantity = fields.Float("Units to Refund", digits="Product Unit")
    amount = fields.Monetary(compute="_compute_amount")

    @api.depends("quantity")
    def _compute_amount(self):
        for line in self:
            line.amount = line._share(line.line_id)

    def _share(self, order_line):
        """:return: the price of the units; for the last invoiced units, the amount that earlier
        refunds left, so that no rounding difference remains
        """
        self.ensure_one()
        value = order_line._oms_value_of(self.quantity)
        poster = self.env["oms.invoice.poster"].sudo()
        lines = poster._invoices_of(order_line.order_id.sudo()).invoice_line_ids.filtered(
            lambda l: order_line in l.sale_line_ids
        )
        units = sum(poster._units_left_of(line) for line in lines)
        if not lines or order_line.product_uom_id.compare(units, self.quantity):
            return value
        return float(sum(poster._left_of(lines.move_id)[line].total for line in lines))

    @api.constrains("quantity")
    def _check_quantity(self):
        for line in self:
            uom = line.line_id.product_uom_id
            if line.quantity < 0 or uom.compare(line.quantity, line.ordered) > 0:
                raise ValidationError(
                    self.env._(
                        "%(line)s: enter 0 to %(most)s units to refund.",
                        line=line.line_id.name,
                        most=f"{line.ordered:g}",
                    )
                )

    def _prepare_content(self):
        """:return: a line of the adapter's ``_push_refund``, in the channel's units"""
        self.ensure_one()
        line = self.line_id
        left = line.product_uom_qty - line.qty_delivered
        return {
            "line_ref": line.oms_line_ref or "",
            "sku": line.oms_sku or "",
            "quantity": f"{line._oms_channel_quantity(self.quantity):g}",
            "amount": self.request_id._text(self.amount),
            "restock": self.quantity <= left,
            "returned": self.quantity > left,
        }
