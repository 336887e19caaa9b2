"""Many orders are held, released, changed, printed and shipped at once."""

import io
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user
from odoo.tools.pdf import PdfFileReader

from .common import FulfilmentCommon


class TestSaleOrderBulk(FulfilmentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent, cls.picker, cls.auditor = (
            new_test_user(cls.env, f"bulk_{group}", groups=f"oms_addon.oms_addon_group_{group}")
            for group in ("agent", "warehouse", "auditor")
        )

    def _orders(self, count=3):
        """:return: orders made in Sales whose goods are reserved"""
        orders = self.env["sale.order"]
        for _number in range(count):
            orders |= self._make_order((self.mug, 2))
        orders.oms_channel_id = False
        self._serve(orders)
        return orders

    def _batch(self, orders, kind, user=None, **values):
        return (
            self.env["oms.order.batch"]
            .with_user(user or self.agent)
            .with_context(active_ids=orders.ids, default_kind=kind)
            .create(values)
        )

    def test_held_orders_do_not_ship_until_they_are_released(self):
        orders = self._orders()
        held = orders[:2]
        self._batch(held, "hold", reason="Customer calls back").action_apply()
        self.assertEqual(
            [(h.reason_code, h.detail, h.state) for h in held.oms_hold_ids],
            [("MANUAL", "Customer calls back", "open")] * 2,
        )
        answer = orders.with_user(self.picker).action_oms_ship()["params"]
        self.assertEqual(orders.picking_ids.mapped("state"), ["assigned", "assigned", "done"])
        self.assertIn("Orders shipped: 1.", answer["message"])
        self.assertIn("Customer calls back", answer["message"])
        self.assertEqual(answer["type"], "warning")
        self.assertIs(held.with_user(self.agent).action_oms_release(), True)
        self.assertEqual(set(held.oms_hold_ids.mapped("state")), {"released"})
        answer = orders.with_user(self.picker).action_oms_ship()["params"]
        self.assertEqual((answer["type"], answer["message"]), ("success", "Orders shipped: 2."))
        self.assertEqual(set(orders.picking_ids.mapped("state")), {"done"})

    def test_holding_twice_makes_one_exception_and_a_hold_needs_a_reason(self):
        order = self._orders(1)
        for _time in range(2):
            self._batch(order, "hold", reason="Wait").action_apply()
        self.assertEqual(len(order.oms_hold_ids), 1)
        with self.assertRaisesRegex(UserError, "a reason for putting the orders on hold"):
            self._batch(order, "hold", reason=" ").action_apply()

    def test_what_is_not_held_or_released_is_said(self):
        orders = self._orders(2)
        done = orders[0]
        done.oms_status = "done"
        answer = self._batch(orders, "hold", reason="Wait").action_apply()
        self.assertEqual(
            answer["params"]["message"],
            f"Orders put on hold: 1. Skipped because done or cancelled: {done.name}.",
        )
        self.assertEqual([len(order.oms_hold_ids) for order in orders], [0, 1])
        with self.assertRaisesRegex(UserError, f"cannot be put on hold: {done.name}"):
            self._batch(done, "hold", reason="Wait").action_apply()
        with self.assertRaisesRegex(UserError, "None of the selected orders is on hold"):
            done.with_user(self.agent).action_oms_release()

    def test_priority_tags_and_salesperson_are_set_on_all(self):
        orders = self._orders()
        tag = self.env["crm.tag"].create({"name": "Gift"})
        self._batch(orders, "priority", priority="1").action_apply()
        self._batch(orders, "tag", tag_ids=[Command.set(tag.ids)]).action_apply()
        self._batch(orders, "assign", user_id=self.agent.id).action_apply()
        self.assertEqual(
            [(o.oms_priority, o.tag_ids, o.user_id) for o in orders],
            [("1", tag, self.agent)] * 3,
        )

    def test_who_may_not_change_orders_changes_none(self):
        orders = self._orders(1)
        with self.assertRaises(AccessError):
            self._batch(orders, "hold", user=self.auditor, reason="x")
        for method in ("action_oms_release", "action_oms_ship"):
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(orders.with_user(self.auditor), method)()
        self.assertEqual(orders.picking_ids.state, "assigned")
        self.assertFalse(orders.oms_hold_ids)

    def test_an_order_that_is_not_wholly_reserved_is_not_shipped_in_part(self):
        order = self._make_order((self.mug, 500))
        order.oms_channel_id = False
        self._serve(order)
        answer = order.with_user(self.picker).action_oms_ship()["params"]
        self.assertIn(order.name, answer["message"])
        self.assertEqual(order.picking_ids.mapped("state"), ["assigned"])

    def _pages(self, action, user):
        """:return: how many pages the PDF of a report action has"""
        report = (
            self.env["ir.actions.report"].with_user(user).with_context(force_report_rendering=True)
        )
        content, kind = report._render_qweb_pdf(
            action["report_name"], action["context"]["active_ids"]
        )
        self.assertEqual(kind, "pdf")
        return PdfFileReader(io.BytesIO(content)).numPages

    def test_ten_slips_and_ten_pick_lists_are_one_paper_each_whichever_program_prints(self):
        orders = self._orders(10)
        for user in (self.agent, self.picker):
            for method in ("action_oms_print_slips", "action_oms_print_picks"):
                with self.subTest(user=user.login, method=method):
                    action = getattr(orders.with_user(user), method)()
                    self.assertEqual(len(action["context"]["active_ids"]), 10)
                    self.assertEqual(self._pages(action, user), 10)

    def test_a_patched_program_gets_all_documents_at_once(self):
        report = type(self.env["ir.actions.report"])
        calls = []

        def run(_self, bodies, *args, **kwargs):
            calls.append(len(list(bodies)))
            return b"%PDF"

        core = "odoo.addons.base.models.ir_actions_report.IrActionsReport._run_wkhtmltopdf"
        with patch.object(report, "_oms_converts_many", lambda self: True), patch(core, run):
            self.env["ir.actions.report"]._run_wkhtmltopdf(["a", "b", "c"])
        self.assertEqual(calls, [3])

    def test_without_a_delivery_there_is_nothing_to_print(self):
        order = self._make_order((self.mug, 1))
        with self.assertRaisesRegex(UserError, "None of the selected orders has such a delivery"):
            order.action_oms_print_slips()
