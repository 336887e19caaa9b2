"""Quantities that planners enter instead of the statistical forecast."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from odoo.addons.oms_addon.tools.forecasting import buckets


class OmsForecastOverride(models.Model):
    _name = "oms.forecast.override"
    _description = "Forecast Override"
    _rec_name = "product_id"
    _order = "day desc, id desc"
    _check_company_auto = True

    company_id = fields.Many2one(related="forecast_id.company_id", store=True, index=True)
    forecast_id = fields.Many2one(
        "oms.forecast", required=True, ondelete="cascade", check_company=True
    )
    product_id = fields.Many2one(related="forecast_id.product_id")
    day = fields.Date("Period", required=True, help="Any day of the period.")
    quantity = fields.Float("Forecast Quantity", digits="Product Unit", required=True)
    statistical_qty = fields.Float(
        "Statistical Forecast",
        digits="Product Unit",
        readonly=True,
        help="Statistical forecast when the override was entered.",
    )
    reason = fields.Char(required=True)
    user_id = fields.Many2one(
        "res.users", "Entered By", readonly=True, default=lambda self: self.env.user
    )

    _day_uniq = models.UniqueIndex(
        "(forecast_id, day)", "There is already an override for this period. Change that one."
    )

    @api.constrains("quantity")
    def _check_quantity(self):
        for override in self:
            if override.quantity < 0:
                raise ValidationError(
                    self.env._(
                        "The forecast of %(product)s cannot be negative.",
                        product=override.product_id.display_name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Extend: move dates to the first day of the period, and consume again.

        :raise UserError: if a period has ended
        """
        overrides = super().create([self._complete(vals) for vals in vals_list])
        for override in overrides.sudo():
            override.statistical_qty = override.forecast_id._mean_of(override.day)
        overrides._apply()
        return overrides

    @api.model
    def _complete(self, vals):
        """:return: values with the first day of the period"""
        forecast = self.env["oms.forecast"].browse(vals["forecast_id"])
        day = buckets.start_of(fields.Date.to_date(vals["day"]), forecast.bucket)
        if day < forecast._current_bucket(forecast.company_id, forecast.bucket):
            raise UserError(
                self.env._(
                    "The period of %(day)s has ended. Enter an override for the current period or "
                    "a later one.",
                    day=format_date(self.env, day),
                )
            )
        return {**vals, "day": day}

    def write(self, vals):
        """Extend: consume again after a change of the quantity."""
        if vals.keys() & {"forecast_id", "day"}:
            raise UserError(
                self.env._("The period of an override cannot be changed. Enter a new override.")
            )
        result = super().write(vals)
        if "quantity" in vals:
            self._apply()
        return result

    def unlink(self):
        """Extend: consume the statistical forecast again."""
        forecasts = self.forecast_id
        result = super().unlink()
        forecasts.exists()._apply_overrides()
        return result

    def _apply(self):
        """Use the quantities in the periods of the forecasts."""
        self.forecast_id._apply_overrides()
