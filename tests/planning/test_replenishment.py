"""Proposals: levels, quantities that explain themselves, transfers before purchases, orders."""

from datetime import timedelta

from odoo.exceptions import UserError
from odoo.fields import Command, Datetime
from odoo.tests import new_test_user

from .common import PlanningCommon


class TestReplenishment(PlanningCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vendor = cls.env["res.partner"].create({"name": "Acme"})
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.vase = cls._make_product("VASE", "Vase", stock=10)
        cls.planner = new_test_user(
            cls.env, "planner_p1", groups="oms_addon.oms_addon_group_planner"
        )
        cls.forecast = cls._make_forecast(cls.vase, [20] * 12, warehouse=cls.warehouse)
        cls.forecast.write({"interval": 3.0, "demand": 60, "sigma": 12.0})

    def _sold_by(self, product, delay=14, **values):
        return self.env["product.supplierinfo"].create(
            {
                "partner_id": self.vendor.id,
                "product_tmpl_id": product.product_tmpl_id.id,
                "price": 2.0,
                "delay": delay,
                **values,
            }
        )

    def _compute(self):
        """Run the job; :return: the drafts of the vase"""
        Run = self.env["oms.replenishment.run"]
        Run._restart(self.company)
        while Run._process():
            pass
        run = Run.search([("company_id", "=", self.company.id)], limit=1)
        self.assertEqual((run.state, run.error), ("done", False))
        return self._drafts(self.vase)

    def _drafts(self, product):
        return self.env["oms.replenishment"].search(
            [("product_id", "=", product.id), ("state", "=", "draft")]
        )

    def _rows(self, proposal):
        return {line.code: line.quantity for line in proposal.line_ids}

    def test_a_quantity_is_explained_by_rows_that_add_up_to_it(self):
        self._sold_by(self.vase)
        self.env["product.supplierinfo"].search([("partner_id", "=", self.vendor.id)]).min_qty = 5
        proposal = self._compute()
        self.assertEqual((proposal.kind, proposal.vendor_id), ("purchase", self.vendor))
        rows = self._rows(proposal)
        self.assertEqual(rows["on_hand"], -10)
        self.assertAlmostEqual(rows["forecast"], 60, delta=12)
        self.assertGreater(rows["safety_stock"], 12)
        self.assertAlmostEqual(sum(rows.values()), proposal.quantity, 5)
        self.assertEqual(proposal.quantity % 1, 0)
        self.assertEqual(proposal.value, 2 * proposal.quantity)
        self.assertTrue(proposal.stockout_date)
        # A planner changes it: the rows still add up, and the next run keeps it.
        proposal.with_user(self.planner).quantity = 100
        self.assertAlmostEqual(sum(self._rows(proposal).values()), 100, 5)
        self.assertEqual((self._compute(), proposal.quantity), (proposal, 100))

    def test_approving_twice_orders_once_and_extends_the_request_of_the_vendor(self):
        self._sold_by(self.vase, product_uom_id=self.dozen.id, price=24.0, min_qty=2)
        self._sold_by(self.mug)
        self._make_forecast(self.mug, [200] * 12, warehouse=self.warehouse).write(
            {"interval": 3.0, "demand": 600, "sigma": 30.0}
        )
        vase = self._compute()
        mug = self._drafts(self.mug)
        self.assertEqual(vase.quantity % 12, 0)
        self.assertEqual(vase.price, 2.0)
        action = vase.with_user(self.planner).action_approve()
        line = vase.purchase_line_ids
        self.assertEqual((line.product_qty, line.product_uom_id), (vase.quantity / 12, self.dozen))
        self.assertEqual((line.price_unit, line.order_id.partner_id), (24.0, self.vendor))
        self.assertEqual(action["res_id"], line.order_id.id)
        (vase + mug).with_user(self.planner).action_approve()
        self.assertEqual(mug.purchase_line_ids.order_id, line.order_id)
        self.assertEqual(len(line.order_id.order_line), 2)
        self.assertEqual((vase + mug).mapped("state"), ["ordered", "ordered"])
        # What is ordered is not proposed again once it is on its way.
        line.order_id.button_confirm()
        self.assertFalse(self._compute())

    def test_a_value_above_the_limit_needs_a_manager(self):
        self._sold_by(self.vase)
        self.company.oms_approval_limit = 10
        proposal = self._compute()
        with self.assertRaisesRegex(UserError, "must be approved by a manager"):
            proposal.with_user(self.planner).action_approve()
        self.assertEqual(proposal.state, "draft")
        manager = self._make_user("manager")
        proposal.with_user(manager).action_approve()
        self.assertEqual(proposal.state, "ordered")

    def test_a_product_without_a_vendor_is_listed_as_such(self):
        proposal = self._compute()
        self.assertEqual((proposal.problem, proposal.vendor_id.id), ("vendor", False))
        with self.assertRaisesRegex(UserError, "has no vendor"):
            proposal.action_approve()
        seller = self._sold_by(self.vase, delay=0)
        known = self._compute()
        self.assertEqual((proposal.state, known.problem), ("outdated", "lead_time"))
        seller.delay = 7
        self.assertEqual((self._compute(), known.problem), (known, False))

    def test_excess_of_a_supplying_warehouse_is_transferred_before_buying(self):
        self._sold_by(self.vase)
        self._put_stock(self.vase, self.north, 30)
        self.warehouse.resupply_wh_ids = self.north
        proposals = self._compute()
        transfer = proposals.filtered(lambda p: p.kind == "transfer")
        purchase = proposals - transfer
        self.assertEqual((transfer.quantity, transfer.source_warehouse_id), (30, self.north))
        self.assertEqual(sum(self._rows(transfer).values()), 30)
        self.assertEqual(self._rows(purchase)["transfer"], -30)
        self.assertAlmostEqual(sum(self._rows(purchase).values()), purchase.quantity, 5)
        transfer.with_user(self.planner).action_approve()
        self.assertEqual(transfer.move_ids.product_uom_qty, 30)
        self.assertEqual(transfer.move_ids.location_dest_id, self.warehouse.lot_stock_id)
        moves = transfer.move_ids.move_orig_ids
        self.assertEqual(moves.location_id.warehouse_id, self.north)
        transfer.action_approve()
        self.assertEqual(len(transfer.move_ids), 1)

    def test_levels_are_written_and_a_persons_quantities_are_kept(self):
        self._sold_by(self.vase)
        self._compute()
        orderpoint = self.env["stock.warehouse.orderpoint"].search(
            [("product_id", "=", self.vase.id)]
        )
        self.assertEqual((orderpoint.oms_source, orderpoint.trigger), ("forecast", "manual"))
        self.assertAlmostEqual(
            orderpoint.product_min_qty, 40 + orderpoint.oms_safety_stock, places=1
        )
        self.assertAlmostEqual(
            orderpoint.product_max_qty, 60 + orderpoint.oms_safety_stock, places=1
        )
        orderpoint.with_user(self.planner).write({"product_min_qty": 20, "product_max_qty": 25})
        self.assertEqual(orderpoint.oms_source, "manual")
        proposal = self._compute()
        self.assertEqual((orderpoint.product_min_qty, proposal.quantity), (20, 15))
        self.assertEqual(self._rows(proposal), {"order_up_to": 25, "on_hand": -10})
        orderpoint.with_user(self.planner).action_oms_use_forecast()
        self.assertEqual(orderpoint.oms_source, "forecast")
        self.assertEqual(orderpoint.product_max_qty, orderpoint.oms_forecast_max)

    def test_a_dismissed_proposal_stays_closed_and_a_covered_one_is_outdated(self):
        self._sold_by(self.vase)
        first = self._compute()
        first.with_user(self.planner).action_dismiss()
        self.assertFalse(self._compute())
        first.with_user(self.planner).action_reopen()
        self._put_stock(self.vase, self.warehouse, 500)
        self.assertFalse(self._compute())
        self.assertEqual(first.state, "outdated")

    def test_a_dismissed_proposal_is_proposed_again_after_its_need_has_passed_once(self):
        self._sold_by(self.vase)
        first = self._compute()
        first.with_user(self.planner).action_dismiss()
        self._put_stock(self.vase, self.warehouse, 500)
        self.assertFalse(self._compute())
        self.assertEqual((first.state, first.run_id.state), ("outdated", "done"))
        self._put_stock(self.vase, self.warehouse, 1)
        self.assertEqual(self._compute().state, "draft")

    def test_prices_of_another_currency_and_company_are_not_mixed(self):
        other = self.env["res.company"].create({"name": "Other"})
        euro = self.env.ref("base.EUR")
        if euro == self.company.currency_id:
            euro = self.env.ref("base.USD")
        euro.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "name": "2026-01-01", "rate": 4.0}
        )
        self._sold_by(self.vase, company_id=other.id, price=1.0, sequence=0)
        self._sold_by(self.vase, company_id=self.company.id, currency_id=euro.id, price=8.0)
        proposal = self._compute()
        self.assertEqual((proposal.company_id, proposal.price), (self.company, 2.0))

    def test_kits_archived_products_and_routes_by_order_are_left_alone(self):
        self._sold_by(self.vase)
        self.assertTrue(self._compute())
        route = self.warehouse.mto_pull_id.route_id
        route.active = True
        self.vase.route_ids = [Command.link(route.id)]
        self.assertFalse(self._compute())
        self.vase.route_ids = [Command.unlink(route.id)]
        again = self._compute()
        self.assertTrue(again)
        self.vase.active = False
        self.assertFalse(self._compute())
        self.assertEqual(again.state, "outdated")

    def test_a_budget_marks_what_comes_after_it(self):
        self._sold_by(self.vase)
        self.rule.weekly_budget = 1
        self.assertTrue(self._compute().is_over_budget)
        self.rule.weekly_budget = 100000
        self.assertFalse(self._compute().is_over_budget)


