"""Flags of the buckets of a history: out of stock, promotion."""

from datetime import timedelta

from . import buckets

#: share of the days of a bucket without stock that makes it short
SHORT_SHARE = 0.5
#: units below which nothing is there
NOTHING = 1e-6

_DAY = timedelta(days=1)


def find_stockouts(changes, on_hand, today):
    """Return the periods without stock, oldest first, after the first day with stock.

    The day on which stock ran out and the day on which it was received do not count.

    :param dict changes: net units that entered stock, by day
    :param float on_hand: units now, after all changes
    :return: pairs (first day, last day); the last day of a period that has not ended is ``None``
    """
    level = on_hand - sum(changes.values())
    stocked, since, found = level > NOTHING, None, []
    for day in sorted(changes):
        level += changes[day]
        if level > NOTHING:
            if since is not None and since < day:
                found.append((since, day - _DAY))
            stocked, since = True, None
        elif stocked and since is None:
            since = day + _DAY
    if since is not None and since <= today:
        found.append((since, None))
    return found


def list_days(periods, first, last):
    """Return the days of periods between two days, as a set.

    :param periods: pairs (first day, last day or ``None``)
    """
    days = set()
    for begin, end in periods:
        day, end = max(begin, first), min(end or last, last)
        while day <= end:
            days.add(day)
            day += _DAY
    return days


def find_short(days, last, kind, length):
    """Return which buckets had no stock on half of their days or more, oldest first.

    :param set days: days without stock
    :param last: first day of the last bucket
    :param int length: number of buckets
    """
    if not days:
        return ()
    count = {}
    for day in days:
        start = buckets.start_of(day, kind)
        count[start] = count.get(start, 0) + 1
    starts = [buckets.add(last, -age, kind) for age in range(length - 1, -1, -1)]
    return tuple(
        count.get(start, 0) >= SHORT_SHARE * (buckets.add(start, 1, kind) - start).days
        for start in starts
    )


def find_promoted(first, last, current, kind):
    """Return the places of the buckets in which a promotion is effective; 0 is the current one.

    It lasts half of the bucket or more, or half of the promotion lies in the bucket.

    :param first: first day of the promotion
    :param last: last day of the promotion
    :param current: first day of the current bucket
    """
    found, start = [], buckets.start_of(first, kind)
    length = (last - first).days + 1
    while start <= last:
        after = buckets.add(start, 1, kind)
        overlap = (min(after, last + _DAY) - max(start, first)).days
        if overlap >= min((after - start).days, length) / 2:
            found.append(buckets.between(current, start, kind))
        start = after
    return found
