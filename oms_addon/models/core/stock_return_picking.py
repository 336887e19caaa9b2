"""What Odoo does with items that come back, and what of ours takes part."""

from odoo import models


class StockReturnPicking(models.TransientModel):
    _inherit = "stock.return.picking"

    def _create_return(self):
        """Extend `stock`: a return has no shipping cost."""
        picking = super(StockReturnPicking, self._oms_reckoning())._create_return()
        return picking.with_env(self.env)
