"""Lines whose price no number of cents divides: refunds and changes of a part of them."""

from ..common import OmsCommon


class RoundedShares(OmsCommon):
    """Three mugs of 11.988 that make 35.96, and two books of 14.00."""

    def setUp(self):
        super().setUp()
        self.channel.auto_ship = False
        self._make_product("BOOK", "Book", stock=100)
        self.taxes = []
        self.env["account.tax"].create(
            {
                "name": "20 % incl.",
                "amount": 20,
                "type_tax_use": "sale",
                "price_include_override": "tax_included",
                "company_id": self.company.id,
            }
        )

    def document(self, version=1, mugs=(3, "35.96"), refunds=(), ref="R1", **values):
        quantity, cost = mugs
        price = max(12, float(cost) // quantity + 1)
        document = self._document(ref, [("BOOK", 2, "14.00")], total=f"{float(cost) + 36.4:.2f}")
        document["version"] = str(version)
        document["updated_at"] = f"2026-03-0{version}T09:00:00Z"
        document["charges"][0]["amount"] = "72.36"
        document["lines"] = [
            {
                **document["lines"][0],
                "ref": "M",
                "sku": "MUG",
                "quantity": str(quantity),
                "taxes": self.taxes,
                "unit_price": f"{price:.2f}",
                "discount": f"{price * quantity - float(cost):.2f}",
            },
            {**document["lines"][0], "ref": "B"},
            {
                "ref": "S",
                "kind": "shipping",
                "name": "Shipping",
                "quantity": "1",
                "unit_price": "8.40",
                "taxes": [],
            },
        ]
        document["charges"] += [
            {
                **document["charges"][0],
                "ref": f"R-{ref}-{refund['ref']}",
                "kind": "refund",
                "amount": refund["amount"],
            }
            for refund in refunds
        ]
        return {**document, "refunds": list(refunds), **values}

    def refund(self, lines, amount, returned=False):
        return {
            "ref": "9",
            "at": "2026-03-02T08:00:00Z",
            "amount": amount,
            "lines": [
                {"line_ref": ref, "quantity": str(quantity), "amount": cost, "returned": returned}
                for ref, quantity, cost in lines
            ],
        }

    def books(self, order):
        """:return: the credit notes, and what of invoices and credit notes is not settled"""
        notes = order.invoice_ids.filtered(lambda m: m.move_type == "out_refund")
        return sorted(notes.mapped("amount_total")), order.invoice_ids.mapped("amount_residual")

    def holds(self, order):
        return sorted(
            order.oms_hold_ids.filtered(lambda h: h.state == "open").mapped("reason_code")
        )

    def parts(self, order):
        return {
            line.oms_line_ref: (line.product_uom_qty, line._oms_exact_total())
            for line in order.order_line
            if line.oms_line_ref
        }


class TestRoundedRefunds(RoundedShares):
    def test_pieces_are_credited_with_what_was_given_back_for_them_to_the_cent(self):
        order = self._capture(self.document())
        self.assertEqual(order.amount_total, 72.36)
        refund = self.refund([("M", 2, "23.98"), ("S", 0, "8.40")], "32.38")
        self._capture(self.document(2, refunds=[refund]))
        self.assertEqual(self.books(order), ([8.4, 23.98], [0.0, 0.0, 0.0]))
        self.assertEqual(self.parts(order)["M"], (1.0, 11.98))
        self.assertEqual(order.oms_balance_due, 0.0)
        self.assertEqual(order.oms_payment_state, "paid")
        self.assertEqual(self.holds(order), [])

    def test_pieces_returned_one_by_one_leave_no_cent_to_refund(self):
        self.channel.auto_ship = True
        refunds = []
        for version in (1, 2, 3):
            document = self.document(version, (3, "35.95"), refunds=refunds)
            document["charges"][0]["amount"] = "72.35"
            order = self._capture(document)
            refund = self.refund([("M", 1, "11.98")], "11.98", returned=True)
            refunds = [*refunds, {**refund, "ref": str(version)}]
        self.assertEqual((order.oms_amount_paid, order.oms_amount_refunded), (72.35, 23.96))
        # Two thirds of 35.95 are 23.97.
        self.assertEqual((order.oms_balance_due, self.holds(order)), (0.0, []))
        self.assertEqual(self.books(order), ([11.98, 11.98], [0.0, 0.0, 0.0]))

    def test_half_a_cent_of_a_piece_that_came_back_is_nothing_to_refund(self):
        self.channel.auto_ship = True
        refund = self.refund([("M", 1, "4.90")], "4.90", returned=True)
        for version, refunds in ((1, []), (2, [refund])):
            document = self.document(version, (2, "9.81"), refunds=refunds)
            document["charges"][0]["amount"] = "46.21"
            order = self._capture(document)
        self.assertEqual((order.oms_amount_paid, order.oms_amount_refunded), (46.21, 4.9))
        self.assertEqual((order.oms_balance_due, self.holds(order)), (0.0, []))

    def test_a_price_and_its_tax_that_are_rounded_each_for_itself_leave_nothing_to_refund(self):
        self.channel.auto_ship = True
        # 4.06 and 0.81 of tax for a third of 14.63.
        refund = self.refund([("M", 1, "4.87")], "4.87", returned=True)
        for version, refunds in ((1, []), (2, [refund])):
            document = self.document(version, (3, "14.63"), refunds=refunds)
            document["charges"][0]["amount"] = "51.03"
            order = self._capture(document)
        self.assertEqual((order.oms_amount_paid, order.oms_amount_refunded), (51.03, 4.87))
        self.assertEqual((order.oms_balance_due, self.holds(order)), (0.0, []))

    def test_one_of_three_pieces_leaves_two_at_what_is_left_taxes_or_not(self):
        for taxes in ([], [{"rate": "20"}]):
            with self.subTest(taxes):
                self.taxes = taxes
                ref = f"R{len(taxes)}"
                order = self._capture(self.document(ref=ref))
                refund = self.refund([("M", 1, "11.99")], "11.99")
                self._capture(self.document(2, refunds=[refund], ref=ref))
                self.assertEqual(self.parts(order)["M"], (2.0, 23.97))
                self.assertEqual(order.amount_total, 60.37)
                self.assertEqual(self.books(order), ([11.99], [0.0, 0.0]))
                self.assertEqual(order.oms_balance_due, 0.0)
                self.assertEqual(self.holds(order), [])

    def test_pieces_refunded_before_the_order_came_leave_what_was_not_given_back(self):
        refund = self.refund([("M", 2, "23.98"), ("S", 0, "8.40")], "32.38")
        order = self._capture(self.document(refunds=[refund]))
        self.assertEqual(order.state, "sale")
        self.assertEqual(self.parts(order)["M"], (1.0, 11.98))
        self.assertEqual(self.books(order), ([8.4], [0.0, 0.0]))
        invoice = order.invoice_ids.filtered(lambda m: m.move_type == "out_invoice")
        self.assertEqual(invoice.amount_total, 48.38)
        self.assertEqual(self.holds(order), [])

    def test_what_a_channel_keeps_of_pieces_is_not_credited_and_a_person_is_told(self):
        order = self._capture(self.document())
        refund = self.refund([("M", 1, "5.00"), ("S", 0, "3.50")], "8.50")
        self._capture(self.document(2, refunds=[refund]))
        self.assertEqual(self.books(order), ([3.5, 5.0], [0.0, 0.0, 0.0]))
        self.assertEqual(self.parts(order)["M"][0], 2.0)
        self.assertEqual(order.oms_refund_ids.kept, 6.99)
        self.assertEqual(order.oms_balance_due, 0.0)
        self.assertEqual(self.holds(order), ["REFUND_UNMATCHED"])
        self.assertIn("retained $ 6.99", order.oms_hold_ids.detail.replace("\xa0", " "))

    def test_the_last_piece_of_which_a_part_was_kept_stays_invoiced_with_that_part(self):
        order = self._capture(self.document(mugs=(1, "35.96")))
        refund = self.refund([("M", 1, "30.00"), ("B", 2, "28.00"), ("S", 0, "8.40")], "66.40")
        self._capture(self.document(2, (1, "35.96"), [refund]))
        notes, left = self.books(order)
        self.assertEqual(sum(notes), 66.4)
        self.assertEqual(set(left), {0.0})
        self.assertEqual(order.oms_balance_due, 0.0)

    def test_an_order_that_comes_shipped_with_a_refund_is_invoiced_and_credited(self):
        refund = self.refund([("M", 1, "11.99")], "11.99", returned=True)
        document = self.document(refunds=[refund], status="shipped")
        document["placed_at"] = self.now_text()
        order = self._capture(document)
        self.assertTrue(order.oms_by_channel)
        invoice = order.invoice_ids.filtered(lambda m: m.move_type == "out_invoice")
        self.assertEqual(invoice.amount_total, 72.36)
        self.assertEqual(self.books(order), ([11.99], [0.0, 0.0]))
        self.assertEqual(order.oms_refund_ids.state, "done")
        self.assertEqual(self.holds(order), [])

    def now_text(self):
        return self.env.cr.now().strftime("%Y-%m-%dT%H:%M:%SZ")


class TestRoundedChanges(RoundedShares):
    def test_more_pieces_of_a_price_that_is_rounded_are_added_at_what_they_cost(self):
        order = self._capture(self.document())
        self._capture(self.document(2, (5, "59.94")))
        self.assertEqual(self.parts(order)["M"], (5.0, 59.94))
        self.assertEqual(order.amount_total, 96.34)
        self.assertEqual(self.holds(order), ["UNDERPAID"])

    def test_fewer_pieces_of_a_price_that_is_rounded_are_taken_off_and_credited(self):
        order = self._capture(self.document())
        self._capture(self.document(2, (1, "11.99")))
        self.assertEqual(self.parts(order)["M"], (1.0, 11.99))
        self.assertEqual(self.books(order)[0], [23.97])
        self.assertEqual(self.holds(order), ["REFUND_DUE"])
        self.assertEqual(order.oms_balance_due, -23.97)

    def test_another_price_is_still_a_decision_for_a_person(self):
        order = self._capture(self.document())
        self._capture(self.document(2, (5, "59.80")))
        self.assertEqual(self.parts(order)["M"], (3.0, 35.96))
        self.assertEqual(self.holds(order), ["ORDER_CHANGED"])


class TestTaxesOfTheWhole(RoundedShares):
    def test_pieces_are_credited_at_their_price_where_taxes_are_rounded_over_the_invoice(self):
        self.company.tax_calculation_rounding_method = "round_globally"
        self.env["account.tax"].create(
            {
                "name": "5.5 % incl.",
                "amount": 5.5,
                "type_tax_use": "sale",
                "price_include_override": "tax_included",
                "company_id": self.company.id,
            }
        )
        document = self._document("G1", [("MUG", 3, "7.77"), ("BOOK", 2, "7.77")], total="47.25")
        document["lines"].append(
            {
                "ref": "S",
                "kind": "shipping",
                "name": "Shipping",
                "quantity": "1",
                "unit_price": "8.40",
            }
        )
        for line, rate in zip(document["lines"], ("20", "5.5", "20"), strict=True):
            line["taxes"] = [{"rate": rate}]
        order = self._capture(document)
        self.assertEqual((order.amount_total, self.holds(order)), (47.25, []))
        refund = self.refund([("1", 2, "15.54")], "15.54")
        back = {**document["charges"][0], "ref": "R-9", "kind": "refund", "amount": "15.54"}
        self._capture(
            {
                **document,
                "version": "2",
                "updated_at": "2026-03-02T09:00:00Z",
                "charges": [*document["charges"], back],
                "refunds": [refund],
            }
        )
        self.assertEqual(self.books(order), ([15.54], [0.0, 0.0]))
        self.assertEqual((order.amount_total, order.oms_balance_due), (31.71, 0.0))


class TestNetPrices(OmsCommon):
    """Two shirts of 20.125 without tax, which cost 48.30 together and 24.15 or 24.16 alone."""

    def setUp(self):
        super().setUp()
        self.channel.auto_ship = False
        self.env["account.tax"].create(
            {
                "name": "20 % excl.",
                "amount": 20,
                "type_tax_use": "sale",
                "price_include_override": "tax_excluded",
                "company_id": self.company.id,
            }
        )

    def document(self, version, street="1 High Street", refunds=()):
        document = self._document("N1", [("MUG", 2, "20.125")], total="48.30")
        document["lines"][0]["taxes"] = [{"rate": "20", "amount": "8.05"}]
        document["shipping"]["street"] = street
        document["charges"] += [
            {**document["charges"][0], "ref": "R-1", "kind": "refund", "amount": "24.16"}
            for _refund in refunds
        ]
        return {
            **document,
            "prices_include_tax": False,
            "total_tax": "8.05",
            "version": str(version),
            "updated_at": f"2026-03-0{version}T09:00:00Z",
            "refunds": list(refunds),
        }

    def test_a_piece_leaves_what_the_others_cost_and_a_new_address_changes_nothing_of_it(self):
        order = self._capture(self.document(1))
        self.assertEqual(order.amount_total, 48.30)
        refund = {
            "ref": "9",
            "at": "2026-03-02T08:00:00Z",
            "amount": "24.16",
            "lines": [{"line_ref": "1", "quantity": "1", "amount": "24.16"}],
        }
        self._capture(self.document(2, refunds=[refund]))
        self.assertEqual((order.amount_total, order.oms_balance_due), (24.14, 0.0))
        self._capture(self.document(3, "77 New Road", [refund]))
        self.assertEqual(order.partner_shipping_id.street, "77 New Road")
        self.assertEqual(order.order_line.mapped("oms_kind"), ["product"])
        self.assertEqual((order.amount_total, order.oms_balance_due), (24.14, 0.0))
        self.assertEqual(order.invoice_status, "invoiced")
        self.assertEqual(self._holds(order), [])

    def test_what_no_price_with_its_tax_can_cost_is_paid_all_the_same(self):
        self.company.tax_calculation_rounding_method = "round_per_line"
        document = self._document("N2", [("MUG", 2, "12.50")], total="29.75")
        self.env["account.tax"].search([("name", "=", "20 % excl.")]).amount = 19
        document["lines"][0]["taxes"] = [{"rate": "19", "amount": "4.75"}]
        document |= {"prices_include_tax": False, "total_tax": "4.75"}
        order = self._capture(document)
        refund = {
            "ref": "9",
            "at": "2026-03-02T08:00:00Z",
            "amount": "14.88",
            "lines": [{"line_ref": "1", "quantity": "1", "amount": "14.88"}],
        }
        back = {**document["charges"][0], "ref": "R-1", "kind": "refund", "amount": "14.88"}
        self._capture(
            {
                **document,
                "version": "2",
                "updated_at": "2026-03-02T09:00:00Z",
                "charges": [*document["charges"], back],
                "refunds": [refund],
            }
        )
        # 14.87 is left: 12.49 makes 14.86, and 12.50 makes 14.88.
        self.assertIn(order.amount_total, (14.86, 14.88))
        self.assertEqual((order.oms_payment_state, self._holds(order)), ("paid", []))
