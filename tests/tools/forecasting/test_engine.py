"""The forecasts: their gates on a made-up panel, and input of all kinds."""

import random
import subprocess
import sys
import time

import numpy as np
import pytest

from odoo.addons.oms_addon.tools.forecasting import engine, panel, weights
from odoo.addons.oms_addon.tools.forecasting.results import PROBABILITIES, Series

from benchmarks.forecasting import measures, stock_run

from . import synthetic

ORIGINS = (78, 82, 86)


def series_of(demand, **values):
    """Return the rows of a panel as series."""
    return [Series(f"s{row}", tuple(line), **values) for row, line in enumerate(demand)]


@pytest.fixture(scope="module")
def demand():
    return synthetic.weekly()


@pytest.fixture(scope="module")
def learnt(demand):
    """Return the weights of the whole panel."""
    return engine.learn([series_of(demand)], "week")


@pytest.fixture(scope="module")
def errors(demand):
    """Return our errors and those of moving averages over 12 weeks and 4 weeks."""
    methods = (measures.engine("week"), measures.moving_average(12), measures.moving_average(4))
    return [measures.measure(demand, ORIGINS, 4, method, ragged=True) for method in methods]


# === GATES === #


def test_the_forecasts_beat_the_planners_average(errors):
    ours, planner, suggest = errors
    assert planner.rmsse / ours.rmsse > 1.01
    assert suggest.lead_wape / ours.lead_wape > 1.02
    assert abs(ours.bias) < 0.10


def test_the_quantile_holds_what_it_says(errors):
    assert errors[0].coverage == pytest.approx(0.95, abs=0.04)


def test_less_stock_serves_the_same_share(demand):
    level, sigma = stock_run.levels(demand, measures.engine("week"))
    ours = stock_run.needed(demand, lambda factor: level + factor * sigma, 0.95)
    level_, _sigma = stock_run.levels(demand, measures.moving_average(12))
    planner = stock_run.needed(demand, lambda factor: level_ * (1 + factor), 0.95)
    assert ours.fill == pytest.approx(0.95, abs=0.002)
    assert planner.stock / ours.stock > 1.1


def test_a_core_forecasts_thousands_of_series_a_second(demand, learnt):
    series = series_of(demand)
    seconds = []
    for _run in range(3):
        started = time.process_time()
        engine.forecast(series, "week", learnt, 13)
        seconds.append(time.process_time() - started)
    assert len(series) / min(seconds) > 1000


def test_season_and_trend_of_a_regular_product_are_continued():
    past, future = synthetic.monthly()
    series = series_of(past)
    got = engine.forecast(series, "month", engine.learn([series], "month"), 12)
    assert {one.method for one in got} == {"seasonal"}
    error = np.abs(np.array([one.mean for one in got]) - future).sum() / future.sum()
    assert error < 0.05
    sums = np.array([one.demand for one in got])
    assert sums == pytest.approx(np.array([sum(one.mean[:3]) for one in got]))


# === THE SAME, WHATEVER THE CHUNKS === #


def same(first, second):
    """Assert that two lists of forecasts say the same."""
    for one, other in zip(first, second, strict=True):
        assert (one.key, one.method, one.kind) == (other.key, other.method, other.kind)
        assert one.mean == pytest.approx(other.mean)
        assert one.sigma == pytest.approx(other.sigma, rel=1e-5)


def test_chunks_teach_the_same_as_the_whole(demand, learnt):
    series = series_of(demand)
    again = engine.learn((series[i : i + 250] for i in range(0, len(series), 250)), "week")
    assert np.array(again.mix) == pytest.approx(np.array(learnt.mix), abs=1e-6)
    assert again.factor == pytest.approx(learnt.factor, rel=1e-6)
    assert np.array(again.scores) == pytest.approx(np.array(learnt.scores), abs=1e-5)
    assert again.count == len(series)
    whole = engine.forecast(series, "week", learnt, 4)
    parts = [
        one for i in (0, 300, 600) for one in engine.forecast(series[i:][:300], "week", again, 4)
    ]
    same(whole, parts)


