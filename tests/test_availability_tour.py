"""Least rights, in a browser: where a product is, and why a number is so."""

from odoo.tests import HttpCase, tagged

from .availability.test_oms_availability import AvailabilityCommon
from .push_shop import PushShopMixin


@tagged("standard", "post_install", "-at_install")
class TestAvailabilityTour(HttpCase, PushShopMixin, AvailabilityCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for group in ("agent", "warehouse", "manager"):
            cls._make_user(group)
        cls._serve(cls._make_order((cls.cup, 2)))
        cls._purchase(cls, cls.cup, 20, days=9)
        cls._purchase(cls, cls.cup, 12, days=21)
        for channel in (cls.channel, cls.tiny):
            channel.stock_buffer = 1
        cls.env["oms.cart.reservation"]._reserve(cls.channel, "cart-7", {cls.cup.id: 3})

    def test_an_agent_looks_a_product_up_and_asks_why(self):
        self.start_tour("/odoo/oms-availability", "oms_availability_tour", login="oms_agent")

    def test_a_warehouse_worker_asks_why_a_channel_shows_a_figure(self):
        self.env["oms.channel.listing"].create(
            {
                "channel_id": self.tiny.id,
                "sku": "CUP",
                "external_ref": "ext-CUP",
                "product_id": self.cup.id,
            }
        )
        self.env.flush_all()
        self.env.cr.precommit.run()
        self._run_lanes("stock", "outbox")
        [row] = self.env["oms.channel.stock"].search([("listing_id.sku", "=", "CUP")])
        self.assertEqual(row.wanted, 4)
        self.start_tour("/odoo/oms-channel-stock", "oms_why_tour", login="oms_warehouse")
