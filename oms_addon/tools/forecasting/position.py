"""Stock position of a product in a warehouse: what it has, owes, receives and expects, by day."""

from dataclasses import dataclass
from datetime import date
from math import sqrt

from . import buckets
from .projection import project
from .proposal import Need
from .stock import buckets_of, level, protected_demand

HORIZON_DAYS = 182


@dataclass(frozen=True)
class Expected:
    """A forecast, or the share of it that a warehouse supplies.

    :ivar date start: first day of the current bucket
    :ivar tuple mean: expected demand per bucket, from the current one on
    :ivar tuple left: what orders have not consumed, for the first buckets
    :ivar float interval: buckets whose summed demand has the deviation ``sigma``
    :ivar tuple quantiles: pairs (probability, demand of the interval)
    """

    bucket: str
    start: date
    mean: tuple
    left: tuple
    interval: float
    sigma: float
    quantiles: tuple = ()
    share: float = 1.0

    def demand(self, days):
        """Return the expected demand of a number of days."""
        return self.share * protected_demand(self.mean, buckets_of(days, self.bucket))

    def deviation(self, days):
        """Return the standard deviation of the forecast error of a number of days."""
        if self.interval <= 0:
            return 0.0
        return self.sigma * sqrt(self.share * buckets_of(days, self.bucket) / self.interval)

    def daily(self, today):
        """Return the demand that orders have not consumed, per day from today on."""
        days = []
        for place, mean in enumerate(self.mean):
            if len(days) >= HORIZON_DAYS:
                break
            left = self.left[place] if place < len(self.left) else mean
            first = max(buckets.add(self.start, place, self.bucket), today)
            length = (buckets.add(self.start, place + 1, self.bucket) - first).days
            days += [self.share * left / length] * length if length > 0 else []
        return [*days, *[self._rate()] * (HORIZON_DAYS - len(days))][:HORIZON_DAYS]

    def _rate(self):
        """Return the mean demand of a day."""
        if not self.mean:
            return 0.0
        return self.share * sum(self.mean) / len(self.mean) * buckets_of(1, self.bucket)


@dataclass(frozen=True)
class Position:
    """The stock of a product in a warehouse, and what moves it.

    :ivar float on_hand: physical stock
    :ivar tuple orders: pairs (days from today, units owed); a negative day is overdue
    :ivar tuple incoming: pairs (days from today, units)
    :ivar tuple daily: expected demand that no order has consumed, per day
    """

    on_hand: float = 0.0
    orders: tuple = ()
    incoming: tuple = ()
    daily: tuple = ()

    @property
    def backorders(self):
        return sum(quantity for day, quantity in self.orders if day < 0)

    def due(self, days):
        """Return the units of orders due from today on within a number of days."""
        return sum(quantity for day, quantity in self.orders if 0 <= day <= days)

    def expected(self, days):
        """Return the expected demand of a number of days, the last one pro rata."""
        return protected_demand(self.daily, days)

    def arriving(self, days):
        """Return the units received within a number of days."""
        return sum(quantity for day, quantity in self.incoming if day <= days)

    def need(self, days, safety_stock, daily_demand=0.0, extra=0.0):
        """Return the need of a number of days.

        :param float extra: further units on their way
        :rtype: Need
        """
        return Need(
            demand=self.due(days) + self.expected(days),
            safety_stock=safety_stock,
            on_hand=self.on_hand,
            incoming=self.arriving(days) + extra,
            backorders=self.backorders,
            daily_demand=daily_demand,
        )

    def missing(self, days, safety_stock):
        """Return the units missing within a number of days; negative is excess."""
        need = self.need(days, safety_stock)
        return need.demand + need.safety_stock + need.backorders - need.on_hand - need.incoming

    def project(self, safety_stock=0.0):
        """Project the stock above the safety stock, day by day.

        :rtype: Projection
        """
        demand = list(self.daily or [0.0] * HORIZON_DAYS)
        incoming = [0.0] * len(demand)
        for day, quantity in self.orders:
            if day < len(demand):
                demand[max(day, 0)] += quantity
        for day, quantity in self.incoming:
            if day < len(demand):
                incoming[max(day, 0)] += quantity
        return project(self.on_hand - safety_stock, demand, incoming)


def stock_level(expected, days, spread, service, review):
    """Compute the safety stock and the order-up-to level of several forecasts together.

    :param expected: the `Expected` records of a product in a warehouse
    :param float days: the protection interval
    :param float spread: standard deviation of the lead time, in days
    :param float review: days between two orders
    :rtype: Level
    """
    demand = sum(one.demand(days) for one in expected)
    sigma = sqrt(sum(one.deviation(days) ** 2 for one in expected))
    quantiles = None
    if len(expected) == 1 and _is_of(expected[0], days):
        quantiles = expected[0].quantiles
    return level(demand, sigma, days, spread, service, review, quantiles)


def _is_of(expected, days):
    """Return whether a forecast was made for this interval and warehouse alone."""
    length = buckets_of(days, expected.bucket)
    return expected.share == 1.0 and abs(length - expected.interval) < 0.01
