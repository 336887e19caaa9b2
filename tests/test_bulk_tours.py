"""Orders of all kinds in one list, and what is done with many at once, in a browser."""

from odoo.tests import HttpCase, tagged

from .shipping.common import FulfilmentCommon


@tagged("standard", "post_install", "-at_install")
class OrdersListCommon(HttpCase, FulfilmentCommon):
    browser_size = "1400x900"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = cls._make_user("agent")
        cls.made = cls._make_order((cls.mug, 2))
        cls.made.oms_channel_id = False
        cls._serve(cls.made)
        cls._make_order((cls.mug, 1)).oms_channel_id = False


class TestOrdersList(OrdersListCommon):
    def test_an_agent_sees_how_far_an_order_made_in_sales_is(self):
        self._capture(self._document("L-1"))
        self.start_tour("/odoo/oms-orders", "oms_made_order_tour", login="oms_agent")


class TestOrdersListOnAPhone(TestOrdersList):
    browser_size = "400x800"
    touch_enabled = True


class TestBulkTours(OrdersListCommon):
    def test_an_agent_holds_orders_and_cancels_one(self):
        self.start_tour("/odoo/oms-orders", "oms_bulk_hold_tour", login="oms_agent")
        orders = self.env["sale.order"].search([("oms_hold_ids", "!=", False)])
        self.assertEqual(set(orders.oms_hold_ids.mapped("detail")), {"Customer calls back"})
        self.assertEqual(sorted(orders.mapped("state")), ["cancel", "sale"])
