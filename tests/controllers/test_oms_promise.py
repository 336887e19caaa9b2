import re

from odoo.tests import HttpCase, tagged

from ..shipping.common import FulfilmentCommon


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
        self.assertIn("Request Cancellation", page.text)
        self.assertFalse(self._asked())

    def test_a_customer_asks_twice_and_a_person_is_asked_once(self):
        csrf = re.search(r'name="csrf_token" value="([^"]+)"', self._page().text)[1]
        for _time in range(2):
            answer = self._page(data={"csrf_token": csrf})
            self.assertEqual(answer.status_code, 200)
            self.assertIn("We received your cancellation request", answer.text)
        self.assertEqual(len(self._asked()), 1)
        self.assertTrue(self.order.oms_held)
        self.assertEqual(self.order.state, "sale")

    def test_who_has_no_token_or_comes_from_another_page_changes_nothing(self):
        self.assertEqual(self._page(token="guessed").status_code, 404)
        self.assertEqual(self._page(data={"csrf_token": "forged"}).status_code, 400)
        self.assertFalse(self._asked())

    def test_an_address_that_names_no_record_of_ours_is_not_found(self):
        for path in (
            f"{2**31}/cancel?access_token={self.token}",
            f"{10**30}/cancel?access_token={self.token}",
            f"{2**31 - 1}/cancel?access_token={self.token}",
            f"{self.order.id}/cancel?access_token=%C3%A9",
            f"{self.order.id}/cancel?access_token=%00",
            f"{self.order.id}/cancel?access_token={self.token}%C3%A9",
            f"{self.order.id}/cancel?access_token={'x' * 4000}",
            f"{self.order.id}/cancel",
        ):
            for data in (None, {"csrf_token": "forged"}):
                answer = self.url_open(f"/oms/orders/{path}", data=data, allow_redirects=False)
                self.assertIn(answer.status_code, (400, 404), path)
        self.assertFalse(self._asked())

    def test_the_token_of_another_order_opens_nothing(self):
        other = self._make_order((self.mug, 1))
        self.assertEqual(self._page(token=other._portal_ensure_token()).status_code, 404)
        self.order.access_token = False
        for token in ("False", "None", "", "0"):
            self.assertEqual(self._page(token=token).status_code, 404)
        self.assertFalse(self._asked())
