"""Faults 11, 12, 41 and 61, with processes of their own and real commits."""

import os

from odoo import SUPERUSER_ID, api
from odoo.fields import Command

from ..concurrency import RaceCase, separate


def make_product(env, sku, stock):
    product = env["product.product"].create(
        {"name": sku, "default_code": sku, "is_storable": True, "taxes_id": [Command.clear()]}
    )
    if stock:
        env["stock.quant"]._update_available_quantity(product, warehouse(env).lot_stock_id, stock)
    return product


def warehouse(env):
    return env["stock.warehouse"].search([], limit=1)


def make_order(env, product, quantity=1):
    return env["sale.order"].create(
        {
            "partner_id": env.ref("base.partner_admin").id,
            "warehouse_id": warehouse(env).id,
            "order_line": [
                Command.create(
                    {"product_id": product.id, "product_uom_qty": quantity, "price_unit": 1}
                )
            ],
        }
    )


def serve(env, order_id):
    """Source, confirm and allocate one order as its lane would."""
    order = env["sale.order"].browse(order_id)
    env["oms.sourcing"]._source(order)
    order.action_confirm()
    return allocate(env, order_id)


def allocate(env, order_id):
    """:return: whether the order got its goods"""
    return not env["oms.allocator"]._allocate(env["sale.order"].browse(order_id))


