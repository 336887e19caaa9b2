from odoo import fields
from odoo.tests import tagged

from ..payment.common import PaymentCommon


@tagged("standard", "post_install", "-at_install")
class TestOrderExpiry(PaymentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.unpaid_days = 7
        now = fields.Datetime.now()
        cls.old = fields.Datetime.subtract(now, days=8)
        cls.young = fields.Datetime.subtract(now, days=6)

    def test_fault_58_an_unpaid_order_expires_and_frees_its_stock(self):
        order = self._make_order(oms_placed_at=self.old)
        order.action_confirm()
        order.picking_ids.action_assign()
        free = self.mug.free_qty
        self.assertEqual(self.env["oms.order.expiry"]._expire_unpaid(), 1)
        self.assertRecordValues(
            order,
            [
                {
                    "state": "cancel",
                    "oms_status": "cancelled",
                    "oms_wait_reason": "Cancelled: unpaid for 7 days",
                }
            ],
        )
        self.assertEqual(set(order.picking_ids.mapped("state")), {"cancel"})
        self.assertEqual(self.mug.free_qty, free + 4)
        self.assertIn("order.expired", order.oms_event_ids.mapped("code"))

    def test_fault_58_a_late_payment_is_held(self):
        order = self._make_order(oms_placed_at=self.old)
        self.env["oms.order.expiry"]._expire_unpaid()
        self._pay(order)
        self.assertEqual(order.state, "cancel")
        self.assertEqual(self._holds(order), ["LATE_PAYMENT"])

    def test_young_paid_authorised_and_partly_paid_orders_stay(self):
        young = self._make_order(oms_placed_at=self.young)
        paid, promised, part = (self._make_order(oms_placed_at=self.old) for _n in range(3))
        self._pay(paid)
        self._pay(promised, kind="authorization")
        self._pay(part, "10.00")
        self.assertEqual(self.env["oms.order.expiry"]._expire_unpaid(), 0)
        self.assertEqual(set((young + paid + promised + part).mapped("state")), {"draft"})

    def test_orders_of_channels_that_wait_for_ever_stay(self):
        order = self._make_order(oms_placed_at=self.old)
        for values in (
            {"unpaid_days": 0},
            {"unpaid_days": 7, "payment_policy": "terms"},
            {"payment_policy": "prepaid", "state": "paused"},
        ):
            self.channel.write(values)
            self.channel.action_apply_policy()
            self.assertEqual(self.env["oms.order.expiry"]._expire_unpaid(), 0)
        self.assertEqual(order.state, "draft")

    def test_an_order_whose_goods_left_stays(self):
        self.channel.ship_policy = "always"
        order = self._make_order(oms_placed_at=self.old)
        order.action_confirm()
        self._ship(order)
        self.assertEqual(self.env["oms.order.expiry"]._expire_unpaid(), 0)
        self.assertEqual(order.state, "sale")
