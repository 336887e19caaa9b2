"""Webhooks: signed deliveries, subscriptions, privacy requests."""

import base64
import hashlib
import hmac
import json
import uuid
from datetime import datetime, timezone
from urllib.parse import urlsplit

from ..base import Delivery
from . import rest
from .graph_values import gid, number_of

TOPICS = (
    "app/uninstalled",
    "fulfillment_orders/hold_released",
    "fulfillment_orders/placed_on_hold",
    "fulfillments/create",
    "fulfillments/update",
    "inventory_levels/update",
    "order_transactions/create",
    "orders/cancelled",
    "orders/create",
    "orders/edited",
    "orders/fulfilled",
    "orders/paid",
    "orders/partially_fulfilled",
    "orders/risk_assessment_changed",
    "orders/updated",
    "products/create",
    "products/delete",
    "products/update",
    "refunds/create",
)
LOCAL = ("127.0.0.1", "localhost")


class Webhooks:
    """Webhooks: signed deliveries, subscriptions, privacy requests."""

    def _changed(self, order, topic=None, more=None):
        """Set an order's time of change, and create deliveries: its topic, the update, and more."""
        order.updated = self.stamp()
        bodies = {topic: rest.order(order)} if topic else {}
        bodies["orders/updated"] = rest.order(order)
        self.notify({**bodies, **(more or {})}, order)

    def notify(self, bodies, order=None):
        """Create the deliveries of one action: one for each subscription of its topics."""
        event = str(uuid.UUID(int=self.random.getrandbits(128)))
        for topic, body in bodies.items():
            code = topic.upper().replace("/", "_")
            for subscription in self.subscriptions.values():
                if subscription["topic"] == code:
                    self.deliveries.append(self.delivery(topic, body, event, order))

    def delivery(self, topic, body, event="", order=None):
        """:return: a signed delivery"""
        data = json.dumps(body).encode()
        digest = hmac.new(self.secret.encode(), data, hashlib.sha256).digest()
        headers = {
            "Content-Type": "application/json",
            "X-Shopify-Topic": topic,
            "X-Shopify-Hmac-Sha256": base64.b64encode(digest).decode(),
            "X-Shopify-Shop-Domain": self.domain,
            "X-Shopify-API-Version": "2026-07",
            "X-Shopify-Webhook-Id": str(uuid.UUID(int=self.random.getrandbits(128))),
            "X-Shopify-Event-Id": event or str(uuid.UUID(int=self.random.getrandbits(128))),
            # The simulated store's clock is not real, but delivery times are.
            "X-Shopify-Triggered-At": datetime.now(timezone.utc).isoformat(),
        }
        return Delivery(topic, headers, data, str(order.id) if order else "")

    def webhook_address(self, topic):
        code = topic.upper().replace("/", "_")
        return next(s["uri"] for s in self.subscriptions.values() if s["topic"] == code)

    def redact(self, ref, erase=True):
        """Request the erasure of a customer. :param erase: whether Shopify has already erased it"""
        with self.lock:
            order = self.by_id[int(ref)]
            body = {
                "shop_id": 1,
                "shop_domain": self.domain,
                "customer": {"id": order.customer["id"], "email": order.customer["email"]},
                "orders_to_redact": [order.id],
            }
            if erase:
                order.customer["email"] = None
            return self.delivery("customers/redact", body)

    def uninstall(self):
        """Uninstall the app: its calls are rejected from now on."""
        with self.lock:
            self.notify({"app/uninstalled": {"id": 1, "myshopify_domain": self.domain}})
            self.subscriptions = {}
            self.token = "removed"

    def subscribe(self, info, topic, webhookSubscription):  # noqa: N803
        uri = webhookSubscription["uri"]
        parts = urlsplit(uri)
        if parts.scheme != "https" and parts.hostname not in LOCAL:
            message = "Address protocol http:// is not supported"
            return self._errors("webhookSubscription", [["webhookSubscription", "uri"], message])
        if {"topic": topic, "uri": uri} in self.subscriptions.values():
            message = "Address for this topic has already been taken"
            return self._errors("webhookSubscription", [["webhookSubscription", "uri"], message])
        number = self.new_id()
        self.subscriptions[number] = {"topic": topic, "uri": uri}
        made = {"id": gid("WebhookSubscription", number), "topic": topic, "uri": uri}
        return {"webhookSubscription": made, "userErrors": []}

    def unsubscribe(self, info, id):
        if not self.subscriptions.pop(number_of(id), None):
            return self._errors("deletedWebhookSubscriptionId", [["id"], "Does not exist"])
        return {"deletedWebhookSubscriptionId": id, "userErrors": []}
