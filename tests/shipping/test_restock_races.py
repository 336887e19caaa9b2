"""Faults 34, 37 and 41: goods are put back once, with processes of their own."""

from ..concurrency import RaceCase
from ..stock.test_races import make_order, make_product, warehouse


class TestPutBackRaces(RaceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.commit(
            lambda env: warehouse(env).write({"oms_managed": True, "delivery_steps": "pick_ship"})
        )

    def _asked(self, sku):
        """:return: the ids of an order whose goods wait to leave and are asked back, and of the
        delivery
        """

        def prepare(env):
            order = make_order(env, make_product(env, sku, 5), 3)
            order.action_confirm()
            env["oms.allocator"]._allocate(order)
            order.picking_ids.move_ids.picked = True
            order.picking_ids.button_validate()
            order.action_cancel()
            return order.id, order.picking_ids._oms_todo().id

        return self.commit(prepare)

    def _found(self, order_id):
        """:return: the order's state, what left, and what is put back"""

        def read(env):
            order = env["sale.order"].browse(order_id)
            moves = order.oms_put_back_ids.move_ids
            return order.state, order.order_line.qty_delivered, moves.mapped("quantity")

        return self.commit(read)

    def test_of_two_answers_at_once_one_puts_back_and_the_other_is_told(self):
        order_id, picking_id = self._asked("TWO")

        def answer(env):
            return env["stock.picking"].browse(picking_id).action_oms_stopped()

        got = self.run_parallel([answer] * 3)
        self.assertEqual(got.count(True), 1)
        for refused in (told for told in got if told is not True):
            self.assertEqual(refused[0], "UserError")
            self.assertIn("already answered", refused[1])
        self.assertEqual(self._found(order_id), ("cancel", 0.0, [3.0]))

    def test_the_warehouse_and_an_agent_who_decide_at_once_put_back_once(self):
        order_id, picking_id = self._asked("AGENT")

        def decide(env):
            holds = env["sale.order"].browse(order_id).oms_hold_ids
            return holds.filtered(lambda h: h.state == "open").action_cancel_order()

        self.run_parallel(
            [lambda env: env["stock.picking"].browse(picking_id).action_oms_stopped(), decide]
        )
        self.assertEqual(self._found(order_id), ("cancel", 0.0, [3.0]))

    def test_what_leaves_while_somebody_cancels_it_leaves_or_is_put_back_never_both(self):
        def prepare(env):
            order = make_order(env, make_product(env, "SHIP", 5), 3)
            order.action_confirm()
            env["oms.allocator"]._allocate(order)
            order.picking_ids.move_ids.picked = True
            order.picking_ids.button_validate()
            return order.id, order.picking_ids._oms_todo().id

        order_id, picking_id = self.commit(prepare)

        def ship(env):
            picking = env["stock.picking"].browse(picking_id)
            picking.move_ids.picked = True
            return picking.button_validate()

        self.run_parallel(
            [ship, lambda env: env["stock.picking"].browse(picking_id).action_cancel()]
        )
        _state, left, put_back = self._found(order_id)
        self.assertIn((left, put_back), [(3.0, []), (0.0, [3.0])])
