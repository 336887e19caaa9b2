"""A panel of made-up demand with known habits, the same on every run."""

import numpy as np


def weekly(count=900, width=90, seed=19):
    """Return demand of drifting levels, and rare demand of steady ones: (count, width)."""
    rng = np.random.default_rng(seed)
    rare = rng.random((count, 1)) < 0.5
    drift = rng.normal(0, 0.2, (count, width)).cumsum(axis=1) * ~rare
    level = np.exp(rng.normal(1.2, 1.0, (count, 1)) + np.clip(drift, -2.5, 2.5))
    chance = np.where(rare, rng.uniform(0.1, 0.6, (count, 1)), 1.0)
    sold = rng.random((count, width)) < chance
    shape = np.where(rare, 0.4, 4.0)
    demand = rng.poisson(level * rng.gamma(shape, 1 / shape, (count, width))) * sold
    begin = rng.integers(0, 40, count)
    return np.where(np.arange(width)[None] >= begin[:, None], demand, 0).astype(float)


def monthly(count=40, width=60, horizon=12, seed=5):
    """Return seasonal demand with a trend, and what follows: (count, width), (count, horizon)."""
    rng = np.random.default_rng(seed)
    time = np.arange(width + horizon)
    season = 1 + 0.4 * np.sin(2 * np.pi * (time / 12 + rng.random((count, 1))))
    demand = 200 * (1 + 0.01 * time) * season + rng.normal(0, 8, (count, width + horizon))
    return demand[:, :width], demand[:, width:]
