"""A small shop that speaks the canonical document, and an adapter that can ask it for all.

The adapter is the canonical one with its capabilities switched on, for tests of what every
channel has: polling, messages, gap checks, back-fills, the connection wizard.
"""

import hashlib
import json
from datetime import datetime
from decimal import Decimal
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.oms_addon.channels.oms_channel_adapter import Event

from simulators.base import Refusal, Response, Simulator

KEY = "open sesame"
PAGE = 3


class TinyShop(Simulator):
    code = "canonical"
    topics = ("orders",)

    def __init__(self, document, **kwargs):
        super().__init__(**kwargs)
        self.document = document
        self.placed = {}
        self.changes = []
        self.webhooks = {}

    def credentials(self):
        return {"base_url": self.url, "api_key": KEY}

    def place_order(self, lines=(("MUG", 2, "10.00"),), *, at=None, **values):
        """A customer buys; ``at`` is an aware time, the shop's clock without it."""
        moment = at or self.tick()
        ref = f"T-{len(self.placed) + 1:03}"
        stamp = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        values = {"placed_at": stamp, "updated_at": stamp, **values}
        self.placed[ref] = moment, self.document(ref, lines, **values)
        self.changes.append(ref)
        return ref

    def webhook_address(self, topic):
        return self.webhooks[topic]

    def handle(self, request):
        if request.headers.get("X-Api-Key") != KEY:
            raise Refusal(Response(401, {"error": "Who are you?"}))
        path = request.path.strip("/").replace("/", "_")
        return Response(body=getattr(self, f"_{request.method.lower()}_{path}")(request))

    def _get_ping(self, request):
        return {"shop": "Tiny"}

    def _get_changes(self, request):
        start = int(request.query["after"])
        stop = start + int(request.query["limit"])
        refs = self.changes[start:stop]
        return {"orders": [self.placed[ref][1] for ref in refs], "next": start + len(refs)}

    def _window(self, request):
        start = datetime.fromisoformat(request.query["start"])
        end = datetime.fromisoformat(request.query["end"])
        return [ref for ref, (at, _order) in self.placed.items() if start <= at < end]

    def _get_list(self, request):
        start = int(request.query.get("cursor") or 0)
        refs = self._window(request)
        following = start + PAGE
        return {
            "refs": refs[start:following],
            "next": str(following) if following < len(refs) else None,
        }

    def _get_count(self, request):
        return {"count": len(self._window(request))}

    def _post_orders(self, request):
        return {"orders": [self.placed[r][1] for r in request.json() if r in self.placed]}

    def _get_locations(self, request):
        return [
            {"ref": "L1", "name": "Main store", "fulfils": True},
            {"ref": "FBT", "name": "Fulfilled by Tiny", "fulfils": False},
        ]

    def _get_taxes(self, request):
        return [
            {"name": "VAT", "rate": "20", "included": True},
            {"name": "VAT reduced", "rate": "5.5", "included": True},
        ]

    def _get_webhooks(self, request):
        return self.webhooks

    def _put_webhooks(self, request):
        self.webhooks.update(request.json())
        return self.webhooks

    def _delete_webhooks(self, request):
        self.webhooks.clear()
        return {}


