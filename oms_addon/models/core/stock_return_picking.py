"""Overrides of stock.return.picking."""

from odoo import models


class StockReturnPicking(models.TransientModel):
    _inherit = "stock.return.picking"

    def _create_return(self):
        """Extend `stock`: returns have no shipping cost, which needs access to prices."""
        picking = super(StockReturnPicking, self._oms_reckoning())._create_return()
        return picking.with_env(self.env)
