"""Which goods a listing is made of."""

from odoo import api, fields, models

#: what decides how much of a listing there is
MADE_OF = {"product_id", "multiplier", "alias_of_id", "component_ids", "external_ref"}


class OmsChannelListing(models.Model):
    _inherit = "oms.channel.listing"

    item_ref = fields.Char("Channel's inventory id", readonly=True)
    parent_ref = fields.Char("Channel's product id", readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        """Extend: what a new listing shows has to be told."""
        listings = super().create(vals_list)
        listings._touch_stock()
        return listings

    def write(self, vals):
        """Extend: what a listing shows changes with what it is made of."""
        result = super().write(vals)
        if vals.keys() & MADE_OF:
            self._touch_stock()
        return result

    def _touch_stock(self):
        if products := self._stock_products():
            self.env["oms.channel.stock"]._touch(products.ids)

    def _stock_needs(self):
        """:return: what one of each listing takes: units by product id, by listing id; a
            listing without a product is left out
        :rtype: dict[int, dict[int, float]]
        """
        return {
            listing.id: {listing.product_id.id: listing.multiplier}
            for listing in self
            if listing.product_id
        }

    def _stock_products(self):
        """:return: the products these listings are made of"""
        return self.product_id

    @api.model
    def _of_products(self, channel, product_ids):
        """:return: the listings of a channel that are made of some products"""
        return self.search(
            [("channel_id", "=", channel.id), ("product_id", "in", list(product_ids))]
        )
