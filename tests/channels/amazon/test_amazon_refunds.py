"""Refunds made on Amazon: what is read of them, and that ours and theirs are told apart."""

import json
import unittest
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from odoo.addons.oms_addon.channels.amazon.parse_refunds import read_refund
from odoo.addons.oms_addon.documents.order import DocumentError

from .common import FIXTURES, MODELS, SENDER, AmazonCase, fixture

SHAPES = ("refund_price_tax_shipping", "refund_us_facilitator", "refund_without_items")
CENTS = st.integers(0, 10**7).map(lambda cents: Decimal(cents) / 100)


def read(data):
    return read_refund(json.dumps(data, default=str).encode())


def node(name, amount, *parts):
    told = {"currencyCode": "USD", "currencyAmount": amount}
    return {"breakdownType": name, "breakdownAmount": told, "breakdowns": list(parts) or None}


@tagged("standard", "post_install", "-at_install")
class TestAmazonRefundReading(BaseCase):
    def test_every_shape_reads_as_expected(self):
        for name in SHAPES:
            with self.subTest(name):
                document = read_refund((FIXTURES / f"{name}.json").read_bytes())
                expected = json.loads((FIXTURES / f"{name}.expected.json").read_bytes())
                self.assertEqual(document.to_dict(), expected)
                self.assertEqual(document.problems(), ())

    def test_the_buyer_got_price_tax_and_shipping_whatever_the_seller_got_of_the_fees(self):
        [refund] = read(fixture("refund_price_tax_shipping")).refunds
        self.assertEqual((refund.amount, refund.lines[0].amount), (Decimal(449), Decimal(400)))

    def test_tax_that_amazon_collects_is_given_back_once(self):
        [refund] = read(fixture("refund_us_facilitator")).refunds
        self.assertEqual(refund.amount, Decimal("61.78"))
        self.assertEqual(
            [line.amount for line in refund.lines], [Decimal("52.95"), Decimal("8.83")]
        )

    def test_other_transactions_are_no_refund(self):
        for kind in ("Shipment", "ServiceFee", "Transfer", "Adjustment", None):
            self.assertIsNone(read({**fixture("refund_without_items"), "transactionType": kind}))

    @unittest.skipUnless(MODELS.is_dir(), "Amazon's models are not at hand")
    def test_the_sandbox_pair_of_amazons_own_model_is_read(self):
        told = json.loads((MODELS / "finances_2024-06-19.json").read_bytes())["paths"]
        answer = told["/finances/2024-06-19/transactions"]["get"]["responses"]["200"]
        [pair] = answer["x-amzn-api-sandbox"]["static"]
        [transaction] = pair["response"]["payload"]["transactions"]
        self.assertIsNone(read(transaction))
        back = {"transactionType": "Refund", "transactionId": "T1"}
        back["breakdowns"] = [node("Product Charges", -10)]
        document = read({**transaction, **back})
        self.assertEqual(document.order_ref, "8129762527551")
        self.assertEqual(document.refunds[0].amount, Decimal(10))

    def test_fees_alone_give_the_buyer_nothing(self):
        data = fixture("refund_without_items")
        data["breakdowns"] = [node("Sales", 3, node("AmazonFees", 3, node("Tax", 3)))]
        self.assertIsNone(read(data))

    def test_what_does_not_say_what_the_buyer_got_is_refused_with_the_field(self):
        data = fixture("refund_without_items")
        for change, path in (
            ({"breakdowns": None}, "breakdowns"),
            ({"breakdowns": [node("ProductCharges", 5)]}, "breakdowns"),
            ({"breakdowns": [node("ProductCharges", "much")]}, "breakdowns.productcharges"),
            ({"postedDate": "yesterday"}, "postedDate"),
            ({"relatedIdentifiers": []}, ""),
            ({"items": [7]}, ""),
        ):
            with self.subTest(change), self.assertRaises(DocumentError) as caught:
                read({**data, **change})
            self.assertEqual(caught.exception.path, path)

    @given(CENTS, CENTS, CENTS, CENTS, CENTS, st.booleans())
    def test_the_amount_is_exact_whatever_fees_are_told(
        self, price, tax, shipping, fee, promotion, wrapped
    ):
        promotion = min(promotion, price)
        told = [
            node("ProductCharges", -price, node("OurPricePrincipal", -price)),
            node("Tax", -tax, node("OurPriceTax", -tax), node("MarketplaceFacilitatorTax-X", tax)),
            node("Shipping", -shipping, node("ShippingPrincipal", -shipping)),
            node("PromoRebates", promotion, node("OurPriceDiscount", promotion)),
            node("AmazonFees", fee, node("Commission", fee, node("Base", fee), node("Tax", fee))),
        ]
        told = [node("Refunded Sales", 0, *told)] if wrapped else told
        document = read({**fixture("refund_without_items"), "breakdowns": told})
        amount = price + tax + shipping - promotion
        self.assertEqual(document.refunds[0].amount if document else Decimal(0), amount)


