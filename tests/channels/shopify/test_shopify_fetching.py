"""Shopify: what is asked of it."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from odoo.addons.oms_addon.documents.channel import OrderRequest
from odoo.addons.oms_addon.exceptions import (
    RateLimited,
    RetryableError,
)

from simulators.shopify.store import Part

from .common import END, START, ShopifyCase


class TestShopifyFetching(ShopifyCase):
    def test_what_changed_is_asked_for_once_and_nothing_new_leaves_the_cursor(self):
        first, second = self.store.place_order(), self.store.place_order(paid=None)
        events, cursor = self.adapter._fetch(self.shop)
        self.assertEqual([event.order_ref for event in events], [first, second])
        self.shop.cursor = cursor
        calls = self._calls()
        self.assertEqual(self.adapter._fetch(self.shop), ([], cursor))
        self.assertEqual(self._calls(), calls + 1)

    def test_a_change_within_the_overlap_is_seen_and_named_otherwise(self):
        ref = self.store.place_order()
        [before], self.shop.cursor = self.adapter._fetch(self.shop)
        self.store.touch(ref)
        [after], self.shop.cursor = self.adapter._fetch(self.shop)
        self.assertNotEqual(before.ref, after.ref)
        self.assertEqual(after.order_ref, ref)

    def test_what_shows_up_late_within_the_overlap_is_found(self):
        self.store.place_order()
        _events, self.shop.cursor = self.adapter._fetch(self.shop)
        late = self.store.place_order()
        order = self.store.by_id[int(late)]
        order.updated = "2026-03-01T08:58:00Z"
        [event], self.shop.cursor = self.adapter._fetch(self.shop)
        self.assertEqual(event.order_ref, late)

    def test_each_call_is_a_page_and_all_pages_are_all_orders(self):
        refs = [self.store.place_order() for _n in range(7)]
        found = []
        for _page in range(3):
            events, self.shop.cursor = self.adapter._fetch(self.shop, limit=3)
            found.append([event.order_ref for event in events])
        self.assertEqual(found, [refs[:3], refs[3:6], refs[6:]])
        self.assertEqual(self.adapter._fetch(self.shop, limit=3)[0], [])

    def test_a_used_up_limit_keeps_what_was_told_and_goes_on_later(self):
        refs = [self.store.place_order() for _n in range(9)]
        self.store.points, self.store.restore_rate = 1000.0, 0.001
        events, self.shop.cursor = self.adapter._fetch(self.shop)
        self.assertEqual([event.order_ref for event in events], refs[:4])
        with self.assertRaises(RateLimited):
            self.adapter._fetch(self.shop)
        self.store.points = 2000.0
        self.env["oms.channel.meter"]._learn(self.shop, "default", tokens=2000.0, rate=100.0)
        events, self.shop.cursor = self.adapter._fetch(self.shop)
        self.assertEqual([event.order_ref for event in events], refs[4:])
        self.assertEqual(self.adapter._fetch(self.shop)[0], [])

    def test_a_channel_that_never_asked_takes_what_is_still_to_be_worked_on(self):
        self.shop.cursor = False
        self.assertEqual(self.adapter._fetch(self.shop), ([], False))
        refs = [self.store.place_order() for _n in range(5)]
        self.store.cancel_order(refs[1])
        self.store.send_all(refs[4])
        found = []
        for _page in range(2):
            events, self.shop.cursor = self.adapter._fetch(self.shop, limit=2)
            found += [event.order_ref for event in events]
        self.assertEqual(found, [refs[0], refs[2], refs[3]])
        later = self.store.place_order()
        self.store.touch(refs[1])
        events, self.shop.cursor = self.adapter._fetch(self.shop)
        self.assertEqual({event.order_ref for event in events}, {refs[1], refs[4], later})
        self.assertEqual(self.adapter._fetch(self.shop)[0], [])

    def test_orders_are_asked_for_by_their_id_or_that_of_a_part_of_their_fulfilment(self):
        first, second = self.store.place_order(), self.store.place_order(hold="Look")
        part = f"gid://shopify/FulfillmentOrder/{self.store.by_id[int(second)].parts[0].id}"
        events = self.adapter._fetch_orders(self.shop, [first, part, second, "999999"])
        self.assertEqual([event.order_ref for event in events], [first, second])
        self.assertEqual(self._documents(events)[1].holds[0].reason, "Look")

    def test_fault_63_a_huge_order_is_read_whole_page_by_page(self):
        ref = self.store.place_order([(f"P{n}", 1, "1.00") for n in range(230)])
        [order] = self._documents(self.adapter._fetch_orders(self.shop, [ref]))
        self.assertEqual(len(order.lines), 230)
        self.assertEqual(order.problems(), ())

    def test_many_refunds_are_read_with_their_lines(self):
        ref = self.store.place_order([(f"P{n}", 1, "1.00") for n in range(30)])
        self.store.refund_order(ref, [(f"P{n}", 1) for n in range(25)])
        for _n in range(5):
            self.store.refund_order(ref, amount="0.10")
        [order] = self._documents(self.adapter._fetch_orders(self.shop, [ref]))
        self.assertEqual([len(refund.lines) for refund in order.refunds], [25, 0, 0, 0, 0, 0])
        self.assertEqual(sum(refund.amount for refund in order.refunds), Decimal("25.50"))

    def test_the_lines_that_are_sent_later_are_told_by_their_part_of_the_fulfilment(self):
        ref = self.store.place_order((("MUG", 1, "1.00"), ("POT", 1, "1.00")))
        order = self.store.by_id[int(ref)]
        entry = order.parts[0].lines.pop()
        later = Part(self.store.new_id(), 71, [entry], order.updated, "scheduled")
        later.fulfill_at = "2026-05-01T00:00:00Z"
        order.parts.append(later)
        [document] = self._documents(self.adapter._fetch_orders(self.shop, [ref]))
        self.assertEqual(
            [(line.sku, bool(line.available_at)) for line in document.lines],
            [("MUG", False), ("POT", True)],
        )

    def test_a_window_is_listed_and_counted(self):
        refs = [self.store.place_order() for _n in range(3)]
        self.assertEqual(self.adapter._list_orders(self.shop, START, END), (refs, None))
        found, following = self.adapter._list_orders(self.shop, START, END, None, 2)
        self.assertEqual(found, refs[:2])
        self.assertEqual(
            self.adapter._list_orders(self.shop, START, END, following, 2), (refs[2:], None)
        )
        self.assertEqual(self.adapter._count_orders(self.shop, START, END), 3)
        later = END + timedelta(days=1)
        self.assertEqual(self.adapter._count_orders(self.shop, END, later), 0)
        self.assertEqual(self.adapter._list_orders(self.shop, END, later), ([], None))

    def test_a_window_is_exported_and_an_order_with_refunds_is_asked_for(self):
        refs = [
            self.store.place_order((("MUG", 2, "10.00"), ("POT", 1, "5.00")), shipping="4.95")
            for _n in range(5)
        ]
        self.store.refund_order(refs[4], amount="1.00")
        events, cursor = self.adapter._fetch_window(self.shop, START, END)
        self.assertEqual(events, [])
        self.assertEqual(self.adapter._fetch_window(self.shop, START, END, cursor), ([], cursor))
        events, following = self.adapter._fetch_window(self.shop, START, END, cursor)
        self.assertIsNone(following)
        by_ref = dict(zip([e.order_ref for e in events], self._documents(events), strict=True))
        self.assertEqual(sorted(by_ref), sorted(refs))
        self.assertEqual(by_ref[refs[4]], OrderRequest(order_ref=refs[4]))
        asked = self.adapter._fetch_orders(self.shop, refs[:4])
        for document in self._documents(asked):
            self.assertEqual(by_ref[document.ref], document)

    def test_an_export_that_is_lost_or_empty_ends_well(self):
        _events, cursor = self.adapter._fetch_window(self.shop, END, END + timedelta(days=1))
        self.adapter._fetch_window(self.shop, END, END, cursor)
        self.assertEqual(self.adapter._fetch_window(self.shop, END, END, cursor), ([], None))
        refs = [self.store.place_order() for _n in range(10)]
        events, cursor = self.adapter._fetch_window(
            self.shop, START, END, "export:gid://shopify/BulkOperation/1"
        )
        self.assertEqual((events, cursor), ([], "list:"))
        found = []
        while cursor:
            events, cursor = self.adapter._fetch_window(self.shop, START, END, cursor)
            found += [event.order_ref for event in events]
        self.assertEqual(found, refs)

    def test_too_many_exports_at_once_are_tried_again_later(self):
        for _n in range(5):
            self.adapter._fetch_window(self.shop, START, END)
        with self.assertRaises(RetryableError):
            self.adapter._fetch_window(self.shop, START, END)

    def test_listings_have_a_row_for_each_place_of_stock(self):
        rows, following = self.adapter._fetch_listings(self.shop)
        self.assertIsNone(following)
        self.assertEqual(
            [(row.sku, row.location_ref, row.quantity) for row in rows],
            [("MUG", "71", 50), ("MUG", "72", 0), ("POT", "71", 50), ("POT", "72", 0)],
        )
        mug = self.store.variants["MUG"]
        self.assertEqual(
            (rows[0].ref, rows[0].item_ref, rows[0].parent_ref, rows[0].currency),
            (str(mug.id), str(mug.item_id), str(mug.product_id), "EUR"),
        )
        for n in range(20):
            self.store.add_product(f"Q{n}", "Q")
        rows, following = self.adapter._fetch_listings(self.shop)
        more, end = self.adapter._fetch_listings(self.shop, following)
        self.assertEqual((len(rows + more), end), (44, None))

    def test_all_places_of_stock_are_read_however_many_there_are(self):
        self.store.variants["MUG"].levels = {place: place for place in range(71, 180)}
        for place in range(73, 180):
            self.store.locations[place] = {"name": f"Shop {place}"}
        rows, _following = self.adapter._fetch_listings(self.shop)
        told = [(row.location_ref, row.quantity) for row in rows if row.sku == "MUG"]
        self.assertEqual(told, [(str(place), Decimal(place)) for place in range(71, 180)])

    def test_fault_29_a_refund_of_many_tenders_is_read_whole(self):
        ref = self.store.place_order([("MUG", 1, "90.00")])
        self.store.refund_order(ref, amount="90.00")
        [made] = self.store.by_id[int(ref)].refunds
        [whole] = made.transactions
        made.transactions = [
            replace(whole, id=self.store.new_id(), amount=Decimal(10)) for _n in range(9)
        ]
        [event] = self.adapter._fetch_orders(self.shop, [ref])
        document = self.adapter._parse(self.shop, event.topic, event.payload)
        self.assertEqual(document.refunds[0].amount, Decimal("90.00"))

    def test_locations_tell_who_ships(self):
        self.store.locations[73] = {"name": "3PL", "service": True}
        self.assertEqual(
            [
                (place["ref"], place["fulfils"])
                for place in self.adapter._fetch_locations(self.shop)
            ],
            [("71", True), ("72", True), ("73", False)],
        )

    def test_taxes_are_those_of_the_last_orders(self):
        for rate in ("19", "7", "19"):
            self.store.place_order(tax_rate=rate)
        self.assertEqual(
            [(tax["rate"], tax["included"]) for tax in self.adapter._fetch_taxes(self.shop)],
            [(Decimal(7), True), (Decimal(19), True)],
        )
