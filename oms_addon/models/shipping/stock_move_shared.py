"""Push moves of combined shipments."""

from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _oms_picking_of_companions(self):
        """:return: the next step's transfer with other items of the same combined transfer;
        empty if there is none
        """
        before = self.move_orig_ids.picking_id.filtered("oms_shared_order_ids")
        following = before.move_ids.move_dest_ids.picking_id._oms_is_leaving()
        return following.filtered(
            lambda p: not p.printed and self._oms_way() == p.move_ids[:1]._oms_way()
        )[:1]

    def _oms_way(self):
        """:return: the source, destination and operation type of a move"""
        return self.location_id, self.location_dest_id, self.picking_type_id
