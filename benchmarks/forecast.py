"""Forecasts against the planner's average, Odoo's own window and statsforecast.

The data are not part of the repository: they are read from the folder ``shared/data`` beside it,
or from ``--data``. Online Retail there may cover a part of its year; the figure
``retail_weeks`` says how much, and the figures of the whole year need 52.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import planning

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
TOOLS = Path(__file__).resolve().parents[1] / "oms_addon" / "tools"
SPEED = Path(__file__).resolve().parent / "forecasting" / "speed.py"
FILL = 0.95
PLANNER = 12


def main(env, args):
    """Compare on carparts and Online Retail, or on the panel of a file.

    :param args: see ``--help``
    :return: ratios, of their error, stock or time to ours; figures of accuracy, coverage, speed
    """
    options = _options(args)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    ratios, figures = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        for panel in _panels(options):
            _compare(panel, ratios, figures)
            _hold_stock(panel, ratios, figures)
            if options.judge_series:
                _judge(panel, options.judge_series, folder, ratios, figures)
    if options.speed_series:
        figures.update(_speed(options.speed_series))
        slowest = figures.pop("carparts_autoets_ms", None)
        if slowest:
            ratios["speed_vs_autoets"] = slowest / 1000 * figures["series_per_second"]
    planning.measure(env, options, ratios, figures)
    return {
        "ratios": {name: round(value, 4) for name, value in ratios.items()},
        "figures": {
            name: round(value, 4) if isinstance(value, float) else value
            for name, value in figures.items()
        },
    }


def _options(args):
    parser = argparse.ArgumentParser(prog="./oms bench forecast")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the data sets")
    parser.add_argument("--panel", type=Path, help="CSV file, a series per row, instead of them")
    parser.add_argument("--bucket", choices=("week", "month"), default="week", help="of --panel")
    parser.add_argument("--judge-series", type=int, default=300, help="0 leaves the judges out")
    parser.add_argument("--speed-series", type=int, default=20000, help="0 leaves the speed out")
    parser.add_argument("--no-accuracy", action="store_true", help="leave the data sets out")
    parser.add_argument("--orders", type=int, default=100, help="confirmed with a forecast")
    parser.add_argument("--ours", type=int, default=200, help="orders with planning and without")
    parser.add_argument("--series", type=int, default=5000, help="in the database, for a run")
    return parser.parse_args(args)


def _panels(options):
    from benchmarks.forecasting import data

    if options.no_accuracy:
        return []
    if options.panel:
        return [data.panel_file(options.panel, options.bucket)]
    return [data.carparts(options.data), data.retail(options.data)]


# === ACCURACY === #


def _compare(panel, ratios, figures):
    """Measure the engine against moving averages."""
    from benchmarks.forecasting import measures

    methods = {
        "ours": measures.engine(panel.bucket),
        "ma12": measures.moving_average(PLANNER),
        "suggest": measures.moving_average(panel.suggest),
    }
    errors = {name: _errors(panel, panel.demand, method) for name, method in methods.items()}
    ours = errors["ours"]
    for name in ("ma12", "suggest"):
        ratios[f"{panel.name}_rmsse_vs_{name}"] = errors[name].rmsse / ours.rmsse
        ratios[f"{panel.name}_ltwape_vs_{name}"] = errors[name].lead_wape / ours.lead_wape
    figures[f"{panel.name}_series"], width = panel.demand.shape
    figures[f"{panel.name}_{panel.bucket}s"] = width
    figures[f"{panel.name}_rmsse"] = ours.rmsse
    figures[f"{panel.name}_wape"] = ours.wape
    figures[f"{panel.name}_ltwape"] = ours.lead_wape
    figures[f"{panel.name}_bias"] = ours.bias
    figures[f"{panel.name}_bias_ma12"] = errors["ma12"].bias
    figures[f"coverage_95_{panel.name}"] = ours.coverage


def _errors(panel, demand, method):
    from benchmarks.forecasting import measures

    return measures.measure(demand, panel.origins, panel.horizon, method, panel.ragged)


# === STOCK === #


def _hold_stock(panel, ratios, figures):
    """Measure the stock for 95 % fill against two rules on the planner's average.

    One adds a percentage, the other the textbook's safety stock.
    """
    from benchmarks.forecasting import measures, stock_run

    level, sigma = stock_run.levels(panel.demand, measures.engine(panel.bucket))
    average, deviation = stock_run.levels(panel.demand, measures.moving_average(PLANNER))
    rules = {
        "ours": lambda factor: level + factor * sigma,
        "ma12": lambda factor: average * (1 + factor),
        "textbook": lambda factor: average + factor * deviation,
    }
    needed = {name: stock_run.needed(panel.demand, rule, FILL) for name, rule in rules.items()}
    ours = needed["ours"].stock
    figures[f"{panel.name}_stock_95_fill"] = ours
    for name in ("ma12", "textbook"):
        figures[f"{panel.name}_stock_95_fill_{name}"] = needed[name].stock
        if ours and needed[name].stock:
            ratios[f"stock_95_fill_{panel.name}_vs_{name}"] = needed[name].stock / ours


# === JUDGES === #


def _judge(panel, count, folder, ratios, figures):
    """Measure methods of statsforecast on a sample, and ours on the same one."""
    from benchmarks.forecasting import judges, measures

    python = judges.install()
    if python is None:
        return
    step = max(1, len(panel.demand) // count)
    ours = measures.engine(panel.bucket, _whole(panel))
    sample = panel.demand[::step]
    figures[f"{panel.name}_judged_series"] = len(sample)
    reference = _errors(panel, sample, ours)
    season = 12 if panel.bucket == "month" else 1
    for name in judges.NAMES:
        judge = judges.Judge(python, name, season, folder)
        found = _errors(panel, sample, judge)
        label = f"{panel.name}_rmsse_vs_{name.lower()}"
        ratios[label] = found.rmsse / reference.rmsse
        figures[f"{panel.name}_{name.lower()}_ms"] = judge.milliseconds


def _whole(panel):
    """Return weights that all series taught, from before the first origin."""
    from odoo.addons.oms_addon.tools.forecasting import engine
    from odoo.addons.oms_addon.tools.forecasting.results import Series

    history = panel.demand[:, : panel.origins[0]]
    return engine.learn([[Series(row, line) for row, line in enumerate(history)]], panel.bucket)


# === SPEED === #


def _speed(count):
    """Return series per second on one core and peak memory, with chunks of 2,000 × 104 weeks."""
    command = [sys.executable, str(SPEED), str(TOOLS), str(count), "104", "2000"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)
