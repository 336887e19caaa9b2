"""Uplift of promotions: how many times the usual demand a promotion sells.

A series has few promotions of a type. Its log uplift is shrunk to that of its category (which
counts as 20 promoted buckets), that of a category to all (50). The history is divided by the
uplift, planned buckets are multiplied by it.
"""

from collections import defaultdict
from math import exp

from .numerics import numpy

#: weight of the category and of all, in promoted buckets
CATEGORY_WEIGHT = 20
COMMON_WEIGHT = 50
#: limits of an uplift
LOWEST, HIGHEST = 0.2, 20.0
#: added to both sides of a ratio, in units
SOME = 1.0
#: smoothing constant of the level between promotions
ALPHA = 0.2


class Uplifts:
    """Sums of log ratios of promoted to usual demand, by type and category.

    ``sums[type][category]`` is a list (promoted buckets, sum of log ratios); the category ``""`` is
    all of them. Plain data, so that `Weights` can keep it.
    """

    def __init__(self, sums=None):
        self.sums = sums or {}

    def add(self, panel):
        """Add the promotions of a panel."""
        for _row, kind, category, (count, logs) in _observed(panel):
            for name in {"", category}:
                total = self.sums.setdefault(str(kind), {}).setdefault(name, [0.0, 0.0])
                total[0] += count
                total[1] += logs

    def of(self, kind, category, own=(0.0, 0.0)):
        """Return the uplift of a promotion type for a series; 1 for an unknown one."""
        groups = self.sums.get(str(kind), {})
        count, logs = groups.get("", own)
        common = logs / count if count else 0.0
        shared = _shrunk(groups.get(category, (0.0, 0.0)), common, COMMON_WEIGHT)
        return min(HIGHEST, max(LOWEST, exp(_shrunk(own, shared, CATEGORY_WEIGHT))))


def _shrunk(figures, towards, weight):
    count, logs = figures
    return (logs + weight * towards) / (count + weight)


def _name(series):
    return "" if series.category is None else str(series.category)


def _observed(panel):
    """Yield row, type, category and (buckets, sum of log ratios) of promoted series."""
    np = numpy()
    rows = np.flatnonzero((panel.promotions != 0).any(axis=1))
    if not len(rows):
        return
    usual = usual_level(panel.history[rows], panel.promotions[rows] != 0, panel.start[rows])
    for number, row in enumerate(rows):
        codes, known = panel.promotions[row], usual[number] > 0
        for kind in np.unique(codes[known & (codes != 0)]):
            use = known & (codes == kind)
            ratio = (panel.history[row][use] + SOME) / (usual[number][use] + SOME)
            figures = (float(use.sum()), float(np.log(ratio).sum()))
            yield int(row), int(kind), _name(panel.series[row]), figures


def usual_level(history, promoted, start):
    """Return the smoothed demand of the buckets without promotion, before each one: (n, T)."""
    np = numpy()
    out = np.zeros_like(history)
    level, weight = np.zeros(len(history)), np.zeros(len(history))
    for bucket in range(history.shape[1]):
        out[:, bucket] = level / np.maximum(weight, 1e-12)
        use = ALPHA * (~promoted[:, bucket] & (start <= bucket))
        level += use * (history[:, bucket] - level)
        weight += use * (1 - weight)
    return out


def measure(panel, code):
    """Return what promoted buckets sold, and what is usual in them.

    :param Panel panel: histories of the promoted products
    :param int code: that of the promotion; others are hidden from the usual level
    :return: units sold, usual units
    """
    usual = usual_level(panel.history, panel.promotions != 0, panel.start)
    use = (panel.promotions == code) & (usual > 0)
    return float(panel.history[use].sum()), float(usual[use].sum())


def without(panel, uplifts):
    """Return the history without promotions, and the uplifts of each promoted series.

    :return: (n, T) units; ``{row: {type: uplift}}``
    """
    history, own = panel.history, defaultdict(dict)
    for row, kind, category, figures in _observed(panel):
        own[row][kind] = uplifts.of(kind, category, figures)
    if own:
        history = history.copy()
        for row, kinds in own.items():
            for kind, uplift in kinds.items():
                history[row, panel.promotions[row] == kind] /= uplift
    return history, own


def hidden(panel):
    """Return the history with the usual demand in promoted buckets: (n, T).

    For learning, where the uplifts of all series are not known yet.
    """
    np = numpy()
    promoted = panel.promotions != 0
    if not promoted.any():
        return panel.history
    usual = usual_level(panel.history, promoted, panel.start)
    return np.where(promoted & (usual > 0), usual, panel.history)


def planned(panel, uplifts, own, horizon):
    """Return the factor of each coming bucket, 1 without a planned promotion: (n, h)."""
    np = numpy()
    out = np.ones((len(panel.series), horizon))
    for row, series in enumerate(panel.series):
        for bucket, kind in enumerate(series.planned[:horizon]):
            if kind:
                shared = own.get(row, {}).get(kind) or uplifts.of(kind, _name(series))
                out[row, bucket] = shared
    return out
