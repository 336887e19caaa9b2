"""Planning on a database: consumption by orders, the path with it, and a nightly run."""

import statistics
import time
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo.fields import Command, Datetime
from odoo.tools import SQL

from benchmarks import path

LINES = 5
WEEKS = 104


def measure(env, options, ratios, figures):
    """Measure what planning costs orders and the night.

    :param options: ``orders`` of five lines confirmed one by one, ``ours`` orders on the path with
        and without planning, ``series``: products of 104 weeks for a run; 0 leaves one out
    """
    env = env(context={**env.context, "tracking_disable": False})
    products = path._products(env)
    channel = path._channel(env, products)
    _forecast(env, products)
    if options.orders:
        milliseconds = _consume(env, products, options.orders)
        figures["consume_p50_ms"] = statistics.median(milliseconds)
        figures["consume_p95_ms"] = statistics.quantiles(milliseconds, n=20)[-1]
    if options.ours:
        ratios["path_with_planning_vs_without"] = _path(env, channel, products, options.ours)
    if options.series:
        figures.update(_nightly(env, options.series))


def _forecast(env, products):
    """Give each product a forecast, so that orders have something to consume."""
    rule = env["oms.forecast.rule"].search([("company_id", "=", env.company.id)], limit=1)
    start = env["oms.forecast"]._current_bucket(env.company, "week")
    env["oms.forecast"].create(
        [
            {
                "company_id": env.company.id,
                "product_id": product.id,
                "rule_id": rule.id,
                "start": start,
                "mean": [10.0] * 13,
            }
            for product in products
        ]
    )._recompute()
    env.cr.commit()


# === CONSUMPTION === #


def _consume(env, products, count):
    """:return: ms that the demand of an order of five lines takes before the commit, by order"""
    partner = env["res.partner"].create({"name": "Bench"})
    spent = []
    for number in range(count):
        order = env["sale.order"].create(
            {
                "partner_id": partner.id,
                "commitment_date": Datetime.now() + timedelta(days=number % 30),
                "order_line": [
                    Command.create(
                        {"product_id": products[(number * LINES + n) % len(products)].id}
                    )
                    for n in range(LINES)
                ],
            }
        )
        order.action_confirm()
        env.flush_all()
        line_ids = env.cr.precommit.data.pop("oms.demand._record_ids")
        started = time.perf_counter()
        env["oms.demand"]._record_ids(line_ids)
        spent.append((time.perf_counter() - started) * 1000)
        env.cr.commit()
    return spent


@contextmanager
def _without_planning(env):
    """Leave orders unrecorded."""
    with patch.object(type(env["oms.demand"]), "_touch", lambda demand, line_ids: None):
        yield


def _path(env, channel, products, count):
    """:return: the time of the path without planning over that with it, in turns"""
    spent = {True: 0.0, False: 0.0}
    path._ours(env, channel, products, 50)
    for with_planning in (True, False, False, True):
        if with_planning:
            spent[True] += sum(path._ours(env, channel, products, count).values())
        else:
            with _without_planning(env):
                spent[False] += sum(path._ours(env, channel, products, count).values())
    return spent[False] / spent[True]


# === NIGHTLY RUN === #


def _nightly(env, count):
    """Forecast products with 104 weeks of demand, from rows to stored forecasts.

    :return: figures of the run, in one process
    """
    products = env["product.product"].create(
        [{"name": f"Series {n}", "is_storable": True} for n in range(count)]
    )
    env.flush_all()
    env.cr.execute(
        SQL(
            """INSERT INTO oms_demand (company_id, product_id, day, quantity, is_exceptional)
               SELECT %s, product.id, current_date - 7 * week,
                      ((product.id * 31 + week * 17) %% 23) / 4, FALSE
                 FROM unnest(%s::int[]) AS product (id), generate_series(1, %s) AS week
                WHERE (product.id * 7 + week * 13) %% 10 < 4""",
            env.company.id,
            products.ids,
            WEEKS,
        )
    )
    env.cr.commit()
    env.cr.execute("ANALYZE oms_demand")
    Run = env["oms.forecast.run"]
    Run.search([("day", ">=", Datetime.now() - timedelta(days=2))]).unlink()
    Run._start_due()
    started = time.perf_counter()
    while Run._process():
        env.cr.commit()
        env.invalidate_all()
    seconds = time.perf_counter() - started
    return {"run_series": count, "run_seconds": seconds, "run_series_per_second": count / seconds}
