from ..shipping.common import FulfilmentCommon


class TestWarehouse(FulfilmentCommon):
    def test_running_a_warehouse_takes_its_outgoing_reservations_over(self):
        # Whoever validates a delivery in part is asked about the rest, as Odoo does.
        self.assertRecordValues(
            self.warehouse.out_type_id,
            [{"reservation_method": "manual", "create_backorder": "ask", "print_label": False}],
        )
        self.assertEqual(self.warehouse.pick_type_id.reservation_method, "manual")
        self.assertEqual(self.warehouse.in_type_id.reservation_method, "at_confirm")

    def test_giving_a_warehouse_back_restores_odoos_way(self):
        self.warehouse.oms_managed = False
        self.assertRecordValues(
            self.warehouse.out_type_id,
            [{"reservation_method": "at_confirm", "create_backorder": "ask", "print_label": True}],
        )
        order = self._make_order((self.mug, 1))
        order.action_confirm()
        self.assertEqual(order.picking_ids.state, "assigned")

    def test_what_a_business_had_chosen_is_given_back(self):
        types = self.north.out_type_id + self.north.pick_type_id
        self.north.oms_managed = False
        types.write({"reservation_method": "by_date", "print_label": False})
        self.north.out_type_id.reservation_days_before = 3
        self.north.oms_managed = True
        self.assertEqual(set(types.mapped("reservation_method")), {"manual"})
        # Ticked once more, what is kept stays.
        self.north._oms_apply_managed()
        self.north.oms_managed = False
        self.assertEqual(set(types.mapped("reservation_method")), {"by_date"})
        self.assertEqual(types.mapped("print_label"), [False, False])
        self.assertEqual(self.north.out_type_id.reservation_days_before, 3)
        self.assertEqual(types.mapped("oms_former_values"), [False, False])

    def test_a_new_warehouse_can_be_run_from_the_start(self):
        warehouse = self.env["stock.warehouse"].create(
            {"name": "South", "code": "STH", "oms_managed": True}
        )
        self.assertEqual(warehouse.out_type_id.reservation_method, "manual")
