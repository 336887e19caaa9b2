"""What people reserve by hand takes places in the day's work of warehouses, too."""

from odoo import models

from odoo.addons.oms_addon.tools.sealed_context import unsealed


class StockMove(models.Model):
    _inherit = "stock.move"

    def _action_assign(self, force_qty=False):
        """Extend `stock`: goods a person reserves for an order take its place in today's work,
        even of a full day, which is said.
        """
        # stock_locked: the allocator reserves, which looks at the places itself
        limited = self.browse()
        if not unsealed(self.env, "stock_locked"):
            limited = self._oms_managed().filtered(
                lambda m: (
                    m.sale_line_id
                    and not m.move_orig_ids
                    and m.picking_type_id.warehouse_id.oms_capacity_day
                )
            )
        if not limited:
            return super()._action_assign(force_qty=force_qty)
        slots = self.env["oms.allocation.slot"].sudo()
        places = slots._places(limited.sale_line_id.order_id, limited.picking_type_id.warehouse_id)
        before = {move: move.quantity for move in limited}
        result = super()._action_assign(force_qty=force_qty)
        served = limited.exists().filtered(lambda m: m.quantity > before[m])
        slots._take(list(dict.fromkeys(filter(None, map(places.needed, served)))))
        return result
