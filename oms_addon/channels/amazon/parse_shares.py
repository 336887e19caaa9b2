"""Of which items of an order money is given back on Amazon, and of what of them.

Amazon takes a refund by item and by component: the price, the shipping and the gift wrap of an
item, each up to what the buyer paid for it, and the tax that is the seller's. Tax that Amazon
collects itself it gives back on its own, in proportion, so that it is left out of what Amazon is
told and counts as given back all the same.
"""

from decimal import Decimal
from typing import NamedTuple

from odoo.addons.oms_addon.tools.shares import rounded, spread_within

from .parse_v0 import read_item
from .parse_values import CENT, ONE, WHOLE, ZERO

#: what a part of an item, and the tax on top of it, are called in a refund
COMPONENTS = {
    "product": ("Principal", "Tax"),
    "shipping": ("Shipping", "ShippingTax"),
    "gift_wrap": ("GiftWrap", "GiftWrapTax"),
    "cod": ("COD", "CODTax"),
}


class Paid(NamedTuple):
    """What the buyer paid for one part of an item; ``tax`` is what came on top of the price."""

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
    """Spread a refund over what was paid for, exactly.

    What a line names is of that item or of that kind; the shipping is of all items in
    proportion to theirs; what nobody names is of the items in proportion to what is left of them.

    :param list items: the items of the order, as version 0 tells them
    :param dict refund: as of ``oms.channel.adapter`` ``_push_refund``
    :param bool adds_tax: whether prices are without tax
    :return: amounts as texts, by component and by item id; and what found no place
    :rtype: tuple[dict[str, dict[str, str]], Decimal]
    """
    coin = ONE if refund["currency"] in WHOLE else CENT
    spreading = _Spreading(_paid(items, adds_tax), coin)
    rest = Decimal(refund["amount"])
    shipping = min(Decimal(refund.get("shipping") or "0"), rest)
    rest -= shipping
    # Amazon's tax follows what the other lines name.
    for line in sorted(refund["lines"], key=_is_tax):
        wanted = min(Decimal(line.get("amount") or "0"), rest)
        rest -= wanted - spreading.give_line(line, wanted)
    left = spreading.give_shipping(shipping) + spreading.give_rest(rest)
    return spreading.told(), left


def _is_tax(line):
    return _kind_of(line) == "tax"


def _kind_of(line):
    return line["line_ref"].partition(":")[0]


def _paid(items, adds_tax):
    """:return: what was paid for each part of each item"""
    found = []
    for position, data in enumerate(items):
        item = read_item(data, position)
        for part in item.parts:
            tax = max((part.tax or ZERO) - part.discount_tax, ZERO) if adds_tax else ZERO
            price = max(part.amount - part.discount, ZERO)
            found.append(Paid(item.ref, item.sku, part.kind, price, tax, item.by_amazon))
    return found


class _Spreading:
    """Keeps what was given back of each part so far."""

    def __init__(self, parts, coin):
        self.parts, self.coin = parts, coin
        self.given = [ZERO] * len(parts)
        #: shipping that Amazon tells of no item
        self.loose = ZERO

    def of_kind(self, *kinds):
        return [n for n, part in enumerate(self.parts) if part.kind in kinds]

    def room(self, index):
        return self.parts[index].whole - self.given[index]

    def give(self, amount, indexes, limits=None):
        """Spread an amount over some parts, in proportion. :return: what found no place"""
        limits = limits or [self.room(index) for index in indexes]
        shares, left = spread_within(amount, limits, self.coin) if indexes else ([], amount)
        for index, share in zip(indexes, shares, strict=True):
            self.given[index] += share
        return left

    def give_line(self, line, amount):
        """Give back what a line of the refund names. :return: what found no place"""
        kind = _kind_of(line)
        if kind == "tax":
            return self.give_tax(amount)
        if kind in COMPONENTS:
            return self.give(amount, self.of_kind(kind))
        goods = self.of_kind("product")
        named = [n for n in goods if self.parts[n].item == line["line_ref"]]
        # Orders of a report do not know the ids of their items.
        if not named and line["sku"]:
            named = [n for n in goods if self.parts[n].sku == line["sku"]][:1]
        return self.give(amount, named)

    def give_tax(self, amount):
        """Give back tax: of what is given back already, then of the others."""
        begun = [n for n, given in enumerate(self.given) if given]
        others = [n for n, given in enumerate(self.given) if not given]
        for indexes in (begun, others):
            limits = [min(self.room(n), self.parts[n].tax) for n in indexes]
            amount = self.give(amount, indexes, limits)
        return amount

    def give_shipping(self, amount):
        """Give back shipping, of each item its share. :return: what found no place"""
        indexes = self.of_kind("shipping")
        if not indexes:
            self.loose = amount
            return ZERO
        return self.give(amount, indexes)

    def give_rest(self, amount):
        """Give back what no line names, of each item its share. :return: what found no place"""
        for kinds in (("product",), ("gift_wrap", "cod")):
            amount = self.give(amount, self.of_kind(*kinds))
        return amount

    def told(self):
        """:return: what Amazon is told, by item"""
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
        """:return: what of an amount is price: with its tax it is that amount again"""
        if not part.tax or not part.price:
            return given
        near = rounded(given * part.price / part.whole, self.coin)
        for price in (near, near - self.coin, near + self.coin):
            if price + rounded(price * part.tax / part.price, self.coin) == given:
                return price
        return near
