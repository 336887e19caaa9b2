"""Errors of forecasts over series and origins, as in the competitions.

A panel is an array (n, T). A method is a function of (history, horizon) that returns an `Outlook`
for a history (n, t): what it would have said after t buckets.
"""

from dataclasses import dataclass

import numpy as np

#: buckets of the lead-time demand
LEAD = 3


@dataclass(frozen=True)
class Outlook:
    """What a method says of n series.

    :ivar mean: (n, h) units per bucket
    :ivar sigma: (n,) standard deviation of the demand of `LEAD` buckets; ``None`` if not said
    :ivar upper: (n,) its 95 % quantile; ``None`` if not said
    """

    mean: object
    sigma: object = None
    upper: object = None


@dataclass(frozen=True)
class Errors:
    """Measures over all series and origins.

    :ivar rmsse: mean over series of the root mean squared error, by that of the naive forecast
    :ivar wape: Σ|error| / Σ demand
    :ivar bias: Σ(forecast − demand) / Σ demand
    :ivar lead_wape: the same as WAPE for sums of `LEAD` buckets
    :ivar coverage: share of sums that were not above the 95 % quantile; ``None`` if not said
    """

    rmsse: float
    wape: float
    bias: float
    lead_wape: float
    coverage: float | None


def measure(panel, origins, horizon, method, ragged):
    """Forecast from each origin and compare with what came.

    :param ragged: whether series begin with their first sale; otherwise zeros before it count in
        the scale of RMSSE
    :rtype: Errors
    """
    scaled, totals, hits = [], np.zeros(5), []
    for origin in origins:
        history, actual = panel[:, :origin], panel[:, origin : origin + horizon]
        outlook = method(history, horizon)
        error = outlook.mean - actual
        scale = naive_scale(history, ragged)
        known = scale > 0
        scaled.append(np.sqrt((error[known] ** 2).mean(axis=1) / scale[known]))
        lead = error[:, :LEAD].sum(axis=1)
        asked = actual[:, :LEAD].sum(axis=1)
        totals += [abs(error).sum(), error.sum(), actual.sum(), abs(lead).sum(), asked.sum()]
        if outlook.upper is not None:
            hits.append(asked <= outlook.upper)
    absolute, signed, volume, lead_error, lead_volume = totals
    return Errors(
        rmsse=float(np.concatenate(scaled).mean()),
        wape=float(absolute / volume),
        bias=float(signed / volume),
        lead_wape=float(lead_error / lead_volume),
        coverage=float(np.concatenate(hits).mean()) if hits else None,
    )


def naive_scale(history, ragged):
    """Return the mean squared step from bucket to bucket: (n,)."""
    steps = np.diff(history, axis=1) ** 2
    start = first_sale(history) if ragged else np.zeros(len(history), int)
    live = np.arange(steps.shape[1])[None] >= start[:, None]
    return (steps * live).sum(axis=1) / np.maximum(live.sum(axis=1), 1)


def first_sale(history):
    """Return the column of the first sale, the number of columns without any: (n,)."""
    sold = history > 0
    return np.where(sold.any(axis=1), sold.argmax(axis=1), history.shape[1])


# === METHODS TO COMPARE WITH === #


def moving_average(window):
    """Return the method of a planner: the mean of the last buckets, and the textbook sigma."""

    def method(history, horizon):
        last = history[:, -window:]
        mean = np.repeat(last.mean(axis=1)[:, None], horizon, axis=1)
        deviation = history.std(axis=1, ddof=1)
        return Outlook(mean, deviation * np.sqrt(LEAD))

    return method


def engine(bucket, weights=None):
    """Return our method; without ``weights`` it learns them from each history."""
    from odoo.addons.oms_addon.tools.forecasting import engine as door
    from odoo.addons.oms_addon.tools.forecasting.results import Series

    def method(history, horizon):
        series = [Series(row, values, interval=LEAD) for row, values in enumerate(history)]
        learnt = weights or door.learn([series], bucket)
        return outlook_of(door.forecast(series, bucket, learnt, horizon))

    return method


def outlook_of(forecasts):
    """Return the `Outlook` of forecasts of the engine."""
    return Outlook(
        np.array([one.mean for one in forecasts]),
        np.array([one.sigma for one in forecasts]),
        np.array([dict(one.quantiles)[0.95] for one in forecasts]),
    )
