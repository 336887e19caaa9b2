"""Each role opens every menu, list, form and smart button of the app that it is shown."""

from lxml import etree

from odoo.fields import Command
from odoo.tests import new_test_user

from .allocation.common import AllocationCommon
from .web_client import WebClient

GROUPS = ("auditor", "accountant", "warehouse", "agent", "planner", "manager")


class TestRoles(AllocationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            group: new_test_user(
                cls.env,
                f"only_{group}",
                groups=f"base.group_user,oms_addon.oms_addon_group_{group}",
            )
            for group in GROUPS
        }

    def setUp(self):
        super().setUp()
        self.env["oms.hold.rule"].create(
            {"name": "Look first", "domain": "[('amount_total', '>', 500)]"}
        )
        self.done = self._capture(self._document("R-1"))
        self.held = self._capture(self._document("R-2", lines=[("MUG", 60, "10.00")]))
        self.unpaid = self._capture(self._document("R-3", paid=False))
        self.short = self._capture(self._document("R-4", lines=[("POT", 120, "1.00")]))
        self.parked = self._receive(self._document("R-5", lines=[("NEW", 1, "1.00")]))
        self.broken = self._receive(b"{", event_ref="broken")
        self._run_lanes()
        self.by_hand = self._make_order((self.mug, 2))
        self._serve(self.by_hand)
        self.draft = self.env["sale.order"].create(
            {
                "partner_id": self.done.partner_id.id,
                "order_line": [Command.create({"product_id": self.mug.id, "product_uom_qty": 1})],
            }
        )

    def test_what_a_role_may_not_read_of_money_is_not_shown(self):
        counts = {}
        for group in set(GROUPS) - {"warehouse"}:
            self.env.invalidate_all()
            [values] = self.done.with_user(self.users[group]).read(["invoice_count"])
            counts[group] = values["invoice_count"]
        self.assertEqual(
            counts, {"auditor": 1, "accountant": 1, "agent": 1, "planner": 0, "manager": 1}
        )
        counted = {}
        for group in ("warehouse", "agent"):
            model = self.env["sale.order"].with_user(self.users[group])
            arch = etree.fromstring(model.get_view(view_type="form")["arch"])
            counted[group] = [
                len(arch.xpath("//field[@name=$name]", name=name))
                for name in ("invoice_lines", "order_line")
            ]
        self.assertEqual(counted, {"warehouse": [0, 1], "agent": [1, 1]})

    def test_who_only_reads_is_offered_no_button_that_changes_something(self):
        harmless = {
            "sale.order": {"action_preview_sale_order", "sale.action_report_saleorder"},
            "oms.parcel": {"action_follow"},
            "oms.order.refund": set(),
            "oms.hold": {"action_open", "action_view_source"},
            "oms.channel.listing": {"action_open", "action_why"},
            "oms.channel.message": {"action_view_order"},
        }
        for group in ("auditor", "accountant"):
            for name, allowed in harmless.items():
                model = self.env[name].with_user(self.users[group])
                for kind in ("form", "list", "kanban"):
                    if kind != "form" and name == "sale.order":
                        continue
                    arch = etree.fromstring(model.get_view(view_type=kind)["arch"])
                    offered = {
                        button.get("name") or button.get("type")
                        for button in arch.iter("button")
                        if "oe_stat_button" not in (button.get("class") or "")
                        and not any(p.tag == "field" for p in button.iterancestors())
                    }
                    with self.subTest(group=group, model=name, view=kind):
                        self.assertLessEqual(offered, allowed)

    def test_agents_and_the_warehouse_are_offered_what_they_may_do(self):
        offered = {}
        for group, name in (("agent", "sale.order"), ("warehouse", "oms.parcel")):
            model = self.env[name].with_user(self.users[group])
            arch = etree.fromstring(model.get_view(view_type="form")["arch"])
            offered[name] = {button.get("name") for button in arch.iter("button")}
        cancel = str(self.env.ref("sale.action_mass_cancel_orders").id)
        self.assertLessEqual(
            {"action_quotation_send", "action_draft", "action_confirm", cancel},
            offered["sale.order"],
        )
        self.assertLessEqual(
            {"action_mark_delivered", "action_mark_returned"}, offered["oms.parcel"]
        )

    def test_an_accountant_reads_invoicing_and_changes_nothing_in_it(self):
        accountant = self.users["accountant"]
        menus = self.env["ir.ui.menu"].with_user(accountant).load_menus(False)
        self.assertIn(self.env.ref("account.menu_finance").id, menus)
        invoice = self.done.invoice_ids.with_user(accountant)
        self.assertEqual(invoice.read(["amount_total"])[0]["amount_total"], 20.0)
        for operation in ("write", "create", "unlink"):
            with self.subTest(operation=operation):
                self.assertFalse(invoice.has_access(operation))

    def test_every_menu_of_the_app_is_shown_to_its_roles(self):
        root = self.env.ref("oms_addon.oms_menu_root")
        menus = self.env["ir.ui.menu"].search([("id", "child_of", root.id)])
        menus -= self.env.ref("oms_addon.res_config_settings_menu")
        shown = {
            group: set(self.env["ir.ui.menu"].with_user(user)._visible_menu_ids())
            for group, user in self.users.items()
        }
        self.assertEqual(menus.filtered(lambda m: m.id not in shown["manager"]).mapped("name"), [])
        together = self.env.ref("oms_addon.oms_combined_shipment_menu").id
        self.assertEqual({g for g in shown if together in shown[g]}, {"agent", "manager"})

    def test_each_role_opens_all_that_its_menus_show(self):
        everything = self.done + self.held + self.unpaid + self.short + self.by_hand + self.draft
        failures = []
        for group, user in self.users.items():
            client = WebClient(self.env(user=user))
            client.open_app("oms_addon.oms_menu_root")
            failures += [f"{group}: {failure}" for failure in client.failures]
            opened = {number for name, number in client.opened if name == "sale.order"}
            failures += [
                f"{group}: {o.name} was not opened" for o in everything if o.id not in opened
            ]
        self.assertFalse(failures, "\n".join(dict.fromkeys(failures)))
