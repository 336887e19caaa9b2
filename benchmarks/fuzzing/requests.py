"""Requests: webhooks, tracking and the API, with whatever stands in path, headers and body."""

import base64
import hmac
import http.client
import time
from urllib.parse import quote, urlsplit

from odoo.addons.oms_addon.tools import signature

from benchmarks.fuzzing import corpus
from benchmarks.fuzzing.world import SECRET

PATHS = (
    *("webhook/{token}", "tracking/{token}", "api/v1/orders", "api/v1/orders/{odd}"),
    *("api/v1/orders/{odd}/cancel", "api/v1/orders/{odd}/returns", "api/v1/carts/{odd}"),
    *("api/v1/availability", "webhook/{odd}", "api/v1/openapi.json", "api//v1/orders"),
)
METHODS = {
    "webhook/{token}": ("POST",),
    "tracking/{token}": ("POST",),
    "api/v1/orders/{odd}": ("GET",),
    "api/v1/orders/{odd}/cancel": ("POST",),
    "api/v1/orders/{odd}/returns": ("POST",),
    "api/v1/carts/{odd}": ("POST", "DELETE"),
    "api/v1/availability": ("GET",),
}


def request(dice, world, address):
    """:return: a label, and the call of a request"""
    odd = quote(str(dice.choice(corpus.VALUES))[:3000], safe="", errors="replace")
    channel, way = dice.choice(world.channels), dice.choice(PATHS)
    if "api" in way and dice.random() < 0.9:
        channel = world.channels[0]
    path = "/oms/" + way.format(token=channel.token, odd=odd or "x")
    if dice.random() < 0.3:
        field = dice.choice(("limit", "cursor", "updated_after", "sku"))
        value = quote(str(dice.choice(corpus.VALUES))[:3000], safe="", errors="replace")
        path += f"?{field}={value}"
    body, stamp = corpus.body_of(dice, world, channel.adapter), str(int(time.time()))
    digest = base64.b64encode(hmac.digest(SECRET.encode(), body, "sha256")).decode()
    headers = {
        "Content-Type": "application/json",
        "Authorization": f"Bearer {world.key}",
        "X-Oms-Channel": channel.token,
        "X-Oms-Timestamp": stamp,
        "X-Oms-Signature": signature.sign(SECRET, stamp, body),
        "X-WC-Webhook-Signature": digest,
        "X-WC-Webhook-Topic": dice.choice(corpus.TOPICS),
        "X-Shopify-Hmac-Sha256": digest,
        "X-Shopify-Topic": dice.choice(corpus.TOPICS),
    }
    if dice.random() < 0.3:
        name = dice.choice((*headers, "Idempotency-Key", "X-Oms-Event"))
        text = "".join(c for c in str(dice.choice(corpus.VALUES))[:3000] if c.isprintable())
        headers[name] = text.encode("latin-1", "replace").decode("latin-1")
    method = dice.choice(METHODS.get(way, ("GET", "POST")))
    if dice.random() < 0.05:
        method = dice.choice(("DELETE", "PUT", "PATCH", "OPTIONS", "HEAD"))

    def call():
        parts = urlsplit(address)
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
        try:
            connection.request(method, path, body if method != "GET" else None, headers)
            return connection.getresponse().status
        finally:
            connection.close()

    return f"{method} {path[:80]} {body[:60]!r}", call
