"""Link from credit note lines to the invoice lines they credit."""

from odoo import fields, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    oms_credited_line_id = fields.Many2one(
        "account.move.line",
        "Credited Invoice Line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Invoice line that this credit note line credits.",
    )
