"""Restock transfers."""

from odoo import fields, models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    oms_put_back_order_id = fields.Many2one(
        "sale.order",
        "Restock from Order",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Order that no longer needs these items.",
    )
