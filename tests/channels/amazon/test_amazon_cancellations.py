"""Amazon: cancellations and refunds."""

from decimal import Decimal

from odoo.tools import mute_logger

from .common import SENDER, AmazonCase


class TestAmazonCancellations(AmazonCase):
    def _cancellation(self, ref, lines=(), reason="inventory"):
        return {
            "order_ref": ref,
            "reason": reason,
            "text": "",
            "restock": True,
            "refund": True,
            "lines": list(lines),
        }

    def test_a_whole_order_is_refused_by_a_feed(self):
        ref = self.shop.place_order()
        message = self._reported("cancellation", self._cancellation(ref))
        self.assertEqual(message.state, "done", message.error)
        self.assertTrue(self.shop.shop[ref].cancelled)
        self.assertEqual(
            self.shop.cancellations, [{"order_ref": ref, "reason": "NoInventory", "items": {}}]
        )
        self.assertEqual(len(self.shop.feeds), 1)

    def test_some_pieces_are_cancelled_by_an_adjustment(self):
        ref = self.shop.place_order([("MUG", 3, "10.00")])
        item = self.shop.shop[ref].items[0].ref
        lines = [{"line_ref": item, "sku": "MUG", "quantity": "1", "units": "1"}]
        message = self._reported("cancellation", self._cancellation(ref, lines, "customer"))
        self.assertEqual(message.state, "done", message.error)
        [told] = self.shop.cancellations
        self.assertEqual((told["reason"], told["items"]), ("BuyerCanceled", {item: 1}))
        self.assertEqual(self.shop.orders()[ref]["quantities"], {"MUG": 2})

    def test_fault_36_of_a_partly_shipped_order_only_the_rest_is_cancelled(self):
        ref = self.shop.place_order([("MUG", 3, "10.00")])
        self._reported("shipment", self._shipment(ref, "2"))
        message = self._reported("cancellation", self._cancellation(ref), "k2")
        self.assertEqual(message.state, "done", message.error)
        self.assertFalse(self.shop.shop[ref].cancelled)
        self.assertEqual(self.shop.orders()[ref]["quantities"], {"MUG": 2})

    @mute_logger(SENDER)
    def test_fault_37_what_was_shipped_cannot_be_cancelled(self):
        ref = self.shop.place_order()
        self._reported("shipment", self._shipment(ref))
        message = self._reported("cancellation", self._cancellation(ref), "k2")
        self.assertEqual(message.state, "failed")
        self.assertIn("All items of order", message.error)
        self.assertEqual(self.shop.feeds, {})

    def _refund(self, ref, amount="10.00", **values):
        item = self.shop.shop[ref].items[0].ref
        line = {"line_ref": item, "sku": "MUG", "quantity": "1", "amount": amount, "restock": True}
        return {
            "order_ref": ref,
            "amount": amount,
            "currency": self.currency,
            "text": "Broken",
            "charge_ref": f"AMAZON-{ref}",
            "shipping": "0",
            "lines": [line],
            **values,
        }

    def test_money_is_given_back_by_a_feed_and_known_by_it(self):
        ref = self.shop.place_order()
        message = self._reported("refund", self._refund(ref))
        self.assertEqual(message.state, "done", message.error)
        self.assertEqual(self.shop.refunds_told, [{"order_ref": ref, "amount": "10.00"}])
        [feed] = self.shop.feeds
        self.assertEqual(message.result["refund_ref"], f"feed-{feed}")

    def test_money_without_lines_is_taken_off_the_items_and_the_shipping(self):
        ref = self.shop.place_order([("MUG", 1, "10.00"), ("POT", 1, "6.00")], shipping="4.00")
        refund = self._refund(ref, "17.00", lines=[], shipping="4.00")
        message = self._reported("refund", refund)
        self.assertEqual(message.state, "done", message.error)
        self.assertEqual(self.shop.orders()[ref]["refunded"], Decimal(17))
        content = next(iter(self.shop.feeds.values()))["content"].decode()
        amounts = [part.split("<")[0] for part in content.split(f'currency="{self.currency}">')[1:]]
        self.assertEqual(amounts, ["8.13", "2.50", "4.87", "1.50"])

    @mute_logger(SENDER)
    def test_money_the_items_do_not_cover_is_refused_and_none_is_given_back(self):
        ref = self.shop.place_order([("MUG", 1, "10.00"), ("POT", 1, "6.00")], shipping="4.00")
        message = self._reported("refund", self._refund(ref, "20.00", lines=[]))
        self.assertEqual(message.state, "failed")
        self.assertIn(f"4.00 {self.currency} of the refund exceed", message.error)
        self.assertIn(f"exceed the price of the items of order {ref}", message.error)
        self.assertEqual((self.shop.refunds_told, self.shop.feeds), ([], {}))

    @mute_logger(SENDER)
    def test_fault_19_a_refund_whose_answer_was_lost_is_made_once(self):
        ref = self.shop.place_order()
        self.shop.fail(1, 503, "/feeds/2021-06-30/feeds", after=True)
        message = self._reported("refund", self._refund(ref))
        self.assertEqual(message.state, "done", message.error)
        self.assertEqual(len(self.shop.feeds), 1)
        self.assertEqual(self.shop.refunds_told, [{"order_ref": ref, "amount": "10.00"}])

    @mute_logger(SENDER)
    def test_fault_26_more_than_was_paid_is_refused(self):
        ref = self.shop.place_order()
        message = self._reported("refund", self._refund(ref, "99.00"))
        self.assertEqual(message.state, "failed")
        self.assertIn(f"79.00 {self.currency} of the refund exceed", message.error)
        self.assertEqual((self.shop.refunds_told, self.shop.feeds), ([], {}))

    @mute_logger(SENDER)
    def test_fault_26_what_was_given_back_already_is_refused(self):
        ref = self.shop.place_order()
        self._reported("refund", self._refund(ref, "15.00"))
        message = self._reported("refund", self._refund(ref, "15.00"), "k2")
        self.assertEqual(message.state, "failed")
        self.assertIn("More than was paid", message.error)
        self.assertFalse(message.result)
        self.assertEqual(self.shop.refunds_told, [{"order_ref": ref, "amount": "15.00"}])

    @mute_logger(SENDER)
    def test_a_feed_amazon_gives_up_fails_and_is_made_anew_by_hand(self):
        ref = self.shop.place_order()
        self.shop.feed_verdicts.append("FATAL")
        message = self._reported("cancellation", self._cancellation(ref))
        self.assertEqual(message.state, "failed")
        self.assertIn("FATAL", message.error)
        message.action_retry()
        self._send_all("cancellation")
        self.assertEqual(message.state, "done", message.error)
        self.assertEqual(len(self.shop.feeds), 2)
