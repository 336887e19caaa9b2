"""What channels are told of our stock: the right number, once, zeros first."""

import time

from odoo import fields
from odoo.tools import SQL, mute_logger

from odoo.addons.oms_addon.models.message.job_run import JobRun

from ..common import OmsCommon
from ..push_shop import PushShopMixin

SENDER = "odoo.addons.oms_addon.models.message.oms_channel_message_sender"


class TestAvailable(PushShopMixin, OmsCommon):
    def _available(self, listings=None):
        listings = listings or self.listings
        available = self.env["oms.channel.stock"]._available(self.tiny, listings)
        return [available[listing.id, self.place.id] for listing in listings]

    def test_what_is_free_in_the_warehouses_of_the_place_can_be_sold(self):
        self._put_stock(self.mug, self.north, 50)
        self.assertEqual(self._available(), [100, 100])
        self.place.warehouse_ids |= self.north
        self.assertEqual(self._available(), [150, 100])

    def test_what_an_order_has_or_waits_for_can_not(self):
        order = self._capture(self._document("A1", [("MUG", 30, "10.00"), ("POT", 120, "1.00")]))
        self.assertEqual(order.state, "sale")
        self.assertEqual(self._available(), [70, 0])

    def test_the_policy_keeps_back_a_part_and_caps_the_rest_rounded_down(self):
        self.tiny.write({"stock_buffer": 3, "stock_percent": 50})
        self.assertEqual(self._available(), [48, 48])
        self.tiny.stock_cap = 20
        self.assertEqual(self._available(), [20, 20])

    def test_a_six_pack_is_there_as_often_as_six_units_are(self):
        self.listings[0].multiplier = 6
        self.assertEqual(self._available(), [16, 100])

    def test_nothing_is_ever_less_than_none(self):
        self.tiny.stock_buffer = 500
        self.assertEqual(self._available(), [0, 0])


