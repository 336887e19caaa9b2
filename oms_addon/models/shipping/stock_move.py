"""Creation of deliveries in bulk."""

from odoo import models
from odoo.tools import groupby


class StockMove(models.Model):
    _inherit = "stock.move"

    def _oms_create_deliveries(self):
        """Create the deliveries of draft moves of new orders, in one call."""
        fresh = self.filtered(
            lambda m: (
                m.state == "draft"
                and m._should_be_assigned()
                and m.sale_line_id
                and m.product_uom_qty > 0
            )
        )
        if not fresh:
            return
        groups = [
            self.browse().concat(*moves)
            for _key, moves in groupby(fresh, key=lambda m: m._key_assign_picking())
        ]
        pickings = self.env["stock.picking"].create(
            [moves._get_new_picking_values() for moves in groups]
        )
        for moves, picking in zip(groups, pickings, strict=True):
            moves.picking_id = picking
        for picking_type in pickings.picking_type_id.filtered("auto_batch"):
            for picking in pickings.filtered(lambda p, t=picking_type: p.picking_type_id == t):
                picking._find_auto_batch()
