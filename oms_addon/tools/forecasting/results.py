"""Input and results of the engine."""

from dataclasses import dataclass, replace

#: the probabilities of the stored quantiles
PROBABILITIES = (0.5, 0.9, 0.95, 0.98)
#: buckets of history that are read at most
LONGEST = {"day": 730, "week": 156, "month": 84}


@dataclass(frozen=True)
class Series:
    """The history of a product in a channel and warehouse.

    :ivar key: any hashable name of the series
    :ivar quantities: ordered quantity per bucket, oldest first, cancellations netted; the last
        one is the last *closed* bucket, the same for all series of a panel
    :ivar censored: per bucket, whether the product was out of stock; empty for never
    :ivar promotions: per bucket, the code of the promotion type, 0 for none; empty for never
    :ivar planned: the same for the buckets to come, the current one first
    :ivar category: any hashable name of the group that promotions are compared in
    :ivar float interval: H, the protection interval (lead time + review), in buckets
    :ivar like: key of the product this one is like, while it has no sales of its own
    :ivar float factor: share of that product's demand
    """

    key: object
    quantities: tuple
    censored: tuple = ()
    promotions: tuple = ()
    planned: tuple = ()
    category: object = None
    interval: float = 3.0
    like: object = None
    factor: float = 1.0


@dataclass(frozen=True)
class Forecast:
    """The forecast of a series, from the current bucket on.

    :ivar key: that of the series
    :ivar tuple mean: expected demand per bucket
    :ivar float interval: H, in buckets
    :ivar float demand: F, expected demand of H
    :ivar float sigma: sigma_H, standard deviation of the forecast error of the demand of H
    :ivar float bucket_sigma: standard deviation of the forecast error of one bucket
    :ivar tuple quantiles: pairs (probability, demand of H), see `PROBABILITIES`
    :ivar str method: ``pooled``, ``seasonal``, ``short`` (few buckets), ``like`` (another
        product's), ``inactive`` (no longer sold), ``none`` (never sold) or ``fallback``
    :ivar str kind: ``smooth``, ``erratic``, ``intermittent``, ``lumpy``, or empty
    """

    key: object
    mean: tuple
    interval: float
    demand: float
    sigma: float
    bucket_sigma: float
    quantiles: tuple
    method: str
    kind: str = ""

    def like(self, key, factor):
        """Return this forecast for a new product that is like this one.

        :param key: key of the new product's series
        :param float factor: its share of this product's demand
        """
        return replace(
            self,
            key=key,
            mean=tuple(value * factor for value in self.mean),
            demand=self.demand * factor,
            sigma=self.sigma * factor,
            bucket_sigma=self.bucket_sigma * factor,
            quantiles=tuple(
                (probability, amount * factor) for probability, amount in self.quantiles
            ),
            method="like",
        )

    def scale(self, factors):
        """Return this forecast with the buckets multiplied, such as by an expected uplift.

        :param factors: one per bucket
        """
        mean = tuple(value * factor for value, factor in zip(self.mean, factors, strict=True))
        before, after = (_protected(values, self.interval) for values in (self.mean, mean))
        ratio = after / before if before else 1.0
        return replace(
            self,
            mean=mean,
            demand=self.demand * ratio,
            sigma=self.sigma * ratio,
            quantiles=tuple(
                (probability, amount * ratio) for probability, amount in self.quantiles
            ),
        )


def _protected(mean, interval):
    """:return: the sum over the protection interval, its last bucket pro rata"""
    return sum(value * min(max(interval - bucket, 0.0), 1.0) for bucket, value in enumerate(mean))
