"""Whoever changes stock, by whichever way: channels come to know."""

from odoo import models

QUANT_FIELDS = {"quantity", "reserved_quantity"}


class StockQuant(models.Model):
    _inherit = "stock.quant"

    def modified(self, fnames, create=False, before=False):
        """Extend `base`: every write of stock ends here, those past the ORM too."""
        if not QUANT_FIELDS.isdisjoint(fnames):
            self.env["oms.channel.stock"]._touch(self.product_id.ids)
        return super().modified(fnames, create=create, before=before)
