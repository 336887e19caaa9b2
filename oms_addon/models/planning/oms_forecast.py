"""Forecasts: expected demand by product, channel and warehouse."""

from odoo import api, fields, models

from odoo.addons.oms_addon.tools.forecasting import buckets

from .series_key import SeriesKey


class OmsForecast(models.Model):
    """The latest forecast of a series, replaced by each run."""

    _name = "oms.forecast"
    _description = "Forecast"
    _rec_name = "product_id"
    _order = "demand desc, id"
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, ondelete="cascade"
    )
    channel_id = fields.Many2one(
        "oms.channel",
        "Sales Channel",
        readonly=True,
        ondelete="cascade",
        help="Empty for all channels and orders without a channel.",
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", readonly=True, ondelete="cascade", help="Empty for all warehouses."
    )
    rule_id = fields.Many2one(
        "oms.forecast.rule", required=True, readonly=True, ondelete="cascade", index=True
    )
    run_id = fields.Many2one("oms.forecast.run", readonly=True, ondelete="set null")
    bucket = fields.Selection(
        [("week", "Week"), ("month", "Month")],
        "Period",
        required=True,
        readonly=True,
        default="week",
    )
    start = fields.Date(
        "First Period", required=True, readonly=True, default=fields.Date.context_today
    )
    mean = fields.Json("Expected Demand per Period", readonly=True)
    quantiles = fields.Json(readonly=True)
    interval = fields.Float("Protection Interval", readonly=True)
    demand = fields.Float(
        "Expected Demand",
        digits="Product Unit",
        readonly=True,
        help="Expected demand within the protection interval.",
    )
    sigma = fields.Float(
        "Forecast Error",
        digits="Product Unit",
        readonly=True,
        help="Standard deviation of the forecast error of the demand within the protection "
        "interval.",
    )
    bucket_sigma = fields.Float(
        "Forecast Error per Period",
        digits="Product Unit",
        readonly=True,
        help="Standard deviation of the forecast error of one period.",
    )
    method = fields.Selection(
        [
            ("pooled", "Combined"),
            ("seasonal", "Seasonal"),
            ("short", "Short History"),
            ("like", "Similar Product"),
            ("inactive", "No Longer Sold"),
            ("none", "Never Sold"),
            ("fallback", "Moving Average"),
        ],
        readonly=True,
    )
    kind = fields.Selection(
        [
            ("smooth", "Smooth"),
            ("erratic", "Erratic"),
            ("intermittent", "Intermittent"),
            ("lumpy", "Lumpy"),
        ],
        "Demand Pattern",
        readonly=True,
    )
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    line_ids = fields.One2many("oms.forecast.line", "forecast_id", "Periods", readonly=True)
    open_demand = fields.Float(
        "Open Forecast", digits="Product Unit", compute="_compute_open_demand"
    )
    excess = fields.Float(
        "Above Forecast",
        digits="Product Unit",
        compute="_compute_open_demand",
        help="Ordered units that found no forecast to consume.",
    )

    _series_uniq = models.UniqueIndex(
        "(product_id, company_id, COALESCE(channel_id, 0), COALESCE(warehouse_id, 0))"
    )

    @api.depends("line_ids.open_qty", "line_ids.excess_qty")
    def _compute_open_demand(self):
        for forecast in self:
            forecast.open_demand = sum(forecast.line_ids.mapped("open_qty"))
            forecast.excess = sum(forecast.line_ids.mapped("excess_qty"))

    # === BUSINESS METHODS === #

    def _key(self):
        """:rtype: SeriesKey"""
        self.ensure_one()
        return SeriesKey(
            self.product_id.id, self.channel_id.id or None, self.warehouse_id.id or None
        )

    @api.model
    def _current_bucket(self, company, bucket):
        """:return: the first day of the current period of a company"""
        zone = company.sudo().resource_calendar_id.tz or "UTC"
        return buckets.start_of(fields.Datetime.now(), bucket, zone)
