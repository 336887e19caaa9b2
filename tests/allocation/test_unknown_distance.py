"""A distance that nobody knows is unknown, never 0 km."""

from odoo.fields import Command

from .common import AllocationCommon


class TestUnknownDistance(AllocationCommon):
    def _plan(self):
        self._make_rules({"warehouse_ids": [Command.set(self.warehouse.ids)]})
        order = self._make_order((self.mug, 1))
        self._serve(order)
        return order.oms_allocation_plan

    def test_an_address_without_a_place_has_no_distance(self):
        self.customer.write({"country_id": False, "zip": False})
        plan = self._plan()
        self.assertIs(plan["km"], False)
        self.assertEqual([parcel["km"] for parcel in plan["parcels"]], [False])

    def test_a_known_distance_is_told(self):
        plan = self._plan()
        self.assertEqual(plan["km"], plan["parcels"][0]["km"])
        self.assertGreater(plan["km"], 200)

    def test_a_comparison_leaves_out_what_it_does_not_know(self):
        simulation = self.env["oms.allocation.simulation"]
        self.assertEqual(simulation._total([3, 4]), 7)
        self.assertIsNone(simulation._total([3, None]))
