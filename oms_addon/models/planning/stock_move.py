"""The proposals that transfers come from."""

from odoo import fields, models


class StockMove(models.Model):
    _inherit = "stock.move"

    oms_replenishment_id = fields.Many2one(
        "oms.replenishment",
        "Replenishment",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
