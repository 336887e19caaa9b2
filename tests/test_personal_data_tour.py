"""A manager erases a customer, in a browser of both sizes."""

from odoo.tests import HttpCase, tagged

from .common import OmsCommon
from .privacy.personal_world import PersonalWorld


@tagged("standard", "post_install", "-at_install")
class TestPersonalDataTour(HttpCase, PersonalWorld, OmsCommon):
    browser_size = "1400x900"

    def test_a_manager_exports_and_erases_a_customer(self):
        self._make_user("manager")
        order = self._capture(self.marked("Z-1"))
        self.close(order)
        self._run_lanes("outbox")
        partner = order.partner_id
        self.start_tour(
            f"/odoo/res.partner/{partner.id}", "oms_personal_data_tour", login="oms_manager"
        )
        self.assertEqual(partner.name, f"Erased customer {partner.id}")
        self.assertFalse(partner.active)


class TestPersonalDataTourSmall(TestPersonalDataTour):
    browser_size = "400x800"
    touch_enabled = True
