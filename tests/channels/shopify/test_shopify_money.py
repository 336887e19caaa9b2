"""Shopify: cancellations and refunds."""

import json
from decimal import Decimal
from unittest.mock import patch

from odoo.addons.oms_addon.channels.outcomes import RefundOutcome
from odoo.addons.oms_addon.exceptions import (
    FinalError,
    RetryableError,
)

from .common import ShopifyCase


class TestShopifyMoney(ShopifyCase):
    def _cancel(self, ref, *lines, key="K1", **values):
        cancellation = {
            "order_ref": ref,
            "reason": "inventory",
            "text": "Sold out",
            "restock": True,
            "refund": True,
            "lines": [
                {"line_ref": "", "sku": sku, "quantity": str(q), "units": str(q)}
                for sku, q in lines
            ],
            **values,
        }
        return self.adapter._send(self.shop, "cancellation", key, json.dumps(cancellation).encode())

    def _refund(self, ref, amount, *lines, key="K1", charge_ref="", **values):
        refund = {
            "order_ref": ref,
            "amount": amount,
            "currency": "EUR",
            "text": "Sorry",
            "charge_ref": charge_ref,
            "shipping": "0",
            "lines": [
                {"line_ref": "", "sku": sku, "quantity": q, "amount": amount, "restock": True}
                for sku, q in lines
            ],
            **values,
        }
        return self.adapter._send(self.shop, "refund", key, json.dumps(refund).encode())

    def _order_at_store(self, ref):
        return self.store.orders()[ref]

    def test_a_whole_order_is_cancelled_once_with_its_money(self):
        ref = self.store.place_order()
        self.assertIn("job", self._cancel(ref).details)
        self.assertEqual(self._cancel(ref), RefundOutcome(already=True))
        order = self._order_at_store(ref)
        self.assertTrue(order["cancelled"])
        self.assertEqual(order["refunded"], Decimal("20.00"))
        self.assertEqual(len(self.store.cancellations), 1)

    def test_without_refund_the_money_stays(self):
        ref = self.store.place_order()
        self._cancel(ref, refund=False)
        self.assertEqual(self._order_at_store(ref)["refunded"], 0)

    def test_fault_36_what_was_shipped_is_not_cancelled(self):
        ref = self.store.place_order()
        self.store.send_all(ref)
        with self.assertRaisesRegex(FinalError, "fulfillments"):
            self._cancel(ref)
        self.assertFalse(self._order_at_store(ref)["cancelled"])

    def test_pieces_are_cancelled_once_whatever_becomes_of_the_answer(self):
        ref = self.store.place_order((("MUG", 3, "10.00"), ("POT", 1, "5.00")))
        with patch.object(type(self.adapter), "_refuse", side_effect=RetryableError("Lost.")):
            with self.assertRaises(RetryableError):
                self._cancel(ref, ("MUG", 1))
        self._cancel(ref, ("MUG", 1))
        answer = self._cancel(ref, ("MUG", 1))
        self.assertTrue(answer.already)
        order = self._order_at_store(ref)
        self.assertEqual(order["quantities"], {"MUG": 2, "POT": 1})
        self.assertEqual(order["refunded"], Decimal("10.00"))

    def test_pieces_without_money_come_back_as_a_smaller_order(self):
        ref = self.store.place_order((("MUG", 3, "10.00"), ("POT", 1, "5.00")), paid=None)
        self._cancel(ref, ("MUG", 1), refund=False)
        [order] = self._documents(self.adapter._fetch_orders(self.shop, [ref]))
        self.assertEqual(order.total, Decimal("25.00"))
        self.assertEqual(order.refunds, ())

    def test_a_refund_is_made_once_and_its_echo_is_known(self):
        ref = self.store.place_order()
        answer = self._refund(ref, "10.00", ("MUG", 1))
        again = self._refund(ref, "10.00", ("MUG", 1))
        self.assertEqual(again, RefundOutcome(refund_ref=answer.refund_ref, already=True))
        self.assertEqual(self._order_at_store(ref)["refunded"], Decimal("10.00"))
        [order] = self._documents(self.adapter._fetch_orders(self.shop, [ref]))
        self.assertEqual([refund.ref for refund in order.refunds], [answer.refund_ref])
        self.assertTrue(order.refunds[0].lines[0].returned)

    def test_a_tip_and_duties_are_given_back_as_money_and_not_as_pieces(self):
        ref = self.store.place_order(tip="3.00", duty="2.00")
        lines = [("MUG", 2), *((ref, 1) for ref in ("tip", "duty:7"))]
        content = {"order_ref": ref, "amount": "25.00", "currency": "EUR", "text": ""}
        content |= {"charge_ref": "", "shipping": "0", "lines": []}
        for name, quantity in lines:
            known = (
                {"line_ref": "", "sku": name} if name == "MUG" else {"line_ref": name, "sku": ""}
            )
            content["lines"].append(
                {**known, "quantity": quantity, "amount": "1", "restock": False}
            )
        self.adapter._send(self.shop, "refund", "k9", json.dumps(content).encode())
        [made] = self.store.by_id[int(ref)].refunds
        self.assertEqual([(line.sku, quantity) for line, quantity, _k in made.lines], [("MUG", 2)])
        self.assertEqual(self._order_at_store(ref)["refunded"], Decimal("25.00"))

    def test_fault_29_split_tenders_are_given_back_each_no_more_than_its_part(self):
        ref = self.store.place_order(gift_card="5.00")
        self._refund(ref, "12.00")
        order = self.store.by_id[int(ref)]
        self.assertEqual(
            [(t.gateway, t.amount) for t in order.transactions if t.kind == "refund"],
            [("gift_card", Decimal("5.00")), ("shopify_payments", Decimal("7.00"))],
        )

    def test_the_charge_that_is_named_is_given_back(self):
        ref = self.store.place_order(gift_card="5.00")
        card = self.store.by_id[int(ref)].transactions[1]
        self._refund(ref, "12.00", charge_ref=str(card.id))
        made = [t for t in self.store.by_id[int(ref)].transactions if t.kind == "refund"]
        self.assertEqual([(t.parent, t.amount) for t in made], [(card.id, Decimal("12.00"))])

    def test_fault_29_what_is_more_than_the_named_charge_is_given_back_on_the_others(self):
        ref = self.store.place_order(gift_card="5.00")
        card = self.store.by_id[int(ref)].transactions[1]
        self._refund(ref, "20.00", charge_ref=str(card.id))
        made = [t for t in self.store.by_id[int(ref)].transactions if t.kind == "refund"]
        self.assertEqual(
            [(t.gateway, t.amount) for t in made],
            [("shopify_payments", Decimal("15.00")), ("gift_card", Decimal("5.00"))],
        )

    def test_fault_26_more_than_was_paid_is_refused_before_it_is_asked_for(self):
        ref = self.store.place_order()
        self._refund(ref, "15.00", key="K1")
        with self.assertRaisesRegex(FinalError, "Only 5.00 of 10.00"):
            self._refund(ref, "10.00", key="K2")
        self.assertEqual(self._order_at_store(ref)["refunded"], Decimal("15.00"))

    def test_shipping_is_given_back_as_such(self):
        ref = self.store.place_order(shipping="4.95")
        self._refund(ref, "4.95", shipping="4.95")
        [order] = self._documents(self.adapter._fetch_orders(self.shop, [ref]))
        [line] = order.refunds[0].lines
        self.assertEqual((line.quantity, line.amount), (0, Decimal("4.95")))
