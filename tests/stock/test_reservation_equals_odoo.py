"""Whatever the stock looks like: what we reserve is what Odoo would have reserved."""

import random

from odoo.addons.oms_addon.tools.sealed_context import sealed

from ..shipping.common import FulfilmentCommon

ROUNDS = 16
#: what differs between two runs of the same, and what a line has no name for yet
OF_THE_RUN = {"id", "create_uid", "create_date", "write_uid", "write_date"}


def stored(records, *without):
    """:return: every stored column of records, those beside the run's own, by name"""
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


class TestReservationEqualsOdoo(FulfilmentCommon):
    """Random stock, with lots, packages, owners, places and debts, reserved twice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param("stock.propagate_uom", "1")
        cls.places = cls.warehouse.lot_stock_id + cls.env["stock.location"].create(
            [
                {"name": name, "location_id": cls.warehouse.lot_stock_id.id}
                for name in ("Zone B", "Zone A")
            ]
        )
        cls.owner = cls.env["res.partner"].create({"name": "Consignor"})
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.strategies = {
            method: cls.env["product.removal"].search([("method", "=", method)])
            for method in ("fifo", "lifo", "closest", "least_packages")
        }

    def _world(self, chance):
        """:return: confirmed orders of one product of a random kind, on random stock"""
        category = self.env["product.category"].create(
            {
                "name": "Random",
                "removal_strategy_id": self.strategies[chance.choice(list(self.strategies))].id,
                "packaging_reserve_method": chance.choice(("full", "partial")),
            }
        )
        product = self._make_product(
            "RND",
            "Random",
            tracking=chance.choice(("none", "lot", "serial")),
            categ_id=category.id,
        )
        for _row in range(chance.randint(1, 6)):
            self._row(product, chance)
        self.env.flush_all()
        orders = self.env["sale.order"]
        for _order in range(chance.randint(1, 4)):
            orders += self._make_order((product, chance.randint(1, 9)))
            if product.tracking != "serial" and chance.random() < 0.3:
                orders[-1].order_line.product_uom_id = self.dozen
        orders.action_confirm()
        if chance.random() < 0.4:
            # Some have a part already.
            orders[0].picking_ids.action_assign()
            self._row(product, chance)
        return orders

    def _row(self, product, chance):
        """Add a row of stock, sometimes one that owes."""
        serial = product.tracking == "serial"
        lot = self.env["stock.lot"]
        if product.tracking != "none" and (serial or chance.random() < 0.8):
            lot = lot.create({"name": f"L{chance.random()}", "product_id": product.id})
        package = self.env["stock.package"]
        if chance.random() < 0.3:
            package = package.create({"name": f"P{chance.random()}"})
        self.env["stock.quant"].create(
            {
                "product_id": product.id,
                "location_id": chance.choice(self.places).id,
                "lot_id": lot.id,
                "package_id": package.id,
                "owner_id": chance.choice((self.owner.id, False, False, False)),
                "quantity": 1 if serial else chance.choice((-2, 1, 2, 3.5, 5, 13, 26)),
                "in_date": f"2026-01-{chance.randint(1, 28):02} 08:00:00",
            }
        )

    def _after(self, orders, reserve):
        """:return: lines, moves, rows and deliveries as ``reserve`` leaves them; all undone"""
        self.env.flush_all()
        self.env.invalidate_all()
        savepoint = self.env.cr.savepoint(flush=False)
        reserve()
        self.env.flush_all()
        self.env.invalidate_all()
        moves = orders.order_line.move_ids
        quants = self.env["stock.quant"].search([("product_id", "=", moves.product_id.id)])
        result = {
            # The date of a line is the second in which it was written.
            "lines": sorted(map(str, stored(moves.move_line_ids, "date"))),
            "dated": all(moves.move_line_ids.mapped("date")),
            "moves": stored(moves.sorted("id")),
            "rows": stored(quants.sorted("id")),
            "deliveries": stored(moves.picking_id.sorted("id")),
        }
        self.env.clear()
        savepoint.rollback()
        savepoint.close(rollback=False)
        self.env.invalidate_all()
        return result

    maxDiff = None

    def test_ours_and_odoos_are_the_same_rows_for_any_stock(self):
        reserved = set()
        for seed in range(ROUNDS):
            with self.subTest(seed=seed):
                orders = self._world(random.Random(seed))
                moves = orders.order_line.move_ids.sorted("id")
                stock = self.env["oms.stock"]
                places = stock._locations(self.warehouse)

                def ours(moves=moves, places=places, stock=stock):
                    rows = stock._lock(places, moves.product_id.ids)
                    self.env["oms.reservation"]._reserve(
                        moves.filtered(lambda m: m.state in ("confirmed", "partially_available")),
                        rows,
                    )

                mine = self._after(orders, ours)
                theirs = self._after(
                    orders, moves.with_context(**sealed(stock_locked=True))._action_assign
                )
                self.assertEqual(mine, theirs)
                reserved |= {move["state"] for move in mine["moves"]}
        # The chance had something to decide.
        self.assertEqual(reserved, {"assigned", "partially_available", "confirmed"})

    def test_lots_packages_and_owners_are_reserved_in_bulk(self):
        chance = random.Random(3)
        product = self._make_product("LOT", "Lot", tracking="lot")
        for _row in range(4):
            self._row(product, chance)
        orders = self._make_order((product, 1)) + self._make_order((product, 2))
        orders.action_confirm()
        self.assertEqual(
            self.env["oms.reservation"]._get_own_products(orders.order_line.move_ids), {product}
        )
