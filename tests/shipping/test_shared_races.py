"""Merging races with pickers, other people and cancellations: real processes, real commits."""

from odoo.exceptions import UserError

from odoo.addons.oms_addon.documents.problems import HoldReason

from ..concurrency import FORK, TIMEOUT_SECONDS, RaceCase
from ..stock.test_races import allocate, make_order, make_product, warehouse

PAIRS = 6


class TestSharedRaces(RaceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.commit(cls._set_up_shop)

    @classmethod
    def _set_up_shop(cls, env):
        """Have a channel whose orders are put together by themselves."""
        warehouse(env).oms_managed = True
        channel = env["oms.channel"].create(
            {
                "name": "Shop",
                "adapter": "canonical",
                "auto_ship": False,
                "ship_policy": "always",
                "together_policy": "auto",
            }
        )
        channel.action_go_live()
        cls.channel_id = channel.id

    def _prepare(self, count=2):
        """:return: the ids of served orders of one customer, several times over, and of their
        product
        """

        def prepare(env):
            product = make_product(env, "CUP", 100)
            groups = []
            for _pair in range(PAIRS):
                orders = env["sale.order"].union(*[make_order(env, product) for _n in range(count)])
                orders.oms_channel_id = self.channel_id
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

    def _race_with_hold(self, put_together):
        """One process holds the second of two orders while another puts both in one delivery,
        each with a look at the database from before the other began.

        :param put_together: callable taking an environment and the ids of both orders
        :return: what putting together said, and whether a held order is in a shared delivery
        """
        groups, product_id = self._prepare()
        told = []
        for order_ids in groups:
            looked = FORK.Barrier(2)
            _held, answer = self.run_parallel(
                [
                    look_first(looked, lambda env, ids=order_ids: hold(env, ids[1])),
                    look_first(looked, lambda env, ids=order_ids: put_together(env, ids)),
                ]
            )
            self._check(order_ids, product_id)
            is_held, is_shared = self.commit(lambda env, ids=order_ids: state(env, ids[1]))
            self.assertTrue(is_held)
            told.append((answer, is_shared))
        return told

    def test_a_hold_that_is_opened_while_merging_is_seen_or_leaves_again(self):
        for answer, is_shared in self._race_with_hold(merge):
            self.assertIn(answer, ("merged", "refused"))
            self.assertFalse(is_shared)

    def test_a_hold_that_is_opened_while_the_lane_merges_is_seen_or_leaves_again(self):
        for answer, is_shared in self._race_with_hold(gather):
            self.assertEqual(answer, "gathered")
            self.assertFalse(is_shared)


def look_first(looked, job):
    """:return: the job, begun when the other process has looked at the database too"""
    waited = []

    def run(env):
        env.cr.execute("SELECT 1 FROM sale_order LIMIT 1")
        if not waited:
            waited.append(looked.wait(TIMEOUT_SECONDS))
        return job(env)

    return run


def hold(env, order_id):
    order = env["sale.order"].browse(order_id)
    env["oms.hold"]._open(order, [HoldReason(code="CANCEL_REQUESTED", message="Wait.")])
    return "held"


def gather(env, order_ids):
    orders = env["sale.order"].browse(order_ids)
    env["oms.combined.shipment"]._gather(orders)
    return "gathered"


def state(env, order_id):
    order = env["sale.order"].browse(order_id)
    return order.oms_held, bool(order.oms_shared_picking_ids._oms_is_leaving())


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
