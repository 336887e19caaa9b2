"""Who may do what: walked over the registry, so that nothing new is forgotten."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from .common import OmsCommon

GROUPS = ("auditor", "accountant", "warehouse", "agent", "planner", "manager")
# Configuration that is the same for all companies, and how far a background job of all came.
SHARED = {"oms.hold.reason", "oms.lane", "oms.lot.expiry.cursor", "oms.postcode"}


class TestSecurity(OmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            group: new_test_user(
                cls.env, f"oms_{group}", groups=f"base.group_user,oms_addon.oms_addon_group_{group}"
            )
            for group in GROUPS
        }
        cls.stranger = new_test_user(cls.env, "oms_stranger", groups="base.group_user")

    def _models(self):
        """:return: every stored model of the add-on that is no wizard"""
        return [
            self.env[name]
            for name in sorted(self.env.registry)
            if name.startswith("oms.")
            and not self.env[name]._abstract
            and not self.env[name]._transient
        ]

    def test_every_model_can_be_read_by_each_group_but_the_warehouse_and_by_nobody_else(self):
        self.assertGreaterEqual(len(self._models()), 12)
        for model in self._models():
            for group, user in self.users.items():
                # What the warehouse reads is held to the table in docs/security.md.
                if group != "warehouse":
                    with self.subTest(model=model._name, group=group):
                        self.assertTrue(model.with_user(user).has_access("read"))
            with self.subTest(model=model._name, group="none"):
                self.assertFalse(model.with_user(self.stranger).has_access("read"))

    def test_every_group_reads_the_orders_list(self):
        order = self._capture(self._document("A1"))
        for group, user in self.users.items():
            with self.subTest(group=group):
                [row] = order.with_user(user).read(["oms_step", "oms_shown_reason"])
                self.assertEqual(row["oms_step"], "deliver")

    def test_a_salesperson_without_our_groups_is_told_why_an_order_cannot_be_confirmed(self):
        self.env["oms.hold.rule"].create({"name": "Look first", "domain": "[]"})
        order = self._capture(self._document("A1"))
        seller = new_test_user(
            self.env, "seller", groups="base.group_user,sales_team.group_sale_salesman_all_leads"
        )
        with self.assertRaisesRegex(UserError, "Look first"):
            order.with_user(seller).action_confirm()

    def test_auditors_and_accountants_change_nothing(self):
        for model in self._models():
            for group in ("auditor", "accountant"):
                for operation in ("write", "create", "unlink"):
                    with self.subTest(model=model._name, group=group, operation=operation):
                        self.assertFalse(model.with_user(self.users[group]).has_access(operation))

    def test_nobody_deletes_or_makes_what_the_code_names(self):
        """Reasons and background jobs are of all companies: without one nothing is held or run."""
        for name in ("oms.hold.reason", "oms.lane"):
            self.assertIn("code", self.env[name]._fields)
            for group, user in self.users.items():
                for operation in ("create", "unlink"):
                    with self.subTest(model=name, group=group, operation=operation):
                        self.assertFalse(self.env[name].with_user(user).has_access(operation))

    def test_nobody_writes_or_deletes_events(self):
        for group, user in self.users.items():
            for operation in ("write", "create", "unlink"):
                with self.subTest(group=group, operation=operation):
                    self.assertFalse(self.env["oms.event"].with_user(user).has_access(operation))

    def test_every_model_with_a_company_has_a_company_rule(self):
        for model in self._models():
            if model._name in SHARED:
                continue
            with self.subTest(model=model._name):
                self.assertIn("company_id", model._fields)
                rules = self.env["ir.rule"].search([("model_id.model", "=", model._name)])
                self.assertIn("company_ids", "".join(rules.mapped("domain_force")))

    def test_channels_and_orders_of_another_company_are_not_seen(self):
        other = self.env["res.company"].create({"name": "Other"})
        channel = self.env["oms.channel"].create(
            {"name": "Foreign", "adapter": "canonical", "company_id": other.id}
        )
        message = channel._receive("orders", "e1", b"{}")
        agent = self.users["agent"]
        self.assertFalse(self.env["oms.channel"].with_user(agent).search([("id", "=", channel.id)]))
        with self.assertRaises(AccessError):
            message.with_user(agent).read(["payload"])

    def test_secrets_are_read_by_the_system_only(self):
        self.channel.webhook_secret = "hush"
        for group, user in self.users.items():
            with self.subTest(group=group), self.assertRaises(AccessError):
                self.channel.with_user(user).read(["webhook_secret"])

    def test_an_agent_works_the_exceptions_with_the_least_rights(self):
        message = self._receive(self._document("A1", [("NEW", 1, "10.00")]))
        self._run_lanes()
        hold = message.hold_ids.with_user(self.users["agent"])
        hold.product_id = self.pot
        self._run_lanes()
        self.assertEqual(message.state, "done")

    def test_a_reserved_reason_is_released_by_its_group_only_and_the_refusal_is_recorded(self):
        self.env.ref("oms_addon.oms_hold_reason_rule").group_id = self.env.ref(
            "oms_addon.oms_addon_group_manager"
        )
        self.env["oms.hold.rule"].create({"name": "Look", "domain": "[]"})
        order = self._capture(self._document("A1"))
        answer = order.oms_hold_ids.with_user(self.users["agent"]).action_release()
        self.assertIn("Manager", answer["params"]["message"])
        self.assertEqual(order.oms_hold_ids.state, "open")
        refused = self.env["oms.event"].search(
            [("code", "=", "hold.refused"), ("res_id", "=", order.id)]
        )
        self.assertEqual(refused.actor, self.users["agent"].name)
        order.oms_hold_ids.with_user(self.users["manager"]).action_release()
        self.assertEqual(order.oms_hold_ids.state, "released")

    def test_a_warehouse_worker_cannot_release_or_map(self):
        message = self._receive(self._document("A1", [("NEW", 1, "10.00")]))
        self._run_lanes()
        hold = message.hold_ids.with_user(self.users["warehouse"])
        with self.assertRaises(AccessError):
            hold.product_id = self.pot
        self.assertEqual(message.state, "parked")
