"""Transfers that put goods of an order back."""

from odoo import api, fields, models


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

    @api.depends("oms_put_back_order_id")
    def _compute_sale_id(self):
        """Extend `sale_stock`: what puts goods of an order back is no delivery of it, and goes
        on when the order is cancelled.
        """
        put_back = self.filtered("oms_put_back_order_id")
        put_back.sale_id = False
        return super(StockPicking, self - put_back)._compute_sale_id()

    def _create_backorder_picking(self):
        """Extend `stock`: what is not put back yet still is to be."""
        backorder = super()._create_backorder_picking()
        backorder.sudo().oms_put_back_order_id = self.oms_put_back_order_id
        return backorder

    def _action_done(self):
        """Extend `stock`: the order's timeline says that its goods are in the stock again."""
        result = super()._action_done()
        self.env["oms.put.back"].sudo()._tell_done(
            self.filtered(lambda p: p.oms_put_back_order_id and p.state == "done")
        )
        return result
