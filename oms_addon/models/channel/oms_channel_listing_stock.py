"""Which goods a listing is made of."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

#: what decides how much of a listing there is
MADE_OF = {
    "product_id",
    "multiplier",
    "alias_of_id",
    "component_ids",
    "external_ref",
    "is_ignored",
    "status",
}


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

    def _components_changed(self):
        """What a bundle is made of is another now: it is mapped, and its stock another."""
        self.filtered(lambda l: l.matched_by != "hand").matched_by = "hand"
        self._after_mapping()
        self._touch_stock()

    def _touch_stock(self):
        if products := self._stock_products():
            self.env["oms.channel.stock"]._touch(products.ids)

    def _stock_needs(self):
        """:return: what one of each listing takes: units by product id, by listing id; a
            listing that is no product here, or is not offered any more, is left out
        :rtype: dict[int, dict[int, float]]
        """
        needs = {}
        for listing in self:
            if listing.state == "matched" and listing.status != "deleted":
                need = needs[listing.id] = defaultdict(float)
                for part in listing._parts():
                    need[part.product.id] += part.units
        return {listing_id: dict(need) for listing_id, need in needs.items()}

    def _stock_products(self):
        """:return: the products these listings are made of"""
        main = self.alias_of_id | self
        return main.product_id | main.component_ids.product_id

    @api.model
    def _of_products(self, channel, product_ids):
        """:return: the listings of a channel that are made of some products"""
        ids = list(product_ids)
        return self.search_fetch(
            Domain("channel_id", "=", channel.id)
            & Domain("state", "=", "matched")
            & Domain("status", "!=", "deleted")
            & (
                Domain("product_id", "in", ids)
                | Domain("component_ids.product_id", "in", ids)
                | Domain("alias_of_id.component_ids.product_id", "in", ids)
            ),
            ["state", "status", "product_id", "multiplier", "alias_of_id", "parent_ref"],
        )
