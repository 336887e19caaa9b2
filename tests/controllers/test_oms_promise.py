import re

from odoo.tests import HttpCase, tagged

from ..fulfilment.common import FulfilmentCommon


@tagged("standard", "post_install", "-at_install")
class TestCancelPage(FulfilmentCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.order = self._make_order((self.mug, 1))
        self._serve(self.order)
        self.token = self.order._portal_ensure_token()

    def _page(self, token=None, **options):
        token = self.token if token is None else token
        return self.url_open(
            f"/oms/orders/{self.order.id}/cancel?access_token={token}",
            allow_redirects=False,
            **options,
        )

    def _asked(self):
        """:return: the wishes to cancel that wait for a person"""
        return self.env["oms.hold"].search(
            [
                ("order_id", "=", self.order.id),
                ("reason_code", "=", "CANCEL_REQUESTED"),
                ("state", "=", "open"),
            ]
        )

    def test_following_the_link_asks_nothing_before_the_customer_does(self):
        page = self._page()
        self.assertEqual(page.status_code, 200)
        self.assertIn("Ask to cancel", page.text)
        self.assertFalse(self._asked())

    def test_a_customer_asks_twice_and_a_person_is_asked_once(self):
        csrf = re.search(r'name="csrf_token" value="([^"]+)"', self._page().text)[1]
        for _time in range(2):
            answer = self._page(data={"csrf_token": csrf})
            self.assertEqual(answer.status_code, 200)
            self.assertIn("does not leave before", answer.text)
        self.assertEqual(len(self._asked()), 1)
        self.assertTrue(self.order.oms_held)
        self.assertEqual(self.order.state, "sale")

    def test_who_has_no_token_or_comes_from_another_page_changes_nothing(self):
        self.assertEqual(self._page(token="guessed").status_code, 404)
        self.assertEqual(self._page(data={"csrf_token": "forged"}).status_code, 400)
        self.assertFalse(self._asked())
