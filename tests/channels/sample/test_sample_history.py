"""The weekly history of the sample shop: demand that ends last week, and better forecasts."""

from datetime import timedelta

from odoo.tools import file_path

from odoo.addons.oms_addon.channels.sample import oms_sample_history
from odoo.addons.oms_addon.channels.sample import parse_online_retail as shop

from tooling import demo_planning

from ...planning.common import PlanningCommon


class TestSampleHistory(PlanningCommon):
    def test_weekly_sales_become_imported_demand_that_ends_last_week(self):
        days, units = self.env["oms.sample.history"]._read_weeks()
        self.assertEqual((len(days), len(units)), (29, 507))
        sku = max(units, key=lambda code: units[code][-1])
        product = self._make_product(sku, "Gift")
        channel = self._make_channel("Gift Shop")
        channel.warehouse_ids = self.warehouse + self.north
        self.assertEqual(self.env["oms.sample.history"]._prepare(channel), 1)
        rows = self.env["oms.demand"].search([("product_id", "=", product.id)])
        self.assertEqual(sum(rows.mapped("quantity")), sum(units[sku]))
        self.assertEqual(rows.warehouse_id, self.warehouse + self.north)
        self.assertEqual(max(rows.mapped("day")), self.week - timedelta(days=5))
        self.assertEqual(rows.channel_id, channel)
        self.assertFalse(rows.sale_line_id)

    def test_forecasts_of_held_out_weeks_are_better_than_averages(self):
        _days, units = shop.read_weeks(file_path(oms_sample_history.DATA))
        found = demo_planning.backtest(units)
        self.assertLess(found["wape_forecast"], found["wape_average_12_weeks"])
        self.assertLess(found["wape_forecast"], found["wape_average_30_days"])
