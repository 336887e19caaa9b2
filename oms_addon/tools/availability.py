"""How many can be sold, as a sum whose terms can be told."""

import math
from dataclasses import dataclass
from decimal import Decimal

#: what floats owe to arithmetic: so much less than a whole one is a whole one
TOLERANCE = 1e-6
#: the terms that make what there is, in the order in which they are told
TERMS = (
    "on_hand",
    "reserved",
    "waiting",
    "safety",
    "arriving",
    "buffer",
    "reserves",
    "carts",
)


@dataclass(slots=True)
class Terms:
    """What of one product a channel may sell, in the product's unit.

    Each term is signed as it counts: what is taken away is negative.
    """

    on_hand: float = 0.0
    reserved: float = 0.0
    waiting: float = 0.0
    safety: float = 0.0
    arriving: float = 0.0
    buffer: float = 0.0
    reserves: float = 0.0
    carts: float = 0.0

    @property
    def pool(self):
        """Return the sum of the terms; less than nothing when too much is claimed."""
        return (
            self.on_hand
            + self.reserved
            + self.waiting
            + self.safety
            + self.arriving
            + self.buffer
            + self.reserves
            + self.carts
        )

    def sellable(self, percent=100.0):
        """Return how much of the product is offered, before anything is rounded or capped."""
        return max(self.pool * percent / 100.0, 0.0)


def count(sellable, units=1.0):
    """Return how many sets can be made of what can be sold: whole ones."""
    return math.floor(sellable / units + TOLERANCE)


def show(number, cap=0, minimum=0):
    """Return what is shown of a number.

    :param int cap: at most so many; 0 for all
    :param int minimum: with fewer than these there are none
    """
    if number < minimum:
        return 0
    return min(number, cap) if cap else number


@dataclass(frozen=True, slots=True)
class Step:
    """One term of a figure: its name, what it adds, and what there is with it."""

    name: str
    change: Decimal
    total: Decimal


def explain(terms, percent=100.0, units=1.0, cap=0, minimum=0):
    """Part a figure into steps whose changes add up to it, exactly.

    :param Terms terms: of the product, of a set's scarcest one
    :param float units: how many units make one of what is sold
    :return: the steps, those that change nothing left out, but for the first
    :rtype: list[Step]
    """
    totals = [("on_hand", terms.on_hand)]
    for name in TERMS[1:]:
        totals.append((name, totals[-1][1] + getattr(terms, name)))
    totals.append(("percent", terms.pool * percent / 100.0 if terms.pool > 0 else terms.pool))
    totals.append(("nothing", terms.sellable(percent)))
    totals.append(("units", totals[-1][1] / units))
    number = count(terms.sellable(percent), units)
    totals.append(("rounding", number))
    totals.append(("minimum", show(number, minimum=minimum)))
    totals.append(("cap", show(number, cap, minimum)))
    return _steps(totals)


def _steps(totals):
    """Return the steps between sums."""
    steps, before = [], Decimal(0)
    for name, total in totals:
        total = _exact(total)
        if total != before or not steps:
            steps.append(Step(name, total - before, total))
        before = total
    return steps


def _exact(number):
    """Return a float as the decimal people would write."""
    return Decimal(str(round(number, 6))).normalize() + 0
