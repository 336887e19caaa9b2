"""Amazon: shipments."""

from odoo.tools import mute_logger

from .common import SENDER, AmazonCase


class TestAmazonShipments(AmazonCase):
    def test_a_shipment_is_confirmed_with_its_number(self):
        ref = self.shop.place_order()
        message = self._reported("shipment", self._shipment(ref))
        self.assertEqual(message.state, "done", message.error)
        [told] = self.shop.shipments
        package = told["package"]
        self.assertEqual((package["carrierCode"], package["trackingNumber"]), ("DHL", "00340"))
        self.assertEqual(package["shipDate"], "2026-03-01T12:00:00Z")
        self.assertEqual(self.shop.shop[ref].status, "Shipped")

    @mute_logger(SENDER)
    def test_fault_19_an_answer_that_was_lost_makes_no_second_shipment(self):
        ref = self.shop.place_order()
        self.shop.fail(1, 503, "shipmentConfirmation", after=True)
        message = self._reported("shipment", self._shipment(ref))
        self.assertEqual(message.state, "done", message.error)
        self.assertEqual(self._calls("shipmentConfirmation"), 2)
        self.assertEqual((len(self.shop.shipments), len(self.shop.shop[ref].shipments)), (1, 1))

    def test_each_parcel_is_told_with_a_piece_in_it(self):
        ref = self.shop.place_order([("MUG", 5, "4.00")])
        self._reported("shipment", self._shipment(ref, "5", parcels=3))
        packages = [told["package"] for told in self.shop.shipments]
        self.assertEqual([p["trackingNumber"] for p in packages], ["00340", "00341", "00342"])
        self.assertEqual([p["orderItems"][0]["quantity"] for p in packages], [3, 1, 1])
        self.assertEqual(len({p["packageReferenceId"] for p in packages}), 3)

    def test_more_parcels_than_pieces_are_told_as_far_as_amazon_takes_them(self):
        ref = self.shop.place_order([("MUG", 2, "4.00")])
        self._reported("shipment", self._shipment(ref, "2", parcels=3))
        self.assertEqual(len(self.shop.shipments), 2)
        self.assertEqual(self.shop.shop[ref].status, "Shipped")

    def test_a_carrier_amazon_does_not_know_is_named(self):
        ref = self.shop.place_order()
        parcel = {"carrier": "Bike Messenger", "carrier_code": "", "number": "", "url": ""}
        message = self._reported(
            "shipment", self._shipment(ref, parcels=0, lines=[]) | {"parcels": [parcel]}
        )
        self.assertEqual(message.state, "done", message.error)
        package = self.shop.shipments[0]["package"]
        self.assertEqual(
            (package["carrierCode"], package["carrierName"]), ("Other", "Bike Messenger")
        )
        self.assertEqual(package["trackingNumber"], "WH/OUT/0007")
        self.assertEqual(package["orderItems"][0]["quantity"], 2)

    @mute_logger(SENDER)
    def test_a_refused_shipment_fails_with_amazons_words(self):
        ref = self.shop.place_order()
        message = self._reported("shipment", self._shipment(ref, "9"))
        self.assertEqual(message.state, "failed")
        self.assertIn("There is not so much to ship", message.error)
        self.assertEqual(self.shop.shipments, [])