def test_the_sequence_of_series_does_not_matter(demand, learnt):
    series = series_of(demand)
    mixed = random.Random(3).sample(series, len(series))
    again = engine.learn([mixed], "week")
    by_key = {one.key: one for one in engine.forecast(mixed, "week", again, 4)}
    same(engine.forecast(series, "week", learnt, 4), [by_key[one.key] for one in series])


def test_no_more_series_are_kept_than_there_is_room_for(demand, monkeypatch):
    monkeypatch.setattr(weights, "SAMPLE", 300)
    series = series_of(demand)
    few = engine.learn([series[:450], series[450:]], "week")
    turned = engine.learn([series[450:], series[:450]], "week")
    assert few.count == len(series)
    assert np.array(few.mix) == pytest.approx(np.array(turned.mix))


def test_weights_are_kept_as_text(learnt):
    assert weights.Weights.from_json(learnt.to_json()) == learnt


# === INPUT OF ALL KINDS === #


def one(quantities, learnt, bucket="week", **values):
    """Forecast one series."""
    return engine.forecast([Series("a", tuple(quantities), **values)], bucket, learnt, 4)[0]


def sane(got):
    """Assert that a forecast is made of finite, ascending figures."""
    figures = [*got.mean, got.demand, got.sigma, got.bucket_sigma]
    amounts = [amount for _probability, amount in got.quantiles]
    assert np.isfinite([*figures, *amounts]).all()
    assert min(*figures, *amounts) >= 0
    assert amounts == sorted(amounts)
    assert [probability for probability, _amount in got.quantiles] == list(PROBABILITIES)


@pytest.mark.parametrize("quantities", [(), (0,) * 60])
def test_a_product_never_sold_is_forecast_as_nothing(quantities, learnt):
    got = one(quantities, learnt)
    sane(got)
    assert (got.method, got.kind, got.demand, got.sigma) == ("none", "", 0, 0)


def test_one_sale_is_a_little_demand_with_much_doubt(learnt):
    got = one((0,) * 50 + (0, 0, 6, 0, 0, 0, 0, 0), learnt)
    sane(got)
    assert 0 < got.mean[0] < 2
    assert got.sigma > got.mean[0]
    new = one((6,), learnt)
    sane(new)
    assert new.method == "short"
    assert 2 < new.mean[0] <= 7


def test_one_bulk_order_does_not_become_the_usual_demand(learnt):
    got = one((10,) * 40 + (10000,) + (10,) * 20, learnt)
    sane(got)
    assert got.mean[0] < 600
    assert got.sigma > 300


def test_more_cancelled_than_sold_counts_as_nothing(learnt):
    clean, negative = one([5, 0, 5] * 12, learnt), one([5, -3, 5] * 12, learnt)
    assert negative == clean


def test_ten_years_with_gaps_are_read_as_far_as_they_help(learnt):
    history = ([4] + [0] * 39) * 13
    got = one(history, learnt)
    sane(got)
    assert got.method == "pooled"
    assert got.mean[0] < 0.4


def test_a_product_not_sold_for_long_is_inactive(learnt):
    got = one([5] * 30 + [0] * 60, learnt)
    sane(got)
    assert (got.method, got.demand) == ("inactive", 0)
    rare = one(([0] * 25 + [3]) * 4 + [0] * 20, learnt)
    assert rare.method == "pooled"


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_number_is_refused_with_the_name_of_the_series(wrong, learnt):
    with pytest.raises(ValueError, match="history of 'a'"):
        one((1, wrong, 2), learnt)
    with pytest.raises(ValueError, match="interval"):
        one((1, 2), learnt, interval=wrong)
    with pytest.raises(ValueError, match="bucket"):
        one((1, 2), learnt, bucket="year")


def test_no_series_and_no_chunks_are_no_error():
    learnt = engine.learn([], "week")
    assert (learnt.count, engine.forecast([], "week", learnt, 4)) == (0, [])
    sane(one([3] * 40, learnt))
    assert engine.learn([[]], "month").count == 0


@pytest.mark.parametrize("bucket", ["day", "week", "month"])
def test_each_kind_of_bucket_has_forecasts(bucket):
    weekday = [0, 2, 2, 2, 2, 9, 6] * 8
    series = [Series(key, tuple(weekday), interval=7.0) for key in range(3)]
    got = engine.forecast(series, bucket, engine.learn([series], bucket), 7)
    for forecast in got:
        sane(forecast)
    peak = got[0].mean[5] / got[0].mean[1]
    assert peak > 3 if bucket == "day" else peak == pytest.approx(1, abs=0.4)


