"""Which rule forecasts a product, and the rules that a company begins with."""

from datetime import timedelta

from odoo import fields

from .common import PlanningCommon


class TestForecastRule(PlanningCommon):
    def _make_rule(self, name, sequence, **values):
        return self.rule.copy({"name": name, "sequence": sequence, **values})

    def test_a_product_names_the_rules_that_apply_to_it_in_order(self):
        kitchen, other = self.env["product.category"].create([{"name": "A"}, {"name": "B"}])
        (self.mug + self.pot).categ_id = kitchen
        today = fields.Date.today()
        mugs = self._make_rule("Mugs", 1, product_ids=self.mug.ids, channel_ids=self.channel.ids)
        self._make_rule("Ended", 2, product_ids=self.mug.ids, date_to=today - timedelta(days=9))
        self._make_rule("Others", 3, category_ids=other.ids)
        category = self._make_rule("Category", 4, category_ids=kitchen.ids)
        self.assertEqual(self.mug._oms_forecast_rules(), mugs + category)
        self.assertEqual(self.pot._oms_forecast_rules(), category)
        self.pot.categ_id = other
        self.assertEqual(self.pot._oms_forecast_rules().mapped("name"), ["Others"])
        category.active = False
        self.assertEqual(self.mug._oms_forecast_rules(), mugs + self.rule)
        self.assertEqual(self.mug.oms_forecast_rule_ids, mugs + self.rule)

    def test_a_rule_of_a_category_does_not_apply_to_a_product_without_one(self):
        category = self.env["product.category"].create({"name": "A"})
        self.rule.category_ids = category
        self.mug.categ_id = False
        self.assertFalse(self.mug._oms_forecast_rules())

    def test_a_product_without_rule_names_none(self):
        self.rule.active = False
        self.assertFalse(self.mug._oms_forecast_rules())

    def test_a_new_company_has_a_rule_for_all_its_products(self):
        companies = self.env["res.company"].create([{"name": "North Shop"}, {"name": "South Shop"}])
        rules = self.env["oms.forecast.rule"].search([("company_id", "in", companies.ids)])
        self.assertEqual(rules.company_id, companies)
        self.assertEqual(rules.mapped("name"), ["All Products", "All Products"])
        self.assertEqual(self.mug.with_company(companies[0])._oms_forecast_rules(), rules[0])

    def test_deleted_rules_of_a_company_do_not_come_back_with_the_next_company(self):
        self.rule.unlink()
        self.env["res.company"].create({"name": "North Shop"})
        self.assertFalse(
            self.env["oms.forecast.rule"].search([("company_id", "=", self.company.id)])
        )
