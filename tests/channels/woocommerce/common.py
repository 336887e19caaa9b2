"""What the tests of this channel share."""

import json
from datetime import timezone
from pathlib import Path

from odoo.addons.oms_addon.channels.woocommerce.parse_orders import read_order
from odoo.addons.oms_addon.documents.codec import loads

from simulators.woocommerce import WoocommerceSimulator

from ...common import OmsCommon

ROOT = Path(__file__).parents[3]
FIXTURES = ROOT / "tests/fixtures/woocommerce"
SHAPES = sorted(
    path.name.removesuffix(".expected.json") for path in FIXTURES.glob("*.expected.json")
)
#: the route index of a real shop; the simulator checks by its own table where it is not there
INDEX = ROOT.parent / "shared/specs/woocommerce/wc-v3-index-11.0.1.json"
UTC = timezone.utc


def fixture(name):
    return json.loads((FIXTURES / f"{name}.json").read_bytes())


def read(data):
    return read_order(loads(json.dumps(data)), str(data["id"]))


class WoocommerceCommon(OmsCommon):
    """A live channel of a simulated shop."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.currency"].search([("name", "=", "USD")]).active = True

    def setUp(self):
        super().setUp()
        self.shop = WoocommerceSimulator(index=INDEX if INDEX.exists() else None).start()
        self.addCleanup(self.shop.stop)
        self.shop.add_product("MUG", "Mug", quantity=100)
        self.shop.add_product("POT", "Pot", quantity=100)
        self.woo = self._make_channel(
            "Woo", "woocommerce", auto_ship=False, **self.shop.credentials()
        )
        self.adapter = self.woo._adapter()

    def _event(self, delivery):
        return self.adapter._identify(self.woo, delivery.headers, delivery.body)

    def _parse(self, event):
        return self.adapter._read(self.woo, event.topic, event.payload)

    def _calls(self, text):
        return sum(n for (_method, path), n in self.shop.calls.items() if text in path)

    def _refused_unchanged(self):
        """:return: the shop's book, to compare with"""
        return json.dumps([self.shop.book, self.shop.refunds], sort_keys=True, default=str)

    def _shipment(self, ref, lines, number="1Z1"):
        parcels = [
            {"carrier": "UPS", "carrier_code": "ups", "number": number, "url": "https://t/1"}
        ]
        return {
            "order_ref": ref,
            "shipment_ref": "OUT/1",
            "shipped_at": "2026-03-02T09:00:00Z",
            "location_ref": "",
            "parcels": parcels if number else [],
            "lines": [
                {"line_ref": line, "sku": sku, "quantity": str(q), "units": q}
                for line, sku, q in lines
            ],
        }
