from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .common import FulfilmentCommon

GROUP = "oms_addon.oms_addon_group_"


class TestFulfilmentAccess(FulfilmentCommon):
    def _delivery(self, **values):
        order = self._make_order((self.mug, 1))
        self._serve(order)
        order.picking_ids.write(values)
        return order.picking_ids

    def test_a_picker_outside_our_groups_ships_and_the_parcel_is_made(self):
        user = new_test_user(self.env, "picker", groups="stock.group_stock_user")
        picking = self._delivery(carrier_tracking_ref="P9").with_user(user)
        self.assertIs(picking.with_context(skip_sms=True).button_validate(), True)
        self.assertEqual(picking.sudo().oms_parcel_ids.name, "P9")
        self.assertEqual(picking.oms_parcel_count, 1)

    def test_the_warehouse_ships_without_tracking_and_marks_delivered(self):
        user = new_test_user(self.env, "store", groups=f"{GROUP}warehouse")
        picking = self._delivery().with_user(user)
        picking.with_context(skip_sms=True).button_validate()
        picking.action_oms_no_tracking()
        picking.oms_parcel_ids.action_mark_delivered()
        self.assertEqual(picking.oms_parcel_ids.state, "delivered")

    def test_an_auditor_reads_parcels_and_changes_none(self):
        user = new_test_user(self.env, "auditor", groups=f"{GROUP}auditor")
        parcel = self.env["oms.parcel"].create({"name": "P1"}).with_user(user)
        self.assertEqual(parcel.state, "pending")
        with self.assertRaises(AccessError):
            parcel.name = "P2"
        with self.assertRaises(AccessError):
            parcel.action_mark_delivered()

    def test_parcels_of_another_company_are_not_seen(self):
        company = self.env["res.company"].create({"name": "Other"})
        parcel = self.env["oms.parcel"].create({"name": "P1", "company_id": company.id})
        user = new_test_user(self.env, "store2", groups=f"{GROUP}warehouse")
        self.assertFalse(self.env["oms.parcel"].with_user(user).search([("id", "=", parcel.id)]))