class RefundCase(AmazonCase):
    def setUp(self):
        super().setUp()
        self.patch(type(self.adapter), "_ledger_seconds", 0)
        # Polled more often within a second than an account may.
        self.shop.rate_factor = 1e6
        limits = dict.fromkeys(self.adapter._rate_limits, (1e4, 1e4))
        self.patch(type(self.adapter), "_rate_limits", limits)

    def _captured(self, lines=(("MUG", 5, "10.00"),), **shape):
        ref = self.shop.place_order(lines, **shape)
        self._poll()
        return ref, self._order(ref, self.amazon)

    def _ask(self, order, amount="7.00"):
        content = {"amount": amount, "shipping": "0", "charge_ref": "", "lines": []}
        return self.env["oms.order.refund"]._request(order, content, "Broken")

    def _theirs(self, ref, amount="7.00"):
        return self.shop.refund_order(ref, amount=amount)

    def _send(self):
        """Have every refund asked for made, or refused."""
        for _round in range(8):
            self._outbox("refund").write({"next_try_at": False})
            self._run_lanes("outbox")

    def _assert_truth(self, ref, order):
        """What is refunded and credited here is what Amazon gave back."""
        given = float(self.shop.orders()[ref]["refunded"])
        self.assertAlmostEqual(order.oms_amount_refunded, given)
        notes = order.invoice_ids.filtered(lambda m: m.move_type == "out_refund")
        self.assertAlmostEqual(sum(notes.mapped("amount_total")), given)
        applied = order.oms_refund_ids.filtered(lambda r: r.state in ("waiting", "done"))
        self.assertAlmostEqual(sum(applied.mapped("amount")), given)


