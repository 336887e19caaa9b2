"""What the tests of this channel share."""

from datetime import timezone
from decimal import Decimal
from pathlib import Path

from odoo.addons.oms_addon.channels.prestashop import composing
from odoo.addons.oms_addon.documents.codec import loads

from simulators.prestashop import PrestashopSimulator

from ...common import OmsCommon

FIXTURES = Path(__file__).parents[2] / "fixtures" / "prestashop"
UTC = timezone.utc


def composed(**changes):
    """:return: the sample's composed order, with changes to it and to its parts"""
    data = loads((FIXTURES / "order.json").read_bytes())
    data["order"].update(changes.pop("order", {}))
    return {**data, **changes}


def detail(ref, quantity, gross, net, total=None, **values):
    return {
        "id": ref,
        "product_id": "10",
        "product_attribute_id": "0",
        "product_reference": f"SKU-{ref}",
        "product_name": f"Thing {ref}",
        "product_quantity": str(quantity),
        "unit_price_tax_incl": gross,
        "unit_price_tax_excl": net,
        "total_price_tax_incl": total or str(Decimal(gross) * quantity),
        **values,
    }


class PrestashopCommon(OmsCommon):
    def setUp(self):
        super().setUp()
        composing._shops.clear()
        self.shop = PrestashopSimulator().start()
        self.addCleanup(self.shop.stop)
        self.env["oms.channel"]._adapters()
        self.channel = self.env["oms.channel"].create(
            {
                "name": "PrestaShop",
                "adapter": "prestashop",
                "start_policy": "process",
                "auto_ship": True,
                "send_receipt": False,
                **self.shop.credentials(),
            }
        )
        self.adapter = self.channel._adapter()

    def _fetch(self, limit=None):
        """:return: the documents of the next page"""
        events, cursor = self.adapter._fetch(self.channel, limit)
        self.channel.cursor = cursor
        return [self.adapter._read(self.channel, e.topic, e.payload) for e in events]

    def _fetch_all(self, limit=None):
        found = []
        for _round in range(50):
            before = self.channel.cursor
            found += self._fetch(limit)
            if self.channel.cursor == before:
                return found
        raise AssertionError("The pages find no end.")
