"""Overrides of stock.lot."""

from odoo import api, models


class StockLot(models.Model):
    _inherit = "stock.lot"

    @api.model_create_multi
    def create(self, vals_list):
        """Extend `stock`: set the cost of the product even if the user may not see costs."""
        for name in {name for vals in vals_list for name in vals} & set(self._fields):
            self._check_field_access(self._fields[name], "write")
        lots = super(StockLot, self._oms_reckoning()).create(vals_list)
        return lots.with_env(self.env)

    def write(self, vals):
        """Extend `stock`: update the stock when an expiration date changes."""
        result = super().write(vals)
        self._oms_recompute_dates(vals)
        return result
