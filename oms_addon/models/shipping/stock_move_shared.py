"""Items of several orders that move together stay together."""

from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _oms_picking_of_companions(self):
        """:return: the transfer into which what is pushed on from a shared one goes: where the
        rest of it went, whatever its order is
        """
        before = self.move_orig_ids.picking_id.filtered("oms_shared_order_ids")
        following = before.move_ids.move_dest_ids.picking_id._oms_is_leaving()
        return following.filtered(
            lambda p: not p.printed and self._oms_way() == p.move_ids[:1]._oms_way()
        )[:1]

    def _oms_way(self):
        """:return: from where to where a move goes, in which kind of transfer"""
        return self.location_id, self.location_dest_id, self.picking_type_id
