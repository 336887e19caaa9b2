"""The pages customers see of a delivery that several of their orders leave in."""

from odoo.tests import HttpCase, tagged

from ..fulfilment.test_oms_shared_delivery import SharedCommon


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
