"""Cart reservations of orders and of website carts."""

from collections import defaultdict

from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    oms_cart_ref = fields.Char(
        "Cart", readonly=True, copy=False, help="ID of the cart on the channel."
    )

    # === WEBSITE CARTS === #

    def _oms_reserve_cart(self):
        """Reserve the available items of website carts, if their channel does so."""
        shop = self.env["oms.channel.adapter.odoo_shop"]
        if not shop._has_shop():
            return
        for order in self.sudo().filtered(lambda o: o.website_id and o.state == "draft"):
            channel = shop._channel_of(order.website_id.id, order.company_id)
            if channel.reserve_carts:
                self.env["oms.cart.reservation"].sudo()._reserve(
                    channel,
                    shop._cart_ref(order.id),
                    order._oms_cart_units(),
                    partial=True,
                    order=order,
                )

    def _oms_cart_units(self):
        """:return: quantity in the product's unit, by product id"""
        goods = defaultdict(float)
        for line in self.order_line.filtered(lambda l: l.product_id and not l.display_type):
            goods[line.product_id.id] += line.product_uom_id._compute_quantity(
                line.product_uom_qty, line.product_id.uom_id, round=False
            )
        return dict(goods)
