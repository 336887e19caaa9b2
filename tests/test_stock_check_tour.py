"""A difference of the stock is found, read and repaired in a browser, wide and on a phone."""

from odoo.tests import HttpCase, new_test_user, tagged

from .shipping.common import FulfilmentCommon


@tagged("standard", "post_install", "-at_install")
class TestStockCheckTour(HttpCase, FulfilmentCommon):
    browser_size = "1400x900"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env,
            "oms_manager",
            groups="oms_addon.oms_addon_group_manager",
            password="oms_manager",
        )
        cls.cup = cls._make_product("CUP", "Cup", stock=9)
        cls._serve(cls._make_order((cls.cup, 2)))
        cls.quant = cls.env["stock.quant"]._gather(cls.cup, cls.warehouse.lot_stock_id)

    def test_a_manager_finds_reads_and_repairs_a_difference(self):
        self.env["oms.stock.check"].search([]).unlink()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE stock_quant SET reserved_quantity = 5 WHERE id = %s", [self.quant.id]
        )
        self.env.invalidate_all()
        self.start_tour("/odoo/oms-stock-check", "oms_stock_check_tour", login="oms_manager")
        [check] = self.env["oms.stock.check"].search([("product_id", "=", self.cup.id)])
        self.assertRecordValues(
            check, [{"kind": "reserved", "state": "settled", "expected": 2.0, "found": 5.0}]
        )
        self.assertEqual(self.quant.reserved_quantity, 2.0)
        self.assertFalse(self.env["oms.stock.comparison"]._compare({self.cup.id}))


class TestStockCheckTourOnAPhone(TestStockCheckTour):
    browser_size = "400x800"
    touch_enabled = True
