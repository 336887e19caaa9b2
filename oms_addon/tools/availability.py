"""Available to sell, as a sum of terms that can be explained."""

import math
from dataclasses import dataclass
from decimal import Decimal

#: rounding error of floats: a number this little below an integer counts as the integer
TOLERANCE = 1e-6
#: the terms of the sum, in the order in which they are explained
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
    """Available to sell of one product on a channel, in the product's unit.

    Each term is signed as it is added: deductions are negative.
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
        """Return the sum of the terms; negative when oversold."""
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
        """Return the quantity to offer, before rounding, minimum and cap; not negative."""
        return max(self.pool * percent / 100.0, 0.0)


def count(sellable, units=1.0):
    """Return the number of whole units of a listing in an available quantity."""
    return math.floor(sellable / units + TOLERANCE)


def show(number, cap=0, minimum=0):
    """Return the quantity to show on the channel.

    :param int cap: the maximum; 0 for none
    :param int minimum: smaller quantities are shown as 0
    """
    if number < minimum:
        return 0
    return min(number, cap) if cap else number


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an explanation: its name, its change, and the running total."""

    name: str
    change: Decimal
    total: Decimal


def explain(terms, percent=100.0, units=1.0, cap=0, minimum=0):
    """Split an available quantity into steps whose changes add up to it exactly.

    :param Terms terms: of the product; for kits, of the limiting component
    :param float units: units of the product in one unit of the listing
    :return: the first step, and the others that change the total
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
    """Return the steps between running totals."""
    steps, before = [], Decimal(0)
    for name, total in totals:
        total = _exact(total)
        if total != before or not steps:
            steps.append(Step(name, total - before, total))
        before = total
    return steps


def _exact(number):
    """Return a float as decimal, rounded to 6 places, without trailing zeros."""
    return Decimal(str(round(number, 6))).normalize() + 0
