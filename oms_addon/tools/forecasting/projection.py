"""Stock over the next buckets: when a product runs out, and for how long it lasts."""

from dataclasses import dataclass
from math import inf


@dataclass(frozen=True)
class Projection:
    """Projected stock of a product in a warehouse.

    :ivar tuple stock: at the end of each bucket; negative is what would be owed
    :ivar stockout: the first bucket that ends without stock for its demand, ``None`` for none
    :ivar float cover: how many buckets stock and receipts last, a part of a bucket included;
        infinite when they outlast the forecast
    """

    stock: tuple
    stockout: int | None
    cover: float


def project(on_hand, demand, incoming=()):
    """Project stock: what is there, plus receipts, minus total demand, bucket by bucket.

    :param float on_hand: physical stock now
    :param demand: total demand per bucket (orders and open forecast), the current one first
    :param incoming: receipts per bucket; missing ones are 0
    :rtype: Projection
    """
    demand = list(demand)
    incoming = [*incoming, *[0.0] * len(demand)][: len(demand)]
    stock, level, cover, stockout = [], float(on_hand), inf, None
    for bucket, (asked, received) in enumerate(zip(demand, incoming, strict=True)):
        there = level + received
        level = round(there - asked, 6)
        stock.append(level)
        if stockout is None and level < 0:
            stockout = bucket
            cover = bucket + (max(0.0, there) / asked if asked > 0 else 0.0)
    return Projection(tuple(stock), stockout, cover)
