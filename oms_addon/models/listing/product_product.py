"""Products as channels see them."""

import math

from odoo import api, models


class ProductProduct(models.Model):
    _inherit = "product.product"

    _oms_reference_idx = models.Index("(upper(default_code)) WHERE default_code IS NOT NULL")

    @api.model
    def _oms_default_from_hold(self, fields):
        """:return: what the order names of a product that is made while an exception is resolved
        :rtype: dict
        """
        # oms_hold_id: the exception in whose form a product is created
        hold = self.env["oms.hold"].browse(self.env.context.get("oms_hold_id")).exists()
        if hold.reason_code != "UNKNOWN_SKU" or not hold.has_access("read"):
            return {}
        told = hold._prepare_product()
        return {name: told[name] for name in fields if name in told}

    def _oms_offer_on_website(self, website_id, warehouse_id):
        """Bring what is free down to what the website's channel may sell."""
        goods = self.filtered(lambda p: p.id and (p.is_storable or p._oms_is_kit()))
        shop = self.env["oms.channel.adapter.odoo_shop"]
        offered = shop._shop_stock(goods, website_id, warehouse_id) if goods else None
        if offered is not None:
            for product in goods.filtered(lambda p: offered[p.id] != math.inf):
                product.free_qty = offered[product.id]

    def _oms_is_kit(self):
        """:return: whether a product is made of others whose stock counts (`mrp`)"""
        self.ensure_one()
        return bool(self._fields.get("is_kits") and self.is_kits)
