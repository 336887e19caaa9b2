"""Twelve cheap forecasts of the level of each series, as of several past buckets at once.

Moving averages over 1, 3, 6, 12, 26 and all buckets; exponential smoothing with four constants;
TSB (Teunter, Syntetos, Babai 2011: chance and size of a sale smoothed apart) with two. All begin
with the first sale; smoothed means are divided by the sum of their weights, which makes a
starting value unnecessary.
"""

from .numerics import numpy

#: buckets of the moving averages; the last one is all
WINDOWS = (1, 3, 6, 12, 26, 10**6)
#: constants of exponential smoothing
ALPHAS = (0.05, 0.1, 0.2, 0.35)
#: constants of TSB: of the chance of a sale; of its size
CHANCES = (0.05, 0.15)
SIZE = 0.1
COUNT = len(WINDOWS) + len(ALPHAS) + len(CHANCES)
#: what the weights are pulled towards: quick methods, which suit most panels of retail and parts
PRIOR = (0, 0, 0.2, 0.1, 0, 0, 0, 0.1, 0.3, 0.1, 0, 0.2)


def levels(history, start, origins):
    """Return the levels as known after so many buckets: (n, origins, candidates).

    :param history: (n, T) units
    :param start: (n,) column of the first sale
    :param origins: (k,) ascending numbers of known buckets, 0 to T
    """
    np = numpy()
    out = np.empty((len(history), len(origins), COUNT))
    _moving(np, history, start, origins, out)
    _smoothed(np, history, start, origins, out[:, :, len(WINDOWS) :])
    return out


def _moving(np, history, start, origins, out):
    sums = running_sums(history)
    now = sums[:, origins]
    first = np.minimum(start[:, None], origins[None])
    for number, window in enumerate(WINDOWS):
        begin = np.maximum(first, origins[None] - window)
        past = np.take_along_axis(sums, begin, axis=1)
        out[:, :, number] = (now - past) / np.maximum(origins[None] - begin, 1)


def running_sums(history):
    """Return sums of the first 0 … T buckets: (n, T + 1)."""
    np = numpy()
    sums = np.zeros((len(history), history.shape[1] + 1))
    np.cumsum(history, axis=1, out=sums[:, 1:])
    return sums


def _smoothed(np, history, start, origins, out):
    """Run the recursions over time, for all series and constants at once."""
    count, singles = len(history), len(ALPHAS)
    alphas = np.array([*ALPHAS, *CHANCES])[:, None]
    # rows: numerators of the smoothed levels and chances, then their weights
    value = np.zeros((len(alphas), count))
    weight = np.zeros((len(alphas), count))
    size, size_weight = np.zeros(count), np.zeros(count)
    columns, wanted = np.ascontiguousarray(history.T), {int(o): i for i, o in enumerate(origins)}
    target = np.empty((len(alphas), count))
    for bucket in range(int(origins[-1]) + 1):
        if bucket in wanted:
            ratio = value / np.maximum(weight, 1e-12)
            ratio[singles:] *= size / np.maximum(size_weight, 1e-12)
            out[:, wanted[bucket]] = ratio.T
        if bucket == len(columns):
            break
        sold = columns[bucket] > 0
        target[:singles] = columns[bucket]
        target[singles:] = sold
        value += alphas * (target - value)
        weight += alphas * ((start <= bucket) - weight)
        step = SIZE * sold
        size += step * (columns[bucket] - size)
        size_weight += step * (1 - size_weight)