class TestAmazonRefunds(RefundCase):
    def test_money_given_back_on_amazon_is_credited_and_paid_back_once(self):
        ref, order = self._captured()
        transaction = self._theirs(ref)
        for _poll in range(3):
            self._poll()
        self.assertRecordValues(order.oms_refund_ids, [{"amount": 7.0, "state": "done"}])
        self.assertEqual(order.order_line.product_uom_qty, 5.0)
        self.assertRecordValues(
            self._inbox(topic="refunds"),
            [{"event_ref": f"refund:{transaction}", "order_ref": ref, "state": "done"}],
        )
        self.assertEqual(self._holds(order), [])
        self._assert_truth(ref, order)

    def test_pieces_that_are_paid_in_full_and_did_not_leave_are_taken_off(self):
        ref, order = self._captured()
        self.shop.refund_order(ref, [("MUG", 2)])
        self._poll()
        self.assertEqual(order.order_line.product_uom_qty, 3.0)
        self._assert_truth(ref, order)

    def test_pieces_that_left_stay_delivered_and_their_money_is_credited(self):
        self.amazon.auto_ship = True
        ref, order = self._captured()
        self.assertEqual(order.order_line.qty_delivered, 5.0)
        self.shop.refund_order(ref, [("MUG", 2)], returned=True)
        self._poll()
        line = order.order_line
        self.assertEqual((line.product_uom_qty, line.qty_delivered), (5.0, 5.0))
        self.assertEqual(self._holds(order), [])
        self._assert_truth(ref, order)

    def test_transactions_are_asked_for_every_half_hour(self):
        self.patch(type(self.adapter), "_ledger_seconds", 1800)
        for _poll in range(3):
            self._poll()
        self.assertEqual(self._calls("/finances/"), 1)
        orders, _bar, _refunds = self.amazon.cursor.partition("|")
        long_ago = datetime.now(timezone.utc) - timedelta(minutes=33)
        self.amazon.cursor = f"{orders}|{long_ago:%Y-%m-%dT%H:%M:%SZ}"
        self._poll()
        self.assertEqual(self._calls("/finances/"), 2)

    def test_a_cursor_from_before_refunds_were_read_goes_on(self):
        ref, order = self._captured()
        self._theirs(ref)
        self.amazon.cursor = self.shop._clock()
        self._poll()
        self._assert_truth(ref, order)
        self.assertEqual(self.amazon.cursor.count("|"), 1)

    def test_fault_7_a_refund_that_comes_48_hours_late_is_found(self):
        ref, order = self._captured()
        self._theirs(ref)
        [(shown_at, transaction)] = self.shop.transactions
        posted = datetime.now(timezone.utc) - timedelta(hours=48)
        transaction["postedDate"] = f"{posted:%Y-%m-%dT%H:%M:%SZ}"
        self.shop.transactions[:] = [(shown_at + timedelta(days=1), transaction)]
        self._poll()
        self.assertFalse(order.oms_refund_ids)
        self.shop.transactions[:] = [(shown_at, transaction)]
        self._poll()
        self._assert_truth(ref, order)
        self.assertEqual(order.oms_amount_refunded, 7.0)

    def test_all_pages_are_read_and_those_without_refunds_are_passed_over(self):
        ref, order = self._captured()
        for _number in range(7):
            self._theirs(ref)
        for _shown_at, transaction in self.shop.transactions[:4]:
            transaction["transactionType"] = "Shipment"
        self.shop.transactions_page = 2
        calls = self._calls("/finances/")
        refs = []
        for _page in range(4):
            events, self.amazon.cursor = self.adapter._fetch(self.amazon)
            refs += [event.ref for event in events if event.topic == "refunds"]
            if " " not in self.amazon.cursor:
                break
        self.assertEqual(len(set(refs)), 3)
        self.assertEqual(self._calls("/finances/"), calls + 4)
        self.assertNotIn(" ", self.amazon.cursor)

    def test_a_forgotten_page_is_read_from_the_start_of_its_window(self):
        ref, order = self._captured()
        self._theirs(ref)
        self._theirs(ref)
        self.shop.transactions_page = 1
        _events, cursor = self.adapter._fetch(self.amazon)
        self.amazon.cursor = f"{cursor.rpartition(' ')[0]} bogus"
        for _poll in range(2):
            self._poll()
        self.assertEqual(order.oms_amount_refunded, 14.0)

    def test_refunds_on_other_marketplaces_are_another_channels(self):
        ref, order = self._captured()
        self._theirs(ref)
        [(_shown_at, transaction)] = self.shop.transactions
        transaction["marketplaceDetails"]["marketplaceId"] = "A13V1IB3VIYZZH"
        self._poll()
        self.assertFalse(self._inbox(topic="refunds"))
        self.assertFalse(order.oms_refund_ids)

    def test_fault_59_what_the_limit_leaves_comes_next_time(self):
        limits = {**self.adapter._rate_limits, "listTransactions": (0.0001, 1.0)}
        self.patch(type(self.adapter), "_rate_limits", limits)
        self.patch(type(self.adapter), "_observe", lambda *args: None)
        ref, order = self._captured()
        self._theirs(ref)
        self._poll()
        self.assertFalse(order.oms_refund_ids)
        self.assertFalse(self.amazon.alert_ids)
        self.env["oms.channel.meter"]._learn(self.amazon, "listTransactions", tokens=1.0)
        self._poll()
        self._assert_truth(ref, order)

    def test_trouble_with_refunds_is_told_and_stops_no_orders(self):
        self.shop.fail(2, 500, "/finances/")
        _ref, order = self._captured()
        self.assertEqual(order.state, "sale")
        [alert] = self.amazon.alert_ids
        self.assertEqual((alert.code, alert.state), ("refunds", "open"))
        self._poll()
        self.assertEqual(alert.state, "settled")

    def test_an_account_without_the_role_works_and_is_told_what_it_lacks(self):
        self.shop.roles.discard("finance")
        ref, order = self._captured()
        self.shop.touch(ref)
        self._poll()
        self.assertEqual(order.state, "sale")
        self.assertFalse(self.amazon.alert_ids)
        # Once, and once more with a new token; then it is remembered.
        self.assertEqual(self._calls("/finances/"), 2)
        self.assertEqual(self.adapter._test_connection(self.amazon), "")
        told = self.amazon.action_test_connection()["params"]
        self.assertIn("Finance and Accounting", told["message"])
        self.shop.roles.add("finance")
        self.assertEqual(self.amazon.action_test_connection()["params"]["type"], "success")
        self._theirs(ref)
        self._poll()
        self._assert_truth(ref, order)


