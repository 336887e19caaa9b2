"""Distribute a refund over an order's items and their components, as Amazon requires.

Amazon accepts a refund by item and component: price, shipping and gift wrap of an item, each up to
the paid amount, and the seller's tax on them. Tax that Amazon collects itself is refunded by Amazon
in proportion, so it is not sent, but counts as refunded.
"""

from decimal import Decimal
from typing import NamedTuple

from odoo.addons.oms_addon.tools.shares import rounded, spread_within

from .parse_v0 import read_item
from .parse_values import CENT, ONE, WHOLE, ZERO

#: names of a part of an item, and of the tax added to it, in a refund
COMPONENTS = {
    "product": ("Principal", "Tax"),
    "shipping": ("Shipping", "ShippingTax"),
    "gift_wrap": ("GiftWrap", "GiftWrapTax"),
    "cod": ("COD", "CODTax"),
}


class Paid(NamedTuple):
    """The amount paid for one part of an item; ``tax`` is added to the price."""

    item: str
    sku: str
    kind: str
    price: Decimal
    tax: Decimal
    by_amazon: bool

    @property
    def whole(self):
        return self.price + self.tax


def refund_shares(items, refund, adds_tax):
    """Distribute a refund exactly over the paid amounts.

    The amount of a line goes to its item or kind; shipping is distributed over all items in
    proportion to theirs; the rest in proportion to what is left of each item.

    :param list items: the items of the order, in version 0
    :param dict refund: as for ``oms.channel.adapter`` ``_push_refund``
    :param bool adds_tax: whether prices are without tax
    :return: amounts as texts, by component and by item id; and the amount that exceeds them
    :rtype: tuple[dict[str, dict[str, str]], Decimal]
    """
    coin = ONE if refund["currency"] in WHOLE else CENT
    spreading = _Spreading(_paid(items, adds_tax), coin)
    rest = Decimal(refund["amount"])
    shipping = min(Decimal(refund.get("shipping") or "0"), rest)
    rest -= shipping
    # Tax lines last: they follow the amounts of the other lines.
    for line in sorted(refund["lines"], key=_is_tax):
        wanted = min(Decimal(line.get("amount") or "0"), rest)
        rest -= wanted - spreading.spread_line(line, wanted)
    left = spreading.spread_shipping(shipping) + spreading.spread_rest(rest)
    return spreading.get_amounts(), left


def _is_tax(line):
    return _kind_of(line) == "tax"


def _kind_of(line):
    return line["line_ref"].partition(":")[0]


def _paid(items, adds_tax):
    """:return: the paid amount of each part of each item"""
    found = []
    for position, data in enumerate(items):
        item = read_item(data, position)
        for part in item.parts:
            tax = max((part.tax or ZERO) - part.discount_tax, ZERO) if adds_tax else ZERO
            price = max(part.amount - part.discount, ZERO)
            found.append(Paid(item.ref, item.sku, part.kind, price, tax, item.by_amazon))
    return found


class _Spreading:
    """The refunded amount of each part so far."""

    def __init__(self, parts, coin):
        self.parts, self.coin = parts, coin
        self.given = [ZERO] * len(parts)
        #: shipping that belongs to no item
        self.loose = ZERO

    def of_kind(self, *kinds):
        return [n for n, part in enumerate(self.parts) if part.kind in kinds]

    def room(self, index):
        return self.parts[index].whole - self.given[index]

    def spread(self, amount, indexes, limits=None):
        """Refund an amount over parts, in proportion. :return: the amount that exceeds them"""
        limits = limits or [self.room(index) for index in indexes]
        shares, left = spread_within(amount, limits, self.coin) if indexes else ([], amount)
        for index, share in zip(indexes, shares, strict=True):
            self.given[index] += share
        return left

    def spread_line(self, line, amount):
        """Refund a line. :return: the amount that exceeds its item"""
        kind = _kind_of(line)
        if kind == "tax":
            return self.spread_tax(amount)
        if kind in COMPONENTS:
            return self.spread(amount, self.of_kind(kind))
        goods = self.of_kind("product")
        named = [n for n in goods if self.parts[n].item == line["line_ref"]]
        # Orders from a report have no item ids.
        if not named and line["sku"]:
            named = [n for n in goods if self.parts[n].sku == line["sku"]][:1]
        return self.spread(amount, named)

    def spread_tax(self, amount):
        """Refund tax, first of already refunded parts. :return: the amount that exceeds it"""
        begun = [n for n, given in enumerate(self.given) if given]
        others = [n for n, given in enumerate(self.given) if not given]
        for indexes in (begun, others):
            limits = [min(self.room(n), self.parts[n].tax) for n in indexes]
            amount = self.spread(amount, indexes, limits)
        return amount

    def spread_shipping(self, amount):
        """Refund shipping, in proportion. :return: the amount that exceeds it"""
        indexes = self.of_kind("shipping")
        if not indexes:
            self.loose = amount
            return ZERO
        return self.spread(amount, indexes)

    def spread_rest(self, amount):
        """Refund the rest over all items, in proportion. :return: the amount that exceeds them"""
        for kinds in (("product",), ("gift_wrap", "cod")):
            amount = self.spread(amount, self.of_kind(*kinds))
        return amount

    def get_amounts(self):
        """:return: the amounts to send to Amazon, by item and component"""
        shares = {}
        for part, given in zip(self.parts, self.given, strict=True):
            price = self.without_tax(part, given)
            amounts = zip(COMPONENTS[part.kind], (price, given - price), strict=True)
            for name, amount in list(amounts)[: 1 if part.by_amazon else 2]:
                if amount:
                    shares.setdefault(part.item, {})[name] = f"{amount:f}"
        if self.loose and self.parts:
            first = next(iter(shares), self.parts[0].item)
            shares.setdefault(first, {})["Shipping"] = f"{rounded(self.loose, self.coin):f}"
        return shares

    def without_tax(self, part, given):
        """:return: the net price in an amount, so that net and tax on it add up to the amount"""
        if not part.tax or not part.price:
            return given
        near = rounded(given * part.price / part.whole, self.coin)
        for price in (near, near - self.coin, near + self.coin):
            if price + rounded(price * part.tax / part.price, self.coin) == given:
                return price
        return near
