"""Places whose stock the allocator guards."""

from odoo import models


class StockLocation(models.Model):
    _inherit = "stock.location"

    def _oms_guarded(self):
        """:return: the places of warehouses we run whose stock can be reserved"""
        return self.filtered(
            lambda place: (
                place.usage in ("internal", "transit") and place.sudo().warehouse_id.oms_managed
            )
        )
