"""Transfers that put goods of an order back."""

from odoo import fields, models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    oms_put_back_order_id = fields.Many2one(
        "sale.order",
        "Put back from",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The order that does not take these goods any more.",
    )
