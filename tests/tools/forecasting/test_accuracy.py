"""Measures of accuracy, and buckets of time."""

import sys
from datetime import date, datetime

import pytest

from odoo.addons.oms_addon.tools.forecasting import accuracy, buckets, engine, numerics
from odoo.addons.oms_addon.tools.forecasting.accuracy import Accuracy
from odoo.addons.oms_addon.tools.forecasting.results import Series


def test_errors_are_measured_against_volume_and_the_naive_forecast():
    got = accuracy.measure([10, 10], [8, 16], history=[1, 3, 1])
    assert got == Accuracy(
        wape=8 / 24, bias=-4 / 24, rmsse=pytest.approx((20 / 4) ** 0.5), mase=2.0
    )


def test_nothing_sold_has_no_relative_error():
    assert accuracy.measure([1], [0], history=[2, 2]) == Accuracy(None, None, None, None)
    assert accuracy.measure([], []) == Accuracy(None, None, None, None)
    assert accuracy.lead_time_wape([1], [0]) is None
    assert accuracy.coverage([], []) is None


def test_errors_of_a_lead_time_cancel_out_within_it():
    assert accuracy.lead_time_wape([30, 10], [20, 20]) == 0.5
    assert accuracy.coverage([5, 5, 5], [5, 6, 4]) == 2 / 3


def test_errors_to_one_side_raise_an_alert_after_eight_buckets():
    assert accuracy.is_alarming([10] * 8, [7] * 7 + [13])
    assert not accuracy.is_alarming([10] * 8, [7] * 4 + [13] * 4)
    assert not accuracy.is_alarming([10] * 7, [7] * 7)
    assert not accuracy.is_alarming([10] * 8, [10] * 8)
    assert accuracy.one_sidedness([10] * 9, [99] + [7] * 8) == 1


def test_an_override_that_was_nearer_added_value():
    assert accuracy.value_added([10, 10], [14, 14], [15, 15]) == pytest.approx(8 / 30)
    assert accuracy.value_added([10], [10], [0]) is None


# === BUCKETS === #


def test_a_moment_belongs_to_the_bucket_of_the_warehouses_day():
    late = datetime(2026, 3, 1, 23, 30)
    assert buckets.start_of(late, "week", "UTC") == date(2026, 2, 23)
    assert buckets.start_of(late, "week", "Europe/Berlin") == date(2026, 3, 2)
    assert buckets.start_of(late, "month", "America/New_York") == date(2026, 3, 1)
    assert buckets.start_of(date(2026, 3, 5), "day") == date(2026, 3, 5)
    with pytest.raises(ValueError, match="kind"):
        buckets.start_of(late, "year")


def test_the_week_of_a_clock_change_is_one_week():
    before = datetime(2026, 3, 29, 0, 30)
    after = datetime(2026, 3, 29, 22, 30)
    assert buckets.start_of(before, "week", "Europe/Berlin") == date(2026, 3, 23)
    assert buckets.start_of(after, "week", "Europe/Berlin") == date(2026, 3, 30)
    assert buckets.between(date(2026, 3, 23), date(2026, 3, 30), "week") == 1


def test_week_53_is_a_week_like_any_other():
    last = buckets.start_of(date(2021, 1, 3), "week")
    assert (last, last.isocalendar().week) == (date(2020, 12, 28), 53)
    assert buckets.add(last, 1, "week") == date(2021, 1, 4)
    assert buckets.between(date(2020, 12, 21), date(2021, 1, 4), "week") == 2


def test_months_are_counted_across_years():
    assert buckets.add(date(2026, 11, 1), 3, "month") == date(2027, 2, 1)
    assert buckets.add(date(2026, 1, 1), -1, "month") == date(2025, 12, 1)
    assert buckets.between(date(2025, 12, 1), date(2026, 2, 1), "month") == 2


def test_a_history_has_a_figure_for_each_bucket_up_to_the_last_closed_one():
    cells = {date(2026, 1, 5): 3.0, date(2026, 1, 19): 4.0, date(2026, 2, 2): 9.0}
    last = date(2026, 1, 26)
    assert buckets.history(cells, last, "week", 100) == [3.0, 0.0, 4.0, 0.0]
    assert buckets.history(cells, last, "week", 2) == [4.0, 0.0]
    assert buckets.history({}, last, "week", 100) == []


# === WITHOUT NUMPY === #


def test_without_weights_the_moving_average_goes_on():
    series = Series("a", (0, 0, *[4] * 6, *[6] * 6), interval=2.0)
    [got] = engine.forecast([series], "week", None, 3)
    assert (got.mean, got.demand, got.method) == ((5, 5, 5), 10, "fallback")
    assert got.sigma == pytest.approx(2.0, abs=1.0)
    assert [p for p, _quantity in got.quantiles] == [0.5, 0.9, 0.95, 0.98]


def test_missing_numpy_is_said_with_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(numerics.NumpyMissingError, match="python3-numpy"):
        numerics.numpy()
