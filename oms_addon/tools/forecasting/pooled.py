"""From histories to forecasts: clean, try the candidates, mix, add season and distribution."""

from . import (
    backtest,
    classes,
    cleaning,
    distribution,
    fallbacks,
    panel,
    promotions,
    seasonal,
    weights,
)
from .numerics import numpy
from .results import PROBABILITIES, Forecast


def learn(chunks, bucket):
    """Learn the weights from chunks of series; see `engine.learn`."""
    sample, uplifts = weights.Sample(), promotions.Uplifts()
    for chunk in chunks:
        if chunk:
            arrays = _demand(panel.build(chunk, bucket))
            uplifts.add(arrays)
            history = promotions.hidden(arrays)
            sample.add([one.key for one in chunk], backtest.run(history, arrays.start))
    return weights.fit(sample, bucket, uplifts.sums)


def forecast(series, bucket, learnt, horizon):
    """Forecast series with weights; see `engine.forecast`."""
    if not series:
        return []
    uplifts = promotions.Uplifts(learnt.uplifts)
    arrays = _demand(panel.build(series, bucket))
    history, own = promotions.without(arrays, uplifts)
    factors = promotions.planned(arrays, uplifts, own, horizon)
    whole = (arrays.history == numpy().round(arrays.history)).all(axis=1)
    arrays = arrays.with_history(history)
    trial = backtest.run(arrays.history, arrays.start)
    outlook = _outlook(arrays, trial, learnt, horizon)
    fallbacks.apply(arrays, outlook)
    outlook.usual = outlook.mean
    outlook.mean = outlook.usual * factors
    return _forecasts(arrays, trial, outlook, learnt, whole)


def _demand(arrays):
    return arrays.with_history(cleaning.uncensor(arrays.history, arrays.censored, arrays.start))


class Outlook:
    """What is known of the coming buckets of a chunk, before it becomes records.

    :ivar mean: (n, h) units per bucket
    :ivar usual: (n, h) the same without planned promotions
    :ivar level: (n, origins) the mix at each origin
    :ivar methods: (n,) names
    :ivar alpha: (n,) smoothing constant and
    :ivar error: (n,) squared error one bucket ahead, of series with trend
    """

    def __init__(self, mean, level):
        np = numpy()
        self.mean = self.usual = mean
        self.level = level
        self.methods = np.full(len(mean), "pooled", dtype="<U8")
        self.alpha = np.zeros(len(mean))
        self.error = np.zeros(len(mean))


def _outlook(arrays, trial, learnt, horizon):
    np = numpy()
    mix = np.asarray(learnt.mix)[trial.kinds] * np.asarray(learnt.factor)[trial.kinds][:, None]
    level = (trial.levels @ mix[:, :, None])[:, :, 0]
    out = Outlook(np.repeat(level[:, -1:], horizon, axis=1), level)
    season = seasonal.SEASON.get(arrays.bucket)
    if arrays.bucket == "day":
        out.mean *= seasonal.profile(arrays.history, arrays.start, season, horizon)
    if arrays.bucket == "month":
        regular = trial.kinds < classes.NAMES.index("intermittent")
        regular &= arrays.shape[1] - arrays.start >= seasonal.ENOUGH
        if regular.any():
            _apply_trend(arrays, out, regular, season, horizon)
    return out


def _apply_trend(arrays, out, regular, season, horizon):
    found = seasonal.forecast(arrays.history[regular], arrays.start[regular], season, horizon)
    out.mean[regular], out.methods[regular] = found.mean, "seasonal"
    out.alpha[regular], out.error[regular] = found.alpha, found.error


# === DISTRIBUTION === #


def _forecasts(arrays, trial, outlook, learnt, whole):
    np = numpy()
    demand = protected(outlook.mean, arrays.interval)
    usual = protected(outlook.usual, arrays.interval)
    interval = np.maximum(arrays.interval, 1e-9)
    sigma = np.zeros(len(demand))
    for lead in np.unique(interval):
        ours = interval == lead
        sigma[ours] = np.sqrt(_variance(trial, outlook, learnt, lead, usual / interval)[ours])
    single = np.sqrt(_variance(trial, outlook, learnt, 1.0, outlook.usual[:, 0]))
    # What promotions multiply, they make as much more uncertain.
    sigma *= demand / np.maximum(usual, 1e-9)
    single *= outlook.mean[:, 0] / np.maximum(outlook.usual[:, 0], 1e-9)
    silent = demand <= 0
    sigma[silent], single[silent] = 0.0, 0.0
    quantiles = distribution.quantiles(demand, sigma, trial.kinds, learnt.scores, whole)
    quantiles[silent] = 0.0
    rows = zip(
        arrays.series,
        outlook.mean.tolist(),
        demand.tolist(),
        sigma.tolist(),
        single.tolist(),
        quantiles.tolist(),
        outlook.methods.tolist(),
        trial.kinds.tolist(),
        strict=True,
    )
    return [
        Forecast(
            key=one.key,
            mean=tuple(mean),
            interval=one.interval,
            demand=total,
            sigma=spread,
            bucket_sigma=one_bucket,
            quantiles=tuple(zip(PROBABILITIES, amounts, strict=True)),
            method=method,
            kind="" if method == "none" else classes.NAMES[kind],
        )
        for one, mean, total, spread, one_bucket, amounts, method, kind in rows
    ]


def protected(mean, interval):
    """Return the demand of the first H buckets, the last one pro rata: (n,).

    :param mean: (n, h) units per bucket; beyond it demand goes on at its mean
    :param interval: (n,) H
    """
    np = numpy()
    part = np.clip(interval[:, None] - np.arange(mean.shape[1])[None], 0.0, 1.0)
    beyond = np.maximum(interval - mean.shape[1], 0.0)
    return (mean * part).sum(axis=1) + beyond * mean.mean(axis=1)


def _variance(trial, outlook, learnt, interval, level):
    """Return the variance of the demand of H for every series: (n,)."""
    np = numpy()
    lead = int(min(max(1, np.ceil(interval - 1e-9)), backtest.LONGEST_LEAD))
    known, outcome = trial.outcome(lead)
    errors = outcome - lead * outlook.level[:, :known]
    law = distribution.law_of(learnt.law, trial.kinds, level, lead)
    valid = trial.valid[:, :known]
    found = distribution.variance(errors, valid, trial.long_error(lead), law, lead)
    exponent = np.asarray(learnt.law)[trial.kinds, 2]
    found *= (interval / lead) ** np.clip(exponent, 1.0, 2.0)
    trended = outlook.methods == "seasonal"
    if trended.any():
        found[trended] = local_level(outlook.alpha[trended], outlook.error[trended], interval)
    return found


def local_level(alpha, error, interval):
    """Return the variance of summed demand of a smoothed level: (n,).

    ``error · Σ (1 + (H − i) · alpha)²`` for i = 1 … H (Graves 1999, "A single-item inventory model
    for a nonstationary demand process").
    """
    np = numpy()
    steps = np.arange(int(np.ceil(interval)))
    total = ((1 + steps[None] * alpha[:, None]) ** 2).sum(axis=1)
    return error * total * interval / max(1.0, np.ceil(interval))
