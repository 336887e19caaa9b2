"""The planner's workbench: series by money at risk, overrides of many, service against stock."""

from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.oms_addon.tools.forecasting import stock

PAGE = 80
#: more series than that are not counted
COUNTED = 10000
SOON_DAYS = 7
#: at most so many series at once
SELECTED = 2000
TARGETS = (0.8, 0.85, 0.9, 0.925, 0.95, 0.975, 0.98, 0.99)
#: as a query of its own, so that the index of these lines is used
TOO_LOW = Domain("id", "in", SQL("(SELECT forecast_id FROM oms_forecast_line WHERE is_too_low)"))


class Filters(NamedTuple):
    """What the list of series is limited to; empty values limit nothing."""

    search: str = ""
    warehouse_id: int = 0
    channel_id: int = 0
    rule_id: int = 0
    soon: bool = False
    too_low: bool = False

    def domain(self, today):
        """:rtype: Domain"""
        found = Domain.TRUE
        if self.search:
            found &= Domain("product_id", "ilike", str(self.search))
        for name in ("warehouse_id", "channel_id", "rule_id"):
            if record_id := getattr(self, name):
                found &= Domain(name, "=", int(record_id))
        if self.soon:
            found &= Domain("stockout_date", "<=", fields.Date.add(today, days=SOON_DAYS))
        if self.too_low:
            found &= TOO_LOW
        return found


class OmsForecast(models.Model):
    _inherit = "oms.forecast"

    # === READING === #

    @api.model
    def read_filters(self):
        """Read what the series can be filtered by.

        :return: pairs (id, name) of warehouses, channels and rules
        :rtype: dict
        """
        self.check_access("read")
        of_companies = [("company_id", "in", self.env.companies.ids)]

        def pairs(model, domain):
            records = self.env[model].sudo().search(domain, limit=200)
            return [(record.id, record.display_name) for record in records]

        return {
            "warehouses": pairs("stock.warehouse", of_companies),
            "channels": pairs("oms.channel", of_companies),
            "rules": pairs("oms.forecast.rule", of_companies),
            "can_override": self.env["oms.forecast.override"].has_access("create"),
        }

    @api.model
    def read_series(self, filters=None, offset=0):
        """Read a page of series, the most money at risk first.

        :param dict filters: values of `Filters`
        :return: rows, and the number of series, `COUNTED` + 1 for more
        :rtype: dict
        """
        self.check_access("read")
        self.env["oms.forecast.line"].flush_model(["is_too_low"])
        domain = _read_filters(filters).domain(self._current_bucket(self.env.company, "day"))
        found = self.search(domain, order="risk desc, id", offset=max(int(offset), 0), limit=PAGE)
        count = len(found)
        if offset or count == PAGE:
            count = self.search_count(domain, limit=COUNTED + 1)
        return {"rows": found.sudo()._prepare_rows(), "count": count, "page": PAGE}

    def _prepare_rows(self):
        too_low = self.search(Domain("id", "in", self.ids) & TOO_LOW)
        return [
            {
                "id": forecast.id,
                "product": forecast.product_id.display_name,
                "channel": forecast.channel_id.name or "",
                "warehouse": forecast.warehouse_id.name or "",
                "demand": forecast.demand,
                "on_hand": forecast.on_hand,
                "unit": forecast.uom_id.name,
                "cover_days": forecast.cover_days,
                "stockout": fields.Date.to_string(forecast.stockout_date) or "",
                "risk": forecast.risk,
                "currency_id": forecast.currency_id.id,
                "too_low": forecast in too_low,
            }
            for forecast in self
        ]

    # === OVERRIDES === #

    def override_periods(self, quantities, reason):
        """Enter the quantities of periods of one forecast, with their reason.

        :param dict quantities: units by first day of the period; ``None`` removes the override
        :param str reason: why the planner knows better
        """
        self.ensure_one()
        self._check_may_override(reason)
        days = {fields.Date.to_date(day): quantity for day, quantity in quantities.items()}
        if removed := [day for day, quantity in days.items() if quantity is None]:
            self._search_overrides(removed).unlink()
        self._override({self: {day: float(q) for day, q in days.items() if q is not None}}, reason)
        return True

    def override_percent(self, percent, reason):
        """Raise or lower the forecast of the current and all open periods.

        :param float percent: change of the forecast, for example -20
        """
        self._check_may_override(reason)
        if not -100 <= float(percent) <= 1000:
            raise UserError(
                self.env._("The change is not valid. Enter a percentage from -100 to 1000.")
            )
        factor = 1 + float(percent) / 100
        wanted = {}
        for forecast in self[:SELECTED]:
            now = self._current_bucket(forecast.company_id, forecast.bucket)
            wanted[forecast] = {
                line.day: round(line.forecast_qty * factor, 2)
                for line in forecast.line_ids
                if line.day >= now
            }
        self._override(wanted, reason)
        return True

    def _check_may_override(self, reason):
        """:raise AccessError: if the user may not write overrides of these forecasts"""
        self.check_access("read")
        self.env["oms.forecast.override"].check_access("create")
        if not (reason or "").strip():
            raise UserError(self.env._("The override has no reason. Enter a reason, then save."))

    def _search_overrides(self, days):
        return self.env["oms.forecast.override"].search(
            [("forecast_id", "in", self.ids), ("day", "in", list(days))]
        )

    def _override(self, wanted, reason):
        """Write the overrides of many forecasts.

        :param wanted: quantity by day, by forecast
        """
        days = {day for quantities in wanted.values() for day in quantities}
        known = {(o.forecast_id, o.day): o for o in self._search_overrides(days)}
        missing = []
        for forecast, quantities in wanted.items():
            for day, quantity in quantities.items():
                values = {"quantity": quantity, "reason": reason}
                if override := known.get((forecast, day)):
                    override.write(values)
                else:
                    missing.append({"forecast_id": forecast.id, "day": day, **values})
        self.env["oms.forecast.override"].create(missing)

    # === SERVICE AGAINST STOCK === #

    def read_service_curve(self):
        """Compute what service targets cost in stock.

        :return: points (target, units, value at cost, expected fill rate), and the currency
        :rtype: dict
        """
        self.check_access("read")
        forecasts = self.sudo()[:SELECTED]
        points = stock.curve([f._prepare_curve() for f in forecasts], "cycle", TARGETS)
        company = forecasts.company_id[:1] or self.env.company
        return {
            "points": [
                {
                    "target": point.target,
                    "units": point.safety_stock,
                    "value": company.currency_id.round(point.value),
                    "fill": point.fill,
                }
                for point in points
            ],
            "count": len(forecasts),
            "currency_id": company.currency_id.id,
        }

    def _prepare_curve(self):
        """:rtype: stock.Product"""
        self.ensure_one()
        product = self.product_id.with_company(self.company_id)
        promised = stock.buckets_of(product.seller_ids[:1].delay, self.bucket)
        return stock.Product(
            demand=self.demand,
            sigma=self.sigma,
            interval=self.interval,
            spread=stock.lead_time(promised).spread,
            cost=product.standard_price,
            quantiles=tuple(map(tuple, self.quantiles or ())),
        )


def _read_filters(values):
    """:return: the `Filters` of a request; unknown names are ignored"""
    return Filters(**{name: v for name, v in (values or {}).items() if name in Filters._fields})
