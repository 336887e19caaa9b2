from psycopg2.errors import DeadlockDetected, SerializationFailure

from odoo.tools import mute_logger

from ..common import OmsCommon


class TestLane(OmsCommon):
    def _cron(self, code):
        """Run a lane's job as the scheduler does."""
        with self.enter_registry_test_mode():
            self.env.ref(f"oms_addon.ir_cron_{code}").method_direct_trigger()

    def test_every_lane_has_a_worker_and_a_job(self):
        lanes = self.env["oms.lane"].search([])
        names = dir(type(self.env["oms.lane"]))
        workers = {name.removeprefix("_run_") for name in names if name.startswith("_run_")}
        self.assertEqual(set(lanes.mapped("code")), workers)
        self.assertEqual(set(self.env["oms.lane"]._runners()), workers)
        counters = {name.removeprefix("_count_") for name in names if name.startswith("_count_")}
        self.assertLessEqual(counters - {"running", "messages"}, workers)
        self.assertTrue(all(lane.cron_ids for lane in lanes))

    def test_a_background_job_is_declared_by_its_record_alone(self):
        for code, minutes, interval in (
            ("acme", 20, (20, "minutes")),
            ("daily", 1440, (1, "days")),
        ):
            with self.subTest(code):
                hour = 2.5 if code == "daily" else 0.0
                lane = self.env["oms.lane"].create(
                    {"name": code, "code": code, "interval_minutes": minutes, "first_hour": hour}
                )
                cron = lane.cron_ids
                self.assertEqual(cron, self.env.ref(f"oms_addon.ir_cron_{code}"))
                self.assertEqual((cron.interval_number, cron.interval_type), interval)
                self.assertEqual(cron.code, f'model._cron_run("{code}")')
                self.assertEqual(cron.user_id, self.env.ref("base.user_root"))
                if hour:
                    self.assertEqual((cron.nextcall.hour, cron.nextcall.minute), (2, 30))

    def test_the_jobs_take_an_order_along_and_leave_word(self):
        self._receive(self._document("A1"))
        for code in ("inbox", "orders", "fulfilment"):
            self._cron(code)
        self.assertEqual(self._order("A1").oms_step, "deliver")
        lane = self.env.ref("oms_addon.oms_lane_inbox")
        self.assertEqual(lane.last_count, 1)
        self.assertEqual((lane.health, lane.last_error), ("ok", False))

    def test_fault_61_a_lane_that_breaks_says_so_and_goes_on_with_the_next_run(self):
        model = type(self.env["oms.channel.message"])
        original = model._process_inbox
        broken = [True]

        def explode(messages, limit=50):
            if broken:
                raise ValueError("worker killed")
            return original(messages, limit)

        self.patch(model, "_process_inbox", explode)
        message = self._receive(self._document("A1"))
        with mute_logger("odoo.addons.oms_addon.models.message.oms_lane"):
            self._cron("inbox")
        lane = self.env.ref("oms_addon.oms_lane_inbox")
        self.assertEqual((lane.health, lane.last_error), ("error", "worker killed"))
        self.assertEqual(message.state, "pending")
        broken.clear()
        self._cron("inbox")
        self.assertEqual((lane.health, message.state), ("ok", "done"))

    def test_a_concurrent_change_is_tried_again_and_fails_nothing(self):
        model = type(self.env["oms.channel.message"])
        original = model._process_inbox
        conflicts = [SerializationFailure(), SerializationFailure()]

        def collide(messages, limit=50):
            if conflicts:
                raise conflicts.pop()
            return original(messages, limit)

        self.patch(model, "_process_inbox", collide)
        message = self._receive(self._document("A1"))
        self.env.flush_all()
        self._cron("inbox")
        self.assertEqual(message.state, "done")
        self.assertFalse(self.env.ref("oms_addon.oms_lane_inbox").last_error)

    def test_a_conflict_that_shows_at_the_commit_is_tried_again_and_ends_nothing(self):
        model = type(self.env["ir.cron"])
        original = model._commit_progress
        conflicts = [DeadlockDetected(), SerializationFailure()]

        def collide(crons, processed=0, **kwargs):
            if processed and conflicts:
                raise conflicts.pop()
            return original(crons, processed, **kwargs)

        self.patch(model, "_commit_progress", collide)
        message = self._receive(self._document("A1"))
        self.env.flush_all()
        self._cron("inbox")
        self.assertEqual((conflicts, message.state), ([], "done"))
        lane = self.env.ref("oms_addon.oms_lane_inbox")
        self.assertEqual((lane.last_count, lane.last_error), (1, False))

    def test_the_watchdog_shows_a_lane_that_does_not_run(self):
        lane = self.env.ref("oms_addon.oms_lane_inbox")
        self._receive(self._document("A1"))
        lane.last_run_at = "2020-01-01 00:00:00"
        lane.invalidate_recordset()
        self.assertEqual((lane.waiting_count, lane.health), (1, "late"))

    def test_one_channel_that_cannot_be_read_does_not_stop_the_others(self):
        first = self._make_channel("First", adapter="sample", fetch_rate=1)
        second = self._make_channel("Second", adapter="sample", fetch_rate=1)
        model = type(self.env["oms.channel.adapter.sample"])
        original = model._fetch

        def explode(adapter, channel, limit=None):
            if channel == first:
                raise ValueError("no answer")
            return original(adapter, channel, limit)

        self.patch(model, "_fetch", explode)
        with mute_logger("odoo.addons.oms_addon.models.sync.oms_channel_polling"):
            self._cron("fetch")
        self.assertEqual((first.cursor, second.cursor), (False, "1"))
        self.assertRecordValues(
            self.env["oms.channel.alert"].search([]),
            [{"channel_id": first.id, "code": "fetch", "state": "open"}],
        )
