"""Exact shares of an amount: their sum is the amount, to the smallest coin."""

from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def rounded(amount, coin=CENT):
    """Round an amount to whole coins, half up (away from zero)."""
    return amount.quantize(coin, ROUND_HALF_UP)


def spread(amount, weights, coin=CENT):
    """Spread an amount over weights, in whole coins, largest remainder first.

    :param Decimal amount: not negative, in whole coins
    :param list weights: ``Decimal``, none negative
    :return: a share for each weight; their sum is the amount. All are 0 when all weights are 0.
    :rtype: list[Decimal]
    """
    return spread_signed(amount, weights, coin)


def spread_within(amount, limits, coin=CENT):
    """Spread an amount in proportion to limits that no share may exceed.

    :param Decimal amount: not negative, in whole coins
    :param list limits: ``Decimal`` in whole coins, none negative
    :return: the shares, and the rest that exceeds the limits
    :rtype: tuple[list[Decimal], Decimal]
    """
    placed = min(amount, sum(limits))
    # When the amount is below the sum of the limits, rounding exceeds a limit by one coin at most.
    shares = [
        min(share, limit) for share, limit in zip(spread(placed, limits, coin), limits, strict=True)
    ]
    left = placed - sum(shares)
    for index, limit in enumerate(limits):
        more = min(left, limit - shares[index])
        shares[index] += more
        left -= more
    return shares, amount - placed


def spread_signed(amount, limits, coin=CENT):
    """Spread an amount in proportion to limits, some of which may be negative.

    :param Decimal amount: between 0 and the sum of the limits, in whole coins
    :param list limits: ``Decimal`` in whole coins
    :return: a share for each limit, between 0 and it; their sum is the amount
    :rtype: list[Decimal]
    """
    total = sum(limits)
    if not amount or not total:
        return [Decimal(0)] * len(limits)
    exact = [amount * limit / total for limit in limits]
    shares = [share.quantize(coin, ROUND_FLOOR) for share in exact]
    left = int((amount - sum(shares)) / coin)
    by_remainder = sorted(range(len(limits)), key=lambda i: (shares[i] - exact[i], i))
    for index in by_remainder[:left]:
        shares[index] += coin
    return shares
