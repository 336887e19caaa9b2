"""Locations whose stock the allocator protects."""

from odoo import models


class StockLocation(models.Model):
    _inherit = "stock.location"

    def _oms_guarded(self):
        """:return: the locations of managed warehouses whose stock can be reserved"""
        return self.filtered(
            lambda place: (
                place.usage in ("internal", "transit") and place.sudo().warehouse_id.oms_managed
            )
        )
