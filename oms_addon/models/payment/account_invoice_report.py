"""Invoices by channel."""

from odoo import api, fields, models
from odoo.tools import SQL


class AccountInvoiceReport(models.Model):
    _inherit = "account.invoice.report"

    oms_channel_id = fields.Many2one(
        "oms.channel",
        "Sales Channel",
        readonly=True,
        help="Channel of the order the invoice line belongs to.",
    )
    _depends = {
        "sale.order": ["oms_channel_id"],
        "sale.order.line": ["order_id", "invoice_lines"],
    }

    @api.model
    def _oms_select_channel(self) -> SQL:
        """:return: the SQL of the channel of each invoice line's order"""
        return SQL(
            """(
                SELECT MIN(sale.oms_channel_id)
                  FROM sale_order_line_invoice_rel rel
                  JOIN sale_order_line sold ON sold.id = rel.order_line_id
                  JOIN sale_order sale ON sale.id = sold.order_id
                 WHERE rel.invoice_line_id = line.id
            ) AS oms_channel_id"""
        )
