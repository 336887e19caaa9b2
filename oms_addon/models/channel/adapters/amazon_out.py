"""Amazon, through the Selling Partner API: what goes out."""

import json
import time
import zlib
from datetime import timedelta
from decimal import Decimal
from urllib.parse import quote

from lxml import etree

from odoo import api, models

from odoo.addons.oms_addon.exceptions import FinalError, RateLimited, Unfinished
from odoo.addons.oms_addon.tools.amazon_orders import MARKETPLACES, ZERO
from odoo.addons.oms_addon.tools.amazon_reports import BY_AMAZON

from .amazon import iso, now

#: up to so many items are told one by one, at once; more go in a feed, which takes minutes
FEW = 50
FEED_BATCH = 5000
FEED_SECONDS = 30
#: waits for a rate limit that are shorter than starting again
NAP = 2.0
NAPS = 20
LISTINGS_FEED = "JSON_LISTINGS_FEED"
ACKNOWLEDGEMENT_FEED = "POST_ORDER_ACKNOWLEDGEMENT_DATA"
ADJUSTMENT_FEED = "POST_PAYMENT_ADJUSTMENT_DATA"
JSON_TYPE, XML_TYPE = "application/json; charset=UTF-8", "text/xml; charset=UTF-8"
#: what any product may be called when only its offer changes
PRODUCT_TYPE = "PRODUCT"

CANCEL_REASONS = {"inventory": "NoInventory", "customer": "BuyerCanceled"}
OTHER_REASON = "GeneralAdjustment"
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
#: what is on an order besides its items
BESIDES = ("shipping", "gift_wrap", "cod", "other", "tip", "tax")


