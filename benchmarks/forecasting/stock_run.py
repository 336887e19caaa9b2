"""Stock that a method needs for a service: orders every bucket, two buckets of lead time.

Order up to S = F + safety at the start of each bucket; what is ordered arrives two buckets later;
what cannot be served is owed. The safety factor is raised until the target fill is reached, and
the stock held then is compared.
"""

from dataclasses import dataclass

import numpy as np

from .measures import LEAD

LEAD_TIME = LEAD - 1
REVIEWS = 12


@dataclass(frozen=True)
class Needed:
    """Stock for a target fill.

    :ivar factor: the safety factor that reached it
    :ivar stock: mean stock, in buckets of mean demand; ``None`` if it was never reached
    :ivar fill: share of units served at once
    """

    factor: float | None
    stock: float | None
    fill: float


def levels(panel, method):
    """Return what the method says at each review: (reviews, n) F and (reviews, n) sigma."""
    width = panel.shape[1]
    said = [method(panel[:, :origin], LEAD) for origin in range(width - REVIEWS, width)]
    return (
        np.array([outlook.mean[:, :LEAD].sum(axis=1) for outlook in said]),
        np.array([outlook.sigma for outlook in said]),
    )


def needed(panel, order_up_to, target):
    """Return the stock for a fill, by the safety factor that reaches it.

    :param order_up_to: a function of the factor that returns (reviews, n) levels
    """
    grid = np.arange(0, 60, 0.01)
    low, high = 0, len(grid) - 1
    _stock, fill = simulate(panel, order_up_to(grid[high]))
    if fill < target:
        return Needed(None, None, fill)
    while low < high:
        middle = (low + high) // 2
        _stock, fill = simulate(panel, order_up_to(grid[middle]))
        low, high = (low, middle) if fill >= target else (middle + 1, high)
    stock, fill = simulate(panel, order_up_to(grid[low]))
    return Needed(float(grid[low]), stock, fill)


def simulate(panel, order_up_to):
    """Run the reviews.

    :param order_up_to: (reviews, n) levels, rounded to whole units
    :return: mean stock at the end of a bucket, in buckets of mean demand; fill
    """
    width = panel.shape[1]
    order_up_to = np.round(order_up_to)
    on_hand = order_up_to[0].copy()
    coming = np.zeros((LEAD_TIME, len(panel)))
    held = served = asked = 0.0
    for review in range(REVIEWS):
        position = on_hand + coming.sum(axis=0)
        ordered = np.maximum(order_up_to[review] - position, 0.0)
        on_hand = on_hand + coming[0]
        coming = np.vstack([coming[1:], ordered[None]])
        demand = panel[:, width - REVIEWS + review]
        served += np.minimum(np.maximum(on_hand, 0.0), demand).sum()
        asked += demand.sum()
        on_hand = on_hand - demand
        held += np.maximum(on_hand, 0.0).sum()
    return float(held / asked), float(served / asked)
