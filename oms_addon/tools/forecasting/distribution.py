"""How far demand may be from its forecast: sigma_H and quantiles of the demand of H buckets.

sigma_H comes from the errors of *summed* demand. A series has few of them, so its variance is
mixed with the law of its class, a power of level and H, which is fitted on all series.
Quantiles are half those of a negative binomial distribution with this mean and variance, half
those of scaled errors of the class (split conformal prediction), whose probability is adapted to
the hit rate of the latest origins (Gibbs, Candès 2021, adaptive conformal inference).
"""

from math import log
from statistics import NormalDist

from .backtest import LEAD, ORIGINS
from .numerics import numpy
from .results import PROBABILITIES

#: H the laws are fitted on
LEADS = (1, 2, 3, 4, 6, 8)
#: the law of Poisson demand
DEFAULT_LAW = (0.7, 1.0, 1.0)
#: weight of the law against the series' own variance, in independent errors
LAW_WEIGHT = 4.0
#: the own variance counts as this share of the law's at least
LOWEST = 0.2
#: forecast demand of H that separates the groups of scaled errors
SIZES = (0.5, 2.0, 8.0)
NORMAL_SCORES = tuple(NormalDist().inv_cdf(p) for p in PROBABILITIES)
#: smaller groups use the errors of their class, or of all
FEW = 400
#: the latest origins count most: weight of an origin, relative to the next one
FADING = 0.95
#: step and limits of the adapted probability
STEP = 0.5
REACH = 0.06
HIGHEST = 0.995


# === VARIANCE === #


def fit_laws(forecasts, sums, valid, kinds):
    """Fit ``log variance = a + b · log level + c · log H`` for each class.

    Mean squared errors are taken in bins of the level, each a factor of 2 wide.

    :param forecasts: (n, k) level per bucket at each origin
    :param sums: (n, k + 1) running sums of the history at the origins and now
    :return: a list of (a, b, c) by class
    """
    np = numpy()
    laws = []
    for kind in range(4):
        ours = kinds == kind
        law = _law(np, forecasts[ours], sums[ours], valid[ours]) if ours.sum() >= 20 else None
        laws.append(law)
    if None in laws:
        common = _law(np, forecasts, sums, valid) or list(DEFAULT_LAW)
        laws = [law or common for law in laws]
    return laws


def _law(np, forecasts, sums, valid):
    rows, target, mass = [], [], []
    for lead in LEADS:
        known = forecasts.shape[1] - lead + 1
        error = sums[:, lead : lead + known] - sums[:, :known] - lead * forecasts[:, :known]
        use = valid[:, :known] & (forecasts[:, :known] > 0)
        level = forecasts[:, :known][use]
        bins = np.floor(np.log2(np.maximum(level, 1e-4))).astype(int) + 16
        count = np.bincount(bins)
        squares = np.bincount(bins, weights=error[use] ** 2)
        inside = np.bincount(bins, weights=level)
        for place in np.flatnonzero((count >= 10) & (squares > 0)):
            rows.append((1.0, log(inside[place] / count[place]), log(lead)))
            target.append(log(squares[place] / count[place]))
            mass.append(float(count[place]))
    if len({row[1] for row in rows}) < 6:
        return None
    root = np.sqrt(np.array(mass))[:, None]
    found = np.linalg.lstsq(np.array(rows) * root, np.array(target) * root[:, 0], rcond=None)[0]
    return [float(value) for value in found]


def law_of(law, kinds, level, lead):
    """Return the variance of the demand of H buckets by the law of the class: (n,).

    :param law: coefficients (a, b, c) by class
    :param level: (n,) units per bucket
    :param lead: H, in buckets
    """
    np = numpy()
    a, b, c = np.asarray(law, float)[kinds].T
    return np.exp(a + b * np.log(np.maximum(level, 1e-4)) + c * np.log(max(lead, 1e-2)))


def variance(errors, valid, long_error, law, lead):
    """Mix the variance of a series' own errors, lately and always, with that of its class.

    The mean is one of logarithms, since one large error says less than its square.

    :param errors: (n, k) errors of the demand of H from the last origins
    :param valid: (n, k) which of them count
    :param long_error: (n,) mean squared error over the whole history
    :param law: (n,) variance by the law
    :param lead: H; overlapping errors count as independent ones once per H
    """
    np = numpy()
    count = valid.sum(axis=1)
    lately = (errors * errors * valid).sum(axis=1) / np.maximum(count, 1)
    own = np.maximum((lately + long_error) / 2, LOWEST * law)
    weight = count / max(lead, 1.0)
    return np.exp((weight * np.log(own) + LAW_WEIGHT * np.log(law)) / (weight + LAW_WEIGHT))


# === SCALED ERRORS === #