class TestAmazonRefundEchoes(RefundCase):
    """A refund made by our feed and the transaction that tells it are one."""

    def test_what_amazon_gave_back_is_here_in_every_order_of_events(self):
        for number, steps in enumerate(permutations(("ask", "send", "theirs", "poll"))):
            if steps.index("ask") > steps.index("send"):
                continue
            with self.subTest(steps=steps):
                ref, order = self._captured(email=f"{number}@marketplace.amazon.example")
                does = {
                    "ask": lambda order=order: self._ask(order),
                    "send": self._send,
                    "theirs": lambda ref=ref: self._theirs(ref),
                    "poll": self._poll,
                }
                for step in steps:
                    does[step]()
                self._poll()
                self._poll()
                self.assertEqual(order.oms_amount_refunded, 14.0)
                self.assertEqual(len(order.oms_refund_ids), 2)
                self.assertEqual(len(order.oms_refund_ids.filtered("echo_ref")), 1)
                self.assertEqual(self._holds(order), [])
                self._assert_truth(ref, order)

    def test_a_refund_of_ours_counts_at_once_and_its_echo_changes_nothing(self):
        ref, order = self._captured()
        refund = self._ask(order)
        self._send()
        self.assertEqual((refund.state, refund.echo_ref), ("done", False))
        self._assert_truth(ref, order)
        self._poll()
        self.assertRecordValues(order.oms_refund_ids, [{"id": refund.id, "state": "done"}])
        self.assertTrue(refund.echo_ref)
        self._assert_truth(ref, order)

    def test_a_refund_of_ours_that_is_told_before_it_is_answered_is_applied_once(self):
        ref, order = self._captured()
        refund = self._ask(order)
        # Amazon made it, and we did not ask yet what became of the feed.
        self.shop.delay_calls = 0
        message = self._outbox("refund")
        while not self.shop.transactions:
            message.next_try_at = False
            self._run_lanes("outbox")
            for feed in self.shop.feeds.values():
                self.shop._count_call(feed)
                self.shop._count_call(feed)
        self.assertEqual(refund.state, "asked")
        self._poll()
        self.assertEqual(refund.state, "done")
        self._assert_truth(ref, order)
        self._send()
        self.assertEqual(message.state, "done")
        self.assertEqual(len(order.oms_refund_ids), 1)
        self._assert_truth(ref, order)

    def test_pieces_of_a_refund_of_ours_are_taken_off_once(self):
        ref, order = self._captured()
        item = self.shop.shop[ref].items[0]
        line = {"line_ref": item.ref, "sku": "MUG", "quantity": "1", "amount": "10.00"}
        content = {"amount": "10.00", "shipping": "0", "charge_ref": "", "lines": [line]}
        self.env["oms.order.refund"]._request(order, content, "Broken")
        self._send()
        self._poll()
        self.assertEqual(order.order_line.product_uom_qty, 4.0)
        self.assertEqual(len(order.oms_refund_ids), 1)
        self._assert_truth(ref, order)

    def test_another_amount_is_another_refund(self):
        ref, order = self._captured()
        refund = self._ask(order)
        self._theirs(ref, "7.01")
        self._poll()
        self.assertEqual((refund.state, refund.echo_ref), ("asked", False))
        self.assertEqual(order.oms_amount_refunded, 7.01)
        self._send()
        self._poll()
        self.assertEqual(order.oms_amount_refunded, 14.01)
        self._assert_truth(ref, order)

    @mute_logger(SENDER)
    def test_a_refund_that_was_made_by_hand_meanwhile_and_is_refused_counts_once(self):
        ref, order = self._captured()
        refund = self._ask(order, "50.00")
        self._theirs(ref, "50.00")
        self._poll()
        self._send()
        self.assertEqual(self._outbox("refund").state, "failed")
        self.assertTrue(refund.echo_ref)
        self.assertEqual(len(order.oms_refund_ids), 1)
        self._assert_truth(ref, order)

    @mute_logger(SENDER)
    def test_a_refused_refund_is_no_echo_of_what_is_made_by_hand_later(self):
        ref, order = self._captured()
        self.shop.feed_verdicts.append("FATAL")
        refund = self._ask(order)
        self._send()
        self.assertEqual((refund.state, order.oms_amount_refunded), ("failed", 0.0))
        self._theirs(ref)
        self._poll()
        self.assertFalse(refund.echo_ref)
        self.assertEqual(len(order.oms_refund_ids), 2)
        self._assert_truth(ref, order)

    def test_without_the_role_a_refund_of_ours_is_all_that_is_known(self):
        self.shop.roles.discard("finance")
        ref, order = self._captured()
        self._ask(order)
        self._send()
        self._poll()
        self._assert_truth(ref, order)
        self.assertEqual(order.oms_amount_refunded, 7.0)


