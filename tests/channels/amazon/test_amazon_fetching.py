"""Amazon: what is asked of it."""

import gzip
from datetime import datetime, timedelta
from decimal import Decimal
from unittest.mock import patch

from odoo.addons.oms_addon.channels.amazon import listings as amazon_listings
from odoo.addons.oms_addon.channels.amazon import orders as amazon_orders
from odoo.addons.oms_addon.documents.order import OrderRequest
from odoo.addons.oms_addon.exceptions import FinalError, RateLimited

from .common import UTC, AmazonCase


class TestAmazonFetching(AmazonCase):
    def test_orders_are_fetched_in_the_new_version_with_one_call(self):
        refs = [self.shop.place_order(tax_rate="20") for _number in range(3)]
        self._poll()
        self.assertEqual(sorted(self._inbox().mapped("order_ref")), sorted(refs))
        order = self._order(refs[0], self.amazon)
        self.assertEqual((order.amount_total, order.oms_amount_paid), (20.0, 20.0))
        self.assertEqual(order.state, "sale")
        self.assertEqual(self._calls("/orders/v0/"), 0)
        self.assertEqual(self._calls("restrictedDataToken"), 0)

    def test_an_account_without_the_new_version_is_asked_in_the_old_one(self):
        self.shop.roles.discard("2026")
        ref = self.shop.place_order(gift_message="For you", company="Acme", purchase_order="P1")
        self._poll()
        order = self._order(ref, self.amazon)
        self.assertEqual(order.amount_total, 20.0)
        self.assertEqual(order.partner_shipping_id.street, "1 High Street")
        self.assertEqual(order.oms_note, "Purchase order: P1\nFor you")
        self.assertEqual(self._calls("restrictedDataToken"), 1)
        searched = self._calls("/orders/2026-01-01/orders")
        self.shop.touch(ref)
        self._poll()
        # It is remembered, not tried at every poll.
        self.assertEqual(self._calls("/orders/2026-01-01/orders"), searched)

    def test_who_may_not_know_the_buyer_gets_the_order_all_the_same(self):
        self.shop.roles -= {"2026", "personal"}
        ref = self.shop.place_order()
        self._poll()
        self.assertEqual(self._inbox().mapped("order_ref"), [ref])
        self.assertEqual(self._order(ref, self.amazon).partner_shipping_id.city, "Leeds")
        self.assertEqual(self._holds(self._order(ref, self.amazon)), ["BAD_ADDRESS"])

    def test_all_pages_are_read_and_the_cursor_moves_to_the_end(self):
        refs = [self.shop.place_order() for _number in range(7)]
        with patch.object(amazon_orders, "PAGE", 3):
            pages = []
            for _page in range(4):
                events, cursor = self.adapter._fetch(self.amazon)
                pages.append(len(events))
                self.amazon.cursor = cursor
                if " " not in cursor:
                    break
        self.assertEqual(pages, [3, 3, 1])
        self.assertEqual(self.amazon.cursor.partition("|")[0], self.shop._clock())
        self.assertEqual(len(set(refs)), 7)

    def test_a_forgotten_page_is_read_from_the_start_of_its_window(self):
        for _number in range(5):
            self.shop.place_order()
        with patch.object(amazon_orders, "PAGE", 3):
            _events, cursor = self.adapter._fetch(self.amazon)
            since, until, _page = cursor.split(" ")
            self.amazon.cursor = f"{since} {until} bogus"
            events, cursor = self.adapter._fetch(self.amazon)
        self.assertEqual((events, cursor.partition("|")[0]), ([], since))

    def test_fault_59_items_beyond_the_limit_come_next_time_and_none_is_lost(self):
        self.shop.roles.discard("2026")
        refs = {self.shop.place_order() for _number in range(7)}
        limits = {**self.adapter._rate_limits, "getOrderItems_v0": (0.0001, 3.0)}
        self.shop.rate_factor = 1.0
        self.patch(type(self.adapter), "_rate_limits", limits)
        self.patch(type(self.adapter), "_observe", lambda *args: None)
        got = []
        for _poll in range(3):
            events, cursor = self.adapter._fetch(self.amazon)
            got.append(len(events))
            self.amazon._receive_many(events)
            self.amazon.cursor = cursor
            self.env["oms.channel.meter"]._learn(self.amazon, "getOrderItems_v0", tokens=3.0)
        self.assertEqual(got, [3, 3, 1])
        self.assertEqual(set(self._inbox().mapped("order_ref")), refs)
        self.assertEqual(self._calls("/orderItems"), 7)

    def test_fault_2_the_same_state_seen_again_is_nothing_new(self):
        self.shop.place_order()
        self._poll()
        self.amazon.cursor = False
        self._poll()
        self.assertRecordValues(self._inbox(), [{"deliveries": 1}])

    def test_a_pending_order_waits_and_is_filled_when_it_is_paid(self):
        ref = self.shop.place_order(paid=None)
        self._poll()
        order = self._order(ref, self.amazon)
        self.assertEqual((order.state, order.amount_total), ("draft", 0.0))
        self.assertEqual(order.oms_channel_status, "pending")
        self.assertEqual(self._holds(order), [])
        self.shop.pay(ref)
        self._poll()
        self.assertEqual((order.amount_total, order.oms_amount_paid), (20.0, 20.0))
        self.assertEqual(order.state, "sale")

    def test_fault_35_a_buyer_who_asks_to_cancel_holds_the_order(self):
        ref = self.shop.place_order()
        self._poll()
        self.shop.request_cancel(ref)
        self._poll()
        self.assertIn("CANCEL_REQUESTED", self._holds(self._order(ref, self.amazon)))

    def test_fault_34_a_cancelled_order_is_cancelled_here(self):
        ref = self.shop.place_order(paid=None)
        self._poll()
        self.shop.cancel_order(ref)
        self._poll()
        self.assertEqual(self._order(ref, self.amazon).state, "cancel")

    def test_pieces_amazon_tells_no_more_are_cancelled_and_their_money_is_given_back(self):
        for roles in (self.roles, self.roles - {"2026"}):
            with self.subTest(roles=roles):
                self.shop.roles = set(roles)
                ref = self.shop.place_order([("MUG", 3, "10.00"), ("POT", 1, "5.00")])
                self._poll()
                order = self._order(ref, self.amazon)
                self.assertEqual((order.state, order.oms_amount_paid), ("sale", 35.0))
                shop_order = self.shop.shop[ref]
                shop_order.items[0].cancelled = 2
                self.shop.touch(ref)
                self._poll()
                self._poll()
                self.assertEqual(order.order_line.mapped("product_uom_qty"), [1.0, 1.0])
                self.assertEqual((order.oms_amount_paid, order.oms_amount_refunded), (35.0, 20.0))
                self.assertEqual(self._holds(order), [])
                self.shop.cancel_order(ref)
                self._poll()
                self.assertEqual((order.oms_amount_paid, order.oms_amount_refunded), (35.0, 35.0))
                self.assertEqual(self._holds(order), [])
                self.assertEqual(set(order.picking_ids.mapped("state")), {"cancel"})

    def test_an_order_that_amazon_ships_is_not_shipped_by_us(self):
        self.shop.add_product("MUG", "Mug", afn=True)
        ref = self.shop.place_order(afn=True)
        self._poll()
        self.shop.ship_by_amazon(ref)
        self._poll()
        order = self._order(ref, self.amazon)
        self.assertTrue(order.oms_by_channel)
        self.assertEqual((order.amount_total, order.oms_amount_paid), (20.0, 20.0))
        self.assertFalse(self._outbox("shipment"))

    def test_an_order_that_amazon_shipped_before_it_was_seen_paid_has_its_prices(self):
        ref = self.shop.place_order(afn=True, paid=None)
        self._poll()
        self.shop.pay(ref)
        self.shop.ship_by_amazon(ref)
        self._poll()
        order = self._order(ref, self.amazon)
        self.assertEqual((order.amount_total, order.oms_amount_paid), (20.0, 20.0))
        self.assertEqual(self._holds(order), [])

    def test_an_order_goes_from_amazon_to_the_parcel_and_back_by_itself(self):
        self.amazon.auto_ship = True
        ref = self.shop.place_order()
        self._poll()
        self.assertEqual(self.shop.shop[ref].status, "Shipped")
        self.assertEqual(len(self.shop.shipments), 1)

    def test_a_window_is_listed_and_fetched_in_full(self):
        start = self.shop.now
        refs = [self.shop.place_order() for _number in range(5)]
        end = self.shop.now
        with patch.object(amazon_orders, "PAGE", 2):
            listed, cursor = [], None
            while True:
                some, cursor = self.adapter._list_orders(self.amazon, start, end, cursor)
                listed += some
                if not cursor:
                    break
        # The end is exclusive.
        self.assertEqual(listed, refs[:-1])
        events, cursor = self.adapter._fetch_window(self.amazon, start, end)
        self.assertEqual(([event[3] for event in events], cursor), (refs, None))

    def test_old_orders_come_from_a_report(self):
        start = datetime.now(UTC).replace(microsecond=0) - timedelta(days=100)
        old = [
            self.shop.place_order(at=start + timedelta(days=days), tax_rate="20", shipping="4.00")
            for days in (1, 2, 45)
        ]
        for ref in old[:2]:
            self.shop.ship_by_amazon(ref)
        recent = self.shop.place_order()
        events, empty, cursor = [], 0, None
        for _page in range(60):
            some, cursor = self.adapter._fetch_window(
                self.amazon, start, self.shop.now + timedelta(seconds=1), cursor
            )
            events += some
            empty += not some
            if not cursor:
                break
        self.assertEqual([event[3] for event in events], [*old, recent])
        self.assertGreater(empty, 3)
        self.assertEqual(self._calls("/reports/2021-06-30/reports"), len(self.shop.reports) * 4)
        document = self.adapter._read(self.amazon, events[0][0], events[0][2])
        self.assertEqual((document.status, document.lines_total), ("shipped", Decimal(24)))
        [tax] = document.lines[0].taxes
        self.assertEqual((tax.rate, tax.amount > 0), (None, True))
        # What is still to be worked on is asked for in full.
        self.assertIsInstance(self.adapter._read(self.amazon, "orders", events[2][2]), OrderRequest)

    def test_offers_are_read_by_search_and_by_a_report_when_there_are_too_many(self):
        for number in range(25):
            self.shop.add_product(f"S{number:02}", f"Thing {number}", "9.50", 4)
        self.shop.add_product("FBA", "Kept by Amazon", quantity=9, afn=True)
        listings, cursor = self.adapter._fetch_listings(self.amazon)
        self.assertEqual(len(listings), 20)
        self.assertEqual(
            [(x.ref, x.item_ref, x.location_ref, x.quantity) for x in listings[:2]],
            [("FBA", "FBA:B000000025", "AMAZON", None), ("S00", "", "DEFAULT", Decimal(4))],
        )
        listings, cursor = self.adapter._fetch_listings(self.amazon, cursor)
        self.assertEqual((len(listings), cursor), (6, None))
        with patch.object(amazon_listings, "MOST_SEARCHED", 20):
            listings, cursor = self.adapter._fetch_listings(self.amazon)
        self.assertEqual(listings, [])
        for _look in range(2):
            with self.assertRaises(RateLimited):
                self.adapter._fetch_listings(self.amazon, cursor)
        listings, cursor = self.adapter._fetch_listings(self.amazon, cursor)
        self.assertEqual((len(listings), cursor), (26, None))
        self.assertEqual(listings[0].price, Decimal("9.50"))

    def test_an_order_nobody_knows_is_left_out(self):
        ref = self.shop.place_order()
        for roles in (self.roles, self.roles - {"2026"}):
            self.shop.roles = set(roles)
            events = self.adapter._fetch_orders(self.amazon, ["302-0-0", ref])
            self.assertEqual([event[3] for event in events], [ref])

    def test_a_report_that_unpacks_to_too_much_is_refused_in_words(self):
        adapter = self.env["oms.channel.adapter.amazon"]
        self.assertEqual(adapter._unpack(gzip.compress(b"order-id\n1")), b"order-id\n1")
        for body in (gzip.compress(bytes(80 * 1024**2)), gzip.compress(b"order-id")[:-4], b"x"):
            with self.assertRaisesRegex(FinalError, "report of Amazon could not be unpacked"):
                adapter._unpack(body)
