"""Gap checks: what the channel has and we have not is found, named and fetched."""

from datetime import datetime, timezone

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from ..common import OmsCommon
from ..tiny_shop import TinyShopMixin

GAP = "odoo.addons.oms_addon.models.sync.oms_channel_gap"
START, END = datetime(2026, 3, 1), datetime(2026, 3, 2)


class TestGap(TinyShopMixin, OmsCommon):
    def _place(self, *hours, day=1):
        """:return: ids of orders placed at hours of a day of March, UTC"""
        return [
            self.shop.place_order(at=datetime(2026, 3, day, hour, tzinfo=timezone.utc))
            for hour in hours
        ]

    def test_fault_7_what_is_missing_is_named_and_fetched_by_the_same_way_in(self):
        refs = self._place(*range(8, 16))
        self.tiny._poll()
        self.cr.execute(
            "DELETE FROM oms_channel_message WHERE channel_id = %s AND order_ref = %s",
            [self.tiny.id, refs[3]],
        )
        self.env.invalidate_all()
        gap = self.tiny._check_gap(START, END)
        self.assertRecordValues(
            gap,
            [
                {
                    "state": "gap",
                    "theirs_count": 8,
                    "ours_count": 7,
                    "fetched_count": 1,
                    "missing_refs": refs[3],
                    "cursor": False,
                    "listed_refs": False,
                }
            ],
        )
        self.assertIn(f"8 on the channel, 7 in Odoo; fetched: #{refs[3]}.", gap.text)
        self.assertRecordValues(self._inbox(via="gap"), [{"order_ref": refs[3]}])
        [alert] = self.tiny.alert_ids
        self.assertEqual((alert.code, alert.level, alert.text), ("gap", "warning", gap.text))
        again = self.tiny._check_gap(START, END)
        self.assertEqual((again.state, again.fetched_count), ("even", 0))
        self.assertEqual(alert.state, "settled")
        self.assertEqual(len(self._inbox()), 8)

    def test_orders_and_messages_that_wait_count_as_here(self):
        [done, parked] = self._place(9, 10)
        self._place(11)
        self.shop.placed[parked][1]["lines"][0]["sku"] = "NO SUCH SKU"
        self.tiny._poll()
        self._run_lanes("inbox")
        self.assertTrue(self._order(done, self.tiny))
        self.assertEqual(self._inbox(order_ref=parked).state, "parked")
        self.assertEqual(self.tiny._check_gap(START, END).state, "even")

    def test_a_payment_that_waits_for_its_order_is_no_order(self):
        [ref] = self._place(9)
        message = self.tiny._receive("payments", "p1", b"{}", ref)
        message.write({"state": "parked", "waits_for": "order"})
        self.assertEqual(self.tiny._check_gap(START, END).missing_refs, ref)

    def _captured(self, *hours):
        """:return: orders placed at hours of a day and taken in, with goods to leave"""
        self.tiny.auto_ship = False
        refs = self._place(*hours)
        self.tiny._poll()
        self._run_lanes("inbox", "orders", "fulfilment")
        return [self._order(ref, self.tiny) for ref in refs]

    def test_an_order_that_was_deleted_for_good_is_held_and_named(self):
        kept, gone = self._captured(9, 10)
        del self.shop.placed[gone.oms_order_ref]
        gap = self.tiny._check_gap(START, END)
        self.assertEqual(self._holds(gone), ["DELETED_ON_CHANNEL"])
        self._run_lanes("fulfilment")
        self.assertEqual((gone.oms_status, self._holds(kept)), ("held", []))
        self.assertEqual((gap.deleted_refs, gap.state), (gone.oms_order_ref, "even"))
        self.assertIn(f"on hold: {gone.oms_order_number}.", gap.text)
        gone.oms_hold_ids.action_cancel_order()
        self.assertEqual(set(gone.picking_ids.mapped("state")), {"cancel"})
        self.assertEqual(gone.order_line.mapped("product_uom_qty"), [0.0])
        told = [("channel_id", "=", self.tiny.id), ("topic", "=", "cancellation")]
        self.assertFalse(self.env["oms.channel.message"].search(told))

    def test_an_order_that_is_only_missing_in_the_list_is_asked_for_and_stays(self):
        [order] = self._captured(9)
        moment, document = self.shop.placed[order.oms_order_ref]
        self.shop.placed[order.oms_order_ref] = moment.replace(day=5), document
        gap = self.tiny._check_gap(START, END)
        self.assertFalse(self._holds(order))
        self.assertFalse(gap.deleted_refs)

    def test_an_order_of_long_ago_that_was_deleted_is_held_at_night(self):
        self.patch(type(self.tiny._adapter()), "_compare_size", 50)
        kept, gone = self._captured(9, 10)
        del self.shop.placed[gone.oms_order_ref]
        self.tiny._refresh_orders(self.tiny._unshipped_refs())
        self.assertEqual((self._holds(kept), self._holds(gone)), ([], ["DELETED_ON_CHANNEL"]))

    def test_a_shop_that_lost_every_order_deletes_none(self):
        orders = self._captured(*range(8, 20))
        self.shop.placed.clear()
        self.tiny._check_gap(START, END)
        self.assertEqual([self._holds(order) for order in orders], [[]] * 12)
        [alert] = self.tiny.alert_ids.filtered(lambda a: a.code == "deleted")
        self.assertIn("12 open orders", alert.text)

    @mute_logger(GAP)
    def test_a_list_that_broke_off_deletes_nothing(self):
        kept, gone = self._captured(9, 10)
        del self.shop.placed[gone.oms_order_ref]
        self.shop.fail(1, 500, path="/list")
        gap = self.tiny._check_gap(START, END)
        self.assertEqual(gap.state, "failed")
        self.assertEqual((self._holds(kept), self._holds(gone)), ([], []))

    def test_the_window_ends_before_its_end(self):
        self._place(0)
        self._place(0, day=2)
        self.assertEqual(self.tiny._check_gap(START, END).theirs_count, 1)

    def test_many_orders_cost_a_bounded_number_of_statements(self):
        for hour in range(6, 18):
            self._place(*[hour] * 5)
        self.tiny._poll()
        self._run_lanes("inbox")
        self.tiny._check_gap(START, END)
        self.env.flush_all()
        pages = 60 / 3
        with self.assertQueryCount(int(pages * 5) + 25):
            self.tiny._check_gap(START, END)
            self.env.flush_all()

    def test_an_order_the_channel_lists_and_does_not_give_stays_an_alert(self):
        [ref] = self._place(9)
        adapter = type(self.env["oms.channel.adapter.canonical"])
        self.patch(adapter, "_fetch_orders", lambda adapter, channel, refs: [])
        gap = self.tiny._check_gap(START, END)
        self.assertIn(f"missing: {ref}. The channel did not return 1 of them.", gap.text)
        self.tiny._check_gap(datetime(2026, 2, 1), datetime(2026, 2, 2))
        self.assertEqual(self.tiny.alert_ids.code, "gap")

    @mute_logger(GAP)
    def test_a_check_that_fails_says_so_and_takes_nothing_for_even(self):
        self._place(9)
        self.shop.fail(1, 500)
        gap = self.tiny._check_gap(START, END)
        self.assertEqual((gap.state, gap.theirs_count), ("failed", 0))
        self.assertIn("failed with status 500", gap.text)
        self.assertEqual(self.tiny.alert_ids.code, "gap")

    def test_fault_59_a_rate_limit_only_interrupts(self):
        refs = self._place(*range(8, 15))
        self.tiny.next_gap_at = fields.Datetime.now()
        original = type(self.env["oms.channel.adapter.canonical"])._list_orders
        self.shop.requests.clear()

        def limited(adapter, channel, start, end, cursor=None):
            if cursor == "6" and not self.shop.deliveries:
                self.shop.deliveries.append("once")
                self.shop.throttle(seconds=30)
            return original(adapter, channel, start, end, cursor)

        self.patch(type(self.env["oms.channel.adapter.canonical"]), "_list_orders", limited)
        gap = self.tiny._check_gap(START, END)
        self.assertEqual((gap.state, gap.cursor, gap.listed_refs), ("listing", "6", refs[:6]))
        self.assertGreater(self.tiny.next_gap_at, fields.Datetime.now())
        self._forget_meters()
        self.tiny._check_last_days()
        self.assertEqual((gap.state, gap.theirs_count), ("gap", 7))
        listed = [r.query.get("cursor") for r in self.shop.requests if r.path == "/list"]
        self.assertEqual(listed, [None, "3", "6", "6"])

    def test_the_last_two_days_are_checked_at_night_in_the_zone_of_the_company(self):
        self.company.partner_id.tz = "Europe/Berlin"
        with freeze_time("2026-03-28 22:30:00"):
            self.tiny._check_last_days()
            self.assertFalse(self.tiny.gap_ids)
        # 29 March is the day that has 23 hours there.
        self.assertEqual(self.tiny.next_gap_at.strftime("%d %H"), "29 01")
        with freeze_time("2026-03-30 02:00:00"):
            self.tiny._check_last_days()
        self.assertRecordValues(
            self.tiny.gap_ids.sorted("date_from"),
            [
                {
                    "date_from": datetime(2026, 3, 27, 23),
                    "date_to": datetime(2026, 3, 28, 23),
                    "state": "even",
                    "text": "03/28/2026: 0 on the channel, all in Odoo.",
                },
                {
                    "date_from": datetime(2026, 3, 28, 23),
                    "date_to": datetime(2026, 3, 29, 22),
                    "state": "even",
                    "text": "03/29/2026: 0 on the channel, all in Odoo.",
                },
            ],
        )

    def test_the_lane_checks_a_channel_once_a_night(self):
        self.tiny.next_care_at = "2100-01-01"
        work = self.env["oms.channel"]._run_care
        with freeze_time("2026-03-10 12:00:00"):
            self.assertEqual((work(), work()), (1, 0))
            self.assertFalse(self.tiny.gap_ids)
        with freeze_time("2026-03-11 04:00:00"):
            self.assertEqual((work(), work()), (1, 0))
        with freeze_time("2026-03-12 04:00:00"):
            self.assertEqual((work(), work()), (1, 0))
        self.assertEqual(
            sorted(str(day) for day in self.tiny.gap_ids.mapped("day")),
            ["2026-03-09", "2026-03-10", "2026-03-11"],
        )

    def test_a_channel_that_cannot_list_its_orders_is_not_checked(self):
        self.assertTrue(self.tiny.can_list_orders)
        sample = self.env["oms.channel"].create({"name": "S", "adapter": "sample"})
        self.assertFalse(sample.can_list_orders)

    def test_a_manager_checks_a_window_and_an_agent_does_not(self):
        agent = new_test_user(self.env, "agent", groups="oms_addon.oms_addon_group_agent")
        manager = new_test_user(self.env, "manager", groups="oms_addon.oms_addon_group_manager")
        self._place(9)
        values = {"channel_id": self.tiny.id, "date_from": START, "date_to": END}
        with self.assertRaises(AccessError):
            self.env["oms.channel.gap"].with_user(agent).create(values)
        gap = self.env["oms.channel.gap"].with_user(manager).create(values)
        gap.action_check()
        self.assertRecordValues(gap, [{"state": "gap", "fetched_count": 1}])
