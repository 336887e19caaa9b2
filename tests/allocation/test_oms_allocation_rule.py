from freezegun import freeze_time

from odoo.exceptions import ValidationError
from odoo.fields import Command

from .common import AllocationCommon


class TestRules(AllocationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.jug = cls._make_product("JUG", "Jug", stock=5, north=3)
        cls._put_stock(cls.jug, cls.south, 8)

    def _plan(self, order):
        self.sourcing._source(order)
        return order.oms_allocation_plan

    def test_without_rules_the_first_that_has_all_serves(self):
        order = self._make_order((self.jug, 4))
        plan = self._plan(order)
        self.assertEqual(order.warehouse_id, self.warehouse)
        self.assertEqual(plan["outcome"], "whole")
        self.assertEqual(
            order.oms_allocation_text, "All from London: first warehouse with all items."
        )

    def test_the_nearest_serves_and_the_far_are_refused_with_their_distance(self):
        self._make_rules({"sort_by": "distance", "max_km": 300})
        order = self._make_order((self.jug, 3))
        self._plan(order)
        self.assertEqual(order.warehouse_id, self.north)
        self.assertEqual(
            self._verdicts(order),
            {
                "Leeds": "3 of 3 in stock",
                "London": "3 of 3 in stock",
                "Berlin": "1004 km, limit 300",
            },
        )

    def test_an_address_is_placed_by_its_postcode_else_by_its_country(self):
        points = self.env["oms.postcode"]._points(self.customer)
        self.assertEqual(points[self.customer], (53.79, -1.54))
        self.customer.zip = "ZZ9"
        self.assertEqual(self.env["oms.postcode"]._points(self.customer)[self.customer][0], 51.51)
        self.customer.country_id = False
        self.assertEqual(self.env["oms.postcode"]._points(self.customer), {})

    def test_the_cheapest_to_the_zone_serves(self):
        zone = self.env["oms.allocation.zone"].create(
            {"name": "Yorkshire", "country_ids": self.britain.ids, "postcodes": "LS, YO"}
        )
        self.env["oms.allocation.cost"].create(
            [
                {"warehouse_id": self.warehouse.id, "amount": 5.0},
                {"warehouse_id": self.north.id, "amount": 9.0},
                {
                    "warehouse_id": self.south.id,
                    "zone_id": zone.id,
                    "amount": 4.0,
                    "sequence": 1,
                },
                {"warehouse_id": self.south.id, "amount": 20.0},
            ]
        )
        self._make_rules({"sort_by": "cost"})
        order = self._make_order((self.jug, 2))
        self.assertEqual(self._plan(order)["cost"], 4.0)
        self.assertEqual(order.warehouse_id, self.south)
        self.customer.zip = "M1"
        other = self._make_order((self.jug, 2))
        self._plan(other)
        self.assertEqual(other.warehouse_id, self.warehouse)

    def test_safety_stock_stays(self):
        self.env["oms.allocation.safety"].create(
            [
                {"warehouse_id": self.warehouse.id, "quantity": 2},
                {"warehouse_id": self.north.id, "quantity": 2},
                {"warehouse_id": self.north.id, "product_id": self.jug.id, "quantity": 0},
            ]
        )
        self._make_rules({"warehouse_ids": (self.warehouse + self.north).ids, "action": "partial"})
        order = self._make_order((self.jug, 7))
        plan = self._plan(order)
        self.assertEqual(
            order.order_line.oms_plan, {str(self.warehouse.id): 4.0, str(self.north.id): 3.0}
        )
        self.assertEqual(
            plan["waiting"],
            [
                {
                    "product": self.jug.display_name,
                    "quantity": "1",
                    "warehouse": "London",
                    "warehouse_id": self.warehouse.id,
                }
            ],
        )

    def test_only_warehouses_of_the_group_serve(self):
        group = self.env["oms.allocation.group"].create(
            {"name": "Abroad", "warehouse_ids": self.south.ids}
        )
        self._make_rules({"group_ids": group.ids})
        order = self._make_order((self.jug, 1))
        self._plan(order)
        self.assertEqual(order.warehouse_id, self.south)

    def test_the_oldest_stock_goes_first(self):
        old = self.env["stock.quant"].search(
            [
                ("product_id", "=", self.jug.id),
                ("location_id", "=", self.south.lot_stock_id.id),
            ]
        )
        old.in_date = "2020-01-01"
        self._make_rules({"sort_by": "age"})
        order = self._make_order((self.jug, 1))
        self._plan(order)
        self.assertEqual(order.warehouse_id, self.south)

    def test_a_warehouse_without_the_carrier_is_passed_over(self):
        service = self.env["product.product"].create({"name": "Post", "type": "service"})
        post, other = self.env["delivery.carrier"].create(
            [{"name": name, "product_id": service.id} for name in ("Post", "Other")]
        )
        self.warehouse.oms_carrier_ids = other
        self.north.oms_carrier_ids = post
        self._make_rules({"needs_carrier": True})
        order = self._make_order((self.jug, 2), carrier_id=post.id)
        self._plan(order)
        self.assertEqual(order.warehouse_id, self.north)
        self.assertEqual(self._verdicts(order)["London"], "does not work with the order's carrier")

    def test_a_warehouse_that_rejected_the_line_is_not_asked_again(self):
        self._make_rules({})
        order = self._make_order((self.jug, 1))
        order.order_line.oms_excluded_warehouse_ids = self.warehouse
        self._plan(order)
        self.assertEqual(order.warehouse_id, self.north)
        self.assertEqual(self._verdicts(order)["London"], "short pick reported earlier")

    # === SPLITTING === #

    def test_an_order_is_not_split_into_more_parcels_than_the_rule_lets(self):
        self._make_rules({"max_parcels": 2, "action": "partial"})
        order = self._make_order((self.jug, 16))
        plan = self._plan(order)
        self.assertEqual(len(plan["parcels"]), 2)
        self.assertEqual(plan["outcome"], "partial")
        self.assertEqual(
            {p["warehouse"]: p["lines"][0]["quantity"] for p in plan["parcels"]},
            {"London": "5", "Berlin": "8"},
        )

    def test_neither_half_of_a_split_is_below_the_value(self):
        run = self._make_rules({"min_value": 40, "action": "partial"})
        order = self._make_order((self.jug, 10))
        plan = self._plan(order)
        # 5 and 5 are 50 each; 8 and 2 would leave a parcel of 20, 5 and 3 and 2 as well.
        self.assertEqual(
            {p["warehouse"]: p["lines"][0]["quantity"] for p in plan["parcels"]},
            {"London": "5", "Berlin": "5"},
        )
        run.routing_ids.rule_ids.min_value = 60
        other = self._make_order((self.jug, 10))
        plan = self._plan(other)
        self.assertEqual((plan["outcome"], plan["parcels"]), ("waits", []))

    def test_customers_who_want_it_whole_wait_rather_than_get_two_parcels_fault_47(self):
        self.customer.oms_ship_complete = True
        self._make_rules({"action": "partial"})
        order = self._make_order((self.jug, 10))
        plan = self._plan(order)
        self.assertEqual(order.picking_policy, "one")
        self.assertEqual((plan["outcome"], plan["parcels"]), ("waits", []))

    def test_one_parcel_is_preferred_to_the_rules_order(self):
        self._make_rules({"sort_by": "sequence"})
        order = self._make_order((self.jug, 7))
        self._plan(order)
        self.assertEqual(order.warehouse_id, self.south)

    # === LEVELS === #

    def test_the_next_rule_serves_what_the_first_cannot(self):
        self._make_rules(
            {"warehouse_ids": self.north.ids, "action": "next"},
            {"warehouse_ids": self.south.ids, "action": "partial"},
        )
        order = self._make_order((self.jug, 6))
        plan = self._plan(order)
        self.assertEqual(order.warehouse_id, self.south)
        self.assertEqual([t["outcome"] for t in plan["trials"]], ["next", "served"])
        self.assertEqual(self._verdicts(order)["Leeds"], "3 of 6 in stock")

    def test_an_order_belongs_to_the_first_run_that_takes_it_fault_62(self):
        first = self._make_rules(
            {"warehouse_ids": self.south.ids},
            run={"name": "Large", "value_min": 50, "sequence": 1},
        )
        self._make_rules({"warehouse_ids": self.north.ids}, run={"name": "Others", "sequence": 2})
        large, small = self._make_order((self.jug, 6)), self._make_order((self.jug, 1))
        for _again in range(2):
            self.sourcing._source(large + small)
            self.assertEqual(large.warehouse_id, self.south)
            self.assertEqual(small.warehouse_id, self.north)
        self.assertEqual(large.oms_allocation_plan["run"], first.name)
        self.assertEqual(len(large.oms_allocation_plan["trials"]), 1)

    def test_a_run_selects_by_all_that_is_on_an_order(self):
        run = self._make_rules({}, run={"domain": "[('client_order_ref', '=', 'vip')]"})
        order = self._make_order((self.jug, 1), oms_priority="1", client_order_ref="vip")
        order.oms_shipping_method = "DHL Express"
        destinations = self.matrix._destinations(order)
        self.assertEqual(run._select(order, destinations), order)
        for values in (
            {"priority": "0"},
            {"promise_days": 2},
            {"value_min": 11},
            {"value_max": 9},
            {"shipping_method": "post"},
            {"domain": "[('client_order_ref', '=', 'no')]"},
            {"zone_ids": [Command.create({"name": "DE", "country_ids": self.germany.ids})]},
            {"channel_ids": self._make_channel("Other").ids},
        ):
            with self.subTest(values):
                self.assertFalse(run.copy(values)._select(order, destinations))

    def test_a_promise_within_the_days_is_selected(self):
        run = self._make_rules({}, run={"promise_days": 2})
        order = self._make_order((self.jug, 1))
        with freeze_time("2026-03-01 10:00:00"):
            order.order_line.oms_promised_at = "2026-03-03 09:00:00"
            self.assertTrue(run._wants(order))
            order.order_line.oms_promised_at = "2026-03-03 11:00:00"
            self.assertFalse(run._wants(order))

    def test_a_routing_says_who_comes_first(self):
        self._put_stock(self.pot, self.south, 9)
        self._make_rules({"action": "partial"}, routing={"sort_by": "value"})
        small, large = (
            self._make_order((self.jug, 8)),
            self._make_order((self.jug, 8), (self.pot, 9)),
        )
        self.sourcing._source(small + large)
        self.assertFalse(large.oms_allocation_plan["waiting"])
        self.assertEqual(small.oms_allocation_plan["outcome"], "split")

    def test_an_urgent_order_is_planned_before_an_older_one_fault_46(self):
        self._make_rules({"warehouse_ids": self.north.ids, "action": "partial"})
        old = self._make_order((self.jug, 3), oms_placed_at="2026-01-01 10:00:00")
        young = self._make_order((self.jug, 3), oms_placed_at="2026-02-01 10:00:00")
        urgent = self._make_order(
            (self.jug, 3), oms_placed_at="2026-03-01 10:00:00", oms_priority="1"
        )
        self.sourcing._source(young + old + urgent)
        self.assertEqual(
            [o.oms_allocation_plan["outcome"] for o in (urgent, old, young)],
            ["whole", "waits", "waits"],
        )

    def test_conditions_that_cannot_be_asked_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "does not select orders"):
            self._make_rules({}, run={"domain": "[('no_such_field', '=', 1)]"})
        with self.assertRaisesRegex(ValidationError, "not a valid range"):
            self.env["oms.allocation.zone"].create({"name": "Z", "postcodes": "20-1"})
        with self.assertRaisesRegex(ValidationError, "at least 1 day"):
            self._make_rules({"action": "cancel", "cancel_days": 0})

    # === COST === #

    def test_many_orders_take_as_many_queries_as_few(self):
        self._make_rules({"sort_by": "distance", "action": "partial"})
        few = self.env["sale.order"].union(*(self._make_order((self.mug, 1)) for _n in range(2)))
        many = self.env["sale.order"].union(*(self._make_order((self.mug, 1)) for _n in range(12)))

        def queries(orders):
            self.env.flush_all()
            self.env.invalidate_all()
            goods = orders.order_line
            before = self.env.cr.sql_log_count
            self.matrix._decide(goods, self.sourcing._base_candidates(orders))
            return self.env.cr.sql_log_count - before

        queries(few)
        self.assertEqual(queries(few), queries(many))
