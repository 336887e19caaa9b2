"""Nobody gets another's orders by what they can type of themselves."""

import importlib.util
from pathlib import Path

from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from odoo.addons.oms_addon.tools.sealed_context import sealed

from ..common import OmsCommon

VICTIM = "victim@example.com"
SCRIPT = Path(__file__).parents[2] / "oms_addon/migrations/19.0.1.2.0/post-customer_keys.py"


class TestCustomerIdentity(OmsCommon):
    def setUp(self):
        super().setUp()
        self.mallory = new_test_user(self.env, "mallory", groups="base.group_portal")
        self.contact = self.mallory.partner_id

    def _order_of(self, number, channel=None, **customer):
        """:return: the order of a buyer who is called Victim and told all but their e-mail"""
        customer = {"ref": f"V-{number}", "name": "Victim", "email": VICTIM, **customer}
        return self._capture(self._document(number, customer=customer), channel=channel)

    def _is_seen(self, order):
        """:return: whether the portal user finds the order"""
        return bool(
            self.env["sale.order"].with_user(self.mallory).search_count([("id", "=", order.id)])
        )

    def _assert_is_new_customers(self, order):
        self.assertRecordValues(order.partner_id, [{"name": "Victim", "email": VICTIM}])
        self.assertFalse(self._is_seen(order))

    def test_an_email_a_portal_user_typed_gets_them_no_order(self):
        self.contact.with_user(self.mallory).sudo().email = VICTIM
        order = self._order_of("A1")
        self._assert_is_new_customers(order)
        self.assertEqual(order.oms_step, "deliver")
        hold = order.oms_hold_ids
        self.assertRecordValues(
            hold,
            [
                {
                    "reason_code": "CUSTOMER_ACCOUNT",
                    "candidate_id": self.contact.id,
                    "is_blocking": False,
                    "state": "open",
                }
            ],
        )
        again = self._order_of("A2", ref="V-A1")
        self.assertEqual(again.partner_id, order.partner_id)
        self.assertFalse(again.oms_hold_ids)

    def test_an_order_nobody_confirmed_leaves_and_its_portal_user_sees_nothing_of_it(self):
        """It is shipped, invoiced and told to the address that the channel told; the login that
        claims the address finds none of it, by whichever record or message.
        """
        self.contact.with_user(self.mallory).sudo().email = VICTIM
        self.channel.write({"send_receipt": True, "tell_promise": "always"})
        order = self._order_of("A1")
        self._run_lanes("receipts")
        self.assertEqual((order.state, order.oms_step), ("sale", "deliver"))
        self.assertEqual(order.invoice_ids.mapped("state"), ["posted"])
        self.assertEqual(order.picking_ids.mapped("state"), ["done"])
        self.assertFalse(order.oms_held)
        mails = self.env["mail.mail"].search(
            [("res_id", "in", order.ids + order.invoice_ids.ids), ("model", "!=", False)]
        )
        told = self.env["mail.message"].search(
            [("model", "=", "account.move"), ("res_id", "in", order.invoice_ids.ids)]
        )
        self.assertTrue(mails or told)
        self.assertNotIn(self.contact, (mails.recipient_ids | told.partner_ids))
        self.assertNotIn(self.contact, told.notified_partner_ids)
        theirs = order | order.search([("partner_id", "=", order.partner_id.id)])
        for record in (theirs, theirs.invoice_ids, theirs.picking_ids):
            self.assertNotIn(self.contact, record.message_partner_ids)
        self.assertEqual(self._found_by_portal(order), {})

    def _found_by_portal(self, order):
        """:return: what the portal user finds of an order, by the name of the model"""
        records = (
            order,
            order.order_line,
            order.invoice_ids,
            order.invoice_ids.line_ids,
            order.picking_ids,
            order.picking_ids.move_ids,
            order.transaction_ids,
            order.partner_id,
            order.partner_shipping_id,
            order.oms_parcel_ids,
            order.oms_hold_ids,
            order.oms_event_ids,
            order.message_ids | order.invoice_ids.message_ids | order.picking_ids.message_ids,
        )
        found = {}
        for record in records:
            model = record.with_user(self.mallory).browse()
            domain = [("id", "in", record.ids)]
            if model.has_access("read") and (seen := model.search(domain)):
                found[record._name] = seen
        return found

    def test_an_archived_user_and_one_of_a_relative_count_as_well(self):
        company = self.env["res.partner"].create(
            {"name": "Firm", "is_company": True, "email": VICTIM}
        )
        self.contact.parent_id = company
        self._assert_is_new_customers(self._order_of("A1"))
        self.mallory.active = False
        self._assert_is_new_customers(self._order_of("A2", self._make_channel("Second shop")))

    def test_what_a_visitor_of_a_website_typed_is_nobodys_proof(self):
        visitor = self.env.ref("base.public_user")
        typed = self.env["res.partner"].with_user(visitor).sudo()
        typed = typed.create({"name": "Mallory", "email": VICTIM})
        order = self._order_of("A1")
        self.assertNotEqual(order.partner_id, typed)
        self.assertRecordValues(order.partner_id, [{"name": "Victim", "email": VICTIM}])

    def test_the_channels_own_id_still_names_a_customer_who_got_a_user(self):
        order = self._order_of("A1")
        user = new_test_user(self.env, "victim", groups="base.group_portal")
        user.partner_id = order.partner_id
        again = self._order_of("A2", ref="V-A1")
        self.assertEqual(again.partner_id, order.partner_id)
        other = self._order_of("A3", self._make_channel("Second shop"), ref="77")
        self.assertNotEqual(other.partner_id, order.partner_id)
        self.assertEqual(other.oms_hold_ids.candidate_id, order.partner_id)
        # By their e-mail alone they are the customer who was made, and nobody is asked twice.
        third = self._order_of("A4", self._make_channel("Third shop"), ref="")
        self.assertEqual(third.partner_id, other.partner_id)
        self.assertFalse(third.oms_hold_ids)

    def test_a_person_confirms_and_nobody_is_asked_again(self):
        self.contact.write({"name": "Victim", "email": VICTIM})
        order = self._order_of("A1", ref="")
        made = order.partner_id
        second = self._order_of("A2", ref="")
        self.assertEqual(second.partner_id, made)
        order.oms_hold_ids.with_user(self._make_user("agent")).action_choose_candidate()
        self.assertEqual((order + second).partner_id, self.contact)
        self.assertEqual((order + second).partner_shipping_id.commercial_partner_id, self.contact)
        self.assertEqual(order.picking_ids.partner_id.commercial_partner_id, self.contact)
        self.assertEqual(order.oms_hold_ids.state, "released")
        self.assertFalse(made.active)
        self.assertEqual(self._order_of("A3", ref="").partner_id, self.contact)
        event = order.oms_event_ids.filtered(lambda e: e.code == "order.customer_changed")
        self.assertEqual((event.before, event.after), ("Victim", "Victim"))

    def test_a_reserved_reason_and_a_reader_confirm_nobody(self):
        self.contact.email = VICTIM
        order = self._order_of("A1")
        hold = order.oms_hold_ids
        hold.reason_id.group_id = self.env.ref("oms_addon.oms_addon_group_manager")
        for group in ("agent", "auditor", "warehouse"):
            with self.subTest(group=group), self.assertRaises(AccessError):
                hold.with_user(self._make_user(group)).action_choose_candidate()
        self._assert_is_new_customers(order)

    def test_released_it_stays_the_new_customers(self):
        self.contact.email = VICTIM
        order = self._order_of("A1")
        order.oms_hold_ids.with_user(self._make_user("agent")).action_release()
        self._assert_is_new_customers(order)

    def test_a_number_a_user_gave_gets_them_no_order(self):
        phone = "+44 20 7946 0000"
        bought = self._order_of("A0", name="Mallory", email="", phone=phone)
        self.mallory.partner_id = bought.partner_id
        bought.partner_id.name = "Victim"
        order = self._order_of("A1", ref="", email="", phone=phone)
        self.assertNotEqual(order.partner_id, bought.partner_id)
        self.assertFalse(self._is_seen(order))

    def test_the_mails_of_an_order_without_email_go_to_nobody_with_the_same_number(self):
        phone = "+44 20 7946 0000"
        mine = self._order_of("A1", email="mallory@example.com", phone=phone)
        order = self._order_of("A2", email="", phone=phone)
        self.assertNotEqual(order.partner_id, mine.partner_id)
        self.assertFalse(order.partner_id.email)

    def test_an_account_is_not_known_by_the_email_it_tells_later(self):
        mine = self._order_of("A1", ref="5", name="Mallory", email="mallory@example.com")
        self._order_of("A2", ref="5", name="Mallory", phone="+44 20 7946 0000")
        order = self._order_of("A3", ref="6")
        self.assertNotEqual(order.partner_id, mine.partner_id)
        self.assertEqual(order.partner_id.email, VICTIM)
        keys = self.env["oms.customer.key"].search([("partner_id", "=", mine.partner_id.id)])
        self.assertEqual(set(keys.mapped("key")), {"5", "mallory@example.com"})

    def test_nor_by_one_it_tells_in_the_same_batch(self):
        orders = self._capture(
            *(
                self._document(ref, customer={"ref": key, "name": name, "email": email})
                for ref, key, name, email in (
                    ("A1", "5", "Mallory", "mallory@example.com"),
                    ("A2", "5", "Mallory", VICTIM),
                    ("A3", "6", "Victim", VICTIM),
                )
            )
        ).sorted("id")
        self.assertEqual(
            orders.mapped(lambda o: (o.oms_order_ref, o.partner_id.email)),
            [("A1", "mallory@example.com"), ("A2", "mallory@example.com"), ("A3", VICTIM)],
        )

    def test_an_imported_contact_without_a_user_is_still_recognised_by_email(self):
        known = self.env["res.partner"].create({"name": "Known", "email": VICTIM})
        self.contact.email = VICTIM
        order = self._order_of("A1")
        self.assertEqual(order.partner_id, known)
        self.assertFalse(order.oms_hold_ids)

    def test_an_address_that_its_customer_edited_is_not_where_channels_send(self):
        order = self._order_of("A1")
        customer = order.partner_id
        self.mallory.partner_id = customer
        (customer | customer.child_ids).with_user(self.mallory).sudo().street = "9 Elsewhere"
        again = self._order_of("A2", ref="V-A1")
        self.assertEqual(again.partner_id, customer)
        self.assertEqual(again.partner_shipping_id.street, "1 High Street")

    def test_who_was_split_off_is_closed_to_the_former_customer(self):
        own = self._order_of("A0", ref="M", name="Mallory", email="mallory@example.com")
        order = self._order_of("A1")
        victim = order.partner_id
        self.mallory.partner_id = own.partner_id
        # As it was when an e-mail address was enough.
        order.with_context(**sealed(redirecting=True)).partner_id = own.partner_id
        order.message_subscribe(own.partner_id.ids)
        order.invoice_ids.message_subscribe(own.partner_id.ids)
        token = order._portal_ensure_token()
        self.assertTrue(self._is_seen(order))
        new = self.env["oms.customer.splitter"]._split(order, {"name": "V", "email": VICTIM})
        self.assertEqual(order.partner_id, new)
        self.assertNotIn(victim, new)
        self.assertFalse(self._is_seen(order))
        self.assertNotIn(own.partner_id, order.invoice_ids.message_partner_ids)
        self.assertNotEqual(order.access_token, token)
        self.assertTrue(self._is_seen(own))

    def test_keys_that_users_were_taken_for_are_forgotten_by_the_upgrade(self):
        order = self._order_of("A1")
        later = self._order_of("A2", ref="L", email="later@example.com")
        keys = self.env["oms.customer.key"].search(
            [("partner_id", "in", (order + later).partner_id.ids)]
        )
        self.mallory.partner_id = order.partner_id
        user = new_test_user(self.env, "later", groups="base.group_portal")
        user.partner_id = later.partner_id
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_users SET create_date = create_date + interval '1 day' WHERE id = %s",
            (user.id,),
        )
        spec = importlib.util.spec_from_file_location("customer_keys", SCRIPT)
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        script.migrate(self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()
        self.assertEqual(keys.exists().partner_id, later.partner_id)
        self.assertEqual(set(keys.exists().mapped("key")), {"L", "later@example.com"})
