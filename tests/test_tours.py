"""The three things people do most, done in a browser."""

from decimal import Decimal
from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from odoo.addons.oms_addon.documents.channel import Listing

from .common import OmsCommon


@tagged("standard", "post_install", "-at_install")
class TestTours(HttpCase, OmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = cls._make_user("agent")
        cls.manager = cls._make_user("manager")

    def test_a_manager_connects_a_channel_and_imports_a_file_with_an_error(self):
        self.env.ref("base.USD").active = True
        self.start_tour("/odoo/oms-channels", "oms_import_tour", login="oms_manager")
        channel = self.env["oms.channel"].search([("name", "=", "Spreadsheet")])
        self.assertRecordValues(channel, [{"adapter": "csv_file", "state": "live"}])
        message = self.env["oms.channel.message"].search([("channel_id", "=", channel.id)])
        self.assertRecordValues(
            message, [{"order_ref": "9001", "state": "pending", "deliveries": 1}]
        )
        self._run_lanes("inbox")
        self.assertRecordValues(
            self._order("9001", channel),
            [{"oms_order_ref": "9001", "amount_total": 20.0, "oms_step": "screen"}],
        )
        self.assertFalse(self._order("9002", channel))

    def test_an_agent_maps_a_sku_once_and_every_order_that_waits_goes_on(self):
        documents = [
            self._document(f"X-{number}", lines=[(sku, 1, "10.00")])
            for number, sku in enumerate(("CUP-XL", "CUP-XL", "CUP-XL", "JUG"), 1)
        ]
        self.assertFalse(self._capture(*documents))
        self.start_tour("/odoo/oms-exceptions", "oms_exception_tour", login="oms_agent")
        self.assertRecordValues(
            self.env["oms.channel.listing"].search([("channel_id", "=", self.channel.id)]),
            [{"sku": "CUP-XL", "product_id": self.mug.id, "multiplier": 1.0}],
        )
        holds = self.env["oms.hold"].search(
            [("channel_id", "=", self.channel.id)], order="order_ref"
        )
        self.assertEqual(
            holds.mapped(lambda hold: (hold.order_ref, hold.state)),
            [("X-1", "released"), ("X-2", "released"), ("X-3", "released"), ("X-4", "open")],
        )
        self._run_lanes("inbox")
        orders = self.env["sale.order"].search(
            [("oms_channel_id", "=", self.channel.id)], order="oms_order_ref"
        )
        self.assertEqual(orders.mapped("oms_order_ref"), ["X-1", "X-2", "X-3"])
        self.assertEqual(orders.order_line.product_id, self.mug)

    def test_a_manager_fetches_listings_and_maps_them_in_bulk_and_by_hand(self):
        told = [
            Listing(ref="v1", sku="POT", name="Pot"),
            Listing(ref="v2", sku="BM-1", name="Enamel mug", price=Decimal("12.50")),
            Listing(ref="v3", sku="BM-2", name="Mugs, enamel", price=Decimal("13.50")),
            Listing(ref="v4", sku="MYSTERY", name="Something special"),
            Listing(ref="v5", sku="GIFT", name="Gift wrap"),
        ]
        adapter = type(self.env["oms.channel.adapter.canonical"])
        for name, value in (
            ("_can_fetch_listings", True),
            ("_fetch_listings", lambda self, channel, cursor=None: (told, None)),
        ):
            patcher = patch.object(adapter, name, value)
            patcher.start()
            self.addCleanup(patcher.stop)
        self.mug.name = "Enamel Mug"
        message = self._receive(self._document("L-1", lines=[("MYSTERY", 1, "10.00")]))
        self._run_lanes()
        self.assertEqual(message.state, "parked")
        self.start_tour("/odoo/oms-channels", "oms_listing_tour", login="oms_manager")
        listings = self.env["oms.channel.listing"].search(
            [("channel_id", "=", self.channel.id)], order="external_ref"
        )
        self.assertRecordValues(
            listings,
            [
                {"product_id": self.pot.id, "state": "matched", "matched_by": "sku"},
                {"product_id": self.mug.id, "state": "matched", "matched_by": "suggestion"},
                {"product_id": self.mug.id, "state": "matched", "matched_by": "suggestion"},
                {"product_id": self.pot.id, "state": "matched", "matched_by": "hand"},
                {"product_id": False, "state": "ignored", "matched_by": False},
            ],
        )
        self._run_lanes()
        self.assertEqual(message.state, "done")
        self.assertEqual(message.order_id.order_line.product_id, self.pot)

    def test_an_agent_releases_a_held_order_and_reads_its_timeline(self):
        self.env["oms.hold.rule"].create(
            {"name": "Large order: look first", "domain": "[('amount_total', '>', 50)]"}
        )
        order = self._capture(self._document("H-1", lines=[("MUG", 6, "10.00")]))
        self.assertRecordValues(order, [{"oms_status": "held", "oms_step": "screen"}])
        self.start_tour("/odoo/oms-orders", "oms_timeline_tour", login="oms_agent")
        self.assertRecordValues(
            order.oms_hold_ids,
            [{"reason_code": "RULE", "state": "released", "released_by_id": self.agent.id}],
        )
        self.assertRecordValues(
            order, [{"state": "sale", "oms_held": False, "oms_payment_state": "paid"}]
        )
        self.assertEqual(
            order.oms_event_ids.filtered(lambda e: e.code == "hold.released").actor, self.agent.name
        )