class TinyShopAdapter:
    """What the canonical adapter can do while a tiny shop is connected."""

    _can_fetch = True
    _can_register = True
    _can_fetch_locations = True
    _can_fetch_taxes = True
    _credentials = ("base_url", "api_key", "webhook_secret")
    _required_credentials = ("base_url", "api_key")
    _credential_labels = {"base_url": "Address of the tiny shop", "api_key": "Pass phrase"}
    _rate_limits = {"default": (1000.0, 1000.0)}

    def _send_request(self, channel, method, path, body=None, **params):
        headers = {"X-Api-Key": channel.sudo().api_key or ""}
        params = {key: value for key, value in params.items() if value is not None}
        return self._call(
            channel, method, f"/{path}", body=body, params=params, headers=headers
        ).json()

    def _events(self, orders, way):
        bodies = [json.dumps(order).encode() for order in orders]
        return [
            Event(
                "orders", f"{way}:{order['ref']}:{hashlib.sha256(b).hexdigest()}", b, order["ref"]
            )
            for order, b in zip(orders, bodies, strict=True)
        ]

    def _fetch(self, channel, limit=None):
        after = channel.cursor or "0"
        answer = self._send_request(channel, "GET", "changes", after=after, limit=limit or PAGE)
        return self._events(answer["orders"], "poll"), str(answer["next"])

    def _fetch_orders(self, channel, refs):
        return self._events(
            self._send_request(channel, "POST", "orders", body=refs)["orders"], "poll"
        )

    def _list_orders(self, channel, start, end, cursor=None):
        window = {"start": start.isoformat(), "end": end.isoformat()}
        answer = self._send_request(channel, "GET", "list", cursor=cursor, **window)
        return answer["refs"], answer["next"]

    def _count_orders(self, channel, start, end):
        window = {"start": start.isoformat(), "end": end.isoformat()}
        return self._send_request(channel, "GET", "count", **window)["count"]

    def _fetch_locations(self, channel):
        return self._send_request(channel, "GET", "locations")

    def _fetch_taxes(self, channel):
        taxes = self._send_request(channel, "GET", "taxes")
        return [{**tax, "rate": Decimal(tax["rate"])} for tax in taxes]

    def _test_connection(self, channel):
        if not (channel.base_url and channel.sudo().api_key):
            return "The tiny shop needs its address and the pass phrase."
        try:
            self._send_request(channel, "GET", "ping")
        except UserError as error:
            return str(error)
        return ""

    def _ensure_webhooks(self, channel):
        there = self._send_request(channel, "GET", "webhooks")
        if there.get("orders") == channel.webhook_url:
            return []
        self._send_request(channel, "PUT", "webhooks", body={"orders": channel.webhook_url})
        return ["orders: registered."]

    def _remove_webhooks(self, channel):
        self._send_request(channel, "DELETE", "webhooks")


def switch_on(cls):
    """Give the canonical adapter the capabilities of the tiny shop, for a test class."""
    adapter = type(cls.env["oms.channel.adapter.canonical"])
    for name, value in vars(TinyShopAdapter).items():
        if not name.startswith("__"):
            patcher = patch.object(adapter, name, value, create=True)
            patcher.start()
            cls.addClassCleanup(patcher.stop)


class TinyShopMixin:
    """A live channel ``tiny`` of a tiny shop ``shop``, for an ``OmsCommon`` test class."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What is switched on now is not for the channel every test has.
        cls.channel.adapter = "csv_file"
        switch_on(cls)
        cls.shop = TinyShop(cls._document).start()
        cls.addClassCleanup(cls.shop.stop)
        cls.tiny = cls._make_channel("Tiny", **cls.shop.credentials())

    def setUp(self):
        super().setUp()
        self._forget_meters()
        self.shop.heal()
        self.shop.deliveries.clear()
        self.shop.placed.clear()
        self.shop.changes.clear()
        self.shop.requests.clear()
        self.shop.webhooks = {"orders": self.tiny.webhook_url}

    def _forget_meters(self):
        """Let no rate limit hold: meters have transactions of their own, never rolled back."""
        self.env["oms.channel.meter"]._execute(
            SQL("DELETE FROM oms_channel_meter WHERE channel_ref = %s", self.tiny.id)
        )

    def _inbox(self, **values):
        """:return: the inbox rows of the channel, oldest first"""
        return self.env["oms.channel.message"].search(
            [
                ("channel_id", "=", self.tiny.id),
                ("direction", "=", "in"),
                *[(key, "=", value) for key, value in values.items()],
            ],
            order="id",
        )
