"""An order's place in the work of a warehouse's day."""

from collections import Counter

from odoo import api, fields, models


class OmsAllocationSlot(models.Model):
    _name = "oms.allocation.slot"
    _description = "Place in a Day's Work"
    _order = "day desc, id"
    _rec_name = "order_id"

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, index=True, ondelete="cascade"
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="warehouse_id.company_id", store=True, index=True)
    day = fields.Date(required=True, readonly=True)

    _slot_uniq = models.UniqueIndex(
        "(order_id, warehouse_id, day)", "The order has its place in this day's work."
    )

    @api.model
    def _of_today(self, orders, warehouses):
        """:return: the places orders have today, in warehouses whose day is limited"""
        limited = warehouses.filtered("oms_capacity_day")
        if not limited or not orders:
            return self.sudo()
        today = {w: self.env["oms.allocation.day"]._today(w) for w in limited}
        return (
            self.sudo()
            .search(
                [
                    ("order_id", "in", orders.ids),
                    ("warehouse_id", "in", limited.ids),
                    ("day", "in", list(set(today.values()))),
                ]
            )
            .filtered(lambda s: s.day == today[s.warehouse_id])
        )

    @api.model
    def _settle(self, wanted, warehouses):
        """Give orders the places they are to have today, and no others.

        :param dict wanted: ids of the warehouses that serve each order
        :param warehouses: the warehouses they were chosen from; their days are locked
        """
        limited = warehouses.filtered("oms_capacity_day")
        if not limited or not wanted:
            return
        orders = self.env["sale.order"].union(*wanted)
        standing = self._of_today(orders, limited)
        kept = standing.filtered(lambda s: s.warehouse_id.id in wanted[s.order_id])
        (standing - kept)._give_back()
        there = {(s.order_id.id, s.warehouse_id.id) for s in kept}
        vals_list = [
            {
                "order_id": order.id,
                "warehouse_id": warehouse.id,
                "day": self.env["oms.allocation.day"]._today(warehouse),
            }
            for order, ids in wanted.items()
            for warehouse in limited
            if warehouse.id in ids and (order.id, warehouse.id) not in there
        ]
        self.sudo().create(vals_list)
        self.env["oms.allocation.day"].sudo()._count(
            Counter((vals["warehouse_id"], vals["day"]) for vals in vals_list)
        )

    def _give_back(self):
        """Give places back, so that others get them."""
        if not self:
            return
        freed = Counter((slot.warehouse_id.id, slot.day) for slot in self)
        self.sudo().unlink()
        self.env["oms.allocation.day"].sudo()._count({key: -n for key, n in freed.items()})
