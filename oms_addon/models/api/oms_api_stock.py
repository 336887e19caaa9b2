"""Canonical API, outbound: Available to Sell."""

import math

from odoo import api, models

from odoo.addons.oms_addon.api.documents import AvailabilityPage, Available
from odoo.addons.oms_addon.documents.codec import write_part
from odoo.addons.oms_addon.documents.values import to_text


class OmsApi(models.AbstractModel):
    _inherit = "oms.api"

    @api.model
    def _read_availability(self, channel, skus, cursor, limit):
        """:return: (status, content, headers) for some SKUs, or for a page of all listings"""
        following = None
        if not skus:
            listings = self._listings(channel, cursor, limit + 1)
            shown = listings[:limit]
            skus = shown.mapped("sku")
            following = str(shown[-1].id) if len(listings) > limit else None
        rows = self._availability(channel, [to_text(sku) for sku in skus])
        page = AvailabilityPage(items=tuple(rows), next_cursor=following)
        return 200, write_part(page), {}

    @api.model
    def _listings(self, channel, cursor, limit):
        """:return: the listings of a channel after a cursor that are linked to one product"""
        domain = [("channel_id", "=", channel.id), ("product_id", "!=", False)]
        if cursor:
            domain.append(("id", ">", int(cursor)))
        return self.env["oms.channel.listing"].sudo().search(domain, order="id", limit=limit)

    @api.model
    def _availability(self, channel, skus):
        """Read the Available to Sell of SKUs on a channel.

        :param list skus: SKUs as the channel writes them
        :return: a row for each, in order
        :rtype: list[Available]
        """
        Listing = self.env["oms.channel.listing"].sudo()
        keys = [Listing._normalize_sku(sku) for sku in skus]
        needs, names = self._units_by_product(channel, keys)
        counts = self.env["oms.availability"].sudo()._available_sets(channel, needs)
        rows = []
        for sku, key in zip(skus, keys, strict=True):
            number = counts.get(key)
            state = {None: "unknown", math.inf: "unlimited"}.get(number, "counted")
            quantity = int(number) if state == "counted" else None
            rows.append(Available(sku=sku, name=names.get(key, ""), state=state, quantity=quantity))
        return rows

    @api.model
    def _units_by_product(self, channel, keys):
        """:return: units by product id, and names, of the listing or product of each known SKU
        key
        """
        Listing = self.env["oms.channel.listing"].sudo()
        listings = Listing.search([("channel_id", "=", channel.id), ("sku_key", "in", keys)])
        of_listing = listings._stock_needs()
        needs = {l.sku_key: of_listing[l.id] for l in listings if l.id in of_listing}
        names = {l.sku_key: l.name or l.product_id.name for l in listings if l.id in of_listing}
        rest = [key for key in keys if key and key not in needs]
        found, _barcodes = Listing._resolve(channel, rest) if rest else ({}, {})
        for key, (product, units) in found.items():
            needs[key] = {product.id: units}
            names[key] = product.name
        return needs, names
