from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user

from .common import AllocationCommon


class TestSimulation(AllocationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = new_test_user(cls.env, "simulator", groups="oms_addon.oms_addon_group_agent")
        cls.jug = cls._make_product("JUG", "Jug", stock=2)
        cls._make_rules({"warehouse_ids": cls.warehouse.ids, "action": "partial"})
        cls.waiting = cls._make_order((cls.jug, 4))
        cls._serve(cls.waiting)
        cls._put_stock(cls.jug, cls.north, 6)
        cls.draft = cls._make_order((cls.mug, 1), oms_step="confirm")
        cls.env["oms.allocation.cost"].create(
            [
                {"warehouse_id": cls.warehouse.id, "amount": 5.0},
                {"warehouse_id": cls.north.id, "amount": 3.0},
            ]
        )
        cls.other = cls._make_rules(
            {"sort_by": "distance", "action": "partial"}, run={"active": False}
        )

    def _simulate(self, **values):
        simulation = self.env["oms.allocation.simulation"].with_user(self.agent).create(values)
        simulation.action_simulate()
        return simulation.result

    def _everything(self):
        """:return: all rows of what a simulation could touch"""
        self.env.flush_all()
        rows = []
        for table in (
            "sale_order",
            "sale_order_line",
            "stock_move",
            "stock_move_line",
            "stock_quant",
            "stock_picking",
            "oms_hold",
            "oms_event",
            "oms_allocation_day",
            "oms_allocation_slot",
            "res_partner",
        ):
            self.env.cr.execute(f"SELECT * FROM {table} ORDER BY id")
            rows.append(self.env.cr.fetchall())
        return rows

    def test_the_rules_in_force_change_nothing(self):
        result = self._simulate()
        self.assertEqual((result["orders"], result["changed"], result["rows"]), (2, 0, []))

    def test_archived_rules_are_compared_with_the_plan_in_force(self):
        result = self._simulate(run_ids=[Command.set(self.other.ids)])
        self.assertEqual((result["orders"], result["changed"]), (2, 1))
        self.assertEqual(
            [(row["id"], row["before"], row["after"]) for row in result["rows"]],
            [(self.waiting.id, ["London"], ["Leeds"])],
        )
        self.assertTrue(result["rows"][0]["before_waits"])
        self.assertFalse(result["rows"][0]["after_waits"])
        figures = {row["label"]: (row["before"], row["after"]) for row in result["figures"]}
        self.assertEqual(figures["Parcels"], ("2", "2"))
        self.assertEqual(figures["Split Orders"], ("0", "0"))
        self.assertEqual(figures["Orders with a Backorder"], ("1", "0"))
        money = self.company.currency_id.format
        self.assertEqual(figures["Parcel Cost"], (money(10.0), money(8.0)))

    def test_a_simulation_writes_nothing(self):
        self.warehouse.oms_capacity_day = 1
        before = self._everything()
        self._simulate(run_ids=[Command.set(self.other.ids)])
        self.assertEqual(self._everything(), before)

    def test_a_test_order_is_decided_and_leaves_no_trace(self):
        test = (
            self.env["oms.allocation.test"]
            .with_user(self.agent)
            .create(
                {
                    "run_id": self.other.id,
                    "country_id": self.britain.id,
                    "zip": "LS1 9ZZ",
                    "line_ids": [Command.create({"product_id": self.jug.id, "quantity": 5})],
                }
            )
        )
        before = self._everything()
        test.action_decide()
        self.assertEqual(self._everything(), before)
        self.assertEqual(test.result["outcome"], "whole")
        self.assertEqual([p["warehouse"] for p in test.result["parcels"]], ["Leeds"])
        names = [row["name"] for row in test.result["trials"][0]["warehouses"]]
        self.assertEqual(names[:2], ["Leeds", "London"])

    def test_an_order_that_is_there_is_tried_as_if_it_held_nothing(self):
        test = (
            self.env["oms.allocation.test"]
            .with_user(self.agent)
            .create({"run_id": self.other.id, "order_id": self.waiting.id})
        )
        test.action_decide()
        self.assertEqual([p["warehouse"] for p in test.result["parcels"]], ["Leeds"])
        self.assertEqual(self._taken(self.waiting), {self.warehouse: 2.0})

    def test_a_test_without_goods_is_refused(self):
        test = self.env["oms.allocation.test"].with_user(self.agent).create({})
        with self.assertRaisesRegex(UserError, "at least one product"):
            test.action_decide()

    def test_agents_move_orders_and_change_no_rules(self):
        run = self.other.with_user(self.agent)
        with self.assertRaises(AccessError):
            run.name = "Mine"
        card = self.env["oms.allocation.wait"].search([("order_id", "=", self.waiting.id)])
        card.with_user(self.agent).warehouse_id = self.north
        self.assertEqual(self._taken(self.waiting), {self.north: 4.0})
        event = self.waiting.oms_event_ids.filtered(lambda e: e.code == "order.warehouse_chosen")
        self.assertIn(self.agent.name, event.name)

    def test_auditors_and_warehouse_workers_move_nothing(self):
        card = self.env["oms.allocation.wait"].search([("order_id", "=", self.waiting.id)])
        for group in ("auditor", "warehouse"):
            user = new_test_user(
                self.env, f"only_{group}", groups=f"oms_addon.oms_addon_group_{group}"
            )
            with self.subTest(group), self.assertRaises(AccessError):
                card.with_user(user).warehouse_id = self.north
        self.assertEqual(self._taken(self.waiting), {self.warehouse: 2.0})
