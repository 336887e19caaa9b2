"""Allocation settings of a warehouse."""

from odoo import fields, models


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    oms_capacity_day = fields.Integer(
        "Parcels per Day", help="Rules assign no more orders per day. Enter 0 for no limit."
    )
    oms_carrier_ids = fields.Many2many(
        "delivery.carrier",
        string="Carriers",
        check_company=True,
        help="Carriers that collect from this warehouse. Leave empty to allow all carriers.",
    )

    _oms_capacity_positive = models.Constraint(
        "CHECK (oms_capacity_day >= 0)", "The daily capacity cannot be negative."
    )
