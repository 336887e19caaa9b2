"""The histories that a run forecasts, with their flags and corrections."""

from collections import defaultdict
from dataclasses import dataclass

from odoo import models
from odoo.tools import SQL

from odoo.addons.oms_addon.tools.forecasting import buckets, flags
from odoo.addons.oms_addon.tools.forecasting.results import LONGEST, Series

from .oms_promotion import Calendar


@dataclass(frozen=True)
class History:
    """The histories of some products.

    :ivar list series: `Series` records, whose keys are ``SeriesKey``
    :ivar Calendar calendar: the promotions of the company
    :ivar products: the ``product.product`` records, by id
    """

    series: list
    calendar: Calendar
    products: dict


class OmsForecastRun(models.Model):
    _inherit = "oms.forecast.run"

    def _next_products(self, after, limit):
        """:return: ids of the next products with demand, in order"""
        self.env["oms.demand"].flush_model(["product_id", "company_id"])
        self.env["product.product"].flush_model(["active"])
        rows = self.env.execute_query(
            SQL(
                """SELECT product.id
                     FROM product_product product
                    WHERE product.id > %s AND product.active
                      AND EXISTS (SELECT FROM oms_demand demand
                                   WHERE demand.product_id = product.id
                                     AND demand.company_id = %s)
                 ORDER BY product.id LIMIT %s""",
                after,
                self.company_id.id,
                limit,
            )
        )
        return [product_id for (product_id,) in rows]

    def _read_history(self, product_ids):
        """Read the histories of the products that this rule forecasts.

        :rtype: History
        """
        bucket = self.rule_id.bucket
        current = self._current()
        products = {
            product.id: product for product in self.env["product.product"].browse(product_ids)
        }
        calendar = self.env["oms.promotion"]._calendar(self.company_id, current, bucket)
        stockouts = defaultdict(list)
        found = self.env["oms.stockout"]._recompute_products(self.company_id, product_ids)
        for (product_id, warehouse_id), periods in found.items():
            stockouts[product_id].append((warehouse_id, periods))
        last = buckets.add(current, -1, bucket)
        series = [
            self._prepare_series(
                key,
                buckets.history(cells, last, bucket, LONGEST[bucket]),
                products[key.product_id],
                calendar,
                stockouts,
            )
            for key, cells in sorted(
                self._sum_cells(products).items(), key=lambda item: str(item[0])
            )
        ]
        return History(series, calendar, products)

    def _current(self):
        """:return: the first day of the current period"""
        return self.env["oms.forecast"]._current_bucket(self.company_id, self.rule_id.bucket)

    def _prepare_series(self, key, quantities, product, calendar, stockouts):
        """:return: the history of a series with its flags
        :rtype: Series
        """
        rule, length = self.rule_id, len(quantities)
        last = buckets.add(self._current(), -1, rule.bucket)
        return Series(
            key=key,
            quantities=tuple(quantities),
            censored=self._find_short(key, stockouts[product.id], last, length),
            promotions=calendar.flag(product, key.channel_id, length),
            planned=calendar.plan(product, key.channel_id, rule.horizon),
            category=product.categ_id.id,
            interval=rule.protection_interval,
        )

    def _find_short(self, key, stockouts, last, length):
        """:return: which buckets had no stock in the warehouse, or in any of them

        :param stockouts: pairs (warehouse id, periods) of the product
        """
        periods = [
            found for warehouse_id, found in stockouts if key.warehouse_id in (None, warehouse_id)
        ]
        if not periods or not length:
            return ()
        bucket = self.rule_id.bucket
        first = buckets.add(last, 1 - length, bucket)
        end = buckets.add(buckets.add(last, 1, bucket), -1, "day")
        days = set.intersection(*(flags.list_days(found, first, end) for found in periods))
        return flags.find_short(days, last, bucket, length)

    # === DEMAND === #

    def _sum_cells(self, products):
        """:return: quantity by first day of the period, by ``SeriesKey``, for the products and
        channels that this rule forecasts
        """
        rule = self.rule_id
        rules = rule._active_rules(self.company_id, self.day)
        first = buckets.add(self._current(), -LONGEST[rule.bucket], rule.bucket)
        product_ids = list(products)
        rows = self._read_cells(product_ids, first)
        rows += self.env["oms.demand.correction"]._read_cells(
            self.company_id, product_ids, rule.bucket, first
        )
        keys, histories = {}, {}
        for product_id, channel_id, warehouse_id, start, quantity in rows:
            source = product_id, channel_id, warehouse_id
            if source not in keys:
                found = rules._find(products[product_id], channel_id, warehouse_id)
                keys[source] = rule._series_key(*source) if found == rule else None
            if key := keys[source]:
                cells = histories.setdefault(key, {})
                cells[start] = cells.get(start, 0.0) + quantity
        return histories

    def _read_cells(self, product_ids, first):
        """:return: tuples (product, channel, warehouse, first day of the period, quantity)"""
        self.env["oms.demand"].flush_model()
        return self.env.execute_query(
            SQL(
                """SELECT product_id, channel_id, warehouse_id,
                          date_trunc(%s, day::timestamp)::date, SUM(quantity)::float
                     FROM oms_demand
                    WHERE product_id = ANY(%s) AND company_id = %s AND is_exceptional IS NOT TRUE
                      AND day >= %s
                 GROUP BY 1, 2, 3, 4""",
                self.rule_id.bucket,
                product_ids,
                self.company_id.id,
                first,
            )
        )

    # === EXPECTED UPLIFT === #

    def _add_expected(self, results, history, weights):
        """Add the uplifts that people expect, for promotion types that were never measured.

        :param results: a list of `Forecast`
        :param weights: what was learned, or ``None``
        :return: the list with the forecasts that changed
        """
        if not history.calendar.entries:
            return results
        measured = {int(code) for code in weights.uplifts} if weights else set()
        changed = []
        for result in results:
            product = history.products[result.key.product_id]
            factors = history.calendar.expect(
                product, result.key.channel_id, len(result.mean), measured
            )
            changed.append(result.scale(factors) if set(factors) != {1.0} else result)
        return changed
