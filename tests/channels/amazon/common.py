"""What the tests of this channel share."""

import json
from datetime import timedelta, timezone
from pathlib import Path

from odoo.addons.oms_addon.channels.amazon import connection as amazon_connection

from simulators.amazon import AmazonSimulator

from ...common import OmsCommon

ROOT = Path(__file__).parents[3]
FIXTURES = ROOT / "tests/fixtures/amazon"
#: Amazon's published models; the simulator checks by its own rules where they are not there
MODELS = ROOT.parent / "shared/specs/amazon"
SENDER = "odoo.addons.oms_addon.models.message.oms_channel_message_sender"
UTC = timezone.utc


def fixture(name):
    return json.loads((FIXTURES / f"{name}.json").read_bytes())


class AmazonCase(OmsCommon):
    """A live channel ``amazon`` of a simulated seller account."""

    roles = {"2026", "personal", "orders", "listings", "finance"}
    market, currency = "A1PA6795UKMFR9", "EUR"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref(f"base.{cls.currency}").active = True
        cls.env["account.tax"].create(
            {
                "name": "VAT 20 %",
                "amount": 20,
                "type_tax_use": "sale",
                "price_include_override": "tax_included",
                "company_id": cls.company.id,
            }
        )
        cls.shop = AmazonSimulator(models=MODELS, market=cls.market).start()
        cls.addClassCleanup(cls.shop.stop)
        cls.shop.roles = set(cls.roles)
        amazon_connection._tokens.clear()
        amazon_connection._lacking.clear()
        cls.channel.push_stock = False
        cls.amazon = cls._make_channel("Amazon", "amazon", **cls.shop.credentials())
        cls.amazon.auto_ship = False
        cls.adapter = cls.amazon._adapter()

    def setUp(self):
        super().setUp()
        amazon_connection._tokens.clear()
        amazon_connection._lacking.clear()
        shop = self.shop
        shop.heal()
        shop.roles = set(self.roles)
        for kept in (shop.shop, shop.listings, shop.feeds, shop.reports, shop.documents):
            kept.clear()
        for kept in (shop.requests, shop.violations, shop.deliveries, shop.feed_verdicts):
            kept.clear()
        for kept in (shop.shipments, shop.cancellations, shop.refunds_told):
            kept.clear()
        shop.transactions.clear()
        shop.finances_late, shop.transactions_page = timedelta(0), 500
        shop.buckets.clear()
        shop.subscriptions.clear()
        shop.destinations.clear()
        shop.calls.clear()
        shop.rate_factor, shop.delay_calls = 1000.0, 2
        self.addCleanup(self._check_violations)

    def _check_violations(self):
        self.assertEqual(self.shop.violations, [])

    def _inbox(self, **values):
        return self.env["oms.channel.message"].search(
            [
                ("channel_id", "=", self.amazon.id),
                ("direction", "=", "in"),
                *[(key, "=", value) for key, value in values.items()],
            ],
            order="id",
        )

    def _outbox(self, topic):
        return self.env["oms.channel.message"].search(
            [
                ("channel_id", "=", self.amazon.id),
                ("direction", "=", "out"),
                ("topic", "=", topic),
            ],
            order="id",
        )

    def _poll(self):
        """Poll and work through what came."""
        self.amazon.next_fetch_at = False
        self.env["oms.channel"]._run_fetch()
        self._run_lanes()

    def _reported(self, topic, content, key="k1"):
        """Put something in the outbox and send it. :return: the message"""
        self.env["oms.channel.message"]._send_later(
            [(self.amazon, topic, key, self.env["sale.order"], content)]
        )
        return self._send_all(topic)

    def _send_all(self, topic):
        message = self._outbox(topic)[-1:]
        for _round in range(12):
            self._run_lanes("outbox")
            if message.state != "pending":
                break
            message.next_try_at = False
        return message

    def _calls(self, part):
        return sum(n for (_method, path), n in self.shop.calls.items() if part in path)

    def _shipment(self, ref, quantity="2", parcels=1, **values):
        item = self.shop.shop[ref].items[0]
        return {
            "order_ref": ref,
            "shipment_ref": "WH/OUT/0007",
            "shipped_at": "2026-03-01 12:00:00",
            "location_ref": "DEFAULT",
            "parcels": [
                {"carrier": "DHL Paket", "carrier_code": "", "number": f"0034{n}", "url": ""}
                for n in range(parcels)
            ],
            "lines": [
                {"line_ref": item.ref, "sku": item.sku, "quantity": quantity, "units": quantity}
            ],
            **values,
        }
