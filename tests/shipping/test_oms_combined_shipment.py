"""Orders that can leave together are found, proposed, and put together by themselves."""

from datetime import datetime, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from odoo.addons.oms_addon.documents.problems import HoldReason

from .test_oms_shared_delivery import SharedCommon

PLACED = datetime(2026, 3, 2, 9)


class TestOmsShipTogether(SharedCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = new_test_user(cls.env, "agent7", groups="oms_addon.oms_addon_group_agent")

    def _placed(self, *hours, **values):
        """:return: served orders, placed so many hours after the first"""
        orders = self._orders(len(hours), **values)
        for order, after in zip(orders, hours, strict=True):
            order.oms_placed_at = PLACED + timedelta(hours=after)
        return orders

    def _gather(self, orders):
        """:return: which orders leave together after the lane took some of them along"""
        self.together._gather(orders)
        return [p.oms_shared_order_ids for p in self.together._outgoing(orders)]

    # === FOUND === #

    def test_orders_that_can_leave_together_are_found_and_shown_on_each(self):
        orders = self._orders(3)
        self._make_order((self.mug, 1))
        held = self._orders(1)
        self.env["oms.hold"]._open(held, [HoldReason(code="CANCEL_REQUESTED", message="Wait.")])
        self.assertEqual(
            self.together._companions(orders[0] + held), {orders[0]: orders[1] + orders[2]}
        )
        self.assertEqual(
            orders[0].oms_companion_text,
            f"2 other orders to the same address are waiting: {orders[1].name}, {orders[2].name}.",
        )
        self.assertFalse(held.oms_companion_text)
        self.service._merge(orders[:2])
        self.assertEqual(
            orders[0].oms_together_text,
            f"Combined with {orders[1].name} in {orders[0].picking_ids.name}.",
        )
        self.assertEqual(self.together._companions(orders[0]), {orders[0]: orders[2]})

    def test_orders_that_were_asked_to_stop_are_not_found(self):
        orders = self._orders()
        self.env["oms.stop.request"].create(
            {"order_id": orders[1].id, "reason": "x", "company_id": self.company.id}
        )
        self.assertEqual(self.together._companions(orders), {})

    def test_the_list_shows_the_orders_of_the_users_companies_only(self):
        orders = self._orders()
        alone = self._make_order(
            (self.mug, 1), partner_id=self.env["res.partner"].create({"name": "Bea"}).id
        )
        self._serve(alone)
        together = self.together.with_user(self.agent)
        self.assertEqual(together._proposals(), orders)
        self.assertEqual(together.action_proposals()["domain"], [("id", "in", orders.ids)])
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "agent8",
            groups="oms_addon.oms_addon_group_agent",
            company_id=other.id,
            company_ids=other.ids,
        )
        self.assertFalse(self.together.with_user(stranger)._proposals())

    def test_fifty_orders_are_looked_at_with_as_many_queries_as_five(self):
        counts = []
        for count in (5, 45):
            orders = self._orders(count, quantity=1)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.together._companions(orders)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLess(counts[1], counts[0] + 10)

    # === CHOSEN BY A PERSON === #

    def _wizard(self, order):
        return (
            self.env["oms.order.join"]
            .with_user(self.agent)
            .with_context(active_id=order.id)
            .create({})
        )

    def test_an_agent_chooses_which_orders_leave_together(self):
        orders = self._orders(3)
        wizard = self._wizard(orders[0])
        self.assertEqual(wizard.line_ids.order_id, orders[1:])
        self.assertEqual(wizard.line_ids.mapped("is_chosen"), [True, True])
        wizard.line_ids[1].is_chosen = False
        wizard.action_join()
        self.assertEqual(orders[0].picking_ids.oms_shared_order_ids, orders[:2])
        event = orders[1].oms_event_ids.filtered(lambda e: e.code == "order.shipped_together")
        self.assertEqual(event.actor, self.agent.name)
        orders[1].with_user(self.agent).action_oms_ship_alone()
        self.assertFalse(orders[0].picking_ids.oms_shared_order_ids)

    def test_what_is_to_be_weighed_and_what_cannot_be_is_said(self):
        rare = self._make_product("URN", "Urn", stock=1)
        first = self._make_order((self.mug, 1))
        short = self._make_order((rare, 2))
        express = self._make_order((self.mug, 1), oms_shipping_method="Express")
        self._serve(first + short + express)
        wizard = self._wizard(first)
        self.assertRecordValues(
            wizard.line_ids,
            [{"order_id": short.id, "is_chosen": False, "doubt": "waiting for stock"}],
        )
        self.assertIn(f"{express.name} have different shipping methods", wizard.other_text)
        with self.assertRaisesRegex(UserError, "Select the orders"):
            wizard.action_join()
        wizard.line_ids.is_chosen = True
        wizard.action_join()
        self.assertEqual(first.picking_ids.oms_shared_order_ids, first + short)

    def test_orders_are_told_as_the_channel_knows_them_the_oldest_first(self):
        orders = self._placed(0, 1, 2)
        for number, order in enumerate(orders):
            order.oms_order_number = f"#{number}"
        wizard = (
            self.env["oms.order.join"]
            .with_user(self.agent)
            .with_context(active_id=orders[0].id)
            .create({})
        )
        self.assertEqual(wizard.line_ids.mapped("order_number"), ["#1", "#2"])
        self.assertEqual(
            wizard.line_ids.mapped("placed_at"), [PLACED + timedelta(hours=n) for n in (1, 2)]
        )
        wizard.action_join()
        self.assertEqual(
            orders[0].oms_together_text,
            f"Combined with {orders[1].name}, {orders[2].name} in {orders[0].picking_ids.name}.",
        )
        self.assertEqual(
            self._events(orders[1], "order.shipped_together"),
            [f"Combined with {orders[0].name}, {orders[2].name} in {orders[0].picking_ids.name}"],
        )

    def test_who_only_reads_orders_neither_merges_nor_parts_them(self):
        orders, picking = self._merged()
        auditor = new_test_user(self.env, "auditor7", groups="oms_addon.oms_addon_group_auditor")
        with self.assertRaises(AccessError):
            self.env["oms.order.join"].with_user(auditor).with_context(
                active_id=orders[0].id
            ).create({})
        with self.assertRaises(AccessError):
            orders[0].with_user(auditor).action_oms_ship_alone()
        with self.assertRaises(AccessError):
            picking.with_user(auditor).action_oms_separate()
        self.assertEqual(picking.oms_shared_order_ids, orders)

    def test_the_warehouse_parts_a_delivery_and_an_order_of_another_company_is_not_touched(self):
        orders, picking = self._merged()
        worker = new_test_user(self.env, "worker7", groups="oms_addon.oms_addon_group_warehouse")
        picking.with_user(worker).action_oms_separate()
        self.assertFalse(picking.oms_shared_order_ids)
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "agent9",
            groups="oms_addon.oms_addon_group_agent",
            company_id=other.id,
            company_ids=other.ids,
        )
        with self.assertRaises(AccessError):
            orders[0].with_user(stranger).action_oms_ship_alone()

    # === BY THEMSELVES === #

    def test_orders_placed_within_the_hours_leave_together_by_themselves(self):
        self.channel.write({"together_policy": "auto", "together_hours": 5})
        orders = self._placed(0, 4, 6)
        self.assertEqual(self._gather(orders[0]), [orders[0] + orders[1]])
        self.assertFalse(orders[2].picking_ids.oms_shared_order_ids)
        event = orders[0].oms_event_ids.filtered(lambda e: e.code == "order.shipped_together")
        self.assertEqual(event.actor, "Combine Shipments")
        self.together._gather(orders)
        self.assertEqual(
            len(event.search([("code", "=", event.code), ("res_id", "in", orders.ids)])), 2
        )

    def test_only_a_channel_that_wants_it_puts_orders_together(self):
        for policy in ("never", "propose"):
            self.channel.together_policy = policy
            self.assertEqual([bool(o) for o in self._gather(self._placed(0, 1))], [False, False])

    def test_an_order_that_would_wait_or_that_a_person_parted_is_left_alone(self):
        self.channel.together_policy = "auto"
        rare = self._make_product("URN", "Urn", stock=1)
        ready = self._placed(0)
        short = self._make_order((rare, 2))
        self._serve(short)
        later = self._placed(1)
        later.oms_available_at = datetime.now() + timedelta(days=9)
        alone = self._placed(1)
        alone.oms_ship_alone = True
        orders = ready + short + later + alone
        orders.oms_placed_at = PLACED
        self.assertEqual([bool(o) for o in self._gather(orders)], [False] * 4)
        unpaid = self._placed(0)
        self.channel.ship_policy = "paid"
        self.channel.action_apply_policy()
        self.assertEqual([bool(o) for o in self._gather(ready + unpaid)], [False, False])

    def test_orders_taken_along_by_the_lane_leave_in_one_parcel(self):
        self.channel.write({"together_policy": "auto", "auto_ship": True, "ship_policy": "paid"})
        customer = {"ref": "C-1", "name": "Ann", "email": "ann@example.com"}
        shipping = {**self._document("A1")["shipping"], "name": "Ann"}
        orders = self._capture(
            *[self._document(ref, customer=customer, shipping=shipping) for ref in ("A1", "A2")]
        )
        address = orders.partner_shipping_id
        self.assertEqual(len(address), 1)
        self.assertEqual(orders._oms_pickings().oms_shared_order_ids, orders)
        self.assertEqual(orders.mapped("oms_step"), ["deliver", "deliver"])
        self.assertEqual(len(orders.oms_parcel_ids), 1)
