"""Whatever the stock looks like: what we reserve is what Odoo would have reserved."""

import random

from odoo.addons.oms_addon.tools.sealed_context import sealed

from .random_stock import RandomStock, stored

ROUNDS = 16


class TestReservationEqualsOdoo(RandomStock):
    """Random stock, reserved twice."""

    def _after(self, orders, reserve):
        """:return: lines, moves, rows and deliveries as ``reserve`` leaves them; all undone"""

        def read():
            moves = orders.order_line.move_ids
            quants = self.env["stock.quant"].search([("product_id", "=", moves.product_id.id)])
            return {
                # The date of a line is the second in which it was written.
                "lines": sorted(map(str, stored(moves.move_line_ids, "date"))),
                "dated": all(moves.move_line_ids.mapped("date")),
                "moves": stored(moves.sorted("id")),
                "rows": stored(quants.sorted("id")),
                "deliveries": stored(moves.picking_id.sorted("id")),
            }

        return self._undone(reserve, read)

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
