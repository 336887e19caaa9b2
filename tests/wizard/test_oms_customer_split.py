"""Two who were taken for one are made two again."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form

from odoo.addons.oms_addon.tools.sealed_context import sealed

from ..common import OmsCommon

LEEDS = {"street": "1 High Street", "city": "Leeds", "zip": "LS1 1AA", "country": "GB"}
YORK = {"street": "2 Low Road", "city": "York", "zip": "YO1 7HH", "country": "GB"}


class TestCustomerSplit(OmsCommon):
    def setUp(self):
        super().setUp()
        self.channel.write({"auto_ship": False, "invoice_policy": "shipment"})
        self.ann = self._order("A1", "Ann", "ann@example.com", LEEDS)
        self.bob = self._order("B1", "Bob", "bob@example.com", YORK)
        self.old = self.ann.partner_id
        # As it was when a phone number was enough.
        new = self.bob.partner_id
        self.env["oms.customer.key"].search([("partner_id", "=", new.id)]).partner_id = self.old
        (self.bob.partner_shipping_id | self.bob.partner_invoice_id).filtered(
            lambda p: p != new
        ).parent_id = self.old
        contact = new.copy({"parent_id": self.old.id, "name": "Bob", "type": "delivery"})
        self.bob.with_context(**sealed(redirecting=True)).write(
            {
                "partner_id": self.old.id,
                "partner_invoice_id": contact.id,
                "partner_shipping_id": contact.id,
                "fiscal_position_id": False,
            }
        )
        self.bob.picking_ids.partner_id = contact
        self.contact = contact
        new.active = False

    def _order(self, ref, name, email, address):
        return self._capture(
            self._document(
                ref,
                customer={
                    "ref": f"C-{name}",
                    "name": name,
                    "email": email,
                    "phone": "0113 496 0000",
                },
                shipping={"name": name, **address},
            )
        )

    def _split(self, orders, user=None):
        """:return: the new customer"""
        split = self.env["oms.customer.split"].with_context(active_id=self.old.id)
        form = Form(split.with_user(user or self.env.user))
        for index, line in enumerate(form.line_ids._records):
            if line["order_id"] in orders.ids:
                with form.line_ids.edit(index) as row:
                    row.is_chosen = True
        action = form.save().action_split()
        return self.env["res.partner"].browse(action["res_id"])

    def _keys(self, partner):
        keys = self.env["oms.customer.key"].search([("partner_id", "=", partner.id)])
        return set(keys.mapped("key"))

    def test_the_chosen_orders_move_with_their_keys_and_open_deliveries(self):
        total = self.bob.amount_total
        new = self._split(self.bob, self._make_user("agent"))
        self.assertRecordValues(
            new, [{"name": "Bob", "email": "bob@example.com", "city": "York", "parent_id": False}]
        )
        self.assertEqual((self.bob.partner_id, self.ann.partner_id), (new, self.old))
        self.assertEqual(self.contact.parent_id, new)
        self.assertEqual(self.bob.partner_shipping_id, self.contact)
        self.assertEqual(self.bob.picking_ids.partner_id, self.contact)
        self.assertFalse(self.bob.fiscal_position_id)
        self.assertEqual((self.bob.amount_total, self.bob.state), (total, "sale"))
        self.assertEqual(self.bob.transaction_ids.partner_id, new)
        self.assertEqual(self._keys(new), {"C-Bob", "bob@example.com"})
        # The number both tell is nobody's any more.
        self.assertEqual(self._keys(self.old), {"C-Ann", "ann@example.com"})

    def test_what_comes_next_finds_the_right_one(self):
        new = self._split(self.bob)
        bob, ann = (
            self._order("B2", "Bob", "bob@example.com", YORK),
            self._order("A2", "Ann", "ann@example.com", LEEDS),
        )
        self.assertEqual((bob.partner_id, ann.partner_id), (new, self.old))

    def test_the_split_is_on_both_customers_and_on_the_order(self):
        new = self._split(self.bob)
        event = self.bob.oms_event_ids.filtered(lambda e: e.code == "order.customer_changed")
        self.assertEqual((event.before, event.after), ("Ann", "Bob"))
        self.assertIn(self.bob.name, new.message_ids[0].body)
        self.assertIn(self.bob.name, self.old.message_ids[0].body)

    def test_all_orders_or_none_are_refused(self):
        with self.assertRaisesRegex(UserError, "Rename the customer"):
            self._split(self.ann + self.bob)
        with self.assertRaisesRegex(UserError, "Select the orders"):
            self._split(self.env["sale.order"])
        self.assertEqual((self.ann + self.bob).partner_id, self.old)

    def test_who_may_not_change_orders_splits_nobody(self):
        with self.assertRaises(AccessError):
            self._split(self.bob, self._make_user("auditor"))
