from psycopg2 import IntegrityError

from odoo.tools import mute_logger

from ..common import OmsCommon


class TestListing(OmsCommon):
    def _list(self, sku, product, **values):
        return self.env["oms.channel.listing"].create(
            {"channel_id": self.channel.id, "sku": sku, "product_id": product.id, **values}
        )

    def _resolve(self, *skus, barcodes=()):
        return self.env["oms.channel.listing"]._resolve(self.channel, skus, barcodes)

    def test_a_listing_goes_before_reference_and_barcode(self):
        self.pot.barcode = "MUG"
        self._list("MUG", self.pot, multiplier=6)
        found, _barcodes = self._resolve("MUG")
        self.assertEqual(found, {"MUG": (self.pot, 6)})

    def test_case_and_spaces_of_a_sku_do_not_count(self):
        found, _barcodes = self._resolve(" mug ")
        self.assertEqual(found, {"MUG": (self.mug, 1.0)})

    def test_a_barcode_is_the_last_resort(self):
        self.pot.barcode = "5012345678900"
        found, barcodes = self._resolve("5012345678900", barcodes=["5012345678900"])
        self.assertEqual(found, {"5012345678900": (self.pot, 1.0)})
        self.assertEqual(barcodes["5012345678900"], (self.pot, 1.0))

    def test_an_alias_follows_its_listing(self):
        main = self._list("SIX", self.mug, multiplier=6)
        alias = self.env["oms.channel.listing"].create(
            {"channel_id": self.channel.id, "sku": "SIX-OLD", "alias_of_id": main.id}
        )
        main.write({"product_id": self.pot.id, "multiplier": 12})
        self.assertEqual((alias.product_id, alias.multiplier), (self.pot, 12))

    def test_the_database_refuses_the_same_sku_twice(self):
        self._list("SIX", self.mug)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._list("six ", self.pot)

    def test_fault_10_mapping_the_sku_once_releases_every_order_that_waits(self):
        orders = [
            self._document(f"A{i}", [("NEW", 1, "10.00"), ("MUG", 1, "5.00")]) for i in range(3)
        ]
        messages = self.env["oms.channel.message"].concat(*map(self._receive, orders))
        self._run_lanes()
        self.assertEqual(messages.mapped("state"), ["parked"] * 3)
        self.assertFalse(messages.order_id)
        self._list("NEW", self.pot)
        self._run_lanes()
        self.assertEqual(messages.mapped("state"), ["done"] * 3)
        self.assertEqual(len(messages.order_id), 3)
        for order in messages.order_id:
            self.assertEqual(order.order_line.product_id, self.pot + self.mug)

    def test_choosing_the_product_on_the_exception_maps_the_sku(self):
        message = self._receive(self._document("A1", [("NEW", 1, "10.00")]))
        self._run_lanes()
        message.hold_ids.product_id = self.pot
        self._run_lanes()
        self.assertEqual(message.state, "done")
        listing = self.env["oms.channel.listing"].search([("channel_id", "=", self.channel.id)])
        self.assertRecordValues(
            listing, [{"sku": "NEW", "product_id": self.pot.id, "multiplier": 1}]
        )
