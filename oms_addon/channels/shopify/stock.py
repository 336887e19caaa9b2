"""Shopify: push stock and prices."""

import json
import uuid

from odoo import api, models

from odoo.addons.oms_addon.channels.outcomes import ItemsOutcome
from odoo.addons.oms_addon.channels.shopify import mutations
from odoo.addons.oms_addon.exceptions import RetryableError

from . import queries
from .parse_values import gid


class OmsChannelAdapterShopify(models.AbstractModel):
    _inherit = "oms.channel.adapter.shopify"

    @api.model
    def _push_stock(self, channel, key, items):
        """Override of `oms.channel.adapter`: compare and set; Shopify applies all or nothing.

        Rejected items are left out, and the others are set again.
        """
        waiting, failed = self._stock_inputs(channel, items)
        stale = {}
        while waiting:
            refused = self._set_stock(channel, key, waiting)
            if not refused:
                break
            for position, (code, message) in refused.items():
                given = waiting.pop(position)
                if code == "CHANGE_FROM_QUANTITY_STALE":
                    stale[position] = given
                else:
                    failed[position] = message
        known = self._levels(channel, stale.values()) if stale else {}
        for position, given in list(stale.items()):
            level = known.get((given["inventoryItemId"], given["locationId"]))
            if level is None:
                failed[position] = self.env._(
                    "The item is not stocked at this location in Shopify."
                )
        return ItemsOutcome(
            failed=failed,
            stale={
                position: known[given["inventoryItemId"], given["locationId"]]
                for position, given in stale.items()
                if position not in failed
            },
        )

    @api.model
    def _stock_inputs(self, channel, items):
        """:return: quantities to set by position, and why the others cannot be set"""
        waiting, failed, last = {}, {}, {}
        only = self._only_location(channel) if any(not i.get("location") for i in items) else ""
        for position, item in enumerate(items):
            location = item.get("location") or only
            if not location:
                failed[position] = self.env._("Map a Shopify location to a warehouse.")
            elif not item.get("item_ref"):
                failed[position] = self.env._("Fetch the listings of the store again.")
            else:
                # Shopify rejects two quantities for one location: the last one is used.
                waiting.pop(last.get((item["item_ref"], location)), None)
                last[item["item_ref"], location] = position
                waiting[position] = {
                    "inventoryItemId": gid("InventoryItem", item["item_ref"]),
                    "locationId": gid("Location", location),
                    "quantity": item["quantity"],
                    "changeFromQuantity": item.get("seen"),
                }
        return waiting, failed

    @api.model
    def _only_location(self, channel):
        """:return: the location of a store with only one, else ''"""
        places = [place["ref"] for place in self._fetch_locations(channel) if place["fulfils"]]
        return places[0] if len(places) == 1 else ""

    @api.model
    def _set_stock(self, channel, key, waiting):
        """Set quantities once.

        :return: (code, message) by position of rejected items; nothing was set then
        """
        positions, quantities = list(waiting), list(waiting.values())
        values = {
            "name": "available",
            "reason": "correction",
            "referenceDocumentUri": f"gid://oms-addon/Message/{key}",
            "quantities": quantities,
        }
        for attempt in range(3):
            # The key includes the content: Shopify accepts a key with the same content only.
            once = self._once(key, json.dumps(quantities), str(attempt))
            data = self._graphql(channel, mutations.SET_STOCK, {"input": values, "key": once})
            errors = data["inventorySetQuantities"]["userErrors"]
            codes = {error["code"] for error in errors}
            if "IDEMPOTENCY_CONCURRENT_REQUEST" in codes:
                raise RetryableError(self.env._("Shopify is still processing it."), seconds=5.0)
            if "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED" not in codes:
                break
        refused = {}
        for error in errors:
            index = next((int(part) for part in error["field"] or () if part.isdigit()), None)
            of = positions if index is None else positions[index : index + 1]
            refused |= {position: (error["code"], error["message"]) for position in of}
        return refused

    @api.model
    def _once(self, *parts):
        """:return: an idempotency key, the same for the same parts"""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, ":".join(parts)))

    @api.model
    def _levels(self, channel, places):
        """:return: Shopify's quantities, by (item, location)"""
        by_location = {}
        for place in places:
            by_location.setdefault(place["locationId"], set()).add(place["inventoryItemId"])
        levels = {}
        for location, items in by_location.items():
            variables = {"ids": sorted(items), "location": location}
            for node in self._graphql(channel, queries.LEVELS, variables, 50.0)["nodes"]:
                if node and node["inventoryLevel"]:
                    [quantity] = node["inventoryLevel"]["quantities"]
                    levels[node["id"], location] = quantity["quantity"]
        return levels

    @api.model
    def _push_price(self, channel, key, items):
        """Override of `oms.channel.adapter`: by product, in the store's currency."""
        ids = [gid("ProductVariant", item["ref"]) for item in items]
        data = self._graphql(channel, queries.VARIANTS, {"ids": ids}, 2.0 * len(ids))
        parents = {node["id"]: node["product"]["id"] for node in data["nodes"] if node}
        currency = data["shop"]["currencyCode"]
        failed, by_product = {}, {}
        for position, (variant, item) in enumerate(zip(ids, items, strict=True)):
            if variant not in parents:
                failed[position] = self.env._("The variant no longer exists in Shopify.")
            elif item["currency"] != currency:
                failed[position] = self.env._(
                    "The store's prices are in %(theirs)s, this price is in %(ours)s.",
                    theirs=currency,
                    ours=item["currency"],
                )
            else:
                by_product.setdefault(parents[variant], {})[position] = {
                    "id": variant,
                    "price": item["price"],
                }
        for product, variants in by_product.items():
            failed |= self._set_prices(channel, product, variants)
        return ItemsOutcome(failed=failed)

    @api.model
    def _set_prices(self, channel, product, variants):
        """:return: why prices were rejected, by position"""
        variables = {"product": product, "variants": list(variants.values())}
        data = self._graphql(channel, mutations.SET_PRICES, variables)
        failed, positions = {}, list(variants)
        for error in data["productVariantsBulkUpdate"]["userErrors"]:
            index = next((int(part) for part in error["field"] or () if part.isdigit()), None)
            of = positions if index is None else positions[index : index + 1]
            failed |= dict.fromkeys(of, error["message"])
        return failed
