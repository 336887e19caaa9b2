"""The rules without consequences: side by side with the plan in force."""

from collections import defaultdict
from contextlib import contextmanager

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.oms_addon.tools import geo
from odoo.addons.oms_addon.tools import sourcing as engine

MAX_ORDERS = 500
SHOWN = 60


class OmsAllocationRehearsal(models.TransientModel):
    _name = "oms.allocation.rehearsal"
    _inherit = "oms.wizard"
    _description = "Rehearsal"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    run_ids = fields.Many2many(
        "oms.allocation.run",
        string="Rules",
        context={"active_test": False},
        help="Runs to rehearse, archived ones too. Empty: those in force.",
    )
    scope = fields.Selection(
        [
            ("all", "All orders that wait or are not confirmed"),
            ("waiting", "Orders that wait for goods"),
            ("draft", "Orders not confirmed yet"),
        ],
        "Orders",
        required=True,
        default="all",
    )
    result = fields.Json(readonly=True)

    def _compute_display_name(self):
        self.display_name = self.env._("Rehearsal")

    def action_rehearse(self):
        """Decide again and show what would change; no order is touched."""
        self.ensure_one()
        self._check_records()
        self.sudo().result = self.sudo()._rehearse()
        return True

    # === REHEARSING === #

    @contextmanager
    def _nothing_written(self):
        """Take back whatever is written inside."""
        savepoint = self.env.cr.savepoint()
        try:
            yield
        finally:
            savepoint.close(rollback=True)

    def _rehearse(self):
        """Decide on the orders again, with the stock they hold given back, and compare.

        :return: totals before and after, and the orders that would change
        :rtype: dict
        """
        self.ensure_one()
        orders = self._orders()
        goods = orders.order_line.filtered(lambda line: line._oms_is_goods())
        orders = goods.order_id
        before = self._before(goods)
        after = self._after(goods, before)
        return self._compare(goods, before, after)

    def _orders(self):
        """:return: the orders the rehearsal is about, the first in turn of serving"""
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
            # What has been picked stays where it is.
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
        """:return: (decision, run, routing) by order, by the rules that are rehearsed"""
        sourcing, matrix = self.env["oms.sourcing"], self.env["oms.allocation.matrix"]
        candidates = sourcing._base_candidates(goods.order_id)
        goods = goods.filtered(lambda line: candidates[line.order_id])
        runs = self.run_ids.sorted("sequence") or matrix._runs(goods.order_id)
        supply = self._supply(goods, candidates, runs, before)
        return matrix._decide(goods, candidates, runs=runs, supply=supply)

    def _supply(self, goods, candidates, runs, before=None):
        """:return: what could be had if these orders held nothing"""
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
        """Read the plan in force: the deliveries of confirmed orders, the plan of others.

        :return: {order: {(product id, warehouse id): (quantity, whether stock is held)}}
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
        """Decide on one order as if it held nothing.

        :param runs: the rules; ``None`` for those in force
        :return: the explained decision
        :rtype: dict
        """
        matrix, sourcing = self.env["oms.allocation.matrix"], self.env["oms.sourcing"]
        goods = order.order_line.filtered(lambda line: line._oms_is_goods())
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
        return self.env["oms.allocation.words"]._explain(order, names, decision, run, routing)

    # === COMPARING === #

    def _compare(self, goods, before, after):
        """:return: both sides counted, and the orders that would change"""
        ways = self._ways(goods.order_id, before, after)
        old, new = {}, {}
        lines = goods.grouped("order_id")
        told = self._told(lines, after)
        queued = self._queued(goods.order_id)
        for order in after:
            old[order] = self._side(order, ways, *self._now(order, before[order], queued))
            parcels = {p["warehouse_id"] for p in told[order]["parcels"]}
            late = {row["warehouse_id"] for row in told[order]["waiting"]}
            new[order] = self._side(
                order, ways, parcels | late, bool(late), told[order]["outcome"] == "queue"
            )
        rows = [
            self._row(order, old[order], new[order], told[order])
            for order in after
            if any(old[order][key] != new[order][key] for key in ("warehouses", "waits", "queued"))
        ]
        return {
            "orders": len(new),
            "changed": len(rows),
            "shown": min(len(rows), SHOWN),
            "figures": self._figures(old, new, self.company_id.currency_id),
            "rows": rows[:SHOWN],
        }

    def _told(self, lines, after):
        """:return: the explained decision by order"""
        words, demand = self.env["oms.allocation.words"], self.env["oms.sourcing"]._demand
        return {
            order: words._explain(
                order,
                {line.id: (line.product_id.display_name, demand(line)[2]) for line in lines[order]},
                *decided,
            )
            for order, decided in after.items()
        }

    def _queued(self, orders):
        """:return: the orders a person is to decide on now"""
        return (
            self.env["oms.hold"]
            .search(
                [
                    ("order_id", "in", orders.ids),
                    ("state", "=", "open"),
                    ("reason_code", "=", "ALLOCATION"),
                ]
            )
            .order_id
        )

    def _now(self, order, shares, queued):
        """:return: ids of the warehouses that send something, whether something waits, and
        whether a person decides
        """
        if order in queued:
            return set(), False, True
        moves = order.order_line.move_ids.filtered(
            lambda m: m.state in ("confirmed", "partially_available")
        )
        return {warehouse for _product, warehouse in shares}, bool(moves), False

    def _ways(self, orders, before, after):
        """:return: a function that measures (km, cost) of a parcel to an order"""
        matrix = self.env["oms.allocation.matrix"]
        used = {w for shares in before.values() for _product, w in shares}
        used |= {w for found in after.values() if (p := found[0].plan) for w in p.warehouses}
        warehouses = self.env["stock.warehouse"].browse(sorted(used))
        places, destinations = matrix._places(warehouses), matrix._destinations(orders)
        supply = engine.Supply(costs=matrix._costs(warehouses))

        def measure(warehouse, order):
            here, there = places[warehouse].point, destinations[order].point
            km = round(geo.haversine(here, there)) if here and there else None
            return km, supply.cost(warehouse, destinations[order])

        return measure

    def _side(self, order, measure, warehouses, waits, queued):
        """:return: one side of the comparison of an order"""
        ways = [measure(warehouse, order) for warehouse in warehouses]
        names = self.env["stock.warehouse"].browse(sorted(warehouses)).mapped("name")
        return {
            "warehouses": sorted(names),
            "waits": waits,
            "queued": queued,
            "km": self._total(km for km, _cost in ways),
            "cost": sum(cost for _km, cost in ways),
        }

    @api.model
    def _total(self, ways):
        """:return: the length of ways together, ``None`` where one is unknown"""
        ways = list(ways)
        return None if None in ways else sum(ways)

    def _row_of_ways(self, row, olds, news):
        """:return: the row of the ways, of the orders whose ways are known before and after"""
        pairs = [
            (before["km"], after["km"])
            for before, after in zip(olds, news, strict=True)
            if None not in (before["km"], after["km"])
        ]
        if not pairs:
            return []
        totals = (sum(column) for column in zip(*pairs, strict=True))
        return [row(self.env._("Kilometres"), *totals, lambda km: f"{km:,}")]

    def _figures(self, old, new, currency):
        """:return: rows (what, before, after, whether less is better)"""

        def row(label, before, after, text=str):
            return {
                "label": label,
                "before": text(before),
                "after": text(after),
                "trend": "same" if before == after else "better" if after < before else "worse",
            }

        olds, news = old.values(), new.values()

        def count(key):
            return [sum(bool(side[key]) for side in sides) for sides in (olds, news)]

        return [
            row(
                self.env._("Parcels"),
                *(sum(len(side["warehouses"]) for side in sides) for sides in (olds, news)),
            ),
            row(
                self.env._("Split orders"),
                *(sum(len(side["warehouses"]) > 1 for side in sides) for sides in (olds, news)),
            ),
            row(self.env._("Orders with a backorder"), *count("waits")),
            row(self.env._("Orders a person decides"), *count("queued")),
            *self._row_of_ways(row, olds, news),
            row(
                self.env._("Parcel cost"),
                *(currency.round(sum(side["cost"] for side in sides)) for sides in (olds, news)),
                currency.format,
            ),
        ]

    def _row(self, order, old, new, told):
        """:return: an order that would change"""
        return {
            "id": order.id,
            "name": order.oms_order_number or order.name,
            "customer": order.partner_id.name,
            "value": order.currency_id.format(order.amount_total),
            "before": old["warehouses"],
            "before_waits": old["waits"],
            "before_queued": old["queued"],
            "after": new["warehouses"],
            "after_waits": new["waits"],
            "after_queued": new["queued"],
            "title": told["title"],
            "rule": told["rule"],
        }
