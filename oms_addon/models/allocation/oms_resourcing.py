"""Re-sourcing: missing items are procured from another warehouse that has them."""

from collections import defaultdict

from odoo import api, fields, models

from odoo.addons.oms_addon.tools.sealed_context import sealed
from odoo.addons.oms_addon.tools.sourcing_terms import Rule, Supply

#: limits for orders that match no rule
FREE_HAND = Rule(keeps_safety=False)


class Limit:
    """Limits of a rule for the re-sourcing of an order."""

    def __init__(self, order, rule, supply, slots):
        self.rule = rule
        self.supply = supply
        self.slots = slots
        self.fresh = set()
        self.used = {
            move.picking_type_id.warehouse_id
            for move in order.order_line.move_ids
            if move.state == "done" or move.state != "cancel" and move.move_line_ids
        }

    def floor(self, warehouse_id, product_id):
        """:return: the safety stock of a warehouse"""
        return self.supply.floor(warehouse_id, product_id) if self.rule.keeps_safety else 0.0

    def allows(self, move, warehouse, quantity, missing):
        """Check whether items may come from a warehouse, and count it for the order if so.

        :return: whether the limits allow it
        """
        most = 1 if self.rule.one_parcel else self.rule.max_parcels
        if warehouse not in self.used:
            if most and len(self.used) >= most:
                return False
            price = move.env["oms.resourcing"]._unit_value(move)
            parts = [quantity * price, (missing - quantity) * price]
            if self.rule.min_value and any(0 < part < self.rule.min_value for part in parts):
                return False
        if not self.use_slot(warehouse.id):
            return False
        self.used.add(warehouse)
        return True

    def use_slot(self, warehouse_id):
        """Use a slot in the daily capacity of a warehouse, unless the order has one.

        :return: whether a slot was available
        """
        left = self.supply.capacity
        if warehouse_id in left and warehouse_id not in self.slots | self.fresh:
            if left[warehouse_id] <= 0:
                return False
            left[warehouse_id] -= 1
            self.fresh.add(warehouse_id)
        return True


