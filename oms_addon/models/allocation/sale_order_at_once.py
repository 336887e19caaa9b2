"""Orders that a person confirms have their stock reserved at once."""

from psycopg2.errors import LockNotAvailable

from odoo import models

#: how long a person's click waits for stock rows that somebody else holds
PATIENCE = "200ms"


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _oms_reserve_at_once(self):
        """Reserve the stock of confirmed orders of managed warehouses, within this transaction
        where its rows can be locked without waiting, else by the background job right after it.
        """
        # Whoever may confirm an order has it reserved; the allocator is the system's.
        orders_sudo = self.sudo().filtered(
            lambda o: (
                o.state == "sale"
                and not o.oms_step
                and any(p.picking_type_id.warehouse_id.oms_managed for p in o._oms_pickings())
            )
        )
        if not orders_sudo:
            return
        try:
            with self.env.cr.savepoint():
                self.env.cr.execute("SET LOCAL lock_timeout = %s", [PATIENCE])
                self.env["oms.allocator"].sudo()._allocate(orders_sudo)
                self.env.flush_all()
                self.env.cr.execute("SET LOCAL lock_timeout TO DEFAULT")
        except LockNotAvailable:
            self.env.invalidate_all(flush=False)
            self.env.ref("oms_addon.oms_lane_allocator").sudo()._wake()
