"""Exact distribution of an amount among parts."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

_ONE = Decimal(1)


def split(amount, weights, unit):
    """Distribute an amount among parts by their weights.

    Every share is rounded toward zero to the currency's smallest unit; the rest is added to
    the share with the largest weight, the last one of several.

    :param Decimal amount: the amount; rounded to the smallest unit first
    :param weights: ``Decimal`` list, not empty, none below 0; all 0 shares equally
    :param Decimal unit: the smallest unit, e.g. ``Decimal("0.01")``
    :return: a share for each weight, whose sum is the rounded amount
    :rtype: list[Decimal]
    """
    weights = list(weights)
    total = sum(weights)
    if not total:
        weights, total = [_ONE] * len(weights), Decimal(len(weights))
    units = (amount / unit).quantize(_ONE, ROUND_HALF_UP)
    shares = [(units * weight / total).quantize(_ONE, ROUND_DOWN) for weight in weights]
    heaviest = max(range(len(weights)), key=lambda i: (weights[i], i))
    shares[heaviest] += units - sum(shares)
    return [share * unit for share in shares]
