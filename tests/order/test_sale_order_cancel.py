"""The Cancel button of Sales: what the warehouse works on is asked back, what left stays sold."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user

from ..common import OmsCommon
from ..push_shop import PushShopMixin
from ..shipping.test_oms_shared_delivery import SharedCommon


class TestSaleOrderCancel(PushShopMixin, OmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.auto_ship = False
        cls.tiny.auto_ship = False
        cls.seller = new_test_user(
            cls.env, "seller", groups="sales_team.group_sale_salesman_all_leads"
        )
        cls.picker = new_test_user(cls.env, "picker", groups="oms_addon.oms_addon_group_warehouse")

    def _sold(self, *lines, **values):
        """:return: an order of a live channel whose goods are reserved"""
        lines = lines or (("MUG", 3, "10.00"), ("POT", 1, "10.00"))
        return self._capture(self._document("A1", lines, **values), channel=self.tiny)

    def _typed(self, warehouse=None):
        """:return: an order the seller typed in and confirmed"""
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Bea"}).id,
                "user_id": self.seller.id,
                "warehouse_id": (warehouse or self.warehouse).id,
                "order_line": [Command.create({"product_id": self.mug.id, "product_uom_qty": 3})],
            }
        )
        order.action_confirm()
        order.picking_ids.action_assign()
        return order

    def _cancel(self, order):
        """:return: what Sales shows the seller who presses Cancel"""
        return order.with_user(self.seller).action_cancel()

    def _ship(self, order, quantity):
        """Have so many mugs leave; the rest stays on a backorder."""
        picking = order.picking_ids._oms_todo()
        for move in picking.move_ids:
            move.quantity = quantity if move.product_id == self.mug else 0
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        self._run_lanes()
        return picking

    def _reported(self):
        """:return: what the shop was told of cancellations"""
        self._run_lanes()
        return [content for topic, content in self.shop.told if topic == "cancellation"]

    # === BEFORE PICKING === #

    def test_fault_37_before_picking_it_is_cancelled_at_once_and_the_channel_told_once(self):
        order = self._sold()
        self.assertEqual(self.mug.free_qty, 97.0)
        self.assertIs(self._cancel(order), True)
        self.assertEqual(
            (order.state, order.oms_status, order.picking_ids.state),
            ("cancel", "cancelled", "cancel"),
        )
        self.assertEqual(self.mug.free_qty, 100.0)
        self.assertEqual([told["order_ref"] for told in self._reported()], ["A1"])
        self.assertEqual(
            order.oms_event_ids.filtered(lambda e: e.code == "order.cancelled").actor,
            self.seller.name,
        )

    def test_fault_36_what_was_paid_and_invoiced_is_credited_and_is_to_be_given_back(self):
        order = self._sold()
        self.assertEqual(order.invoice_ids.state, "posted")
        self._cancel(order)
        credit = order.invoice_ids.filtered(lambda m: m.move_type == "out_refund")
        self.assertEqual((credit.state, credit.amount_total), ("posted", 40.0))
        self.assertEqual(order.state, "cancel")
        self.assertEqual(self._holds(order), ["LATE_PAYMENT"])
        self.assertTrue(self._reported()[0]["refund"])

    def test_many_orders_are_cancelled_as_one_is(self):
        kept = self._sold()
        kept.picking_ids.move_ids.picked = True
        free = self._typed()
        draft = free.copy()
        orders = kept + free + draft
        wizard = self.env["sale.mass.cancel.orders"].with_user(self.seller)
        action = wizard.with_context(active_ids=orders.ids).create({}).action_mass_cancel()
        self.assertEqual(orders.mapped("state"), ["sale", "cancel", "cancel"])
        self.assertIn(f"{kept.name}: the items are being picked", action["params"]["message"])

    # === WHILE PICKING === #

    def test_fault_34_while_goods_are_picked_the_warehouse_is_asked_and_its_yes_cancels(self):
        order = self._sold()
        picking = order.picking_ids
        picking.move_ids.filtered(lambda m: m.product_id == self.mug).picked = True
        action = self._cancel(order)
        self.assertEqual(
            action["params"]["message"],
            f"{order.name}: the items are being picked ({picking.name}). The warehouse was asked "
            "to stop; its answer decides whether the order is cancelled.",
        )
        self.assertEqual((order.state, picking.state), ("sale", "assigned"))
        self.assertIn("Cancelled by seller", picking.oms_stop_text)
        self.assertEqual(self._reported(), [])
        with self.assertRaisesRegex(UserError, "cannot be shipped"):
            picking.with_user(self.picker).button_validate()
        picking.with_user(self.picker).action_oms_stopped()
        self.assertEqual((order.state, picking.state), ("cancel", "cancel"))
        self.assertEqual(self.mug.free_qty, 100.0)
        self.assertNotIn("CANCEL_REQUESTED", self._holds(order))
        self.assertEqual([(t["order_ref"], t["lines"]) for t in self._reported()], [("A1", [])])

    def test_fault_34_a_no_of_the_warehouse_lets_the_goods_leave(self):
        order = self._sold()
        picking = order.picking_ids
        picking.move_ids.picked = True
        self._cancel(order)
        picking.with_user(self.picker).action_oms_too_late()
        self.assertEqual(self._holds(order), ["STOP_TOO_LATE"])
        picking.button_validate()
        self.assertEqual((order.state, picking.state), ("sale", "done"))
        self.assertEqual(self._reported(), [])

    def test_fault_34_an_order_without_channel_is_asked_back_as_well(self):
        order = self._typed()
        picking = order.picking_ids
        picking.move_ids.picked = True
        self._cancel(order)
        self.assertEqual(order.state, "sale")
        with self.assertRaisesRegex(UserError, "cannot be shipped"):
            picking.button_validate()
        picking.with_user(self.picker).action_oms_stopped()
        self.assertEqual((order.state, picking.state), ("cancel", "cancel"))

    def test_fault_34_goods_that_wait_to_be_packed_are_asked_back_too(self):
        self.north.delivery_steps = "pick_ship"
        self._put_stock(self.mug, self.north, 10)
        order = self._typed(self.north)
        pick = order.picking_ids
        pick.move_ids.picked = True
        pick.button_validate()
        self.assertEqual(order.picking_ids.mapped("state"), ["done", "assigned"])
        self._cancel(order)
        self.assertEqual(order.state, "sale")
        (order.picking_ids - pick).action_oms_stopped()
        self.assertEqual(order.state, "cancel")

    def test_fault_35_the_channel_cancelling_meanwhile_is_not_told_what_it_knows(self):
        order = self._sold()
        order.picking_ids.move_ids.picked = True
        self._cancel(order)
        self._receive(self._cancellation("A1"), channel=self.tiny, topic="orders/cancelled")
        self._run_lanes()
        order.picking_ids.action_oms_stopped()
        self.assertEqual(self._reported(), [])
        self.assertEqual(order.picking_ids.state, "cancel")

    def test_fault_37_pressing_cancel_twice_asks_once(self):
        order = self._sold()
        order.picking_ids.move_ids.picked = True
        self._cancel(order)
        self.assertIn("was asked to stop", self._cancel(order)["params"]["message"])
        requests = self.env["oms.stop.request"].search([("order_id", "=", order.id)])
        self.assertEqual(requests.mapped("state"), ["asked"])

    # === AFTER SHIPPING === #

    def test_fault_37_after_shipping_it_is_refused_in_words(self):
        order = self._sold(("MUG", 3, "10.00"))
        picking = self._ship(order, 3)
        with self.assertRaisesRegex(
            UserError, f"{order.name} cannot be cancelled because {picking.name} is already shipped"
        ):
            self._cancel(order)
        self.assertEqual(order.state, "sale")

    def test_fault_36_of_a_partly_shipped_order_what_did_not_leave_is_cancelled(self):
        order = self._sold(("MUG", 3, "10.00"))
        shipped = self._ship(order, 2)
        action = self._cancel(order)
        self.assertIn("shipped items remain sold", action["params"]["message"])
        self.assertEqual(order.state, "sale")
        self.assertEqual((shipped.state, (order.picking_ids - shipped).state), ("done", "cancel"))
        line = order.order_line.filtered("product_id")
        self.assertEqual((line.product_uom_qty, line.qty_delivered), (2.0, 2.0))
        credit = order.invoice_ids.filtered(lambda m: m.move_type == "out_refund")
        self.assertEqual(credit.amount_total, 10.0)
        self.assertEqual(self.mug.free_qty, 98.0)
        [told] = self._reported()
        self.assertEqual([(l["sku"], l["quantity"]) for l in told["lines"]], [("MUG", 1)])
        with self.assertRaisesRegex(UserError, "is already shipped"):
            self._cancel(order)

    def test_fault_36_the_rest_that_is_being_picked_is_asked_back(self):
        order = self._sold(("MUG", 3, "10.00"))
        self._ship(order, 2)
        rest = order.picking_ids._oms_todo()
        rest.move_ids.picked = True
        message = self._cancel(order)["params"]["message"]
        self.assertIn("shipped items remain sold", message)
        self.assertIn(f"are being picked ({rest.name})", message)
        self.assertEqual(order.order_line.filtered("product_id").product_uom_qty, 3.0)
        rest.action_oms_stopped()
        self.assertEqual(order.order_line.filtered("product_id").product_uom_qty, 2.0)
        [told] = self._reported()
        self.assertEqual([(l["sku"], l["quantity"]) for l in told["lines"]], [("MUG", 1)])

    # === PLAIN ODOO === #

    def test_a_warehouse_we_do_not_run_cancels_as_odoo_does(self):
        self.north.oms_managed = False
        self._put_stock(self.mug, self.north, 10)
        order = self._typed(self.north)
        order.picking_ids.move_ids.picked = True
        self.assertIs(order.action_cancel(), True)
        self.assertEqual((order.state, order.picking_ids.state), ("cancel", "cancel"))
        self.assertFalse(self.env["oms.stop.request"].search([("order_id", "=", order.id)]))

    def test_a_locked_order_is_refused_as_odoo_does(self):
        order = self._sold()
        order.action_lock()
        with self.assertRaisesRegex(UserError, "locked"):
            self._cancel(order)


class TestCancelOfSharedOrders(SharedCommon):
    def setUp(self):
        super().setUp()
        self.orders, self.picking = self._merged()

    def test_the_younger_of_two_that_are_picked_together_is_asked_for_not_cancelled(self):
        younger = self.orders[1]
        self.picking.move_ids.picked = True
        action = younger.action_cancel()
        self.assertIn("was asked to stop", action["params"]["message"])
        self.assertEqual(self.orders.mapped("state"), ["sale", "sale"])
        request = self.env["oms.stop.request"].search([])
        self.assertRecordValues(
            request, [{"order_id": younger.id, "picking_ids": self.picking.ids, "state": "asked"}]
        )
        request._answer(is_stopped=True)
        self.assertEqual(self.orders.mapped("state"), ["sale", "cancel"])
        self.assertEqual(self.picking.move_ids.sale_line_id.order_id, self.orders[0])
        self.assertEqual(set(self.picking.move_ids.mapped("picked")), {True})

    def test_the_younger_of_two_that_have_left_together_is_refused(self):
        self.picking.move_ids.picked = True
        self.picking.button_validate()
        with self.assertRaisesRegex(UserError, self.picking.name):
            self.orders[1].action_cancel()
        self.assertEqual(self.orders.mapped("state"), ["sale", "sale"])


class TestCancelWizard(PushShopMixin, OmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tiny.auto_ship = False
        cls.agent = new_test_user(cls.env, "canceller", groups="oms_addon.oms_addon_group_agent")

    def _cancel(self, orders, **values):
        wizard = self.env["sale.mass.cancel.orders"].with_user(self.agent)
        wizard.with_context(active_ids=orders.ids).create(values).action_mass_cancel()
        self._run_lanes()

    def test_the_channel_is_told_what_was_chosen(self):
        order = self._capture(self._document("W1"), channel=self.tiny)
        self._cancel(
            order,
            oms_reason="inventory",
            oms_text="Broken in the warehouse",
            oms_refund=False,
            oms_restock=False,
            oms_notify=False,
        )
        self.assertEqual(order.state, "cancel")
        [told] = [content for topic, content in self.shop.told if topic == "cancellation"]
        self.assertEqual(
            {key: told[key] for key in ("reason", "text", "refund", "restock", "notify")},
            {
                "reason": "inventory",
                "text": "Broken in the warehouse",
                "refund": False,
                "restock": False,
                "notify": False,
            },
        )
        self.assertIn("Broken in the warehouse", order.oms_wait_reason)

    def test_the_dialog_says_where_the_channel_decides_about_the_mail(self):
        shop, other = self.env["oms.channel"].create(
            [{"name": "Woo", "adapter": "woocommerce"}, {"name": "Presta", "adapter": "prestashop"}]
        )
        orders = self._capture(self._document("W7"), self._document("W8"), channel=self.tiny)
        Wizard = self.env["sale.mass.cancel.orders"]
        orders[0].oms_channel_id, orders[1].oms_channel_id = shop, other
        both = Wizard.with_context(active_ids=orders.ids).create({})
        self.assertEqual(
            (both.oms_can_notify, both.oms_notify_text),
            (True, "Woo: the channel decides whether the customer is emailed."),
        )
        one = Wizard.with_context(active_ids=orders[0].ids).create({})
        self.assertFalse(one.oms_can_notify)
        free = Wizard.with_context(active_ids=orders[1].ids).create({})
        self.assertEqual((free.oms_can_notify, free.oms_notify_text), (True, False))

    def test_what_is_proposed_gives_the_money_back_and_restocks(self):
        order = self._capture(self._document("W2"), channel=self.tiny)
        self._cancel(order)
        [told] = [content for topic, content in self.shop.told if topic == "cancellation"]
        self.assertEqual(
            {key: told[key] for key in ("reason", "refund", "restock", "notify")},
            {"reason": "other", "refund": True, "restock": True, "notify": True},
        )

    def test_the_customer_of_an_order_made_here_is_notified_if_that_was_chosen(self):
        orders = self.env["sale.order"].create(
            [
                {
                    "partner_id": self.env["res.partner"]
                    .create({"name": "Bea", "email": f"{name}@example.com"})
                    .id,
                    "order_line": [Command.create({"product_id": self.mug.id})],
                }
                for name in ("told", "untold")
            ]
        )
        orders.action_confirm()
        self._cancel(orders[0], oms_notify=True)
        self._cancel(orders[1])
        mails = self.env["mail.mail"].search([("res_id", "in", orders.ids)])
        mails = mails.filtered(lambda m: m.model == "sale.order" and "cancelled" in m.subject)
        self.assertEqual(mails.mapped("res_id"), orders[0].ids)
