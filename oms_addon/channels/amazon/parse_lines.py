"""The lines of Amazon's orders: net, tax, and their sum."""

from collections import defaultdict
from decimal import ROUND_UP, Decimal
from typing import NamedTuple

from odoo.addons.oms_addon.documents.order import (
    Line,
    Tax,
)

from .parse_values import KINDS, NAMES, ONE, ZERO, Item, Mode

#: Amazon sends tax amounts without rates: charges besides the items are grouped by the roundest
#: rate that results in the amount; the tax itself is chosen among the company's taxes
RATE_STEPS = tuple(Decimal(step) for step in ("1", "0.5", "0.1", "0.05", "0.025", "0.01", "0.001"))


# === ARITHMETIC === #


def choose_mode(items, total, tip, usually_included):
    """Find how the amounts of an order add up to its total, which Amazon does not specify.

    :param bool usually_included: the marketplace's usual mode, where both add up
    :rtype: Mode
    """
    price = tax = discount_tax = ZERO
    for item in items:
        for part in item.parts:
            price += part.amount - part.discount
            tax += part.tax or ZERO
            discount_tax += part.discount_tax
    sums = {
        Mode(True, False): price,
        Mode(False, True): price + tax - discount_tax,
        Mode(False, False): price + tax,
        Mode(True, True): price - discount_tax,
    }
    modes = sorted(sums, key=lambda mode: mode.included is not usually_included)
    return next((mode for mode in modes if sums[mode] + tip == total), modes[0])


class Priced(NamedTuple):
    """A part of an item, as it is included in the order's total."""

    item: Item
    kind: str
    price: Decimal
    discount: Decimal
    #: ``None`` where it is unknown: the price includes the channel's usual taxes
    tax: Decimal | None
    #: tax that Amazon collects itself, not the seller's
    collected: Decimal


def lines_of(items, mode, tip, coin):
    """:return: the lines of an order: its items, other charges, and the tax that Amazon collects
    itself
    """
    has_taxes = any(part.tax for item in items for part in item.parts)
    priced = [_priced(item, part, mode, has_taxes) for item in items for part in item.parts]
    lines = [_product_line(part, coin) for part in priced if part.kind == "product"]
    lines += _lines_besides([part for part in priced if part.kind != "product"], mode, coin)
    if tip:
        lines.append(Line(ref="tip", name="Tip", kind="tip", **_whole(tip)))
    collected = sum((part.collected for part in priced), ZERO)
    if collected:
        lines.append(
            Line(ref="tax", name="Tax collected by Amazon", kind="fee", **_whole(collected))
        )
    return tuple(lines)


def _priced(item, part, mode, has_taxes):
    """:return: a part with its price, discount and taxes
    :rtype: Priced
    """
    price, discount, tax = _net(part, mode)
    collected = ZERO
    if item.by_amazon and tax:
        collected, tax = tax, ZERO
        price = price - collected if mode.included else price
    elif item.by_amazon or has_taxes or not mode.included:
        tax = tax or ZERO
    else:
        tax = None
    return Priced(item, part.kind, price, discount, tax, collected)


def _lines_besides(priced, mode, coin):
    """:return: the lines of charges besides the items, one for each kind and tax rate"""
    sums = defaultdict(lambda: [ZERO, ZERO, ZERO])
    for part in priced:
        if part.price or part.discount:
            rate = _rate(part.price - part.discount, part.tax, mode.included, coin / 2)
            for position, amount in enumerate((part.price, part.discount, part.tax or ZERO)):
                sums[part.kind, rate][position] += amount
    return [_besides_line(key, amounts) for key, amounts in sums.items()]


def _net(part, mode):
    """:return: price, discount and tax of a part, as included in the total"""
    if mode.adds_discount_tax and mode.included:
        return part.amount, part.discount + part.discount_tax, _minus(part.tax, part.discount_tax)
    if mode.included or mode.adds_discount_tax:
        return part.amount, part.discount, _minus(part.tax, part.discount_tax)
    return part.amount, part.discount, part.tax


def _minus(tax, discount_tax):
    return tax - discount_tax if tax is not None else None


def _whole(amount):
    return {"quantity": Decimal(1), "unit_price": amount, "taxes": ()}


def _product_line(part, coin):
    item = part.item
    unit, rest = _unit_price(part.price, item.quantity, coin)
    return Line(
        ref=item.ref,
        listing_ref=item.sku,
        sku=item.sku,
        name=item.title,
        quantity=item.quantity,
        unit_price=unit,
        discount=part.discount + rest,
        taxes=_taxes(part.tax),
        note=item.note,
        shipped=item.shipped,
    )


def _besides_line(key, sums):
    (kind, rate), (price, discount, tax) = key, sums
    return Line(
        ref=kind if not rate else f"{kind}:{rate:f}",
        name=NAMES.get(kind, "Other"),
        kind=KINDS[kind],
        quantity=Decimal(1),
        unit_price=price,
        discount=discount,
        taxes=None if rate is None else _taxes(tax),
    )


def _taxes(tax):
    if tax is None:
        return None
    return (Tax(amount=tax),) if tax else ()


def _unit_price(price, quantity, coin):
    """:return: the unit price, and the rounding excess of all units"""
    unit = (price / quantity).quantize(coin, ROUND_UP)
    return unit, unit * quantity - price


def _rate(base, tax, included, tolerance):
    """Find the rate of a tax from its amount.

    :param tolerance: maximum rounding difference of the amount
    :return: percent, the roundest that results in the amount; zero without tax, ``None`` when
        unknown
    """
    if tax is None:
        return None
    net = base - tax if included else base
    if not tax or net <= 0:
        return ZERO
    exact = tax * 100 / net
    for step in RATE_STEPS:
        rate = (exact / step).quantize(ONE) * step
        found = base * rate / (100 + rate) if included else base * rate / 100
        if abs(found - tax) <= tolerance and rate:
            return rate.normalize()
    return exact.quantize(Decimal("0.0001")).normalize()
