"""Amazon, through the Selling Partner API: shipments, stock and prices that go out."""

import json
import time
import zlib
from decimal import Decimal
from urllib.parse import quote

from odoo import api, models

from odoo.addons.oms_addon.exceptions import RateLimited, Unfinished
from odoo.addons.oms_addon.tools.amazon_orders import MARKETPLACES
from odoo.addons.oms_addon.tools.amazon_reports import BY_AMAZON

from .amazon_feeds import JSON_TYPE, in_words

#: up to so many items are told one by one, at once; more go in a feed, which takes minutes
FEW = 50
FEED_BATCH = 5000
#: waits for a rate limit that are shorter than starting again
NAP = 2.0
NAPS = 20
LISTINGS_FEED = "JSON_LISTINGS_FEED"
#: what any product may be called when only its offer changes
PRODUCT_TYPE = "PRODUCT"

#: Amazon's codes of carriers, by what their names contain
CARRIERS = (
    ("dhl ecommerce", "DHL eCommerce"),
    ("dhl", "DHL"),
    ("ups", "UPS"),
    ("fedex", "FedEx"),
    ("usps", "USPS"),
    ("royal mail", "Royal Mail"),
    ("parcelforce", "Parcelforce"),
    ("dpd", "DPD"),
    ("gls", "GLS"),
    ("evri", "Evri"),
    ("hermes", "Hermes"),
    ("colissimo", "Colissimo"),
    ("chronopost", "Chronopost"),
    ("la poste", "La Poste"),
    ("deutsche post", "Deutsche Post"),
    ("postnl", "PostNL"),
    ("correos", "Correos"),
    ("seur", "SEUR"),
    ("poste italiane", "Poste Italiane"),
    ("brt", "BRT"),
    ("bpost", "BPOST"),
    ("tnt", "TNT"),
    ("canada post", "Canada Post"),
    ("australia post", "Australia Post"),
    ("yamato", "YAMATO"),
    ("sagawa", "SAGAWA"),
)


