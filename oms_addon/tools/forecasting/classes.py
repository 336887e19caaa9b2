"""Classes of demand: how often it comes and how much its size varies.

Source: Syntetos, Boylan, Croston (2005), doi 10.1057/palgrave.jors.2601841: mean interval between
sales (ADI) 1.32, squared coefficient of variation of their sizes (CV²) 0.49. They are used as
groups that share weights, not to choose a method.
"""

from .numerics import numpy

ADI = 1.32
CV2 = 0.49
NAMES = ("smooth", "erratic", "intermittent", "lumpy")


def classify(history, start):
    """Return the class of each series as a position in `NAMES`: (n,).

    :param history: (n, T) units
    :param start: (n,) column of the first sale
    """
    np = numpy()
    sold = history > 0
    sales = np.maximum(sold.sum(axis=1), 1)
    interval = np.maximum(history.shape[1] - start, 1) / sales
    size = history.sum(axis=1) / sales
    squares = (history * history).sum(axis=1) / sales
    variation = np.maximum(squares - size * size, 0.0) / np.maximum(size, 1e-9) ** 2
    return (interval >= ADI) * 2 + (variation >= CV2)
