"""The door of the forecasts.

Nightly, with a list of `Series` per chunk of some 2,000 (all of one kind of bucket):

1. ``weights = learn(chunks, bucket)``: what all series say about the methods, by class. The
   chunks may be a sample, and the weights of last week may be used again
   (``Weights.to_json``, ``Weights.from_json``).
2. for each chunk: ``forecast(chunk, bucket, weights, horizon)``, a list of `Forecast` in the
   order of the series.

Without numpy both work: `learn` returns ``None`` and `forecast` the moving average, with
``method="fallback"``. Ask `numerics.is_available` to tell people.
"""

import logging

from . import moving_average, pooled
from .numerics import NumpyMissingError

_logger = logging.getLogger(__name__)


def learn(chunks, bucket):
    """Learn the weights of the methods from all series.

    :param chunks: an iterable of lists of `Series`, read once, one list in memory at a time
    :param str bucket: ``day``, ``week`` or ``month``
    :return: `weights.Weights`, or ``None`` without numpy
    """
    try:
        return pooled.learn(chunks, bucket)
    except NumpyMissingError as error:
        _logger.warning("%s", error)
        return None


def forecast(series, bucket, weights, horizon):
    """Forecast the demand of series.

    :param series: a list of `Series`
    :param str bucket: ``day``, ``week`` or ``month``
    :param weights: those of `learn`; ``None`` is the moving average
    :param int horizon: how many buckets from the current one on
    :return: a list of `Forecast`, in the order of ``series``
    """
    if weights is None:
        return [moving_average.forecast(one, horizon) for one in series]
    try:
        return pooled.forecast(series, bucket, weights, horizon)
    except NumpyMissingError as error:
        _logger.warning("%s", error)
        return [moving_average.forecast(one, horizon) for one in series]
