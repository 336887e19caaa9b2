"""An agent has a channel give money back, in a browser."""

from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from .common import OmsCommon
from .push_shop import PushShopMixin


@tagged("standard", "post_install", "-at_install")
class TestRefundTour(HttpCase, PushShopMixin, OmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tiny.auto_ship = False
        cls.agent = cls._make_user("agent")

    def test_an_agent_has_one_piece_given_back_and_the_channel_is_told(self):
        order = self._capture(self._document("R-1", [("MUG", 3, "10.00")]), channel=self.tiny)
        self.start_tour("/odoo/oms-orders", "oms_refund_tour", login="oms_agent")
        self.assertRecordValues(
            order.oms_refund_ids, [{"state": "asked", "amount": 10.0, "reason": "Arrived broken"}]
        )
        self._run_lanes("outbox")
        [told] = [content for topic, content in self.shop.told if topic == "refund"]
        self.assertEqual(
            (told["order_ref"], told["amount"], told["lines"]),
            (
                "R-1",
                "10.00",
                [
                    {
                        "line_ref": "1",
                        "sku": "MUG",
                        "quantity": "1",
                        "amount": "10.00",
                        "restock": True,
                        "returned": False,
                    }
                ],
            ),
        )
        self.assertEqual(order.order_line.product_uom_qty, 2.0)
        self.assertEqual(order.oms_refund_ids.state, "done")

    def test_more_than_was_paid_is_not_given_back(self):
        order = self._capture(self._document("R-2", [("MUG", 3, "10.00")]), channel=self.tiny)
        request = (
            self.env["oms.refund.request"]
            .with_user(self.agent)
            .with_context(active_id=order.id)
            .create({"reason": "x", "amount": 30.01})
        )
        with self.assertRaisesRegex(UserError, "exceeds the refundable amount"):
            request.action_request()
        self.assertFalse(order.oms_refund_ids)
        request.amount = 30.0
        request.action_request()
        # A second click asks for nothing more, another request for more than is left.
        request.action_request()
        self.assertEqual(len(order.oms_refund_ids), 1)
        with self.assertRaisesRegex(UserError, "exceeds the refundable amount"):
            request.copy({"amount": 1.0}).action_request()
        self.assertEqual(len(order.oms_refund_ids), 1)

    def test_an_agent_marks_a_refund_that_was_paid_by_hand_as_paid(self):
        order = self._capture(self._document("R-3", [("MUG", 3, "10.00")]), channel=self.tiny)
        content = {
            "amount": "10.00",
            "shipping": "0",
            "charge_ref": "T-R-3",
            "lines": [{"line_ref": "1", "sku": "MUG", "quantity": "1", "amount": "10.00"}],
        }
        refund = self.env["oms.order.refund"]._request(order, content, "Broken")
        self._run_lanes("outbox")
        refund._note_paper(is_manual=True)
        self.assertEqual((refund.to_pay, self._holds(order)), (True, ["REFUND_DUE"]))
        self.start_tour(f"/odoo/oms-refunds/{refund.id}", "oms_refund_paid_tour", login="oms_agent")
        self.assertFalse(refund.to_pay)
        self.assertEqual((order.oms_amount_refunded, self._holds(order)), (10.0, []))
