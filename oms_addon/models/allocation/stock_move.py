"""Daily capacity used by manual reservations."""

from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _oms_slots_before(self):
        """:return: the reserved quantities of moves in warehouses with a daily limit, and their
        available slots; ``None`` if there are none
        """
        limited = self._oms_managed().filtered(
            lambda m: (
                m.sale_line_id
                and not m.move_orig_ids
                and m.picking_type_id.warehouse_id.oms_capacity_day
            )
        )
        if not limited:
            return None
        slots = self.env["oms.allocation.slot"].sudo()
        places = slots._places(limited.sale_line_id.order_id, limited.picking_type_id.warehouse_id)
        return {move: move.quantity for move in limited}, places

    def _oms_reserve_slots(self, before):
        """Assign slots for moves with more reserved than before, even beyond the daily limit.

        :param before: see ``_oms_slots_before``
        """
        if not before:
            return
        quantities, places = before
        limited = self.browse(move.id for move in quantities).exists()
        served = limited.filtered(lambda m: m.quantity > quantities[m])
        slots = self.env["oms.allocation.slot"].sudo()
        slots._reserve(list(dict.fromkeys(filter(None, map(places.needed, served)))))
