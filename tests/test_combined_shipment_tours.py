"""Orders are proposed, put together and parted in a browser, wide and on a phone."""

from odoo.tests import HttpCase, new_test_user, tagged

from .shipping.test_oms_shared_delivery import SharedCommon


@tagged("standard", "post_install", "-at_install")
class TestShipTogetherTours(HttpCase, SharedCommon):
    browser_size = "1400x900"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for group in ("agent", "warehouse"):
            new_test_user(
                cls.env,
                f"oms_{group}",
                groups=f"oms_addon.oms_addon_group_{group}",
                password=f"oms_{group}",
            )

    def test_an_agent_has_orders_leave_together_and_parts_them(self):
        rare = self._make_product("URN", "Urn", stock=1)
        first, second = self._orders()
        short = self._make_order((rare, 2))
        express = self._make_order((self.mug, 1), oms_shipping_method="Express")
        self._serve(short + express)
        self.start_tour(f"/odoo/sales/{first.id}", "oms_combined_shipment_tour", login="oms_agent")
        self.assertEqual(
            first.oms_event_ids.filtered(lambda e: e.code.startswith("order.shipped")).mapped(
                "code"
            ),
            ["order.shipped_alone", "order.shipped_together"],
        )
        self.assertNotEqual(first.picking_ids, second.picking_ids)
        self.assertTrue(first.oms_ship_alone)

    def test_the_warehouse_parts_a_delivery(self):
        orders, picking = self._merged()
        self.start_tour(
            f"/odoo/m-stock.picking/{picking.id}", "oms_separate_tour", login="oms_warehouse"
        )
        self.assertEqual([len(order.picking_ids) for order in orders], [1, 1])

    def test_an_agent_reads_which_orders_could_leave_together(self):
        self._orders().oms_step = "ship"
        action = self.env.ref("oms_addon.oms_combined_shipment_action")
        self.start_tour(f"/odoo/action-{action.id}", "oms_together_list_tour", login="oms_agent")

    def test_an_agent_reads_that_no_orders_could_leave_together(self):
        action = self.env.ref("oms_addon.oms_combined_shipment_action")
        self.start_tour(f"/odoo/action-{action.id}", "oms_together_empty_tour", login="oms_agent")


class TestShipTogetherToursOnAPhone(TestShipTogetherTours):
    browser_size = "400x800"
    touch_enabled = True