class TestRaces(RaceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.commit(lambda env: warehouse(env).write({"oms_managed": True}))

    def _stock(self, product_id):
        """:return: (on hand, reserved by the rows, reserved by the deliveries)"""

        def read(env):
            env.cr.execute(
                """SELECT SUM(quantity), SUM(reserved_quantity) FROM stock_quant quant
                   JOIN stock_location l ON l.id = quant.location_id AND l.usage = 'internal'
                   WHERE product_id = %s""",
                [product_id],
            )
            hand, reserved = env.cr.fetchone()
            lines = env["stock.move.line"].search(
                [
                    ("product_id", "=", product_id),
                    ("state", "in", ("assigned", "partially_available")),
                ]
            )
            return float(hand), float(reserved), sum(lines.mapped("quantity"))

        return self.commit(read)

    def test_of_two_buyers_of_the_last_unit_exactly_one_gets_it_20_times_fault_11(self):
        rounds = []

        def prepare(env):
            for number in range(20):
                product = make_product(env, f"LAST{number}", 1)
                rounds.append((product.id, [make_order(env, product).id for _buyer in range(2)]))

        self.commit(prepare)
        for product_id, (first, second) in rounds:
            got = self.run_parallel(
                [lambda env, o=first: serve(env, o), lambda env, o=second: serve(env, o)]
            )
            self.assertEqual(sorted(got), [False, True])
            self.assertEqual(self._stock(product_id), (1.0, 1.0, 1.0))

    def test_of_100_buyers_of_one_unit_one_gets_it_fault_12(self):
        def prepare(env):
            product = make_product(env, "ONE", 1)
            orders = env["sale.order"].union(*[make_order(env, product) for _buyer in range(100)])
            orders.action_confirm()
            return product.id, orders.ids

        product_id, order_ids = self.commit(prepare)

        def buy(mine):
            """Be served one after the other, each in a transaction of its own."""
            return sum(self.commit(lambda env, o=o: allocate(env, o)) for o in mine)

        got = self.run_parallel(
            [lambda _env, mine=order_ids[start::4]: buy(mine) for start in range(4)]
        )
        self.assertEqual(sum(got), 1)
        self.assertEqual(self._stock(product_id), (1.0, 1.0, 1.0))

    def test_odoos_own_reservation_beside_the_allocator_promises_nothing_twice(self):
        def prepare(env):
            product = make_product(env, "BOTH", 10)
            orders = [make_order(env, product, 8) for _buyer in range(3)]
            for order in orders:
                order.action_confirm()
            return product.id, [order.id for order in orders]

        product_id, (first, second, third) = self.commit(prepare)

        def check_availability(env, order_id):
            env["sale.order"].browse(order_id).picking_ids.action_assign()

        self.run_parallel(
            [
                lambda env: check_availability(env, first),
                lambda env: check_availability(env, second),
                lambda env: allocate(env, third),
            ]
        )
        self.assertEqual(self._stock(product_id), (10.0, 10.0, 10.0))

    def test_of_two_people_who_validate_a_delivery_one_is_told_fault_41(self):
        def prepare(env):
            product = make_product(env, "PACK", 5)
            order = make_order(env, product, 2)
            order.action_confirm()
            env["oms.allocator"]._allocate(order)
            return product.id, order.picking_ids.id

        product_id, picking_id = self.commit(prepare)

        def validate(env):
            return env["stock.picking"].browse(picking_id).button_validate()

        got = self.run_parallel([validate, validate])
        self.assertIn(True, got)
        refused = next(answer for answer in got if answer is not True)
        self.assertEqual(refused[0], "UserError")
        self.assertIn("already validated", refused[1])
        self.assertEqual(self._stock(product_id), (3.0, 0.0, 0.0))

    def test_of_two_pickers_who_reject_the_same_line_one_is_told_faults_41_and_42(self):
        def prepare(env):
            product = make_product(env, "GONE", 5)
            order = make_order(env, product, 2)
            order.action_confirm()
            env["oms.allocator"]._allocate(order)
            return product.id, order.picking_ids.move_line_ids.id

        product_id, line_id = self.commit(prepare)

        def reject(env):
            line = env["stock.move.line"].browse(line_id)
            reason = env.ref("oms_addon.oms_pick_rejection_reason_damaged")
            return bool(env["oms.pick.rejection"]._reject(line, reason, 2))

        got = self.run_parallel([reject, reject])
        self.assertIn(True, got)
        refused = next(answer for answer in got if answer is not True)
        self.assertEqual(refused[0], "UserError")
        self.assertIn("another user", refused[1])

        def rejected(env):
            return env["oms.pick.rejection"].search([("product_id", "=", product_id)]).quantity

        self.assertEqual(self.commit(rejected), 2.0)
        self.assertEqual(self._stock(product_id)[0], 3.0)

    def test_a_shipment_beside_an_allocation_leaves_the_sums_right(self):
        def prepare(env):
            product = make_product(env, "SHIP", 10)
            orders = [make_order(env, product, 2) for _buyer in range(4)]
            for order in orders:
                order.action_confirm()
            env["oms.allocator"]._allocate(orders[0] + orders[1])
            return product.id, [order.id for order in orders]

        product_id, ids = self.commit(prepare)

        def ship(env, order_id):
            return env["stock.picking"].search([("sale_id", "=", order_id)]).button_validate()

        got = self.run_parallel(
            [
                lambda env: ship(env, ids[0]),
                lambda env: allocate(env, ids[2]),
                lambda env: ship(env, ids[1]),
                lambda env: allocate(env, ids[3]),
            ]
        )
        self.assertEqual(got, [True] * 4)
        self.assertEqual(self._stock(product_id), (6.0, 4.0, 4.0))

    def test_a_worker_killed_while_it_reserves_leaves_no_half_order_fault_61(self):
        def prepare(env):
            product = make_product(env, "KILL", 5)
            order = make_order(env, product, 2)
            order.action_confirm()
            return product.id, order.id

        product_id, order_id = self.commit(prepare)
        child = os.fork()
        if not child:
            # Die as by SIGKILL: after the statements, before the commit.
            separate(self.registry)
            cr = self.registry.cursor()
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["oms.allocator"]._allocate(env["sale.order"].browse(order_id))
            os._exit(9)
        os.waitpid(child, 0)
        self.assertEqual(self._stock(product_id), (5.0, 0.0, 0.0))
        served = self.commit(
            lambda env: env["oms.allocator"]._allocate(env["sale.order"].browse(order_id))
        )
        self.assertEqual(served, {})
        self.assertEqual(self._stock(product_id), (5.0, 2.0, 2.0))