class TestPush(PushShopMixin, OmsCommon):
    def test_all_is_told_once_and_then_only_what_changed(self):
        self._push_all()
        self.assertEqual(self.shop.levels, {("ext-MUG", "L1"): 100, ("ext-POT", "L1"): 100})
        self.assertEqual(len(self.shop.told), 1)
        self._push_all()
        self.assertEqual(len(self.shop.told), 1)
        self._put_stock(self.mug, self.warehouse, 90)
        self.env.cr.precommit.run()
        self._run_lanes("stock", "outbox")
        self.assertEqual(self.shop.told[1:], [("stock", [("ext-MUG", "L1", 90)])])

    def test_a_call_that_needs_another_before_it_waits_until_there_is_enough_for_both(self):
        adapter = type(self.tiny._adapter())
        original, reads = adapter._push_stock, []

        def read_first(adapter, channel, *args, **kwargs):
            places = adapter._send_request(channel, "GET", "locations")
            reads.append(places)
            return original(adapter, channel, *args, **kwargs)

        self.patch(adapter, "_push_stock", read_first)
        self.env["oms.channel.stock"]._touch_channels(self.tiny)
        self.env.cr.precommit.run()
        self._run_lanes("stock")
        meter = self.env["oms.channel.meter"]
        meter._spend(self.tiny, "default", 1.0, 0.01, 2.0)
        meter._learn(self.tiny, "default", tokens=1.0, rate=0.01, burst=2.0)
        messages, run = self.env["oms.channel.message"], JobRun()
        paused = run.paused
        self.assertEqual(messages._process_outbox(run), 1)
        self.assertEqual((len(reads), self.shop.told), (1, []))
        # One token comes back in 100 seconds; the read is made again, and the push with it.
        self.assertAlmostEqual(paused[self.tiny.id, "stock"] - time.time(), 200, delta=20)
        paused.clear()
        meter._learn(self.tiny, "default", tokens=1.0)
        self.assertEqual(messages._process_outbox(run), 1)
        # One token is not enough for both: what it would have read is not read in vain.
        self.assertEqual(len(reads), 1)
        paused.clear()
        meter._learn(self.tiny, "default", tokens=2.0)
        self.assertEqual(messages._process_outbox(run), 1)
        self.assertEqual((len(reads), len(self.shop.told)), (2, 1))

    def test_what_waits_for_a_limit_goes_on_with_the_more_urgent_of_its_channel(self):
        messages, now = self.env["oms.channel.message"], time.time()
        paused = {(1, "stock"): now - 1, (1, "shipment"): now + 0.2, (2, "stock"): now - 1}
        messages._release_paused(paused)
        self.assertEqual(list(paused), [(1, "stock"), (1, "shipment")])
        paused[1, "shipment"] = now - 0.1
        messages._release_paused(paused)
        self.assertEqual(paused, {})

    def test_putting_a_thousand_on_its_way_takes_no_more_queries_than_putting_two(self):
        products = self.env["product.product"].create(
            [{"name": f"P{n}", "default_code": f"P{n}", "is_storable": True} for n in range(1000)]
        )
        self.env["oms.channel.listing"].create(
            [
                {
                    "channel_id": self.tiny.id,
                    "sku": product.default_code,
                    "product_id": product.id,
                    "external_ref": f"ext-{product.default_code}",
                }
                for product in products
            ]
        )
        self._push_all()
        counts = []
        for some in (products[:2], products[2:]):
            rows = self.tiny.stock_ids.filtered(lambda r, some=some: r.product_id in some)
            rows.is_shown = False
            self.env["oms.channel.stock"]._touch(some.ids)
            self.env.cr.precommit.run()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self._run_lanes("stock")
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(self.tiny.stock_ids.filtered("message_id"), rows)
            self._run_lanes("outbox")
        self.assertLessEqual(counts[1], counts[0] + 4)

    def test_many_changes_before_the_lane_runs_are_one_and_one_undone_is_none(self):
        self._push_all()
        for quantity in (95, 90, 85, 80):
            self._put_stock(self.mug, self.warehouse, quantity)
            self.env.cr.precommit.run()
        self._put_stock(self.pot, self.warehouse, 1)
        self._put_stock(self.pot, self.warehouse, 100)
        self.env.cr.precommit.run()
        self._run_lanes("stock", "outbox")
        self.assertEqual(self.shop.told[1:], [("stock", [("ext-MUG", "L1", 80)])])

    def test_a_figure_that_changes_while_it_waits_is_told_as_it_is_when_it_leaves(self):
        self._push_all()
        for quantity in (95, 7):
            self._put_stock(self.mug, self.warehouse, quantity)
            self.env.cr.precommit.run()
            self._run_lanes("stock")
        self.assertEqual(len(self._outbox("stock")), 2)
        self._run_lanes("outbox")
        self.assertEqual(self.shop.told[1:], [("stock", [("ext-MUG", "L1", 7)])])

    def test_fault_59_zero_overtakes_everything_and_a_shipment_the_rest(self):
        self._push_all()
        order = self._capture(self._document("A1"))
        self._put_stock(self.pot, self.warehouse, 50)
        self.env.cr.precommit.run()
        self._run_lanes("stock")
        self.env["oms.channel.message"]._send_later(
            [
                (self.tiny, "price", "p1", order, {}),
                (self.tiny, "shipment", "s1", order, {"lines": []}),
            ]
        )
        # Of a six-pack there is none left.
        self.listings[0].multiplier = 6
        self._put_stock(self.mug, self.warehouse, 5)
        self.env.cr.precommit.run()
        self._run_lanes("stock")
        messages = self.env["oms.channel.message"].search(
            [
                ("channel_id", "=", self.tiny.id),
                ("direction", "=", "out"),
                ("state", "=", "pending"),
            ],
            order="priority, id",
        )
        self.assertEqual(messages.mapped("topic"), ["stock", "shipment", "stock", "price"])
        self.assertEqual(self._rows().filtered(lambda r: r.wanted == 0).message_id, messages[0])

    def test_fault_60_an_item_that_is_refused_is_tried_again_alone(self):
        self.shop.refused["ext-POT"] = "no such thing"
        self._push_all()
        self.assertEqual(self.shop.levels, {("ext-MUG", "L1"): 100})
        row = self._rows().filtered(lambda r: r.product_id == self.pot)
        self.assertRecordValues(
            row, [{"error": "no such thing", "tries": 1, "is_due": True, "message_id": False}]
        )
        self.assertIn("POT", self.tiny.alert_ids.filtered(lambda a: a.code == "stock").text)
        self.shop.refused.clear()
        row.due_at = False
        self._run_lanes("stock", "outbox")
        self.assertEqual(self.shop.told[1:], [("stock", [("ext-POT", "L1", 100)])])
        self.assertRecordValues(row, [{"error": False, "tries": 0, "is_due": False}])

    def test_fault_60_a_stale_figure_is_read_again_and_nothing_newer_overwritten(self):
        self._push_all()
        self.shop.levels["ext-MUG", "L1"] = 98
        self._put_stock(self.mug, self.warehouse, 60)
        self.env.cr.precommit.run()
        self._run_lanes("stock", "outbox")
        self.assertEqual(self.shop.levels["ext-MUG", "L1"], 60)
        row = self._rows().filtered(lambda r: r.product_id == self.mug)
        self.assertRecordValues(row, [{"shown": 60, "wanted": 60, "tries": 0}])
        # Refused once because the shop had 98, not 100; told with 98 then.
        self.assertEqual(len(self.shop.told), 3)

    @mute_logger(SENDER)
    def test_a_call_refused_as_a_whole_is_halved_until_the_culprit_is_alone(self):
        products = [self._make_product(f"P{n}", f"P {n}", stock=5) for n in range(6)]
        self._list(*products)
        self.shop.poison = {"ext-P3"}
        self._push_all()
        self.assertEqual(len(self.shop.levels), 7)
        self.assertNotIn(("ext-P3", "L1"), self.shop.levels)
        row = self._rows().filtered(lambda r: r.product_id == products[3])
        self.assertEqual((row.tries, row.message_id.id), (1, False))
        self.assertGreater(row.due_at, fields.Datetime.now())

    def test_the_same_call_again_has_the_same_key_and_other_figures_another(self):
        self.shop.fail(1, 503, after=True)
        self._push_all()
        message = self._outbox("stock")
        self.assertEqual((message.state, message.attempts), ("pending", 1))
        message.next_try_at = False
        self.env["oms.channel.meter"]._record_success(self.tiny)
        self._run_lanes("outbox")
        self.assertEqual(list(self.shop.keys.values()), [2])
        self._put_stock(self.mug, self.warehouse, 1)
        self.env.cr.precommit.run()
        self._run_lanes("stock", "outbox")
        self.assertEqual(len(self.shop.keys), 2)

    def test_what_the_shop_counted_itself_stands_until_its_order_came(self):
        self._push_all()
        Stock = self.env["oms.channel.stock"]
        row = self._rows().filtered(lambda r: r.product_id == self.mug)
        Stock._note_seen(self.tiny, [(self.listings[0], "L1", 100)])
        self.assertFalse(row.is_due)
        Stock._note_seen(self.tiny, [(self.listings[0], "L1", 98)])
        self.assertTrue(row.is_due)
        self._run_lanes("stock", "outbox")
        self.assertEqual(len(self.shop.told), 1)
        self.shop.levels["ext-MUG", "L1"] = 98
        self._capture(self._document("A1", [("MUG", 2, "10.00")]), channel=self.tiny)
        self.assertFalse(row.is_due)
        self.assertEqual([told for told in self.shop.told if told[0] == "stock"][1:], [])

    def test_a_channel_that_shows_too_much_is_told_at_once(self):
        self._push_all()
        self.shop.levels["ext-MUG", "L1"] = 500
        self.env["oms.channel.stock"]._note_seen(self.tiny, [(self.listings[0], "L1", 500)])
        self._run_lanes("stock", "outbox")
        self.assertEqual(self.shop.levels["ext-MUG", "L1"], 100)

    def test_a_channel_whose_stock_is_not_to_be_told_is_told_nothing(self):
        self.tiny.push_stock = False
        self._push_all()
        self.assertFalse(self.shop.told)
        self.assertFalse(self._rows())

    def test_calls_are_as_few_as_the_batch_allows(self):
        products = [self._make_product(f"B{n:02}", f"B {n}", stock=3) for n in range(23)]
        self._list(*products)
        self._push_all()
        self.assertEqual(sorted(len(items) for _topic, items in self.shop.told), [5, 10, 10])


