"""A channel is connected in a browser, to a shop that answers over HTTP; the same way for all."""

import json
from datetime import datetime, timedelta, timezone
from urllib.parse import quote

from odoo.tests import HttpCase, tagged

from simulators import catalogue

from .common import OmsCommon
from .tiny_shop import TinyShop, switch_on

MAX_PAGES = 20
# The field that is filled in wrongly first, where it is not the key.
SECRETS = {"woocommerce": "api_secret", "amazon": "api_secret"}


@tagged("standard", "post_install", "-at_install")
class TestConnectTour(HttpCase, OmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._make_user("manager")

    def _connect(self, shop, secret, refused, counted):
        """Connect a shop in the browser.

        :param shop: a simulator that runs
        :param str secret: the field that is filled in wrongly first
        :param str refused: what is said then
        :param str counted: how many orders of the past there are, as it is shown
        :return: the channel
        """
        wizard = self.env["oms.channel.connect"].new({"adapter": shop.code})
        told = {
            "adapter": shop.code,
            "name": f"My {shop.code} shop",
            "credentials": shop.credentials(),
            "secret": secret,
            "refused": refused,
            "counted": counted,
            "steps": wizard._steps(),
        }
        self.start_tour(
            "/odoo/oms-channels",
            "oms_connect_tour",
            login="oms_manager",
            cookies={"oms_connect": quote(json.dumps(told))},
            timeout=120,
        )
        channel = self.env["oms.channel"].search([("name", "=", told["name"])])
        self.assertRecordValues(
            channel,
            [
                {
                    "adapter": shop.code,
                    "state": "live",
                    "invoice_policy": "shipment",
                    "connect_step": False,
                    "create_uid": self.manager.id,
                }
            ],
        )
        return channel

    def _take_in(self, channel):
        """:return: the orders of a channel once it was asked and its past was brought"""
        while self.env["oms.channel"]._run_fetch():
            pass
        for _page in range(MAX_PAGES):
            # A shop that exports takes its time; here nobody waits.
            channel.backfill_ids.next_try_at = False
            if not self.env["oms.channel.backfill"]._process():
                break
        self.assertEqual(channel.backfill_ids.state, "done")
        self._run_lanes("inbox")
        return self.env["sale.order"].search([("oms_channel_id", "=", channel.id)])

    def test_a_tiny_shop(self):
        self.channel.adapter = "csv_file"
        switch_on(type(self))
        shop = TinyShop(self._document).start()
        self.addCleanup(shop.stop)
        shop.place_order(at=datetime.now(timezone.utc) - timedelta(days=3))
        channel = self._connect(shop, "api_key", "credentials rejected", "1 orders")
        self.assertEqual(channel.webhooks_state, "ok")
        self.assertEqual(len(self._take_in(channel)), 1)

    def test_a_back_fill_is_followed_while_it_runs(self):
        backfill = self.env["oms.channel.backfill"].create(
            {"channel_id": self.channel.id, "date_from": "2026-01-01", "date_to": "2026-02-01"}
        )
        backfill.write({"state": "running", "total": 10, "done_count": 3, "is_counted": True})
        self.start_tour(
            f"/odoo/action-oms_addon.oms_channel_backfill_action/{backfill.id}",
            "oms_backfill_tour",
            login="oms_manager",
        )
        self.assertEqual(backfill.state, "stopped")

    def test_every_simulated_shop(self):
        connected = []
        self.env["res.currency"].with_context(active_test=False).search(
            [("name", "in", ("EUR", "USD", "GBP"))]
        ).active = True
        for name in catalogue.names():
            if name not in self.env["oms.channel"]._adapters():
                continue
            with self.subTest(shop=name):
                shop = catalogue.find(name)().start()
                self.addCleanup(shop.stop)
                shop.now = datetime.now(timezone.utc) - timedelta(days=3)
                shop.add_product("MUG", "Mug", quantity=100)
                shop.place_order((("MUG", 2, "10.00"),))
                secret = SECRETS.get(name, "api_key")
                channel = self._connect(shop, secret, "", "")
                orders = self._take_in(channel)
                messages = self.env["oms.channel.message"].search(
                    [("channel_id", "=", channel.id), ("direction", "=", "in")]
                )
                self.assertEqual(len(orders), 1, messages.mapped("error"))
                self.assertEqual(orders.order_line.product_id[:1], self.mug)
                connected.append(name)
        self.assertGreaterEqual(len(connected), 1)
