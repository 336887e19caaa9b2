"""What the planned warehouse does not have comes from another that has it."""

from collections import defaultdict

from odoo import api, models


class OmsResourcing(models.AbstractModel):
    _name = "oms.resourcing"
    _description = "Sourcing Again"

    @api.model
    def _resource(self, moves, rows, locations, candidates, later=None):
        """Move what is missing to other candidate warehouses and reserve it there.

        :param moves: ``stock.move`` records that miss goods, in the order they are served
        :param list rows: the locked stock rows, as they are after reserving
        :param dict locations: warehouse id by location id, see ``oms.stock._locations``
        :param dict candidates: the warehouses that may serve each order, best first
        :param later: moves that are served after these, and claim nothing of what these need
        """
        moves = moves.filtered(lambda m: m.sale_line_id.order_id.picking_policy != "one")
        free = self._spare(moves, rows, locations, later)
        shifts = [
            shift
            for move in moves
            for shift in self._find(move, candidates[move.sale_line_id.order_id], free)
        ]
        if not shifts:
            return
        before = moves.sale_line_id.move_ids
        self._shift(shifts)
        fresh = moves.sale_line_id.move_ids - before
        fresh = fresh.filtered(lambda m: m.state == "confirmed" and not m.move_orig_ids)
        self.env["oms.reservation"]._reserve(fresh, rows)

    @api.model
    def _spare(self, moves, rows, locations, later=None):
        """:return: what other warehouses have and no earlier order claims, by
        (warehouse id, product id)
        """
        spare = defaultdict(float)
        if not moves:
            return spare
        for row in rows:
            if row["location_id"] in locations:
                key = locations[row["location_id"]], row["product_id"]
                spare[key] += self.env["oms.reservation"]._free(row)
        if not any(quantity > 0 for quantity in spare.values()):
            return spare
        claimed = self.env["oms.stock"]._claimed(
            locations, moves.product_id, but=moves | (later or moves)
        )
        for key, quantity in claimed.items():
            spare[key] -= quantity
        return spare

    @api.model
    def _find(self, move, candidates, spare):
        """Find who has what a move misses, and take it from ``spare``.

        :return: tuples (move, warehouse, quantity in the product's unit)
        """
        missing, _wanted = self.env["oms.allocator"]._missing(move)
        unit = move.product_id.uom_id
        found = []
        excluded = move.sale_line_id.oms_excluded_warehouse_ids
        for warehouse in candidates - move.picking_type_id.warehouse_id - excluded:
            key = warehouse.id, move.product_id.id
            quantity = unit.round(min(missing, max(spare[key], 0.0)), rounding_method="DOWN")
            if unit.compare(quantity, 0) > 0:
                spare[key] -= quantity
                missing -= quantity
                found.append((move, warehouse, quantity))
        return found

    @api.model
    def _shift(self, shifts):
        """Take quantities off their moves and procure them in other warehouses."""
        procurements = []
        taken = defaultdict(float)
        for move, warehouse, quantity in shifts:
            line = move.sale_line_id.with_company(move.company_id)
            values = line._prepare_procurement_values()
            procurements += line.with_context(oms_no_plan=True)._create_procurements(
                quantity,
                move.product_id.uom_id,
                {**values, "warehouse_id": warehouse},
            )
            taken[move] += quantity
        self._explain(shifts)
        self._reduce(taken)
        self.env["stock.rule"].run(procurements)

    @api.model
    def _reduce(self, taken):
        """Take quantities off moves; a move nothing is left of is cancelled."""
        empty = self.env["stock.move"]
        for move, quantity in taken.items():
            left = move.product_qty - quantity
            if move.product_id.uom_id.compare(left, 0) <= 0:
                empty |= move
                continue
            move.with_context(
                do_not_unreserve=True
            ).product_uom_qty = move.product_id.uom_id._compute_quantity(left, move.product_uom)
            move._recompute_state()
        empty._action_cancel()

    @api.model
    def _explain(self, shifts):
        """Write on the orders why another warehouse serves them now."""
        sentences = defaultdict(list)
        for move, warehouse, quantity in shifts:
            sentences[move.sale_line_id.order_id].append(
                self.env._(
                    "%(quantity)s × %(product)s from %(there)s instead: %(here)s ran out.",
                    quantity=f"{quantity:g}",
                    product=move.product_id.display_name,
                    there=warehouse.name,
                    here=move.picking_type_id.warehouse_id.name,
                )
            )
        for order, texts in sentences.items():
            order.oms_allocation_text = " ".join(filter(None, (order.oms_allocation_text, *texts)))
            self.env["oms.event"]._log(order, "order.sourced_again", " ".join(texts))
