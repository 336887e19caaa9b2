"""Amazon: push stock and prices, one by one or in a feed."""

import json
from dataclasses import replace

from odoo import api, models

from odoo.addons.oms_addon.channels.outcomes import ItemsOutcome
from odoo.addons.oms_addon.exceptions import RateLimited, Unfinished
from odoo.addons.oms_addon.tools.paths import segment

from .feeds import JSON_TYPE, issues_text
from .parse_orders import MARKETPLACES
from .parse_reports import BY_AMAZON

#: maximum items pushed one by one, immediately; more go in a feed, which takes minutes
FEW = 50
FEED_BATCH = 5000
LISTINGS_FEED = "JSON_LISTINGS_FEED"
#: product type for updates that change only the offer
PRODUCT_TYPE = "PRODUCT"


class OmsChannelAdapterAmazon(models.AbstractModel):
    _inherit = "oms.channel.adapter.amazon"

    _can_push_stock = True
    _can_push_price = True
    _batch_sizes = {"stock": FEED_BATCH, "price": FEED_BATCH}

    @api.model
    def _push_stock(self, channel, key, items):
        """Override of `oms.channel.adapter`: zeros and a few items immediately, many in a feed."""
        return self._push_offers(channel, items, self._stock_patch)

    @api.model
    def _push_price(self, channel, key, items):
        """Override of `oms.channel.adapter`: as for stock."""
        return self._push_offers(channel, items, self._price_patch)

    @api.model
    def _stock_patch(self, channel, item):
        """:return: the patch of an offer's stock; ``None`` where Amazon manages it"""
        if item["item_ref"].startswith(BY_AMAZON):
            return None
        value = {"fulfillment_channel_code": "DEFAULT", "quantity": int(item["quantity"])}
        return {"op": "merge", "path": "/attributes/fulfillment_availability", "value": [value]}

    @api.model
    def _price_patch(self, channel, item):
        # JSON has no decimals; a float of two decimals converts back exactly.
        price = {"schedule": [{"value_with_tax": float(item["price"])}]}
        markets = self._account(channel)["markets"]
        value = [
            {"marketplace_id": market, "currency": item["currency"], "our_price": [price]}
            for market in markets
            if MARKETPLACES[market][2] == item["currency"]
        ]
        return {"op": "merge", "path": "/attributes/purchasable_offer", "value": value}

    @api.model
    def _push_offers(self, channel, items, prepare):
        """Push changes of offers.

        :param prepare: function that returns the patch of an item
        :rtype: outcomes.ItemsOutcome
        """
        patches = {n: prepare(channel, item) for n, item in enumerate(items)}
        by_amazon = [items[n]["sku"] for n, patch in patches.items() if patch is None]
        patches = {n: patch for n, patch in patches.items() if patch is not None}
        details = {"by_amazon": by_amazon} if by_amazon else {}
        failed = {
            n: self.env._("No marketplace of the account is in %s.", items[n]["currency"])
            for n, patch in patches.items()
            if not patch["value"]
        }
        patches = {n: patch for n, patch in patches.items() if patch["value"]}
        if not patches:
            return ItemsOutcome(failed=failed, details=details)
        is_urgent = not any(item.get("quantity") for item in items) and "price" not in items[0]
        if "feed" not in self._state() and (is_urgent or len(patches) <= FEW):
            found = self._patch_some(channel, items, patches)
        else:
            found = self._feed_or_patch(channel, items, patches)
        return replace(
            found, failed={**failed, **found.failed}, details={**details, **found.details}
        )

    @api.model
    def _feed_or_patch(self, channel, items, patches):
        """Push many items in a feed; one by one when no feed can be created, without delay."""
        try:
            return self._feed_offers(channel, items, patches)
        except Unfinished:
            raise
        except RateLimited:
            if "feed" in self._state():
                raise
            return self._patch_some(channel, items, patches)

    @api.model
    def _patch_some(self, channel, items, patches):
        """Push the first items one by one; the others later."""
        failed, positions = {}, list(patches)
        for done, position in enumerate(positions):
            if done == FEW:
                return ItemsOutcome(failed=failed, later=tuple(positions[done:]))
            try:
                problem = self._patiently(
                    lambda n=position: self._patch(channel, items[n]["sku"], patches[n]), done
                )
            except RateLimited:
                if not done:
                    raise
                return ItemsOutcome(failed=failed, later=tuple(positions[done:]))
            if problem:
                failed[position] = problem
        return ItemsOutcome(failed=failed)

    @api.model
    def _patch(self, channel, sku, patch):
        """Update one offer. :return: why Amazon rejects it; '' when accepted"""
        account = self._account(channel)
        answer = self._send_request(
            channel,
            "patchListingsItem",
            "PATCH",
            f"/listings/2021-08-01/items/{segment(account['seller'])}/{segment(sku)}",
            params={"marketplaceIds": account["markets"][0]},
            body={"productType": PRODUCT_TYPE, "patches": [patch]},
            accept=(400, 404),
        )
        reported = answer.json()
        issues = [i for i in reported.get("issues") or () if i.get("severity") == "ERROR"]
        issues += reported.get("errors") or ()
        if answer.status == 200 and reported.get("status") in ("ACCEPTED", "VALID"):
            return ""
        return issues_text(issues) or self.env._("Amazon rejected it without a reason.")

    @api.model
    def _feed_offers(self, channel, items, patches):
        """Push many items in one feed, whose messages are numbered by position."""
        account = self._account(channel)
        content = {
            "header": {"sellerId": account["seller"], "version": "2.0", "issueLocale": "en_US"},
            "messages": [
                {
                    "messageId": position + 1,
                    "sku": items[position]["sku"],
                    "operationType": "PATCH",
                    "productType": PRODUCT_TYPE,
                    "patches": [patch],
                }
                for position, patch in patches.items()
            ],
        }
        report = json.loads(
            self._feed(channel, LISTINGS_FEED, JSON_TYPE, json.dumps(content).encode()) or "{}"
        )
        failed = {}
        for issue in report.get("issues") or ():
            if issue.get("severity") == "ERROR" and issue.get("messageId"):
                failed.setdefault(issue["messageId"] - 1, issues_text([issue]))
        return ItemsOutcome(failed=failed, details={"feed": self._state().get("feed")})
