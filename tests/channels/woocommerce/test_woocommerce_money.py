"""WooCommerce: cancellations and refunds."""

from decimal import Decimal
from unittest.mock import patch

from odoo.addons.oms_addon.channels.outcomes import RefundOutcome
from odoo.addons.oms_addon.exceptions import FinalError, RetryableError

from simulators.base import Response

from .common import WoocommerceCommon


class TestWoocommerceMoney(WoocommerceCommon):
    # === STOCK AND PRICES === #

    def _cancellation(self, ref, lines=(), refund=True, **values):
        return {
            "order_ref": ref,
            "reason": "inventory",
            "text": "Out of Stock",
            "restock": True,
            "refund": refund,
            "lines": [{"line_ref": "", "sku": s, "quantity": str(q), "units": q} for s, q in lines],
            **values,
        }

    def _refund(self, ref, amount, lines=(), **values):
        return {
            "order_ref": ref,
            "amount": amount,
            "currency": "USD",
            "text": "Broken",
            "charge_ref": "",
            "shipping": "0",
            "lines": [
                {"line_ref": "", "sku": s, "quantity": str(q), "amount": a, "restock": False}
                for s, q, a in lines
            ],
            **values,
        }

    def test_a_whole_order_is_cancelled_once_and_its_money_given_back_once(self):
        ref = self.shop.place_order()
        for _again in range(2):
            self.adapter._push_cancellation(self.woo, "c1", self._cancellation(ref))
        self.assertEqual(len(self.shop.refunds_told), 1)
        self.assertEqual(self.shop.orders()[ref]["refunded"], Decimal("20.00"))
        self.assertTrue(self.shop.orders()[ref]["cancelled"])
        self.assertEqual(self.shop.stock()["MUG", ""], 100)

    def test_a_whole_cancellation_gives_back_what_is_left_of_each_line_with_its_tax(self):
        ref = self.shop.place_order(
            [("MUG", 2, "11.90"), ("POT", 1, "5.95")], tax_rate=19, shipping="4.76"
        )
        self.adapter._push_cancellation(self.woo, "c1", self._cancellation(ref, [("MUG", 1)]))
        self.adapter._push_cancellation(self.woo, "c2", self._cancellation(ref))
        part, rest = self.shop.refunds[int(ref)]
        self.assertEqual((part["amount"], rest["amount"]), ("11.90", "22.61"))
        rows = [*rest["line_items"], *rest["shipping_lines"]]
        self.assertEqual(
            [(abs(Decimal(row["total"])), abs(Decimal(row["total_tax"]))) for row in rows],
            [
                (Decimal("10.00"), Decimal("1.90")),
                (Decimal("5.00"), Decimal("0.95")),
                (Decimal("4.00"), Decimal("0.76")),
            ],
        )
        self.assertEqual([abs(row["quantity"]) for row in rest["line_items"]], [1, 1])
        self.assertEqual(self.shop.orders()[ref]["refunded"], Decimal("34.51"))
        self.assertEqual(self.shop.stock()["MUG", ""], 100)

    def test_pieces_cancelled_in_steps_give_back_no_cent_more_than_was_paid(self):
        ref = self.shop.place_order([("MUG", 10, "23.90")], tax_rate=20, discount="59.75")
        self.assertEqual(self.shop.book[int(ref)]["total"], "179.25")
        for key, quantity in (("c1", 4), ("c2", 6)):
            told = self._cancellation(ref, [("MUG", quantity)])
            self.adapter._push_cancellation(self.woo, key, told)
        self.assertEqual(self.shop.orders()[ref]["refunded"], Decimal("179.25"))
        self.assertEqual([r["amount"] for r in self.shop.refunds[int(ref)]], ["71.70", "107.55"])

    def test_an_unpaid_order_is_cancelled_without_a_refund(self):
        ref = self.shop.place_order(paid=False)
        self.adapter._push_cancellation(self.woo, "c1", self._cancellation(ref))
        self.assertEqual((self.shop.refunds_told, self.shop.orders()[ref]["cancelled"]), ([], True))

    def test_pieces_are_taken_off_with_or_without_their_money(self):
        ref = self.shop.place_order([("MUG", 3, "9.99")], tax_rate=20)
        without = self._cancellation(ref, [("MUG", 1)], refund=False)
        self.adapter._push_cancellation(self.woo, "c1", without)
        self.assertEqual(self.shop.orders()[ref]["refunded"], 0)
        self.assertEqual(self.shop.orders()[ref]["quantities"], {"MUG": 2})
        given = self._cancellation(ref, [("MUG", 1)])
        for _again in range(2):
            self.adapter._push_cancellation(self.woo, "c2", given)
        self.assertEqual(self.shop.orders()[ref]["quantities"], {"MUG": 1})
        self.assertEqual(self.shop.orders()[ref]["refunded"], Decimal("9.99"))
        # Our own cancellations come back as money alone.
        document = self._parse(self.adapter._fetch_orders(self.woo, [ref])[0])
        self.assertEqual(document.refunds, ())
        self.assertEqual(
            [c.amount for c in document.charges if c.kind == "refund"], [Decimal("9.99")]
        )

    def test_a_refund_is_made_once_and_known_by_its_ref_when_it_comes_back(self):
        ref = self.shop.place_order([("MUG", 2, "10.00")], tax_rate=20, shipping="5.00")
        refund = self._refund(ref, "12.50", [("MUG", 1, "10.00")], shipping="2.50")
        first = self.adapter._push_refund(self.woo, "r1", refund)
        self.assertEqual(self.adapter._push_refund(self.woo, "r1", refund), first)
        self.assertEqual(len(self.shop.refunds[int(ref)]), 1)
        self.assertTrue(self.shop.refunds[int(ref)][0]["refunded_payment"])
        document = self._parse(self.adapter._fetch_orders(self.woo, [ref])[0])
        [told] = document.refunds
        self.assertEqual((told.ref, told.amount), (first.refund_ref, Decimal("12.50")))
        self.assertEqual(
            [(line.quantity, line.amount) for line in told.lines],
            [(1, Decimal("10.00")), (0, Decimal("2.50"))],
        )

    def test_shipping_is_given_back_of_each_way_of_shipping_as_far_as_it_cost(self):
        ref = self.shop.place_order([("MUG", 2, "10.00")], shipping="4.00")
        order = self.shop.book[int(ref)]
        [first] = order["shipping_lines"]
        order["shipping_lines"].append({**first, "id": self.shop.next_id("item"), "total": "2.00"})
        order["total"] = "26.00"
        self.adapter._push_refund(self.woo, "r1", self._refund(ref, "3.00", shipping="3.00"))
        self.adapter._push_refund(self.woo, "r2", self._refund(ref, "3.00", shipping="3.00"))
        refunds = self.shop.refunds[int(ref)]
        told = [[line["total"] for line in refund["shipping_lines"]] for refund in refunds]
        self.assertEqual(told, [["-2.00", "-1.00"], ["-2.00", "-1.00"]])

    def test_a_line_that_is_gone_at_the_shop_is_told_in_words(self):
        ref = self.shop.place_order()
        refund = self._refund(ref, "10.00", [("MUG", 1, "10.00")])
        refund["lines"][0]["line_ref"] = "999999"
        with self.assertRaisesRegex(FinalError, f"The line 999999 of order {ref} does not exist"):
            self.adapter._push_refund(self.woo, "r1", refund)
        self.assertEqual(self.shop.refunds_told, [])

    def test_taxes_of_a_refund_have_the_coins_of_the_order(self):
        ref = self.shop.place_order([("MUG", 1, "1000")], tax_rate=10, currency="JPY")
        order = self.shop.book[int(ref)]
        order["total"] = "1000"
        self.adapter._push_refund(self.woo, "r1", self._refund(ref, "500", [("MUG", 1, "500")]))
        [body] = [r.json() for r in self.shop.requests if r.method == "POST" and "ref" in r.path]
        [line] = body["line_items"]
        self.assertEqual(line["refund_total"], "455")
        self.assertEqual([tax["refund_total"] for tax in line["refund_tax"]], ["45"])

    def test_what_is_sent_on_to_another_address_was_not_told(self):
        ref = self.shop.place_order()
        shipment = self._shipment(ref, [("", "MUG", 2)])
        there = {"Location": "https://www.shop.test/wp-json/wc/v3/orders?token=secret"}
        elsewhere = Response(301, b"", there)
        before = self._refused_unchanged()
        order = self.shop.book[int(ref)]
        with (
            patch.object(self.shop, "put_order", lambda *args, **kwargs: elsewhere),
            self.assertRaisesRegex(
                FinalError, "redirected to https://www.shop.test/wp-json"
            ) as caught,
        ):
            self.adapter._push_shipment(self.woo, "s1", shipment)
        self.assertNotIn("secret", str(caught.exception))
        self.assertEqual((order["status"], self._refused_unchanged()), ("processing", before))

    def test_a_refund_whose_answer_was_lost_is_found_and_not_paid_twice(self):
        ref = self.shop.place_order()
        answer = self.shop.respond

        def lossy(request):
            response = answer(request)
            if request.method == "POST":
                response.status, response.body = 502, b""
            return response

        with patch.object(self.shop, "respond", lossy), self.assertRaises(RetryableError):
            self.adapter._push_refund(self.woo, "r1", self._refund(ref, "5.00"))
        made = self.adapter._push_refund(self.woo, "r1", self._refund(ref, "5.00"))
        [refund] = self.shop.refunds[int(ref)]
        self.assertEqual(made, RefundOutcome(refund_ref=str(refund["id"]), amount="5.00"))

    def test_a_refund_is_known_by_its_reason_where_its_notes_were_lost(self):
        ref = self.shop.place_order()
        self.adapter._push_refund(self.woo, "r1", self._refund(ref, "5.00"))
        self.shop.refunds[int(ref)][0]["meta_data"] = []
        self.adapter._push_refund(self.woo, "r1", self._refund(ref, "5.00"))
        self.assertEqual(len(self.shop.refunds[int(ref)]), 1)

    def test_more_than_was_paid_is_refused_in_words_and_for_good(self):
        ref = self.shop.place_order()
        before = self._refused_unchanged()
        with self.assertRaisesRegex(FinalError, "Invalid refund amount"):
            self.adapter._push_refund(self.woo, "r1", self._refund(ref, "99.00"))
        self.assertEqual(self._refused_unchanged(), before)

    def test_what_the_way_of_payment_cannot_give_back_somebody_is_told_to(self):
        ref = self.shop.place_order(payment_method="bacs")
        answer = self.adapter._push_refund(self.woo, "r1", self._refund(ref, "5.00"))
        self.assertTrue(answer.is_manual)
        self.assertFalse(self.shop.refunds[int(ref)][0]["refunded_payment"])
        self.assertIn("5.00", self.woo.activity_ids.note)
        self.adapter._push_refund(self.woo, "r1", self._refund(ref, "5.00"))
        self.assertEqual(len(self.woo.activity_ids), 1)
