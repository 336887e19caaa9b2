"""What the candidates would have said in the past, and what came: the material of all learning."""

from dataclasses import dataclass

from . import candidates, classes
from .numerics import numpy

#: how many past buckets forecasts are tried from
ORIGINS = 24
#: the number of buckets whose summed demand the weights are learnt on
LEAD = 3
#: the moving average whose errors are taken over the whole history
WINDOW = 12
#: no outcome of more buckets is used, so that some are left to measure its error
LONGEST_LEAD = 13


@dataclass(frozen=True)
class Backtest:
    """Candidates and outcomes of n series from k origins; the last origin is now.

    :ivar levels: (n, k, candidates)
    :ivar origins: (k,) number of known buckets: T - 26 … T
    :ivar sums: (n, T + 1) running sums of the history
    :ivar valid: (n, k) whether the series had begun
    :ivar kinds: (n,) class
    :ivar scale: (n,) root mean square of the history since its first sale
    """

    levels: object
    origins: object
    sums: object
    valid: object
    kinds: object
    scale: object

    def outcome(self, lead):
        """Return how many origins have a known outcome, and their summed demand.

        :param int lead: H, in buckets, at most `LONGEST_LEAD`
        :return: k', (n, k') units
        """
        known = len(self.origins) - lead
        now = self.origins[:known]
        return known, self.sums[:, now + lead] - self.sums[:, now]

    def long_error(self, lead):
        """Return the mean squared error of a moving average over the whole history: (n,).

        It knows of rare large demands that the last origins did not see; 0 without any origin.

        :param int lead: H, in buckets
        """
        np = numpy()
        width = self.sums.shape[1] - 1
        now = np.arange(1, width - lead + 1)
        start = (self.sums <= 0).sum(axis=1)[:, None] - 1
        begin = np.maximum(np.minimum(start, now), now - WINDOW)
        past = self.sums[:, now] - np.take_along_axis(self.sums, begin, axis=1)
        error = self.sums[:, now + lead] - self.sums[:, now] - lead * past / (now - begin).clip(1)
        use = now > start
        return (error * error * use).sum(axis=1) / np.maximum(use.sum(axis=1), 1)


def run(history, start):
    """Try the candidates from the last `ORIGINS` buckets of a history, and from now.

    :rtype: Backtest
    """
    np = numpy()
    width = history.shape[1]
    origins = np.arange(width - ORIGINS - LEAD + 1, width + 1)
    live = np.maximum(width - start, 1)
    scale = np.sqrt((history * history).sum(axis=1) / live)
    return Backtest(
        levels=candidates.levels(history, start, origins),
        origins=origins,
        sums=candidates.running_sums(history),
        valid=origins[None] > start[:, None],
        kinds=classes.classify(history, start),
        scale=np.where(scale > 0, scale, 1.0),
    )
