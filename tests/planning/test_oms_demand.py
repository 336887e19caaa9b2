"""What customers ordered, by product, channel, warehouse and day."""

from datetime import date, datetime
from unittest.mock import patch

from odoo.fields import Command

from .common import PlanningCommon


class TestDemand(PlanningCommon):
    def _rows(self, order):
        rows = self.env["oms.demand"].search([("sale_line_id", "in", order.order_line.ids)])
        return sorted((r.product_id.default_code, r.warehouse_id.code, r.quantity) for r in rows)

    def test_a_confirmed_order_is_demand_of_its_channel_and_date(self):
        order = self._capture(self._document("A1", lines=(("MUG", 2, "10"), ("POT", 3, "5"))))
        code = self.warehouse.code
        self.assertEqual(self._rows(order), [("MUG", code, 2.0), ("POT", code, 3.0)])
        row = self.env["oms.demand"].search([("sale_line_id", "=", order.order_line[0].id)])
        self.assertEqual((row.channel_id, row.day), (self.channel, date(2026, 3, 1)))
        self.assertFalse(row.is_exceptional)

    def test_a_quotation_is_no_demand(self):
        order = self._capture(self._document("A1", paid=False))
        self.assertEqual(order.state, "draft")
        self.assertEqual(self._rows(order), [])

    def test_fault_a_cancelled_order_is_no_demand_any_more(self):
        order = self._sell(self.mug, 4)
        self.assertEqual(self._rows(order), [("MUG", self.warehouse.code, 4.0)])
        order._action_cancel()
        self._commit()
        self.assertEqual(self._rows(order), [])

    def test_a_changed_quantity_changes_the_row_and_adds_none(self):
        order = self._sell(self.mug, 4)
        row = self.env["oms.demand"].search([("sale_line_id", "=", order.order_line.id)])
        order.order_line.product_uom_qty = 7
        self._commit()
        self.assertEqual(row.quantity, 7.0)
        self.assertEqual(self._rows(order), [("MUG", self.warehouse.code, 7.0)])

    def test_units_cancelled_on_the_channel_are_netted_once(self):
        order = self._sell(self.mug, 5)
        order.order_line.oms_cancelled_qty = 2
        self._commit()
        self.assertEqual(self._rows(order), [("MUG", self.warehouse.code, 3.0)])
        # They are then taken off the ordered quantity, too.
        order.order_line.write({"product_uom_qty": 3, "oms_reduced_qty": 2})
        self._commit()
        self.assertEqual(self._rows(order), [("MUG", self.warehouse.code, 3.0)])

    def test_a_dozen_is_twelve_units_of_the_product(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._sell(
            self.mug,
            2,
            order_line=[
                Command.create(
                    {
                        "product_id": self.mug.id,
                        "product_uom_qty": 2,
                        "product_uom_id": dozen.id,
                    }
                )
            ],
        )
        self.assertEqual(self._rows(order), [("MUG", self.warehouse.code, 24.0)])

    def test_services_are_no_demand(self):
        service = self._make_product("FIT", "Fitting", type="service", is_storable=False)
        self.assertEqual(self._rows(self._sell(service, 1)), [])

    def test_the_date_is_that_of_the_warehouse(self):
        self.warehouse.oms_calendar_id = self.env["resource.calendar"].create(
            {"name": "Auckland", "tz": "Pacific/Auckland"}
        )
        order = self._sell(self.mug, 1, commitment_date=datetime(2027, 1, 3, 20, 0))
        row = self.env["oms.demand"].search([("sale_line_id", "=", order.order_line.id)])
        self.assertEqual(row.day, date(2027, 1, 4))
        order.commitment_date = datetime(2027, 1, 3, 8, 0)
        self._commit()
        self.assertEqual(row.day, date(2027, 1, 3))

    def test_a_line_of_two_warehouses_is_demand_of_both(self):
        order = self._sell(self.mug, 5)
        order.order_line.oms_plan = {str(self.warehouse.id): 3.0, str(self.north.id): 2.0}
        self._commit()
        self.assertEqual(
            self._rows(order),
            sorted([("MUG", self.warehouse.code, 3.0), ("MUG", self.north.code, 2.0)]),
        )

    def test_recording_again_writes_nothing(self):
        order = self._sell(self.mug, 5)
        Demand = type(self.env["oms.demand"])
        with patch.object(Demand, "write") as write, patch.object(Demand, "create") as create:
            self.env["oms.demand"]._record(order.order_line)
        write.assert_not_called()
        self.assertEqual([call.args for call in create.call_args_list], [([],)])

    def test_orders_from_before_the_add_on_are_recorded_by_the_background_job(self):
        order = self._sell(self.mug, 5)
        self.env["oms.demand"].search([]).unlink()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order_line SET oms_demand_qty = NULL WHERE id = %s",
            [order.order_line.id],
        )
        self.env.invalidate_all()
        self.assertGreaterEqual(self.env["oms.demand"]._record_older(), 1)
        self._commit()
        self.assertEqual(self._rows(order), [("MUG", self.warehouse.code, 5.0)])
        self.assertEqual(self.env["oms.demand"]._record_older(), 0)