class OmsResourcing(models.AbstractModel):
    _name = "oms.resourcing"
    _description = "Re-Sourcing"

    @api.model
    def _resource(self, moves, rows, locations, candidates, later=None):
        """Move missing quantities to other candidate warehouses and reserve them there.

        :param moves: ``stock.move`` records with missing items, in serving order
        :param list rows: the locked stock rows, as of after reserving
        :param dict locations: warehouse id by location id, see ``oms.stock._locations``
        :param dict candidates: the warehouses that may serve each order, best first
        :param later: moves served after these, whose demand is ignored
        """
        moves = moves.filtered(lambda m: m.sale_line_id.order_id.picking_policy != "one")
        free = self._spare(moves, rows, locations, later)
        limits = self._limits(moves, candidates) if free else {}
        shifts = [
            shift
            for move in moves
            for shift in self._find(move, candidates[move.sale_line_id.order_id], free, limits)
        ]
        if not shifts:
            return
        before = moves.sale_line_id.move_ids
        self._shift(shifts)
        self._reserve_slots(limits)
        self.env["oms.allocation.slot"]._release_unused(moves.sale_line_id.order_id)
        fresh = moves.sale_line_id.move_ids - before
        fresh = fresh.filtered(lambda m: m.state == "confirmed" and not m.move_orig_ids)
        self.env["oms.reservation"]._reserve(fresh, rows)

    @api.model
    def _spare(self, moves, rows, locations, later=None):
        """:return: free quantities of other warehouses not needed by earlier orders, by (warehouse
        id, product id)
        """
        spare = defaultdict(float)
        if not moves:
            return spare
        for row in self.env["oms.stock"]._fresh_rows(rows, fields.Datetime.now()):
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
    def _find(self, move, candidates, spare, limits=None):
        """Find warehouses with the missing quantity of a move, and subtract it from ``spare``.

        :param dict limits: the limits by order, see ``_limits``
        :return: tuples (move, warehouse, quantity in the product's unit)
        """
        missing, _wanted = self.env["oms.allocator"]._missing(move)
        unit = move.product_id.uom_id
        found = []
        own = move.picking_type_id.warehouse_id
        limit = (limits or {}).get(move.sale_line_id.order_id)
        for warehouse in candidates - own - move.sale_line_id.oms_excluded_warehouse_ids:
            key = warehouse.id, move.product_id.id
            there = spare[key] - (limit.floor(*key) if limit else 0.0)
            quantity = unit.round(min(missing, max(there, 0.0)), rounding_method="DOWN")
            if unit.compare(quantity, 0) > 0 and (
                not limit or limit.allows(move, warehouse, quantity, missing)
            ):
                spare[key] -= quantity
                missing -= quantity
                found.append((move, warehouse, quantity))
        return found

    @api.model
    def _limits(self, moves, candidates):
        """Read the limits of the orders' rules for re-sourcing.

        :return: a ``Limit`` by order; empty if no limits apply
        :rtype: dict[sale.order, Limit]
        """
        orders = moves.sale_line_id.order_id
        rules = self.env["oms.allocation.matrix"]._rule_of(orders)
        warehouses = self.env["stock.warehouse"].union(*candidates.values())
        if not rules and not any(warehouses.mapped("oms_capacity_day")):
            return {}
        matrix = self.env["oms.allocation.matrix"]
        supply = Supply(
            safety=matrix._safety(warehouses),
            capacity=self.env["oms.allocation.day"].sudo()._left(warehouses),
        )
        slots = matrix._slots(orders, warehouses)
        return {
            order: Limit(
                order, rules.get(order, FREE_HAND), supply, slots.get(order.id, frozenset())
            )
            for order in orders
        }

    @api.model
    def _unit_value(self, move):
        """:return: the value of a unit of a move in the company's currency; all units of a kit's
        components have the same value
        """
        line, kits = move.sale_line_id, self.env["oms.kits"]
        if line in kits._lines(move):
            units = sum(sum(parts.mapped("product_qty")) for parts in kits._parts(line).values())
        else:
            units = self.env["oms.sourcing"]._demand(line)[2]
        return line.price_total / (units or 1.0) / (line.order_id.currency_rate or 1.0)

    @api.model
    def _reserve_slots(self, limits):
        """Store the slots assigned in the daily capacity of warehouses."""
        wanted = {
            order: limit.slots | limit.fresh for order, limit in limits.items() if limit.fresh
        }
        warehouses = self.env["stock.warehouse"].browse({w for ids in wanted.values() for w in ids})
        self.env["oms.allocation.slot"]._assign(wanted, warehouses)

    @api.model
    def _shift(self, shifts, why=None):
        """Reduce moves and procure their quantities in other warehouses.

        :param list shifts: tuples (move, warehouse, quantity in the product's unit)
        :param str why: the reason for display; ``None`` if the first warehouse ran out of stock
        """
        procurements = []
        taken = defaultdict(float)
        for move, warehouse, quantity in shifts:
            procurements += self._prepare_procurements(move, warehouse, quantity)
            taken[move] += quantity
        self._explain(shifts, why)
        self._reduce(taken)
        self.env["stock.rule"].run(procurements)

    @api.model
    def _prepare_procurements(self, move, warehouse, quantity):
        """:return: the procurements of a quantity of a move in another warehouse; for a kit, of the
        component only
        """
        line = move.sale_line_id.with_company(move.company_id)
        values = {**line._prepare_procurement_values(), "warehouse_id": warehouse}
        wanted = line.with_context(**sealed(no_plan=True))._create_procurements(
            quantity, move.product_id.uom_id, values
        )
        if move.product_id == line.product_id:
            return wanted
        return self.env["oms.kits"]._as_parts(move, wanted)

    @api.model
    def _explain(self, shifts, why=None):
        """Write on the orders why another warehouse serves them."""
        sentences = defaultdict(list)
        for move, warehouse, quantity in shifts:
            sentences[move.sale_line_id.order_id].append(
                self.env._(
                    "%(quantity)s × %(product)s now from %(there)s: %(why)s.",
                    quantity=f"{quantity:g}",
                    product=move.product_id.display_name,
                    there=warehouse.name,
                    why=why
                    or self.env._(
                        "%(here)s is out of stock", here=move.picking_type_id.warehouse_id.name
                    ),
                )
            )
        for order, texts in sentences.items():
            order.oms_allocation_text = " ".join(filter(None, (order.oms_allocation_text, *texts)))
            self.env["oms.event"]._log(order, "order.sourced_again", " ".join(texts))