def fit_scores(forecasts, data, law):
    """Return the quantiles of errors divided by sigma, by class and size of the forecast.

    :param forecasts: (n, k) level per bucket at each origin
    :param data: the sample of `weights.Sample`
    :return: for each class, for each size, one score for each of `PROBABILITIES`
    """
    np = numpy()
    sums, kinds = data["sums"], data["kinds"]
    forecasts = forecasts[:, :ORIGINS]
    valid = data["valid"][:, :ORIGINS]
    errors = sums[:, LEAD : LEAD + ORIGINS] - sums[:, :ORIGINS] - LEAD * forecasts
    lawful = law_of(law, kinds, forecasts[:, -1], LEAD)
    sigma = np.sqrt(variance(errors, valid, data["long_error"], lawful, LEAD))
    scores = errors / sigma[:, None]
    size = np.searchsorted(SIZES, LEAD * forecasts, side="right")
    common = _adapted(np, scores, valid)
    out = []
    for kind in range(4):
        ours = valid & (kinds == kind)[:, None]
        whole = _adapted(np, scores, ours) if ours.sum() >= FEW else common
        groups = [ours & (size == number) for number in range(len(SIZES) + 1)]
        out.append(
            [_adapted(np, scores, use) if use.sum() >= FEW else list(whole) for use in groups]
        )
    return out


def _adapted(np, scores, use):
    """Return the score for each probability, adapted to the latest hit rates."""
    if not use.any():
        return list(NORMAL_SCORES)
    fading = np.broadcast_to(FADING ** np.arange(scores.shape[1])[::-1], scores.shape)
    values, weights = scores[use], fading[use]
    order = np.argsort(values)
    values, mass = values[order], np.cumsum(weights[order])
    mass /= mass[-1]

    def at(probability):
        return float(values[min(int(np.searchsorted(mass, probability)), len(values) - 1)])

    found = []
    for probability in PROBABILITIES:
        adapted = probability
        for origin in range(scores.shape[1]):
            ours = use[:, origin]
            if ours.any():
                hits = float((scores[ours, origin] <= at(adapted)).mean())
                adapted += STEP * (probability - hits)
                adapted = min(max(adapted, probability - REACH), probability + REACH, HIGHEST)
        found.append(at(adapted))
    return found


# === QUANTILES === #


def quantiles(demand, sigma, kinds, scores, whole):
    """Return the quantiles of the demand of H: (n, probabilities), ascending, not negative.

    :param demand: (n,) F
    :param sigma: (n,) sigma_H
    :param kinds: (n,) class
    :param scores: those of the weights
    :param whole: (n,) series whose units are never divided; their quantiles are rounded up
    """
    np = numpy()
    size = np.searchsorted(SIZES, demand, side="right")
    conformal = demand[:, None] + sigma[:, None] * np.asarray(scores, float)[kinds, size]
    counted = counted_quantiles(demand, sigma)
    mixed = 0.5 * np.maximum(conformal, 0.0) + 0.5 * counted
    mixed[whole] = np.ceil(mixed[whole] - (1 - np.array(PROBABILITIES))) + 0.0
    return np.maximum.accumulate(mixed, axis=1)


def counted_quantiles(mean, sigma):
    """Return quantiles of a negative binomial distribution: (n, probabilities).

    Small ones are summed up term by term, large ones approximated by a gamma distribution after
    Wilson and Hilferty (1931).
    """
    np = numpy()
    out = np.zeros((len(mean), len(PROBABILITIES)))
    spread = np.maximum(sigma * sigma, 1.01 * mean)
    small = (mean > NOTHING) & (mean + 6 * np.sqrt(spread) <= TERMS)
    large = (mean > NOTHING) & ~small
    if small.any():
        out[small] = _summed(np, mean[small], spread[small])
    if large.any():
        shape = mean[large] ** 2 / spread[large]
        score = np.array(NORMAL_SCORES)
        cube = 1 - 1 / (9 * shape)[:, None] + score / (3 * np.sqrt(shape))[:, None]
        out[large] = mean[large, None] * np.maximum(cube, 0.0) ** 3
    return out


#: a smaller mean is no demand
NOTHING = 1e-9
#: terms of a distribution that are summed up at most
TERMS = 150


def _summed(np, mean, spread):
    """Sum the probabilities of 0, 1, 2 … units until each quantile is reached."""
    size = mean * mean / (spread - mean)
    chance = mean / spread
    term = np.exp(size * np.log(chance))
    total = term.copy()
    found = np.full((len(mean), len(PROBABILITIES)), float(TERMS))
    goal = np.array(PROBABILITIES)
    for units in range(TERMS):
        reached = total[:, None] >= goal
        found = np.where(reached & (found > units), units, found)
        if reached.all():
            break
        term = term * (size + units) / (units + 1) * (1 - chance)
        total += term
    return found
