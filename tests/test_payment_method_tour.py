"""The payment methods of a channel, in a browser."""

from odoo.tests import HttpCase, tagged

from .common import OmsCommon


@tagged("standard", "post_install", "-at_install")
class TestPaymentMethodTour(HttpCase, OmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._make_user("manager")

    def test_a_manager_gives_a_payment_method_its_terms_and_orders_go_on(self):
        order = self._capture(self._document("A1", paid=False, payment_method="Courier pays"))
        self.assertEqual(order.state, "draft")
        listed = len(self.channel.payment_method_ids)
        self.start_tour(
            f"/odoo/oms-channels/{self.channel.id}",
            "oms_payment_method_tour",
            login="oms_manager",
        )
        row = self.channel.payment_method_ids.filtered(lambda r: r.method == "courier_pays")
        self.assertEqual((len(row), row.terms), (1, "cod"))
        self.assertEqual(len(self.channel.payment_method_ids), listed)
        self._run_lanes()
        self.assertEqual((order.oms_payment_terms, order.state), ("cod", "sale"))
