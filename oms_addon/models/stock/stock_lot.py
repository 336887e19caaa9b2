"""Lots that somebody gives another date."""

from odoo import models

#: fields of `product_expiry`
DATES = {"expiration_date", "removal_date"}


class StockLot(models.Model):
    _inherit = "stock.lot"

    def write(self, vals):
        """Extend `stock`: a date that is over, or no longer, counts at once."""
        result = super().write(vals)
        if not DATES.isdisjoint(vals) and not DATES.isdisjoint(self._fields):
            # Whoever dates lots need not be allowed to change deliveries.
            self.env["oms.lot.expiry"].sudo()._look_at(self.sudo())
            self.env.ref("oms_addon.oms_lane_allocator").sudo()._wake()
        return result
