"""History as demand: what was not sold because nothing was there.

A bucket in which the product was out of stock says less than was asked. It is raised to the
running level of the buckets before it that were not short, if that is more.
"""

from .numerics import numpy

#: smoothing constant of the running level
ALPHA = 0.1


def uncensor(history, censored, start):
    """Return the history with short buckets raised: (n, T); the same array without any.

    :param history: (n, T) units
    :param censored: (n, T) booleans
    :param start: (n,) column of the first sale
    """
    np = numpy()
    rows = np.flatnonzero(censored.any(axis=1))
    if not len(rows):
        return history
    out = history.copy()
    part, short, begun = history[rows], censored[rows], start[rows]
    level, weight = np.zeros(len(rows)), np.zeros(len(rows))
    for bucket in range(history.shape[1]):
        known = level / np.maximum(weight, 1e-12)
        now = part[:, bucket]
        out[rows, bucket] = np.where(short[:, bucket], np.maximum(now, known), now)
        use = ALPHA * (~short[:, bucket] & (begun <= bucket))
        level += use * (now - level)
        weight += use * (1 - weight)
    return out
