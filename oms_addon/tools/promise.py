"""When items arrive at a customer's door: arithmetic of days, in plain Python.

Moments are naive UTC datetimes, as Odoo stores them; a day is one of the warehouse's time
zone, so that a cut-off at two is at two in summer and in winter.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

UTC = ZoneInfo("UTC")
#: the hour by which parcels have left, and by which they are delivered
EVENING = 18.0
#: a calendar that has no working day within a year has none to be waited for
MAX_DAYS = 366
DIGITS = 6


class Supply(NamedTuple):
    """Items that are there, or will be."""

    date: datetime
    quantity: float
    ref: int = 0


class Promise(NamedTuple):
    """Until when items leave, and until when they are at the door."""

    ship_before: datetime
    arrive_before: datetime


@dataclass
class WorkingDays:
    """The days on which somebody works, read in blocks when they are asked for.

    ``load`` returns the set of working days from one day to another, both included.
    """

    load: Callable
    block: int = 92
    _known: set = field(default_factory=set)
    _days: set = field(default_factory=set)

    def __contains__(self, day):
        number = day.toordinal() // self.block
        if number not in self._known:
            first = day.fromordinal(max(number * self.block, 1))
            self._days |= self.load(first, first + timedelta(days=self.block))
            self._known.add(number)
        return day in self._days


@dataclass(frozen=True)
class Place:
    """How a warehouse ships: its zone, its working days, its cut-off, its handling time."""

    zone: ZoneInfo
    days: object
    cutoff: float = 14.0
    handling_days: int = 0


@dataclass(frozen=True)
class Way:
    """How a carrier brings parcels: how many days, on which weekdays (0 is Monday)."""

    transit_days: int = 0
    weekdays: frozenset = frozenset(range(6))


def local(moment, zone):
    """Return a UTC moment as the clock on the wall of a zone shows it."""
    return moment.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)


def at(day, hour, zone):
    """Return the UTC moment at which the wall of a zone shows an hour of a day."""
    minutes = min(round(hour * 60), 24 * 60 - 1)
    wall = datetime.combine(day, time(minutes // 60, minutes % 60), tzinfo=zone)
    return wall.astimezone(UTC).replace(tzinfo=None)


def promise(moment, place, way):
    """Say when items that are in stock at a moment leave, and when they arrive.

    :param datetime moment: when they can be picked: now, or when they come in
    :param Place place: from where
    :param Way way: how
    :rtype: Promise
    """
    wall = local(moment, place.zone)
    day = wall.date()
    if wall.hour + wall.minute / 60 + wall.second / 3600 >= place.cutoff:
        day += timedelta(days=1)
    day = _working(day, place.days)
    for _day in range(place.handling_days):
        day = _working(day + timedelta(days=1), place.days)
    evening = max(EVENING, place.cutoff)
    arrival = day
    for _day in range(way.transit_days):
        arrival = _delivering(arrival + timedelta(days=1), way.weekdays)
    return Promise(at(day, evening, place.zone), at(arrival, evening, place.zone))


def _working(day, days):
    """Return the first working day from ``day`` on; ``day`` itself when there is none."""
    for number in range(MAX_DAYS):
        if day + timedelta(days=number) in days:
            return day + timedelta(days=number)
    return day


def _delivering(day, weekdays):
    """Return the first day from ``day`` on that is one of the weekdays."""
    for number in range(7):
        if (day + timedelta(days=number)).weekday() in weekdays:
            return day + timedelta(days=number)
    return day


def serve(claims, supplies):
    """Give supplies to claims, the first in the queue first, the earliest items first.

    :param list claims: pairs (key, quantity), in the order in which they are served
    :param list supplies: ``Supply`` rows, the earliest first
    :return: what each key gets, as ``Supply`` rows, and what of it nobody brings
    :rtype: tuple[dict, dict]
    """
    left = [[supply, supply.quantity] for supply in supplies if supply.quantity > 0]
    served, missing, place = {}, {}, 0
    for key, quantity in claims:
        share = served.setdefault(key, [])
        need = quantity
        while round(need, DIGITS) > 0 and place < len(left):
            supply, rest = left[place]
            taken = min(rest, need)
            share.append(supply._replace(quantity=round(taken, DIGITS)))
            need -= taken
            left[place][1] = rest - taken
            if round(left[place][1], DIGITS) <= 0:
                place += 1
        if round(need, DIGITS) > 0:
            missing[key] = missing.get(key, 0) + round(need, DIGITS)
    return served, missing
