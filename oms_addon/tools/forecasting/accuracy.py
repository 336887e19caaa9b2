"""How good forecasts were: WAPE, bias, RMSSE, MASE, coverage, and when to raise an alert.

Every measure takes plain sequences of the same length: what was forecast (the frozen forecast of
that time) and what was then ordered, per bucket.
"""

from dataclasses import dataclass
from math import fsum, sqrt

#: buckets the alert looks back on, and the share of one-sided errors it allows
ALERT_BUCKETS = 8
ALERT_LIMIT = 0.6


@dataclass(frozen=True)
class Accuracy:
    """Measures of pairs (forecast, actual); ``None`` where there is nothing to divide by.

    :ivar wape: Σ|error| / Σ actual
    :ivar bias: Σ(forecast − actual) / Σ actual; negative is too low
    :ivar rmsse: root of the mean squared error over that of the naive forecast in the history
    :ivar mase: mean absolute error over that of the naive forecast in the history
    """

    wape: float | None
    bias: float | None
    rmsse: float | None
    mase: float | None


def measure(forecasts, actuals, history=()):
    """Measure the forecasts of a series.

    :param history: what was ordered before the forecasts were made, for RMSSE and MASE
    :rtype: Accuracy
    """
    errors = _errors(forecasts, actuals)
    volume = fsum(actuals)
    steps = [after - before for before, after in zip(history[:-1], history[1:], strict=True)]
    squared = fsum(step * step for step in steps)
    absolute = fsum(map(abs, steps))
    size = len(errors)
    return Accuracy(
        wape=fsum(map(abs, errors)) / volume if volume else None,
        bias=fsum(errors) / volume if volume else None,
        rmsse=sqrt(fsum(e * e for e in errors) / size * len(steps) / squared)
        if squared and size
        else None,
        mase=fsum(map(abs, errors)) / size * len(steps) / absolute if absolute and size else None,
    )


def _errors(forecasts, actuals):
    return [forecast - actual for forecast, actual in zip(forecasts, actuals, strict=True)]


def lead_time_wape(forecasts, actuals):
    """Return |error of the sum| / demand over lead times: one sum per series; ``None`` for 0."""
    volume = fsum(actuals)
    return fsum(map(abs, _errors(forecasts, actuals))) / volume if volume else None


def coverage(quantiles, actuals):
    """Return the share of actuals that were not above their quantile; ``None`` without any."""
    hits = [actual <= quantile for quantile, actual in zip(quantiles, actuals, strict=True)]
    return sum(hits) / len(hits) if hits else None


def one_sidedness(forecasts, actuals):
    """Return Σ error / Σ |error| of the last 8 buckets, −1 to 1 (too low to too high)."""
    errors = _errors(forecasts, actuals)[-ALERT_BUCKETS:]
    total = fsum(map(abs, errors))
    return fsum(errors) / total if total else 0.0


def is_alarming(forecasts, actuals):
    """Return whether the forecasts of the last 8 buckets were wrong to one side."""
    enough = len(actuals) >= ALERT_BUCKETS
    return enough and abs(one_sidedness(forecasts, actuals)) > ALERT_LIMIT


def value_added(statistical, final, actuals):
    """Return how much the planner's overrides lowered the WAPE; negative is worse."""
    before, after = (measure(values, actuals).wape for values in (statistical, final))
    return before - after if before is not None else None
