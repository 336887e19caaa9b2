"""What the rules know of a warehouse."""

from odoo import fields, models


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    oms_capacity_day = fields.Integer(
        "Parcels a day", help="Rules give it no more orders on a day. 0: no limit."
    )
    oms_carrier_ids = fields.Many2many(
        "delivery.carrier",
        string="Works with",
        check_company=True,
        help="The carriers that collect here. Empty: all.",
    )

    _oms_capacity_positive = models.Constraint(
        "CHECK (oms_capacity_day >= 0)", "A day's work cannot be less than nothing."
    )
