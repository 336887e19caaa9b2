"""What channels want known: the connection ended, a customer is to be forgotten."""

import json

from ..common import OmsCommon


class TestNotice(OmsCommon):
    def _notice(self, kind, **values):
        message = self._receive({"schema": "oms.notice/1", "kind": kind, **values}, kind)
        self._run_lanes("inbox")
        return message

    def test_a_channel_that_was_disconnected_says_so_and_what_to_do(self):
        self._notice("disconnected", message="The app was removed.")
        [alert] = self.channel.alert_ids
        self.assertEqual((alert.code, alert.text), ("credentials", "The app was removed."))
        self.assertIn("Connect it again", alert.advice)
        self.assertIn(self.channel.id, self.env["oms.channel.meter"]._resting())

    def test_a_question_for_a_customers_data_is_a_task_of_the_owner(self):
        self._notice("data_request", customer_email="ann@example.com", order_refs=["A1"])
        self.assertIn("ann@example.com", str(self.channel.activity_ids.note))

    def test_fault_65_a_customer_is_forgotten_and_the_books_stay_as_they_are(self):
        order = self._capture(self._document("A1"))
        order.write({"oms_status": "done", "oms_step": "done", "oms_cursor": "done"})
        source = order.oms_message_ids.filtered(lambda m: m.direction == "in")
        partners = order.partner_id | order.partner_shipping_id | order.partner_invoice_id
        invoice = order.invoice_ids
        before = invoice.amount_total, invoice.name, order.amount_total
        message = self._notice(
            "erase_customer", customer_email="Ann.A1@example.com", order_refs=["A1"]
        )
        self.assertEqual(message.state, "done")
        for partner in partners:
            self.assertNotIn("Ann", partner.name)
            self.assertFalse(partner.email or partner.street or partner.phone or partner.active)
        self.assertFalse(self.env["oms.customer.key"].search([("partner_id", "in", partners.ids)]))
        self.assertNotIn(b"Ann", source._raw_payload())
        self.assertEqual(before, (invoice.amount_total, invoice.name, order.amount_total))
        self.assertEqual(order.partner_id.id in partners.ids, True)
        self.assertEqual(json.loads(source._raw_payload()), {"schema": "erased"})

    def test_fault_65_who_still_waits_for_goods_is_forgotten_later(self):
        self.channel.auto_ship = False
        order = self._capture(self._document("A1"))
        message = self._notice("erase_customer", customer_email="ann.a1@example.com")
        self.assertIn("Waiting for", message.error)
        self.assertEqual(order.partner_id.name, "Ann A1")
        self.assertTrue(self.channel.activity_ids)
        # Tried again every day, without telling it again.
        message._gc_erase_waiting()
        self.assertEqual((order.partner_id.name, len(self.channel.activity_ids)), ("Ann A1", 1))
        order.picking_ids.action_cancel()
        order.write({"oms_status": "done", "oms_step": "done", "oms_cursor": "done"})
        message._gc_erase_waiting()
        self.assertEqual(order.partner_id.name, f"Erased customer {order.partner_id.id}")
        self.assertEqual((message.erase_waits, bool(message.erased_at)), (False, True))
