"""Forecast consumption: which part of a forecast the orders of a series have used up.

The state is a function of the gross forecast and of what is ordered per bucket. Confirming,
cancelling, moving and changing orders, a new run and an override all call the same function
again; nothing is ever taken back, and the sequence in which orders arrived does not matter.

Buckets are positions 0, 1, 2 … of the lists, in time order; quantities are in units of the
product. Past buckets (before ``now``) have expired: they give no forecast, and orders due in
them consume none.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from math import isfinite

#: ``b`` looks in earlier buckets, ``f`` in later ones, in this order; ``none`` consumes nothing
DIRECTIONS = ("bf", "fb", "b", "f", "none")
#: decimals of a quantity
DIGITS = 6
HALF = 0.5 * 10**-DIGITS


# === INPUT === #


@dataclass(frozen=True)
class Window:
    """Where demand without a forecast in its own bucket may consume one.

    :ivar int backward: how many earlier buckets, nearest first
    :ivar int forward: how many later buckets, nearest first
    :ivar str direction: one of `DIRECTIONS`
    :ivar cap: the share of its bucket's gross forecast that one order line may consume at most,
        0 to 1; ``None`` is no cap. It needs `consume_lines`.
    """

    backward: int = 0
    forward: int = 0
    direction: str = "bf"
    cap: float | None = None

    def __post_init__(self):
        if self.direction not in DIRECTIONS:
            raise ValueError(f"unknown direction of consumption: {self.direction!r}")
        if self.backward < 0 or self.forward < 0:
            raise ValueError("a consumption window has no negative number of buckets")
        if self.cap is not None and not 0 <= self.cap <= 1:
            raise ValueError("the cap of a consumption window is a share from 0 to 1")


@dataclass(frozen=True)
class Line:
    """An order line of a series: its bucket and its live ordered quantity.

    ``exceptional`` lines (tenders) are demand but consume no forecast.
    """

    key: int
    bucket: int
    quantity: float
    exceptional: bool = False


# === RESULT === #


@dataclass(frozen=True)
class Flow:
    """A quantity ordered in bucket ``source`` that consumed forecast of bucket ``target``."""

    source: int
    target: int
    quantity: float


@dataclass(frozen=True)
class Share:
    """What an order line consumed of a bucket; ``bucket`` is ``None`` for its excess."""

    key: int
    bucket: int | None
    quantity: float


@dataclass(frozen=True)
class Consumption:
    """The state of a series; every list has one figure per bucket.

    :ivar tuple gross: the forecast: an override where there is one, else the statistical one
    :ivar tuple ordered: what is ordered for the bucket
    :ivar tuple consumed: what of the bucket's forecast is used up; 0 when expired
    :ivar tuple open: what of it is still expected; 0 when expired
    :ivar tuple total: total demand, ``ordered + open``
    :ivar tuple excess: what was ordered for the bucket and found no forecast
    :ivar tuple states: ``open``, ``partly``, ``cleared``, ``expired`` or ``none`` (no forecast)
    :ivar tuple too_low: whether ordinary orders of a live bucket found no forecast
    :ivar tuple flows: which bucket's orders consumed which bucket's forecast
    :ivar tuple shares: what each line consumed (only from `consume_lines`)
    :ivar frozenset abnormal: keys of lines above the cap (only from `consume_lines`)
    """

    gross: tuple
    ordered: tuple
    consumed: tuple
    open: tuple
    total: tuple
    excess: tuple
    states: tuple
    too_low: tuple
    flows: tuple
    shares: tuple = ()
    abnormal: frozenset = field(default_factory=frozenset)


# === DOORS === #


def consume(gross, ordered, window, now=0):
    """Compute the state of a series from totals per bucket.

    :param gross: gross forecast per bucket
    :param ordered: ordered quantity per bucket, as long as ``gross``
    :param Window window: without a cap
    :param int now: the current bucket
    :rtype: Consumption
    """
    if window.cap is not None:
        raise ValueError("a cap needs the order lines: use consume_lines")
    gross, ordered = _quantities(gross), _quantities(ordered)
    if len(gross) != len(ordered):
        raise ValueError(f"{len(gross)} forecasts and {len(ordered)} ordered quantities")
    rest, flows = _net(gross, ordered, window, now)
    return _state(gross, ordered, rest, flows, [0.0] * len(gross), now)


def consume_lines(gross, lines, window, now=0):
    """Compute the state of a series from its order lines, and the share of each line.

    Without a cap and exceptional lines the buckets are those of `consume`.

    :param gross: gross forecast per bucket
    :param lines: the `Line` records of the series, each within the buckets of ``gross``
    :param Window window: may have a cap
    :param int now: the current bucket
    :rtype: Consumption
    """
    gross = _quantities(gross)
    lines = sorted(lines, key=lambda line: (line.bucket, line.key))
    live = _quantities([line.quantity for line in lines])
    allowed = [_allowed(line, qty, gross, window) for line, qty in zip(lines, live, strict=True)]
    ordered, ordinary = [0.0] * len(gross), [0.0] * len(gross)
    for line, quantity, part in zip(lines, live, allowed, strict=True):
        ordered[line.bucket] += quantity
        ordinary[line.bucket] += part
    rest, flows = _net(gross, ordinary, window, now)
    extra = [all_ - part for all_, part in zip(ordered, ordinary, strict=True)]
    abnormal = frozenset(
        line.key
        for line, quantity, part in zip(lines, live, allowed, strict=True)
        if quantity - part > HALF and not line.exceptional
    )
    shares = tuple(_shares(lines, live, allowed, flows))
    return _state(gross, ordered, rest, flows, extra, now, shares, abnormal)


# === NETTING === #


def _quantities(values):
    """Return finite quantities, a negative one as zero: returns do not give a forecast back."""
    values = [float(value) for value in values]
    if not all(map(isfinite, values)):
        raise ValueError("quantities of forecasts and orders must be finite numbers")
    return [max(0.0, value) for value in values]


def _allowed(line, quantity, gross, window):
    if line.exceptional:
        return 0.0
    if window.cap is None:
        return quantity
    return min(quantity, window.cap * gross[line.bucket])


def _net(gross, demand, window, now):
    """Net demand against the forecast: own bucket, then one direction, then the other.

    :return: unsatisfied demand per bucket, and the `Flow` records
    """
    free = [0.0 if bucket < now else quantity for bucket, quantity in enumerate(gross)]
    rest, flows = list(demand), []
    for steps in _passes(window):
        for source in range(now, len(gross)):
            for step in steps:
                target = source + step
                if rest[source] <= 0 or not now <= target < len(gross):
                    continue
                quantity = min(rest[source], free[target])
                if quantity > 0:
                    rest[source] -= quantity
                    free[target] -= quantity
                    flows.append(Flow(source, target, quantity))
    return rest, tuple(flows)


def _passes(window):
    """Return the distances each pass tries, nearest first."""
    if window.direction == "none":
        return []
    ways = {
        "b": range(-1, -window.backward - 1, -1),
        "f": range(1, window.forward + 1),
    }
    return [(0,), *(ways[way] for way in window.direction)]


def _state(gross, ordered, rest, flows, extra, now, shares=(), abnormal=frozenset()):
    consumed = [0.0] * len(gross)
    for flow in flows:
        consumed[flow.target] += flow.quantity
    open_ = [
        0.0 if bucket < now else _tidy(quantity - used)
        for bucket, (quantity, used) in enumerate(zip(gross, consumed, strict=True))
    ]
    excess = [_tidy(left + more) for left, more in zip(rest, extra, strict=True)]
    return Consumption(
        gross=tuple(gross),
        ordered=tuple(ordered),
        consumed=tuple(map(_tidy, consumed)),
        open=tuple(open_),
        total=tuple(_tidy(o + f) for o, f in zip(ordered, open_, strict=True)),
        excess=tuple(excess),
        states=tuple(
            _bucket_state(bucket < now, *figures)
            for bucket, figures in enumerate(zip(gross, open_, strict=True))
        ),
        too_low=tuple(bucket >= now and left > HALF for bucket, left in enumerate(rest)),
        flows=flows,
        shares=shares,
        abnormal=abnormal,
    )


def _tidy(quantity):
    return max(0.0, round(quantity, DIGITS))


def _bucket_state(is_past, gross, open_):
    if is_past:
        return "expired"
    if gross <= HALF:
        return "none"
    if open_ <= HALF:
        return "cleared"
    return "open" if gross - open_ <= HALF else "partly"


# === ATTRIBUTION === #


def _shares(lines, live, allowed, flows):
    """Yield the `Share` records: the lines of a bucket use its flows in turn, by key."""
    by_source = defaultdict(list)
    for flow in flows:
        by_source[flow.source].append([flow.target, flow.quantity])
    for line, quantity, part in zip(lines, live, allowed, strict=True):
        waiting, left = by_source[line.bucket], part
        while waiting and left > HALF:
            target, there = waiting[0]
            used = min(left, there)
            yield Share(line.key, target, _tidy(used))
            left -= used
            waiting[0][1] -= used
            if waiting[0][1] <= HALF:
                waiting.pop(0)
        if left + quantity - part > HALF:
            yield Share(line.key, None, _tidy(left + quantity - part))
