"""Forecast consumption: the published cases, and what always holds."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.oms_addon.tools.forecasting.consumption import (
    DIRECTIONS,
    Line,
    Window,
    consume,
    consume_lines,
)

FLAT = (100, 100, 100, 100)


def totals(buckets, orders):
    """Return the ordered quantity per bucket of pairs (bucket, quantity)."""
    ordered = [0] * buckets
    for bucket, quantity in orders:
        ordered[bucket] += quantity
    return ordered


#: name: gross, orders, window, now, open, total demand, excess
CASES = {
    "E1": (FLAT, [(1, 30)], Window(), 0, (100, 70, 100, 100), (100, 100, 100, 100), 0),
    "E2": (FLAT, [(1, 130)], Window(), 0, (100, 0, 100, 100), (100, 130, 100, 100), 30),
    "E3": (FLAT, [(1, 230)], Window(1, 1), 0, (0, 0, 70, 100), (0, 230, 70, 100), 0),
    "E4": (FLAT, [(1, 230)], Window(1, 1, "fb"), 0, (70, 0, 0, 100), (70, 230, 0, 100), 0),
    "E5": (FLAT, [(1, 230)], Window(1, 0, "b"), 0, (0, 0, 100, 100), (0, 230, 100, 100), 30),
    "E6": (FLAT, [(1, 230)], Window(1, 1, "none"), 0, FLAT, (100, 330, 100, 100), 230),
    "E7": (FLAT, [(1, 80), (1, 50)], Window(1, 1), 0, (70, 0, 100, 100), (70, 130, 100, 100), 0),
    "E7, the first cancelled": (FLAT, [(1, 50)], Window(1, 1), 0, (100, 50, 100, 100), FLAT, 0),
    "E8": (FLAT, [(2, 250)], Window(2, 0), 1, (0, 0, 0, 100), (0, 0, 250, 100), 50),
    "E9": (FLAT, [(1, 130)], Window(1, 1), 0, (70, 0, 100, 100), (70, 130, 100, 100), 0),
    "E9, moved": (FLAT, [(3, 130)], Window(1, 1), 0, (100, 100, 70, 0), (100, 100, 70, 130), 0),
    "E10": (
        (100, 160, 100, 100),
        [(1, 130)],
        Window(1, 1),
        0,
        (100, 30, 100, 100),
        (100, 160, 100, 100),
        0,
    ),
    "E11": ((0, 0, 0, 0), [(1, 130)], Window(1, 1), 0, (0, 0, 0, 0), (0, 130, 0, 0), 130),
    "E12": ((100,) * 3, [(0, 150), (1, 80)], Window(0, 1), 0, (0, 0, 100), (150, 80, 100), 30),
}


@pytest.mark.parametrize("name", CASES)
def test_the_published_cases_come_out(name):
    gross, orders, window, now, open_, total, excess = CASES[name]
    lines = [Line(key, *order) for key, order in enumerate(orders)]
    for result in (
        consume(gross, totals(len(gross), orders), window, now),
        consume_lines(gross, lines, window, now),
    ):
        assert (result.open, result.total, sum(result.excess)) == (open_, total, excess)


def test_a_capped_line_consumes_its_share_and_the_rest_is_extra_demand():
    result = consume_lines((100,), [Line(7, 0, 90)], Window(cap=0.5))
    assert (result.open, result.total, result.excess) == ((50,), (140,), (40,))
    assert result.abnormal == {7}
    assert result.too_low == (False,)


@pytest.mark.parametrize(
    "ordered, consumed, excess, open_", [(25, 20, 5, 0), (22, 20, 2, 0), (15, 15, 0, 5)]
)
def test_overconsumption_goes_first_when_an_order_shrinks(ordered, consumed, excess, open_):
    result = consume((20,), (ordered,), Window())
    assert (result.consumed, result.excess, result.open) == ((consumed,), (excess,), (open_,))


def test_a_bucket_is_open_partly_consumed_cleared_and_open_again():
    states = [consume((0, 100), (0, ordered), Window()).states[1] for ordered in (0, 40, 100, 0)]
    assert states == ["open", "partly", "cleared", "open"]
    expired = consume((0, 100, 100), (0, 0, 100), Window(2, 2), now=2)
    assert expired.states == ("expired", "expired", "cleared")
    assert consume((0,), (5,), Window()).states == ("none",)


def test_orders_beyond_the_forecast_say_that_it_is_too_low():
    assert consume((10, 10), (25, 0), Window(0, 1)).too_low == (True, False)
    assert consume((10, 10), (20, 0), Window(0, 1)).too_low == (False, False)
    late = consume((10, 10), (25, 0), Window(1, 1), now=1)
    assert (late.excess, late.too_low, late.open) == ((25, 0), (False, False), (0, 10))


def test_an_exceptional_line_is_demand_and_consumes_nothing():
    lines = [Line(1, 0, 30), Line(2, 0, 500, exceptional=True)]
    result = consume_lines((100,), lines, Window())
    assert (result.open, result.total, result.excess) == ((70,), (600,), (500,))
    assert (result.abnormal, result.too_low) == (frozenset(), (False,))


def test_each_line_has_the_buckets_it_consumed():
    lines = [Line(1, 1, 80), Line(2, 1, 250)]
    result = consume_lines(FLAT, lines, Window(1, 1))
    assert [(s.key, s.bucket, s.quantity) for s in result.shares] == [
        (1, 1, 80),
        (2, 1, 20),
        (2, 0, 100),
        (2, 2, 100),
        (2, None, 30),
    ]


def test_returns_give_no_forecast_back():
    assert consume((100,), (-30,), Window()).open == (100,)


def test_fractions_that_add_up_clear_the_bucket():
    result = consume_lines((0.3,), [Line(1, 0, 0.1), Line(2, 0, 0.2)], Window())
    assert (result.open, result.states, result.excess) == ((0,), ("cleared",), (0,))


@pytest.mark.parametrize("wrong", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused(wrong):
    with pytest.raises(ValueError, match="finite"):
        consume((wrong,), (1,), Window())
    with pytest.raises(ValueError, match="finite"):
        consume((1,), (wrong,), Window())


def test_a_window_that_makes_no_sense_is_refused():
    for wrong in ({"direction": "x"}, {"backward": -1}, {"cap": 1.5}):
        with pytest.raises(ValueError, match="direction|window"):
            Window(**wrong)
    with pytest.raises(ValueError, match="cap"):
        consume((1,), (1,), Window(cap=0.5))
    with pytest.raises(ValueError, match="2 forecasts and 1 ordered"):
        consume((1, 2), (1,), Window())


@st.composite
def worlds(draw, caps=False):
    """Draw a forecast, order lines within it, a window and the current bucket."""
    gross = draw(st.lists(st.integers(0, 50), min_size=1, max_size=7))
    buckets = st.integers(0, len(gross) - 1)
    orders = draw(st.lists(st.tuples(buckets, st.integers(0, 60)), max_size=8))
    window = Window(
        draw(st.integers(0, 3)),
        draw(st.integers(0, 3)),
        draw(st.sampled_from(DIRECTIONS)),
        draw(st.none() | st.sampled_from([0.0, 0.25, 1.0])) if caps else None,
    )
    lines = [Line(key, *order) for key, order in enumerate(orders)]
    return gross, lines, window, draw(buckets)


@settings(max_examples=500, deadline=None)
@given(worlds(), st.randoms(use_true_random=False))
def test_the_sequence_of_orders_and_their_grouping_do_not_matter(world, random):
    gross, lines, window, now = world
    result = consume_lines(gross, lines, window, now)
    shuffled = random.sample(lines, len(lines))
    assert consume_lines(gross, shuffled, window, now) == result
    ordered = totals(len(gross), [(line.bucket, line.quantity) for line in lines])
    same = consume(gross, ordered, window, now)
    assert (same.open, same.consumed, same.excess, same.states) == (
        result.open,
        result.consumed,
        result.excess,
        result.states,
    )


@settings(max_examples=500, deadline=None)
@given(worlds(caps=True))
def test_what_is_consumed_and_in_excess_is_what_is_ordered(world):
    gross, lines, window, now = world
    result = consume_lines(gross, lines, window, now)
    ordered = sum(line.quantity for line in lines)
    assert sum(result.consumed) + sum(result.excess) == pytest.approx(ordered)
    assert sum(share.quantity for share in result.shares) == pytest.approx(ordered)
    for bucket, forecast in enumerate(gross):
        assert 0 <= result.consumed[bucket] <= forecast
        assert result.total[bucket] >= result.ordered[bucket]
        took = [share.quantity for share in result.shares if share.bucket == bucket]
        assert sum(took) == pytest.approx(result.consumed[bucket])


@settings(max_examples=500, deadline=None)
@given(worlds(caps=True), st.data())
def test_one_more_order_never_raises_what_is_open(world, data):
    gross, lines, window, now = world
    bucket = data.draw(st.integers(0, len(gross) - 1))
    more = [*lines, Line(99, bucket, data.draw(st.integers(0, 60)))]
    before = consume_lines(gross, lines, window, now).open
    after = consume_lines(gross, more, window, now).open
    assert all(late <= early for late, early in zip(after, before, strict=True))
