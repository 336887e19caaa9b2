"""Simulation of allocation rules, compared with the current plan."""

from collections import defaultdict
from contextlib import contextmanager

from odoo import api, fields, models
from odoo.fields import Domain

MAX_ORDERS = 500


class OmsAllocationSimulation(models.TransientModel):
    _name = "oms.allocation.simulation"
    _inherit = "oms.wizard"
    _description = "Simulation"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    run_ids = fields.Many2many(
        "oms.allocation.run",
        string="Rule Sets",
        context={"active_test": False},
        help="Rule sets to simulate, including archived ones. Leave empty to simulate the "
        "active ones.",
    )
    scope = fields.Selection(
        [
            ("all", "All Backordered or Unconfirmed Orders"),
            ("waiting", "Backordered Orders"),
            ("draft", "Unconfirmed Orders"),
        ],
        "Orders",
        required=True,
        default="all",
    )
    result = fields.Json(readonly=True)

    def _compute_display_name(self):
        self.display_name = self.env._("Simulation")

    def action_simulate(self):
        """Simulate the allocation and show what would change; no order is changed."""
        self.ensure_one()
        self._check_records()
        self.sudo().result = self.sudo()._simulate()
        return True

    # === SIMULATION === #

    @contextmanager
    def _nothing_written(self):
        """Roll back everything written inside the context."""
        savepoint = self.env.cr.savepoint()
        try:
            yield
        finally:
            savepoint.close(rollback=True)

    def _simulate(self):
        """Allocate the orders again, as if their reserved stock were free, and compare.

        :return: totals before and after, and the orders that would change
        :rtype: dict
        """
        self.ensure_one()
        orders = self._orders()
        goods = orders.order_line.filtered(lambda line: line._oms_is_sourced())
        orders = goods.order_id
        before = self._before(goods)
        after = self._after(goods, before)
        return self._compare(goods, before, after)

    def _orders(self):
        """:return: the orders to simulate, in the order they are served"""
        company = self.company_id
        Order = self.env["sale.order"]
        waiting = draft = Order
        if self.scope in ("all", "waiting"):
            waiting = (
                self.env["oms.allocation.wait"]
                .search(
                    [("company_id", "=", company.id), ("reason", "!=", "person")],
                    limit=MAX_ORDERS,
                )
                .order_id
            )
            # Picked orders keep their warehouse.
            waiting = waiting.filtered(
                lambda o: (
                    not any(o._oms_moves().mapped("picked"))
                    and not any(m.state == "done" for m in o._oms_moves())
                )
            )
        if self.scope in ("all", "draft"):
            domain = Domain("state", "in", ("draft", "sent")) & Domain(
                "company_id", "=", company.id
            )
            draft = Order.search(
                domain & Domain("oms_step", "!=", False), order="id desc", limit=MAX_ORDERS
            )
        return (waiting | draft)._oms_serving_order()

    def _after(self, goods, before):
        """:return: (decision, rule set, routing) by order, by the simulated rules"""
        sourcing, matrix = self.env["oms.sourcing"], self.env["oms.allocation.matrix"]
        candidates = sourcing._base_candidates(goods.order_id)
        goods = goods.filtered(lambda line: candidates[line.order_id])
        runs = self.run_ids.sorted("sequence") or matrix._runs(goods.order_id)
        supply = self._supply(goods, candidates, runs, before)
        return matrix._decide(goods, candidates, runs=runs, supply=supply)

    def _supply(self, goods, candidates, runs, before=None):
        """:return: the supply as if these orders had reserved nothing"""
        matrix = self.env["oms.allocation.matrix"]
        warehouses = self.env["stock.warehouse"].union(*candidates.values())
        parts, products = self.env["oms.kits"]._stock_of(goods)
        free = self.env["oms.stock"]._free(warehouses, products)
        kits = {line.product_id.id: pairs for line, pairs in parts.items()}
        for shares in (before or {}).values():
            for (product, warehouse), (quantity, is_held) in shares.items():
                held = quantity if is_held else 0.0
                for part, units in kits.get(product, ((product, 1.0),)):
                    free[warehouse, part] += held * units
        chosen = matrix._choose(goods.order_id, runs, matrix._destinations(goods.order_id))
        left = self.env["oms.allocation.day"]._glance(warehouses)
        return matrix._supply(warehouses, products, chosen, left, free=free)

    def _before(self, goods):
        """Read the current plan: deliveries of confirmed orders, the stored plan of others.

        :return: {order: {(product id, warehouse id): (quantity, is reserved)}}
        """
        found = defaultdict(dict)
        demand = self.env["oms.sourcing"]._demand
        kits = self.env["oms.kits"]._parts_of(goods)
        for line in goods:
            shares = defaultdict(float)
            needs = dict(kits.get(line, ((line.product_id.id, 1.0),)))
            is_held = line.state == "sale"
            if is_held:
                for move in line.move_ids:
                    if (
                        move.product_id.id in needs
                        and move.state not in ("done", "cancel")
                        and move.location_id.usage == "internal"
                        and not move.move_orig_ids
                    ):
                        units = move.product_qty / sum(needs.values())
                        shares[move.picking_type_id.warehouse_id.id] += units
            elif line.oms_plan:
                shares |= {int(w): quantity for w, quantity in line.oms_plan.items()}
            else:
                shares[line.warehouse_id.id] = demand(line)[2]
            place = found[line.order_id]
            for warehouse, quantity in shares.items():
                held, _flag = place.get((line.product_id.id, warehouse), (0.0, False))
                place[line.product_id.id, warehouse] = held + quantity, is_held
        return found

    # === ONE ORDER === #

    @api.model
    def _explained(self, order, runs=None):
        """Allocate one order as if it had reserved nothing.

        :param runs: the rule sets; ``None`` for the active ones
        :return: the decision with its explanation; ``False`` without items or warehouses
        :rtype: dict | bool
        """
        matrix, sourcing = self.env["oms.allocation.matrix"], self.env["oms.sourcing"]
        goods = order.order_line.filtered(lambda line: line._oms_is_sourced())
        candidates = sourcing._base_candidates(order)
        if not goods or not candidates[order]:
            return False
        runs = matrix._runs(order) if runs is None else runs
        supply = self._supply(goods, candidates, runs, self._before(goods))
        [(decision, run, routing)] = matrix._decide(
            goods, candidates, runs=runs, supply=supply, released=order.browse()
        ).values()
        names = {
            line.id: (line.product_id.display_name, sourcing._demand(line)[2]) for line in goods
        }
        return self.env["oms.allocation.explanation"]._explain(order, names, decision, run, routing)
