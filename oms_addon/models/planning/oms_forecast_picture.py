"""The picture of one series: history, forecast with its uncertainty, orders, stock and receipts."""

from collections import defaultdict
from math import inf
from statistics import NormalDist

from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.oms_addon.tools.forecasting import buckets

PAST = {"week": 52, "month": 24}
NORMAL = NormalDist()
#: the bands of the picture: the share of outcomes within, and its lower and upper probability
BANDS = {"50": (0.25, 0.75), "90": (0.05, 0.95)}


class OmsForecast(models.Model):
    _inherit = "oms.forecast"

    def read_picture(self):
        """Read all that the workbench shows of a series.

        :return: figures by period, and the overrides
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        forecast = self.sudo()
        now = self._current_bucket(forecast.company_id, forecast.bucket)
        _group, outlook = forecast._read_outlooks().get(
            (forecast._place(), forecast.bucket), (None, None)
        )
        periods = forecast._periods(now)
        days = [buckets.add(now, place, forecast.bucket) for place in range(periods)]
        [row] = forecast._prepare_rows()
        return {
            **row,
            "bucket": forecast.bucket,
            "history": forecast._prepare_history(now),
            "periods": forecast._prepare_periods(days),
            "stock": list(outlook.projection.stock) if outlook else [],
            "incoming": list(outlook.incoming) if outlook else [],
            "stockout_place": outlook.projection.stockout if outlook else None,
            "is_covered": not outlook or outlook.projection.cover == inf,
            "promotions": forecast._prepare_promotions(now, days),
            "rule": forecast.rule_id.display_name,
        }

    def _prepare_promotions(self, now, days):
        """Extension point: promotions of the product in the periods of the picture.

        :return: dicts with the first day of a period and the names of its promotions
        """
        return []

    def _prepare_history(self, now):
        """:return: the ordered units of past periods, oldest first"""
        count = PAST[self.bucket]
        first = buckets.add(now, -count, self.bucket)
        sold = defaultdict(float, self._read_sold(first, now))
        days = [buckets.add(first, place, self.bucket) for place in range(count)]
        return [{"day": fields.Date.to_string(day), "quantity": sold[day]} for day in days]

    def _read_sold(self, first, now):
        """:return: pairs (first day of the period, units)"""
        self.env["oms.demand"].flush_model()
        conditions = [SQL("product_id = %s", self.product_id.id)]
        conditions += [
            SQL("%s = %s", SQL.identifier(name), self[name].id)
            for name in ("company_id", "channel_id", "warehouse_id")
            if self[name]
        ]
        return self.env.execute_query(
            SQL(
                """SELECT date_trunc(%s, day::timestamp)::date, SUM(quantity)::float
                     FROM oms_demand
                    WHERE %s AND day >= %s AND day < %s AND is_exceptional IS NOT TRUE
                 GROUP BY 1""",
                self.bucket,
                SQL(" AND ").join(conditions),
                first,
                now,
            )
        )

    def _prepare_periods(self, days):
        """:return: the figures of the current and future periods"""
        lines = {line.day: line for line in self.line_ids}
        overrides = {
            override.day: override
            for override in self.env["oms.forecast.override"].search(
                [("forecast_id", "=", self.id), ("day", "in", days)]
            )
        }
        return [
            self._prepare_period(
                day,
                lines.get(day, self.env["oms.forecast.line"]),
                overrides.get(day, self.env["oms.forecast.override"]),
            )
            for day in days
        ]

    def _prepare_period(self, day, line, override):
        gross = line.forecast_qty if line else override.quantity or self._mean_of(day)
        return {
            "day": fields.Date.to_string(day),
            "statistical": round(self._mean_of(day), 2),
            "forecast": gross,
            "ordered": line.ordered_qty,
            "consumed": line.consumed_qty,
            "open": line.open_qty if line else gross,
            "status": line.status or "",
            "can_override": bool(line),
            "bands": self._prepare_bands(gross),
            "override": {
                "quantity": override.quantity,
                "reason": override.reason,
                "user": override.user_id.name,
            }
            if override
            else None,
        }

    # === UNCERTAINTY === #

    def _prepare_bands(self, mean):
        """Compute the interval of one period around its forecast.

        Its width is the forecast error of one period; the distance of an upper limit in standard
        deviations is that of the stored quantile of the protection interval.

        :return: lower and upper limit by `BANDS`
        """
        sigma = self.bucket_sigma or (self.sigma / self.interval**0.5 if self.interval else 0.0)
        return {
            name: [max(0.0, mean + self._score(p) * sigma) for p in probabilities]
            for name, probabilities in BANDS.items()
        }

    def _score(self, probability):
        """:return: the standard deviations from the mean to a quantile"""
        stored = dict(map(tuple, self.quantiles or ()))
        if probability in stored and self.sigma:
            return max(0.0, (stored[probability] - self.demand) / self.sigma)
        return NORMAL.inv_cdf(probability)
