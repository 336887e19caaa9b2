"""What a run knows of a history beyond its quantities: stockouts, promotions, corrections."""

from datetime import date, datetime, timedelta

from odoo.exceptions import UserError, ValidationError

from odoo.addons.oms_addon.tools.forecasting import flags

from .common import PlanningCommon


class TestHistoryFlags(PlanningCommon):
    def _monday(self, weeks):
        """:return: the first day of the week a number of weeks from now"""
        return self.week + timedelta(days=7 * weeks)

    def _history(self, product):
        """:return: the history of a product as a run reads it"""
        run = self.env["oms.forecast.run"].create({"rule_id": self.rule.id, "day": self.week})
        (series,) = run._read_history(product.ids).series
        run.unlink()
        return series

    def _move(self, product, quantity, day):
        """Complete a stock move of a past day; a negative quantity leaves the warehouse."""
        stock, other = self.warehouse.lot_stock_id, self.env.ref("stock.stock_location_suppliers")
        places = (other, stock) if quantity > 0 else (stock, other)
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": abs(quantity),
                "location_id": places[0].id,
                "location_dest_id": places[1].id,
            }
        )
        move._action_confirm()
        move.quantity = abs(quantity)
        move.picked = True
        move._action_done()
        moment = datetime.combine(day, datetime.min.time()) + timedelta(hours=12)
        move.move_line_ids.date = moment

    def _promote(self, **values):
        return self.env["oms.promotion"].create(
            {
                "name": "Sale",
                "kind": "event",
                "date_from": self._monday(-4),
                "date_to": self._monday(-3) - timedelta(days=1),
                "company_id": self.company.id,
                **values,
            }
        )

    def _correct(self, quantity, weeks=-2, **values):
        return self.env["oms.demand.correction"].create(
            {
                "product_id": self.mug.id,
                "day": self._monday(weeks) + timedelta(days=3),
                "quantity": quantity,
                "reason": "Fair",
                "company_id": self.company.id,
                **values,
            }
        )

    # === STOCKOUTS === #

    def test_weeks_without_stock_are_flagged_and_stored_once(self):
        product = self._make_product("CUP", "Cup")
        self._put_demand(product, [10] * 12)
        self._move(product, 50, self._monday(-10))
        self._move(product, -50, self._monday(-6))
        self._move(product, 20, self._monday(-4) + timedelta(days=1))
        self.assertEqual(
            [place for place, short in enumerate(self._history(product).censored) if short], [6, 7]
        )
        stockout = self.env["oms.stockout"].search([("product_id", "=", product.id)])
        self.assertEqual(
            (stockout.warehouse_id, stockout.date_from, stockout.date_to),
            (self.warehouse, self._monday(-6) + timedelta(days=1), self._monday(-4)),
        )
        self._history(product)
        self.assertEqual(
            self.env["oms.stockout"].search([("product_id", "=", product.id)]), stockout
        )

    def test_stock_in_another_warehouse_counts_where_demand_is_forecast_together(self):
        product = self._make_product("CUP", "Cup")
        self._put_demand(product, [10] * 12)
        self._move(product, 50, self._monday(-10))
        self._move(product, -50, self._monday(-6))
        self.rule.level = "company"
        self.assertTrue(any(self._history(product).censored))
        north = self.north.lot_stock_id
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": 5,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": north.id,
            }
        )
        move._action_confirm()
        move.quantity, move.picked = 5, True
        move._action_done()
        move.move_line_ids.date = datetime.combine(self._monday(-9), datetime.min.time())
        self.assertFalse(any(self._history(product).censored))

    def test_stockouts_begin_after_the_first_stock_and_last_until_the_next(self):
        def day(number):
            return date(2026, 3, number)

        for changes, on_hand, expected in (
            ({}, 0, []),
            ({day(2): 5, day(4): -5, day(9): 3}, 3, [(day(5), day(8))]),
            ({day(2): 5, day(4): -5, day(5): 3}, 3, []),
            ({day(2): 5, day(4): -5}, 0, [(day(5), None)]),
            ({day(4): -5}, 0, [(day(5), None)]),
            ({day(20): -5}, 0, []),
            ({day(4): -5}, -5, []),
        ):
            with self.subTest(changes=changes, on_hand=on_hand):
                self.assertEqual(flags.find_stockouts(changes, on_hand, day(20)), expected)
        week = {day(2), day(3), day(4), day(5)}
        self.assertEqual(flags.find_short(week, day(9), "week", 3), (False, True, False))
        self.assertEqual(flags.find_short(week - {day(2)}, day(9), "week", 2), (False, False))

    # === PROMOTIONS === #

    def test_promotions_flag_past_and_planned_weeks_of_their_products(self):
        self._put_demand(self.mug, [10] * 8)
        self._promote(product_ids=self.mug.ids)
        self._promote(
            category_ids=self.mug.categ_id.ids,
            kind="price",
            date_from=self._monday(1) + timedelta(days=6),
            date_to=self._monday(3) - timedelta(days=1),
        )
        self._promote(product_ids=self.pot.ids, date_from=self._monday(-2), date_to=self._monday(1))
        series = self._history(self.mug)
        self.assertEqual(series.promotions, (0, 0, 0, 0, 4, 0, 0, 0))
        self.assertEqual(series.planned, (0, 0, 1) + (0,) * 10)

    def test_a_promotion_of_one_channel_does_not_flag_another_channel(self):
        other = self._make_channel("Other")
        self._put_demand(self.mug, [10] * 8, channel_id=other.id)
        self.rule.level = "channel"
        promotion = self._promote(channel_ids=self.channel.ids)
        self.assertFalse(any(self._history(self.mug).promotions))
        promotion.channel_ids += other
        self.assertEqual(self._history(self.mug).promotions[4], 4)

    def test_an_expected_uplift_is_used_until_the_type_was_measured(self):
        self._put_demand(self.mug, [20] * 40)
        planned = self._promote(
            date_from=self._monday(1),
            date_to=self._monday(2) - timedelta(days=1),
            expected_uplift=0.5,
        )
        run = self._run()
        before = self._forecast(self.mug)
        self.assertAlmostEqual(before.mean[1] / before.mean[0], 1.5, places=3)
        self.assertAlmostEqual(before.demand, sum(before.mean[:3]), places=2)
        run.unlink()
        self.env["oms.demand"].search(
            [("product_id", "=", self.mug.id), ("day", ">=", self._monday(-4))]
        ).filtered(lambda row: row.day < self._monday(-3)).quantity = 62
        past = self._promote(product_ids=self.mug.ids)
        self._run()
        after = self._forecast(self.mug)
        self.assertGreater(after.mean[1] / after.mean[0], 1.0)
        self.assertNotAlmostEqual(after.mean[1] / after.mean[0], 1.5, places=3)
        self.assertAlmostEqual(past.measured_uplift, 62 / 20 - 1, places=2)
        self.assertFalse(planned.measured_on)
        self.assertEqual(self.env["oms.promotion"]._measure_due(), 0)

    def test_promotions_with_impossible_values_are_refused(self):
        for values in (
            {"date_to": self._monday(-5)},
            {"expected_uplift": -1.0},
            {"expected_uplift": 1e15},
            {"expected_uplift": float("nan")},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self._promote(**values)

    # === CORRECTIONS === #

    def test_a_correction_replaces_the_demand_of_its_week_for_forecasts_alone(self):
        self._put_demand(self.mug, [10] * 6)
        rows = self.env["oms.demand"].search([("product_id", "=", self.mug.id)])
        correction = self._correct(4, warehouse_id=self.warehouse.id)
        self.assertEqual(
            (correction.day, correction.original_qty, correction.user_id),
            (self._monday(-2), 10.0, self.env.user),
        )
        self.assertEqual(self._history(self.mug).quantities, (10, 10, 10, 10, 4, 10))
        self.assertEqual(set(rows.mapped("quantity")), {10.0})
        rows.filtered(lambda row: row.day == self._monday(-2) + timedelta(days=2)).quantity = 50
        self.assertEqual(self._history(self.mug).quantities, (10, 10, 10, 10, 4, 10))
        correction.action_withdraw()
        self.assertEqual(correction.withdrawn_by_id, self.env.user)
        self.assertIn(50, self._history(self.mug).quantities)
        self._correct(5, warehouse_id=self.warehouse.id)

    def test_corrections_that_cannot_be_are_refused(self):
        self._put_demand(self.mug, [10] * 6)
        for quantity, weeks, error in (
            (-1, -2, ValidationError),
            (float("nan"), -2, ValueError),
            (float("inf"), -2, OverflowError),
            (5, 0, UserError),
            (5, 3, UserError),
        ):
            with self.subTest(quantity=quantity, weeks=weeks), self.assertRaises(error):
                self._correct(quantity, weeks)
        with self.assertRaisesRegex(UserError, "Withdraw it"):
            self._correct(5).quantity = 6

    def test_a_history_is_read_with_the_same_queries_for_any_number_of_products(self):
        products = self.mug + self.pot
        for product in products:
            self._put_demand(product, [10] * 6)
        run = self.env["oms.forecast.run"].create({"rule_id": self.rule.id, "day": self.week})
        run._read_history(products.ids)
        counts = []
        for some in (self.mug, products):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            run._read_history(some.ids)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
