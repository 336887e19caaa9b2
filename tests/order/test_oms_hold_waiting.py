"""One exception for each order and reason; what ends a reason has everything processed again."""

from odoo.fields import Command

from ..common import OmsCommon


class TestWaiting(OmsCommon):
    def _open(self, **values):
        return self.env["oms.hold"].search(
            [
                ("channel_id", "=", self.channel.id),
                ("state", "=", "open"),
                *((name, "=", value) for name, value in values.items()),
            ]
        )

    def _version(self, document, version):
        return {
            **document,
            "version": str(version),
            "updated_at": f"2026-03-{version:02d}T09:00:00Z",
        }

    def _guests(self, count):
        nobody = {"ref": "", "name": "", "email": "", "phone": ""}
        return [self._document(f"G{number}", customer=nobody) for number in range(count)]

    def test_an_order_told_three_times_without_customer_is_one_exception(self):
        [guest] = self._guests(1)
        for version in (1, 2):
            self._receive(self._version(guest, version), f"event-{version}")
            self._run_lanes("inbox")
        polled = self._receive(self._version(guest, 2), "poll-2")
        self._run_lanes("inbox")
        self.assertEqual(self._open().mapped("reason_code"), ["MISSING_CUSTOMER"])
        self.assertEqual(self._open().message_id.event_ref, "event-2")
        self.assertEqual(polled.state, "ignored")
        self.assertIn("event-2", polled.error)

    def test_messages_of_one_batch_are_one_exception_too(self):
        [guest] = self._guests(1)
        messages = [
            self._receive(self._version(guest, version), f"event-{version}")
            for version in (2, 1, 3)
        ]
        self._run_lanes("inbox")
        self.assertEqual(len(self._open()), 1)
        self.assertEqual([message.state for message in messages], ["ignored", "ignored", "parked"])

    def test_setting_the_customer_for_guests_frees_all_that_wait_for_it(self):
        for document in self._guests(3):
            self._receive(document)
        self._run_lanes("inbox")
        self.assertEqual(len(self._open(reason_code="MISSING_CUSTOMER")), 3)
        self.channel.guest_partner_id = self.env["res.partner"].create({"name": "Guests"})
        self._run_lanes()
        self.assertFalse(self._open())
        self.assertEqual(
            self.env["sale.order"].search_count([("oms_channel_id", "=", self.channel.id)]), 3
        )

    def _taxed(self, ref):
        document = self._document(ref)
        document["lines"][0]["taxes"] = [{"name": "VAT", "rate": "17"}]
        return document

    def _make_tax(self, amount):
        return self.env["account.tax"].create(
            {
                "name": f"VAT {amount}",
                "amount": amount,
                "type_tax_use": "sale",
                "price_include_override": "tax_included",
            }
        )

    def test_a_tax_that_is_created_frees_what_waits_for_it_and_nothing_else(self):
        other = self._taxed("T2")
        other["lines"][0]["taxes"][0]["rate"] = "18"
        for document in (self._taxed("T1"), other):
            self._receive(document)
        self._run_lanes("inbox")
        kept = self._open(reason_code="UNKNOWN_TAX").filtered(lambda h: h.order_ref == "T2")
        self._make_tax(17)
        self._run_lanes()
        self.assertEqual(self._open(), kept)
        self.assertTrue(self._order("T1"))

    def test_mapping_a_tax_frees_what_waits_for_it(self):
        self._receive(self._taxed("T1"))
        self._run_lanes("inbox")
        self.channel.mapping_ids = [
            Command.create({"kind": "tax", "key": "17", "tax_id": self._make_tax(16.9).id})
        ]
        self._run_lanes()
        self.assertFalse(self._open())
        self.assertTrue(self._order("T1"))

    def test_a_product_that_gets_the_sku_frees_what_waits_for_it(self):
        self._receive(self._document("S1", [("NEW-1", 1, "10.00")]))
        self._run_lanes("inbox")
        self.assertEqual(self._open().sku, "NEW-1")
        self._make_product("new-1", "New")
        self._run_lanes()
        self.assertFalse(self._open(reason_code="UNKNOWN_SKU"))
        self.assertTrue(self._order("S1"))

    def test_activating_the_currency_frees_what_waits_for_it(self):
        currency = self.env["res.currency"].search([("active", "=", False)], limit=1)
        self._receive(self._document("C1", currency=currency.name))
        self._run_lanes("inbox")
        self.assertEqual(self._open().reason_code, "UNKNOWN_CURRENCY")
        currency.active = True
        self._run_lanes("inbox")
        self.assertFalse(self._open(reason_code="UNKNOWN_CURRENCY"))

    def test_setting_an_exchange_rate_frees_what_waits_for_it(self):
        currency = (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search([("rate_ids", "=", False), ("name", "not in", ("EUR", "USD", "GBP"))], limit=1)
        )
        currency.active = True
        self._receive(self._document("R1", currency=currency.name))
        self._run_lanes("inbox")
        self.assertEqual(self._open().reason_code, "NO_EXCHANGE_RATE")
        self.env["res.currency.rate"].create(
            {"currency_id": currency.id, "name": "2026-02-27", "rate": 2.0}
        )
        self._run_lanes("inbox")
        self.assertFalse(self._open(reason_code="NO_EXCHANGE_RATE"))
        self.assertTrue(self._order("R1"))

    def test_an_exception_closes_when_a_later_message_brings_the_order(self):
        document = self._document("S1", [("NEW-1", 1, "10.00")])
        first = self._receive(document, "created")
        self._run_lanes("inbox")
        renamed = self._document("S1", [("MUG", 1, "10.00")])
        self._receive(self._version(renamed, 2), "updated")
        self._run_lanes()
        self.assertTrue(self._order("S1"))
        self.assertFalse(self._open(reason_code="UNKNOWN_SKU"))
        self.assertEqual(first.state, "ignored")

    def test_a_reason_that_is_gone_closes_while_another_stays(self):
        document = self._document("S1", [("NEW-1", 1, "10.00"), ("NEW-2", 1, "1.00")])
        self._receive(document)
        self._run_lanes("inbox")
        kept = self._open(sku="NEW-2")
        self._make_product("NEW-1", "New")
        self._run_lanes("inbox")
        self.assertEqual(self._open(), kept)
        self.assertEqual(kept.message_id.state, "parked")
