"""Going live takes no open order over and changes nothing on the channel, unless asked to."""

from odoo.tests import Form

from .fault_bench import FaultBench, simulated_shops

OLD_ORDERS = 66


class GoingLive:
    """The scenarios; ``FaultBench`` is the bench they run on."""

    def _connect_store(self):
        """Override: the shop has open orders already, and nobody chose anything."""
        # Nobody waits here for a rate limit.
        self.shop.max_points = self.shop.points = self.shop.restore_rate = 1e6
        for _number in range(OLD_ORDERS):
            self.place()
        return self.env["oms.channel"].create(
            {
                "name": self.simulator.code.title(),
                "adapter": self.simulator.code,
                "send_receipt": False,
                **self.shop.credentials(),
            }
        )

    def setUp(self):
        super().setUp()
        # The bench looked for news already; this channel was never asked before it is live.
        self.store.cursor = False

    def _orders(self):
        return self.env["sale.order"].search([("oms_channel_id", "=", self.store.id)])

    def _stock_is_left_alone(self, before):
        """Sync what there is to sync, and check that the shop was told nothing."""
        self.push_stock()
        self.store.prices_checked_at = False
        self._run_lanes("stock", "outbox")
        self.assertEqual(self.shop.stock(), before)
        told = self.messages(direction="out").filtered(lambda m: m.topic in ("stock", "price"))
        self.assertEqual(told, told.browse())

    def test_open_orders_of_before_are_recorded_and_no_stock_is_pushed(self):
        before = self.shop.stock()
        self.store.action_go_live()
        self.list_products()
        self._put_stock(self.mug, self.warehouse, 55)
        self.settle(also_poll=True)
        orders = self._orders()
        self.assertEqual(len(orders), OLD_ORDERS)
        self.assertEqual(orders.filtered(lambda o: not o.oms_is_recorded), orders.browse())
        self.assertFalse(orders.picking_ids or orders.invoice_ids or orders.transaction_ids)
        self.assertEqual(self.messages(direction="out").mapped("topic"), [])
        self.assertEqual(self.reserved(self.mug), 0)
        self._stock_is_left_alone(before)
        # What is bought from now on is sold.
        self.shop.now = self.store.live_at.replace(tzinfo=self.shop.now.tzinfo)
        self.present()
        self.shop.now += self.shop.now.resolution * 2_000_000
        order = self.captured()[1]
        self.assertFalse(order.oms_is_recorded)
        self.assertEqual((order.state, self.wanted(order)), ("sale", {"MUG": 2}))

    def test_the_buttons_dialog_asks_what_happens_to_them(self):
        action = self.store.action_open_go_live()
        self.assertEqual((action["res_model"], self.store.state), ("oms.channel.go.live", "draft"))
        dialog = Form(self.env[action["res_model"]].with_context(**action["context"]))
        self.assertEqual(dialog.start_policy, "record")
        dialog.start_policy = "process"
        dialog.save().action_go_live()
        self.assertEqual((self.store.state, self.store.start_policy), ("live", "process"))
        self.settle(also_poll=True)
        orders = self._orders()
        self.assertEqual(len(orders), OLD_ORDERS)
        self.assertEqual(orders.filtered("oms_is_recorded"), orders.browse())

    def test_syncs_that_code_switched_on_wait_for_approval(self):
        before = self.shop.stock()
        self.store.write({"push_stock": True, "push_price": True})
        self.store.action_go_live()
        self.list_products()
        self._put_stock(self.mug, self.warehouse, 55)
        self._stock_is_left_alone(before)
        self.store.action_sync_stock()
        self._stock_is_left_alone(before)


def _case_of(code, simulator):
    members = {"simulator": simulator, "__module__": __name__}
    return type(FaultBench)(f"TestGoingLive{code.title()}", (GoingLive, FaultBench), members)


for _code, _simulator in simulated_shops().items():
    _case = _case_of(_code, _simulator)
    globals()[_case.__name__] = _case
del _case
