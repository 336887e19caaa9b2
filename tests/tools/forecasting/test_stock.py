"""Safety stock, order-up-to level, proposals and projected stock."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.oms_addon.tools.forecasting import stock
from odoo.addons.oms_addon.tools.forecasting.projection import project
from odoo.addons.oms_addon.tools.forecasting.proposal import Need, Row, Terms, propose
from odoo.addons.oms_addon.tools.forecasting.stock import Product, Service

CYCLE = Service("cycle", 0.95)


# === LEVELS === #


def test_the_spread_of_the_lead_time_adds_to_that_of_demand():
    assert stock.total_sigma(60, 300, 3, 0.5) == pytest.approx(78.1, abs=0.05)


def test_the_published_safety_stock_comes_out():
    got = stock.level(300, 60, 3, 0.5, CYCLE)
    assert got.safety_stock == pytest.approx(128.5, abs=0.05)
    assert got.order_up_to == pytest.approx(428.5, abs=0.05)
    assert round(got.order_up_to) in (428, 429)


def test_the_textbook_safety_stock_comes_out():
    got = stock.level(300, 30 * 3**0.5, 3, 0.5, CYCLE)
    assert (round(got.sigma, 1), round(got.safety_stock, 1)) == (72.1, 118.6)


def test_the_quantile_of_the_engine_replaces_the_normal_one():
    quantiles = ((0.5, 300), (0.9, 400), (0.95, 460), (0.98, 520))
    got = stock.level(300, 60, 3, 0, CYCLE, quantiles=quantiles)
    assert got.safety_stock == pytest.approx(160)
    between = stock.level(300, 60, 3, 0, Service("cycle", 0.93), quantiles=quantiles)
    assert 100 < between.safety_stock < 160


def test_safety_stock_is_never_negative():
    assert stock.level(300, 60, 3, 0, Service("cycle", 0.2)).safety_stock == 0
    assert stock.level(300, 0, 3, 0, CYCLE).safety_stock == 0
    assert stock.level(0, 0, 0, 0, CYCLE).order_up_to == 0


def test_the_fill_factor_is_the_smallest_that_serves_the_share():
    factor = stock.fill_factor(60, 100, 0.95)
    assert 60 * stock.loss(factor) == pytest.approx(5, abs=1e-6)
    assert stock.expected_fill(factor, 60, 100) == pytest.approx(0.95)
    assert stock.loss(0) == pytest.approx(0.398942, abs=1e-6)


def test_ninety_five_percent_of_cycles_is_not_ninety_five_percent_of_units():
    cycle = stock.level(300, 120, 3, 0, CYCLE)
    fill = stock.level(300, 120, 3, 0, Service("fill", 0.95))
    assert cycle.factor == pytest.approx(1.645, abs=0.001)
    assert fill.factor < cycle.factor
    assert stock.expected_fill(cycle.factor, 120, 100) == pytest.approx(0.975, abs=0.001)


@pytest.mark.parametrize("mode, target", [("other", 0.9), ("cycle", 0), ("fill", 1), ("fill", 2)])
def test_a_service_target_that_makes_no_sense_is_refused(mode, target):
    with pytest.raises(ValueError, match="service"):
        Service(mode, target)


def test_the_last_bucket_of_an_interval_counts_pro_rata():
    assert stock.protected_demand([100, 110, 120], 2.5) == 270
    assert stock.protected_demand([100, 110, 120], 3) == 330
    assert stock.protected_demand([100, 110, 120], 4) == 440
    assert stock.protected_demand([], 4) == 0
    assert (stock.buckets_of(21, "week"), stock.whole_buckets(2.5)) == (3, 3)


# === LEAD TIME === #


def test_the_spread_of_a_lead_time_is_assumed_until_there_are_three_receipts():
    assert stock.lead_time(2.0) == stock.LeadTime(2.0, 0.5, 0, "assumed")
    assert stock.lead_time(2.0, [2.0, 9.0]).spread == 0.5


def test_the_spread_of_a_lead_time_is_shrunk_to_that_of_the_vendor():
    own, vendor = [1.0, 2.0, 3.0], [2.0, 2.0, 2.0, 2.0]
    got = stock.lead_time(2.0, own, vendor)
    assert got.spread == pytest.approx(1.0 * 3 / 9)
    assert (got.mean, got.source) == (2.0, "receipts")
    many = stock.lead_time(2.0, [99.0] * 5 + [1.0, 3.0] * 6, vendor)
    assert many.receipts == 12
    assert many.spread == pytest.approx((12 / 11) ** 0.5 * 12 / 18)


def test_lead_times_that_are_no_numbers_are_refused():
    with pytest.raises(ValueError, match="finite"):
        stock.lead_time(2.0, [float("nan")] * 3)


# === SERVICE AGAINST STOCK === #


def test_more_service_costs_more_stock():
    products = [Product(300, 60, 3, 0.5, cost=2.0), Product(40, 30, 3, cost=10.0)]
    points = stock.curve(products, "cycle", [0.85, 0.9, 0.95])
    assert [point.target for point in points] == [0.85, 0.9, 0.95]
    values = [point.value for point in points]
    assert values == sorted(values)
    first = stock.level(300, 60, 3, 0.5, CYCLE).safety_stock * 2
    second = stock.level(40, 30, 3, 0, CYCLE).safety_stock * 10
    assert points[-1].value == pytest.approx(first + second)
    assert points[0].fill < points[-1].fill < 1
    assert stock.curve([], "fill", [0.9]) == [stock.Point(0.9, 0, 0, 1)]


# === PROPOSAL === #


def test_the_published_quantity_comes_out_and_its_rows_add_up():
    need = Need(demand=330, safety_stock=128.5, on_hand=120, incoming=100)
    got = propose(need, Terms(minimum=50, multiple=24))
    assert (got.need, got.quantity) == (238.5, 240)
    assert got.rows == (
        Row("demand", 330),
        Row("safety_stock", 128.5),
        Row("on_hand", -120),
        Row("incoming", -100),
        Row("multiple", 1.5),
    )


def test_enough_stock_needs_no_order():
    got = propose(Need(100, 20, 200), Terms(minimum=50))
    assert (got.quantity, got.rows[-1]) == (0, Row("covered", 80))
    assert sum(row.quantity for row in got.rows) == 0


def test_a_small_need_becomes_the_minimum_in_whole_packs():
    got = propose(Need(10, 0, 5), Terms(minimum=50, multiple=24))
    assert got.quantity == 72
    assert got.rows[-2:] == (Row("minimum", 45), Row("multiple", 22))


def test_a_price_break_is_taken_when_it_pays_for_the_stock():
    prices = ((1, 10.0), (100, 9.0))
    got = propose(Need(90, 0, 0, daily_demand=10), Terms(prices=prices))
    assert (got.quantity, got.price, got.rows[-1]) == (100, 9.0, Row("price_break", 10))
    assert got.saving == pytest.approx(100 - 10 * 9 * 0.2 * 9.5 / 365)


def test_a_price_break_that_costs_more_than_it_saves_is_left():
    dear = ((1, 10.0), (1000, 9.9))
    got = propose(Need(90, 0, 0, daily_demand=6), Terms(prices=dear))
    assert (got.quantity, got.price, got.saving) == (90, 10.0, 0)
    far = ((1, 10.0), (1000, 5.0))
    assert propose(Need(90, 0, 0, daily_demand=1), Terms(prices=far)).quantity == 90
    assert propose(Need(90, 0, 0), Terms(prices=far)).quantity == 90


def test_a_proposal_of_what_is_no_number_is_refused():
    with pytest.raises(ValueError, match="finite"):
        propose(Need(float("nan"), 0, 0))


@settings(max_examples=300, deadline=None)
@given(
    st.builds(Need, *[st.floats(0, 10**5)] * 6),
    st.builds(
        Terms,
        st.floats(0, 1000),
        st.sampled_from([0, 0.5, 6, 24]),
        st.just(((1, 5.0), (50, 4.5), (500, 3.0))),
    ),
)
def test_a_proposal_covers_the_need_in_packs_and_its_rows_add_up(need, terms):
    got = propose(need, terms)
    assert sum(row.quantity for row in got.rows) == pytest.approx(got.quantity, abs=1e-4)
    assert got.quantity >= got.need >= 0
    if got.quantity:
        assert got.quantity >= terms.minimum
        if terms.multiple:
            packs = got.quantity / terms.multiple
            assert packs == pytest.approx(round(packs), abs=1e-4)


# === PROJECTION === #


def test_projected_stock_says_when_a_product_runs_out():
    got = project(100, [40, 40, 40, 40], [0, 0, 10])
    assert got.stock == (60, 20, -10, -50)
    assert (got.stockout, got.cover) == (2, 2.75)


def test_stock_that_lasts_has_no_stockout():
    got = project(100, [40, 40], [0, 50])
    assert (got.stockout, got.cover) == (None, float("inf"))
    assert project(-5, [0, 10]).stockout == 0
    assert project(0, []).stock == ()
