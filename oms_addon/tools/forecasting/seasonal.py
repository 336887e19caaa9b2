"""Season and trend of regular series: Theta with a weighted drift, and damped trend.

Sources: classical multiplicative decomposition; season only where the autocorrelation at the
season is significant at 90 % (Assimakopoulos, Nikolopoulos 2000, who also give Theta; its form as
smoothing with drift by Hyndman, Billah 2003); damped trend by Gardner, McKenzie 1985. The drift
of Theta is taken as a whole, half or not at all, each weighted by its error on the last year.
"""

from dataclasses import dataclass

from .numerics import numpy

#: buckets of a season
SEASON = {"month": 12, "day": 7}
#: cycles that must be there; share of sales below which a series is too sparse
CYCLES = 3
SIGNIFICANT = 1.645
#: buckets of history that trend needs
ENOUGH = 24
#: what the smoothing constants are chosen from
ALPHAS = (0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8)
TRENDS = (0.02, 0.06, 0.15)
DAMPING = (0.80, 0.90, 0.97)
SHARES = (0.0, 0.5, 1.0)


@dataclass(frozen=True)
class Trended:
    """Forecasts with season and trend.

    :ivar mean: (n, h) units per bucket
    :ivar alpha: (n,) smoothing constant of the level
    :ivar error: (n,) mean squared error one bucket ahead
    """

    mean: object
    alpha: object
    error: object


# === SEASON === #


def is_seasonal(history, start, season):
    """Return which series repeat themselves after a season: (n,) booleans."""
    np = numpy()
    live = np.arange(history.shape[1])[None] >= start[:, None]
    count = live.sum(axis=1)
    mean = (history * live).sum(axis=1) / np.maximum(count, 1)
    centred = (history - mean[:, None]) * live
    total = np.maximum((centred**2).sum(axis=1), 1e-12)

    def correlation(lag):
        return (centred[:, lag:] * centred[:, :-lag]).sum(axis=1) / total

    if history.shape[1] <= season:
        return np.zeros(len(history), bool)
    squares = sum(correlation(lag) ** 2 for lag in range(1, season))
    limit = SIGNIFICANT * np.sqrt((1 + 2 * squares) / np.maximum(count, 1))
    return (count >= CYCLES * season) & (correlation(season) > limit)


def indices(history, start, season):
    """Return multiplicative indices by position in the season: (n, season), mean 1.

    Position 0 is that of the first column.
    """
    np = numpy()
    count, width = history.shape
    sums = np.zeros((count, width + 1))
    np.cumsum(history, axis=1, out=sums[:, 1:])
    half = season // 2
    centre = np.arange(half, width - half)
    if season % 2:
        middle = (sums[:, centre + half + 1] - sums[:, centre - half]) / season
    else:
        wide = sums[:, centre + half + 1] - sums[:, centre - half]
        narrow = sums[:, centre + half] - sums[:, centre - half + 1]
        middle = (wide + narrow) / (2 * season)
    use = (centre[None] - half >= start[:, None]) & (middle > 0)
    ratio = np.where(use, history[:, centre] / np.where(middle > 0, middle, 1.0), 0.0)
    found = np.ones((count, season))
    for place in range(season):
        ours = centre % season == place
        seen = use[:, ours].sum(axis=1)
        found[:, place] = np.where(seen, ratio[:, ours].sum(axis=1) / np.maximum(seen, 1), 1.0)
    found = np.maximum(found, 0.05)
    return found / found.mean(axis=1, keepdims=True)


def profile(history, start, season, horizon):
    """Return the share of each coming bucket against the mean, 1 without a season: (n, h)."""
    np = numpy()
    width = history.shape[1]
    seasonal = is_seasonal(history, start, season)
    out = np.ones((len(history), horizon))
    if seasonal.any():
        found = indices(history[seasonal], start[seasonal], season)
        out[seasonal] = found[:, (width + np.arange(horizon)) % season]
    return out


# === TREND === #