class TestAmazonRefundsUs(RefundCase):
    """Amazon collects the tax, and gives it back by itself."""

    market, currency = "ATVPDKIKX0DER", "USD"

    def _content(self, order, amount, **amounts):
        lines = {l.oms_line_ref: l for l in order.order_line}
        return {
            "amount": amount,
            "shipping": amounts.pop("shipping", "0"),
            "charge_ref": "",
            "lines": [
                {
                    "line_ref": next(r for r in lines if r == name or lines[r].oms_sku == name),
                    "sku": "" if name == "tax" else name,
                    "quantity": "0",
                    "amount": of_line,
                }
                for name, of_line in amounts.items()
            ],
        }

    def _refunded(self, order, content):
        """Have a refund made, and told again by the ledger. :return: the refunds of the order"""
        self.env["oms.order.refund"]._request(order, content, "Broken")
        self._send()
        self._poll()
        return order.oms_refund_ids

    def test_a_whole_order_is_given_back_with_the_tax_that_amazon_adds(self):
        shape = {"tax_rate": "8.25", "shipping": "5.00"}
        ref, order = self._captured([("MUG", 1, "50.00"), ("POT", 2, "12.50")], **shape)
        self.assertAlmostEqual(order.amount_total, 86.60)
        content = self._content(
            order, "86.60", MUG="50.00", POT="25.00", tax="6.60", shipping="5.00"
        )
        refund = self._refunded(order, content)
        self.assertRecordValues(refund, [{"state": "done", "amount": 86.60}])
        self.assertTrue(refund.echo_ref)
        self.assertEqual(self.shop.orders()[ref]["refunded"], Decimal("86.60"))
        self._assert_truth(ref, order)

    def test_of_a_part_the_buyer_gets_what_was_asked_for_and_it_counts_once(self):
        ref, order = self._captured([("MUG", 1, "50.00")], tax_rate="8.25")
        refund = self._refunded(order, self._content(order, "20.00", MUG="20.00"))
        self.assertRecordValues(refund, [{"state": "done", "amount": 20.00}])
        self.assertTrue(refund.echo_ref)
        # 18.47 and 1.52 of tax: Amazon rounds as it likes.
        self.assertEqual(self.shop.orders()[ref]["refunded"], Decimal("19.99"))
        self.assertEqual(order.oms_amount_refunded, 20.00)

    def test_of_two_refunds_that_differ_by_a_coin_each_is_told_by_its_own_entry(self):
        ref, order = self._captured([("MUG", 1, "50.00")], tax_rate="0")
        for amount in ("20.00", "20.01"):
            refunds = self._refunded(order, self._content(order, amount, MUG=amount))
        self.assertEqual(len(refunds), 2)
        self.assertTrue(all(refund.echo_ref for refund in refunds))
        self._assert_truth(ref, order)
