"""Safety stock, order-up-to level and what a service target costs.

Quantities are in units of the product. H, the protection interval, is the vendor lead time plus
the time between two orders, in buckets (weeks or months); the forecast of its demand is the sum
of the buckets 1 … H, the last one pro rata. sigma_H is the standard deviation of the forecast
error of that *sum*, not of one bucket times sqrt(H).
"""

from bisect import bisect_left
from dataclasses import dataclass
from math import ceil, exp, fsum, isfinite, pi, sqrt
from statistics import NormalDist

NORMAL = NormalDist()
#: how many receipts of a vendor and product the spread of its lead time is taken from
RECEIPTS = 12
#: weight of the vendor's other products, in receipts
VENDOR_WEIGHT = 6
#: the spread of a lead time with too few receipts, as a share of it
UNKNOWN_SPREAD = 0.25
FEW_RECEIPTS = 3
#: no factor beyond this many standard deviations
FARTHEST = 6.0


# === LEAD TIME === #


@dataclass(frozen=True)
class LeadTime:
    """The lead time of a vendor and product, in buckets, and where it comes from.

    :ivar str source: ``receipts``, ``vendor`` (of its other products) or ``assumed``
    """

    mean: float
    spread: float
    receipts: int
    source: str


def lead_time(promised, receipts=(), vendor_receipts=()):
    """Learn mean and standard deviation of a lead time from receipts.

    The last 12 receipts of the product count n/(n+6), those of the vendor's other products the
    rest. With fewer than 3 receipts the spread is 0.25 of the promised lead time.

    :param float promised: the vendor's lead time, in buckets
    :param receipts: the real lead times of this product, oldest first
    :param vendor_receipts: those of all products of the vendor, oldest first
    :rtype: LeadTime
    """
    own = _finite(receipts)[-RECEIPTS:]
    vendor = _finite(vendor_receipts)
    count = len(own)
    if count < FEW_RECEIPTS:
        if len(vendor) < FEW_RECEIPTS:
            return LeadTime(promised, UNKNOWN_SPREAD * promised, count, "assumed")
        spread = max(_deviation(vendor), UNKNOWN_SPREAD * promised)
        return LeadTime(promised, spread, count, "vendor")
    weight = count / (count + VENDOR_WEIGHT)
    pooled = vendor if len(vendor) >= FEW_RECEIPTS else own
    spread = weight * _deviation(own) + (1 - weight) * _deviation(pooled)
    mean = weight * fsum(own) / count + (1 - weight) * fsum(pooled) / len(pooled)
    return LeadTime(mean, spread, count, "receipts")


def _finite(values):
    values = [float(value) for value in values]
    if not all(isfinite(value) and value >= 0 for value in values):
        raise ValueError("lead times must be finite and not negative")
    return values


def _deviation(values):
    mean = fsum(values) / len(values)
    return sqrt(fsum((value - mean) ** 2 for value in values) / (len(values) - 1))


# === DEMAND OF THE PROTECTION INTERVAL === #


def protected_demand(forecast, interval):
    """Return the demand of the first buckets of a forecast, the last one pro rata.

    Beyond the last bucket the forecast goes on at the mean of its buckets.

    :param forecast: mean demand per bucket, the current one first
    :param float interval: H, in buckets
    """
    forecast = list(forecast)
    if not forecast or interval <= 0:
        return 0.0
    whole = int(interval)
    within = fsum(forecast[:whole])
    if whole < len(forecast):
        return within + (interval - whole) * forecast[whole]
    return within + (interval - len(forecast)) * fsum(forecast) / len(forecast)


def total_sigma(sigma, demand, interval, spread):
    """Return the standard deviation of demand, that of the lead time included.

    ``sigma_tot = sqrt(sigma_H² + (F/H)² · sd_LT²)``

    :param float sigma: sigma_H
    :param float demand: F, demand of the protection interval
    :param float interval: H, in buckets
    :param float spread: sd_LT, in buckets
    """
    rate = demand / interval if interval > 0 else 0.0
    return sqrt(sigma * sigma + (rate * spread) ** 2)


# === SERVICE === #


@dataclass(frozen=True)
class Service:
    """What share of demand is to be served from stock.

    :ivar str mode: ``cycle``: the chance that stock lasts until the next receipt; ``fill``: the
        share of units that are served at once
    :ivar float target: above 0 and below 1
    """

    mode: str
    target: float

    def __post_init__(self):
        if self.mode not in ("cycle", "fill"):
            raise ValueError(f"unknown service mode: {self.mode!r}")
        if not 0 < self.target < 1:
            raise ValueError("a service target is above 0 % and below 100 %")


@dataclass(frozen=True)
class Level:
    """Safety stock and order-up-to level of a product in a warehouse.

    :ivar float demand: F, expected demand of the protection interval
    :ivar float sigma: sigma_tot, its standard deviation
    :ivar float factor: safety stock in standard deviations
    :ivar float safety_stock: never negative
    :ivar float order_up_to: F + safety stock
    """

    demand: float
    sigma: float
    factor: float
    safety_stock: float
    order_up_to: float


