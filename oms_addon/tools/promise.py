"""Promised dates: arithmetic of days, in plain Python.

Moments are naive UTC datetimes, as Odoo stores them; days are in the warehouse's time zone, so
that a cut-off at 14:00 is at 14:00 in summer and in winter.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

UTC = ZoneInfo("UTC")
#: the hour by which parcels have shipped, and by which they are delivered
EVENING = 18.0
#: days to search for a working day, before a calendar counts as empty
MAX_DAYS = 366
DIGITS = 6


class Supply(NamedTuple):
    """A quantity in stock or incoming."""

    date: datetime
    quantity: float
    ref: int = 0


class Promise(NamedTuple):
    """Ship-by and delivery dates."""

    ship_before: datetime
    arrive_before: datetime


@dataclass
class WorkingDays:
    """Working days of a calendar, loaded in blocks on demand.

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
    """A warehouse's time zone, working days, cut-off hour and handling days."""

    zone: ZoneInfo
    days: object
    cutoff: float = 14.0
    handling_days: int = 0


@dataclass(frozen=True)
class Way:
    """A carrier's transit days and delivery weekdays (0 is Monday)."""

    transit_days: int = 0
    weekdays: frozenset = frozenset(range(6))


def local(moment, zone):
    """Return a UTC moment as naive local time of a zone."""
    return moment.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)


def at(day, hour, zone):
    """Return the naive UTC moment of an hour of a day in a zone."""
    minutes = min(round(hour * 60), 24 * 60 - 1)
    wall = datetime.combine(day, time(minutes // 60, minutes % 60), tzinfo=zone)
    return wall.astimezone(UTC).replace(tzinfo=None)


def promise(moment, place, way):
    """Compute when items that are in stock at a moment ship, and when they are delivered.

    :param datetime moment: when they can be picked: now, or when they are received
    :param Place place: the warehouse
    :param Way way: the carrier
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
    """Assign supplies to claims, first claim first, earliest supply first.

    :param list claims: pairs (key, quantity), in the order they are served
    :param list supplies: ``Supply`` rows, earliest first
    :return: the ``Supply`` rows of each key, and the quantity missing by key
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
