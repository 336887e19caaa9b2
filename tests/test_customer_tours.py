"""What agents do with orders in files and with customers, in a browser of both sizes."""

from odoo.tests import HttpCase, tagged

from .common import OmsCommon

YORK = {"street": "2 Low Road", "city": "York", "zip": "YO1 7HH", "country": "GB"}


@tagged("standard", "post_install", "-at_install")
class TestCustomerTours(HttpCase, OmsCommon):
    browser_size = "1400x900"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = cls._make_user("agent")

    def test_an_agent_sees_of_each_row_of_a_file_what_will_happen(self):
        self.env.ref("base.USD").active = True
        self.start_tour(
            "/odoo/action-oms_addon.oms_order_import_action",
            "oms_order_import_tour",
            login="oms_agent",
        )
        channel = self.env["oms.channel"].search([("adapter", "=", "csv_file")])
        self.assertRecordValues(channel, [{"name": "File Import", "state": "live"}])
        self.assertFalse(self.env["oms.channel.message"].search([("channel_id", "=", channel.id)]))

    def test_an_agent_splits_a_customer(self):
        person = {"ref": "C-1", "name": "Ann", "email": "ann@example.com"}
        ann = self._capture(self._document("A1", customer=person))
        bob = self._capture(
            self._document(
                "A2", customer={**person, "name": "Bob"}, shipping={"name": "Bob", **YORK}
            )
        )
        self.assertEqual(bob.partner_id, ann.partner_id)
        self.start_tour(
            f"/odoo/res.partner/{ann.partner_id.id}", "oms_customer_split_tour", login="oms_agent"
        )
        self.assertNotEqual(bob.partner_id, ann.partner_id)
        self.assertRecordValues(bob.partner_id, [{"name": "Bob", "city": "York"}])


class TestCustomerToursSmall(TestCustomerTours):
    browser_size = "400x800"
    touch_enabled = True