def level(demand, sigma, interval, spread, service, review=1.0, quantiles=None):
    """Compute the safety stock and the order-up-to level.

    :param float demand: F, demand of the protection interval
    :param float sigma: sigma_H of the forecast
    :param float interval: H, in buckets
    :param float spread: sd_LT, in buckets
    :param Service service: the target
    :param float review: buckets between two orders (fill mode)
    :param quantiles: pairs (probability, quantity) of the demand of H from the engine, ascending;
        in cycle mode they replace the normal distribution
    :rtype: Level
    """
    sigma_total = total_sigma(sigma, demand, interval, spread)
    if service.mode == "fill":
        per_review = demand * min(1.0, review / interval) if interval > 0 else 0.0
        factor = fill_factor(sigma_total, per_review, service.target)
    elif quantiles and sigma > 0:
        factor = (_quantile(quantiles, service.target) - demand) / sigma
    else:
        factor = NORMAL.inv_cdf(service.target)
    safety_stock = max(0.0, factor * sigma_total)
    return Level(demand, sigma_total, factor, safety_stock, demand + safety_stock)


def _quantile(quantiles, target):
    """Interpolate between the stored quantiles, in normal scores."""
    at = [NORMAL.inv_cdf(probability) for probability, _quantity in quantiles]
    score = NORMAL.inv_cdf(target)
    right = min(max(1, bisect_left(at, score)), len(at) - 1)
    if len(at) == 1:
        return quantiles[0][1]
    (x0, y0), (x1, y1) = ((at[i], quantiles[i][1]) for i in (right - 1, right))
    return max(0.0, y0 + (y1 - y0) * (score - x0) / (x1 - x0))


def fill_factor(sigma, per_review, target):
    """Return the smallest k with ``sigma · E[(u − k)+] <= (1 − target) · per_review``.

    u is standard normal; the left side is what is short per order cycle.

    :param float sigma: standard deviation of the demand of H
    :param float per_review: expected demand between two orders
    """
    if sigma <= 0 or per_review <= 0:
        return 0.0
    allowed = (1 - target) * per_review / sigma
    low, high = -FARTHEST, FARTHEST
    for _step in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if loss(middle) <= allowed else (middle, high)
    return high


def loss(factor):
    """Return E[(u − k)+] of a standard normal u: ``φ(k) − k · (1 − Φ(k))``."""
    density = exp(-factor * factor / 2) / sqrt(2 * pi)
    return density - factor * (1 - NORMAL.cdf(factor))


def expected_fill(factor, sigma, per_review):
    """Return the share of units served at once with a safety factor, 0 to 1."""
    if per_review <= 0 or sigma <= 0:
        return 1.0
    return min(1.0, max(0.0, 1 - sigma * loss(factor) / per_review))


# === SERVICE AGAINST STOCK === #


@dataclass(frozen=True)
class Point:
    """One point of the curve: what a service target costs.

    :ivar float target: the service target
    :ivar float safety_stock: units
    :ivar float value: value of the safety stock, at cost
    :ivar float fill: expected share of units served at once
    """

    target: float
    safety_stock: float
    value: float
    fill: float


@dataclass(frozen=True)
class Product:
    """What the curve needs of a product in a warehouse; see `level`."""

    demand: float
    sigma: float
    interval: float
    spread: float = 0.0
    review: float = 1.0
    cost: float = 0.0
    quantiles: tuple = ()


def curve(products, mode, targets):
    """Compute safety stock and its value for several service targets.

    :param products: the `Product` records
    :param str mode: see `Service`
    :param targets: service targets, for example .85, .90, .95
    :return: one `Point` per target; the fill is weighted with the demand
    """
    products = list(products)
    points = []
    for target in targets:
        service = Service(mode, target)
        units = value = served = asked = 0.0
        for product in products:
            got = level(
                product.demand,
                product.sigma,
                product.interval,
                product.spread,
                service,
                product.review,
                product.quantiles,
            )
            rate = product.demand / product.interval if product.interval > 0 else 0.0
            factor = max(0.0, got.factor)
            served += rate * expected_fill(factor, got.sigma, rate * product.review)
            asked += rate
            units += got.safety_stock
            value += got.safety_stock * product.cost
        points.append(Point(target, units, value, served / asked if asked else 1.0))
    return points


def buckets_of(days, kind):
    """Return a number of days in buckets of ``day``, ``week`` or ``month`` (30.44 days)."""
    return days / {"day": 1.0, "week": 7.0, "month": 30.44}[kind]


def whole_buckets(interval):
    """Return how many buckets a forecast needs to cover an interval."""
    return max(1, ceil(interval - 1e-9))
