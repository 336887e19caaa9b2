from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from ..shipping.common import FulfilmentCommon


class TestStockCheck(FulfilmentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Check = cls.env["oms.stock.check"]
        cls.cup = cls._make_product("CUP", "Cup", stock=5)
        cls.order = cls._make_order((cls.cup, 2))
        cls._serve(cls.order)
        cls.move = cls.order.order_line.move_ids
        cls.quant = cls.env["stock.quant"]._gather(cls.cup, cls.warehouse.lot_stock_id)

    def _spoil(self, record, **values):
        """Write past all that keeps the stock in order."""
        self.env.flush_all()
        for name, value in values.items():
            self.env.cr.execute(
                f"UPDATE {record._table} SET {name} = %s WHERE id = %s", [value, record.id]
            )
        self.env.invalidate_all()

    def _found(self):
        """:return: the kinds of what is wrong with the cups"""
        return self.Check._run().filtered(lambda c: c.product_id == self.cup).mapped("kind")

    def test_a_healthy_stock_has_no_difference(self):
        self.assertEqual(self.Check._run(), self.Check)

    def test_a_reservation_that_no_transfer_has_is_found_and_taken_back(self):
        self._spoil(self.quant, reserved_quantity=3)
        [check] = self.Check._run()
        self.assertEqual((check.kind, check.expected, check.found), ("reserved", 2, 3))
        self.assertEqual(
            check.text,
            "3 of [CUP] Cup are marked as reserved in WH/Stock, but transfers reserve 2.",
        )
        check.action_repair()
        self.assertEqual((check.state, self.quant.reserved_quantity), ("settled", 2))
        self.assertEqual(self.Check._run(), self.Check)

    def test_a_transfer_whose_stock_is_not_reserved_is_found_and_put_right(self):
        self._spoil(self.quant, reserved_quantity=0)
        [check] = self.Check._run()
        self.assertEqual((check.kind, check.expected, check.found), ("reserved", 2, 0))
        check.action_repair()
        self.assertEqual(self.quant.reserved_quantity, 2)

    def test_more_reserved_than_there_is_costs_the_least_urgent_its_goods(self):
        urgent = self._make_order((self.cup, 2), oms_priority="1")
        self._serve(urgent)
        self._spoil(self.quant, quantity=3)
        [check] = self.Check._run()
        self.assertEqual((check.kind, check.expected, check.found), ("oversold", 3, 4))
        check.action_repair()
        self.assertEqual(self.Check._run(), self.Check)
        self.assertEqual(urgent.order_line.move_ids.state, "assigned")
        self.assertEqual((self.move.state, self.move.quantity), ("confirmed", 0))
        self.assertEqual(self.quant.reserved_quantity, 2)

    def test_a_move_that_does_not_say_what_its_lines_do_is_put_right(self):
        self._spoil(self.move, quantity=1)
        [check] = self.Check._run()
        self.assertEqual((check.kind, check.expected, check.found), ("quantity", 2, 1))
        check.action_repair()
        self.assertRecordValues(self.move, [{"quantity": 2.0, "state": "assigned"}])

    def test_a_state_that_does_not_fit_is_put_right(self):
        self._spoil(self.move, state="confirmed")
        [check] = self.Check._run()
        self.assertEqual(check.kind, "state")
        self.assertIn(self.move.picking_id.name, check.text)
        check.action_repair()
        self.assertEqual(self.move.state, "assigned")

    def test_several_rows_of_one_stock_are_told_and_merged(self):
        self.env["stock.quant"].create(
            {
                "product_id": self.cup.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "quantity": 1,
            }
        )
        [check] = self.Check._run()
        self.assertEqual((check.kind, check.found), ("duplicate", 2))
        check.action_repair()
        rows = self.env["stock.quant"]._gather(self.cup, self.warehouse.lot_stock_id)
        self.assertRecordValues(rows, [{"quantity": 6.0, "reserved_quantity": 2.0}])

    def test_less_than_nothing_is_told_and_only_people_count(self):
        pan = self._make_product("PAN", "Pan")
        quant = self.env["stock.quant"].create(
            {
                "product_id": pan.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "quantity": -1,
            }
        )
        [check] = self.Check._run()
        self.assertEqual((check.kind, check.found), ("negative", -1))
        self.assertIn("Count the location", check.advice)
        check.action_repair()
        self.assertEqual((check.state, quant.quantity), ("open", -1))

    def test_what_is_gone_is_settled_by_the_next_look(self):
        self._spoil(self.quant, reserved_quantity=3)
        [check] = self.Check._run()
        self._spoil(self.quant, reserved_quantity=2)
        self.assertEqual(self.Check._run(), self.Check)
        self.assertEqual(check.state, "settled")

    def test_a_difference_is_found_once_and_a_person_is_told_once(self):
        self._spoil(self.quant, reserved_quantity=3)
        first, again = self.Check._run(), self.Check._run()
        self.assertEqual(first, again)
        self.assertEqual(first.activity_ids.summary, "Stock: 1 differences found")
        events = self.env["oms.event"].search([("code", "=", "stock.difference")])
        self.assertEqual(events.filtered(lambda e: e.res_id == first.id).name, first.text)

    def test_a_repair_is_in_the_audit_trail(self):
        self._spoil(self.quant, reserved_quantity=3)
        check = self.Check._run()
        check.action_repair()
        event = self.env["oms.event"].search([("code", "=", "stock.repaired")])
        self.assertRecordValues(event, [{"res_id": check.id, "before": "3", "after": "2"}])

    def test_what_somebody_put_right_meanwhile_is_not_touched(self):
        self._spoil(self.quant, reserved_quantity=3)
        check = self.Check._run()
        self._spoil(self.quant, reserved_quantity=2)
        check.action_repair()
        self.assertEqual((check.state, self.quant.reserved_quantity), ("settled", 2))
        self.assertFalse(self.env["oms.event"].search([("code", "=", "stock.repaired")]))

    def test_only_managers_repair(self):
        self._spoil(self.quant, reserved_quantity=3)
        check = self.Check._run()
        agent = new_test_user(
            self.env, "agent", groups="base.group_user,oms_addon.oms_addon_group_agent"
        )
        with self.assertRaises(AccessError):
            check.with_user(agent).action_repair()
        manager = new_test_user(
            self.env, "manager", groups="base.group_user,oms_addon.oms_addon_group_manager"
        )
        check.with_user(manager).action_repair()
        self.assertEqual(self.quant.reserved_quantity, 2)

    def test_the_night_lane_looks_and_says_so(self):
        self._spoil(self.quant, reserved_quantity=3)
        with self.enter_registry_test_mode():
            self.env.ref("oms_addon.ir_cron_check").method_direct_trigger()
        self.assertEqual(self.Check.search([("state", "=", "open")]).kind, "reserved")

    def test_a_look_reads_in_few_statements_however_much_there_is(self):
        self.env["oms.stock.comparison"]._compare()
        with self.assertQueryCount(2):
            self.env["oms.stock.comparison"]._compare()
        for _more in range(5):
            self._serve(self._make_order((self.mug, 1), (self.pot, 1)))
        self.env.flush_all()
        with self.assertQueryCount(2):
            self.env["oms.stock.comparison"]._compare()

    def test_dozens_and_done_moves_add_up(self):
        self.env["ir.config_parameter"].set_param("stock.propagate_uom", "1")
        dozen = self.env.ref("uom.product_uom_dozen")
        crate = self._make_product("EGG", "Egg", stock=30)
        order = self._make_order((crate, 1))
        order.order_line.product_uom_id = dozen
        self._serve(order)
        self.assertEqual(order.order_line.move_ids.quantity, 1)
        self.assertEqual(self.Check._run(), self.Check)
        order.picking_ids.button_validate()
        self.assertEqual(self.Check._run(), self.Check)
