"""What confirmed moves claim is no longer for sale: channels come to know."""

from odoo import models

MOVE_FIELDS = {"state", "product_uom_qty", "date"}


class StockMove(models.Model):
    _inherit = "stock.move"

    def modified(self, fnames, create=False, before=False):
        """Extend `base`: what a confirmed move still is to reserve can no longer be sold, and
        what another brings can be, from some day on.
        """
        if not MOVE_FIELDS.isdisjoint(fnames):
            self.env["oms.channel.stock"]._touch(self.product_id.ids)
        return super().modified(fnames, create=create, before=before)
