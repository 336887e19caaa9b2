"""What is spread adds up again."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.oms_addon.tools.shares import spread

COINS = [Decimal("0.01"), Decimal("1"), Decimal("0.001")]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(COINS),
    st.integers(0, 10**7),
    st.lists(st.decimals(0, 10**5, places=2), min_size=1, max_size=8),
)
def test_the_shares_add_up_and_none_is_off_by_a_coin(coin, coins, weights):
    amount = coins * coin
    shares = spread(amount, weights, coin)
    total = sum(weights)
    assert sum(shares) == (amount if total else 0)
    for share, weight in zip(shares, weights, strict=True):
        assert share >= 0
        assert share == share.quantize(coin)
        assert abs(share - (amount * weight / total if total else 0)) < coin


def test_what_weighs_the_same_differs_by_a_coin_at_most():
    shares = spread(Decimal("10.00"), [Decimal(5)] * 3)
    assert shares == [Decimal("3.34"), Decimal("3.33"), Decimal("3.33")]
