"""Merging races with pickers, other people and cancellations: real processes, real commits."""

from odoo.exceptions import UserError

from ..concurrency import RaceCase
from .test_races import allocate, make_order, make_product, warehouse

PAIRS = 6


class TestSharedRaces(RaceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.commit(lambda env: warehouse(env).write({"oms_managed": True}))

    def _prepare(self, count=2):
        """:return: the ids of served orders of one customer, several times over, and of their
        product
        """

        def prepare(env):
            product = make_product(env, "CUP", 100)
            groups = []
            for _pair in range(PAIRS):
                orders = env["sale.order"].union(*[make_order(env, product) for _n in range(count)])
                orders.action_confirm()
                for order in orders:
                    allocate(env, order.id)
                groups.append(orders.ids)
            return groups, product.id

        return self.commit(prepare)

    def _check(self, order_ids, product_id):
        """Each order has each of its goods once, and the stock says so too.

        :return: how many of the orders left, are cancelled, and the deliveries that are open
        """

        def read(env):
            orders = env["sale.order"].browse(order_ids)
            moves = orders.order_line.move_ids
            env.cr.execute(
                """SELECT SUM(quant.reserved_quantity) FROM stock_quant quant
                   JOIN stock_location l ON l.id = quant.location_id AND l.usage = 'internal'
                   WHERE quant.product_id = %s""",
                [product_id],
            )
            reserved = float(env.cr.fetchone()[0])
            lines = env["stock.move.line"].search(
                [("product_id", "=", product_id), ("state", "=", "assigned")]
            )
            self.assertEqual(reserved, sum(lines.mapped("quantity")))
            self.assertEqual(
                lines.filtered(lambda l: l.picking_id != l.move_id.picking_id), lines[:0]
            )
            self.assertEqual(len(moves), len(orders))
            states = moves.mapped("state")
            return states.count("done"), states.count("cancel"), len(moves.picking_id)

        return self.commit(read)

    def test_of_merging_and_validating_both_are_done_one_after_the_other(self):
        groups, product_id = self._prepare()
        for order_ids in groups:
            got = self.run_parallel(
                [
                    lambda env, ids=order_ids: merge(env, ids),
                    lambda env, ids=order_ids: ship(env, ids[1]),
                ]
            )
            done, cancelled, deliveries = self._check(order_ids, product_id)
            self.assertEqual(
                (got[0], done, cancelled, deliveries),
                (("merged", 2, 0, 1) if got[0] == "merged" else ("refused", 1, 0, 2)),
            )

    def test_two_people_who_merge_the_same_orders_end_with_one_delivery(self):
        groups, product_id = self._prepare(3)
        for first, second, third in groups:
            got = self.run_parallel(
                [
                    lambda env, ids=(first, second): merge(env, ids),
                    lambda env, ids=(second, third): merge(env, ids),
                ]
            )
            self.assertEqual(got, ["merged", "merged"])
            self.assertEqual(self._check([first, second, third], product_id), (0, 0, 1))

    def test_a_cancellation_that_arrives_while_merging_cancels_its_order_only(self):
        groups, product_id = self._prepare()
        for order_ids in groups:
            self.run_parallel(
                [
                    lambda env, ids=order_ids: merge(env, ids),
                    lambda env, ids=order_ids: cancel(env, ids[0]),
                ]
            )
            self.assertEqual(self._check(order_ids, product_id), (0, 1, 2))


def merge(env, order_ids):
    try:
        env["oms.shared.delivery"]._merge(env["sale.order"].browse(order_ids))
    except UserError:
        return "refused"
    return "merged"


def ship(env, order_id):
    order = env["sale.order"].browse(order_id)
    order._oms_pickings().with_context(skip_sms=True).button_validate()
    return "shipped"


def cancel(env, order_id):
    env["oms.order.canceller"]._cancel_whole(env["sale.order"].browse(order_id), "Unwanted.")
    return "cancelled"
