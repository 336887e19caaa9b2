"""The rules, the board, a simulation and an explanation, in a browser, wide and on a phone."""

from odoo.tests import HttpCase, tagged

from .common import AllocationCommon


@tagged("standard", "post_install", "-at_install")
class TestAllocationTours(HttpCase, AllocationCommon):
    browser_size = "1400x900"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = cls._make_user("agent")
        cls.manager = cls._make_user("manager")
        cls.company.country_id = cls.britain
        cls.env["oms.allocation.wait"].search([]).order_id._action_cancel()
        cls.jug = cls._make_product("JUG", "Jug", stock=5, north=3)
        cls._put_stock(cls.jug, cls.south, 8)

    def _waiting(self, name, product, quantity):
        """:return: a confirmed order that waits in London"""
        customer = self.customer.copy({"name": name, "zip": "LS1 4AP"})
        order = self._make_order((product, quantity), partner_id=customer.id)
        self._serve(order)
        order.oms_wait_reason = f"Backordered: {quantity} × {product.display_name}"
        return order

    def test_a_manager_writes_a_rule_and_tries_an_order_on_it(self):
        self.start_tour(
            "/odoo/oms-allocation-rules", "oms_allocation_rules_tour", login="oms_manager"
        )
        run = self.env["oms.allocation.run"].search([("name", "=", "Nearest first")])
        self.assertRecordValues(run.routing_ids, [{"name": "To anywhere", "sort_by": "serving"}])
        self.assertRecordValues(
            run.routing_ids.rule_ids, [{"name": "Within 300 km", "max_km": 300.0}]
        )

    def test_an_agent_simulates_and_nothing_changes(self):
        rare = self._make_product("RARE", "Rare")
        order = self._waiting("Bea", rare, 2)
        self._put_stock(rare, self.north, 5)
        self._make_rules({"sort_by": "distance", "action": "partial"})
        self.start_tour("/odoo/oms-simulate", "oms_allocation_simulation_tour", login="oms_agent")
        self.assertEqual(self._taken(order), {})
        self.assertEqual(order.order_line.warehouse_id, self.warehouse)

    def test_an_agent_sends_waiting_orders_from_other_warehouses(self):
        rare = self._make_product("RARE", "Rare")
        bea, cyd = self._waiting("Bea", rare, 2), self._waiting("Cyd", rare, 3)
        self.start_tour("/odoo/oms-allocation", "oms_allocation_board_tour", login="oms_agent")
        self.assertEqual(bea.oms_chosen_warehouse_id, self.north)
        self.assertEqual(cyd.oms_chosen_warehouse_id, self.south)
        open_moves = (bea + cyd).order_line.move_ids.filtered(lambda m: m.state == "confirmed")
        self.assertEqual(
            open_moves.mapped(lambda m: (m.picking_type_id.warehouse_id.name, m.product_qty)),
            [("Leeds", 2.0), ("Berlin", 3.0)],
        )

    def test_the_empty_board_says_what_it_means(self):
        self.start_tour("/odoo/oms-allocation", "oms_allocation_empty_tour", login="oms_agent")

    def test_an_agent_reads_why_an_order_is_served_from_where(self):
        # Costs are shown as their currency is written, here with three digits.
        self.company.currency_id.rounding = 0.001
        self.env["oms.allocation.cost"].create({"warehouse_id": self.north.id, "amount": 4.5})
        self._make_rules(
            {"warehouse_ids": self.north.ids, "action": "next", "name": "From Leeds"},
            {"sort_by": "distance", "max_km": 300, "action": "partial", "name": "Near"},
        )
        order = self._make_order((self.jug, 7))
        self.sourcing._source(order)
        self.start_tour(f"/odoo/sales/{order.id}", "oms_allocation_explain_tour", login="oms_agent")


class TestAllocationToursOnAPhone(TestAllocationTours):
    browser_size = "400x800"
    touch_enabled = True
