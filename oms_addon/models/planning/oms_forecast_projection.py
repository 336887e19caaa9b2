"""Stock projection: when a product runs out in a warehouse, and what that costs."""

from collections import defaultdict
from datetime import timedelta
from math import ceil, inf
from typing import NamedTuple

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.oms_addon.tools.forecasting import buckets
from odoo.addons.oms_addon.tools.forecasting.projection import Projection, project

#: orders whose requested date passed longer ago are no longer expected to leave
OVERDUE_DAYS = 90


class Place(NamedTuple):
    """The company, product and warehouse that stock is projected for; ``None`` for all
    warehouses.
    """

    company_id: int
    product_id: int
    warehouse_id: int | None


class Outlook(NamedTuple):
    """Stock of a place over the next periods.

    :ivar start: the first day of the current period
    :ivar float on_hand: physical stock now
    :ivar list demand: units that are still to leave, by period
    :ivar list incoming: receipts, by period
    :ivar Projection projection: the result
    """

    start: object
    on_hand: float
    demand: list
    incoming: list
    projection: Projection


class OmsForecast(models.Model):
    _inherit = "oms.forecast"

    on_hand = fields.Float(
        digits="Product Unit", readonly=True, help="Physical stock when it was last projected."
    )
    cover_days = fields.Integer(
        "Days of Cover",
        readonly=True,
        help="Number of days that stock and incoming units last. Without a stockout date, stock "
        "lasts for all forecast periods.",
    )
    stockout_date = fields.Date(
        readonly=True,
        help="Date on which stock and incoming units no longer cover the expected demand.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    risk = fields.Monetary(
        "Money at Risk",
        readonly=True,
        default=0.0,
        help="Sales value of the demand within the protection interval that neither stock nor "
        "incoming units cover.",
    )

    _risk_idx = models.Index("(risk DESC, id)")
    _stockout_idx = models.Index("(stockout_date) WHERE stockout_date IS NOT NULL")

    # === ACTIONS === #

    def action_refresh(self):
        """Consume and project these forecasts again, with current orders and stock."""
        self.check_access("read")
        self._apply_overrides()
        return True

    # === BUSINESS METHODS === #

    def _apply_overrides(self):
        """Derive the periods and the projected stock again."""
        forecasts = self.sudo().sorted("id")
        forecasts._recompute()
        forecasts._project()

    def _project(self):
        """Project the stock of the products of these forecasts, and store the result.

        Forecasts of several channels in one warehouse share its stock.
        """
        for (place, bucket), (forecasts, outlook) in self._read_outlooks().items():
            today = self._current_bucket(forecasts.company_id, "day")
            values = _prepare_cover(outlook, bucket, today)
            short = _short(outlook.projection.stock, max(forecasts.mapped("interval")))
            total = sum(forecasts.mapped("demand"))
            for forecast in forecasts:
                product = forecast.product_id.with_company(place.company_id)
                share = forecast.demand / total if total else 0.0
                forecast._write_changed(
                    {
                        **values,
                        "risk": forecast.currency_id.round(short * share * product.lst_price),
                    }
                )

    def _write_changed(self, values):
        """Write the values that differ."""
        self.ensure_one()
        changed = {
            name: value
            for name, value in values.items()
            if self._fields[name].convert_to_write(self[name], self) != value
        }
        if changed:
            self.write(changed)

    def _place(self):
        """:rtype: Place"""
        self.ensure_one()
        return Place(self.company_id.id, self.product_id.id, self.warehouse_id.id or None)

    def _read_outlooks(self):
        """Project the stock of storable products.

        :return: forecasts and `Outlook` by (`Place`, period)
        :rtype: dict
        """
        siblings = self.search(
            [
                ("product_id", "in", self.product_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("product_id.is_storable", "=", True),
            ]
        )
        groups = siblings.grouped(lambda forecast: (forecast._place(), forecast.bucket))
        on_hand = siblings._read_on_hand()
        left, incoming = siblings._read_moves(groups)
        found = {}
        for key, forecasts in groups.items():
            place, bucket = key
            start = self._current_bucket(forecasts.company_id, bucket)
            expected = [
                max(0.0, one + other)
                for one, other in zip(forecasts._open_forecast(start), left[key], strict=True)
            ]
            projection = project(on_hand[place], expected, incoming[key])
            outlook = Outlook(start, on_hand[place], expected, incoming[key], projection)
            found[key] = forecasts, outlook
        return found

    def _open_forecast(self, start):
        """:return: the sum of the open forecast of these forecasts, by period from a day on"""
        total = [0.0] * self._periods(start)
        for forecast in self:
            known = {line.day: line.open_qty for line in forecast.line_ids}
            for place in range(len(total)):
                day = buckets.add(start, place, forecast.bucket)
                total[place] += known[day] if day in known else forecast._mean_of(day)
        return total

    def _periods(self, start):
        """:return: the number of periods that these forecasts reach from a day on"""
        return max(
            max(
                len(forecast.mean or ()) - buckets.between(forecast.start, start, forecast.bucket),
                1,
            )
            for forecast in self
        )

    # === STOCK AND MOVES === #

    def _read_on_hand(self):
        """:return: physical stock by `Place`, picked units that have not shipped included
        :rtype: dict
        """
        stock, warehouses = self.env["oms.stock"], self._warehouses()
        locations = stock._locations(warehouses)
        companies = {warehouse.id: warehouse.company_id.id for warehouse in warehouses}
        for warehouse in warehouses:
            picked = warehouse.wh_pack_stock_loc_id + warehouse.wh_output_stock_loc_id
            for location in picked:
                locations.setdefault(location.id, warehouse.id)
        found = defaultdict(float)
        for location, product, quantity in self.env["stock.quant"]._read_group(
            stock._get_fresh_domain()
            & Domain("product_id", "in", self.product_id.ids)
            & Domain("location_id", "in", list(locations)),
            ["location_id", "product_id"],
            ["quantity:sum"],
        ):
            warehouse_id = locations[location.id]
            for of_warehouse in (warehouse_id, None):
                found[Place(companies[warehouse_id], product.id, of_warehouse)] += quantity
        return found

    def _warehouses(self):
        return self.env["stock.warehouse"].search([("company_id", "in", self.company_id.ids)])

    def _read_moves(self, groups):
        """Assign ordered units that have not shipped, and receipts, to periods.

        :param groups: forecasts by (`Place`, period)
        :return: units to ship and units to receive, by the same key and period
        """
        starts = {
            key: (forecasts._current_bucket(forecasts.company_id, key[1]), forecasts)
            for key, forecasts in groups.items()
        }
        left = {key: [0.0] * f._periods(start) for key, (start, f) in starts.items()}
        incoming = {key: [0.0] * len(units) for key, units in left.items()}
        known = defaultdict(list)
        for place, bucket in groups:
            known[place].append((place, bucket))
        for units, rows in ((left, self._read_unshipped()), (incoming, self._read_incoming())):
            for company_id, product_id, warehouse_id, day, quantity in rows:
                keys = known.get(Place(company_id, product_id, warehouse_id)) or known.get(
                    Place(company_id, product_id, None), ()
                )
                for key in keys:
                    at = buckets.between(starts[key][0], buckets.start_of(day, key[1]), key[1])
                    if at < len(units[key]):
                        units[key][max(at, 0)] += quantity
        return left, incoming

    def _read_unshipped(self):
        """:return: tuples (company, product, warehouse, date, units) of confirmed orders that
        have not shipped
        """
        if not self:
            return []
        self.env["oms.demand"].flush_model()
        self.env["sale.order.line"].flush_model(["qty_delivered", "product_uom_qty"])
        return self.env.execute_query(
            SQL(
                """SELECT demand.company_id, demand.product_id, demand.warehouse_id, demand.day,
                          SUM(demand.quantity * GREATEST(0, LEAST(1,
                              1 - COALESCE(line.qty_delivered, 0)
                                  / NULLIF(line.product_uom_qty, 0))))::float
                     FROM oms_demand demand JOIN sale_order_line line
                       ON line.id = demand.sale_line_id
                    WHERE demand.product_id = ANY(%s) AND demand.company_id = ANY(%s)
                      AND demand.day >= %s
                 GROUP BY 1, 2, 3, 4""",
                self.product_id.ids,
                self.company_id.ids,
                fields.Date.today() - timedelta(days=OVERDUE_DAYS),
            )
        )

    def _read_incoming(self):
        """:return: the same tuples for incoming units"""
        warehouses = self._warehouses()
        by_id = {warehouse.id: warehouse for warehouse in warehouses}
        return [
            (
                by_id[arrival.warehouse_id].company_id.id,
                arrival.product_id,
                arrival.warehouse_id,
                by_id[arrival.warehouse_id]._oms_local_day(arrival.date),
                arrival.quantity,
            )
            for arrival in self.env["oms.incoming"]._incoming(warehouses, self.product_id)
        ]


def _prepare_cover(outlook, bucket, today):
    """:return: stock, days of cover and stockout date as values of ``oms.forecast``"""
    cover = outlook.projection.cover
    periods = len(outlook.demand) if cover == inf else cover
    whole = int(periods)
    first = max(buckets.add(outlook.start, whole, bucket), today)
    length = (buckets.add(outlook.start, whole + 1, bucket) - first).days
    day = first + timedelta(days=int((periods - whole) * length))
    return {
        "on_hand": outlook.on_hand,
        "cover_days": (day - today).days,
        "stockout_date": False if cover == inf else day,
    }


def _short(stock, interval):
    """:return: units that are missing at most within an interval of so many periods"""
    return max(0.0, -min(stock[: max(1, ceil(interval))], default=0.0))
