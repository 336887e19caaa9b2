"""Shopify: shipments."""

import json
from unittest.mock import patch

from odoo.addons.oms_addon.exceptions import (
    FinalError,
    RetryableError,
)

from simulators.shopify.store import Part

from .common import ShopifyCase


class TestShopifyShipments(ShopifyCase):
    def _shipment(self, ref, *lines, number="1Z1", **values):
        order = self.store.by_id[int(ref)]
        by_sku = {line.sku: str(line.id) for line in order.lines}
        parcel = {"carrier": "UPS", "carrier_code": "ups", "number": number, "url": ""}
        return {
            "order_ref": ref,
            "shipment_ref": "WH/OUT/1",
            "shipped_at": "2026-03-01T09:00:00Z",
            "location_ref": "",
            "parcels": [parcel] if number else [],
            "lines": [
                {"line_ref": by_sku[sku], "sku": sku, "quantity": str(q), "units": str(q)}
                for sku, q in lines
            ],
            **values,
        }

    def _push(self, shipment, key="K1"):
        return self.adapter._send(self.shop, "shipment", key, json.dumps(shipment).encode())

    def _sent(self):
        return [(s["numbers"], s["quantities"]) for s in self.store.shipments]

    def test_a_shipment_fulfils_its_lines_with_the_parcels_number(self):
        ref = self.store.place_order((("MUG", 3, "10.00"), ("POT", 1, "5.00")))
        answer = self._push(self._shipment(ref, ("MUG", 2), ("POT", 1)))
        self.assertEqual(self._sent(), [(["1Z1"], {"MUG": 2, "POT": 1})])
        self.assertEqual((len(answer.fulfillment_refs), answer.already), (1, False))
        self.assertTrue(self.store.shipments[0]["notify"])
        self.assertEqual(self.store.by_id[int(ref)].fulfillment_status, "partial")
        self._push(self._shipment(ref, ("MUG", 1), number="1Z2"), "K2")
        self.assertEqual(self.store.by_id[int(ref)].fulfillment_status, "fulfilled")

    def test_fault_39_a_lost_answer_ships_nothing_twice(self):
        for number in ("1Z1", ""):
            ref = self.store.place_order((("MUG", 4, "10.00"),))
            shipment = self._shipment(ref, ("MUG", 2), number=number)
            before = len(self.store.shipments)
            with patch.object(type(self.adapter), "_refuse", side_effect=RetryableError("Lost.")):
                with self.assertRaises(RetryableError):
                    self._push(shipment)
            answer = self._push(shipment)
            self.assertTrue(answer.already)
            self.assertEqual(len(self.store.shipments), before + 1)

    def test_lines_without_an_id_are_found_by_sku(self):
        ref = self.store.place_order()
        shipment = self._shipment(ref, ("MUG", 2))
        shipment["lines"][0]["line_ref"] = ""
        self._push(shipment)
        self.assertEqual(self._sent(), [(["1Z1"], {"MUG": 2})])

    def test_each_place_is_a_fulfilment_of_its_own_the_shipments_first(self):
        ref = self.store.place_order((("MUG", 2, "10.00"), ("POT", 1, "5.00")))
        order = self.store.by_id[int(ref)]
        entry = order.parts[0].lines.pop()
        order.parts.append(Part(self.store.new_id(), 72, [entry], order.updated))
        self._push(self._shipment(ref, ("MUG", 2), ("POT", 1), location_ref="72"))
        self.assertEqual(self._sent(), [(["1Z1"], {"POT": 1}), (["1Z1"], {"MUG": 2})])

    def test_a_preorder_that_left_early_is_opened_first(self):
        ref = self.store.place_order(fulfill_at="2026-05-01T00:00:00Z")
        self._push(self._shipment(ref, ("MUG", 2)))
        self.assertEqual(self._sent(), [(["1Z1"], {"MUG": 2})])

    def test_what_the_store_holds_is_not_fulfilled_and_says_why(self):
        ref = self.store.place_order(hold="Look at the address")
        with self.assertRaisesRegex(FinalError, "Look at the address"):
            self._push(self._shipment(ref, ("MUG", 2)))
        self.assertEqual(self._sent(), [])

    def test_what_is_fulfilled_or_gone_already_says_so(self):
        ref = self.store.place_order()
        self._push(self._shipment(ref, ("MUG", 2)))
        with self.assertRaisesRegex(FinalError, "nothing left to fulfill"):
            self._push(self._shipment(ref, ("MUG", 2), number="OTHER"))
        shipment = self._shipment(ref, ("MUG", 2))
        with self.assertRaisesRegex(FinalError, "no longer exists"):
            self._push({**shipment, "order_ref": "999999"})
        self.assertEqual(len(self.store.shipments), 1)
