"""Stock over the next weeks: when a product runs out, and what that costs."""

from datetime import timedelta
from unittest.mock import patch

from .common import PlanningCommon


class TestProjection(PlanningCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vase = cls._make_product("VASE", "Vase", 250, list_price=5)

    def setUp(self):
        super().setUp()
        # On a Monday the whole current week is ahead.
        Forecast = type(self.env["oms.forecast"])
        current = Forecast._current_bucket

        def monday(forecast, company, bucket):
            return self.week if bucket == "day" else current(forecast, company, bucket)

        self.patch(Forecast, "_current_bucket", monday)

    def _project(self, gross, **values):
        forecast = self._make_forecast(self.vase, gross, **values)
        forecast.interval = 3
        forecast._project()
        return forecast

    def test_stock_lasts_until_the_week_whose_demand_it_does_not_cover(self):
        forecast = self._project((100,) * 6, warehouse=self.warehouse)
        self.assertEqual(forecast.on_hand, 250)
        # Half of the third week.
        self.assertEqual(forecast.cover_days, 17)
        self.assertEqual(forecast.stockout_date, self.week + timedelta(days=17))
        # 50 units are missing within the protection interval of three weeks.
        self.assertEqual(forecast.risk, 250)

    def test_a_receipt_moves_the_stockout_and_no_money_is_at_risk_beyond_the_interval(self):
        self.env["purchase.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Vendor"}).id,
                "picking_type_id": self.warehouse.in_type_id.id,
                "order_line": [
                    (
                        0,
                        0,
                        {
                            "product_id": self.vase.id,
                            "product_qty": 100,
                            "price_unit": 1,
                            "date_planned": self.week + timedelta(days=8),
                        },
                    )
                ],
            }
        ).button_confirm()
        forecast = self._project((100,) * 6, warehouse=self.warehouse)
        self.assertEqual(forecast.cover_days, 24)
        self.assertEqual(forecast.risk, 0)

    def test_orders_leave_once_and_shipped_units_no_more(self):
        forecast = self._project((100,) * 6, warehouse=self.warehouse)
        order = self._sell(self.vase, 60)
        forecast.action_refresh()
        self.assertEqual((forecast.on_hand, forecast.cover_days), (250, 17))
        move = order.picking_ids.move_ids
        move.write({"quantity": 60, "picked": True})
        order.picking_ids.with_context(skip_backorder=True).button_validate()
        self.assertEqual(order.order_line.qty_delivered, 60)
        forecast.action_refresh()
        self.assertEqual((forecast.on_hand, forecast.cover_days), (190, 17))

    def test_channels_share_the_stock_of_a_warehouse_and_its_risk(self):
        one = self._make_forecast(
            self.vase, (75,) * 6, channel=self.channel, warehouse=self.warehouse
        )
        two = self._project((25,) * 6, warehouse=self.warehouse)
        one.interval = 3
        one._project()
        self.assertEqual({one.stockout_date, two.stockout_date}, {self.week + timedelta(days=17)})
        self.assertEqual((one.risk, two.risk), (187.5, 62.5))

    def test_a_forecast_of_all_warehouses_uses_their_total_stock(self):
        self._put_stock(self.vase, self.north, 50)
        forecast = self._project((100,) * 6)
        self.assertEqual((forecast.on_hand, forecast.cover_days), (300, 21))

    def test_stock_that_outlasts_the_forecast_has_no_stockout_date(self):
        forecast = self._project((10,) * 6, warehouse=self.warehouse)
        self.assertFalse(forecast.stockout_date)
        self.assertEqual((forecast.cover_days, forecast.risk), (42, 0))

    def test_an_override_is_projected_and_projecting_again_writes_nothing(self):
        forecast = self._project((10,) * 6, warehouse=self.warehouse)
        self.env["oms.forecast.override"].create(
            {"forecast_id": forecast.id, "day": self.week, "quantity": 500, "reason": "Fair"}
        )
        self.assertEqual(forecast.cover_days, 3)
        with patch.object(type(forecast), "write") as write:
            forecast._project()
        write.assert_not_called()

    def test_what_runs_out_within_seven_days_is_one_filter(self):
        soon = self._project((500,) * 6, warehouse=self.warehouse)
        view = self.env.ref("oms_addon.oms_forecast_view_search")
        self.assertIn("Stockout Within 7 Days", view.arch)
        self.assertLessEqual(soon.stockout_date, self.week + timedelta(days=7))
        found = self.env["oms.forecast"].search([("stockout_date", "<=", "today +7d")])
        self.assertEqual(found.filtered(lambda f: f.product_id == self.vase), soon)