class TestBreaker(PushShopMixin, OmsCommon):
    def _due_again(self):
        self._outbox("stock").filtered(lambda m: m.state == "pending").next_try_at = False

    def test_a_shop_that_is_down_is_left_alone_and_costs_no_message_its_tries(self):
        self.shop.fail(100, 503)
        for _try in range(20):
            self._push_all()
            self._due_again()
        self.assertEqual(sum(self.shop.calls.values()), 5)
        message = self._outbox("stock")
        self.assertEqual((message.state, message.attempts), ("pending", 4))
        [alert] = self.tiny.alert_ids.filtered(lambda a: a.code == "breaker")
        self.assertIn("503", alert.text)
        self.shop.heal()
        self.env["oms.channel.meter"]._execute(
            SQL("UPDATE oms_channel_meter SET blocked_until = 0")
        )
        self._run_lanes("outbox")
        self.assertEqual(message.state, "done")
        self.assertEqual(alert.state, "settled")

    def test_refused_credentials_stop_the_channel_at_once_and_lose_nothing(self):
        self.tiny.api_key = "wrong"
        self._push_all()
        self._push_all()
        self.assertEqual(sum(self.shop.calls.values()), 1)
        self.assertEqual(self._outbox("stock").state, "pending")
        [alert] = self.tiny.alert_ids.filtered(lambda a: a.code == "credentials")
        self.assertIn("401", alert.text)
        self.assertIn("Renew", alert.advice)

    def test_fault_59_a_429_only_waits_as_long_as_the_shop_says(self):
        self.shop.throttle(1, seconds=1)
        self._push_all()
        message = self._outbox("stock")
        self.assertEqual((message.state, message.attempts), ("done", 0))
        self.assertEqual(sum(self.shop.calls.values()), 2)
        self.assertFalse(self.tiny.alert_ids)
