"""Why a picker cannot take what the delivery says, and what that means for the stock."""

from odoo import fields, models


class OmsPickRejectionReason(models.Model):
    _name = "oms.pick.rejection.reason"
    _description = "Pick Rejection Reason"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    effect = fields.Selection(
        [
            ("empty", "Nothing is there: count 0"),
            ("less", "Less is there: count it"),
            ("damaged", "Damaged: take it out of stock"),
            ("none", "Leave the stock as it is"),
        ],
        "Stock",
        required=True,
        default="none",
        help="What becomes of the stock at the place.",
    )
    is_resourced = fields.Boolean(
        "Source elsewhere",
        default=True,
        help="Have another place or warehouse serve the line; else it waits where it is.",
    )
    company_id = fields.Many2one("res.company", index=True, help="Empty for all companies.")
