"""Orders whose allocation rule limits the time they wait for items."""

from odoo import api, fields, models

from odoo.addons.oms_addon.documents.problems import HoldReason
from odoo.addons.oms_addon.tools import sentences


class OmsAllocationExpiry(models.AbstractModel):
    _name = "oms.allocation.expiry"
    _description = "Allocation Expiry"

    @api.model
    def _expire_unserved(self, limit=50):
        """Cancel orders whose time to be allocated has expired, and notify their channels.

        Partly allocated orders are put on hold instead.

        :param int limit: maximum number of orders
        :return: number of orders processed
        :rtype: int
        """
        orders = self.env["sale.order"].search(
            [("oms_cancel_at", "<=", fields.Datetime.now())], order="oms_cancel_at, id", limit=limit
        )
        orders = orders.try_lock_for_update().filtered("oms_cancel_at")
        allocator = self.env["oms.allocator"]
        unserved = allocator._unserved(allocator._open_moves(orders))
        of_order = unserved.grouped(lambda m: m.sale_line_id.order_id)
        for order in orders:
            if order.state == "sale" and order in of_order:
                self._expire(order, of_order[order])
        orders.oms_cancel_at = False
        return len(orders)

    @api.model
    def _expire(self, order, moves):
        """Cancel an order without any items; put a partly allocated one on hold."""
        waiting = self.env["oms.allocator"]._sentences(moves)[order]
        reason = self.env._("Not allocated in time. %(waiting)s.", waiting=sentences.inner(waiting))
        if self._is_served(order):
            self.env["oms.hold"]._open(order, [HoldReason(code="ALLOCATION_LATE", message=reason)])
            order._oms_run()
            return
        self.env["oms.order.canceller"]._cancel_whole(order, reason)
        order._oms_cancel_unwanted()
        order._oms_send_cancellation("inventory", reason)

    @api.model
    def _is_served(self, order):
        """:return: whether items of the order were reserved or shipped"""
        return any(
            move.state in ("done", "assigned", "partially_available") for move in order._oms_moves()
        )
