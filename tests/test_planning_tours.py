"""Planning in a browser: forecasts of the defaults, and an override in the workbench."""

from datetime import timedelta

from odoo.tests import HttpCase, tagged

from .planning.common import PlanningCommon


@tagged("standard", "post_install", "-at_install")
class TestPlanningTours(HttpCase, PlanningCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_user("manager")
        cls.vase = cls._make_product("VASE", "Vase", 10)
        cls.bowl = cls._make_product("BOWL", "Bowl", 500)
        cls.env["oms.demand"].create(
            [
                {
                    "company_id": cls.company.id,
                    "product_id": product.id,
                    "warehouse_id": cls.warehouse.id,
                    "day": cls.week - timedelta(days=7 * week),
                    "quantity": 20,
                }
                for product in (cls.vase, cls.bowl)
                for week in range(1, 30)
            ]
        )
        run = cls.env["oms.lane"]._runners()["planning"]
        while run():
            pass

    def test_forecasts_of_the_defaults_and_what_runs_out_within_a_week(self):
        action = self.env.ref("oms_addon.oms_forecast_action").id
        self.start_tour(f"/odoo/action-{action}", "oms_forecasts_tour", login="oms_manager")

    def test_a_planner_overrides_a_period_and_sees_it(self):
        self.start_tour("/odoo/oms-workbench", "oms_workbench_tour", login="oms_manager")
        overrides = self.env["oms.forecast.override"].search([("product_id", "=", self.bowl.id)])
        self.assertEqual([(o.quantity, o.reason) for o in overrides], [(75, "Trade fair")])
        forecast = self.env["oms.forecast"].search([("product_id", "=", self.vase.id)])
        raised = self.env["oms.forecast.override"].search([("forecast_id", "=", forecast.id)])
        self.assertEqual((len(raised), set(raised.mapped("quantity"))), (9, {30.0}))
