"""Sharing an amount among parts: nothing is lost, nothing is made."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.oms_addon.tools.bundles import split

CENT = Decimal("0.01")
AMOUNTS = st.decimals(min_value=-100_000, max_value=100_000, places=2)
WEIGHTS = st.lists(st.decimals(min_value=0, max_value=1000, places=2), min_size=1, max_size=12)
UNITS = st.sampled_from([Decimal(1), CENT, Decimal("0.001"), Decimal("0.05")])


@given(AMOUNTS, WEIGHTS, UNITS)
def test_the_shares_make_the_amount_and_are_whole_units_of_its_sign(amount, weights, unit):
    shares = split(amount, weights, unit)
    assert len(shares) == len(weights)
    assert abs(sum(shares) - amount) <= unit / 2
    if amount % unit == 0:
        assert sum(shares) == amount
    for share in shares:
        assert share % unit == 0
        assert share * amount >= 0


@given(AMOUNTS, WEIGHTS)
def test_no_share_is_further_from_its_part_than_what_was_left_over(amount, weights):
    total = sum(weights)
    if not total:
        return
    for share, weight in zip(split(amount, weights, CENT), weights, strict=True):
        assert abs(share - amount * weight / total) <= CENT * len(weights)


def test_what_is_left_goes_to_the_last_of_the_heaviest():
    thirds = split(Decimal("10.00"), [Decimal(1)] * 3, CENT)
    assert thirds == [Decimal("3.33"), Decimal("3.33"), Decimal("3.34")]
    by_price = split(Decimal("10.00"), [Decimal(7), Decimal(3), Decimal(1)], CENT)
    assert by_price == [Decimal("6.38"), Decimal("2.72"), Decimal("0.90")]


def test_parts_without_a_price_share_alike():
    assert split(Decimal("1.00"), [Decimal(0)] * 2, CENT) == [Decimal("0.50"), Decimal("0.50")]
