"""The proposals that purchase order lines come from."""

from odoo import fields, models


class PurchaseOrderLine(models.Model):
    _inherit = "purchase.order.line"

    oms_replenishment_id = fields.Many2one(
        "oms.replenishment",
        "Replenishment",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
