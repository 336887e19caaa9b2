"""What staff confirm in Sales is served from where the rules say."""

from psycopg2.errors import LockNotAvailable

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user

from .common import AllocationCommon


class ManualSourcingCommon(AllocationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.jug = cls._make_product("JUG", "Jug", stock=5, north=5)
        cls.seller = new_test_user(
            cls.env,
            "oms_seller",
            groups="sales_team.group_sale_salesman_all_leads,stock.group_stock_multi_warehouses",
        )

    def _quotation(self, quantity=2, product=None, **values):
        """:return: a quotation that a salesperson without any group of ours wrote"""
        return (
            self.env["sale.order"]
            .with_user(self.seller)
            .create(
                {
                    "partner_id": self.customer.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": (product or self.jug).id,
                                "product_uom_qty": quantity,
                            }
                        )
                    ],
                    **values,
                }
            )
        )


class TestAtOnce(ManualSourcingCommon):
    def test_what_staff_confirm_is_reserved_at_once(self):
        order = self._quotation()
        order.action_confirm()
        order = order.with_env(self.env)
        self.assertEqual(order.picking_ids.state, "assigned")
        self.assertEqual(sum(self._taken(order).values()), 2.0)

    def test_what_is_not_there_waits_and_says_so(self):
        order = self._quotation(50)
        order.action_confirm()
        moves = order.with_env(self.env).picking_ids.move_ids
        self.assertEqual(sum(moves.mapped("quantity")), 10.0)

    def test_a_person_who_validates_a_part_is_asked_about_the_rest(self):
        order = self._quotation(4)
        order.action_confirm()
        picking = order.with_env(self.env).picking_ids
        picking.move_ids.write({"quantity": 1, "picked": True})
        action = picking.button_validate()
        self.assertEqual(action["res_model"], "stock.backorder.confirmation")
        self.assertEqual(picking.state, "assigned")

    def test_goods_that_somebody_else_is_counting_are_reserved_right_after(self):
        order = self._quotation()
        woken = []
        self.patch(
            type(self.env["oms.lane"]), "_wake", lambda lane: woken.extend(lane.mapped("code"))
        )
        stock = type(self.env["oms.stock"])

        def locked(*_args, **_kwargs):
            raise LockNotAvailable()

        self.patch(stock, "_lock", locked)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertIn("allocator", woken)


