"""Expiring goods, told by a shell that has Odoo's expiration dates; see ``test_expiry.py``.

Random stocks are reserved twice, by the allocator's bulk path and by Odoo, and compared.
"""

import random
from datetime import timedelta

from odoo import fields
from odoo.fields import Command

from odoo.addons.oms_addon.tools.sealed_context import sealed

STRATEGIES = ("fefo", "fifo", "lifo", "closest", "least_packages")
ROUNDS_EACH = 6
#: what differs between two runs of the same
OF_THE_RUN = {"id", "create_uid", "create_date", "write_uid", "write_date"}


def run_story(env):
    """Play the story. :return: JSON-able facts by the name of the point"""
    return Story(env).play()


def stored(records, *without):
    """:return: every stored column of records, expiry dates too, beside the run's own"""
    names = [
        name
        for name, field in sorted(records._fields.items())
        if field.store and field.column_type and name not in OF_THE_RUN.union(without)
    ]
    return [
        {
            name: record[name].id if record._fields[name].relational else record[name]
            for name in names
        }
        for record in records
    ]


class Story:
    def __init__(self, env):
        self.env = env
        self.warehouse = env["stock.warehouse"].search([], limit=1)
        self.warehouse.oms_managed = True
        self.customer = env["res.partner"].create({"name": "Ann"})
        self.now = fields.Datetime.now()
        self.channel = env["oms.channel"].create(
            {
                "name": "Fresh",
                "adapter": "canonical",
                "warehouse_ids": [Command.set(self.warehouse.ids)],
            }
        )
        stock = self.warehouse.lot_stock_id
        self.places = stock + env["stock.location"].create(
            [{"name": name, "location_id": stock.id} for name in ("Zone B", "Zone A")]
        )
        self.removals = {
            method: env["product.removal"].search([("method", "=", method)])
            for method in STRATEGIES
        }

    def play(self):
        found = {"different": [], "bulk": {}, "states": set(), "stale_taken": 0}
        for strategy in STRATEGIES:
            for seed in range(ROUNDS_EACH):
                self.compare(strategy, random.Random(f"{strategy}{seed}"), seed, found)
        found["states"] = sorted(found["states"])
        found["first_out"] = self.first_out()
        found["sold"] = self.sold()
        found["queries"] = self.queries()
        return found

    # === WORLDS === #

    def product(self, strategy, packaging="partial", **values):
        category = self.env["product.category"].create(
            {
                "name": strategy,
                "removal_strategy_id": self.removals[strategy].id,
                "packaging_reserve_method": packaging,
            }
        )
        return self.env["product.product"].create(
            {
                "name": strategy,
                "is_storable": True,
                "tracking": "lot",
                "use_expiration_date": True,
                "categ_id": category.id,
                **values,
            }
        )

    def stock(self, product, days, quantity, place=None, **values):
        """Put in a lot whose removal date is so many days from now; ``None`` for never."""
        lot = self.env["stock.lot"].create(
            {"name": f"L{self.env['stock.lot'].search_count([])}", "product_id": product.id}
        )
        removal = False if days is None else self.now + timedelta(days=days)
        lot.write({"expiration_date": removal, "removal_date": removal})
        return self.env["stock.quant"].create(
            {
                "product_id": product.id,
                "location_id": (place or self.warehouse.lot_stock_id).id,
                "lot_id": lot.id,
                "quantity": quantity,
                **values,
            }
        )

    def random_stock(self, product, chance):
        serial = product.tracking == "serial"
        for _row in range(chance.randint(3, 9)):
            package = self.env["stock.package"]
            if chance.random() < 0.4:
                package = package.create({"name": f"P{chance.random()}"})
            self.stock(
                product,
                chance.choice((-9, -1, 0, 1, 3, 3, 8, 30, None)),
                1 if serial else chance.choice((1, 2, 3.5, 5, 13)),
                chance.choice(self.places),
                package_id=package.id,
                in_date=f"2026-01-{chance.randint(1, 28):02} 08:00:00",
            )

    def order(self, product, quantity, **values):
        return self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "warehouse_id": self.warehouse.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": quantity})
                ],
                **values,
            }
        )

    # === COMPARING === #

    def compare(self, strategy, chance, seed, found):
        """Reserve one random stock twice and note what differs."""
        product = self.product(
            strategy,
            chance.choice(("full", "partial")),
            tracking=chance.choice(("lot", "lot", "serial")),
        )
        self.random_stock(product, chance)
        orders = self.env["sale.order"].union(
            *(self.order(product, chance.randint(1, 7)) for _n in range(chance.randint(1, 4)))
        )
        orders.action_confirm()
        moves = orders.order_line.move_ids.sorted("id")
        for move in moves:
            # What is fresh today may be too old on the day it leaves.
            move.date = self.now + timedelta(days=chance.choice((-1, 0, 2, 5)), hours=1)
        is_ours = product in self.env["oms.reservation"]._get_own_products(moves)
        found["bulk"][strategy] = found["bulk"].get(strategy, 0) + is_ours
        mine = self.after(moves, self.reserve)
        theirs = self.after(moves, self.assign)
        if mine != theirs:
            found["different"].append([strategy, seed, mine, theirs])
        found["states"] |= {move["state"] for move in mine["moves"]}
        found["stale_taken"] += mine["stale"]

    def reserve(self, moves):
        stock = self.env["oms.stock"]
        rows = stock._lock(stock._locations(self.warehouse), moves.product_id.ids)
        self.env["oms.reservation"]._reserve(moves, rows)

    def assign(self, moves):
        moves.with_context(**sealed(stock_locked=True))._action_assign()

    def after(self, moves, reserve):
        """:return: lines, moves and rows as ``reserve`` leaves them; all undone"""
        self.env.flush_all()
        self.env.invalidate_all()
        savepoint = self.env.cr.savepoint(flush=False)
        reserve(moves)
        self.env.flush_all()
        self.env.invalidate_all()
        lines = moves.move_line_ids
        quants = self.env["stock.quant"].search([("product_id", "=", moves.product_id.id)])
        result = {
            "lines": sorted(map(str, stored(lines, "date"))),
            "moves": stored(moves),
            "rows": stored(quants.sorted("id")),
            "stale": len(
                lines.filtered(
                    lambda l: l.lot_id.removal_date and l.lot_id.removal_date < l.move_id.date
                )
            ),
        }
        self.env.clear()
        savepoint.rollback()
        savepoint.close(rollback=False)
        self.env.invalidate_all()
        return result

    # === WHAT A PERSON WOULD SAY === #

    def first_out(self):
        """:return: which lots, by days left, the allocator gives to two orders"""
        product = self.product("fefo")
        days_of = {
            self.stock(product, days, quantity).lot_id: days
            for days, quantity in ((90, 5), (-1, 5), (20, 2), (40, 2), (None, 5))
        }
        orders = self.order(product, 3) + self.order(product, 2)
        orders.action_confirm()
        self.env["oms.allocator"]._allocate(orders)
        return [
            sorted([days_of[l.lot_id], l.quantity] for l in order.picking_ids.move_line_ids)
            for order in orders
        ]

    def sold(self):
        """:return: how many can be sold of three fresh and four old pieces, before and after an
        order of five, what of it is reserved and what it waits for
        """
        product = self.product("fefo")
        self.stock(product, -2, 4)
        self.stock(product, 9, 3)
        before = self.number(product)
        order = self.order(product, 5)
        order.action_confirm()
        waits = self.env["oms.allocator"]._allocate(order)
        return [before, order.order_line.move_ids.quantity, "2 of 5" in waits[order]]

    def number(self, product):
        self.env.flush_all()
        return self.env["oms.availability"]._available(self.channel, product)[product.id]

    # === WHAT IT COSTS === #

    def queries(self):
        """:return: whether twenty orders of a product take no more statements than five"""
        counts = [self.count(number) for number in (5, 5, 20)]
        return {"more": counts[2] - counts[1], "odoo": self.count(20, self.assign) > 5 * counts[2]}

    def count(self, number, reserve=None):
        """:return: statements for reserving so many moves"""
        product = self.product("fefo")
        for days in range(10):
            self.stock(product, days + 5, 7)
        orders = self.env["sale.order"].union(*(self.order(product, 2) for _n in range(number)))
        orders.action_confirm()
        moves = orders.order_line.move_ids
        moves.mapped("picking_id.state")
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        (reserve or self.reserve)(moves)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before
