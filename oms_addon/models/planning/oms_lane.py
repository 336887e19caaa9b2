"""The background job of planning."""

from odoo import api, models


class OmsLane(models.Model):
    _inherit = "oms.lane"

    @api.model
    def _run_planning(self, run):
        """Record the demand of older orders, then compute forecasts, and then replenishment."""
        return (
            self.env["oms.demand"]._record_older()
            or self.env["oms.forecast.run"]._process()
            or self.env["oms.forecast.run"]._start_due()
            or self.env["oms.promotion"]._measure_due()
            or self.env["oms.replenishment.run"]._process()
            or self.env["oms.replenishment.run"]._start_due()
        )

    @api.model
    def _count_planning(self):
        running = [("state", "=", "running")]
        return sum(
            self.env[name].search_count(running)
            for name in ("oms.forecast.run", "oms.replenishment.run")
        )
