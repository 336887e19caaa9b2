"""Periods of a forecast, consumed by orders."""

from odoo import api, fields, models


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
        compute="_compute_forecast_qty",
        store=True,
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

    @api.depends("statistical_qty", "override_id.quantity")
    def _compute_forecast_qty(self):
        for line in self:
            override = line.override_id
            line.forecast_qty = override.quantity if override else line.statistical_qty

    def action_open_orders(self):
        """Open the orders that consume the forecast of these periods."""
        self.check_access("read")
        shares = [share for share in self.forecast_id._read_shares() if share[1] in self]
        return self.env["oms.forecast.share"]._open(shares, self.env._("Orders"))
