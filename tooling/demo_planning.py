"""Planning in the demo: forecasts of the sample shop, and how good they would have been."""

from odoo.addons.oms_addon.tools.forecasting import accuracy
from odoo.addons.oms_addon.tools.forecasting.engine import forecast as engine_forecast
from odoo.addons.oms_addon.tools.forecasting.engine import learn
from odoo.addons.oms_addon.tools.forecasting.moving_average import average
from odoo.addons.oms_addon.tools.forecasting.results import Series

from tooling import console

#: weeks known at each try, and weeks forecast from there
ORIGINS = (17, 21, 25)
HORIZON = 4
#: weeks that simple averages are taken over
AVERAGES = {"wape_average_30_days": 4, "wape_average_12_weeks": 12}


def forecast(env, channel):
    """Record the packaged history as demand, and run the job that forecasts it."""
    env["oms.sample.history"]._prepare(channel)
    env.cr.commit()
    env["oms.lane"]._drain(["planning"])


def figures(env):
    """Project stock after the orders, and test the forecasts on weeks they do not know.

    :return: the counts and errors of `./oms demo --json`
    """
    forecasts = env["oms.forecast"].search([])
    forecasts._project()
    env.cr.commit()
    soon = env["oms.forecast"].search_count([("stockout_date", "<=", "today +7d")])
    return {
        "forecasts": len(forecasts),
        "stockouts_within_7_days": soon,
        "money_at_risk": round(sum(forecasts.mapped("risk")), 2),
        **backtest(env["oms.sample.history"]._read_weeks()[1]),
    }


def backtest(history):
    """Compare forecasts with simple averages on held-out weeks.

    :param history: units per week by product
    :return: WAPE of each method: Σ|forecast − actual| / Σ actual
    """
    pairs = {name: ([], []) for name in ("wape_forecast", *AVERAGES)}
    for origin in ORIGINS:
        known = [
            Series(key=key, quantities=tuple(units[:origin]), interval=HORIZON)
            for key, units in history.items()
            if any(units[:origin])
        ]
        found = {"wape_forecast": engine_forecast(known, "week", learn([known], "week"), HORIZON)}
        for name, weeks in AVERAGES.items():
            found[name] = [average(list(one.quantities), weeks) for one in known]
        for name, results in found.items():
            for one, result in zip(known, results, strict=True):
                mean = getattr(result, "mean", None) or [result] * HORIZON
                pairs[name][0].extend(mean)
                pairs[name][1].extend(history[one.key][origin : origin + HORIZON])
    return {name: round(accuracy.measure(*both).wape, 3) for name, both in pairs.items()}


def report(found):
    """Print the figures of planning."""
    console.table(list(found.items()), ("planning", "figure"))
    print()
