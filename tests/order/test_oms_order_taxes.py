"""The taxes of orders: which they are, and that they are as much as the channel says."""

from ..common import OmsCommon


class TestOrderTaxes(OmsCommon):
    def _tax(self, name, amount, included=False, **values):
        return self.env["account.tax"].create(
            {
                "name": name,
                "amount": amount,
                "type_tax_use": "sale",
                "price_include_override": "tax_included" if included else "tax_excluded",
                **values,
            }
        )

    def _order_of(self, ref, lines, total, included=False, **values):
        """:param list lines: tuples (net or gross price, taxes)
        :return: the captured order
        """
        document = self._document(
            ref,
            [("MUG", 1, price) for price, _taxes in lines],
            total=total,
            prices_include_tax=included,
            **values,
        )
        for line, (_price, taxes) in zip(document["lines"], lines, strict=True):
            line["taxes"] = taxes
        return self._capture(document)

    def test_two_taxes_of_one_rate_are_both_charged(self):
        taxes = self._tax("CGST 9%", 9.0) | self._tax("SGST 9%", 9.0)
        told = [
            {"name": "CGST", "rate": "9", "amount": "9.00"},
            {"name": "SGST", "rate": "9", "amount": "9.00"},
        ]
        order = self._order_of("IN1", [("100.00", told)], "118.00")
        self.assertEqual(order.order_line.tax_ids, taxes)
        self.assertEqual((order.amount_tax, order.amount_total), (18.0, 118.0))
        self.assertEqual(self._holds(order), [])

    def test_two_taxes_of_one_rate_wait_where_there_is_one(self):
        self._tax("GST 9%", 9.0)
        told = [{"name": "CGST", "rate": "9"}, {"name": "SGST", "rate": "9"}]
        document = self._document("IN2", [("MUG", 1, "100.00")], prices_include_tax=False)
        document["lines"][0]["taxes"] = told
        message = self._receive(document)
        self._run_lanes()
        self.assertEqual(self._holds(message), ["UNKNOWN_TAX"])
        self.assertIn("CGST 9 % + SGST 9 %", message.error)
        self.assertFalse(self._order("IN2"))

    def test_a_compound_tax_is_computed_on_the_other(self):
        for included, price in ((False, "100.00"), (True, "126.60")):
            with self.subTest(included=included):
                pairs = self.channel._match_taxes(self._quebec(included))
                self.assertFalse(any(tax for _reported, tax in pairs))
                made = self.channel._create_taxes([told for told, _tax in pairs])
                self.channel._map_taxes(list(zip([t for t, _tax in pairs], made, strict=True)))
                told = [
                    {"ref": "7", "name": "Base", "rate": "20", "amount": "20.00"},
                    {"name": "Top", "rate": "5.5", "amount": "6.60", "compound": True},
                ]
                order = self._order_of(f"Q{price}", [(price, told)], "126.60", included)
                self.assertEqual(order.order_line.tax_ids, made)
                self.assertEqual((order.amount_untaxed, order.amount_tax), (100.0, 26.6))
                self.assertEqual(self._holds(order), [])
                # A second look finds what the first made.
                again = self.channel._match_taxes(self._quebec(included))
                self.assertEqual([tax for _reported, tax in again], list(made))

    def test_taxes_are_made_for_a_company_whose_country_has_no_group_of_taxes(self):
        groups = self.env["account.tax.group"]
        country = self.env.ref("base.aq")
        company = self.env["res.company"].create({"name": "Far", "country_id": country.id})
        company.account_fiscal_country_id = country
        groups.search([("company_id", "=", company.id)]).unlink()
        channel = self.channel.copy({"company_id": company.id, "warehouse_ids": False})
        told = {"ref": "1", "name": "VAT", "rate": "19", "included": True}
        taxes = channel._create_taxes([told, {**told, "ref": "2", "rate": "7"}])
        self.assertEqual(taxes.mapped("amount"), [19.0, 7.0])
        self.assertEqual(taxes.tax_group_id.company_id, company)
        self.assertEqual(len(groups.search([("company_id", "=", company.id)])), 1)

    def _quebec(self, included):
        return [
            {"name": "Top", "rate": "5.5", "included": included, "compound": True, "priority": 2},
            {"name": "Base", "rate": "20", "included": included, "compound": False, "priority": 1},
        ]

    def test_taxes_that_are_less_than_told_hold_the_order_with_both_tables(self):
        self._tax("VAT 20%", 20.0)
        told = [{"name": "VAT", "rate": "20", "amount": "53.62"}]
        order = self._order_of("T1", [("89.35", told)], "142.97")
        self.assertEqual(order.amount_tax, 17.87)
        self.assertIn("TAX_MISMATCH", self._holds(order))
        [hold] = order.oms_hold_ids.filtered(lambda h: h.reason_code == "TAX_MISMATCH")
        self.assertIn("53.62", hold.detail)
        self.assertIn("17.87", hold.detail)
        self.assertNotIn(order.oms_step, ("ship", "close"))

    def test_taxes_that_sum_up_alike_are_proved_rate_by_rate(self):
        low, high = self._tax("Low", 7.0, True), self._tax("High", 19.0, True)
        # Somebody mapped them the wrong way round.
        for key, tax in (("7", high), ("19", low)):
            self.channel.mapping_ids = [
                (0, 0, {"kind": "tax", "key": key, "tax_id": tax.id}),
            ]
        told = [
            ("119.00", [{"rate": "19", "amount": "19.00"}]),
            ("107.00", [{"rate": "7", "amount": "7.00"}]),
        ]
        order = self._order_of("S1", told, "226.00", True)
        self.assertEqual(self._holds(order), ["TAX_MISMATCH"])
        self.channel.mapping_ids.unlink()
        order = self._order_of("S2", told, "226.00", True)
        self.assertEqual(order.amount_tax, 26.0)
        self.assertEqual(self._holds(order), [])

    def test_the_whole_tax_is_proved_where_lines_say_nothing_of_it(self):
        self.channel.default_tax_ids = self._tax("Usual", 20.0, True)
        right = self._order_of("W1", [("120.00", None)], "120.00", True, total_tax="20.00")
        self.assertEqual(self._holds(right), [])
        wrong = self._order_of("W2", [("120.00", None)], "120.00", True, total_tax="10.91")
        self.assertEqual(self._holds(wrong), ["TAX_MISMATCH"])

    def test_taxes_agree_within_the_rounding_of_both_methods(self):
        self._tax("VAT 20%", 20.0, True)
        # Each line's tax is 0.825 and was rounded up by the shop: 2.49 instead of 2.48.
        told = [("4.95", [{"rate": "20", "amount": "0.83"}])] * 3
        for channel_way in (False, "round_per_line", "round_globally"):
            for company_way in ("round_per_line", "round_globally"):
                with self.subTest(channel=channel_way, company=company_way):
                    self.channel.tax_rounding = channel_way
                    self.company.tax_calculation_rounding_method = company_way
                    ref = f"R{channel_way}{company_way}"
                    order = self._order_of(ref, told, "14.85", True)
                    self.assertEqual(self._holds(order), [])
        self.channel.tax_rounding = "round_globally"
        told = [("4.95", [{"rate": "20", "amount": "0.84"}])] * 3
        order = self._order_of("R9", told, "14.85", True)
        self.assertEqual(self._holds(order), ["TAX_MISMATCH"])

    def test_lines_that_are_rounded_to_be_told_agree_with_a_whole_that_is_rounded_once(self):
        self._tax("VAT 20%", 20.0, True)
        self.company.tax_calculation_rounding_method = "round_globally"
        self.channel.tax_rounding = "round_globally"
        # Twelve taxes of 0.825 are 9.90, and 9.96 as their lines tell them.
        told = [("4.95", [{"rate": "20", "amount": "0.83"}])] * 12
        order = self._order_of("T1", told, "59.40", True, total_tax="9.90")
        self.assertEqual((order.amount_tax, self._holds(order)), (9.9, []))
        wrong = [("4.95", [{"rate": "20", "amount": "0.84"}])] * 12
        order = self._order_of("T2", wrong, "59.40", True, total_tax="10.08")
        self.assertEqual(self._holds(order), ["TAX_MISMATCH"])

    def test_a_total_with_more_decimals_than_the_currency_has_is_no_difference(self):
        for ref, price, total in (("D1", "10.125", "10.125"), ("D2", "3.333", "9.999")):
            with self.subTest(total):
                count = round(float(total) / float(price))
                document = self._document(ref, [("MUG", 1, price)] * count, total=total)
                for number, line in enumerate(document["lines"]):
                    line["ref"] = str(number)
                order = self._capture(document)
                self.assertEqual(self._holds(order), [])
                self.assertEqual(f"{order.amount_total:.2f}", f"{float(total) + 1e-9:.2f}")
                self.assertEqual(order.oms_payment_state, "paid")

    def test_a_rate_that_is_not_told_is_never_zero(self):
        self._tax("VAT 20%", 20.0, True)
        found = self._order_of("N1", [("24.00", [{"amount": "4.00"}])], "24.00", True)
        self.assertEqual((found.amount_tax, self._holds(found)), (4.0, []))
        for ref, told in (
            ("N2", {"rate": "0", "amount": "4.00"}),
            ("N3", {"amount": "3.00"}),
            ("N4", {"name": "VAT"}),
        ):
            document = self._document(ref, [("MUG", 1, "24.00")])
            document["lines"][0]["taxes"] = [told]
            message = self._receive(document)
            self._run_lanes()
            self.assertEqual(self._holds(message), ["UNKNOWN_TAX"], told)
            self.assertFalse(self._order(ref))
