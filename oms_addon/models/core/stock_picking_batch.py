"""Overrides of stock.picking.batch."""

from odoo import models

from odoo.addons.oms_addon.tools.runs import current


class StockPickingBatch(models.Model):
    _inherit = "stock.picking.batch"

    def _compute_allowed_picking_ids(self):
        """Extend `stock_picking_batch`: while each delivery gets a batch of its own, do not search
        all open deliveries again for each batch.
        """
        pickings = current(self.env, "allowed")
        if pickings is None:
            super()._compute_allowed_picking_ids()
        else:
            self.allowed_picking_ids = pickings
