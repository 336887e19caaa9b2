"""The tiny shop, with stock that can be told to it and effects it can be asked for."""

from collections import Counter
from unittest.mock import patch

from odoo.addons.oms_addon.channels.outcomes import ItemsOutcome, RefundOutcome, ShipmentOutcome

from simulators.base import Refusal, Response

from .tiny_shop import TinyShop, TinyShopMixin

BATCH = 10


class PushShop(TinyShop):
    def __init__(self, document, **kwargs):
        super().__init__(document, **kwargs)
        self.clear()

    def clear(self):
        #: what the shop shows, by (listing ref, location)
        self.levels = {}
        #: items it refuses, by listing ref; a whole call with one of ``poison`` is refused
        self.refused = {}
        self.poison = set()
        self.keys = Counter()
        self.calls.clear()
        self.told = []

    def _put_stock(self, request):
        self.keys[request.headers["Idempotency-Key"]] += 1
        items = request.json()
        if len(items) > BATCH or self.poison & {item["ref"] for item in items}:
            raise Refusal(Response(400, {"error": "I do not like this call."}))
        answer = {"failed": {}, "stale": {}}
        for position, item in enumerate(items):
            key = item["ref"], item["location"]
            if item["ref"] in self.refused:
                answer["failed"][str(position)] = self.refused[item["ref"]]
            elif item["seen"] is not None and self.levels.get(key, 0) != item["seen"]:
                answer["stale"][str(position)] = self.levels.get(key, 0)
            else:
                self.levels[key] = item["quantity"]
        self.told.append(("stock", [(i["ref"], i["location"], i["quantity"]) for i in items]))
        return answer

    def _put_price(self, request):
        items = request.json()
        if self.poison & {item["ref"] for item in items}:
            raise Refusal(Response(400, {"error": "I do not like this call."}))
        self.told.append(("price", [(i["ref"], i["price"], i["currency"]) for i in items]))
        refused = {str(n): "no" for n, i in enumerate(items) if i["ref"] in self.refused}
        return {"failed": refused, "stale": {}}

    def _effect(self, topic):
        def take(request):
            self.keys[request.headers["Idempotency-Key"]] += 1
            self.told.append((topic, request.json()))
            count = len([told for told in self.told if told[0] == topic])
            return {"refund_ref": f"SHOP-R{count}"} if topic == "refund" else {}

        return take

    def __getattr__(self, name):
        if name in ("_post_shipment", "_post_cancellation", "_post_refund"):
            return self._effect(name.removeprefix("_post_"))
        raise AttributeError(name)


class PushShopAdapter:
    """What the canonical adapter can do besides while a push shop is connected."""

    _can_push_stock = True
    _can_push_price = True
    _can_push_shipment = True
    _can_push_cancellation = True
    _can_push_refund = True
    _can_fetch_locations = True
    _batch_sizes = {"stock": BATCH, "price": BATCH}

    def _report(self, channel, method, path, key, body):
        headers = {"X-Api-Key": channel.sudo().api_key or "", "Idempotency-Key": key}
        return self._call(channel, method, f"/{path}", body=body, headers=headers).json()

    def _send(self, channel, topic, key, payload):
        from odoo.addons.oms_addon.channels.oms_channel_adapter_out import OmsChannelAdapter

        return OmsChannelAdapter._send(self, channel, topic, key, payload)

    def _push_stock(self, channel, key, items):
        return self._push_items(channel, "stock", key, items)

    def _push_price(self, channel, key, items):
        return self._push_items(channel, "price", key, items)

    def _push_items(self, channel, path, key, items):
        answer = self._report(channel, "PUT", path, key, items)
        by_position = {
            name: {int(position): why for position, why in answer[name].items()}
            for name in ("failed", "stale")
        }
        return ItemsOutcome(**by_position)

    def _push_shipment(self, channel, key, shipment):
        return ShipmentOutcome(details=self._report(channel, "POST", "shipment", key, shipment))

    def _push_cancellation(self, channel, key, cancellation):
        return RefundOutcome(**self._report(channel, "POST", "cancellation", key, cancellation))

    def _push_refund(self, channel, key, refund):
        return RefundOutcome(**self._report(channel, "POST", "refund", key, refund))


class PushShopMixin(TinyShopMixin):
    """A live channel ``tiny`` of a push shop, with the two products listed in one place."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        adapter = type(cls.env["oms.channel.adapter.canonical"])
        for name, value in vars(PushShopAdapter).items():
            if not name.startswith("__"):
                patcher = patch.object(adapter, name, value, create=True)
                patcher.start()
                cls.addClassCleanup(patcher.stop)
        cls.shop.stop()
        cls.shop = PushShop(cls._document).start()
        cls.addClassCleanup(cls.shop.stop)
        # Only the channel under test is told anything.
        cls.channel.push_stock = False
        # Another address, before it was ever live.
        cls.tiny.state = "draft"
        cls.tiny.write(cls.shop.credentials())
        cls.tiny.state = "live"
        cls.place = cls.env["oms.channel.location"].create(
            {
                "channel_id": cls.tiny.id,
                "ref": "L1",
                "name": "Main store",
                "warehouse_ids": [(6, 0, cls.warehouse.ids)],
            }
        )
        cls.listings = cls._list(cls.mug, cls.pot)
        cls.env.cr.precommit.run()
        cls.env["oms.stock.change"].search([]).unlink()

    @classmethod
    def _list(cls, *products):
        """:return: the listings of products on the channel"""
        return cls.env["oms.channel.listing"].create(
            [
                {
                    "channel_id": cls.tiny.id,
                    "sku": product.default_code,
                    "name": product.name,
                    "product_id": product.id,
                    "external_ref": f"ext-{product.default_code}",
                }
                for product in products
            ]
        )

    def setUp(self):
        super().setUp()
        self.shop.clear()

    def _push_all(self):
        """Look at all of the channel's stock and tell it."""
        self.env["oms.channel.stock"]._touch_channels(self.tiny)
        self.env.cr.precommit.run()
        self._run_lanes("stock", "outbox")

    def _rows(self):
        return self.env["oms.channel.stock"].search([("channel_id", "=", self.tiny.id)])

    def _outbox(self, topic):
        return self.env["oms.channel.message"].search(
            [
                ("channel_id", "=", self.tiny.id),
                ("direction", "=", "out"),
                ("topic", "=", topic),
            ],
            order="id",
        )
