"""Nightly runs: from demand to stored forecasts, product by product."""

from datetime import timedelta
from unittest.mock import patch

from odoo.addons.oms_addon.models.planning import oms_forecast_run
from odoo.addons.oms_addon.tools.forecasting import pooled
from odoo.addons.oms_addon.tools.forecasting.numerics import NumpyMissingError

from .common import PlanningCommon


class TestForecastRun(PlanningCommon):
    def test_a_new_user_has_forecasts_after_one_run_of_the_job(self):
        self._put_demand(self.mug, [20] * 40)
        self._put_demand(self.pot, [0, 0, 6] * 13)
        run = self._run()
        self.assertEqual((run.state, run.error, run.is_fallback), ("done", False, False))
        mug = self._forecast(self.mug)
        self.assertEqual((mug.warehouse_id, mug.channel_id.id), (self.warehouse, False))
        self.assertEqual(len(mug.mean), 13)
        self.assertAlmostEqual(mug.mean[0], 20, delta=2)
        self.assertAlmostEqual(mug.demand, 60, delta=6)
        self.assertEqual(mug.start, self.week)
        pot = self._forecast(self.pot)
        self.assertAlmostEqual(sum(pot.mean) / 13, 2, delta=0.7)
        self.assertEqual(len(mug.line_ids), 10)
        self.assertEqual(run.series_count, len(self.env["oms.forecast"].search([])))

    def test_the_same_day_starts_no_second_run(self):
        self._put_demand(self.mug, [20] * 40)
        first = self._run()
        self.assertEqual(self._run(), first)

    def test_an_interrupted_run_goes_on_where_it_was_and_doubles_nothing(self):
        self._put_demand(self.mug, [20] * 20)
        self._put_demand(self.pot, [10] * 20)
        with patch.object(oms_forecast_run, "PRODUCTS_PER_BATCH", 1):
            Run = self.env["oms.forecast.run"]
            Run._start_due()
            self.assertEqual(Run._process(), 1)
            before = self._forecast(self.mug)
            self.assertEqual(len(before), 1)
            self.assertFalse(self._forecast(self.pot))
            # Killed here: another worker goes on with the stored run.
            self.env.invalidate_all()
            run = self._run()
        self.assertEqual(run.state, "done")
        self.assertEqual(self._forecast(self.mug), before)
        self.assertEqual(len(self._forecast(self.pot)), 1)

    def test_by_channel_each_channel_has_its_forecast(self):
        self.rule.level = "channel"
        other = self._make_channel("Other")
        self._put_demand(self.mug, [20] * 20, channel_id=self.channel.id)
        self._put_demand(self.mug, [4] * 20, channel_id=other.id)
        self._run()
        mine = self._forecast(self.mug, channel_id=self.channel.id)
        self.assertFalse(mine.warehouse_id)
        self.assertAlmostEqual(mine.mean[0], 20, delta=2)
        self.assertAlmostEqual(self._forecast(self.mug, channel_id=other.id).mean[0], 4, delta=1)

    def test_a_changed_level_removes_the_forecasts_of_the_old_one(self):
        self._put_demand(self.mug, [20] * 20)
        run = self._run()
        old = self._forecast(self.mug)
        run.unlink()
        self.rule.level = "company"
        self._run()
        self.assertFalse(old.exists())
        self.assertFalse(self._forecast(self.mug).warehouse_id)

    def test_the_first_rule_that_matches_forecasts_a_product(self):
        self._put_demand(self.mug, [20] * 20)
        self._put_demand(self.pot, [10] * 20)
        special = self.rule.copy(
            {"name": "Mugs", "sequence": 1, "product_ids": self.mug.ids, "horizon": 4}
        )
        self._run()
        self.assertEqual(self._forecast(self.mug).rule_id, special)
        self.assertEqual(len(self._forecast(self.mug).mean), 4)
        self.assertEqual(self._forecast(self.pot).rule_id, self.rule)

    def test_exceptional_demand_is_not_forecast(self):
        self._put_demand(self.mug, [20] * 20)
        self._put_demand(self.mug, [9000], is_exceptional=True)
        self._run()
        self.assertAlmostEqual(self._forecast(self.mug).mean[0], 20, delta=2)

    def test_demand_of_another_company_is_not_forecast_here(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._put_demand(self.mug, [20] * 20, company_id=other.id, warehouse_id=False)
        self._run()
        self.assertFalse(self._forecast(self.mug, company_id=self.company.id))

    def test_without_numpy_the_forecast_is_a_moving_average_and_says_so(self):
        self._put_demand(self.mug, [20] * 20)
        missing = NumpyMissingError("numpy is not installed")
        with (
            patch.object(pooled, "learn", side_effect=missing),
            patch.object(pooled, "forecast", side_effect=missing),
            self.assertLogs("odoo.addons.oms_addon.tools.forecasting.engine", "WARNING"),
        ):
            run = self._run()
        self.assertTrue(run.is_fallback)
        self.assertEqual(self._forecast(self.mug).method, "fallback")
        self.assertAlmostEqual(self._forecast(self.mug).mean[0], 20, delta=0.01)

    def test_a_run_that_fails_says_why_and_keeps_the_forecasts_of_before(self):
        self._put_demand(self.mug, [20] * 20)
        self._run().unlink()
        before = self._forecast(self.mug)
        with (
            patch.object(oms_forecast_run, "forecast", side_effect=ValueError("not a number")),
            self.assertLogs("odoo.addons.oms_addon.models.planning.oms_forecast_run", "ERROR"),
        ):
            run = self._run()
        self.assertEqual((run.state, run.error), ("failed", "not a number"))
        self.assertTrue(before.exists())
        self.assertAlmostEqual(before.mean[0], 20, delta=2)

    def test_an_archived_product_is_not_forecast_any_more(self):
        self._put_demand(self.mug, [20] * 20)
        self._run().unlink()
        self.mug.active = False
        self._run()
        self.assertFalse(self._forecast(self.mug))

    def test_negative_demand_and_gaps_of_ten_years_are_forecast(self):
        self._put_demand(self.mug, [5] * 5)
        self.env["oms.demand"].create(
            {
                "company_id": self.company.id,
                "product_id": self.mug.id,
                "warehouse_id": self.warehouse.id,
                "day": self.week - timedelta(days=3650),
                "quantity": -4,
            }
        )
        self._run()
        self.assertGreaterEqual(min(self._forecast(self.mug).mean), 0)

    def test_a_run_without_any_demand_ends_without_forecasts(self):
        run = self._run()
        self.assertEqual((run.state, run.series_count), ("done", 0))
