"""Managed warehouses, whose outgoing items only the allocator reserves."""

from odoo import fields, models


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    oms_managed = fields.Boolean(
        "Managed by Orders Hub",
        help="Stock for orders is reserved by the allocator only, so that no unit is promised "
        "twice.",
    )

    def _oms_outgoing_types(self):
        """:return: the operation types of outgoing items: the first step and the last"""
        types = self.env["stock.picking.type"].with_context(active_test=False)
        return types.search(
            [("warehouse_id", "in", self.ids), ("code", "=", "outgoing")]
        ) | self.with_context(active_test=False).mapped("pick_type_id")

    def _oms_apply_managed(self):
        """Transfer control of outgoing reservations of warehouses to the allocator, or back."""
        for managed, warehouses in self.grouped("oms_managed").items():
            types = warehouses._oms_outgoing_types()
            if managed:
                types._oms_apply_settings()
            else:
                types._oms_restore_settings()
        if any(self.mapped("oms_managed")):
            self.env.ref("oms_addon.oms_lane_allocator").sudo()._wake()
