"""Orders use up the forecast of the weeks they are due in."""

from odoo.exceptions import UserError
from odoo.tests import new_test_user

from .common import PlanningCommon

#: gross, orders (week, quantity), (backward, forward, direction), open, total, excess; the numbers
#: of E1 to E6 and E13 are those of the contract
CASES = {
    "E1": ((100,) * 4, [(1, 30)], (0, 0, "bf"), [100, 70, 100, 100], [100, 100, 100, 100], 0),
    "E2": ((100,) * 4, [(1, 130)], (0, 0, "bf"), [100, 0, 100, 100], [100, 130, 100, 100], 30),
    "E3": ((100,) * 4, [(1, 230)], (1, 1, "bf"), [0, 0, 70, 100], [0, 230, 70, 100], 0),
    "E4": ((100,) * 4, [(1, 230)], (1, 1, "fb"), [70, 0, 0, 100], [70, 230, 0, 100], 0),
    "E5": ((100,) * 4, [(1, 230)], (1, 0, "b"), [0, 0, 100, 100], [0, 230, 100, 100], 30),
    "E6": ((100,) * 4, [(1, 230)], (1, 1, "none"), [100] * 4, [100, 330, 100, 100], 230),
    "E12": ((100,) * 3, [(0, 150), (1, 80)], (0, 1, "bf"), [0, 0, 100], [150, 80, 100], 30),
}


