"""Stock of products on a website that is connected as a channel."""

import math

from odoo import models


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _oms_offer_on_website(self, website_id, warehouse_id):
        """Limit the free quantity shown to the Available to Sell of the website's channel."""
        goods = self.filtered(lambda p: p.id and (p.is_storable or p._oms_is_kit()))
        shop = self.env["oms.channel.adapter.odoo_shop"]
        offered = shop._shop_stock(goods, website_id, warehouse_id) if goods else None
        if offered is not None:
            for product in goods.filtered(lambda p: offered[p.id] != math.inf):
                product.free_qty = offered[product.id]
