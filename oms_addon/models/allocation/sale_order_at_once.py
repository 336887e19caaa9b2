"""Immediate reservation of orders confirmed by a person."""

from psycopg2.errors import LockNotAvailable

from odoo import models

#: maximum wait of a user's request for locked stock rows
PATIENCE = "200ms"


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _oms_reserve_at_once(self):
        """Reserve the stock of confirmed orders of managed warehouses in this transaction if the
        rows can be locked in time, else in the background job directly afterwards.
        """
        # Users who may confirm orders need no access to the allocator.
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
