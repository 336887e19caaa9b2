"""The planner's workbench on the server: lists, the picture of a series, overrides, the curve."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError

from .common import PlanningCommon


class TestWorkbench(PlanningCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._make_user("manager")
        cls.agent = cls._make_user("agent")
        cls.vase = cls._make_product("VASE", "Vase", 50, list_price=5, standard_price=2)
        cls.bowl = cls._make_product("BOWL", "Bowl", 900)
        cls.out = cls._make_forecast(cls.vase, (100,) * 9, warehouse=cls.warehouse)
        cls.full = cls._make_forecast(cls.bowl, (100,) * 9, warehouse=cls.warehouse)
        forecasts = cls.out + cls.full
        forecasts.write(
            {
                "interval": 3,
                "sigma": 60,
                "bucket_sigma": 40,
                "quantiles": [[0.5, 290], [0.9, 380], [0.95, 420], [0.98, 460]],
            }
        )
        forecasts._project()

    def _list(self, **filters):
        found = self.env["oms.forecast"].with_user(self.agent).read_series(filters)
        mine = (self.out + self.full).ids
        return [row for row in found["rows"] if row["id"] in mine]

    def test_the_most_money_at_risk_is_listed_first(self):
        first, second = self._list()
        self.assertEqual((first["id"], first["risk"]), (self.out.id, 1250))
        self.assertEqual((second["risk"], second["stockout"]), (0, ""))

    def test_series_are_filtered(self):
        self._sell(self.bowl, 150)
        self._sell(self.bowl, 600, 1)
        for filters, found in (
            ({"soon": True}, self.out),
            ({"search": "bow"}, self.full),
            ({"too_low": True}, self.full),
            ({"warehouse_id": self.north.id}, self.out.browse()),
            ({"rule_id": self.rule.id, "unknown": 1}, self.out + self.full),
        ):
            with self.subTest(filters):
                self.assertEqual([row["id"] for row in self._list(**filters)], found.ids)

    def test_the_picture_has_history_bands_orders_and_the_stockout(self):
        self.env["oms.demand"].create(
            {
                "company_id": self.company.id,
                "product_id": self.vase.id,
                "warehouse_id": self.warehouse.id,
                "day": self.week - timedelta(days=6),
                "quantity": 33,
            }
        )
        self._sell(self.vase, 30, 1)
        picture = self.out.with_user(self.agent).read_picture()
        self.assertEqual(len(picture["history"]), 52)
        self.assertEqual(picture["history"][-1]["quantity"], 33)
        now, following = picture["periods"][:2]
        self.assertEqual(now["day"], fields.Date.to_string(self.week))
        self.assertEqual((following["consumed"], following["open"]), (30, 70))
        low, high = now["bands"]["90"]
        # 100 - 1.645 * 40, and 100 + (420 - 300) / 60 * 40.
        self.assertAlmostEqual(low, 34.2, delta=0.1)
        self.assertEqual(high, 180)
        self.assertEqual(picture["stockout_place"], 0)
        self.assertEqual(picture["stock"][:2], [-50, -150])

    def test_a_planner_enters_and_removes_an_override_with_its_reason(self):
        forecast = self.full.with_user(self.manager)
        day = fields.Date.to_string(self.week)
        forecast.override_periods({day: 250}, "Trade fair")
        [override] = self.env["oms.forecast.override"].search([("forecast_id", "=", forecast.id)])
        self.assertEqual((override.quantity, override.statistical_qty), (250, 100))
        self.assertEqual((override.reason, override.user_id), ("Trade fair", self.manager))
        forecast.override_periods({day: 300}, "Bigger fair")
        self.assertEqual((override.quantity, override.reason), (300, "Bigger fair"))
        self.assertEqual(forecast.read_picture()["periods"][0]["override"]["quantity"], 300)
        forecast.override_periods({day: None}, "Fair cancelled")
        self.assertFalse(override.exists())
        self.assertEqual(self._column(self.full, "forecast_qty")[0], 100)

    def test_many_forecasts_are_adjusted_at_once(self):
        both = (self.out + self.full).with_user(self.manager)
        both.override_percent(-20, "Sale ended")
        for forecast in self.out + self.full:
            self.assertEqual(self._column(forecast, "forecast_qty"), [80] * 9)
        with self.assertRaisesRegex(UserError, "percentage"):
            both.override_percent(-200, "Typo")
        with self.assertRaisesRegex(UserError, "no reason"):
            both.override_percent(5, "  ")
        with self.assertRaises(AccessError):
            both.with_user(self.agent).override_percent(5, "Guess")

    def test_a_higher_service_target_costs_more_stock(self):
        curve = self.out.with_user(self.agent).read_service_curve()
        values = {point["target"]: point["value"] for point in curve["points"]}
        # Quantiles 420 and 380 of 300 units, at a cost of 2.
        self.assertEqual((values[0.95], values[0.9]), (240, 160))
        self.assertEqual(sorted(values.values()), list(values.values()))

    def test_the_product_shows_its_cover_and_opens_its_forecasts(self):
        vase = self.vase.with_user(self.agent)
        self.assertEqual(vase.oms_stockout_date, self.out.stockout_date)
        self.assertEqual((vase.oms_cover_days, vase.oms_forecast_count), (self.out.cover_days, 1))
        action = vase.product_tmpl_id.action_oms_forecasts()
        self.assertEqual(self.env["oms.forecast"].search(action["domain"]), self.out)
