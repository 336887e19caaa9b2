"""Cost of a parcel from a warehouse to a zone."""

from odoo import fields, models


class OmsAllocationCost(models.Model):
    _name = "oms.allocation.cost"
    _description = "Parcel Cost"
    _order = "sequence, id"
    _rec_name = "warehouse_id"
    _check_company_auto = True

    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True, index=True, check_company=True, ondelete="cascade"
    )
    zone_id = fields.Many2one(
        "oms.allocation.zone",
        check_company=True,
        ondelete="cascade",
        help="Leave empty to apply to all destinations. The first matching row is used.",
    )
    amount = fields.Monetary("Cost per Parcel", required=True)

    _amount_positive = models.Constraint(
        "CHECK (amount >= 0)", "The cost of a parcel cannot be negative."
    )
