"""Reordering rules whose quantities come from the forecast."""

from odoo import fields, models


class StockWarehouseOrderpoint(models.Model):
    _inherit = "stock.warehouse.orderpoint"

    oms_source = fields.Selection(
        [("manual", "Manual"), ("forecast", "Forecast")],
        "Quantity Source",
        required=True,
        readonly=True,
        default="manual",
        copy=False,
        help="Manual quantities are kept. Quantities from the forecast are updated every night.",
    )
    oms_safety_stock = fields.Float(
        "Safety Stock", digits="Product Unit", readonly=True, copy=False
    )
    oms_forecast_min = fields.Float(
        "Forecast Min",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="Expected demand of the vendor lead time and safety stock.",
    )
    oms_forecast_max = fields.Float(
        "Forecast Max",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="Expected demand of the vendor lead time and the time between purchases, and safety "
        "stock.",
    )

    # === ACTIONS === #

    def action_oms_use_forecast(self):
        """Use the quantities of the forecast, today's and those of the next nights."""
        self.check_access("write")
        self.sudo()._oms_use_forecast()

    # === BUSINESS METHODS === #

    def _oms_use_forecast(self):
        """Write the quantities of the forecast; without a forecast they stay."""
        for orderpoint in self:
            values = {"oms_source": "forecast"}
            if orderpoint.oms_forecast_max > 0:
                values["product_min_qty"] = orderpoint.oms_forecast_min
                values["product_max_qty"] = orderpoint.oms_forecast_max
            orderpoint.write(values)

    def _oms_write_changed(self, values):
        """Write the quantities of the forecast that differ."""
        self.ensure_one()
        if any(self[name] != value for name, value in values.items()):
            self.write(values)

    def _oms_mark_manual(self, vals):
        """Mark reordering rules whose quantities a person wrote.

        :param dict vals: what was written
        """
        if "oms_source" not in vals and vals.keys() & {"product_min_qty", "product_max_qty"}:
            self.sudo().filtered(lambda o: o.oms_source == "forecast").oms_source = "manual"
