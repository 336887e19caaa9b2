"""Shares of an amount with its taxes: exact, never more than there is, the last takes the rest."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.oms_addon.tools.shares import spread_signed
from odoo.addons.oms_addon.tools.taxed_amount import TaxAmount, TaxedAmount

COINS = st.sampled_from([Decimal("0.01"), Decimal("1"), Decimal("0.001")])


@st.composite
def amounts(draw):
    """:return: (coin, TaxedAmount of up to three taxes)"""
    coin = draw(COINS)
    base = draw(st.integers(1, 10**6)) * coin
    taxes = draw(st.lists(st.integers(0, 10**5), max_size=3))
    return coin, TaxedAmount(
        base, {key: TaxAmount(coins * coin, base) for key, coins in enumerate(taxes)}
    )


@settings(max_examples=300, deadline=None)
@given(COINS, st.lists(st.integers(-(10**5), 10**6), min_size=1, max_size=6), st.data())
def test_no_share_exceeds_its_limit_and_the_shares_add_up(coin, limits, data):
    limits = [coins * coin for coins in limits]
    total = sum(limits)
    amount = data.draw(st.integers(*sorted((0, int(total / coin))))) * coin
    shares = spread_signed(amount, limits, coin)
    assert sum(shares) == amount
    for share, limit in zip(shares, limits, strict=True):
        assert min(0, limit) <= share <= max(0, limit)
    assert spread_signed(total, limits, coin) == (limits if total else [0] * len(limits))


@settings(max_examples=300, deadline=None)
@given(amounts(), st.lists(st.integers(0, 10**6), max_size=6))
def test_shares_in_steps_never_exceed_and_the_last_takes_the_remainder(given_amount, steps):
    coin, whole = given_amount
    left, shares = whole, []
    for coins in steps:
        share = left.share(min(coins * coin, left.total), coin)
        assert share.total == min(coins * coin, left.total)
        shares.append(share)
        left = left.minus(share)
        assert left.base >= 0
        assert all(tax.amount >= 0 for tax in left.taxes.values())
    shares.append(left.share(left.total, coin))
    assert sum(share.base for share in shares) == whole.base
    for key, tax in whole.taxes.items():
        assert sum(share.taxes[key].amount for share in shares) == tax.amount


def test_five_of_119_at_19_percent_has_80_cents_of_tax():
    line = TaxedAmount(Decimal("100.00"), {1: TaxAmount(Decimal("19.00"), Decimal("100.00"))})
    share = line.share(Decimal("5.00"), Decimal("0.01"))
    assert share == TaxedAmount(Decimal("4.20"), {1: TaxAmount(Decimal("0.80"), Decimal("4.20"))})


def test_tax_that_the_customer_owes_the_state_is_in_no_total():
    tax = TaxAmount(Decimal("20.00"), Decimal("100.00"), payable=False)
    line = TaxedAmount(Decimal("100.00"), {1: tax})
    assert line.total == Decimal("100.00")
    share = line.share(Decimal("50.00"), Decimal("0.01"))
    assert share.base == Decimal("50.00")
    assert share.taxes[1] == TaxAmount(Decimal("10.00"), Decimal("50.00"), payable=False)
