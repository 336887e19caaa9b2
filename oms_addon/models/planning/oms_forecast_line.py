"""Periods of a forecast, consumed by orders."""

from datetime import date
from functools import partial
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL, float_round

#: rows of one statement
ROWS = 1000


class Gross(NamedTuple):
    """The forecast of a period: a planner's quantity, or else the statistical one."""

    day: date
    statistical_qty: float
    override_id: int | None
    forecast_qty: float


class Period(NamedTuple):
    """The columns of a period that are stored, in the unit of the product."""

    forecast_id: int
    day: date
    company_id: int
    product_id: int
    channel_id: int | None
    warehouse_id: int | None
    statistical_qty: float
    override_id: int | None
    forecast_qty: float
    ordered_qty: float
    consumed_qty: float
    open_qty: float
    total_qty: float
    excess_qty: float
    is_too_low: bool
    status: str

    def gross(self):
        """:rtype: Gross"""
        return Gross(self.day, self.statistical_qty, self.override_id, self.forecast_qty)


class OmsForecastLine(models.Model):
    """A period in which orders consume a forecast: the previous, the current and the next eight."""

    _name = "oms.forecast.line"
    _description = "Forecast Period"
    _rec_name = "day"
    _order = "forecast_id, day"
    _log_access = False

    forecast_id = fields.Many2one("oms.forecast", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="forecast_id.company_id", store=True)
    product_id = fields.Many2one(related="forecast_id.product_id", store=True)
    channel_id = fields.Many2one(related="forecast_id.channel_id", store=True)
    warehouse_id = fields.Many2one(related="forecast_id.warehouse_id", store=True)
    day = fields.Date("Period", required=True, readonly=True, help="First day of the period.")
    statistical_qty = fields.Float("Statistical Forecast", digits="Product Unit", readonly=True)
    override_id = fields.Many2one("oms.forecast.override", readonly=True, ondelete="set null")
    forecast_qty = fields.Float(
        "Forecast Quantity",
        digits="Product Unit",
        readonly=True,
        help="Quantity entered by a planner, or else the statistical forecast.",
    )
    ordered_qty = fields.Float("Ordered", digits="Product Unit", readonly=True)
    consumed_qty = fields.Float(
        "Consumed",
        digits="Product Unit",
        readonly=True,
        help="Part of the forecast that orders have used up.",
    )
    open_qty = fields.Float(
        "Open Forecast", digits="Product Unit", readonly=True, help="Demand still expected."
    )
    total_qty = fields.Float(
        "Total Demand", digits="Product Unit", readonly=True, help="Ordered and still expected."
    )
    excess_qty = fields.Float(
        "Above Forecast",
        digits="Product Unit",
        readonly=True,
        help="Ordered units that found no forecast to consume.",
    )
    is_too_low = fields.Boolean(
        "Forecast Too Low",
        readonly=True,
        help="More was ordered than forecast in the periods that may be consumed.",
    )
    status = fields.Selection(
        [
            ("none", "No Forecast"),
            ("open", "Open"),
            ("partly", "Partly Consumed"),
            ("cleared", "Cleared"),
            ("expired", "Expired"),
        ],
        readonly=True,
    )

    _day_uniq = models.UniqueIndex("(forecast_id, day)")
    _too_low_idx = models.Index("(forecast_id) WHERE is_too_low")

    # === ACTIONS === #

    def action_open_orders(self):
        """Open the orders that consume the forecast of these periods."""
        self.check_access("read")
        shares = [share for share in self.forecast_id._read_shares() if share[1] in self]
        return self.env["oms.forecast.share"]._open(shares, self.env._("Orders"))

    # === DERIVING === #

    @api.model
    def _read_periods(self, forecasts):
        """:return: the stored `Period` by (forecast id, day)
        :rtype: dict[tuple, Period]
        """
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT %s FROM oms_forecast_line WHERE forecast_id = ANY(%s)",
                SQL(", ").join(map(SQL.identifier, Period._fields)),
                forecasts.ids,
            )
        )
        return {row[:2]: Period(*row) for row in rows}

    @api.model
    def _prepare_period(self, forecast_id, keys, gross, result, place, digits):
        """:return: the `Period` of a result of consumption

        :param tuple keys: ids of company, product, channel and warehouse
        :param Gross gross: its forecast
        :param Consumption result: what orders consumed of the forecast
        :param int place: the position of the period
        :param int digits: decimals that are stored
        :rtype: Period
        """
        figures = (
            result.ordered[place],
            result.consumed[place],
            result.open[place],
            result.total[place],
            result.excess[place],
        )
        rounded = partial(float_round, precision_digits=digits)
        return Period(
            forecast_id,
            gross.day,
            *keys,
            rounded(gross.statistical_qty),
            gross.override_id,
            rounded(gross.forecast_qty),
            *map(rounded, figures),
            result.too_low[place],
            result.states[place],
        )

    @api.model
    def _get_digits(self):
        """:return: the decimals of a stored quantity"""
        return self._fields["forecast_qty"].get_digits(self.env)[1]

    @api.model
    def _store(self, stored, wanted):
        """Write the periods that differ, and remove those that are no longer wanted.

        Periods are derived, and written with each order and for all products at night: in bulk,
        nothing else depends on them.

        :param dict stored: `Period` by key, see ``_read_periods``
        :param dict wanted: the same
        """
        gone = [key for key in stored if key not in wanted]
        if gone:
            self.env.cr.execute(
                SQL(
                    """DELETE FROM oms_forecast_line AS line USING unnest(%s, %s::date[])
                           AS gone (forecast_id, day)
                        WHERE line.forecast_id = gone.forecast_id AND line.day = gone.day""",
                    [forecast_id for forecast_id, _day in gone],
                    [day for _forecast_id, day in gone],
                )
            )
        changed = [row for key, row in sorted(wanted.items()) if stored.get(key) != row]
        for first in range(0, len(changed), ROWS):
            self._upsert(changed[first : first + ROWS])
        self.invalidate_model(flush=False)

    @api.model
    def _upsert(self, rows):
        """:param rows: `Period` records"""
        self.env.cr.execute(
            SQL(
                """INSERT INTO oms_forecast_line (%s) VALUES %s
                   ON CONFLICT (forecast_id, day) DO UPDATE SET %s""",
                SQL(", ").join(map(SQL.identifier, Period._fields)),
                SQL(", ").join(SQL("%s", tuple(row)) for row in rows),
                SQL(", ").join(
                    SQL("%s = EXCLUDED.%s", SQL.identifier(name), SQL.identifier(name))
                    for name in Period._fields[2:]
                ),
            )
        )
