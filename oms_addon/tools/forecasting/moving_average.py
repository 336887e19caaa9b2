"""The forecast without numpy: the mean of the last 12 buckets, in plain Python."""

from math import fsum, isfinite, sqrt
from statistics import NormalDist

from .results import PROBABILITIES, Forecast

WINDOW = 12
ORIGINS = 12


def forecast(series, horizon):
    """Forecast one series by its moving average.

    :param Series series: its promotions and shortages are not considered
    :param int horizon: how many buckets
    :rtype: Forecast
    """
    history = started(series.quantities)
    mean = average(history)
    interval = max(series.interval, 0.0)
    sigma = max(1.0, deviation(history, max(1, round(interval)))) if mean else 0.0
    demand = mean * interval
    return Forecast(
        key=series.key,
        mean=(mean,) * horizon,
        interval=interval,
        demand=demand,
        sigma=sigma,
        bucket_sigma=sigma / sqrt(interval) if interval else sigma,
        quantiles=normal_quantiles(demand, sigma),
        method="fallback" if history else "none",
    )


def started(quantities):
    """Return a history as not negative floats, without the zeros before the first sale."""
    values = [float(value) for value in quantities]
    if not all(map(isfinite, values)):
        raise ValueError("quantities of a history must be finite numbers")
    values = [max(0.0, value) for value in values]
    first = next((i for i, value in enumerate(values) if value), len(values))
    return values[first:]


def average(history, window=WINDOW):
    """Return the mean of the last buckets; 0 without any."""
    last = history[-window:]
    return fsum(last) / len(last) if last else 0.0


def deviation(history, interval):
    """Return the root mean squared error of the moving average for the sum of an interval.

    With too few buckets to test it: the standard deviation of a bucket times sqrt(interval).
    """
    errors = []
    for origin in range(max(1, len(history) - interval - ORIGINS + 1), len(history) - interval + 1):
        asked = fsum(history[origin : origin + interval])
        errors.append(asked - interval * average(history[:origin]))
    if len(errors) >= 3:
        return sqrt(fsum(error * error for error in errors) / len(errors))
    mean = average(history)
    spread = fsum((value - mean) ** 2 for value in history[-WINDOW:]) / max(1, len(history) - 1)
    return sqrt(max(spread, mean) * interval)


def normal_quantiles(demand, sigma):
    """Return pairs (probability, demand of H) of a normal distribution, none below zero."""
    return tuple(
        (p, max(0.0, demand + sigma * NormalDist().inv_cdf(p) if sigma else demand))
        for p in PROBABILITIES
    )
