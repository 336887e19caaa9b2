"""A customer is erased: nothing in the whole database says who it was, but what is declared."""

import base64
import json

from odoo.fields import Command
from odoo.tools import mute_logger

from ..common import OmsCommon
from ..personal_world import EMAIL, NAME, PHONE, STREET, VAT, PersonalWorld

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
        with mute_logger("odoo.addons.oms_addon.models.channel.oms_channel_message_lane"):
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
        self.channel._tell_owner("Failed", f"{EMAIL} was refused")
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
