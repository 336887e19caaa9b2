"""Payment terms a shop tells, and payment methods nobody decided on yet."""

from simulators.shopify import ShopifySimulator

from ..channels.fault_bench import FaultBench
from ..common import OmsCommon


class TestShopifyTerms(FaultBench):
    """Shopify: orders on payment terms, told by webhook and when asked."""

    simulator = ShopifySimulator

    def _assert_on_terms(self, order, terms="terms"):
        self.assertEqual((order.oms_payment_method, order.oms_payment_terms), ("Net 30", terms))

    def test_an_order_on_terms_ships_unpaid_in_a_prepaid_channel(self):
        _ref, order = self.captured(paid=False, terms="Net 30")
        self._assert_on_terms(order)
        self.assertEqual((order.state, order.oms_payment_state), ("sale", "unpaid"))
        self.assertEqual(order.picking_ids.state, "assigned")
        self.assertTrue(order._oms_may_ship())

    def test_what_is_asked_for_says_the_same(self):
        ref = self.place(paid=False, terms="Net 30")
        self.news()
        self.store._receive_many(self.adapter._fetch_orders(self.store, [ref]))
        self.work()
        self._assert_on_terms(self.one(ref))

    def test_the_table_of_the_channel_decides(self):
        self.env["oms.channel.payment.method"].create(
            {"channel_id": self.store.id, "method": "Net 30", "terms": "prepaid"}
        )
        _ref, order = self.captured(paid=False, terms="Net 30")
        self._assert_on_terms(order, "prepaid")
        self.assertEqual(order.state, "draft")

    def test_an_app_that_may_not_read_them_reads_the_orders(self):
        ref = self.place(paid=False, terms="Net 30")
        self.news()
        self.shop.scopes.remove("read_payment_terms")
        events = self.adapter._fetch_orders(self.store, [ref])
        self.store._receive_many(events)
        self.work()
        order = self.one(ref)
        self.assertEqual((order.state, order.oms_payment_terms), ("draft", False))


class TestUndecidedMethods(OmsCommon):
    def _rows(self):
        return self.channel.payment_method_ids.filtered(lambda row: not row.terms)

    def test_a_method_that_was_seen_is_listed_for_a_person_to_decide(self):
        self.assertFalse(self._rows())
        first = self._capture(
            self._document("A1", paid=False, payment_method="courier_pays", payment_name="Courier")
        )
        second = self._capture(self._document("A2", paid=False, payment_method="Courier Pays"))
        row = self._rows()
        self.assertRecordValues(row, [{"method": "courier_pays", "name": "Courier"}])
        self.assertEqual(self.channel.undecided_method_count, 1)
        # Nothing is guessed: the policy of the channel applies.
        self.assertEqual((first + second).mapped("oms_payment_terms"), [False, False])
        self.assertEqual((first + second).mapped("state"), ["draft", "draft"])
        row.terms = "cod"
        self._run_lanes()
        self.assertEqual((first + second).mapped("state"), ["sale", "sale"])
        self.assertEqual(self.channel.undecided_method_count, 0)

    def test_methods_of_the_table_are_not_listed_again(self):
        before = self.channel.payment_method_ids
        self._capture(self._document("A1", paid=False, payment_method="COD"))
        self._capture(self._document("A2"))
        self.assertEqual(self.channel.payment_method_ids, before)
