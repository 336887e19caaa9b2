"""A customer is erased: nothing in the whole database says who it was, but what is declared."""

import base64
import html
import io
import json
import runpy
import zipfile
from pathlib import Path

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from ..common import OmsCommon
from .personal_world import EMAIL, NAME, NOTE, PHONE, STREET, VAT, PersonalWorld

#: the declared places: what an invoice was made out to
KEPT = {"account_move.oms_billing_address"}


class TestErased(PersonalWorld, OmsCommon):
    def plant(self):
        """Have one customer everywhere. :return: the orders"""
        order = self._capture(self.marked("Z-1", tax_number=VAT))
        partner = order.partner_id
        # Received again with another content, and received without being understood.
        self._receive(self.marked("Z-1", number="other"))
        broken = json.dumps(self.marked("Z-2"))[:-20].encode()
        with mute_logger("odoo.addons.oms_addon.models.message.oms_channel_message_processing"):
            self.channel._receive("orders", "broken", broken)
            self._run_lanes("inbox")
        self._receive(self.marked("Z-3", lines=[("NEW", 1, "1.00")]))
        self._run_lanes("inbox")
        # Said and written by people and by Odoo.
        order.message_post(body=f"Called {NAME} at {PHONE}", message_type="comment")
        order.message_post(
            body=f"Dear {NAME}",
            subject=f"Order of {NAME}",
            partner_ids=partner.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        partner.message_post(body=STREET, email_from=f"{NAME} <{EMAIL}>", author_id=partner.id)
        partner.write({"phone": "+44 113 496 0000"})
        self.settle_transaction()
        partner.write({"phone": PHONE})
        self.settle_transaction()
        order.activity_schedule("mail.mail_activity_data_todo", note=f"Call {NAME}")
        partner.activity_schedule("mail.mail_activity_data_todo", summary="Call")
        self.channel._notify_owner("Failed", f"{EMAIL} was refused")
        self.channel._raise_alert("notice", f"{NAME} could not be mailed", level="warning")
        self.env["ir.attachment"].create(
            {
                "name": f"label {NAME}.txt",
                "raw": STREET.encode(),
                "res_model": "stock.picking",
                "res_id": order.picking_ids[0].id,
            }
        )
        self.env["oms.order.refund"].create(
            {
                "order_id": order.id,
                "channel_id": self.channel.id,
                "reason": f"{NAME} is unhappy",
                "company_id": self.company.id,
                "state": "done",
                "amount": 5,
            }
        )
        parcel = self.env["oms.parcel"].create(
            {"name": "JD014", "picking_ids": [Command.set(order.picking_ids.ids)]}
        )
        self.env["oms.tracking.event"].create(
            {
                "parcel_id": parcel.id,
                "company_id": self.company.id,
                "at": "2026-03-01",
                "state": "delivered",
                "text": f"Signed by {NAME}",
                "location": STREET,
            }
        )
        self.env["oms.order.import"].create(
            {
                "channel_id": self.channel.id,
                "filename": "a.csv",
                "data": base64.b64encode(f"x;{EMAIL}".encode()),
            }
        )
        self.env["oms.customer.split"].with_context(active_id=partner.id).create({"name": NAME})
        self.env["oms.lane"].search([], limit=1).last_error = f"{EMAIL}: no such mailbox"
        self.close(order)
        self._run_lanes("outbox")
        return order

    def test_nothing_in_the_database_says_who_an_erased_customer_was(self):
        order = self.plant()
        before = self.walk()
        for place in (
            *("res_partner.name", "oms_channel_message.payload", "sale_order.oms_note"),
            *("oms_hold.customer_name", "mail_message.body", "mail_tracking_value.old_value_char"),
            *("oms_tracking_event.text", "oms_order_refund.reason", "oms_customer_key.key"),
            *("oms_lane.last_error", "oms_channel_alert.text", "mail_activity.note"),
            *(
                "payment_transaction.partner_name",
                "oms_customer_split.name",
                "oms_event.name",
            ),
            *("oms_order_import.data", "file of stock.picking"),
        ):
            self.assertIn(place, before)
        privacy = self.env["oms.privacy"]
        person = privacy._person(order.partner_id, self.company)
        self.assertEqual(privacy._obstacle(person), "")
        outcome = privacy._erase(person)
        self.assertEqual(self.walk(), KEPT)
        self.assertEqual(outcome.left, [])
        self.env["oms.event"]._seal()
        self.assertFalse(self.env["oms.event"]._verify_chain(self.company))

    # === WHAT IS HANDED OUT === #

    def test_the_export_says_all_that_is_erased(self):
        order = self.plant()
        privacy = self.env["oms.privacy"]
        data = privacy._export(privacy._person(order.partner_id, self.company))
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = sorted(archive.namelist())
            page = html.unescape(archive.read("personal_data.html").decode())
            sections = json.loads(archive.read("personal_data.json"))["sections"]
        self.assertEqual(names, ["personal_data.html", "personal_data.json"])
        for title, text in (
            ("Contact", EMAIL),
            ("Contact", STREET),
            ("Sales Order", NOTE),
            ("Channel Message", VAT),
            ("Order Exception", NAME),
            ("Customer Key", EMAIL),
            ("Payment Transaction", PHONE),
            ("Channel Refund", f"{NAME} is unhappy"),
            ("Tracking Event", f"Signed by {NAME}"),
            ("Communication", f"Called {NAME}"),
            ("Audit Trail", NAME),
        ):
            with self.subTest(section=title, text=text):
                rows = json.dumps(sections.get(title, sorted(sections)), ensure_ascii=False)
                self.assertIn(text, rows)
                self.assertIn(text, page)

    # === WHO MAY, AND WHAT STANDS IN THE WAY === #

    def dialog(self, partner, user):
        """:return: the dialog of a user on a contact"""
        Dialog = self.env["oms.personal.data"].with_user(user).with_context(active_id=partner.id)
        return Dialog.create({})

    def test_a_manager_exports_and_erases_a_customer(self):
        order = self._capture(self.marked("Z-1"))
        self.close(order)
        self._run_lanes("outbox")
        partner, invoice = order.partner_id, order.invoice_ids
        dialog = self.dialog(partner, self._make_user("manager"))
        self.assertFalse(dialog.obstacle)
        self.assertIn(f"Invoices {invoice.name} keep the name", dialog.summary)
        dialog.action_export()
        self.assertEqual(dialog.filename, f"personal_data_{partner.id}.zip")
        self.assertEqual(base64.b64decode(dialog.with_context(bin_size=False).file)[:2], b"PK")
        other = self.dialog(partner, self.env.user)
        self.assertEqual(dialog.action_erase()["res_id"], dialog.id)
        self.assertEqual((partner.name, partner.active), (f"Erased customer {partner.id}", False))
        self.assertIn("<h5>Kept</h5>", dialog.summary)
        self.assertFalse(dialog.file or other.exists())
        self.assertEqual(self.walk(), KEPT)
        codes = self.env["oms.event"].search([("code", "=like", "customer.%")]).mapped("code")
        self.assertEqual(codes, ["customer.erased", "customer.exported"])

    def test_an_invoice_still_says_whom_it_was_made_out_to(self):
        order = self._capture(self.marked("Z-1"))
        self.close(order)
        self._run_lanes("outbox")
        invoice = order.invoice_ids
        self.env["oms.privacy"]._erase(
            self.env["oms.privacy"]._person(order.partner_id, self.company)
        )
        report = self.env["ir.actions.report"]
        page = report._render_qweb_html("account.report_invoice", invoice.ids)[0].decode()
        self.assertIn(NAME, page)
        self.assertIn(STREET, page)
        self.assertNotIn("Erased customer", page.partition("invoice_main")[0])
        self.env.flush_all()
        self.cr.execute(
            "UPDATE account_move SET invoice_date = '2010-01-01' WHERE id = %s", [invoice.id]
        )
        self.env.invalidate_all()
        self.env["account.move"]._gc_oms_billing_address()
        self.assertFalse(invoice.oms_billing_address)
        self.assertEqual(self.walk(), set())

    def test_nobody_else_opens_the_dialog(self):
        order = self._capture(self.marked("Z-1"))
        self.close(order)
        before = self.walk()
        for group in ("agent", "warehouse", "accountant", "auditor"):
            with self.subTest(group=group), self.assertRaises(AccessError):
                self.dialog(order.partner_id, self._make_user(group))
        self.assertEqual(self.walk(), before)

    def test_a_customer_with_open_orders_is_not_erased_yet(self):
        self.channel.auto_ship = False
        order = self._capture(self.marked("Z-1"))
        dialog = self.dialog(order.partner_id, self._make_user("manager"))
        self.assertIn("Orders #Z-1 are still open", dialog.obstacle)
        with self.assertRaises(UserError):
            dialog.action_erase()
        self.assertEqual(order.partner_id.name, NAME)

    def test_data_of_another_company_stays_and_keeps_the_contact(self):
        order = self._capture(self.marked("Z-1"))
        self.close(order)
        self._run_lanes("outbox")
        other = self.env["res.company"].create({"name": "Another company"})
        foreign = (
            self.env["sale.order"]
            .with_company(other)
            .create({"partner_id": order.partner_id.id, "company_id": other.id, "oms_note": NOTE})
        )
        dialog = self.dialog(order.partner_id, self._make_user("manager"))
        self.assertIn("also has orders in another company", dialog.summary)
        dialog.action_erase()
        self.assertEqual((foreign.oms_note, order.oms_note), (NOTE, False))
        self.assertEqual(order.partner_id.name, NAME)
        self.assertNotIn("oms_channel_message.payload", self.walk())

    # === ASKED FOR BY A CHANNEL === #

    def notice(self, **values):
        """:return: the message by which the channel asks to erase the customer"""
        message = self._receive(
            {"schema": "oms.notice/1", "kind": "erase_customer", **values}, "erase-1"
        )
        self._run_lanes("inbox")
        return message

    def test_a_contact_with_a_login_is_erased_but_for_itself_and_somebody_is_told(self):
        order = self._capture(self.marked("Z-1"))
        self.close(order)
        self._run_lanes("outbox")
        user = new_test_user(self.env, "zyx", groups="base.group_portal")
        # A person said that the login is the customer's.
        order.partner_id.user_ids = user
        message = self.notice(customer_ref="C-zyx", customer_email=EMAIL, order_refs=["Z-1"])
        self.assertEqual(message.error, "0 contacts and 1 orders erased.")
        self.assertEqual(order.partner_id.name, NAME)
        self.assertFalse(order.oms_note or self.env["oms.customer.key"].search([]))
        self.assertIn("has a user account", str(self.channel.activity_ids.note))
        found = self.walk()
        for place in ("oms_channel_message.payload", "oms_event.after", "sale_order.oms_note"):
            self.assertNotIn(place, found)

    def test_the_email_address_of_a_login_proves_nothing_and_somebody_is_told(self):
        user = new_test_user(self.env, "zyx", groups="base.group_portal", email=EMAIL)
        self._receive({**self.marked("Z-9"), "lines": []})
        self._run_lanes("inbox")
        message = self.notice(customer_email=EMAIL)
        self.assertEqual(message.error, "0 contacts and 0 orders erased.")
        self.assertIn("same email address and a user account", str(self.channel.activity_ids.note))
        self.assertEqual(user.partner_id.email, EMAIL)
        self.assertNotIn("oms_channel_message.payload", self.walk())

    def test_what_is_sent_again_is_known_and_not_kept(self):
        document = self.marked("Z-1")
        first = self._receive(document)
        self._run_lanes()
        order = first.order_id
        self.close(order)
        self._run_lanes("outbox")
        digest = first.digest
        self.notice(customer_ref="C-zyx", order_refs=["Z-1"])
        counts = self.env["oms.channel.message"].search_count([])
        again = self._receive(document)
        other = self._receive({**document, "number": "other"})
        newer = self._receive({**document, "version": "2", "updated_at": "2026-04-01T09:00:00Z"})
        self._run_lanes()
        self.assertEqual((again, other), (first, first))
        self.assertEqual((first.digest, first.deliveries), (digest, 3))
        self.assertEqual(self.env["oms.channel.message"].search_count([]), counts + 1)
        self.assertIn("only payments and refunds", newer.error)
        self.assertEqual(json.loads(newer._raw_payload()), {"schema": "erased"})
        self.assertEqual(self.walk(), KEPT)
        self.assertEqual(len(order.transaction_ids), 1)

    def test_the_same_buyers_next_order_is_a_new_customers(self):
        order = self._capture(self.marked("Z-1"))
        self.close(order)
        self._run_lanes("outbox")
        self.notice(customer_ref="C-zyx", order_refs=["Z-1"])
        later = self._capture(self.marked("Z-2"))
        self.assertNotEqual(later.partner_id, order.partner_id)
        self.assertRecordValues(later.partner_id, [{"name": NAME, "email": EMAIL, "active": True}])

    def test_one_channel_erases_what_came_by_it_alone(self):
        mine = self._capture(self.marked("Z-1"))
        other = self._make_channel("Other Shop")
        theirs = self._capture(self.marked("Z-2"), channel=other)
        self.assertEqual(mine.partner_id, theirs.partner_id)
        self.close(mine)
        self._run_lanes("outbox")
        self.notice(customer_ref="C-zyx", order_refs=["Z-1"])
        self.assertEqual((mine.oms_note, theirs.oms_note), (False, NOTE))
        self.assertEqual(theirs.partner_id.name, NAME)
        self.assertIn("also has orders in Other Shop", str(self.channel.activity_ids.note))
        told = theirs.oms_message_ids.filtered(lambda m: m.direction == "in")
        self.assertFalse(told.erased_at)

    def test_who_asks_for_their_data_is_answered_with_the_export(self):
        order = self._capture(self.marked("Z-1"))
        message = self._receive(
            {
                "schema": "oms.notice/1",
                "kind": "data_request",
                "customer_ref": "C-zyx",
                "order_refs": ["Z-1"],
            },
            "ask",
        )
        self._run_lanes("inbox")
        self.assertEqual(message.partner_id, order.partner_id)
        self.assertIn("Actions &gt; Personal Data", str(self.channel.activity_ids.note))

    def test_erasing_takes_as_many_questions_for_ten_orders_as_for_two(self):
        counts = []
        for first, last in ((1, 3), (3, 13)):
            orders = self.env["sale.order"].union(
                *[self._capture(self.marked(f"Z-{n}")) for n in range(first, last)]
            )
            self.close(orders)
            self._run_lanes("outbox")
            self.settle_transaction()
            privacy = self.env["oms.privacy"]
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            privacy._erase(privacy._person(orders.partner_id, self.company))
            self.settle_transaction()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLess(counts[1], counts[0] + 10 * 8, counts)

    def test_all_customers_of_a_channel_that_is_given_up_are_erased_but_open_orders(self):
        done = self._capture(self.marked("Z-1"))
        self.close(done)
        self.channel.auto_ship = False
        still_open = self._capture(self._document("A-2"))
        self._run_lanes("outbox")
        with self.assertRaises(UserError):
            self.channel.action_erase_customers()
        self.channel.action_pause()
        self.channel.action_erase_customers()
        self.assertEqual(self.env["oms.channel"]._gc_customers(), (1, False))
        self.assertEqual(self.walk(), KEPT)
        self.assertEqual(still_open.partner_id.name, "Ann A-2")
        self.close(still_open)
        self.assertEqual(self.env["oms.channel"]._gc_customers(), (1, False))
        self.assertEqual(self.env["oms.channel"]._gc_customers(), (0, False))
        self.assertFalse(still_open.partner_id.active)

    def test_who_works_for_a_company_is_not_the_company(self):
        company = self.env["res.partner"].create({"name": "Acme", "is_company": True})
        person, place = self.env["res.partner"].create(
            [
                {"name": NAME, "email": EMAIL, "parent_id": company.id, "type": "contact"},
                {"name": "Dock 4", "parent_id": company.id, "type": "delivery"},
            ]
        )
        root = self.env["oms.privacy"]._root_contact
        self.assertEqual((root(person), root(place)), (person, company))
        self.dialog(person, self._make_user("manager")).action_erase()
        self.assertEqual((company.name, place.name), ("Acme", "Dock 4"))
        self.assertEqual(self.walk(), set())

    def test_customers_who_were_erased_before_are_known_as_such(self):
        order = self._capture(self._document("A-1"))
        message = order.oms_message_ids.filtered(lambda m: m.direction == "in")
        blank = base64.b64encode(b'{"schema": "erased"}')
        message.payload = blank
        self.env["oms.event"]._log(order, "customer.erased", "Customer forgotten")
        self.env.flush_all()
        path = Path(__file__).parents[2] / "oms_addon/migrations/19.0.1.3.0"
        runpy.run_path(str(path / "post-erased_customers.py"))["migrate"](self.cr, "19.0.1.2.0")
        self.env.invalidate_all()
        self.assertTrue(message.erased_at and order.oms_erased_at)

    def test_what_a_customer_types_into_their_contact_reaches_nobody_elses_messages(self):
        failed = self._receive(self.marked("Z-3", lines=[("NEW", 1, "1.00")]))
        self._run_lanes("inbox")
        self.assertEqual(failed.state, "parked")
        attacker = new_test_user(self.env, "mallory", groups="base.group_portal").partner_id
        attacker.write({"name": NAME, "email": EMAIL, "phone": PHONE, "street": STREET})
        dialog = self.dialog(attacker, self._make_user("manager"))
        dialog.action_export()
        with zipfile.ZipFile(
            io.BytesIO(base64.b64decode(dialog.sudo().with_context(bin_size=False).file))
        ) as archive:
            self.assertNotIn(NOTE, archive.read("personal_data.json").decode())
        dialog.action_erase()
        self.assertEqual((failed.state, failed.erased_at), ("parked", False))
        self.assertIn(NOTE, failed._raw_payload().decode())