class OmsChannelAdapterAmazon(models.AbstractModel):
    _inherit = "oms.channel.adapter.amazon"

    _can_push_shipment = True
    _can_push_stock = True
    _can_push_price = True
    _batch_sizes = {"stock": FEED_BATCH, "price": FEED_BATCH}

    # === SHIPMENTS === #

    @api.model
    def _push_shipment(self, channel, key, shipment):
        """Override of `oms.channel.adapter`: each parcel, with what is in it.

        A parcel has the same number at every try: Amazon corrects it, and makes no second.
        """
        ref = shipment["order_ref"]
        lines = [line for line in shipment["lines"] if line["line_ref"]] or self._all_items(
            channel, ref
        )
        parcels = shipment["parcels"] or [{"carrier": "", "carrier_code": "", "number": ""}]
        told = []
        for position, (parcel, items) in enumerate(self._share(parcels, lines)):
            told.append(self._confirm(channel, shipment, position, parcel, items))
        return {"packages": told}

    @api.model
    def _all_items(self, channel, ref):
        """:return: all items of an order that did not leave yet, as lines of a shipment"""
        return [
            {"line_ref": item["OrderItemId"], "quantity": open_}
            for item in self._items(channel, ref)
            if (open_ := item["QuantityOrdered"] - item.get("QuantityShipped", 0)) > 0
        ]

    @api.model
    def _share(self, parcels, lines):
        """Say what is in each parcel. Nobody knows; Amazon wants at least one piece in each.

        :return: pairs (parcel, lines); parcels for which no piece is left are left out
        """
        rest = [[line["line_ref"], int(Decimal(str(line["quantity"])))] for line in lines]
        rest = [pair for pair in rest if pair[1] > 0]
        others = []
        for parcel in parcels[1:]:
            if sum(count for _ref, count in rest) <= 1:
                break
            rest[-1][1] -= 1
            others.append((parcel, [[rest[-1][0], 1]]))
            rest = [pair for pair in rest if pair[1]]
        return [(parcels[0], rest), *others]

    @api.model
    def _confirm(self, channel, shipment, position, parcel, items):
        """Tell one parcel. :return: its number there"""
        ref, name = shipment["order_ref"], shipment["shipment_ref"]
        package = str(zlib.crc32(f"{name}:{position}".encode()) % 10**9 + 1)
        code, carrier = self._carrier(parcel)
        detail = {
            "packageReferenceId": package,
            "carrierCode": code,
            **({"carrierName": carrier} if code == "Other" else {}),
            # Untracked mail has no number; Amazon wants one all the same.
            "trackingNumber": parcel.get("number") or name,
            "shipDate": f"{shipment['shipped_at'][:19].replace(' ', 'T')}Z",
            "orderItems": [{"orderItemId": item, "quantity": count} for item, count in items],
        }
        body = {"marketplaceId": self._market(channel, ref), "packageDetail": detail}
        body |= {"codCollectionMethod": "DirectPayment"} if self._is_cash(channel) else {}
        path = f"/orders/v0/orders/{quote(ref, safe='')}/shipmentConfirmation"
        self._patiently(
            lambda: self._ask(channel, "confirmShipment", "POST", path, body=body), position
        )
        return package

    @api.model
    def _carrier(self, parcel):
        """:return: Amazon's code of a parcel's carrier, and its name where the code is Other"""
        name = parcel.get("carrier") or ""
        if parcel.get("carrier_code"):
            return parcel["carrier_code"], name
        words = f" {name.casefold()} "
        found = next((code for part, code in CARRIERS if f" {part} " in words), None)
        return (found, name) if found else ("Other", name or "Other")

    @api.model
    def _is_cash(self, channel):
        """:return: whether parcels are paid at the door, which only Japan wants to be told"""
        return channel.payment_policy == "cod" and self._currency(channel) == "JPY"

    @api.model
    def _market(self, channel, ref):
        """:return: the marketplace an order was placed on"""
        markets = self._account(channel)["markets"]
        if len(markets) == 1:
            return markets[0]
        message = self.env["oms.channel.message"].sudo()
        message = message.search(
            [("channel_id", "=", channel.id), ("direction", "=", "in"), ("order_ref", "=", ref)],
            order="id desc",
            limit=1,
        )
        try:
            document = message and self._parse(channel, message.topic, message._raw_payload())
        except ValueError:
            document = None
        told = (getattr(document, "extra", None) or {}).get("marketplace")
        if told in markets:
            return told
        order = self._get_order(channel, ref) or {}
        told = order.get("MarketplaceId") or (order.get("salesChannel") or {}).get("marketplaceId")
        return told or markets[0]

    # === STOCK AND PRICES === #

    @api.model
    def _push_stock(self, channel, key, items):
        """Override of `oms.channel.adapter`: zeros and a few at once, many in a feed."""
        return self._push_offers(channel, items, self._stock_patch)

    @api.model
    def _push_price(self, channel, key, items):
        """Override of `oms.channel.adapter`: as stock is told."""
        return self._push_offers(channel, items, self._price_patch)

    @api.model
    def _stock_patch(self, channel, item):
        """:return: what changes of an offer; ``None`` where Amazon counts its own stock"""
        if item["item_ref"].startswith(BY_AMAZON):
            return None
        value = {"fulfillment_channel_code": "DEFAULT", "quantity": int(item["quantity"])}
        return {"op": "merge", "path": "/attributes/fulfillment_availability", "value": [value]}

    @api.model
    def _price_patch(self, channel, item):
        # JSON has one kind of number; the text of two decimals is the same there and back.
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
        """Tell what changes of offers.

        :param prepare: makes the patch of an item
        :return: as of ``_push_stock``
        """
        patches = {n: prepare(channel, item) for n, item in enumerate(items)}
        by_amazon = [items[n]["sku"] for n, patch in patches.items() if patch is None]
        patches = {n: patch for n, patch in patches.items() if patch is not None}
        answer = {"by_amazon": by_amazon} if by_amazon else {}
        failed = {
            str(n): self.env._("No marketplace of the account sells in %s.", items[n]["currency"])
            for n, patch in patches.items()
            if not patch["value"]
        }
        patches = {n: patch for n, patch in patches.items() if patch["value"]}
        if not patches:
            return {**answer, "failed": failed}
        is_urgent = not any(item.get("quantity") for item in items) and "price" not in items[0]
        if "feed" not in self._state() and (is_urgent or len(patches) <= FEW):
            found = self._patch_some(channel, items, patches)
        else:
            found = self._feed_or_patch(channel, items, patches)
        return {**answer, **found, "failed": {**failed, **found.get("failed", {})}}

    @api.model
    def _feed_or_patch(self, channel, items, patches):
        """Tell many items in a feed; one by one while no feed can be made: nothing waits."""
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
        """Tell the first items one by one; the others are told next."""
        failed, positions = {}, list(patches)
        for done, position in enumerate(positions):
            if done == FEW:
                return {"failed": failed, "later": positions[done:]}
            try:
                problem = self._patiently(
                    lambda n=position: self._patch(channel, items[n]["sku"], patches[n]), done
                )
            except RateLimited:
                if not done:
                    raise
                return {"failed": failed, "later": positions[done:]}
            if problem:
                failed[str(position)] = problem
        return {"failed": failed}

    @api.model
    def _patch(self, channel, sku, patch):
        """Change one offer. :return: why Amazon refuses; '' when it takes it"""
        account = self._account(channel)
        answer = self._ask(
            channel,
            "patchListingsItem",
            "PATCH",
            f"/listings/2021-08-01/items/{account['seller']}/{quote(sku, safe='')}",
            params={"marketplaceIds": account["markets"][0]},
            body={"productType": PRODUCT_TYPE, "patches": [patch]},
            accept=(400, 404),
        )
        told = answer.json()
        issues = [i for i in told.get("issues") or () if i.get("severity") == "ERROR"]
        issues += told.get("errors") or ()
        if answer.status == 200 and told.get("status") in ("ACCEPTED", "VALID"):
            return ""
        return in_words(issues) or self.env._("Amazon refuses it without a reason.")

    @api.model
    def _patiently(self, call, done):
        """Make a call of a row; a short wait for the limit is waited here, once under way.

        :param int done: how many of the row were made before
        """
        for _nap in range(NAPS):
            try:
                return call()
            except RateLimited as error:
                if not done or not error.seconds or error.seconds > NAP:
                    raise
                time.sleep(error.seconds)
        return call()

    @api.model
    def _feed_offers(self, channel, items, patches):
        """Tell many items in one feed, whose messages are numbered by their position."""
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
                failed.setdefault(str(issue["messageId"] - 1), in_words([issue]))
        return {"failed": failed, "feed": self._state().get("feed")}
