"""WooCommerce: connecting, limits and what is wrong with it."""

import json
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

from odoo.tests import BaseCase, tagged

from odoo.addons.oms_addon.channels.woocommerce import oauth1
from odoo.addons.oms_addon.exceptions import FinalError
from odoo.addons.oms_addon.tools import http

from simulators.base import Response

from .common import WoocommerceCommon

#: openssl dgst -sha256 -hmac "secret&" of the base text
KNOWN = "PYp3uYsLpiYCyK+ZaDLY0ifl9oyT4njKxwrG+tgZ5qA="


@tagged("standard", "post_install", "-at_install")
class TestOauth(BaseCase):
    def test_a_known_signature(self):
        params = {"oauth_consumer_key": "key", "oauth_nonce": "n", "page": "2", "q": "a b&c"}
        self.assertEqual(
            oauth1.sign("get", "http://shop.test:8080/wp-json/wc/v3/orders", params, "secret"),
            KNOWN,
        )

    def test_the_secret_is_not_in_the_header(self):
        header = oauth1.authorization("GET", "http://x.test/", {}, "the-key", "the-secret")
        self.assertNotIn("the-secret", header)
        self.assertTrue(header.startswith('OAuth oauth_consumer_key="the-key", oauth_nonce="'))


class TestWoocommerceConnection(WoocommerceCommon):
    def test_a_good_connection_has_nothing_to_say_and_changes_nothing(self):
        self.assertEqual(self.adapter._test_connection(self.woo), "")
        self.assertEqual(self.shop.book, {})

    def test_each_thing_that_is_wrong_is_told_in_words(self):
        self.shop.gate.permissions = "read"
        self.assertIn("read-only", self.adapter._test_connection(self.woo))
        self.woo.api_secret = "cs_wrong"
        self.assertIn("rejected the keys", self.adapter._test_connection(self.woo))
        self.shop.plain_permalinks = True
        self.assertIn("Permalinks", self.adapter._test_connection(self.woo))
        self.shop.stop()
        self.assertIn("refused the connection", self.adapter._test_connection(self.woo))
        self.woo.api_key = False
        self.assertIn("Fill in", self.adapter._test_connection(self.woo))
        self.shop.start = lambda: self.shop

    def test_a_shop_that_is_none_and_one_that_sends_elsewhere_are_told(self):
        self.shop.fail(1, 200, body=b"")
        self.assertIn("not a WooCommerce", self.adapter._test_connection(self.woo))
        self.shop.fail(1, 404, body=b'{"code": "rest_no_route", "message": "No route"}')
        self.assertIn("WooCommerce does not", self.adapter._test_connection(self.woo))
        home = b'<html><title>Woo</title><link href="/wp-includes/css/a.css"></html>'
        self.shop.fail(1, 200, body=home)
        self.assertIn("anything but “Plain”", self.adapter._test_connection(self.woo))
        login = home.replace(b"</html>", b'<form id="loginform" action="/wp-login.php"></html>')
        self.shop.fail(1, 200, body=login)
        self.assertIn("a login page", self.adapter._test_connection(self.woo))
        for there, said in (
            ("https://www.shop.test/", "Enter https://www.shop.test as the address"),
            ("https://127.0.0.1/x", "Enter https://127.0.0.1 as the address"),
        ):
            answer = Response(308, b"", {"Location": there})
            with patch.object(self.shop, "batch_orders", lambda *args, a=answer: a):
                self.assertIn(said, self.adapter._test_connection(self.woo))

    def test_a_page_that_comes_instead_of_the_api_is_told_for_what_it_is(self):
        form = b"<html><title>Log In &#8212; Shop</title><form action='/wp-login.php'></html>"
        blocked = b"<html><title>Attention Required! | Cloudflare</title></html>"
        for status, body, words in (
            (200, b"<html>Hello</html>", "returned a web page instead of data"),
            (200, form, "a login page instead of data"),
            (401, b"<html>Authorization Required</html>", "a password, a firewall"),
            (
                403,
                b"<html><h1>403 Forbidden</h1></html>",
                "rejected the call with a web page (status 403)",
            ),
            (403, blocked, "Cloudflare blocked the call to 127.0.0.1 (status 403)"),
            (503, b"<html>Scheduled maintenance.</html>", "maintenance page"),
        ):
            with self.subTest(status=status, body=body):
                self.shop.fail(1, status, body=body)
                problem = self.adapter._test_connection(self.woo)
                self.assertIn(words, problem)
                self.assertNotIn("keys", problem)
        # Data that PHP sends as a page, because it wrote a notice first, is data.
        said = b'<br />\n<b>Notice</b>: x in <b>y.php</b><br />\n{"code": "x", "message": "No."}'
        self.shop.fail(1, 401, body=said)
        self.assertIn("rejected the keys: No.", self.adapter._test_connection(self.woo))

    def test_over_https_the_keys_authenticate_and_over_http_they_only_sign(self):
        seen = []

        def request(method, url, *, auth=None, headers=None, **_options):
            seen.append((url, auth, (headers or {}).get("Authorization", "")))
            return http.Answer(200, {}, b"[]")

        hosts = self.env["ir.config_parameter"]
        hosts.set_param("oms_addon.trusted_hosts", "127.0.0.1, shop.test")
        with patch.object(http, "request", request):
            for address in ("https://shop.test/", "shop.test", "http://shop.test/wp-json/wc/v3"):
                self.woo.write({**self.shop.credentials(), "base_url": address})
                self.adapter._call(self.woo, "GET", "/orders", params={"page": "1"})
        keys = ("ck_simulated", "cs_simulated")
        self.assertEqual(seen[0], ("https://shop.test/wp-json/wc/v3/orders", keys, ""))
        self.assertEqual(seen[1][:2], seen[0][:2])
        self.assertEqual(seen[2][:2], ("http://shop.test/wp-json/wc/v3/orders", None))
        self.assertIn('oauth_consumer_key="ck_simulated"', seen[2][2])
        self.assertNotIn("cs_simulated", seen[2][2])

    def test_the_shop_takes_no_keys_that_are_readable_on_the_way(self):
        self.shop.secure = True
        self.assertIn("rejected the keys", self.adapter._test_connection(self.woo))

    def test_fault_7_webhooks_are_made_once_and_switched_on_again(self):
        self.shop.forget_webhooks()
        made = self.adapter._ensure_webhooks(self.woo)
        self.assertEqual(len(made), 8)
        self.assertEqual(self.adapter._ensure_webhooks(self.woo), [])
        self.assertEqual(
            {hook["delivery_url"] for hook in self.shop.webhooks.values()}, {self.woo.webhook_url}
        )
        for _n in range(7):
            self.shop.place_order()
            self.shop.deliver_all(lambda delivery: 500)
        off = [h["topic"] for h in self.shop.webhooks.values() if h["status"] == "disabled"]
        self.assertIn("order.created", off)
        self.assertEqual(len(self.adapter._ensure_webhooks(self.woo)), len(off))
        self.assertEqual({h["status"] for h in self.shop.webhooks.values()}, {"active"})
        [first, *_others] = self.shop.webhooks
        self.shop.webhooks.pop(first)
        self.assertEqual(
            self.adapter._ensure_webhooks(self.woo), ["Webhook order.created was missing."]
        )

    def test_removing_takes_our_webhooks_and_leaves_others(self):
        self.adapter._ensure_webhooks(self.woo)
        self.shop.webhooks[1] = {
            "id": 1,
            "topic": "order.created",
            "status": "active",
            "delivery_url": "https://other.test/",
        }
        self.adapter._remove_webhooks(self.woo)
        self.assertEqual(list(self.shop.webhooks), [1])

    def test_a_secret_is_made_where_there_is_none_and_given_to_the_shop(self):
        self.woo.webhook_secret = False
        self.assertEqual(len(self.adapter._ensure_webhooks(self.woo)), 8)
        self.assertEqual(self.adapter._ensure_webhooks(self.woo), [])
        self.assertGreater(len(self.woo.webhook_secret), 30)
        [secret] = {hook["secret"] for hook in self.shop.webhooks.values()}
        self.assertEqual(secret, self.woo.webhook_secret)

    def test_the_simulator_refuses_what_the_published_interface_does_not_have(self):
        for method, path, options in (
            ("GET", "/orders", {"params": {"pagesize": "5"}}),
            ("GET", "/orders", {"params": {"per_page": "101"}}),
            ("PUT", "/orders/1", {"body": {"state": "done"}}),
            ("POST", "/products/batch", {"body": {"change": []}}),
            ("POST", "/webhooks", {"body": {"topic": "order.created"}}),
        ):
            with self.subTest(path), self.assertRaises(FinalError):
                self.adapter._call(self.woo, method, path, **options)

    def test_the_simulator_stands_eight_callers_at_once(self):
        [mug, *_others] = map(int, self.shop.products)
        address = f"{self.shop.url}/wp-json/wc/v3/products/batch"

        def push(number):
            body = {"update": [{"id": mug, "stock_quantity": number}]}
            header = oauth1.authorization("POST", address, {}, "ck_simulated", "cs_simulated")
            request = urllib.request.Request(
                address, json.dumps(body).encode(), {"Authorization": header}, method="POST"
            )
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)["update"][0]["stock_quantity"]

        with ThreadPoolExecutor(8) as pool:
            self.assertEqual(sorted(pool.map(push, range(40))), list(range(40)))
        self.assertIn(self.shop.stock()["MUG", ""], range(40))
