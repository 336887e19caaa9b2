"""WooCommerce: refunds of taxes alone, and refunds that are deleted again."""

from datetime import timedelta
from decimal import Decimal

from simulators.woocommerce import WoocommerceSimulator

from ..fault_bench import FaultBench


class TestWoocommerceRefunds(FaultBench):
    simulator = WoocommerceSimulator

    def setUp(self):
        super().setUp()
        self.env["account.tax"].create(
            {
                "name": "19 % incl.",
                "amount": 19,
                "type_tax_use": "sale",
                "price_include_override": "tax_included",
                "company_id": self.company.id,
            }
        )

    def _credits(self, order):
        notes = order.invoice_ids.filtered(lambda m: m.move_type == "out_refund").sorted("id")
        return [(m.amount_untaxed, m.amount_tax, m.payment_state) for m in notes]

    def test_tax_that_is_refunded_alone_is_credited_as_tax(self):
        ref, order = self.captured([("MUG", 2, "11.90"), ("POT", 1, "5.95")], tax_rate=19)
        self.assertEqual((order.amount_total, order.amount_tax), (29.75, 4.75))
        self.shop.refund_tax(ref, "MUG")
        self.settle()
        self.assertEqual(self._credits(order), [(0.0, 3.8, "paid")])
        self.assertEqual(order.oms_amount_refunded, 3.8)
        self.assertEqual((self.wanted(order), self.holds(order)), ({"MUG": 2, "POT": 1}, []))
        # The rest of the order is what is left of it: no tax of the mugs.
        self.shop.refund_order(ref, amount="25.95")
        self.settle()
        self.assertEqual(sum(net for net, _tax, _state in self._credits(order)), 25.0)
        self.assertEqual(sum(tax for _net, tax, _state in self._credits(order)), 4.75)

    def test_a_refund_of_money_is_credited_with_the_tax_the_shop_tells(self):
        ref, _order = self.captured([("MUG", 2, "11.90")], tax_rate=19)
        self.shop.refund_tax(ref, "MUG")
        [event] = self.adapter._fetch_orders(self.store, [ref])
        document = self.adapter._read(self.store, "order.updated", event.payload)
        [refund] = document.refunds
        self.assertEqual(
            [(line.quantity, line.amount, line.tax) for line in refund.lines],
            [(0, Decimal("3.80"), Decimal("3.80"))],
        )

    def test_a_refund_that_was_deleted_holds_its_order_once(self):
        ref, order = self.captured([("MUG", 2, "10.00")])
        refund = self.shop.refund_order(ref, [("MUG", 1)])
        self.settle()
        self.assertEqual((self.wanted(order), self.holds(order)), ({"MUG": 1}, []))
        self.shop.delete_refund(ref, refund)
        self.settle()
        self.assertEqual(self.holds(order), [])
        self.store._refresh_orders(self.store._unshipped_refs())
        self.work()
        self.assertEqual(self.holds(order), ["REFUND_UNMATCHED"])
        [hold] = order.oms_hold_ids.filtered(lambda h: h.state == "open")
        self.assertIn(f"Refund {refund} of ", hold.detail)
        self.assertIn("was deleted on the channel", hold.detail)
        self.assertTrue(order.oms_refund_ids.is_withdrawn)
        hold.action_release()
        self.shop.touch(ref)
        self.settle()
        self.store._refresh_orders(self.store._unshipped_refs())
        self.work()
        self.assertEqual(self.holds(order), [])

    def test_a_refund_of_a_shipped_order_that_was_deleted_is_found_at_night(self):
        ref, order = self.captured([("MUG", 2, "10.00")])
        self.ship(order)
        self.settle()
        self.assertEqual((order.oms_shipped_at and order.state, self.holds(order)), ("sale", []))
        kept = self.shop.refund_order(ref, amount="1.00")
        deleted = self.shop.refund_order(ref, amount="3.00")
        self.settle(also_poll=True)
        self.assertEqual(order.oms_amount_refunded, 4.0)
        self.assertEqual(self.store._refunded_refs(), [ref])
        self.shop.delete_refund(ref, deleted)
        self.store.next_gap_at = order.oms_shipped_at
        for _night in range(2):
            self.store._check_last_days()
            self.work()
            self.assertEqual(self.holds(order), ["REFUND_UNMATCHED"])
        self.assertEqual(
            {refund.ref: refund.is_withdrawn for refund in order.oms_refund_ids},
            {kept: False, deleted: True},
        )

    def test_a_refund_of_long_ago_is_compared_no_more(self):
        ref, order = self.captured([("MUG", 2, "10.00")])
        self.ship(order)
        self.shop.refund_order(ref, amount="1.00")
        self.settle(also_poll=True)
        order.oms_refund_ids.refunded_at -= timedelta(days=31)
        self.assertEqual(self.store._refunded_refs(), [])
