"""Re-sourcing of whole confirmed orders, e.g. after a change of address."""

from collections import defaultdict

from odoo import api, models

from .oms_allocator import OPEN_STATES


class OmsResourcing(models.AbstractModel):
    _inherit = "oms.resourcing"

    @api.model
    def _gather(self, orders, why):
        """Re-source orders with changed quantities if that reduces their parcels; only if all items
        are available and no delivery has been started.

        :param orders: confirmed ``sale.order`` records
        :param str why: the reason for display
        """
        for order in orders:
            moves = self._moves_to_decide(order)
            if len(moves.picking_type_id.warehouse_id) > 1:
                self._decide_again(order, why, only_fewer=True)

    @api.model
    def _decide_again(self, order, why, only_fewer=False):
        """Re-source a confirmed order by the current rules and their limits.

        The order stays as it is if the plan is unchanged, if a person chose the warehouse, or if
        items have been picked, labelled or sent.

        :param order: one ``sale.order``
        :param str why: the reason for display
        :param bool only_fewer: whether to change the order only if that reduces its parcels
        :return: whether the order was moved to other warehouses or put on hold
        :rtype: bool
        """
        moves = self._moves_to_decide(order)
        candidates = {order: self.env["oms.sourcing"]._base_candidates(order)[order]}
        if not moves or not candidates[order]:
            return False
        lines = moves.sale_line_id
        supply = self._supply_without(moves, candidates)
        sourcing = self.env["oms.sourcing"]
        decisions = self.env["oms.allocation.matrix"]._decide(lines, candidates, supply=supply)
        plan = decisions[order][0].plan
        if only_fewer and not (plan and self._has_fewer_parcels(plan, moves)):
            return False
        sourcing._write_decisions(decisions, {order: lines})
        if not plan:
            return bool(sourcing._queue(decisions))
        shifts = self._shifts_to(plan, moves)
        sourcing._write_plans({order: plan}, {order: lines})
        sourcing._reserve_slots(decisions, candidates)
        if not shifts:
            return False
        moves.browse().concat(*(move for move, _w, _q in shifts))._do_unreserve()
        self._shift(shifts, why)
        self.env["oms.allocator"]._allocate(order)
        self.env["oms.order.amender"]._start_again(order)
        return True

    @api.model
    def _has_fewer_parcels(self, plan, moves):
        """:return: whether a plan serves all quantities of moves from fewer warehouses"""
        places = {
            place for share in plan.shares.values() for place, units in share.items() if units
        }
        return len(places) < len(moves.picking_type_id.warehouse_id) and not any(
            plan.missing.values()
        )

    @api.model
    def _moves_to_decide(self, order):
        """:return: the moves of an order that take items from stock; none if the order cannot be
        re-sourced as a whole
        """
        none = self.env["stock.move"]
        going = order._oms_pickings().filtered(
            lambda p: p.picking_type_code != "incoming" and p.state != "cancel"
        )
        is_begun = any(
            picking.state == "done"
            or picking.carrier_tracking_ref
            or any(picking.move_ids.mapped("picked"))
            for picking in going
        )
        if order.state != "sale" or order.oms_chosen_warehouse_id or is_begun:
            return none
        lines = order.order_line.filtered(lambda line: line._oms_is_sourced())
        moves = lines.move_ids.filtered(
            lambda m: (
                m.state in (*OPEN_STATES, "assigned")
                and m.product_id == m.sale_line_id.product_id
                and m.procure_method == "make_to_stock"
                and m.picking_type_id.warehouse_id.oms_managed
                and m.location_id.usage == "internal"
                and not m.move_orig_ids
            )
        )
        wanted = self.env["oms.sourcing"]._demand
        for line, of_line in moves.grouped("sale_line_id").items():
            # Part of the line has another route, e.g. made to order, or is returned.
            if line.product_id.uom_id.compare(sum(of_line.mapped("product_qty")), wanted(line)[2]):
                moves -= of_line
        return moves

    @api.model
    def _supply_without(self, moves, candidates):
        """Lock and read the supply as if the moves of an order had reserved nothing.

        :rtype: sourcing.Supply
        """
        order, matrix = moves.sale_line_id.order_id, self.env["oms.allocation.matrix"]
        warehouses = candidates[order] | moves.picking_type_id.warehouse_id
        runs = matrix._runs(order)
        left = self.env["oms.allocation.day"].sudo()._left(warehouses)
        stock = self.env["oms.stock"]
        stock._lock(stock._locations(warehouses).keys(), moves.product_id.ids)
        free = self.env["oms.backorder"]._free_for_new(warehouses, moves.product_id, but=moves)
        chosen = matrix._choose(order, runs, matrix._destinations(order))
        return matrix._supply(warehouses, moves.product_id, chosen, left, free=free)

    @api.model
    def _shifts_to(self, plan, moves):
        """Compare the warehouses of moves with a plan.

        :param sourcing.Plan plan: the planned shares by line
        :return: tuples (move, warehouse, quantity in the product's unit), see ``_shift``
        """
        Warehouse = self.env["stock.warehouse"]
        shifts = []
        for line, of_line in moves.grouped("sale_line_id").items():
            unit = line.product_id.uom_id
            wanted = defaultdict(float, plan.shares[line.id])
            too_much = {}
            for move in of_line:
                here = move.picking_type_id.warehouse_id.id
                kept = min(move.product_qty, wanted[here])
                wanted[here] -= kept
                too_much[move] = move.product_qty - kept
            for move, rest in too_much.items():
                for warehouse_id in wanted:
                    quantity = unit.round(min(rest, wanted[warehouse_id]))
                    if unit.compare(quantity, 0) > 0:
                        wanted[warehouse_id] -= quantity
                        rest -= quantity
                        shifts.append((move, Warehouse.browse(warehouse_id), quantity))
        return shifts