class TestManualSourcing(ManualSourcingCommon):
    def test_the_rules_choose_the_warehouse_of_an_order_staff_confirm(self):
        run = self._make_rules({"sort_by": "distance", "action": "partial"})
        order = self._quotation()
        self.assertEqual(order.warehouse_id, self.warehouse)
        order.action_confirm()
        self.assertEqual(order.warehouse_id, self.north)
        self.assertEqual(order.picking_ids.picking_type_id.warehouse_id, self.north)
        order = order.with_env(self.env)
        self.assertEqual(order.oms_allocation_plan["run"], run.name)
        self.assertEqual(order.oms_allocation_plan["by"], self.seller.name)
        self.assertEqual(self._verdicts(order)["Leeds"], "2 of 2 in stock")
        self._run_lanes("allocator")
        self.assertEqual(self._taken(order), {self.north: 2.0})

    def test_an_order_of_staff_is_split_as_the_rules_let(self):
        self._make_rules({"max_parcels": 2, "action": "partial"})
        order = self._quotation(8)
        order.action_confirm()
        self.assertEqual(
            {
                m.picking_type_id.warehouse_id.name: m.product_qty
                for m in order.picking_ids.move_ids
            },
            {"London": 5.0, "Leeds": 3.0},
        )

    def test_without_rules_the_salespersons_own_warehouse_comes_first(self):
        self.seller.with_company(self.company).property_warehouse_id = self.north
        order = self._quotation()
        order.action_confirm()
        self.assertEqual(order.warehouse_id, self.north)
        more = self._quotation(9)
        more.action_confirm()
        self.assertEqual(
            [
                (m.picking_type_id.warehouse_id.name, m.product_qty)
                for m in more.picking_ids.move_ids
            ],
            [("Leeds", 4.0), ("London", 5.0)],
        )

    def test_a_warehouse_somebody_chose_on_the_form_is_kept(self):
        self._make_rules({"sort_by": "distance", "max_km": 300, "action": "partial"})
        with Form(self._quotation()) as form:
            self.assertTrue(form.oms_is_sourced)
            self.assertFalse(form.oms_keep_warehouse)
            form.warehouse_id = self.south
            self.assertTrue(form.oms_keep_warehouse)
            form.warehouse_id = self.warehouse
            self.assertFalse(form.oms_keep_warehouse)
            form.warehouse_id = self.south
        order = form.record
        order.action_confirm()
        order = order.with_env(self.env)
        self.assertEqual(order.picking_ids.picking_type_id.warehouse_id, self.south)
        self.assertEqual(order.oms_chosen_warehouse_id, self.south)
        self.assertEqual(
            order.oms_allocation_plan["trials"][0]["text"],
            "The warehouse was set manually: rules are not applied.",
        )
        self.assertIn(
            f"Warehouse set to Berlin by {self.seller.name}.", order.oms_event_ids.mapped("name")
        )
        # What misses goods there waits there.
        self._run_lanes("allocator")
        self.assertEqual(self._taken(order), {})

    def test_the_usual_warehouse_can_be_kept_too(self):
        self._make_rules({"sort_by": "distance", "action": "partial"})
        order = self._quotation(oms_keep_warehouse=True)
        order.action_confirm()
        self.assertEqual(order.picking_ids.picking_type_id.warehouse_id, self.warehouse)
        self.assertEqual(
            order.with_env(self.env).oms_allocation_text, "All from London: set manually."
        )

    def test_whoever_confirms_what_no_rule_serves_is_told_why_and_what_to_do(self):
        self._make_rules({"max_km": 1, "action": "queue"})
        order = self._quotation()
        self.env.flush_all()
        text = r"Leeds: .* km, limit 1.*Keep Warehouse"
        with self.assertRaisesRegex(UserError, text), self.env.cr.savepoint():
            order.action_confirm()
        # A request that failed leaves nothing pending.
        self.env.clear()
        self.assertEqual(order.state, "draft")
        order.oms_keep_warehouse = True
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_a_payment_that_confirms_an_order_asks_nobody(self):
        self._make_rules({"max_km": 1, "action": "queue"})
        order = self._quotation()
        order.sudo().action_confirm()
        self.assertEqual(order.state, "sale")
        plan = order.with_env(self.env).oms_allocation_plan
        self.assertEqual([t["rule"] for t in plan["trials"]], ["Rule 1", "No rule"])

    def test_an_order_that_waits_to_be_confirmed_by_hand_is_sourced_when_it_is(self):
        self.channel.write({"confirm_policy": "manual"})
        self._make_rules({"sort_by": "distance", "action": "partial"})
        order = self._capture(self._document("H-1", [("JUG", 2, "10.00")]))
        self.assertEqual(order.state, "draft")
        order.action_confirm()
        self._run_lanes()
        self.assertEqual(self._taken(order), {self.north: 2.0})

    def test_a_warehouse_we_do_not_run_is_as_in_odoo(self):
        self._make_rules({"sort_by": "distance", "action": "partial"})
        self.warehouse.oms_managed = False
        order = self._quotation()
        self.assertFalse(order.oms_is_sourced)
        order.action_confirm()
        self.assertEqual(order.picking_ids.picking_type_id.warehouse_id, self.warehouse)
        self.assertEqual(order.picking_ids.state, "assigned")
        self.assertFalse(order.with_env(self.env).oms_allocation_plan)

    def test_many_orders_confirmed_together_are_decided_in_one_go(self):
        self._make_rules({"sort_by": "distance", "action": "partial"})
        orders = self.env["sale.order"].with_user(self.seller)
        for _n in range(3):
            orders += self._quotation(2)
        orders.action_confirm()
        self.assertEqual(orders.mapped("warehouse_id.name"), ["Leeds", "London"])
        self.assertEqual(orders[2].warehouse_id, self.warehouse)
