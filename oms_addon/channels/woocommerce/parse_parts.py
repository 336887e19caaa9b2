"""Charges of a WooCommerce order, in parts whose taxes all apply to the whole part."""

from collections import defaultdict
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

ZERO = Decimal(0)
HUNDRED = Decimal(100)


class Part(NamedTuple):
    """A line of an order from the store: amounts are net, with taxes separate."""

    kind: str
    data: dict
    quantity: Decimal
    before: Decimal
    before_tax: Decimal
    after: Decimal
    after_tax: Decimal
    taxes: tuple | None


def split_by_taxes(parts, cent):
    """Split a part with several tax rates, each on a share of it.

    WooCommerce distributes a negative fee over items and shipping, and taxes each share at their
    rates; plugins do so with shipping. Of ``-3.33`` taxed with ``-0.49`` at 20 % and ``-0.05`` at
    5 %, 2.43 are taxed at the first rate and 0.90 at the second.

    :param list parts: of the whole order
    :param Decimal cent: the smallest unit
    :return: parts; the first of a split keeps the store's id, others get ``:1``, ``:2``
    """
    found = []
    for part in parts:
        shares = ()
        if part.kind != "product" and not _is_whole(part, cent):
            shares = _shares(part, parts, cent)
        found += shares or [part]
    return found


def spread_over(parts, ref, amount):
    """Distribute a refunded amount of a store's line over the parts it was split into.

    :return: pairs (line's id, amount)
    """
    of_line = [part for part in parts if _base(part) == ref] if ref else []
    whole = sum((abs(part.after + part.after_tax) for part in of_line), ZERO)
    if len(of_line) < 2 or not whole:
        return [(ref, amount)]
    shares = [
        (amount * abs(part.after + part.after_tax) / whole).quantize(
            Decimal((0, (1,), amount.as_tuple().exponent)), ROUND_HALF_UP
        )
        for part in of_line
    ]
    shares[-1] += amount - sum(shares, ZERO)
    return [(str(part.data["id"]), share) for part, share in zip(of_line, shares, strict=True)]


def _base(part):
    """:return: the store's line id of a part"""
    return str(part.data.get("id") or "").partition(":")[0]


def _is_whole(part, cent):
    """:return: whether each tax of a part is on the whole of it, within rounding"""
    plain = [tax for tax in part.taxes if not tax.compound]
    return len(part.taxes) < 2 or all(
        tax.rate is None or abs(part.after * tax.rate / HUNDRED - tax.amount) <= cent
        for tax in plain
    )


def _shares(part, parts, cent):
    """Split a part by the tax rates of other parts, in proportion to their amounts.

    :return: parts; none when its taxes do not result from that
    """
    reported = {tax.ref: tax for tax in part.taxes}
    costs, ways = defaultdict(lambda: ZERO), {}
    for other in parts:
        if other is not part and other.after > 0:
            way = tuple(sorted(tax.ref for tax in other.taxes))
            costs[way] += other.after
            ways[way] = other.taxes
    if any(ref not in reported for way in ways for ref in way):
        return []
    nets = _in_proportion(part.after, costs, cent)
    amounts = _amounts(nets, ways, reported, cent)
    return [
        part._replace(
            data={**part.data, "id": f"{part.data['id']}:{number}" if number else part.data["id"]},
            before=nets[way],
            before_tax=sum(amounts[way].values(), ZERO),
            after=nets[way],
            after_tax=sum(amounts[way].values(), ZERO),
            taxes=tuple(
                replace(reported[tax.ref], amount=amounts[way][tax.ref]) for tax in ways[way]
            ),
        )
        for number, way in enumerate(way for way in nets if nets[way])
    ]


def _in_proportion(amount, costs, cent):
    """:return: an amount distributed in proportion; the largest share gets the rest"""
    whole = sum(costs.values(), ZERO)
    shares = {
        way: (amount * cost / whole).quantize(cent, ROUND_HALF_UP) for way, cost in costs.items()
    }
    if shares:
        shares[max(costs, key=costs.get)] += amount - sum(shares.values(), ZERO)
    return shares


def _amounts(nets, ways, reported, cent):
    """:return: the amount of each tax on each share, which add up to the store's amounts"""
    amounts = defaultdict(dict)
    for ref, tax in reported.items():
        weights = {
            way: nets[way] * (tax.rate if tax.rate is not None else 1) for way in ways if ref in way
        }
        of_tax = _in_proportion(tax.amount, weights, cent) if any(weights.values()) else {}
        for way in weights:
            amounts[way][ref] = of_tax.get(way, ZERO)
    return amounts
