"""What all series say about the methods: weights, calibration, laws of error, by class.

Learning reads the chunks once and keeps the candidates and outcomes of at most `SAMPLE` series,
chosen by a hash of their keys: neither the size of the chunks nor their sequence matters.
"""

import json
from dataclasses import asdict, dataclass, field
from zlib import crc32

from . import backtest, candidates, classes, distribution
from .numerics import numpy

#: series that are kept for learning, about
SAMPLE = 8000
#: strength of the pull of the weights towards their prior, relative to the data
RIDGE = 23.0
#: how much of the error of a class's volume is corrected, and the limits of the correction
CALIBRATION = 0.5
LIMITS = (0.7, 1.4)
#: classes with fewer rows use what all have in common
FEW = 50


@dataclass(frozen=True)
class Weights:
    """What was learnt; plain lists, so that it can be stored as JSON.

    Lists by class are in the order of `classes.NAMES`.

    :ivar str bucket: kind of bucket
    :ivar list mix: weights of the candidates, by class
    :ivar list factor: correction of the volume, by class
    :ivar list law: coefficients of the variance, by class; see `distribution.law_of`
    :ivar list scores: quantiles of scaled errors, by class and size; see `distribution`
    :ivar dict uplifts: uplift of promotions; see `promotions.Uplifts`
    :ivar int count: series seen
    """

    bucket: str
    mix: list
    factor: list
    law: list
    scores: list
    uplifts: dict = field(default_factory=dict)
    count: int = 0

    def to_json(self):
        """Return the weights as a text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text):
        """Read the weights from a text."""
        return cls(**json.loads(text))


class Sample:
    """Candidates and outcomes of series that are kept for learning."""

    def __init__(self):
        numpy()
        self.blocks = []
        self.size = 0
        self.count = 0
        #: hashes above it are dropped
        self.limit = 2**32

    def add(self, keys, trial):
        """Keep the series of a chunk, as many as there is room for.

        :param keys: keys of the series
        :param Backtest trial: that of the chunk
        """
        np = numpy()
        self.count += len(keys)
        hashes = np.array([crc32(repr(key).encode()) for key in keys], np.int64)
        keep = np.flatnonzero((hashes < self.limit) & trial.valid[:, -2])
        block = {
            "hashes": hashes[keep],
            "levels": trial.levels[keep, :-1].astype(np.float32),
            "sums": trial.sums[keep][:, trial.origins].astype(np.float32),
            "valid": trial.valid[keep, :-1],
            "kinds": trial.kinds[keep],
            "scale": trial.scale[keep],
            "long_error": trial.long_error(backtest.LEAD)[keep],
        }
        self.blocks.append(block)
        self.size += len(keep)
        while self.size > SAMPLE:
            self.limit //= 2
            self.blocks = [self._thinned(block) for block in self.blocks]
            self.size = sum(len(block["hashes"]) for block in self.blocks)

    def _thinned(self, block):
        keep = block["hashes"] < self.limit
        return {name: values[keep] for name, values in block.items()}

    def merged(self):
        """Return the arrays of all blocks, in an order that the chunks do not decide."""
        np = numpy()
        if not self.blocks:
            return None
        whole = {
            name: np.concatenate([block[name] for block in self.blocks]) for name in self.blocks[0]
        }
        order = np.argsort(whole["hashes"], kind="stable")
        return {name: values[order] for name, values in whole.items()}


def fit(sample, bucket, uplifts):
    """Learn from a sample.

    :param Sample sample: all chunks
    :param dict uplifts: those of promotions
    :rtype: Weights
    """
    np = numpy()
    data = sample.merged()
    if data is None or not len(data["kinds"]):
        return untaught(bucket, uplifts)
    rows = len(data["valid"][0]) - backtest.LEAD + 1
    now, later = data["sums"][:, :rows], data["sums"][:, backtest.LEAD : backtest.LEAD + rows]
    outcome = (later - now) / backtest.LEAD
    levels, valid = data["levels"][:, :rows], data["valid"][:, :rows]
    everyone = np.ones(len(levels), bool)
    common = _mixed(levels, outcome, valid, data["scale"], everyone, np.array(candidates.PRIOR))
    mix, factor = [], []
    for kind in range(len(classes.NAMES)):
        ours = data["kinds"] == kind
        own = common
        if ours.sum() >= FEW:
            own = _mixed(levels, outcome, valid, data["scale"], ours, common)
        else:
            ours = everyone
        mix.append(own)
        factor.append(_correction(levels[ours] @ own, outcome[ours], valid[ours]))
    forecasts = _forecasts(np, data, mix, factor)
    law = distribution.fit_laws(forecasts, data["sums"], data["valid"], data["kinds"])
    scores = distribution.fit_scores(forecasts, data, law)
    return Weights(
        bucket=bucket,
        mix=[[float(weight) for weight in weights] for weights in mix],
        factor=factor,
        law=law,
        scores=scores,
        uplifts=uplifts,
        count=sample.count,
    )


def untaught(bucket, uplifts=None):
    """Return the weights before there is anything to learn from."""
    kinds = len(classes.NAMES)
    return Weights(
        bucket=bucket,
        mix=[list(candidates.PRIOR)] * kinds,
        factor=[1.0] * kinds,
        law=[list(distribution.DEFAULT_LAW)] * kinds,
        scores=[[list(distribution.NORMAL_SCORES)] * (len(distribution.SIZES) + 1)] * kinds,
        uplifts=uplifts or {},
    )


def _forecasts(np, data, mix, factor):
    """Return what the mix would have said at each origin: (n, origins) per bucket."""
    out = np.empty(data["valid"].shape)
    for kind, (weights, correction) in enumerate(zip(mix, factor, strict=True)):
        ours = data["kinds"] == kind
        out[ours] = data["levels"][ours] @ (np.asarray(weights) * correction)
    return out


def _mixed(levels, outcome, valid, scale, ours, prior):
    """Return the ridge weights of the series ``ours``, pulled towards ``prior``, none negative.

    Rows are divided by the scale of their series, so that each counts alike.
    """
    factor = (valid[ours] / scale[ours, None]).reshape(-1, 1)
    matrix = levels[ours].reshape(-1, levels.shape[2]) * factor
    right = outcome[ours].reshape(-1) * factor[:, 0]
    return _ridge(matrix.T @ matrix, matrix.T @ right, prior)


def _ridge(normal, right, prior):
    np = numpy()
    strength = RIDGE * np.trace(normal) / len(right)
    if strength <= 0:
        return prior
    active = np.ones(len(right), bool)
    while True:
        weights = np.zeros(len(right))
        system = normal[np.ix_(active, active)] + strength * np.eye(int(active.sum()))
        weights[active] = np.linalg.solve(system, right[active] + strength * prior[active])
        if (weights >= 0).all():
            return weights
        active &= weights > 0


def _correction(forecasts, outcome, valid):
    """Return the factor that brings the forecast volume half way to the real one."""
    said, came = float((forecasts * valid).sum()), float((outcome * valid).sum())
    if said <= 0 or came <= 0:
        return 1.0
    return min(LIMITS[1], max(LIMITS[0], (came / said) ** CALIBRATION))
