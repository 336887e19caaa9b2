"""What the tests of this channel share."""

from datetime import datetime, timezone

from odoo.addons.oms_addon.channels.shopify import parse_documents as documents

from simulators.shopify import ShopifySimulator

from ...common import OmsCommon

START = datetime(2026, 3, 1, 0, 0, tzinfo=timezone.utc)
END = datetime(2026, 3, 2, 0, 0, tzinfo=timezone.utc)


class ShopifyCase(OmsCommon):
    def setUp(self):
        super().setUp()
        self.store = ShopifySimulator().start()
        self.addCleanup(self.store.stop)
        self.shop = self.env["oms.channel"].create(
            {
                "name": "Shopify",
                "adapter": "shopify",
                "start_policy": "process",
                **self.store.credentials(),
            }
        )
        self.adapter = self.env["oms.channel.adapter.shopify"]
        self.shop.cursor = "2026-03-01T00:00:00Z"
        for sku in ("MUG", "POT"):
            self.store.add_product(sku, sku.title(), quantity=50)
        self.store.pop_deliveries()

    def _documents(self, events):
        return [documents.parse(event.topic, event.payload) for event in events]

    def _calls(self):
        return sum(self.store.calls.values())
