"""Changes of the dates of lots."""

from odoo import models

#: date fields of `product_expiry`
DATES = {"expiration_date", "removal_date"}


class StockLot(models.Model):
    _inherit = "stock.lot"

    def _oms_recompute_dates(self, vals):
        """Check lots again after a change of their dates: expired ones count immediately."""
        if not DATES.isdisjoint(vals) and not DATES.isdisjoint(self._fields):
            # Users who may edit lots need no write access to deliveries.
            self.env["oms.lot.expiry"].sudo()._recompute(self.sudo())
            self.env.ref("oms_addon.oms_lane_allocator").sudo()._wake()
