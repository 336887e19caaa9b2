"""Runs: the nightly computation of the forecasts of a rule, product by product."""

import logging

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from odoo.addons.oms_addon.tools.forecasting.engine import forecast, learn
from odoo.addons.oms_addon.tools.forecasting.weights import Weights

_logger = logging.getLogger(__name__)

PRODUCTS_PER_BATCH = 500
#: products whose history the weights are learned from
LEARNED_PRODUCTS = 2000
RUNS_KEPT = 30


class OmsForecastRun(models.Model):
    """A run continues where it was interrupted: each batch is a transaction of its own, and a
    product computed twice has the same forecast.
    """

    _name = "oms.forecast.run"
    _inherit = ["oms.state.mixin"]
    _description = "Forecast Run"
    _rec_name = "day"
    _order = "day desc, id desc"

    _TRANSITIONS = {"running": ("done", "failed"), "done": (), "failed": ()}

    rule_id = fields.Many2one("oms.forecast.rule", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="rule_id.company_id", store=True)
    day = fields.Date("Date", required=True, readonly=True)
    state = fields.Selection(
        [("running", "Running"), ("done", "Done"), ("failed", "Failed")],
        "Status",
        default="running",
        required=True,
        readonly=True,
    )
    finished_at = fields.Datetime("Finished On", readonly=True)
    last_product_id = fields.Integer(readonly=True)
    series_count = fields.Integer("Forecasts", readonly=True)
    weights = fields.Text(readonly=True)
    is_fallback = fields.Boolean(
        "Moving Average Only",
        readonly=True,
        help="numpy is not installed on the server, so forecasts are moving averages.",
    )
    error = fields.Char(readonly=True)

    _day_uniq = models.UniqueIndex("(rule_id, day)")
    _running_idx = models.Index("(id) WHERE state = 'running'")

    # === BACKGROUND JOB === #

    @api.model
    def _start_due(self):
        """Start today's runs.

        :return: the number of runs that were started
        """
        count = 0
        for (company,) in self.env["oms.forecast.rule"]._read_group([], ["company_id"]):
            today = self.env["oms.forecast"]._current_bucket(company, "day")
            rules = self.env["oms.forecast.rule"]._active_rules(company, today)
            started = self.search([("rule_id", "in", rules.ids), ("day", "=", today)]).rule_id
            count += len(self.create([{"rule_id": r.id, "day": today} for r in rules - started]))
        return count

    @api.model
    def _process(self):
        """Compute the forecasts of the next products of the oldest run.

        :return: the number of products; at least 1 while a run is not finished
        """
        run = self.search([("state", "=", "running")], order="id", limit=1)
        if not run or not run.try_lock_for_update():
            return 0
        try:
            with self.env.cr.savepoint():
                return run._compute_next()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:  # noqa: BLE001 - stored on the run, the next rule goes on
            _logger.exception("Forecast run %s failed", run.id)
            run._set_state("failed", error=str(error), finished_at=fields.Datetime.now())
            return 1

    def _compute_next(self):
        """Compute the next products, and finish the run after the last one.

        :return: the number of products; 1 for the end
        """
        self.ensure_one()
        if not self.last_product_id:
            self._learn()
        product_ids = self._next_products(self.last_product_id, PRODUCTS_PER_BATCH)
        if not product_ids:
            self._finish()
            return 1
        history = self._read_history(product_ids)
        weights = Weights.from_json(self.weights) if self.weights else None
        results = forecast(history.series, self.rule_id.bucket, weights, self.rule_id.horizon)
        results = self._add_expected(results, history, weights)
        self._store(results)
        self.write(
            {
                "last_product_id": product_ids[-1],
                "series_count": self.series_count + len(results),
            }
        )
        return len(product_ids)

    def _learn(self):
        """Learn the weights of the methods from a sample of the products."""
        product_ids = self._next_products(0, LEARNED_PRODUCTS)
        chunks = (
            self._read_history(product_ids[first : first + PRODUCTS_PER_BATCH]).series
            for first in range(0, len(product_ids), PRODUCTS_PER_BATCH)
        )
        weights = learn(chunks, self.rule_id.bucket)
        self.write({"weights": weights and weights.to_json(), "is_fallback": weights is None})

    def _finish(self):
        """Remove forecasts that the rule no longer covers, and old runs."""
        self.env["oms.forecast"].search(
            [("rule_id", "=", self.rule_id.id), ("run_id", "!=", self.id)]
        ).unlink()
        self._set_state("done", finished_at=fields.Datetime.now())
        self.search([("rule_id", "=", self.rule_id.id)], offset=RUNS_KEPT).unlink()

    # === RESULTS === #

    def _store(self, results):
        """Replace the forecasts of series, and consume them.

        :param results: a list of `Forecast`
        """
        Forecast = self.env["oms.forecast"]
        start = Forecast._current_bucket(self.company_id, self.rule_id.bucket)
        known = {
            forecast._key(): forecast
            for forecast in Forecast.search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("product_id", "in", [result.key.product_id for result in results]),
                ]
            )
        }
        forecasts, missing = Forecast.browse(), []
        for result in results:
            values = self._prepare_forecast_values(result, start)
            if forecast := known.get(result.key):
                forecast.write(values)
                forecasts += forecast
            else:
                missing.append({**values, **self._prepare_key_values(result.key)})
        forecasts = (forecasts + Forecast.create(missing)).sorted("id")
        forecasts._recompute()
        forecasts._project()

    def _prepare_key_values(self, key):
        """:return: the values of a new forecast that identify its series"""
        return {**key._asdict(), "company_id": self.company_id.id}

    def _prepare_forecast_values(self, result, start):
        """:return: the values of ``oms.forecast`` from a `Forecast`"""
        return {
            "rule_id": self.rule_id.id,
            "run_id": self.id,
            "bucket": self.rule_id.bucket,
            "start": start,
            "mean": [round(value, 4) for value in result.mean],
            "quantiles": [[tau, round(value, 4)] for tau, value in result.quantiles],
            "interval": result.interval,
            "demand": result.demand,
            "sigma": result.sigma,
            "bucket_sigma": result.bucket_sigma,
            "method": result.method,
            "kind": result.kind or False,
        }
