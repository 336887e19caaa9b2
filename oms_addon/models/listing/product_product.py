"""Products as channels see them."""

import math

from odoo import api, models


class ProductProduct(models.Model):
    _inherit = "product.product"

    _oms_reference_idx = models.Index("(upper(default_code)) WHERE default_code IS NOT NULL")

    @api.model
    def default_get(self, fields):
        """Extend: a product made while an exception is resolved is what the order names."""
        values = super().default_get(fields)
        # oms_hold_id: the exception in whose form a product is created
        hold = self.env["oms.hold"].browse(self.env.context.get("oms_hold_id")).exists()
        if hold.reason_code == "UNKNOWN_SKU" and hold.has_access("read"):
            told = hold._prepare_product()
            values |= {name: told[name] for name in fields if name in told}
        return values

    @api.depends_context("website_id")
    def _compute_quantities(self):
        """Extend `stock`: on a website of a channel, free is what the channel may sell.

        A website asks for what is free of a warehouse; that is how its question is known
        from any other that is asked while it is served.
        """
        super()._compute_quantities()
        context = self.env.context
        if context.get("website_id") and "warehouse_id" in context:
            self._oms_offer_on_website(context["website_id"], context["warehouse_id"])

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
