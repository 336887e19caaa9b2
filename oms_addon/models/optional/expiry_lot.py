"""Lots that somebody gives another date."""

from odoo import models

#: fields of `product_expiry`
DATES = {"expiration_date", "removal_date"}


class StockLot(models.Model):
    _inherit = "stock.lot"

    def _oms_recompute_dates(self, vals):
        """Look at lots again of which a date was written: one that is over counts at once."""
        if not DATES.isdisjoint(vals) and not DATES.isdisjoint(self._fields):
            # Whoever dates lots need not be allowed to change deliveries.
            self.env["oms.lot.expiry"].sudo()._recompute(self.sudo())
            self.env.ref("oms_addon.oms_lane_allocator").sudo()._wake()
