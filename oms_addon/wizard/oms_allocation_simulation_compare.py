"""Simulation: comparison of the current and the simulated allocation."""

from odoo import api, models

from odoo.addons.oms_addon.tools import geo, sourcing_terms

SHOWN = 60


class OmsAllocationSimulation(models.TransientModel):
    _inherit = "oms.allocation.simulation"

    # === COMPARING === #

    def _compare(self, goods, before, after):
        """:return: the totals of both sides, and the orders that would change"""
        ways = self._ways(goods.order_id, before, after)
        old, new = {}, {}
        lines = goods.grouped("order_id")
        reported = self._explained_orders(lines, after)
        queued = self._queued(goods.order_id)
        for order in after:
            old[order] = self._side(order, ways, *self._now(order, before[order], queued))
            parcels = {p["warehouse_id"] for p in reported[order]["parcels"]}
            late = {row["warehouse_id"] for row in reported[order]["waiting"]}
            new[order] = self._side(
                order, ways, parcels | late, bool(late), reported[order]["outcome"] == "queue"
            )
        rows = [
            self._row(order, old[order], new[order], reported[order])
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

    def _explained_orders(self, lines, after):
        """:return: the decision with its explanation, by order"""
        words, demand = self.env["oms.allocation.explanation"], self.env["oms.sourcing"]._demand
        return {
            order: words._explain(
                order,
                {line.id: (line.product_id.display_name, demand(line)[2]) for line in lines[order]},
                *decided,
            )
            for order, decided in after.items()
        }

    def _queued(self, orders):
        """:return: the orders with an open allocation exception"""
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
        """:return: ids of the shipping warehouses, whether a part is backordered, and whether
        the order is to be reviewed
        """
        if order in queued:
            return set(), False, True
        moves = order.order_line.move_ids.filtered(
            lambda m: m.state in ("confirmed", "partially_available")
        )
        return {warehouse for _product, warehouse in shares}, bool(moves), False

    def _ways(self, orders, before, after):
        """:return: a function (warehouse, order) to (distance in km, parcel cost)"""
        matrix = self.env["oms.allocation.matrix"]
        used = {w for shares in before.values() for _product, w in shares}
        used |= {w for found in after.values() if (p := found[0].plan) for w in p.warehouses}
        warehouses = self.env["stock.warehouse"].browse(sorted(used))
        places, destinations = matrix._places(warehouses), matrix._destinations(orders)
        supply = sourcing_terms.Supply(costs=matrix._costs(warehouses))

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
        """:return: the total distance in km; ``None`` when one is unknown"""
        ways = list(ways)
        return None if None in ways else sum(ways)

    def _row_of_ways(self, row, olds, news):
        """:return: the row of distances, of orders with known distances before and after"""
        pairs = [
            (before["km"], after["km"])
            for before, after in zip(olds, news, strict=True)
            if None not in (before["km"], after["km"])
        ]
        if not pairs:
            return []
        totals = (sum(column) for column in zip(*pairs, strict=True))
        return [row(self.env._("Kilometers"), *totals, lambda km: f"{km:,}")]

    def _figures(self, old, new, currency):
        """:return: rows with ``label``, ``before``, ``after`` and ``trend``; lower is better"""

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
                self.env._("Split Orders"),
                *(sum(len(side["warehouses"]) > 1 for side in sides) for sides in (olds, news)),
            ),
            row(self.env._("Orders with a Backorder"), *count("waits")),
            row(self.env._("Orders to Review"), *count("queued")),
            *self._row_of_ways(row, olds, news),
            row(
                self.env._("Parcel Cost"),
                *(currency.round(sum(side["cost"] for side in sides)) for sides in (olds, news)),
                currency.format,
            ),
        ]

    def _row(self, order, old, new, reported):
        """:return: the table row of an order that would change"""
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
            "title": reported["title"],
            "rule": reported["rule"],
        }
