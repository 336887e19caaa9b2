"""What Odoo does with a lot, and what of ours takes part."""

from odoo import api, models


class StockLot(models.Model):
    _inherit = "stock.lot"

    @api.model_create_multi
    def create(self, vals_list):
        """Extend `stock`: a lot starts at the cost of its product, whoever makes it."""
        for name in {name for vals in vals_list for name in vals} & set(self._fields):
            self._check_field_access(self._fields[name], "write")
        lots = super(StockLot, self._oms_reckoning()).create(vals_list)
        return lots.with_env(self.env)

    def write(self, vals):
        """Extend `stock`: a date that is over, or no longer, counts at once."""
        result = super().write(vals)
        self._oms_recompute_dates(vals)
        return result
