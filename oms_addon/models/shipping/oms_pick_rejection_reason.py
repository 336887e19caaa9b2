"""Reasons of short picks, and their effect on stock."""

from odoo import fields, models


class OmsPickRejectionReason(models.Model):
    _name = "oms.pick.rejection.reason"
    _description = "Pick Exception Reason"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    effect = fields.Selection(
        [
            ("empty", "Location Empty: Count 0"),
            ("less", "Fewer Found: Count Them"),
            ("damaged", "Damaged: Remove from Stock"),
            ("none", "Keep Stock Unchanged"),
        ],
        "Stock Effect",
        required=True,
        default="none",
        help="What happens to the stock at the location.",
    )
    is_resourced = fields.Boolean(
        "Source Elsewhere",
        default=True,
        help="Source the line from another location or warehouse. If unchecked, it waits at "
        "its location.",
    )
    company_id = fields.Many2one(
        "res.company", index=True, help="Leave empty to apply to all companies."
    )
