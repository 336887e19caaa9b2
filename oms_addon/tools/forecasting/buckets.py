"""Weeks, months and days of a time zone: which bucket a moment belongs to."""

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

KINDS = ("day", "week", "month")


def start_of(moment, kind, zone="UTC"):
    """Return the first day of the bucket of a moment; weeks begin on Monday.

    :param moment: a date, or a datetime in UTC (aware or not)
    :param str kind: ``day``, ``week`` or ``month``
    :param str zone: the time zone whose days count
    :rtype: datetime.date
    """
    day = _day(moment, zone)
    if kind == "month":
        return day.replace(day=1)
    if kind == "week":
        return day - timedelta(days=day.weekday())
    if kind == "day":
        return day
    raise ValueError(f"unknown kind of bucket: {kind!r}")


def _day(moment, zone):
    if not isinstance(moment, datetime):
        return moment
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return moment.astimezone(ZoneInfo(zone)).date()


def add(start, count, kind):
    """Return the first day of the bucket ``count`` buckets later; negative is earlier."""
    if kind == "month":
        months = start.year * 12 + start.month - 1 + count
        return date(months // 12, months % 12 + 1, 1)
    return start + timedelta(days=count * (7 if kind == "week" else 1))


def between(first, second, kind):
    """Return how many buckets the second one is later; both are first days of buckets."""
    if kind == "month":
        return (second.year - first.year) * 12 + second.month - first.month
    return (second - first).days // (7 if kind == "week" else 1)


def history(cells, last, kind, longest):
    """Return the quantities of a series as a list that ends with the bucket ``last``.

    :param dict cells: quantity by first day of the bucket; those after ``last`` are not read
    :param date last: the last closed bucket
    :param int longest: buckets at most
    """
    ages = {between(start, last, kind): qty for start, qty in cells.items() if start <= last}
    oldest = min(max(ages, default=-1), longest - 1)
    return [ages.get(age, 0.0) for age in range(oldest, -1, -1)]
