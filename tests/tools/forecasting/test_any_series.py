"""Forecasts of series as hypothesis makes them up are always finite, ascending figures."""

import warnings

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.oms_addon.tools.forecasting import engine
from odoo.addons.oms_addon.tools.forecasting.results import Series

QUANTITIES = st.just(0.0) | st.just(5e-324) | st.floats(0, 1e9) | st.integers(-5, 20).map(float)
FLAGS = st.lists(st.booleans(), max_size=70).map(tuple)
CODES = st.lists(st.sampled_from([0, 0, 1, 2]), max_size=70).map(tuple)
SERIES = st.builds(
    Series,
    st.integers(),
    st.lists(QUANTITIES, max_size=70).map(tuple),
    censored=FLAGS,
    promotions=CODES,
    planned=CODES,
    category=st.none() | st.just("drinks"),
    interval=st.floats(0, 40),
    like=st.none() | st.integers(0, 3),
    factor=st.floats(0, 3) | st.just(5e-324),
)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(SERIES, min_size=1, max_size=4),
    st.sampled_from(["day", "week", "month"]),
    st.integers(1, 15),
)
def test_any_series_has_a_forecast_of_finite_figures(series, bucket, horizon):
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        learnt = engine.learn([series], bucket)
        got = engine.forecast(series, bucket, learnt, horizon)
    assert [forecast.key for forecast in got] == [one.key for one in series]
    for forecast in got:
        amounts = [amount for _probability, amount in forecast.quantiles]
        figures = [*forecast.mean, forecast.demand, forecast.sigma, forecast.bucket_sigma]
        assert len(forecast.mean) == horizon
        assert np.isfinite([*figures, *amounts]).all()
        assert min(*figures, *amounts) >= 0
        assert amounts == sorted(amounts)
