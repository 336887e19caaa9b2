"""Who is invoiced, where goods go, and what Odoo does not accept of it."""

from unittest.mock import patch

from odoo.exceptions import ValidationError

from ..common import OmsCommon

HOME = {"street": "1 High Street", "city": "Leeds", "zip": "LS1 1AA", "country": "GB"}
ACME = {"company": "Acme Ltd", "tax_number": "GB980780684"}


class TestCustomerAddress(OmsCommon):
    def _order(self, ref, billing=None, shipping=None, **values):
        return self._capture(
            self._document(
                ref,
                customer={"ref": "C1", "name": "Ann Lee", "email": "ann@example.com"},
                billing={"name": "Ann Lee", **HOME, **(billing or {})},
                shipping={"name": "Ann Lee", **HOME, **(shipping or {})},
                **values,
            )
        )

    def _invoiced(self, order):
        """:return: the company and the tax number on the invoice of an order"""
        partner = order.invoice_ids.partner_id
        return partner.commercial_company_name, partner.commercial_partner_id.vat, partner.vat

    # === WHO IS INVOICED === #

    def test_company_and_tax_number_of_a_later_order_are_on_its_invoice(self):
        first = self._order("A1")
        second = self._order("A2", billing=ACME)
        third = self._order("A3")
        again = self._order("A4", billing=ACME)
        other = self._order("A5", billing={"company": "Bolt SA", "tax_number": "FR23334175221"})
        self.assertEqual((first + second + third + again + other).partner_id.name, "Ann Lee")
        self.assertEqual(
            [self._invoiced(order) for order in (first, second, third, again, other)],
            [
                (False, False, False),
                ("Acme Ltd", "GB980780684", "GB980780684"),
                (False, False, False),
                ("Acme Ltd", "GB980780684", "GB980780684"),
                ("Bolt SA", "FR23334175221", "FR23334175221"),
            ],
        )
        self.assertEqual(again.partner_invoice_id, second.partner_invoice_id)
        self.assertEqual(second.partner_invoice_id.parent_id, first.partner_id)
        self.assertFalse(first.partner_id.vat)
        self.assertEqual(second.oms_tax_number, "GB980780684")
        self.assertEqual(second.partner_shipping_id, first.partner_shipping_id)

    def test_the_invoice_shows_the_company_its_number_and_the_address(self):
        self._order("A1")
        order = self._order("A2", billing=ACME)
        text = str(
            self.env["ir.actions.report"]
            ._render_qweb_html("account.account_invoices", order.invoice_ids.ids)[0]
            .decode()
        )
        for part in ("Acme Ltd", "GB980780684", "1 High Street"):
            self.assertIn(part, text)

    def test_a_tax_number_alone_is_invoiced_too(self):
        self._order("A1")
        order = self._order("A2", billing={"tax_number": "GB 980 780 684"})
        self.assertEqual(self._invoiced(order), ("Ann Lee", "GB 980 780 684", "GB 980 780 684"))

    def test_a_company_known_of_the_customer_needs_no_address_of_its_own(self):
        first = self._order("A1", billing=ACME)
        second = self._order("A2", billing={**ACME, "tax_number": "980 780 684"})
        third = self._order("A3")
        self.assertEqual(first.partner_invoice_id, first.partner_id)
        self.assertEqual(second.partner_invoice_id, first.partner_id)
        self.assertEqual(third.partner_invoice_id.commercial_partner_id, first.partner_id)
        self.assertEqual(first.partner_id.vat, "GB980780684")

    def test_a_present_is_invoiced_to_the_buyers_company_not_to_who_gets_it(self):
        self._order("A1")
        order = self._capture(
            self._document(
                "A2",
                customer={
                    "ref": "C1",
                    "name": "Ann Lee",
                    "company": "Acme Ltd",
                    "tax_number": "GB980780684",
                },
                shipping={"name": "Her aunt", "company": "Aunt & Co", **HOME, "street": "9 Low Rd"},
            )
        )
        self.assertEqual(self._invoiced(order)[:2], ("Acme Ltd", "GB980780684"))
        self.assertEqual(order.partner_invoice_id.street, "1 High Street")
        self.assertEqual(order.partner_shipping_id.name, "Aunt & Co, Her aunt")
        self.assertEqual(order.partner_shipping_id.street, "9 Low Rd")

    def test_a_company_told_after_confirmation_is_invoiced(self):
        self.channel.invoice_policy = "shipment"
        self.channel.auto_ship = False
        order = self._order("A1")
        newer = {"version": "2", "updated_at": "2026-03-02T09:00:00Z"}
        self._order("A1", billing=ACME, **newer)
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.partner_invoice_id.name, "Acme Ltd")
        self.assertEqual(order.oms_tax_number, "GB980780684")
        self.assertEqual(self._holds(order), [])

    def test_a_company_told_after_the_invoice_is_said(self):
        order = self._order("A1")
        invoice = order.invoice_ids
        newer = {"version": "2", "updated_at": "2026-03-02T09:00:00Z"}
        self._order("A1", billing=ACME, **newer)
        self.assertEqual(invoice.partner_id.commercial_partner_id, order.partner_id)
        self.assertIn("INVOICE_ADDRESS", self._holds(order))
        self.assertIn(invoice.name, order.oms_hold_ids.filtered("detail")[-1:].detail)

    # === WHAT IS NOT ACCEPTED === #

    def _refuse(self, check):
        """Let Odoo refuse partners: ``check(partner)`` returns why, or nothing."""
        Partner = self.env.registry["res.partner"]

        def _validate_fields(records, names, excluded=()):
            for partner in records:
                if reason := check(partner):
                    raise ValidationError(reason)
            return origin(records, names, excluded)

        origin = Partner._validate_fields
        self.startPatcher(patch.object(Partner, "_validate_fields", _validate_fields))

    def test_a_value_that_is_refused_is_kept_as_text_and_the_order_goes_on(self):
        self._refuse(lambda p: p.zip == "LS1 1AA" and "This postcode is odd.")
        order = self._order("A1")
        self.assertTrue(order.oms_shipped_at)
        partner = order.partner_id
        self.assertEqual(
            (partner.zip, partner.street, partner.city), (False, "1 High Street", "Leeds")
        )
        text = "Zip “LS1 1AA” was not accepted: This postcode is odd."
        self.assertEqual(partner.oms_rejected_data, text)
        hold = order.oms_hold_ids.filtered(lambda h: h.reason_code == "CUSTOMER_DATA")
        self.assertRecordValues(hold, [{"detail": text, "state": "open", "is_blocking": False}])

    def test_each_value_that_is_refused_is_left_out_alone(self):
        self._refuse(
            lambda p: (
                (p.zip and "No postcode here.")
                or (p.vat and "No tax number here.")
                or (p.phone and "No phone here.")
            )
        )
        order = self._order("A1", billing={**ACME, "phone": "+442079460000"})
        partner = order.partner_id
        self.assertEqual(
            [partner.zip, partner.vat, partner.phone, partner.email, partner.company_name],
            [False, False, False, "ann@example.com", "Acme Ltd"],
        )
        self.assertEqual(
            partner.oms_rejected_data.splitlines(),
            [
                "Zip “LS1 1AA” was not accepted: No postcode here.",
                "Phone “+442079460000” was not accepted: No phone here.",
                "Tax ID “GB980780684” was not accepted: No tax number here.",
            ],
        )
        self.assertEqual(order.oms_tax_number, "GB980780684")

    def test_what_is_refused_of_one_order_keeps_no_other_out(self):
        self._refuse(lambda p: p.zip == "BAD" and "This postcode is odd.")
        orders = self._capture(
            *(
                self._document(
                    f"B{n}",
                    shipping={"name": f"Ann {n}", **HOME, "zip": "BAD" if n == 2 else "LS1"},
                )
                for n in range(4)
            )
        )
        self.assertEqual(len(orders), 4)
        self.assertEqual(
            [order.partner_shipping_id.zip for order in orders.sorted("oms_order_ref")],
            ["LS1", "LS1", False, "LS1"],
        )

    def test_an_order_with_refused_data_is_held_where_the_reason_stops_it(self):
        self.env.ref("oms_addon.oms_hold_reason_customer_data").is_blocking = True
        self._refuse(lambda p: p.vat and "This is no tax number.")
        order = self._order("A1", billing={**ACME, "tax_number": "pending"})
        self.assertEqual(order.oms_status, "held")
        self.assertFalse(order.oms_shipped_at)
        self.assertEqual(self._holds(order), ["CUSTOMER_DATA"])
        again = self._order("A2", billing={**ACME, "tax_number": "pending"})
        self.assertEqual(again.partner_invoice_id, order.partner_invoice_id)
        order.oms_hold_ids.action_release()
        self._run_lanes()
        self.assertTrue(order.oms_shipped_at)

    def test_a_customer_odoo_refuses_whole_is_the_guest_or_a_person_is_told(self):
        guest = self.env["res.partner"].create({"name": "Guest"})
        self._refuse(lambda p: p != guest and not p.parent_id and "No customers today.")
        message = self._receive(self._document("A1"))
        self._run_lanes()
        self.assertEqual(message.state, "failed")
        self.assertIn("No customers today.", message.error)
        self.channel.guest_partner_id = guest
        message.action_retry()
        self._run_lanes()
        self.assertEqual(message.order_id.partner_id, guest)
        self.assertEqual(message.order_id.partner_shipping_id.street, "1 High Street")

    # === STATES === #

    def test_a_state_of_a_shop_is_odoos_or_a_part_of_the_address(self):
        for country, told, state, street2 in (
            ("JP", "JP13", "東京都", False),
            ("TR", "TR34", "İstanbul", False),
            ("US", "CA", "California", False),
            ("US", "california", "California", False),
            ("XK", "Pristina", False, "Pristina"),
            ("FR", "Mordor", False, "Mordor"),
        ):
            order = self._capture(
                self._document(
                    f"S-{country}-{told}",
                    shipping={"name": "Ann", **HOME, "country": country, "state": told},
                )
            )
            address = order.partner_shipping_id
            self.assertEqual((address.state_id.name, address.street2), (state, street2), told)

    # === A CHANGED ADDRESS === #

    def test_a_new_address_changes_neither_tax_nor_fiscal_position(self):
        self.channel.auto_ship = False
        france = self.env.ref("base.fr")
        self.env["account.fiscal.position"].create(
            {"name": "To France", "auto_apply": True, "country_id": france.id}
        )
        other = self._order("A1")
        order = self._order("A2")
        taxes = order.order_line.tax_ids
        newer = {"version": "2", "updated_at": "2026-03-02T09:00:00Z"}
        self._order("A2", shipping={"street": "1 Rue X", "city": "Paris", "country": "FR"}, **newer)
        self.assertEqual(order.partner_shipping_id.country_id, france)
        self.assertFalse((order + other).fiscal_position_id)
        self.assertEqual(order.order_line.tax_ids, taxes)
        self.assertEqual(other.partner_shipping_id.country_id, self.env.ref("base.uk"))

    def test_an_address_staff_corrected_stays_while_the_channel_tells_the_old_one(self):
        self.channel.auto_ship = False
        order = self._order("A1")
        corrected = order.partner_id.copy({"name": "Ann Lee", "street": "1a High Street"})
        order.partner_shipping_id = corrected
        newer = {"version": "2", "updated_at": "2026-03-02T09:00:00Z"}
        self._order("A1", lines=[("MUG", 3, "10.00")], **newer)
        self.assertEqual(order.order_line.product_uom_qty, 3.0)
        self.assertEqual(order.partner_shipping_id, corrected)
        newer = {"version": "3", "updated_at": "2026-03-03T09:00:00Z"}
        self._order("A1", lines=[("MUG", 3, "10.00")], shipping={"street": "7 Hill"}, **newer)
        self.assertEqual(order.partner_shipping_id.street, "7 Hill")
        names = "\n".join(order.oms_event_ids.mapped("name"))
        self.assertIn("address changed on the channel", names)
        self.assertNotIn("the customer wants", names)
