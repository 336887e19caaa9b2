"""Consumption: orders use up the forecast of the periods they are due in."""

from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.oms_addon.models.stock.claim import claim
from odoo.addons.oms_addon.tools.forecasting import buckets
from odoo.addons.oms_addon.tools.forecasting.consumption import Line, consume, consume_lines

from .oms_forecast_line import Gross
from .series_key import SeriesKey

PAST_BUCKETS = 1
NEXT_BUCKETS = 8


class OmsForecast(models.Model):
    _inherit = "oms.forecast"

    @api.model
    def _recompute_products(self, product_ids):
        """Consume the forecasts of products whose demand changed.

        :param product_ids: ids of ``product.product``
        """
        self.search([("product_id", "in", list(product_ids))], order="id")._recompute()

    def _recompute(self):
        """Derive the periods of these forecasts again, from the forecast and the orders.

        The state depends on neither the earlier state nor the order of events, so every change
        calls this. Forecasts are claimed until the end of the transaction.
        """
        claim(self)
        Period = self.env["oms.forecast.line"]
        stored, demand = Period._read_periods(self), self._read_window_demand()
        overrides = {
            (override.forecast_id.id, override.day): override
            for override in self.env["oms.forecast.override"].search(
                [("forecast_id", "in", self.ids)]
            )
        }
        wanted = {}
        for forecast in self:
            gross = forecast._read_gross(stored, overrides)
            wanted.update(forecast._derive_periods(gross, demand.get(forecast.id, ())))
        Period._store(stored, wanted)
        self.invalidate_recordset(["line_ids", "open_demand", "excess"], flush=False)

    # === PERIODS === #

    def _now(self):
        """:return: the first day of the current period"""
        self.ensure_one()
        return self._current_bucket(self.company_id, self.bucket)

    def _window_days(self, length):
        """:return: the first days of the periods in which orders consume a forecast

        :param int length: how many periods were forecast
        """
        now = self._now()
        last = max(buckets.between(now, self.start, self.bucket) + length, 0)
        return [
            buckets.add(now, step, self.bucket)
            for step in range(-PAST_BUCKETS, min(NEXT_BUCKETS + 1, max(last, 1)))
        ]

    def _mean_of(self, day):
        """:return: the statistical forecast of the period that begins on a day; 0 outside of the
        horizon
        """
        self.ensure_one()
        place = buckets.between(self.start, day, self.bucket)
        return self.mean[place] if 0 <= place < len(self.mean or ()) else 0.0

    def _read_gross(self, stored, overrides):
        """Determine the forecast of each period; ended periods keep theirs.

        :param dict stored: see ``oms.forecast.line`` ``_read_periods``
        :param dict overrides: ``oms.forecast.override`` records by (forecast id, day)
        :return: the `Gross` of the periods, in order of time
        """
        # Odoo copies JSON at each access.
        mean, found = self.mean or (), []
        days = self._window_days(len(mean))
        first = buckets.between(self.start, days[0], self.bucket)
        for place, day in enumerate(days):
            key = self.id, day
            known, override = stored.get(key), overrides.get(key)
            if known and place < PAST_BUCKETS:
                found.append(known.gross())
                continue
            at = first + place
            expected = mean[at] if 0 <= at < len(mean) else 0.0
            if override:
                found.append(Gross(day, expected, override.id, override.quantity))
            else:
                found.append(Gross(day, expected, None, expected))
        return found

    def _derive_periods(self, gross, demand):
        """:return: the `Period` of this forecast by (forecast id, day)
        :rtype: dict[tuple, Period]
        """
        Line = self.env["oms.forecast.line"]
        keys, digits = (self.company_id.id, *self._key()), Line._get_digits()
        result = self._consume(gross, demand)
        return {
            (self.id, one.day): Line._prepare_period(self.id, keys, one, result, place, digits)
            for place, one in enumerate(gross)
        }

    # === DEMAND === #

    def _read_window_demand(self, by_line=False):
        """Read the demand in the periods of these forecasts; each order line is assigned to one
        forecast of its product, see ``SeriesKey.candidates``.

        :param bool by_line: do not sum the order lines of a day
        :return: tuples (row id, day, quantity, is exceptional) by forecast id
        :rtype: dict[int, list]
        """
        if not self:
            return {}
        others = self.search(
            [
                ("product_id", "in", self.product_id.ids),
                ("company_id", "in", self.company_id.ids),
            ]
        )
        by_key = {(forecast.company_id.id, forecast._key()): forecast.id for forecast in others}
        found = defaultdict(list)
        for company_id, product_id, channel_id, warehouse_id, *row in self._read_demand_rows(
            by_line
        ):
            for key in SeriesKey(product_id, channel_id, warehouse_id).candidates():
                if forecast_id := by_key.get((company_id, key)):
                    found[forecast_id].append(row)
                    break
        return found

    def _read_demand_rows(self, by_line=False):
        """Read the ordered demand of these products in the periods that orders consume, one row
        per day; with a cap per order line, or if asked for, one row per line.

        :return: tuples (company, product, channel, warehouse, row id, day, quantity, is
            exceptional)
        """
        self.env["oms.demand"].flush_model()
        by_line = by_line or any(forecast.rule_id.cap for forecast in self)
        return self.env.execute_query(
            SQL(
                """SELECT company_id, product_id, channel_id, warehouse_id,
                          MIN(id), day, SUM(quantity)::float, is_exceptional IS TRUE
                     FROM oms_demand
                    WHERE product_id = ANY(%s) AND company_id = ANY(%s) AND day >= %s
                      AND sale_line_id IS NOT NULL
                 GROUP BY 1, 2, 3, 4, 6, 8%s""",
                self.product_id.ids,
                self.company_id.ids,
                min(buckets.add(one._now(), -PAST_BUCKETS, one.bucket) for one in self),
                SQL(", id") if by_line else SQL(),
            )
        )

    def _consume(self, gross, demand, by_line=False):
        """Compute what orders consume of one forecast.

        :param gross: the `Gross` of its periods, or the periods themselves, in order of time
        :param demand: tuples (row id, day, quantity, is exceptional)
        :param bool by_line: also compute the share of each row
        :rtype: Consumption
        """
        self.ensure_one()
        places = {one.day: place for place, one in enumerate(gross)}
        ordered = [
            Line(row_id, places[start], quantity, exceptional)
            for row_id, day, quantity, exceptional in demand
            if (start := buckets.start_of(day, self.bucket)) in places
        ]
        quantities, window = [one.forecast_qty for one in gross], self.rule_id._window()
        if by_line or window.cap is not None or any(line.exceptional for line in ordered):
            return consume_lines(quantities, ordered, window, PAST_BUCKETS)
        totals = [0.0] * len(quantities)
        for line in ordered:
            totals[line.bucket] += line.quantity
        return consume(quantities, totals, window, PAST_BUCKETS)

    def _read_shares(self):
        """Compute which order consumed which period.

        :return: tuples (id of ``oms.demand``, period or an empty record, quantity); without a
            period the quantity found no forecast
        :rtype: list[tuple]
        """
        demand = self._read_window_demand(by_line=True)
        Period, shares = self.env["oms.forecast.line"], []
        for forecast in self:
            lines = forecast.line_ids.sorted("day")
            result = forecast._consume(lines, demand.get(forecast.id, ()), by_line=True)
            shares += [
                (
                    share.key,
                    Period if share.bucket is None else lines[share.bucket],
                    share.quantity,
                )
                for share in result.shares
            ]
        return shares
