"""Stock positions of warehouses: stock, orders, receipts and demand of many products at once."""

from collections import defaultdict
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.oms_addon.tools.forecasting import buckets
from odoo.addons.oms_addon.tools.forecasting.position import Expected, Position

#: weeks of demand by which a forecast of several warehouses is divided
SHARED_WEEKS = 26


class Outlook(NamedTuple):
    """The forecasts of a product in a warehouse and the rule of the largest one."""

    expected: list
    rule: object


class OmsStockPosition(models.AbstractModel):
    _name = "oms.stock.position"
    _description = "Stock Position"

    @api.model
    def _read_positions(self, company, warehouses, products, outlooks):
        """:return: the position of products in warehouses, by (product id, warehouse id)
        :rtype: dict[tuple, Position]
        """
        on_hand = self._read_on_hand(warehouses, products)
        orders = self._read_orders(company, warehouses, products)
        today = company._oms_today()
        incoming = defaultdict(list)
        for arrival in self.env["oms.incoming"].sudo()._incoming(warehouses, products):
            day = (arrival.date.date() - today).days
            incoming[arrival.product_id, arrival.warehouse_id].append((day, arrival.quantity))
        keys = {*on_hand, *orders, *incoming, *outlooks}
        return {
            key: Position(
                on_hand=on_hand.get(key, 0.0),
                orders=tuple(orders.get(key, ())),
                incoming=tuple(incoming.get(key, ())),
                daily=self._read_daily(outlooks.get(key), today),
            )
            for key in keys
        }

    @api.model
    def _read_daily(self, outlook, today):
        """:return: the demand that no order has consumed, per day"""
        if not outlook:
            return ()
        return tuple(map(sum, zip(*(one.daily(today) for one in outlook.expected), strict=True)))

    @api.model
    def _read_on_hand(self, warehouses, products):
        """:return: physical stock by (product id, warehouse id); negative where Odoo has it so"""
        self.env["stock.quant"].flush_model()
        locations = self.env["oms.stock"]._locations(warehouses)
        found = defaultdict(float)
        for location_id, product_id, quantity in self.env.execute_query(
            SQL(
                """SELECT location_id, product_id, SUM(quantity)::float FROM stock_quant
                    WHERE product_id = ANY(%s) AND location_id = ANY(%s) GROUP BY 1, 2""",
                products.ids,
                list(locations),
            )
        ):
            found[product_id, locations[location_id]] += quantity
        return found

    @api.model
    def _read_orders(self, company, warehouses, products):
        """Read the units that orders still need from the stock of warehouses.

        Items bought or made for one order alone are left out.

        :return: pairs (days from today, units) by (product id, warehouse id)
        """
        self.env["stock.move"].flush_model()
        locations = self.env["oms.stock"]._locations(warehouses)
        today = company._oms_today()
        found = defaultdict(list)
        for location_id, product_id, day, quantity in self.env.execute_query(
            SQL(
                """SELECT move.location_id, move.product_id,
                          COALESCE(move.date_deadline, move.date)::date,
                          SUM(move.product_qty)::float
                     FROM stock_move move
                    WHERE move.product_id = ANY(%s) AND move.location_id = ANY(%s)
                      AND move.state NOT IN ('draft', 'done', 'cancel')
                      AND NOT move.location_dest_id = ANY(%s)
                      AND NOT EXISTS (
                          SELECT FROM stock_move_move_rel rel
                            JOIN stock_move origin ON origin.id = rel.move_orig_id
                           WHERE rel.move_dest_id = move.id
                             AND origin.state NOT IN ('done', 'cancel'))
                 GROUP BY 1, 2, 3""",
                products.ids,
                list(locations),
                list(locations),
            )
        ):
            key = product_id, locations[location_id]
            found[key].append(((day - today).days, quantity))
        return found

    # === FORECASTS === #

    @api.model
    def _read_outlooks(self, company, warehouses, products):
        """Read the forecasts of products; those of several warehouses are divided by the demand of
        the last 26 weeks.

        :return: `Outlook` by (product id, warehouse id)
        :rtype: dict[tuple, Outlook]
        """
        forecasts = (
            self.env["oms.forecast"]
            .sudo()
            .search([("company_id", "=", company.id), ("product_id", "in", products.ids)])
        )
        shares = self._read_shares(company, forecasts.product_id)
        found = {}
        for forecast in forecasts.filtered(lambda f: f.mean):
            parts = [(forecast.warehouse_id.id, 1.0)]
            if not forecast.warehouse_id:
                parts = self._parts(forecast, shares, warehouses)
            for warehouse_id, share in parts:
                outlook = found.setdefault(
                    (forecast.product_id.id, warehouse_id), Outlook([], forecast.rule_id)
                )
                outlook.expected.append(self._prepare_expected(forecast, share))
        return found

    @api.model
    def _parts(self, forecast, shares, warehouses):
        """:return: pairs (warehouse id, share) of a forecast of all warehouses"""
        by_warehouse = shares.get((forecast.product_id.id, forecast.channel_id.id or None), {})
        total = sum(by_warehouse.values())
        if total <= 0:
            return [(warehouses[:1].id, 1.0)]
        return [(key, quantity / total) for key, quantity in by_warehouse.items()]

    @api.model
    def _read_shares(self, company, products):
        """:return: demand by warehouse id, by (product id, channel id) and by (product id,
        ``None``)
        """
        found = defaultdict(lambda: defaultdict(float))
        self.env["oms.demand"].flush_model()
        since = fields.Date.subtract(company._oms_today(), weeks=SHARED_WEEKS)
        for product_id, channel_id, warehouse_id, quantity in self.env.execute_query(
            SQL(
                """SELECT product_id, channel_id, warehouse_id, SUM(quantity)::float
                     FROM oms_demand
                    WHERE company_id = %s AND product_id = ANY(%s) AND day >= %s
                      AND warehouse_id IS NOT NULL AND is_exceptional IS NOT TRUE
                 GROUP BY 1, 2, 3 HAVING SUM(quantity) > 0""",
                company.id,
                products.ids,
                since,
            )
        ):
            for key in {(product_id, channel_id), (product_id, None)}:
                found[key][warehouse_id] += quantity
        return found

    @api.model
    def _prepare_expected(self, forecast, share):
        """:rtype: Expected"""
        start = forecast._current_bucket(forecast.company_id, forecast.bucket)
        passed = max(buckets.between(forecast.start, start, forecast.bucket), 0)
        lines = forecast.line_ids.filtered(lambda line: line.day >= start).sorted("day")
        return Expected(
            bucket=forecast.bucket,
            start=start,
            mean=tuple(forecast.mean[passed:]),
            left=tuple(lines.mapped("open_qty")),
            interval=forecast.interval,
            sigma=forecast.sigma,
            quantiles=tuple(map(tuple, forecast.quantiles or ())),
            share=share,
        )
