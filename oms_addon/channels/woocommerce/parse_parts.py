"""What a WooCommerce order charges, in parts that each have their taxes on the whole of it."""

from collections import defaultdict
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

ZERO = Decimal(0)
HUNDRED = Decimal(100)


class Part(NamedTuple):
    """A line of an order as the shop tells it: amounts are net, taxes beside them."""

    kind: str
    data: dict
    quantity: Decimal
    before: Decimal
    before_tax: Decimal
    after: Decimal
    after_tax: Decimal
    taxes: tuple | None


def split_by_taxes(parts, cent):
    """Split what is taxed by several rates, each on a share of it.

    WooCommerce spreads a negative fee over the items and shipping, and taxes each share as
    these are; plugins do so with shipping. Of ``-3.33`` taxed with ``-0.49`` at 20 % and
    ``-0.05`` at 5 %, 2.43 are of the one and 0.90 of the other.

    :param list parts: of the whole order
    :param Decimal cent: the smallest amount
    :return: parts; of one that is split the first keeps the shop's id, others have ``:1``, ``:2``
    """
    found = []
    for part in parts:
        shares = ()
        if part.kind != "product" and not _is_whole(part, cent):
            shares = _shares(part, parts, cent)
        found += shares or [part]
    return found


def spread_over(parts, ref, amount):
    """Spread an amount given back of a line of the shop over the parts it was split in.

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
    """:return: the shop's id of a part's line"""
    return str(part.data.get("id") or "").partition(":")[0]


def _is_whole(part, cent):
    """:return: whether each tax of a part is on the whole of it, as far as rounding tells"""
    plain = [tax for tax in part.taxes if not tax.compound]
    return len(part.taxes) < 2 or all(
        tax.rate is None or abs(part.after * tax.rate / HUNDRED - tax.amount) <= cent
        for tax in plain
    )


def _shares(part, parts, cent):
    """Split a part over the taxes of what costs something, in proportion to what it costs.

    :return: parts; none where its taxes do not come from that
    """
    told = {tax.ref: tax for tax in part.taxes}
    costs, ways = defaultdict(lambda: ZERO), {}
    for other in parts:
        if other is not part and other.after > 0:
            way = tuple(sorted(tax.ref for tax in other.taxes))
            costs[way] += other.after
            ways[way] = other.taxes
    if any(ref not in told for way in ways for ref in way):
        return []
    nets = _in_proportion(part.after, costs, cent)
    amounts = _amounts(nets, ways, told, cent)
    return [
        part._replace(
            data={**part.data, "id": f"{part.data['id']}:{number}" if number else part.data["id"]},
            before=nets[way],
            before_tax=sum(amounts[way].values(), ZERO),
            after=nets[way],
            after_tax=sum(amounts[way].values(), ZERO),
            taxes=tuple(replace(told[tax.ref], amount=amounts[way][tax.ref]) for tax in ways[way]),
        )
        for number, way in enumerate(way for way in nets if nets[way])
    ]


def _in_proportion(amount, costs, cent):
    """:return: an amount spread in proportion, the largest share taking what rounding leaves"""
    whole = sum(costs.values(), ZERO)
    shares = {
        way: (amount * cost / whole).quantize(cent, ROUND_HALF_UP) for way, cost in costs.items()
    }
    if shares:
        shares[max(costs, key=costs.get)] += amount - sum(shares.values(), ZERO)
    return shares


def _amounts(nets, ways, told, cent):
    """:return: what each tax takes of each share; together what the shop says it takes"""
    amounts = defaultdict(dict)
    for ref, tax in told.items():
        weights = {
            way: nets[way] * (tax.rate if tax.rate is not None else 1) for way in ways if ref in way
        }
        of_tax = _in_proportion(tax.amount, weights, cent) if any(weights.values()) else {}
        for way in weights:
            amounts[way][ref] = of_tax.get(way, ZERO)
    return amounts
