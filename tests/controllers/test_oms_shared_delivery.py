"""The pages customers see of a delivery that several of their orders leave in."""

from odoo.tests import HttpCase, tagged

from ..shipping.test_oms_shared_delivery import SharedCommon


@tagged("standard", "post_install", "-at_install")
class TestSharedDeliveryPages(SharedCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.orders, self.picking = self._merged()

    def test_the_page_of_each_order_shows_the_delivery_it_leaves_in(self):
        for order in self.orders:
            page = self.url_open(order.get_portal_url())
            self.assertEqual(page.status_code, 200)
            self.assertIn(f"/my/picking/pdf/{self.picking.id}?", page.text)

    def test_the_link_of_each_order_opens_the_slip_and_a_guessed_one_does_not(self):
        path = f"/my/picking/pdf/{self.picking.id}?access_token="
        for order in self.orders:
            slip = self.url_open(path + order._portal_ensure_token())
            self.assertEqual(slip.headers["Content-Type"], "application/pdf")
        other = self._make_order((self.mug, 1))._portal_ensure_token()
        for token in ("guessed", other, ""):
            answer = self.url_open(path + token)
            self.assertNotEqual(answer.headers["Content-Type"], "application/pdf")

    def test_an_address_or_token_that_is_none_of_ours_is_no_fault_of_the_server(self):
        token = self.orders[0]._portal_ensure_token()
        for path in (
            f"{self.picking.id}?access_token=%C3%A9",
            f"{self.picking.id}?access_token=%00",
            f"{self.picking.id}?access_token={token}%C3%A9",
            f"{self.picking.id}",
            f"{self.picking.id + 10**6}?access_token={token}",
            f"{2**31}?access_token={token}",
        ):
            answer = self.url_open(f"/my/picking/pdf/{path}")
            self.assertLess(answer.status_code, 500, path)
            self.assertNotEqual(answer.headers["Content-Type"], "application/pdf", path)

    def test_orders_without_a_token_open_nothing(self):
        self.orders.access_token = False
        for token in ("False", "None", ""):
            answer = self.url_open(f"/my/picking/pdf/{self.picking.id}?access_token={token}")
            self.assertNotEqual(answer.headers["Content-Type"], "application/pdf", token)