class OmsChannelAdapterAmazon(models.AbstractModel):
    _inherit = "oms.channel.adapter.amazon"

    _can_push_shipment = True
    _can_push_cancellation = True
    _can_push_refund = True
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
        return _in_words(issues) or self.env._("Amazon refuses it without a reason.")

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
                failed.setdefault(str(issue["messageId"] - 1), _in_words([issue]))
        return {"failed": failed, "feed": self._state().get("feed")}

    # === CANCELLATIONS AND REFUNDS === #

    @api.model
    def _push_cancellation(self, channel, key, cancellation):
        """Override of `oms.channel.adapter`: the whole order, or pieces of it.

        Refusing an order of which something left would give all its money back: what is left
        of such an order is cancelled by pieces.
        """
        ref = cancellation["order_ref"]
        reason = CANCEL_REASONS.get(cancellation["reason"], OTHER_REASON)
        if not (lines := self._state().get("lines")):
            lines = self._cancelled_lines(channel, ref, cancellation["lines"])
        if lines["is_whole"]:
            kind, content = ACKNOWLEDGEMENT_FEED, self._refusal(channel, ref, reason, lines)
        else:
            reason = reason if reason in CANCEL_REASONS.values() else "NoInventory"
            kind, content = ADJUSTMENT_FEED, self._partial(channel, ref, reason, lines, key)
        try:
            self._feed(channel, kind, XML_TYPE, content)
        except Unfinished as error:
            error.state["lines"] = lines
            raise
        return {"feed": self._state().get("feed")}

    @api.model
    def _cancelled_lines(self, channel, ref, lines):
        """:return: which pieces are to be cancelled, and whether that is the whole order"""
        items = self._items(channel, ref)
        left = {i["OrderItemId"]: i["QuantityOrdered"] - i.get("QuantityShipped", 0) for i in items}
        wanted = {
            line["line_ref"]: int(Decimal(str(line["quantity"])))
            for line in lines
            if line["line_ref"] in left
        } or left
        counts = {item: min(count, left[item]) for item, count in wanted.items() if left[item] > 0}
        if not counts:
            raise FinalError(
                self.env._(
                    "Nothing of order %(order)s is left to cancel on Amazon: it was shipped or "
                    "cancelled there. Give the money back instead.",
                    order=ref,
                )
            )
        nothing_left = not any(item.get("QuantityShipped") for item in items)
        is_whole = nothing_left and counts == {i: n for i, n in left.items() if n > 0}
        return {"is_whole": is_whole, "counts": counts}

    @api.model
    def _refusal(self, channel, ref, reason, lines):
        """:return: the feed that refuses a whole order"""
        envelope, message = self._envelope(channel, "OrderAcknowledgement")
        order = etree.SubElement(message, "OrderAcknowledgement")
        _add(order, "AmazonOrderID", ref)
        _add(order, "StatusCode", "Failure")
        for item_ref in lines["counts"]:
            item = etree.SubElement(order, "Item")
            _add(item, "AmazonOrderItemCode", item_ref)
            _add(item, "CancelReason", reason)
        return _xml(envelope)

    @api.model
    def _partial(self, channel, ref, reason, lines, key):
        """:return: the feed that cancels some pieces of an order"""
        envelope, message = self._envelope(channel, "OrderAdjustment")
        order = etree.SubElement(message, "OrderAdjustment")
        _add(order, "AmazonOrderID", ref)
        for item_ref, count in lines["counts"].items():
            item = etree.SubElement(order, "AdjustedItem")
            _add(item, "AmazonOrderItemCode", item_ref)
            _add(item, "MerchantAdjustmentItemID", _short(key, item_ref))
            _add(item, "AdjustmentReason", reason)
            _add(item, "QuantityCancelled", str(count))
        return _xml(envelope)

    @api.model
    def _push_refund(self, channel, key, refund):
        """Override of `oms.channel.adapter`: by a feed, of which there is never a second one."""
        if not (shares := self._state().get("shares")):
            shares = self._refund_shares(channel, refund)
        envelope, message = self._envelope(channel, "OrderAdjustment")
        order = etree.SubElement(message, "OrderAdjustment")
        _add(order, "AmazonOrderID", refund["order_ref"])
        comes_back = any(line.get("restock") for line in refund["lines"])
        for item_ref, components in shares.items():
            item = etree.SubElement(order, "AdjustedItem")
            _add(item, "AmazonOrderItemCode", item_ref)
            _add(item, "MerchantAdjustmentItemID", _short(key, item_ref))
            _add(item, "AdjustmentReason", "CustomerReturn" if comes_back else OTHER_REASON)
            adjustments = etree.SubElement(item, "ItemPriceAdjustments")
            for kind, amount in components.items():
                component = etree.SubElement(adjustments, "Component")
                _add(component, "Type", kind)
                _add(component, "Amount", amount).set("currency", refund["currency"])
        try:
            self._feed(channel, ADJUSTMENT_FEED, XML_TYPE, _xml(envelope), once=True)
        except Unfinished as error:
            error.state["shares"] = shares
            raise
        return {"refund_ref": f"feed-{self._state()['feed']}"}

    @api.model
    def _refund_shares(self, channel, refund):
        """Say of which items a refund is: Amazon knows no other.

        What no line explains is taken off the items, the dearest first.

        :return: amounts as texts, by kind and by item id
        :rtype: dict[str, dict[str, str]]
        :raise FinalError: when the order has no items there, or they cost less
        """
        shipping = Decimal(refund.get("shipping") or "0")
        rest = Decimal(refund["amount"]) - shipping
        principal = {}
        for line in refund["lines"]:
            if line["line_ref"] and line["line_ref"].split(":")[0] not in BESIDES:
                amount = min(Decimal(line.get("amount") or "0"), rest)
                principal[line["line_ref"]] = principal.get(line["line_ref"], ZERO) + amount
                rest -= amount
        items = self._items(channel, refund["order_ref"]) if rest > 0 or not principal else []
        prices = {
            item["OrderItemId"]: Decimal((item.get("ItemPrice") or {}).get("Amount") or "0")
            for item in items
        }
        for item_ref, price in sorted(prices.items(), key=lambda pair: -pair[1]):
            amount = min(rest, price - principal.get(item_ref, ZERO))
            if amount > 0:
                principal[item_ref] = principal.get(item_ref, ZERO) + amount
                rest -= amount
        if rest > 0 and items:
            raise FinalError(
                self.env._(
                    "%(amount)s %(currency)s of the refund are left over: the items of order "
                    "%(order)s cost no more on Amazon. Ask for a refund that says what of it is "
                    "for the shipping, or give the money back in Seller Central.",
                    amount=f"{rest:.2f}",
                    currency=refund["currency"],
                    order=refund["order_ref"],
                )
            )
        shares = {r: {"Principal": f"{a:.2f}"} for r, a in principal.items() if a > 0}
        if shipping > 0:
            first = next(iter(shares), next(iter(principal), next(iter(prices), "")))
            shares.setdefault(first, {})["Shipping"] = f"{shipping:.2f}"
        if not shares or "" in shares:
            raise FinalError(
                self.env._(
                    "Order %(order)s has nothing on Amazon that money can be given back for.",
                    order=refund["order_ref"],
                )
            )
        return shares

    @api.model
    def _envelope(self, channel, kind):
        """:return: an XML feed, and its one message to be filled"""
        envelope = etree.Element("AmazonEnvelope")
        header = etree.SubElement(envelope, "Header")
        _add(header, "DocumentVersion", "1.01")
        _add(header, "MerchantIdentifier", self._account(channel)["seller"])
        _add(envelope, "MessageType", kind)
        message = etree.SubElement(envelope, "Message")
        _add(message, "MessageID", "1")
        if kind == "OrderAdjustment":
            _add(message, "OperationType", "Update")
        return envelope, message

    # === FEEDS === #

    @api.model
    def _feed(self, channel, kind, content_type, content, once=False):
        """Have Amazon take a feed, over several tries of the same message.

        :param bool once: whether a second feed of the same content would do harm
        :return: what came of it: the text of its result, '' when there is none
        :rtype: str
        :raise Unfinished: while Amazon works on it
        :raise FinalError: when Amazon refuses it
        """
        state = self._state()
        if "feed" not in state:
            document = state.get("document") or self._upload(channel, content_type, content)
            if once and "document" not in state:
                # Written down before anything happens: a lost answer is recognised then.
                at = iso(now() - timedelta(seconds=5))
                raise self._unfinished({"document": document, "kind": kind, "at": at}, 1)
            feed = once and self._lost_feed(channel, state)
            feed = feed or self._create_feed(channel, kind, document)
            raise self._unfinished({"feed": feed, "kind": kind})
        path = f"/feeds/2021-06-30/feeds/{quote(state['feed'], safe='')}"
        told = self._ask(channel, "getFeed", "GET", path).json()
        if told["processingStatus"] in ("IN_QUEUE", "IN_PROGRESS"):
            raise self._unfinished(state)
        result = self._feed_result(channel, told.get("resultFeedDocumentId"))
        if told["processingStatus"] != "DONE":
            raise FinalError(
                self.env._(
                    "Amazon did not carry out feed %(feed)s (%(status)s): %(why)s",
                    feed=state["feed"],
                    status=told["processingStatus"],
                    why=_first_problem(result) or "?",
                )
            )
        if content_type == XML_TYPE and (problem := _first_problem(result)):
            raise FinalError(self.env._("Amazon refuses it: %(why)s", why=problem))
        return result

    @api.model
    def _unfinished(self, state, seconds=FEED_SECONDS):
        return Unfinished(self.env._("Amazon works on it."), state, seconds=seconds)

    @api.model
    def _upload(self, channel, content_type, content):
        """:return: the id of a document that now holds the content"""
        told = self._ask(
            channel,
            "createFeedDocument",
            "POST",
            "/feeds/2021-06-30/documents",
            body={"contentType": content_type},
        ).json()
        headers = {"Content-Type": content_type}
        self._store(channel, "PUT", told["url"], body=content, headers=headers)
        return told["feedDocumentId"]

    @api.model
    def _create_feed(self, channel, kind, document):
        body = {
            "feedType": kind,
            "marketplaceIds": self._account(channel)["markets"],
            "inputFeedDocumentId": document,
        }
        told = self._ask(channel, "createFeed", "POST", "/feeds/2021-06-30/feeds", body=body)
        return told.json()["feedId"]

    @api.model
    def _lost_feed(self, channel, state):
        """Look for a feed of ours whose id never reached us.

        :return: its id; ``None`` when there is none
        :raise FinalError: when it cannot be told whose it is
        """
        params = {"feedTypes": state["kind"], "createdSince": state["at"], "pageSize": 100}
        told = self._ask(channel, "getFeeds", "GET", "/feeds/2021-06-30/feeds", params=params)
        found = {feed["feedId"] for feed in told.json()["feeds"]}
        if not found:
            return None
        others = self._other_states(channel)
        found -= {str(other.get("feed")) for other in others}
        found -= {str(other.get("refund_ref", "")).removeprefix("feed-") for other in others}
        if not found:
            return None
        if len(found) == 1 and not any(
            other.get("kind") == state["kind"] and "feed" not in other for other in others
        ):
            return found.pop()
        raise FinalError(
            self.env._(
                "It is not certain whether Amazon took this: see in Seller Central whether the "
                "money was given back, and retry only when it was not."
            )
        )

    @api.model
    def _other_states(self, channel):
        """:return: what is known of the other messages that go by feeds"""
        message = self.env.context.get("oms_message")
        domain = [
            ("channel_id", "=", channel.id),
            ("direction", "=", "out"),
            ("topic", "in", ("refund", "cancellation")),
            ("id", "!=", message.id if message else 0),
            ("write_date", ">=", now().replace(tzinfo=None) - timedelta(days=2)),
        ]
        found = self.env["oms.channel.message"].sudo().search(domain)
        return [result for result in found.mapped("result") if result]

    @api.model
    def _feed_result(self, channel, document):
        if not document:
            return ""
        path = f"/feeds/2021-06-30/documents/{quote(document, safe='')}"
        return self._download(channel, self._ask(channel, "getFeedDocument", "GET", path).json())


# === SMALL THINGS === #


def _add(parent, name, text):
    element = etree.SubElement(parent, name)
    element.text = text
    return element


def _xml(envelope):
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


def _short(key, item_ref):
    """:return: a name of an adjustment, the same at every try"""
    return f"{zlib.crc32(f'{key}:{item_ref}'.encode()):08x}-{item_ref}"


def _in_words(issues):
    """:return: what Amazon says of what is wrong"""
    return "; ".join(
        f"{issue.get('message') or issue.get('code') or ''} ({issue.get('code')})"
        for issue in issues
    )


def _first_problem(result):
    """:return: the first error in the result of a feed, '' when there is none"""
    if not result:
        return ""
    if result.lstrip().startswith("{"):
        issues = [i for i in json.loads(result).get("issues") or () if i["severity"] == "ERROR"]
        return _in_words(issues[:1])
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        report = etree.fromstring(result.encode(), parser)
    except etree.XMLSyntaxError:
        return result[:200]
    for found in report.iter("Result"):
        if found.findtext("ResultCode") == "Error":
            return f"{found.findtext('ResultDescription')} ({found.findtext('ResultMessageCode')})"
    return ""