def forecast(history, start, season, horizon):
    """Forecast with season and trend: the mean of Theta and damped trend.

    :param history: (n, T) units of series with at least `ENOUGH` buckets
    :rtype: Trended
    """
    np = numpy()
    width = history.shape[1]
    found = np.ones((len(history), season))
    seasonal = is_seasonal(history, start, season)
    if seasonal.any():
        found[seasonal] = indices(history[seasonal], start[seasonal], season)
    flat = history / found[:, np.arange(width) % season]
    theta = _theta(np, flat, start, horizon)
    damped, alpha, error = _damped(np, flat, start, horizon)
    coming = found[:, (width + np.arange(horizon)) % season]
    scale = (found**2).mean(axis=1)
    return Trended(np.maximum((theta + damped) / 2, 0.0) * coming, alpha, error * scale)


def _theta(np, flat, start, horizon):
    """Smooth with a drift of half the linear trend, its share weighted by last year's error."""
    year = 12
    ahead = np.arange(horizon)[None]
    level, drift = _level_and_drift(np, flat, start)
    past_level, past_drift = _level_and_drift(np, flat[:, :-year], start)
    past = np.arange(year)[None]
    closeness = []
    for share in SHARES:
        said = past_level[:, None] + share * past_drift[:, None] * (past + 1)
        closeness.append(1 / np.maximum(((said - flat[:, -year:]) ** 2).mean(axis=1), 1e-9))
    share = sum(s * c for s, c in zip(SHARES, closeness, strict=True)) / sum(closeness)
    return level[:, None] + (share * drift)[:, None] * (ahead + 1)


def _level_and_drift(np, flat, start):
    """Return the smoothed level and the slope of the linear trend: (n,), (n,)."""
    width = flat.shape[1]
    live = (np.arange(width)[None] >= start[:, None]).astype(float)
    count = np.maximum(live.sum(axis=1), 2)
    time = np.arange(width)[None] * live
    middle = time.sum(axis=1) / count
    mean = (flat * live).sum(axis=1) / count
    spread = (time - middle[:, None]) * live
    slope = (spread * (flat - mean[:, None])).sum(axis=1)
    slope = slope / np.maximum((spread**2).sum(axis=1), 1e-9)
    alphas = np.array(ALPHAS)[:, None]
    level = np.repeat(_beginning(np, flat, start)[None], len(ALPHAS), axis=0)
    error = np.zeros_like(level)
    for bucket in range(width):
        step = (flat[:, bucket] - level) * live[:, bucket]
        error += step * step
        level = level + alphas * step
    best = error.argmin(axis=0)
    chosen = np.arange(len(flat))
    alpha = np.array(ALPHAS)[best]
    # Smoothing lags behind a trend by (1 - alpha) / alpha buckets; half the slope counts.
    lag = (1 - alpha) / alpha * (1 - (1 - alpha) ** count)
    return level[best, chosen] + 0.5 * slope * lag, slope


def _beginning(np, flat, start):
    """Return the mean of the first six buckets: (n,)."""
    columns = np.minimum(start[:, None] + np.arange(6)[None], flat.shape[1] - 1)
    return np.take_along_axis(flat, columns, axis=1).mean(axis=1)


def _damped(np, flat, start, horizon):
    """Choose the constants of a damped trend by the error one bucket ahead.

    :return: (n, h) forecasts, (n,) alpha, (n,) mean squared error
    """
    grid = np.array([(a, b, d) for a in ALPHAS for b in TRENDS for d in DAMPING])
    alpha, beta, damping = grid.T[:, :, None]
    beta = alpha * beta
    level = np.repeat(_beginning(np, flat, start)[None], len(grid), axis=0)
    trend, error = np.zeros_like(level), np.zeros_like(level)
    for bucket in range(flat.shape[1]):
        live = start <= bucket
        carried = damping * trend
        step = (flat[:, bucket] - level - carried) * live
        error += step * step
        level = np.where(live, level + carried + alpha * step, level)
        trend = carried + beta * step
    best, chosen = error.argmin(axis=0), np.arange(len(flat))
    ratio = grid[best, 2][:, None]
    reach = np.cumsum(ratio ** np.arange(1, horizon + 1)[None], axis=1)
    mean = level[best, chosen][:, None] + reach * trend[best, chosen][:, None]
    count = np.maximum(flat.shape[1] - start, 1)
    return mean, grid[best, 0], error[best, chosen] / count
