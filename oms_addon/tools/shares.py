"""Exact shares of an amount: what is spread adds up again, to the smallest coin."""

from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def rounded(amount, coin=CENT):
    """Return an amount in whole coins, halves away from zero."""
    return amount.quantize(coin, ROUND_HALF_UP)


def spread(amount, weights, coin=CENT):
    """Spread an amount over weights, in whole coins, largest remainder first.

    :param Decimal amount: not negative, in whole coins
    :param list weights: ``Decimal``, none negative
    :return: a share for each weight; their sum is the amount. No share where nothing weighs.
    :rtype: list[Decimal]
    """
    total = sum(weights)
    if not total or not amount:
        return [Decimal(0)] * len(weights)
    exact = [amount * weight / total for weight in weights]
    shares = [share.quantize(coin, ROUND_FLOOR) for share in exact]
    left = int((amount - sum(shares)) / coin)
    by_remainder = sorted(range(len(weights)), key=lambda i: (shares[i] - exact[i], i))
    for index in by_remainder[:left]:
        shares[index] += coin
    return shares


def spread_within(amount, limits, coin=CENT):
    """Spread an amount in proportion to limits that no share may exceed.

    :param Decimal amount: not negative, in whole coins
    :param list limits: ``Decimal`` in whole coins, none negative
    :return: the shares, and what found no place
    :rtype: tuple[list[Decimal], Decimal]
    """
    placed = min(amount, sum(limits))
    # Below the sum of the limits no share exceeds its own by more than a coin's remainder.
    shares = [
        min(share, limit) for share, limit in zip(spread(placed, limits, coin), limits, strict=True)
    ]
    left = placed - sum(shares)
    for index, limit in enumerate(limits):
        more = min(left, limit - shares[index])
        shares[index] += more
        left -= more
    return shares, amount - placed
