"""Shopify: connecting, limits and what is wrong with it."""

import json
from unittest.mock import patch

from odoo.addons.oms_addon.channels.shopify import (
    connection,
)
from odoo.addons.oms_addon.exceptions import (
    CredentialsError,
    FinalError,
    RateLimited,
    RetryableError,
)

from .common import END, START, ShopifyCase


class TestShopifyLimits(ShopifyCase):
    def _bucket(self):
        with self.env.registry.cursor() as cr:
            cr.execute(
                "SELECT tokens, rate, burst FROM oms_channel_meter WHERE channel_ref = %s",
                [self.shop.id],
            )
            return cr.fetchone()

    def test_the_store_tells_its_limit_and_we_keep_to_it(self):
        self.store.restore_rate, self.store.max_points, self.store.points = 50.0, 900.0, 700.0
        self.adapter._count_orders(self.shop, START, END)
        tokens, rate, burst = self._bucket()
        self.assertEqual((rate, burst), (50.0, 900.0))
        self.assertLess(tokens, 800.0)

    def test_fault_59_a_throttled_answer_says_how_long_to_wait(self):
        self.store.points, self.store.restore_rate = 0.0, 10.0
        with self.assertRaises(RateLimited) as caught:
            self.adapter._fetch(self.shop)
        self.assertGreater(caught.exception.seconds, 2.5)
        self.assertLess(caught.exception.seconds, 3.5)

    def test_a_question_that_costs_too_much_is_asked_in_parts(self):
        refs = [self.store.place_order() for _n in range(4)]
        with patch("simulators.shopify.server.MAX_COST", 300):
            events = self.adapter._fetch_orders(self.shop, refs)
        self.assertEqual([event.order_ref for event in events], refs)

    def test_errors_in_an_answer_are_words_of_their_kind(self):
        for code, kind in (
            ("ACCESS_DENIED", FinalError),
            ("SHOP_INACTIVE", CredentialsError),
            ("INTERNAL_SERVER_ERROR", RetryableError),
            ("undefinedField", FinalError),
        ):
            answer = {"errors": [{"message": "Because.", "extensions": {"code": code}}]}
            self.store.fail(status=200, body=json.dumps(answer))
            with self.assertRaisesRegex(kind, "Because"):
                self.adapter._count_orders(self.shop, START, END)
        self.store.fail(status=200, body=b"<html>Maintenance</html>")
        with self.assertRaises(RetryableError):
            self.adapter._count_orders(self.shop, START, END)

    def test_the_token_is_in_no_error_and_no_address(self):
        self.store.token = "another"
        with self.assertRaises(CredentialsError) as caught:
            self.adapter._count_orders(self.shop, START, END)
        self.assertNotIn(self.shop.api_key, str(caught.exception))
        self.assertFalse([r for r in self.store.requests if self.shop.api_key in r.path])


class TestShopifyConnection(ShopifyCase):
    def setUp(self):
        super().setUp()
        self.env["ir.config_parameter"].set_param("web.base.url", "https://erp.example.com")
        self.shop.invalidate_recordset(["webhook_url"])

    def test_a_good_connection_has_nothing_to_say(self):
        self.assertEqual(self.adapter._test_connection(self.shop), "")

    def test_missing_scopes_are_named(self):
        self.store.scopes.remove("write_inventory")
        problem = self.adapter._test_connection(self.shop)
        self.assertIn("read_inventory, write_inventory", problem)
        self.assertNotIn("read_orders", problem)

    def test_what_is_wrong_with_a_connection_is_said_in_words(self):
        self.store.token = "another"
        self.assertIn("cannot be reached", self.adapter._test_connection(self.shop))
        self.shop.write({**self.store.credentials(), "base_url": "http://127.0.0.1:9"})
        self.assertIn("refused the connection", self.adapter._test_connection(self.shop))
        self.shop.api_key = False
        self.assertIn("Fill in", self.adapter._test_connection(self.shop))

    def test_fault_7_subscriptions_that_are_missing_or_point_elsewhere_are_made_again(self):
        made = self.adapter._ensure_webhooks(self.shop)
        self.assertEqual(len(made), len(connection.TOPICS))
        self.assertEqual(self.adapter._ensure_webhooks(self.shop), [])
        known = list(self.store.subscriptions)
        del self.store.subscriptions[known[0]]
        self.store.subscriptions[known[1]]["uri"] = (
            f"https://old.example.com/oms/webhook/{self.shop.token}"
        )
        self.assertEqual(len(self.adapter._ensure_webhooks(self.shop)), 2)
        uris = {subscription["uri"] for subscription in self.store.subscriptions.values()}
        self.assertEqual(uris, {self.shop.webhook_url})
        self.assertEqual(len(self.store.subscriptions), len(connection.TOPICS))

    def test_subscriptions_of_another_system_are_left_alone(self):
        foreign = {"topic": "ORDERS_CREATE", "uri": "https://other.example.com/hook"}
        self.store.subscriptions[1] = foreign
        self.adapter._ensure_webhooks(self.shop)
        self.adapter._remove_webhooks(self.shop)
        self.assertEqual(self.store.subscriptions, {1: foreign})

    def test_an_address_without_encryption_is_refused_in_words(self):
        self.env["ir.config_parameter"].set_param("web.base.url", "http://erp.example.com")
        self.shop.invalidate_recordset(["webhook_url"])
        with self.assertRaisesRegex(FinalError, "not supported"):
            self.adapter._ensure_webhooks(self.shop)
