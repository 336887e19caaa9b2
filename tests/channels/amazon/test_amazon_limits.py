"""Amazon: its limits, learned and kept to."""

from odoo.addons.oms_addon.channels.amazon import connection as amazon_connection
from odoo.addons.oms_addon.exceptions import CredentialsError, FinalError, RateLimited

from .common import AmazonCase


class TestAmazonLimits(AmazonCase):
    def test_polls_leave_some_of_the_limit_for_everything_else(self):
        for roles, seconds, bucket in (
            (self.roles, 240, "searchOrders"),
            (self.roles - {"2026"}, 80, "getOrders_v0"),
        ):
            self.shop.roles = set(roles)
            self.amazon.next_fetch_at = False
            self.env["oms.channel"]._run_fetch()
            planned = (self.amazon.next_fetch_at - self.amazon.polled_at).seconds
            self.assertEqual(planned, seconds)
            self.assertLess(1 / seconds, self.adapter._rate_limits[bucket][0])

    def test_fault_59_amazons_own_limit_is_kept(self):
        self.shop.rate_factor = 1.0
        for _call in range(20):
            self.adapter._fetch(self.amazon)
        with self.assertRaises(RateLimited) as caught:
            self.adapter._fetch(self.amazon)
        self.assertGreater(caught.exception.seconds, 60)
        # The last one was not even asked for.
        self.assertEqual(self._calls("/orders/2026-01-01/orders"), 20)

    def test_fault_59_a_row_of_calls_under_way_waits_a_little_and_no_longer(self):
        adapter, naps, answers = self.env["oms.channel.adapter.amazon"], [], []

        def call():
            if answers:
                raise RateLimited("Too many calls.", seconds=answers.pop(0))
            return "taken"

        self.patch(amazon_connection.time, "sleep", naps.append)
        answers[:] = [0.5, 2.0]
        self.assertEqual(adapter._patiently(call, 1), "taken")
        self.assertEqual(naps, [0.5, 2.0])
        for done, seconds in ((0, 0.5), (1, 2.5), (1, None)):
            answers[:] = [seconds]
            with self.subTest(done=done, seconds=seconds), self.assertRaises(RateLimited):
                adapter._patiently(call, done)
        self.assertEqual(naps, [0.5, 2.0])

    def test_fault_59_a_refusal_for_too_many_calls_only_waits(self):
        self.shop.throttle(path="/orders/2026-01-01/orders", seconds=42)
        with self.assertRaises(RateLimited) as caught:
            self.adapter._fetch(self.amazon)
        self.assertEqual(caught.exception.seconds, 42)

    def test_an_outage_is_no_refusal(self):
        self.shop.fail(1, 500, "/auth/o2/token")
        with self.assertRaises(Exception) as caught:
            self.adapter._fetch(self.amazon)
        self.assertNotIsInstance(caught.exception, (CredentialsError, FinalError))
