"""Groups of warehouses, for use in rules."""

from odoo import fields, models


class OmsAllocationGroup(models.Model):
    _name = "oms.allocation.group"
    _description = "Warehouse Group"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    warehouse_ids = fields.Many2many(
        "stock.warehouse", string="Warehouses", required=True, check_company=True
    )
