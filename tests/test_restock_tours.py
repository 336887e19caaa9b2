"""What is put back, and what was added, is read and done in a browser, wide and on a phone."""

from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .allocation.common import AllocationCommon


@tagged("standard", "post_install", "-at_install")
class TestPutBackTours(HttpCase, AllocationCommon):
    browser_size = "1400x900"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse.delivery_steps = "pick_ship"
        cls._put_stock(cls.pot, cls.north, 5)
        for group in ("agent", "warehouse"):
            cls._make_user(group)

    def setUp(self):
        super().setUp()
        self.order = self._make_order((self.mug, 2))
        self._serve(self.order)
        self.order.picking_ids.move_ids.picked = True
        self.order.picking_ids.button_validate()
        self.order.order_line.product_uom_qty = 1

    def test_an_agent_reads_what_is_put_back_and_where_more_comes_from(self):
        self._make_rules({"warehouse_ids": [Command.set(self.north.ids)], "action": "partial"})
        self.order.write(
            {"order_line": [Command.create({"product_id": self.pot.id, "product_uom_qty": 1})]}
        )
        self.start_tour(f"/odoo/sales/{self.order.id}", "oms_restock_tour", login="oms_agent")

    def test_the_warehouse_puts_it_back(self):
        picking = self.order.oms_put_back_ids
        self.start_tour(
            f"/odoo/m-stock.picking/{picking.id}", "oms_restock_do_tour", login="oms_warehouse"
        )
        self.assertEqual(picking.state, "done")
        self.assertFalse(self.order.oms_put_back_text)


class TestPutBackToursOnAPhone(TestPutBackTours):
    browser_size = "400x800"
    touch_enabled = True
