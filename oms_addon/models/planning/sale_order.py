"""The forecasts that an order consumes."""

from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def action_oms_forecast(self):
        """Open what these orders consume of the forecasts of their products."""
        self.check_access("read")
        demand = self.env["oms.demand"].search([("sale_line_id.order_id", "in", self.ids)])
        forecasts = self.env["oms.forecast"].search([("product_id", "in", demand.product_id.ids)])
        shares = [share for share in forecasts._read_shares() if share[0] in demand._ids]
        return self.env["oms.forecast.share"]._open(shares, self.env._("Forecast Consumption"))
