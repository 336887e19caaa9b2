"""A live channel of any simulated shop, and the ways its news comes to us.

What a shop does by itself (webhooks, or being polled) is hidden behind ``news`` and
``bring``: what happened since the last look, and having it arrive, in any order and any
number of times.
"""

import importlib
import pkgutil
from datetime import datetime, timedelta, timezone
from unittest.mock import patch
from urllib.parse import urlsplit

from odoo.tests import HttpCase

from odoo.addons.oms_addon.tools.sealed_context import sealed

import simulators
from simulators.base import Delivery, Simulator

from ..common import OmsCommon

MAX_ROUNDS = 20
LANES = ("inbox", "orders", "fulfilment", "allocator", "outbox")


def simulated_shops():
    """Find the simulators: modules of the package named like an adapter.

    :return: class by adapter code
    :rtype: dict[str, type]
    """
    found = {}
    for info in pkgutil.iter_modules(simulators.__path__):
        if info.name == "base":
            continue
        module = importlib.import_module(f"simulators.{info.name}")
        for shop in vars(module).values():
            if isinstance(shop, type) and issubclass(shop, Simulator) and shop.code == info.name:
                found[info.name] = shop
    return found


class FaultBench(OmsCommon, HttpCase):
    """A live channel ``store`` of the shop ``shop``."""

    #: the simulator's class
    simulator = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.currency = cls.company.currency_id.name
        adapter = type(cls.env[f"oms.channel.adapter.{cls.simulator.code}"])
        limits = dict.fromkeys(adapter._rate_limits, (1e4, 1e4))
        limit = patch.object(adapter, "_rate_limits", limits)
        limit.start()
        cls.addClassCleanup(limit.stop)
        often = patch.object(adapter, "_ledger_seconds", 0)
        often.start()
        cls.addClassCleanup(often.stop)

    def setUp(self):
        super().setUp()
        self.open_shop()

    def open_shop(self):
        """Begin with a shop that sold nothing yet, and a channel of its own."""
        self.shop = self.simulator().start()
        # Shops do not show what is too old, or not settled yet.
        self.shop.now = datetime.now(timezone.utc).replace(microsecond=0) - timedelta(hours=2)
        self.addCleanup(self.shop.stop)
        for sku in ("MUG", "POT"):
            self.shop.add_product(sku, sku.title(), quantity=100)
        self.store = self._connect_store()
        self.adapter = self.store._adapter()
        self.news()

    def _connect_store(self):
        """:return: the live channel of the shop, which takes its open orders over"""
        return self._make_channel(
            self.simulator.code.title(),
            self.simulator.code,
            auto_ship=False,
            start_policy="process",
            **self.shop.credentials(),
        )

    def present(self):
        """Let the shop's time be ours, as when something is told to it."""
        self.shop.now = max(self.shop.now, datetime.now(timezone.utc).replace(microsecond=0))

    # === WHAT COMES === #

    @property
    def sends(self):
        """Whether the shop sends messages by itself."""
        return "webhooks" not in self.shop.lacks

    def place(self, lines=(("MUG", 2, "10.00"),), **shape):
        """A customer buys, in the company's currency. :return: the shop's order id"""
        return self.shop.place_order(lines, currency=self.currency, **shape)

    def news(self):
        """:return: what the shop has to say since the last look: its deliveries, or the
        events a poll gives
        """
        return self.shop.pop_deliveries() if self.sends else self.polled()

    def polled(self):
        """:return: the events that polling gives until there is nothing new"""
        events = []
        for _round in range(MAX_ROUNDS):
            before = self.store.cursor
            found, self.store.cursor = self.adapter._fetch(self.store)
            # What lies in the overlap of two polls is told by both.
            events += [event for event in found if event not in events]
            if not found or self.store.cursor == before:
                return events
        self.fail("Polling finds no end.")

    def bring(self, news):
        """Let news arrive, as it would.

        :return: the statuses the shop was answered with; 200 for what was polled
        """
        return [self._bring_one(piece) for piece in news]

    def _bring_one(self, piece):
        if isinstance(piece, Delivery):
            return self.send(piece)
        self.store.with_context(**sealed(via="poll"))._receive_many([piece])
        return 200

    def send(self, delivery, body=None, headers=None):
        """Post a delivery to the real controller. :return: the HTTP status"""
        address = urlsplit(self.shop.webhook_address(delivery.topic))
        answer = self.url_open(
            f"{address.path}?{address.query}".rstrip("?"),
            data=delivery.body if body is None else body,
            headers=delivery.headers if headers is None else headers,
        )
        self.env.invalidate_all()
        return answer.status_code

    def events_of(self, news):
        """:return: deliveries as the events they are taken in as"""
        return [
            self.adapter._identify(self.store, piece.headers, piece.body)
            if isinstance(piece, Delivery)
            else piece
            for piece in news
            if not self._is_ping(piece)
        ]

    def _is_ping(self, piece):
        return isinstance(piece, Delivery) and self.adapter._is_ping(
            self.store, piece.headers, piece.body
        )

    def poll(self):
        """Poll as the lane does."""
        for _round in range(MAX_ROUNDS):
            before = self.store.cursor
            if not self.store._fetch() or self.store.cursor == before:
                return

    # === WHAT IS DONE === #

    def work(self):
        """Work the lanes off."""
        self._run_lanes(*LANES)

    def settle(self, also_poll=False):
        """Let everything arrive and be worked off, echoes of ours included."""
        for _round in range(MAX_ROUNDS):
            news = self.news()
            self.assertEqual({status for status in self.bring(news)} - {200}, set())
            if also_poll:
                self.poll()
            self.work()
            if not news or not self.sends:
                return
        self.fail("The shop and the system never stop talking.")

    def captured(self, *args, **shape):
        """A customer buys and we work on it. :return: the shop's id and our order"""
        ref = self.place(*args, **shape)
        self.settle()
        return ref, self.one(ref)

    def ship(self, order):
        """Have an order's goods leave by themselves."""
        self.store.auto_ship = True
        self.store.action_apply_policy()
        order._oms_run()
        self.work()

    def list_products(self, *extra):
        """List what the shop offers, each place of its stock served by the warehouse.

        :param extra: refs of listings the shop does not know
        :return: the listings
        """
        if self.adapter._can_fetch_locations:
            self.env["oms.channel.location"].create(
                [
                    {
                        "channel_id": self.store.id,
                        "ref": place["ref"],
                        "name": place["name"],
                        "warehouse_ids": [(6, 0, self.warehouse.ids)],
                    }
                    for place in self.adapter._fetch_locations(self.store)
                    if place.get("fulfils", True)
                ][:1]
            )
        offered, cursor = [], None
        while True:
            page, cursor = self.adapter._fetch_listings(self.store, cursor)
            offered += page
            if not cursor:
                break
        products = {"MUG": self.mug, "POT": self.pot}
        # A listing comes once for each place of its stock.
        for listing in {listing.sku: listing for listing in offered}.values():
            if listing.sku in products:
                self.map_sku(
                    listing.sku,
                    products[listing.sku],
                    external_ref=listing.ref,
                    item_ref=listing.item_ref,
                    parent_ref=listing.parent_ref,
                )
        for sku, ref, product in extra:
            item_ref = ref if any(listing.item_ref for listing in offered) else ""
            self.map_sku(sku, product, external_ref=ref, item_ref=item_ref)
        return self.env["oms.channel.listing"].search([("channel_id", "=", self.store.id)])

    def map_sku(self, sku, product, **values):
        """Say which product a SKU of the shop is, as a person does."""
        listings = self.env["oms.channel.listing"]
        known = listings.search([("channel_id", "=", self.store.id), ("sku", "=", sku)])
        values = {**values, "product_id": product.id}
        if known:
            known.write(values)
        else:
            listings.create({**values, "channel_id": self.store.id, "sku": sku})
        self.env.flush_all()

    def push_stock(self):
        """Tell the shop what can be sold of everything it offers."""
        self.env["oms.channel.stock"]._touch_channels(self.store)
        self.env.cr.precommit.run()
        self._run_lanes("stock", "outbox")

    def told_of(self, kept):
        """:return: the orders that what we told the shop is about

        :param list kept: one of the simulator's lists of what it was told
        """
        refs = self.shop.orders().keys()
        return {ref for told in kept for ref in map(str, told.values()) if ref in refs}

    def shown(self, sku):
        """:return: what the shop shows of a product at its first place"""
        return next(n for (of_sku, _place), n in self.shop.stock().items() if of_sku == sku)

    # === WHAT IS THERE === #

    def messages(self, **values):
        return self.env["oms.channel.message"].search(
            [("channel_id", "=", self.store.id), *((k, "=", v) for k, v in values.items())],
            order="id",
        )

    def one(self, ref):
        """:return: the one order that the shop's order is here"""
        order = self._order(ref, self.store)
        self.assertEqual(len(order), 1, f"orders here for {ref}: {order}")
        return order

    def holds(self, order):
        return sorted(self._holds(order))

    def reserved(self, product):
        """:return: how many pieces of a product are promised"""
        self.env.flush_all()
        quants = self.env["stock.quant"].search(
            [("product_id", "=", product.id), ("location_id.usage", "=", "internal")]
        )
        return sum(quants.mapped("reserved_quantity"))

    def wanted(self, order):
        """:return: how many pieces of each SKU an order still wants"""
        found = {}
        for line in order.order_line.filtered(lambda l: l.oms_kind == "product"):
            if line.product_uom_qty and order.state != "cancel":
                found[line.oms_sku] = found.get(line.oms_sku, 0) + line.product_uom_qty
        return found

    def assert_cancelled(self, order):
        """Nothing of an order is wanted, promised or about to leave."""
        self.assertEqual(self.wanted(order), {})
        self.assertEqual(set(order.picking_ids.mapped("state")) - {"cancel"}, set())

    def assert_truth(self):
        """What is here is what the shop holds to be true, each order once."""
        for ref, truth in self.shop.orders().items():
            with self.subTest(order=ref):
                order = self.one(ref)
                if truth["cancelled"]:
                    self.assertEqual(self.wanted(order), {})
                else:
                    self.assertEqual(self.wanted(order), truth["quantities"])
                self.assertEqual(order.currency_id.name, truth["currency"])
                self.assertAlmostEqual(order.oms_amount_paid, float(truth["paid"]))
                self.assertAlmostEqual(order.oms_amount_refunded, float(truth["refunded"]))
