"""Shops that fetch orders go live in a browser, of both sizes."""

from odoo.tests import HttpCase, tagged

from .channels.fault_bench import simulated_shops
from .common import OmsCommon


@tagged("standard", "post_install", "-at_install")
class TestGoLiveTour(HttpCase, OmsCommon):
    browser_size = "1400x900"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._make_user("manager")

    def test_every_shop_that_fetches_asks_what_becomes_of_open_orders(self):
        live = {}
        for code, simulator in simulated_shops().items():
            shop = simulator().start()
            self.addCleanup(shop.stop)
            shop.add_product("MUG", "Mug", quantity=100)
            channel = self.env["oms.channel"].create(
                {"name": f"My {code}", "adapter": code, **shop.credentials()}
            )
            with self.subTest(shop=code):
                self.start_tour(
                    f"/odoo/oms-channels/{channel.id}", "oms_go_live_tour", login="oms_manager"
                )
                self.assertRecordValues(channel, [{"state": "live", "start_policy": "record"}])
                self.assertFalse(channel._is_synced("stock") or channel._is_synced("price"))
                live[code] = channel
        self.assertLessEqual({"amazon", "prestashop", "shopify", "woocommerce"}, set(live))


class TestGoLiveTourSmall(TestGoLiveTour):
    browser_size = "400x800"
    touch_enabled = True