class TestConsumption(PlanningCommon):
    def _window(self, backward, forward, direction, cap=0.0):
        self.rule.write(
            {"backward": backward, "forward": forward, "direction": direction, "cap": cap}
        )

    def test_orders_consume_as_in_the_examples(self):
        for name, (gross, orders, window, open_, total, excess) in CASES.items():
            with self.subTest(name):
                product = self._make_product(name, name)
                self._window(*window)
                forecast = self._make_forecast(product, gross)
                for weeks, quantity in orders:
                    self._sell(product, quantity, weeks)
                self.assertEqual(self._column(forecast, "open_qty"), open_)
                self.assertEqual(self._column(forecast, "total_qty"), total)
                self.assertEqual(forecast.excess, excess)

    def test_e7_a_cancelled_order_gives_its_forecast_back(self):
        self._window(1, 1, "bf")
        forecast = self._make_forecast(self.mug, (100,) * 4)
        first = self._sell(self.mug, 80, 1)
        self._sell(self.mug, 50, 1)
        self.assertEqual(self._column(forecast, "open_qty"), [70, 0, 100, 100])
        self.assertEqual(self._column(forecast, "status"), ["partly", "cleared", "open", "open"])
        first._action_cancel()
        self._commit()
        self.assertEqual(self._column(forecast, "open_qty"), [100, 50, 100, 100])
        self.assertEqual(self._column(forecast, "status"), ["open", "partly", "open", "open"])

    def test_e9_an_order_that_moves_consumes_where_it_goes(self):
        self._window(1, 1, "bf")
        forecast = self._make_forecast(self.mug, (100,) * 4)
        order = self._sell(self.mug, 130, 1)
        self.assertEqual(self._column(forecast, "open_qty"), [70, 0, 100, 100])
        later = self._sell(self.pot, 1, 3).commitment_date
        order.commitment_date = later
        self._commit()
        self.assertEqual(self._column(forecast, "open_qty"), [100, 100, 70, 0])

    def test_e10_and_e11_a_new_run_is_consumed_by_the_same_orders(self):
        self._window(1, 1, "bf")
        forecast = self._make_forecast(self.mug, (100,) * 4)
        self._sell(self.mug, 130, 1)
        forecast.mean = [0, 100, 160, 100, 100]
        forecast._recompute()
        self.assertEqual(self._column(forecast, "open_qty"), [100, 30, 100, 100])
        forecast.mean = [0, 0, 0, 0, 0]
        forecast._recompute()
        self.assertEqual(self._column(forecast, "open_qty"), [0, 0, 0, 0])
        self.assertEqual(forecast.excess, 130)
        self.assertEqual(self._column(forecast, "is_too_low"), [False, True, False, False])

    def test_e13_one_line_consumes_at_most_its_share(self):
        self._window(0, 0, "bf", cap=0.5)
        forecast = self._make_forecast(self.mug, (100,))
        self._sell(self.mug, 90)
        self.assertEqual(self._column(forecast, "open_qty"), [50])
        self.assertEqual(self._column(forecast, "total_qty"), [140])
        self.assertEqual(forecast.excess, 40)

    def test_a_tender_is_demand_and_consumes_nothing(self):
        self._window(0, 0, "bf")
        forecast = self._make_forecast(self.mug, (100,))
        order = self._sell(self.mug, 60)
        order.order_line.oms_is_exceptional = True
        self._commit()
        self.assertEqual(self._column(forecast, "open_qty"), [100])
        self.assertEqual(self._column(forecast, "total_qty"), [160])

    def test_the_most_specific_forecast_is_consumed(self):
        whole = self._make_forecast(self.mug, (100,))
        here = self._make_forecast(self.mug, (40,), warehouse=self.warehouse)
        self._sell(self.mug, 10)
        self.assertEqual(self._column(here, "open_qty"), [30])
        self.assertEqual(self._column(whole, "open_qty"), [100])

    def test_an_override_is_consumed_instead_of_the_statistical_forecast(self):
        self._window(0, 0, "bf")
        forecast = self._make_forecast(self.mug, (100, 100))
        self._sell(self.mug, 30)
        override = self.env["oms.forecast.override"].create(
            {
                "forecast_id": forecast.id,
                "day": self.week,
                "quantity": 200,
                "reason": "Trade fair",
            }
        )
        self.assertEqual(override.statistical_qty, 100)
        self.assertEqual(override.user_id, self.env.user)
        self.assertEqual(self._column(forecast, "open_qty"), [170, 100])
        override.quantity = 50
        self.assertEqual(self._column(forecast, "open_qty"), [20, 100])
        override.unlink()
        self.assertEqual(self._column(forecast, "open_qty"), [70, 100])

    def test_an_override_of_an_ended_period_is_refused(self):
        forecast = self._make_forecast(self.mug, (100,))
        with self.assertRaisesRegex(UserError, "has ended"):
            self.env["oms.forecast.override"].create(
                {
                    "forecast_id": forecast.id,
                    "day": "2020-01-06",
                    "quantity": 5,
                    "reason": "Too late",
                }
            )
        self.assertFalse(self.env["oms.forecast.override"].search([]))

    def test_ended_periods_expire_and_orders_due_in_them_consume_nothing(self):
        forecast = self._make_forecast(self.mug, (100,), past=50)
        self._sell(self.mug, 20, -1)
        past = forecast.line_ids.sorted("day")[0]
        self.assertEqual((past.status, past.open_qty, past.ordered_qty), ("expired", 0, 20))
        self.assertEqual(self._column(forecast, "open_qty"), [100])

    def test_an_order_shows_what_it_consumed_and_a_period_its_orders(self):
        self._window(1, 1, "bf")
        forecast = self._make_forecast(self.mug, (100,) * 4)
        first, second = self._sell(self.mug, 130, 1), self._sell(self.mug, 200, 1)
        weeks = forecast.line_ids.sorted("day").mapped("day")[1:]
        auditor = new_test_user(
            self.env, "auditor", groups="base.group_user,oms_addon.oms_addon_group_auditor"
        )
        self.assertEqual(
            self._opened(first.with_user(auditor).action_oms_forecast()),
            [(first, weeks[0], 30.0, "consumed"), (first, weeks[1], 100.0, "consumed")],
        )
        self.assertEqual(
            self._opened(second.action_oms_forecast()),
            [
                (second, weeks[0], 70.0, "consumed"),
                (second, weeks[2], 100.0, "consumed"),
                (second, False, 30.0, "above"),
            ],
        )
        period = forecast.line_ids.filtered(lambda line: line.day == weeks[0])
        self.assertEqual(
            self._opened(period.action_open_orders()),
            [(first, weeks[0], 30.0, "consumed"), (second, weeks[0], 70.0, "consumed")],
        )

    def test_an_order_without_a_forecast_consumed_nothing(self):
        self.assertEqual(self._opened(self._sell(self.mug, 5).action_oms_forecast()), [])

    def _opened(self, action):
        """:return: order, period, quantity and status of the rows that an action lists"""
        rows = self.env["oms.forecast.share"].sudo().search(action["domain"])
        return [(row.order_id, row.period, row.quantity, row.status) for row in rows]
