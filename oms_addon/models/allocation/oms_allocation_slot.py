"""Slots of orders in the daily capacity of warehouses."""

from collections import Counter

from odoo import api, fields, models

from odoo.addons.oms_addon.tools.sealed_context import unsealed


class Places:
    """Available slots in the daily capacity of warehouses.

    :param dict left: remaining slots by warehouse id; those without a limit are omitted
    :param set taken: (order id, warehouse id) of assigned slots
    :param bool overbooks: whether the daily capacity may be exceeded, by a person's decision
    """

    def __init__(self, left, taken, overbooks=False):
        self.left = left
        self.taken = taken
        self.overbooks = overbooks

    def needed(self, move):
        """:return: the (order, warehouse) for which a move needs a slot, ``None`` if it needs
        none
        """
        order, warehouse = move.sale_line_id.order_id, move.picking_type_id.warehouse_id
        if warehouse.id not in self.left or (order.id, warehouse.id) in self.taken:
            return None
        return order, warehouse

    def parts(self, moves):
        """Split moves where a different slot is needed, keeping their order.

        :return: pairs (result of ``needed``, moves)
        """
        part, needed = moves.browse(), None
        for move in moves:
            wanted = self.needed(move)
            if part and wanted != needed:
                yield needed, part
                # The moves just served may have used the slot.
                part, wanted = moves.browse(), self.needed(move)
            needed = wanted
            part += move
        if part:
            yield needed, part

    def use_slot(self, order, warehouse):
        """Assign a slot of a warehouse to an order.

        :return: whether one was available
        """
        if self.left[warehouse.id] <= 0 and not self.overbooks:
            return False
        self.left[warehouse.id] -= 1
        self.taken.add((order.id, warehouse.id))
        return True


class OmsAllocationSlot(models.Model):
    _name = "oms.allocation.slot"
    _description = "Daily Capacity Slot"
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
        """:return: the slots of orders today, in warehouses with a daily limit"""
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
    def _places(self, orders, warehouses):
        """Lock the current day of warehouses and read the assigned and remaining slots.

        :rtype: Places
        """
        left = self.env["oms.allocation.day"].sudo()._left(warehouses)
        taken = {(s.order_id.id, s.warehouse_id.id) for s in self._of_today(orders, warehouses)}
        return Places(left, taken, bool(unsealed(self.env, "overbook")))

    @api.model
    def _assign(self, wanted, warehouses, by_hand=None):
        """Assign today's slots to orders and release the slots they no longer need.

        On a full day an order gets no slot and is allocated on another day, unless a person
        assigned it.

        :param dict wanted: ids of the warehouses that ship today, by order
        :param warehouses: all candidate warehouses; their days are locked
        :param by_hand: orders assigned by a person
        """
        limited = warehouses.filtered("oms_capacity_day")
        if not limited or not wanted:
            return
        orders = self.env["sale.order"].union(*wanted)
        standing = self._of_today(orders, limited)
        kept = standing.filtered(lambda s: s.warehouse_id.id in wanted[s.order_id])
        (standing - kept)._release()
        places = self._places(orders, limited)
        pairs = []
        for order, ids in wanted.items():
            for warehouse in limited.filtered(lambda w, ids=ids: w.id in ids):
                places.overbooks = bool(by_hand) and order in by_hand
                if (order.id, warehouse.id) not in places.taken and places.use_slot(
                    order, warehouse
                ):
                    pairs.append((order, warehouse))
        self._reserve(pairs)

    @api.model
    def _reserve(self, pairs):
        """Store today's assigned slots, and log those beyond the daily capacity.

        :param list pairs: tuples (order, warehouse), of warehouses with a daily limit
        """
        if not pairs:
            return
        day = self.env["oms.allocation.day"].sudo()
        warehouses = self.env["stock.warehouse"].union(*(warehouse for _o, warehouse in pairs))
        used = dict(day._lock(warehouses.sorted("id")))
        for order, warehouse in pairs:
            used[warehouse.id] += 1
            if used[warehouse.id] > warehouse.sudo().oms_capacity_day:
                self._log_overbooked(order, warehouse, used[warehouse.id])
        vals_list = [
            {"order_id": order.id, "warehouse_id": warehouse.id, "day": day._today(warehouse)}
            for order, warehouse in pairs
        ]
        self.sudo().create(vals_list)
        day._count(Counter((vals["warehouse_id"], vals["day"]) for vals in vals_list))

    @api.model
    def _log_overbooked(self, order, warehouse, parcels):
        """Log that a person exceeded the daily capacity of a warehouse."""
        text = self.env._(
            "The daily capacity of %(warehouse)s is exceeded: parcel %(parcels)s of %(limit)s "
            "was assigned manually.",
            warehouse=warehouse.name,
            parcels=parcels,
            limit=warehouse.sudo().oms_capacity_day,
        )
        order_sudo = order.sudo()
        order_sudo.oms_allocation_text = " ".join(
            filter(None, (order_sudo.oms_allocation_text, text))
        )
        self.env["oms.event"].sudo()._log(order_sudo, "order.overbooked", text)

    @api.model
    def _release_unused(self, orders):
        """Release today's slots in warehouses that have no more moves of their orders."""
        places = self._of_today(orders, orders.order_line.move_ids.picking_type_id.warehouse_id)
        places.filtered(
            lambda s: (
                not any(
                    move.state != "cancel" and move.picking_type_id.warehouse_id == s.warehouse_id
                    for move in s.order_id.order_line.move_ids
                )
            )
        )._release()

    def _release(self):
        """Release slots for other orders."""
        if not self:
            return
        freed = Counter((slot.warehouse_id.id, slot.day) for slot in self)
        self.sudo().unlink()
        self.env["oms.allocation.day"].sudo()._count({key: -n for key, n in freed.items()})
