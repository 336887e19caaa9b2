"""Amazon: connecting, limits and what is wrong with it."""

import json

from odoo.tools import SQL, mute_logger

from odoo.addons.oms_addon.documents.order import DocumentError, OrderRequest

from .common import AmazonCase

POLLING = "odoo.addons.oms_addon.models.sync.oms_channel_polling"


class TestAmazonConnection(AmazonCase):
    def test_a_good_account_connects(self):
        self.assertEqual(self.adapter._test_connection(self.amazon), "")

    def test_what_is_wrong_is_said_in_words(self):
        for values, text in (
            ({"account_ref": "me"}, "expected the seller ID, an @ and marketplace IDs"),
            ({"account_ref": "A2SIMSELLER01@A1PA6795UKMFR9,XYZ"}, "no marketplace XYZ"),
            (
                {"account_ref": "A2SIMSELLER01@A1PA6795UKMFR9,ATVPDKIKX0DER"},
                "create one channel per region",
            ),
            ({"api_key": "other"}, "does not recognize the application"),
            ({"webhook_secret": "old"}, "Authorize the application again"),
            ({"account_ref": "A2SIMSELLER01@A13V1IB3VIYZZH"}, "does not recognize the seller ID"),
            ({"account_ref": "A2OTHERSELLER@A1PA6795UKMFR9"}, "does not recognize the seller ID"),
            ({"api_secret": False}, "Fill in: LWA Client Secret"),
        ):
            with self.subTest(text):
                was = {key: self.amazon[key] for key in values}
                self.amazon.write(values)
                problem = self.adapter._test_connection(self.amazon)
                self.assertIn(text, problem)
                self.assertNotIn(self.shop.client["api_secret"], problem)
                self.assertNotIn(self.shop.refresh_token, problem)
                self.amazon.write(was)

    def test_a_missing_role_is_named(self):
        self.shop.roles = {"2026"}
        self.assertIn("Inventory and Order Tracking", self.adapter._test_connection(self.amazon))

    def test_the_access_token_is_kept_and_renewed_once_it_ran_out(self):
        for _call in range(3):
            self.adapter._fetch(self.amazon)
        self.assertEqual(self._calls("/auth/o2/token"), 1)
        self.shop.expire_tokens()
        self.shop.place_order()
        events, _cursor = self.adapter._fetch(self.amazon)
        self.assertEqual(len(events), 1)
        self.assertEqual(self._calls("/auth/o2/token"), 2)

    @mute_logger(POLLING)
    def test_a_withdrawn_consent_raises_the_alert_for_credentials(self):
        self.amazon.webhook_secret = "withdrawn"
        self.amazon.next_fetch_at = False
        self.env["oms.channel"]._run_fetch()
        [alert] = self.amazon.alert_ids
        self.assertEqual(alert.code, "credentials")
        self.assertNotIn("withdrawn", alert.text)

    def test_the_accounts_own_limit_is_learned(self):
        self.adapter._fetch(self.amazon)
        # Meters are written in transactions of their own.
        [(rate,)] = self.env["oms.channel.meter"]._execute(
            SQL(
                "SELECT rate FROM oms_channel_meter WHERE channel_ref = %s AND name = %s",
                *(self.amazon.id, "searchOrders"),
            )
        )
        self.assertAlmostEqual(rate, 5.6)

    def test_the_regions_have_their_endpoints(self):
        self.amazon.base_url = False
        self.assertEqual(
            self.adapter._base_url(self.amazon), "https://sellingpartnerapi-eu.amazon.com"
        )
        self.amazon.account_ref = "A2SIMSELLER01@A1VC38T7YXB528"
        self.assertEqual(
            self.adapter._base_url(self.amazon), "https://sellingpartnerapi-fe.amazon.com"
        )

    def test_an_account_without_a_queue_is_only_asked(self):
        self.assertEqual(self.amazon._care_webhooks(), "")
        self.assertEqual(self.amazon.webhooks_state, "none")
        self.assertFalse(self.amazon.alert_ids)

    def test_changes_are_sent_to_the_queue_of_the_account(self):
        arn = "arn:aws:sqs:eu-west-1:123456789012:orders"
        self.amazon.account_ref += f" {arn}"
        self.assertEqual(self.amazon._care_webhooks(), "")
        self.assertEqual(self.amazon.webhooks_state, "ok")
        [destination] = self.shop.destinations.values()
        self.assertEqual(destination["resource"], {"sqs": {"arn": arn}})
        self.assertEqual(list(self.shop.subscriptions), ["ORDER_CHANGE"])
        self.assertEqual(self.adapter._ensure_webhooks(self.amazon), [])
        self.amazon.account_ref = self.amazon.account_ref.replace("orders", "others")
        self.assertEqual(
            self.adapter._ensure_webhooks(self.amazon),
            [f"Order changes are sent to {arn.replace('orders', 'others')}."],
        )
        self.adapter._remove_webhooks(self.amazon)
        self.assertEqual(self.shop.subscriptions, {})

    def _deliver(self, delivery):
        """Take a delivery in, as the address for messages does."""
        problem = self.adapter._verify(self.amazon, delivery.headers, delivery.body, None)
        if problem:
            return problem
        event = self.adapter._identify(self.amazon, delivery.headers, delivery.body)
        return self.amazon._receive_many([event])

    def _subscribe(self):
        self.amazon.account_ref += " arn:aws:sqs:eu-west-1:123456789012:orders"
        self.adapter._ensure_webhooks(self.amazon)
        self.shop.pipe = (self.amazon.webhook_url, self.adapter._get_webhook_key(self.amazon))

    def test_fault_1_a_notification_brings_the_order_once(self):
        self._subscribe()
        ref = self.shop.place_order()
        [delivery] = self.shop.pop_deliveries()
        message = self._deliver(delivery)
        self.assertEqual((message.topic, message.order_ref), ("ORDER_CHANGE", ref))
        self.assertEqual(self._deliver(delivery), message)
        self.assertEqual(message.deliveries, 2)
        self._run_lanes()
        self.assertEqual(self._order(ref, self.amazon).amount_total, 20.0)
        self.assertEqual(self._calls("/orders/2026-01-01/orders/"), 1)

    def test_fault_8_an_empty_secret_verifies_nothing(self):
        headers = {"X-Oms-Key": self.adapter._get_webhook_key(self.amazon)}
        self.assertEqual(self.adapter._verify(self.amazon, headers, b"{}", None), "")
        for secret in (False, "", " "):
            self.amazon.api_secret = secret
            headers = {"X-Oms-Key": self.adapter._get_webhook_key(self.amazon)}
            problem = self.adapter._verify(self.amazon, headers, b"{}", None)
            self.assertIn("no webhook secret", problem)

    def test_fault_8_a_notification_without_the_key_is_refused(self):
        self._subscribe()
        self.shop.place_order()
        [delivery] = self.shop.pop_deliveries()
        for key in ("", "wrong", self.shop.client["api_secret"]):
            delivery.headers["X-Oms-Key"] = key
            self.assertIn("X-Oms-Key", self._deliver(delivery))
        self.assertFalse(self._inbox())

    def test_a_notification_is_read_in_every_wrapping(self):
        told = {
            "NotificationType": "ORDER_CHANGE",
            "Payload": {"OrderChangeNotification": {"AmazonOrderId": "1-2-3"}},
            "NotificationMetadata": {"NotificationId": "n1"},
        }
        text = json.dumps(told)
        for body in (
            told,
            {"messageId": "m", "body": text},
            [{"messageId": "m", "body": text}],
            {"detail-type": "ORDER_CHANGE", "detail": told},
            {"Type": "Notification", "Message": text},
            {"body": json.dumps({"detail": told})},
        ):
            body = json.dumps(body).encode()
            event = self.adapter._identify(self.amazon, {}, body)
            self.assertEqual((event.ref, event.order_ref), ("sqs:n1", "1-2-3"))
            document = self.adapter._parse(self.amazon, event.topic, body)
            self.assertEqual(document, OrderRequest(order_ref="1-2-3"))

    def test_what_is_no_notification_is_kept_and_shown(self):
        for body in (b"not json", b"[]", b"{}", b'[{"body": "x"}, {"body": "y"}]'):
            event = self.adapter._identify(self.amazon, {}, body)
            self.assertTrue(event.ref.startswith("unread:"))
            with self.assertRaises(DocumentError):
                self.adapter._parse(self.amazon, event.topic, body)
        other = json.dumps({"NotificationType": "FEE_PROMOTION"}).encode()
        self.assertIsNone(self.adapter._parse(self.amazon, "FEE_PROMOTION", other))
