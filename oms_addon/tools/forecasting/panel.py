"""A chunk of series as arrays.

Shapes: n series, T buckets of history, the last column is the last closed bucket of all series.
"""

from dataclasses import dataclass, replace

from .numerics import numpy
from .results import LONGEST

#: columns of a panel at least, so that each has the same number of origins to learn from
WIDTH = 30
#: without a sale for so many buckets and mean gaps, a series is no longer sold; see `inactive`
DEAD = {"day": 365, "week": 52, "month": 12}
DEAD_GAPS = 4.0


@dataclass(frozen=True)
class Panel:
    """Arrays of a chunk.

    :ivar tuple series: the `Series` records
    :ivar str bucket: ``day``, ``week`` or ``month``
    :ivar history: (n, T) units, never negative; zeros before the first sale
    :ivar censored: (n, T) booleans: the product was out of stock
    :ivar promotions: (n, T) codes of promotion types, 0 for none
    :ivar start: (n,) column of the first sale; T without any
    :ivar interval: (n,) protection interval H in buckets
    """

    series: tuple
    bucket: str
    history: object
    censored: object
    promotions: object
    start: object
    interval: object

    @property
    def shape(self):
        """Return (n, T)."""
        return self.history.shape

    def with_history(self, history):
        """Return the panel with a cleaned history; the first sale is searched again."""
        return replace(self, history=history, start=first_sale(history))


def build(series, bucket):
    """Arrange series as a panel.

    :param series: `Series` records; shorter histories begin later
    :raise ValueError: for quantities that are no finite numbers, with the key of the series
    """
    np = numpy()
    if bucket not in LONGEST:
        raise ValueError(f"unknown kind of bucket: {bucket!r}")
    series = tuple(series)
    longest = max((len(one.quantities) for one in series), default=0)
    width = max(WIDTH, min(longest, LONGEST[bucket]))
    history = _matrix(np, [one.quantities for one in series], width, float)
    wrong = ~np.isfinite(history).all(axis=1)
    if wrong.any():
        key = series[int(wrong.argmax())].key
        raise ValueError(f"the history of {key!r} has quantities that are no finite numbers")
    np.maximum(history, 0.0, out=history)
    interval = np.array([one.interval for one in series], float)
    if not (np.isfinite(interval) & (interval >= 0)).all():
        raise ValueError("protection intervals must be finite and not negative")
    return Panel(
        series=series,
        bucket=bucket,
        history=history,
        censored=_matrix(np, [one.censored for one in series], width, bool),
        promotions=_matrix(np, [one.promotions for one in series], width, int),
        start=first_sale(history),
        interval=interval,
    )


def _matrix(np, rows, width, kind):
    """Return rows aligned to the right; what is missing on the left is 0."""
    matrix = np.zeros((len(rows), width), kind)
    for number, row in enumerate(rows):
        last = row[-width:]
        if len(last):
            matrix[number, width - len(last) :] = last
    return matrix


def first_sale(history):
    """Return the column of the first sale of each series, T without any: (n,)."""
    np = numpy()
    sold = history > 0
    return np.where(sold.any(axis=1), sold.argmax(axis=1), history.shape[1])


def inactive(panel):
    """Return which series are no longer sold: (n,) booleans.

    The last sale is a year ago and more than 4 mean gaps between sales, or two years ago.
    """
    np = numpy()
    width = panel.shape[1]
    sold = panel.history > 0
    last = np.where(sold.any(axis=1), width - 1 - sold[:, ::-1].argmax(axis=1), -1)
    since = width - 1 - last
    gap = np.maximum(last - panel.start, 1) / np.maximum(sold.sum(axis=1) - 1, 1)
    year = DEAD[panel.bucket]
    gone = (since >= year) & (since > DEAD_GAPS * gap)
    return sold.any(axis=1) & (gone | (since >= 2 * year))
