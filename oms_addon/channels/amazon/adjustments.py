"""Amazon (Selling Partner API): push cancellations and refunds."""

import zlib
from decimal import Decimal

from lxml import etree

from odoo import api, models

from odoo.addons.oms_addon.channels.outcomes import RefundOutcome
from odoo.addons.oms_addon.exceptions import FinalError, Unfinished

from .feeds import XML_TYPE
from .parse_orders import MARKETPLACES, TAX_ADDED
from .parse_shares import refund_shares

ACKNOWLEDGEMENT_FEED = "POST_ORDER_ACKNOWLEDGEMENT_DATA"
ADJUSTMENT_FEED = "POST_PAYMENT_ADJUSTMENT_DATA"

CANCEL_REASONS = {"inventory": "NoInventory", "customer": "BuyerCanceled"}
OTHER_REASON = "GeneralAdjustment"


class OmsChannelAdapterAmazon(models.AbstractModel):
    _inherit = "oms.channel.adapter.amazon"

    _can_push_cancellation = True
    _can_push_refund = True

    @api.model
    def _push_cancellation(self, channel, key, cancellation):
        """Override of `oms.channel.adapter`: the whole order, or some of its units.

        Amazon refunds all of a refused order: the rest of a partly shipped order is cancelled by
        units instead.
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
        return RefundOutcome(details={"feed": self._state().get("feed")})

    @api.model
    def _cancelled_lines(self, channel, ref, lines):
        """:return: the units to cancel by item, and whether that is the whole order"""
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
                    "All items of order %(order)s are already shipped or cancelled on Amazon. "
                    "Refund the order instead.",
                    order=ref,
                )
            )
        nothing_left = not any(item.get("QuantityShipped") for item in items)
        is_whole = nothing_left and counts == {i: n for i, n in left.items() if n > 0}
        return {"is_whole": is_whole, "counts": counts}

    @api.model
    def _refusal(self, channel, ref, reason, lines):
        """:return: the feed that cancels a whole order"""
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
        """:return: the feed that cancels some units of an order"""
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
        """Override of `oms.channel.adapter`: by a feed, which is never submitted twice."""
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
        return RefundOutcome(refund_ref=f"feed-{self._state()['feed']}")

    @api.model
    def _refund_shares(self, channel, refund):
        """Distribute a refund over items, as Amazon accepts refunds by item only.

        :return: amounts as texts, by component and by item id
        :rtype: dict[str, dict[str, str]]
        :raise FinalError: when the order has nothing refundable on Amazon, or less than the amount
        """
        ref = refund["order_ref"]
        country = MARKETPLACES[self._market(channel, ref)][0]
        shares, left = refund_shares(self._items(channel, ref), refund, country in TAX_ADDED)
        if left and shares:
            raise FinalError(
                self.env._(
                    "%(amount)s %(currency)s of the refund exceed the price of the items of "
                    "order %(order)s on Amazon. Request a refund that includes the shipping "
                    "amount, or refund in Seller Central.",
                    amount=f"{left:.2f}",
                    currency=refund["currency"],
                    order=ref,
                )
            )
        if not shares:
            raise FinalError(
                self.env._(
                    "Order %(order)s has no refundable amount left on Amazon.",
                    order=ref,
                )
            )
        return shares

    @api.model
    def _envelope(self, channel, kind):
        """:return: an XML feed, and its empty message"""
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


# === HELPERS === #


def _add(parent, name, text):
    element = etree.SubElement(parent, name)
    element.text = text
    return element


def _xml(envelope):
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


def _short(key, item_ref):
    """:return: the id of an adjustment, the same at every attempt"""
    return f"{zlib.crc32(f'{key}:{item_ref}'.encode()):08x}-{item_ref}"