def test_a_longer_interval_has_more_demand_and_more_doubt(learnt):
    history = synthetic.weekly(1, seed=8)[0]
    got = [one(history, learnt, interval=interval) for interval in (0, 0.5, 1, 2.5, 3, 8, 30)]
    for forecast in got:
        sane(forecast)
    demands = [forecast.demand for forecast in got]
    assert demands == sorted(demands)
    assert got[0].demand == 0
    assert got[-1].demand == pytest.approx(30 * got[2].demand)
    assert got[-1].sigma > got[-2].sigma > got[2].sigma


def test_demand_of_out_of_stock_buckets_is_filled_in(learnt):
    history = [10] * 30 + [0] * 6
    short = [False] * 30 + [True] * 6
    seen = one(history, learnt).mean[0]
    known = one(history, learnt, censored=tuple(short)).mean[0]
    assert seen < 6 < 8 < known < 12


def test_a_new_product_takes_the_forecast_of_the_one_it_is_like(learnt):
    series = [Series("old", (20,) * 40), Series("new", (), like="old", factor=0.5)]
    old, new = engine.forecast(series, "week", learnt, 4)
    assert (new.method, new.mean) == ("like", tuple(value / 2 for value in old.mean))
    sane(new)
    elsewhere = old.like("new", 0.5)
    assert (elsewhere.key, elsewhere.method, elsewhere.mean) == ("new", "like", new.mean)
    assert (elsewhere.demand, elsewhere.sigma) == (old.demand / 2, old.sigma / 2)
    assert elsewhere.quantiles[1] == (0.9, old.quantiles[1][1] / 2)
    alone = one((), learnt, like="gone")
    assert (alone.method, alone.demand) == ("none", 0)


# === PROMOTIONS === #


def test_planned_promotions_raise_and_past_ones_do_not():
    rng = np.random.default_rng(1)
    promoted = (np.arange(60) % 10 == 9).astype(int)
    series = [
        Series(
            key,
            tuple(rng.poisson(20 * np.where(promoted, 3.0, 1.0)).astype(float)),
            promotions=tuple(promoted),
            planned=(0, 1),
            category="drinks",
        )
        for key in range(60)
    ]
    learnt = engine.learn([series], "week")
    assert learnt.uplifts["1"]["drinks"][0] == 60 * 6
    got = engine.forecast(series, "week", learnt, 3)
    means = np.array([forecast.mean for forecast in got]).mean(axis=0)
    assert means[1] / means[0] == pytest.approx(3.0, abs=0.2)
    assert means[2] == pytest.approx(20, abs=2)
    unseen = Series("x", (20.0,) * 60, planned=(1, 2), category="other")
    [other] = engine.forecast([unseen], "week", learnt, 3)
    assert other.mean[0] / other.mean[2] == pytest.approx(3.0, abs=0.3)
    assert other.mean[1] == other.mean[2]


# === WITHOUT NUMPY === #


def test_importing_the_package_does_not_import_numpy():
    folder = str(panel.__file__).rpartition("/forecasting/")[0]
    program = (
        f"import sys; sys.path.insert(0, {folder!r}); import forecasting.engine;"
        "import forecasting.consumption, forecasting.stock, forecasting.proposal;"
        "print('numpy' in sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert out.stdout.strip() == b"False"


def test_without_numpy_the_moving_average_takes_over(monkeypatch, learnt):
    said = []
    monkeypatch.setitem(sys.modules, "numpy", None)
    monkeypatch.setattr(engine._logger, "warning", lambda *args: said.append(args[0] % args[1:]))
    series = [Series("a", (0, *[4] * 6, *[6] * 6), interval=2.0)]
    assert engine.learn([series], "week") is None
    [got] = engine.forecast(series, "week", learnt, 3)
    assert (got.mean, got.method) == ((5, 5, 5), "fallback")
    assert len(said) == 2
    assert "python3-numpy" in said[0]
