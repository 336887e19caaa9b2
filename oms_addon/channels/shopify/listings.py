"""Shopify: fetch listings, locations and taxes."""

from collections import Counter
from decimal import Decimal

from odoo import api, models
from odoo.tools import split_every

from odoo.addons.oms_addon.documents.channel import Listing
from odoo.addons.oms_addon.tools.paging import Pages

from . import queries
from .parse_values import amount_of, gid, id_of, percent_of

# Variants per query: its cost must not exceed 1,000 points, see queries.py.
LISTINGS = 20
LISTED = 100


class OmsChannelAdapterShopify(models.AbstractModel):
    _inherit = "oms.channel.adapter.shopify"

    @api.model
    def _fetch_listings(self, channel, cursor=None):
        """Override of `oms.channel.adapter`: a row for each variant and location."""
        variables = {"first": LISTINGS, "after": cursor}
        data = self._graphql(channel, queries.LISTINGS, variables, 300.0)
        page = data["productVariants"]
        currency = data["shop"]["currencyCode"]
        for node in page["nodes"]:
            self._complete_levels(channel, node["inventoryItem"])
        rows = self._parse_each(channel, page["nodes"], lambda node: self._listings(node, currency))
        following = page["pageInfo"]["hasNextPage"] and page["pageInfo"]["endCursor"]
        return rows, following or None

    @api.model
    def _complete_levels(self, channel, item):
        """Fetch the further locations of inventory items."""
        page = item["inventoryLevels"]
        page["nodes"] += self._rest(
            channel,
            queries.MORE_LEVELS,
            item["id"],
            lambda data: data["node"]["inventoryLevels"],
            page,
        )

    @api.model
    def _listings(self, node, currency):
        """:return: the rows of one variant"""
        product, item = node["product"], node["inventoryItem"]
        preview = (product["featuredMedia"] or {}).get("preview") or {}
        title = node["title"] if node["title"] != "Default Title" else ""
        values = {
            "ref": id_of(node["id"]),
            "item_ref": id_of(item["id"]),
            "parent_ref": id_of(product["id"]),
            "sku": node["sku"] or "",
            "barcode": node["barcode"] or "",
            "name": " - ".join(filter(None, (product["title"], title))),
            "price": amount_of(node["price"]),
            "currency": currency,
            "stock_mode": "own" if item["tracked"] else "none",
            "image_url": (preview.get("image") or {}).get("url") or "",
            "status": "active" if product["status"] == "ACTIVE" else "inactive",
        }
        levels = item["inventoryLevels"]["nodes"] if item["tracked"] else []
        return [
            Listing(
                **values,
                location_ref=id_of(level["location"]["id"]),
                quantity=Decimal(level["quantities"][0]["quantity"]),
            )
            for level in levels
        ] or [Listing(**values)]

    @api.model
    def _find_listed(self, channel, listings):
        """Override of `oms.channel.adapter`: variants by id."""
        found = set()
        for refs in split_every(LISTED, listings.mapped("external_ref"), list):
            ids = [gid("ProductVariant", ref) for ref in refs]
            data = self._graphql(channel, queries.VARIANTS, {"ids": ids}, 2.0 * len(ids))
            found |= {id_of(node["id"]) for node in data["nodes"] if node}
        return found

    @api.model
    def _fetch_locations(self, channel):
        """Override of `oms.channel.adapter`: fulfillment services ship themselves."""
        found, page, pages = [], {"pageInfo": {"hasNextPage": True, "endCursor": None}}, Pages()
        while page["pageInfo"]["hasNextPage"]:
            after = page["pageInfo"]["endCursor"]
            self._turn(channel, pages, after)
            page = self._graphql(channel, queries.LOCATIONS, {"after": after}, 102)["locations"]
            found += page["nodes"]
        return [
            {
                "ref": id_of(location["id"]),
                "name": location["name"],
                "fulfils": location["fulfillsOnlineOrders"]
                and not location["isFulfillmentService"],
            }
            for location in found
        ]

    @api.model
    def _fetch_taxes(self, channel):
        """Override of `oms.channel.adapter`: rates in the latest orders; Shopify has no list."""
        taxes = {}
        for order in self._graphql(channel, queries.TAXES_SEEN, cost=202.0)["orders"]["nodes"]:
            seen = Counter()
            for tax in order["taxLines"]:
                if tax["rate"] is None:
                    continue
                rate, name = percent_of(tax["rate"]), tax["title"] or ""
                key = rate, order["taxesIncluded"], name
                # The taxes of one order apply together.
                taxes[key] = max(taxes.get(key, 0), seen[rate])
                seen[rate] += 1
        return [
            {"name": name, "rate": rate, "included": included, "priority": priority}
            for (rate, included, name), priority in sorted(taxes.items())
        ]