class TestVendorScorecard(PlanningCommon):
    def test_lead_times_and_fill_come_from_receipts(self):
        vendor = self.env["res.partner"].create({"name": "Acme"})
        orders = self.env["purchase.order"]
        for days, units in ((10, 8), (20, 10)):
            order = orders.create(
                {
                    "partner_id": vendor.id,
                    "order_line": [
                        Command.create(
                            {"product_id": self.mug.id, "product_qty": 10, "price_unit": days}
                        )
                    ],
                }
            )
            order.button_confirm()
            move = order.picking_ids.move_ids
            move.write({"quantity": units, "picked": True})
            order.picking_ids.with_context(
                skip_backorder=True, picking_ids_not_to_backorder=order.picking_ids.ids
            ).button_validate()
            self.assertEqual(move.state, "done")
            start = Datetime.now() - timedelta(days=30)
            order.date_approve = start
            order.order_line.date_planned = start + timedelta(days=12)
            move.date = start + timedelta(days=days)
        self.env.flush_all()
        card = self.env["oms.vendor.scorecard"].search([("vendor_id", "=", vendor.id)])
        self.assertEqual((card.line_count, card.receipt_count), (2, 2))
        self.assertAlmostEqual(card.real_days, 15, 2)
        self.assertAlmostEqual(card.promised_days, 12, 2)
        self.assertAlmostEqual(card.spread_days, 7.07, 2)
        self.assertEqual((card.on_time_share, card.fill_share), (0.5, 0.9))
        self.assertEqual((card.last_price, card.price_trend), (20, 1.0))
        found = card._read_lead_days(self.company, vendor)
        self.assertEqual([round(d) for d in found[vendor.id, self.mug.id]], [10, 20])
