"""Refunds of channels: each once, credited to the cent, nothing taken off twice."""

from ..common import OmsCommon
from ..push_shop import PushShopMixin

AT = "2026-03-03T09:00:00Z"


class RefundCommon(OmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.auto_ship = False

    def _reported(self, document, version, *refunds, charged=None):
        """:return: the document as the channel tells it after refunds"""
        stamp = f"2026-03-0{version}T10:00:00Z"
        charges = list(document["charges"])
        if charged:
            charges.append(
                {
                    "ref": f"R-{document['ref']}-{version}",
                    "kind": "refund",
                    "status": "success",
                    "amount": charged,
                    "currency": document["currency"],
                    "at": AT,
                }
            )
        return {
            **document,
            "version": str(version),
            "updated_at": stamp,
            "refunds": list(refunds),
            "charges": charges,
        }

    def _refund(self, ref="RF1", lines=(), **values):
        return {"ref": ref, "at": AT, "lines": list(lines), "reason": "Broken", **values}

    def _notes(self, order):
        return order.invoice_ids.filtered(lambda m: m.move_type == "out_refund").sorted("id")


class TestRefund(RefundCommon):
    def test_pieces_that_did_not_leave_are_taken_off_credited_and_paid_back_once(self):
        document = self._document("A1", [("MUG", 4, "10.00")])
        order = self._capture(document)
        refund = self._refund(lines=[{"line_ref": "1", "quantity": "1"}])
        for version in (2, 3):
            self._capture(self._reported(document, version, refund, charged="10.00"))
        self.assertEqual(order.order_line.product_uom_qty, 3.0)
        self.assertRecordValues(
            self._notes(order), [{"amount_total": 10.0, "payment_state": "paid"}]
        )
        self.assertRecordValues(
            order.oms_refund_ids, [{"ref": "RF1", "state": "done", "credit_due": 0.0}]
        )
        self.assertEqual(order.oms_payment_state, "paid")
        self.assertFalse(self._holds(order))

    def test_fault_27_a_refund_of_the_rest_after_a_partial_shipment_releases_it_once(self):
        document = self._document("A1", [("MUG", 6, "10.00")])
        order = self._capture(document)
        order.picking_ids.move_ids.quantity = 2
        order.picking_ids.move_ids.picked = True
        order.picking_ids.with_context(skip_backorder=True).button_validate()
        refund = self._refund(lines=[{"line_ref": "1", "quantity": "4"}])
        self._capture(self._reported(document, 2, refund, charged="40.00"))
        line = order.order_line
        self.assertEqual((line.product_uom_qty, line.qty_delivered), (2.0, 2.0))
        self.assertEqual(self._notes(order).amount_total, 40.0)
        open_moves = order.picking_ids.move_ids.filtered(
            lambda m: m.state not in ("done", "cancel")
        )
        self.assertFalse(open_moves)
        self.assertEqual(self.mug.free_qty, 98.0)

    def test_pieces_that_come_back_are_credited_and_stay_delivered(self):
        self.channel.auto_ship = True
        document = self._document("A1", [("MUG", 2, "10.00")])
        order = self._capture(document)
        self.assertEqual(order.order_line.qty_delivered, 2.0)
        refund = self._refund(lines=[{"line_ref": "1", "quantity": "1", "returned": True}])
        self._capture(self._reported(document, 2, refund, charged="10.00"))
        line = order.order_line
        self.assertEqual((line.product_uom_qty, line.qty_delivered), (2.0, 2.0))
        self.assertRecordValues(
            self._notes(order), [{"amount_total": 10.0, "payment_state": "paid"}]
        )

    def test_money_without_pieces_is_credited_and_nothing_is_invoiced_again(self):
        document = self._document("A1", [("MUG", 2, "10.00")])
        order = self._capture(document)
        self._capture(self._reported(document, 2, self._refund(amount="3.50"), charged="3.50"))
        self.assertRecordValues(
            self._notes(order), [{"amount_total": 3.5, "payment_state": "paid"}]
        )
        self.assertEqual(order.order_line.product_uom_qty, 2.0)
        self.assertEqual(order.order_line.qty_to_invoice, 0.0)
        self.assertEqual(len(order.invoice_ids), 2)

    def test_money_given_back_before_the_invoice_is_credited_when_it_is_there(self):
        self.channel.invoice_policy = "shipment"
        document = self._document("A1", [("MUG", 2, "10.00")])
        order = self._capture(document)
        self._capture(self._reported(document, 2, self._refund(amount="3.50"), charged="3.50"))
        self.assertEqual(order.oms_refund_ids.state, "waiting")
        self.assertFalse(order.invoice_ids)
        order.picking_ids.move_ids.picked = True
        order.picking_ids.button_validate()
        self._run_lanes()
        self.assertEqual(order.oms_refund_ids.state, "done")
        self.assertEqual(self._notes(order).amount_total, 3.5)

    def test_the_tax_of_what_is_made_cheaper_is_credited_with_it(self):
        tax = self.env["account.tax"].create(
            {
                "name": "VAT 20",
                "amount": 20.0,
                "type_tax_use": "sale",
                "price_include_override": "tax_included",
            }
        )
        document = self._document("A1", [("MUG", 1, "12.00"), ("POT", 1, "6.00")])
        for line in document["lines"]:
            line["taxes"] = [{"rate": "20"}]
        order = self._capture(document)
        self.assertEqual(order.amount_tax, 3.0)
        self.assertEqual(order.order_line.tax_ids, tax)
        refund = self._refund(
            lines=[{"line_ref": "2", "quantity": "0", "amount": "1.20"}], amount="1.20"
        )
        self._capture(self._reported(document, 2, refund, charged="1.20"))
        self.assertRecordValues(
            self._notes(order), [{"amount_total": 1.2, "amount_tax": 0.2, "amount_untaxed": 1.0}]
        )

    def _two_rates(self):
        """:return: the document of 119.00 at 19 % and 107.00 at 7 %, and its order"""
        for rate in (19.0, 7.0):
            self.env["account.tax"].create(
                {
                    "name": f"VAT {rate:g}",
                    "amount": rate,
                    "type_tax_use": "sale",
                    "price_include_override": "tax_included",
                }
            )
        document = self._document("A1", [("MUG", 1, "119.00"), ("POT", 1, "107.00")])
        for line, rate in zip(document["lines"], ("19", "7"), strict=True):
            line["taxes"] = [{"rate": rate}]
        order = self._capture(document)
        self.assertEqual((order.amount_total, order.amount_tax), (226.0, 26.0))
        return document, order

    def test_all_money_of_two_rates_is_credited_with_the_tax_of_each(self):
        document, order = self._two_rates()
        self._capture(self._reported(document, 2, self._refund(amount="226.00"), charged="226.00"))
        self.assertRecordValues(
            self._notes(order),
            [{"amount_total": 226.0, "amount_tax": 26.0, "amount_untaxed": 200.0}],
        )
        self.assertEqual(order.oms_refund_ids.state, "done")

    def test_goodwill_on_two_rates_is_spread_and_the_last_refund_takes_the_remainder(self):
        document, order = self._two_rates()
        refunds = []
        for version, amount in enumerate(("5.00", "75.33", "0.01", "145.66"), 2):
            refunds.append(self._refund(f"RF{version}", amount=amount))
            self._capture(self._reported(document, version, *refunds, charged=amount))
        notes = self._notes(order)
        self.assertEqual(notes.mapped("amount_total"), [5.0, 75.33, 0.01, 145.66])
        # 2.63 at 19 % and 2.37 at 7 %
        self.assertEqual(notes[0].amount_tax, 0.58)
        self.assertAlmostEqual(sum(notes.mapped("amount_tax")), 26.0, 2)
        by_tax = {}
        for line in notes.line_ids.filtered("tax_line_id"):
            rate = line.tax_line_id.amount
            by_tax[rate] = by_tax.get(rate, 0.0) + line.balance
        self.assertAlmostEqual(by_tax[19.0], 19.0, 2)
        self.assertAlmostEqual(by_tax[7.0], 7.0, 2)
        self.assertFalse(self._holds(order))

    def test_pieces_returned_after_goodwill_are_credited_with_what_is_left_of_them(self):
        document, order = self._two_rates()
        goodwill = self._refund("RF1", amount="5.00")
        self._capture(self._reported(document, 2, goodwill, charged="5.00"))
        lines = [
            {"line_ref": "1", "quantity": "1", "amount": "116.37"},
            {"line_ref": "2", "quantity": "1", "amount": "104.63"},
        ]
        rest = self._refund("RF2", lines=lines, amount="221.00")
        self._capture(self._reported(document, 3, goodwill, rest, charged="221.00"))
        notes = self._notes(order)
        self.assertAlmostEqual(sum(notes.mapped("amount_total")), 226.0, 2)
        self.assertAlmostEqual(sum(notes.mapped("amount_tax")), 26.0, 2)
        self.assertFalse(self._holds(order))

    def test_more_money_than_was_invoiced_is_credited_up_to_it_and_held(self):
        document, order = self._two_rates()
        self._capture(self._reported(document, 2, self._refund(amount="230.00"), charged="230.00"))
        self.assertEqual(self._notes(order).amount_total, 226.0)
        self.assertIn("REFUND_UNMATCHED", self._holds(order))
        hold = order.oms_hold_ids.filtered(lambda h: h.reason_code == "REFUND_UNMATCHED")
        self.assertIn("by $ 4.00", hold.detail.replace("\xa0", " "))

    def test_all_that_was_paid_of_a_cancelled_order_is_due_with_its_shipping(self):
        document = self._document("A1", [("MUG", 1, "54.97")], total="59.87")
        document["lines"].append(
            {"ref": "S", "kind": "shipping", "name": "Post", "quantity": "1",
             "unit_price": "4.90", "taxes": []}
        )  # fmt: skip
        document["charges"][0]["amount"] = "59.87"
        order = self._capture(document)
        self.assertEqual(order.oms_amount_paid, 59.87)
        self._receive(self._cancellation("A1"))
        self._run_lanes()
        self.assertAlmostEqual(sum(self._notes(order).mapped("amount_total")), 59.87, 2)
        self.assertEqual(order.oms_payment_state, "overpaid")
        [hold] = order.oms_hold_ids.filtered(lambda h: h.reason_code == "REFUND_DUE")
        self.assertIn("Refund $\xa059.87", hold.detail)

    def test_less_money_than_the_pieces_cost_is_told_to_a_person(self):
        document = self._document("A1", [("MUG", 2, "10.00")])
        order = self._capture(document)
        refund = self._refund(lines=[{"line_ref": "1", "quantity": "1"}], amount="8.00")
        self._capture(self._reported(document, 2, refund, charged="8.00"))
        self.assertIn("REFUND_UNMATCHED", self._holds(order))

    def test_a_refund_of_a_line_nobody_knows_is_told_to_a_person(self):
        document = self._document("A1", [("MUG", 2, "10.00")])
        order = self._capture(document)
        refund = self._refund(lines=[{"line_ref": "77", "sku": "NOPE", "quantity": "1"}])
        self._capture(self._reported(document, 2, refund))
        self.assertEqual(self._holds(order), ["REFUND_UNMATCHED"])

    def test_a_refund_told_apart_before_its_order_waits_for_it(self):
        refund = {
            "schema": "oms.refund/1",
            "order_ref": "A1",
            "refunds": [self._refund(lines=[{"line_ref": "1", "quantity": "1"}])],
            "charges": [],
        }
        message = self._receive(refund, "r1")
        self._run_lanes("inbox")
        self.assertEqual((message.state, message.waits_for), ("parked", "order"))
        order = self._capture(self._document("A1", [("MUG", 4, "10.00")]))
        self.assertEqual(message.state, "done")
        self.assertEqual(order.order_line.product_uom_qty, 3.0)
        self.assertEqual(order.oms_refund_ids.ref, "RF1")


class TestRequest(PushShopMixin, RefundCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tiny.auto_ship = False

    def test_money_without_lines_is_asked_for_of_each_line_as_it_is_credited(self):
        taxes = self.env["account.tax"].create(
            [
                {
                    "name": f"{rate} % incl.",
                    "amount": rate,
                    "type_tax_use": "sale",
                    "price_include_override": "tax_included",
                    "company_id": self.company.id,
                }
                for rate in (19, 7)
            ]
        )
        document = self._document("A9", [("MUG", 1, "119.00"), ("POT", 1, "107.00")])
        for line, rate in zip(document["lines"], ("19", "7"), strict=True):
            line["taxes"] = [{"rate": rate}]
        order = self._capture(document, channel=self.tiny)
        content = {"amount": "113.00", "shipping": "0", "charge_ref": "T-A9", "lines": []}
        self.env["oms.order.refund"]._request(order, content, "Goodwill")
        self._run_lanes()
        [told] = [content for topic, content in self.shop.told if topic == "refund"]
        self.assertEqual(
            [(line["line_ref"], line["quantity"], line["amount"]) for line in told["lines"]],
            [("1", "0", "59.50"), ("2", "0", "53.50")],
        )
        [note] = self._notes(order)
        of_taxes = note.line_ids.filtered("tax_line_id")
        self.assertEqual(
            {line.tax_line_id: line.amount_currency for line in of_taxes},
            {taxes[0]: 9.5, taxes[1]: 3.5},
        )
        self.assertEqual(note.amount_total, 113.0)

    def test_a_refund_asked_of_the_channel_is_applied_when_it_took_it_and_its_echo_is_known(self):
        document = self._document("A1", [("MUG", 4, "10.00")])
        order = self._capture(document, channel=self.tiny)
        content = {
            "amount": "10.00",
            "shipping": "0",
            "charge_ref": "T-A1",
            "lines": [
                {"line_ref": "1", "sku": "MUG", "quantity": "1", "amount": "10.00", "restock": True}
            ],
        }
        refund = self.env["oms.order.refund"]._request(order, content, "Broken")
        self.assertEqual((refund.state, refund.message_id.state), ("asked", "pending"))
        self._run_lanes()
        [(_topic, told)] = [told for told in self.shop.told if told[0] == "refund"]
        self.assertEqual(
            (told["order_ref"], told["amount"], told["text"]), ("A1", "10.00", "Broken")
        )
        self.assertRecordValues(refund, [{"state": "done", "ref": "SHOP-R1"}])
        self.assertEqual(self._notes(order).amount_total, 10.0)
        echo = self._refund("SHOP-R1", [{"line_ref": "1", "quantity": "1"}], amount="10.00")
        self._capture(self._reported(document, 2, echo, charged="10.00"), channel=self.tiny)
        self.assertEqual(len(order.oms_refund_ids), 1)
        self.assertEqual(len(self._notes(order)), 1)
        self.assertEqual(order.order_line.product_uom_qty, 3.0)
        # The order goes on to be shipped; its credit note is paid all the same.
        self.assertIn(order.oms_status, ("running", "waiting"))
        self.assertEqual(self.env["oms.payment.collector"]._book_left(), 1)
        self.assertEqual(self._notes(order).payment_state, "paid")

    def test_an_order_cancelled_here_is_cancelled_there_once_and_one_cancelled_there_is_not(self):
        ours, theirs = self._capture(
            self._document("A1", paid=False), self._document("A2", paid=False), channel=self.tiny
        )
        ours.with_user(self.env.user)._action_cancel()
        self._receive(self._cancellation("A2"), channel=self.tiny)
        self._run_lanes()
        self.assertEqual(theirs.state, "cancel")
        told = [content for topic, content in self.shop.told if topic == "cancellation"]
        self.assertEqual([content["order_ref"] for content in told], ["A1"])
        self.assertEqual((told[0]["refund"], told[0]["lines"]), (False, []))
