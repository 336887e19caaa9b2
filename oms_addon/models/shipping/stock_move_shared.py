"""Goods of several orders that move together stay together."""

from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _search_picking_for_assignation(self):
        """Extend `stock`: what was picked together is packed and shipped together.

        What is pushed on from a shared transfer goes where the rest of it went, whatever its
        order is.
        """
        before = self.move_orig_ids.picking_id.filtered("oms_shared_order_ids")
        following = before.move_ids.move_dest_ids.picking_id._oms_is_leaving()
        for picking in following.filtered(lambda p: not p.printed):
            if self._oms_way() == picking.move_ids[:1]._oms_way():
                return picking
        return super()._search_picking_for_assignation()

    def _oms_way(self):
        """:return: from where to where a move goes, in which kind of transfer"""
        return self.location_id, self.location_dest_id, self.picking_type_id

    def _action_cancel(self):
        """Extend `stock`: an order nothing of which leaves in a shared delivery is not in it."""
        shared = self.picking_id.filtered("oms_shared_order_ids")
        result = super()._action_cancel()
        if shared:
            self.env["oms.shared.delivery"]._drop_cancelled(shared)
        return result
