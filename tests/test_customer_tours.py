"""What agents do with orders in files and with customers, in a browser of both sizes."""

from odoo.tests import HttpCase, new_test_user, tagged

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

    def test_an_agent_confirms_whose_order_it_is(self):
        joel = new_test_user(self.env, "joel", groups="base.group_portal", name="Joel")
        joel.partner_id.email = "ann@example.com"
        person = {"ref": "C-1", "name": "Ann", "email": "ann@example.com"}
        order = self._capture(self._document("A1", customer=person))
        self.assertEqual(order.partner_id.name, "Ann")
        self.start_tour(
            f"/odoo/oms.hold/{order.oms_hold_ids.id}",
            "oms_customer_account_tour",
            login="oms_agent",
        )
        self.assertEqual(order.partner_id, joel.partner_id)


class TestCustomerToursSmall(TestCustomerTours):
    browser_size = "400x800"
    touch_enabled = True
