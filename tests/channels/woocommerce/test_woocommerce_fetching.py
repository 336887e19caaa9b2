"""WooCommerce: what is asked of it."""

from datetime import datetime, timedelta
from decimal import Decimal
from unittest.mock import patch

from odoo.addons.oms_addon.documents.channel import OrderRequest
from odoo.addons.oms_addon.documents.order import OrderDocument
from odoo.addons.oms_addon.exceptions import FinalError

from .common import UTC, WoocommerceCommon, fixture, read


class TestWoocommerceFetching(WoocommerceCommon):
    def _sweep(self, limit=None, rounds=20):
        """:return: every event until two polls in a row move nothing"""
        events = []
        for _round in range(rounds):
            found, cursor = self.adapter._fetch(self.woo, limit)
            events += found
            if cursor == self.woo.cursor:
                break
            self.woo.cursor = cursor
        return events

    def test_the_first_poll_takes_open_orders_and_later_ones_every_change(self):
        done = self.shop.place_order()
        self.shop.set_status(self.shop.book[int(done)], "completed")
        refs = [self.shop.place_order() for _n in range(3)]
        self.assertEqual([e.order_ref for e in self._sweep()][:3], refs)
        self.shop.tick(3600)
        self.shop.cancel_order(refs[0])
        self.shop.trash_order(refs[1])
        found = {e.order_ref: self._parse(e).status for e in self._sweep()}
        self.assertEqual(found[refs[0]], "cancelled")

    def test_every_order_is_found_when_more_change_in_a_second_than_fit_a_page(self):
        refs = [self.shop.place_order() for _n in range(7)]
        for ref in refs:
            self.shop.book[int(ref)]["date_modified_gmt"] = "2026-03-01T12:00:00"
        late = [self.shop.place_order() for _n in range(3)]
        for ref in late:
            self.shop.book[int(ref)]["date_modified_gmt"] = "2026-03-01T12:00:01"
        self.woo.cursor = "2026-03-01T11:00:00"
        found = {e.order_ref for e in self._sweep(limit=3)}
        self.assertEqual(found, {*refs, *late})

    def test_more_thrown_away_orders_than_fit_a_page_are_all_told(self):
        refs = {self.shop.place_order() for _number in range(103)}
        for _page in range(3):
            _events, self.woo.cursor = self.adapter._fetch(self.woo)
        at = self.woo.cursor
        for ref in refs:
            self.shop.trash_order(ref)
            self.shop.book[int(ref)]["date_modified_gmt"] = at
        events, _cursor = self.adapter._fetch(self.woo, limit=2)
        self.assertEqual({event.order_ref for event in events}, refs)

    def test_an_order_without_a_time_of_change_stops_no_poll(self):
        ref = self.shop.place_order()
        self.shop.book[int(ref)]["date_modified_gmt"] = None
        with patch.object(type(self.shop), "list_orders", self._unsorted):
            events, cursor = self.adapter._fetch(self.woo)
        self.assertEqual(([event.order_ref for event in events], cursor), ([ref], ""))

    @staticmethod
    def _unsorted(shop, request, body):
        return shop.page_of(list(shop.book.values()), request)

    def test_a_change_between_two_pages_makes_none_disappear(self):
        refs = [self.shop.place_order() for _n in range(6)]
        self.woo.cursor = "2026-03-01T08:00:00"
        events, self.woo.cursor = self.adapter._fetch(self.woo, 2)
        self.shop.tick(60)
        self.shop.touch(events[0].order_ref)
        found = {e.order_ref for e in [*events, *self._sweep(limit=2)]}
        self.assertEqual(found, set(refs))

    def test_the_same_state_has_the_same_name_whenever_it_is_polled(self):
        self.shop.place_order()
        self.woo.cursor = "2026-03-01T08:00:00"
        first = self.adapter._fetch(self.woo)[0]
        self.assertEqual(self.adapter._fetch(self.woo)[0], first)
        self.shop.touch(first[0].order_ref)
        self.assertNotEqual(self.adapter._fetch(self.woo)[0][0].ref, first[0].ref)

    def test_refunds_of_a_page_come_with_one_call_and_with_their_lines(self):
        refs = [self.shop.place_order() for _n in range(3)]
        for ref in refs[:2]:
            self.shop.refund_order(ref, [("MUG", 1)])
        self.woo.cursor = "2026-03-01T08:00:00"
        events, _cursor = self.adapter._fetch(self.woo)
        documents = {e.order_ref: self._parse(e) for e in events}
        self.assertEqual(self._calls("/refunds"), 1)
        [refund] = documents[refs[0]].refunds
        [line] = refund.lines
        self.assertEqual((line.quantity, line.amount), (1, Decimal("10.00")))
        self.assertFalse(line.returned)
        self.assertEqual(documents[refs[2]].refunds, ())

    def test_a_shop_before_9_0_is_asked_for_each_refunded_order_alone(self):
        ref = self.shop.place_order()
        self.shop.refund_order(ref, amount="2.00")
        self.woo.cursor = "2026-03-01T08:00:00"
        self.shop.fail(1, 404, "/v3/refunds")
        [event], _cursor = self.adapter._fetch(self.woo)
        self.assertEqual(self._parse(event), OrderRequest(order_ref=ref))
        [event] = self.adapter._fetch_orders(self.woo, [ref])
        self.assertEqual(self._parse(event).refunds[0].amount, Decimal("2.00"))

    def test_a_window_is_listed_counted_and_fetched_alike_without_drafts(self):
        start = self.shop.now
        refs = [self.shop.place_order() for _n in range(3)]
        self.shop.place_order(values={"status": "checkout-draft"})
        end = self.shop.now + timedelta(seconds=1)
        self.shop.tick(60)
        self.shop.place_order()
        self.assertEqual(self.adapter._list_orders(self.woo, start, end), (refs, None))
        self.assertEqual(self.adapter._count_orders(self.woo, start, end), 3)
        events, following = self.adapter._fetch_window(self.woo, start, end)
        self.assertEqual(([e.order_ref for e in events], following), (refs, None))
        self.assertTrue(all(isinstance(self._parse(e), OrderDocument) for e in events))
        # The start is inside, the end is not.
        at = self.adapter._read(self.woo, "order.x", events[1].payload).placed_at
        self.assertEqual(self.adapter._list_orders(self.woo, at, end)[0], refs[1:])
        self.assertEqual(self.adapter._list_orders(self.woo, start, at)[0], refs[:1])

    def test_pages_of_a_window_are_walked_to_the_end(self):
        for _n in range(101):
            self.shop.place_order([("MUG", 1, "1.00")])
        start, end = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)
        first, cursor = self.adapter._list_orders(self.woo, start, end)
        second, last = self.adapter._list_orders(self.woo, start, end, cursor)
        self.assertEqual((len(first), cursor, len(second), last), (100, "2", 1, None))

    def test_fault_42_a_page_that_a_plugin_shortened_is_not_the_end(self):
        refs = [self.shop.place_order([("MUG", 1, "1.00")]) for _n in range(102)]
        start, end = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)
        self.shop.hidden = {int(refs[5])}
        for method, told in (
            (self.adapter._list_orders, lambda row: row),
            (self.adapter._fetch_window, lambda event: event.order_ref),
        ):
            found, cursor = [], None
            while True:
                rows, cursor = method(self.woo, start, end, cursor)
                found += map(told, rows)
                if not cursor:
                    break
            self.assertEqual(found, [ref for ref in refs if ref != refs[5]])
        found = self._sweep()
        self.assertEqual({event.order_ref for event in found}, {*refs} - {refs[5]})

    def test_fault_42_nothing_is_concluded_from_a_list_that_does_not_say_how_long_it_is(self):
        refs = [self.shop.place_order([("MUG", 1, "1.00")]) for _n in range(3)]
        self.shop.tells_counts = False
        start, end = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)
        for ask in (
            lambda: self.adapter._list_orders(self.woo, start, end),
            lambda: self.adapter._fetch_window(self.woo, start, end),
            lambda: self.adapter._fetch_listings(self.woo),
            lambda: self.adapter._fetch_taxes(self.woo),
        ):
            with self.assertRaisesRegex(FinalError, "X-WP-TotalPages"):
                ask()
        self.assertIsNone(self.adapter._count_orders(self.woo, start, end))
        # What is only taken in is taken in, until a page is empty.
        self.assertEqual({event.order_ref for event in self._sweep(limit=2)}, {*refs})

    def test_an_order_that_is_gone_gives_no_event(self):
        self.assertEqual(self.adapter._fetch_orders(self.woo, ["999"]), [])

    def test_listings_are_products_and_variations_but_not_what_is_sold_as_others(self):
        parent = self.shop.add_variable("Shirt")
        self.shop.add_product("SHIRT-B", "Shirt - Blue", parent=parent)
        self.shop.add_product("", "No SKU", quantity=4)
        listings, cursor = self.adapter._fetch_listings(self.woo)
        self.assertEqual(cursor, "variations/1")
        self.assertEqual([x.sku for x in listings][:2], ["MUG", "POT"])
        self.assertEqual(listings[2].sku, f"id:{listings[2].ref}")
        listings, cursor = self.adapter._fetch_listings(self.woo, cursor)
        self.assertEqual([(x.sku, x.parent_ref) for x in listings], [("SHIRT-B", parent)])
        self.assertIsNone(cursor)

    def test_which_names_are_a_variations_own_is_seen_by_its_product(self):
        parent = self.shop.add_variable("Shirt", "SHIRT", global_unique_id="4006381333931")
        self.shop.add_product("", "Shirt - S", parent=parent)
        self.shop.add_product("SHIRT-L", "Shirt - L", parent=parent)
        listings, _cursor = self.adapter._fetch_listings(self.woo, "variations/1")
        self.assertEqual(
            [(x.sku, x.is_sku_inherited, x.is_barcode_inherited) for x in listings],
            [("SHIRT", True, True), ("SHIRT-L", False, True)],
        )
        self.assertEqual(self._calls("/variations"), 1)
        self.assertEqual(self._calls("/products"), 1)

    def test_variations_of_a_shop_before_10_3_are_read_by_their_products(self):
        self.shop.lists_variations = False
        parents = [self.shop.add_variable(f"Shirt {n}", f"SHIRT-{n}") for n in range(21)]
        children = [self.shop.add_product("", "S", 5, parent=parent) for parent in parents]
        found, cursor, pages = [], None, []
        while True:
            listings, cursor = self.adapter._fetch_listings(self.woo, cursor)
            found += listings
            pages.append(cursor)
            if not cursor:
                break
        self.assertEqual(pages, ["variations/1", "parents/2", None])
        self.assertEqual([x.ref for x in found if x.parent_ref], children)
        self.assertEqual([x.parent_ref for x in found if x.parent_ref], parents)
        self.assertEqual({x.is_sku_inherited for x in found if x.parent_ref}, {True})
        listings = self.env["oms.channel.listing"].create(
            [
                {"channel_id": self.woo.id, "external_ref": ref, "parent_ref": parent, "sku": ref}
                for ref, parent in ((children[0], parents[0]), ("9999", parents[1]))
            ]
        )
        self.assertEqual(self.adapter._find_listed(self.woo, listings), {children[0]})

    def test_tax_rates_come_once_each(self):
        rows = {"id": 9, "country": "CA", "rate": "9.975", "name": "", "priority": 2}
        self.shop.tax_rates.append({**rows, "compound": True, "class": "standard"})
        same = {"included": True, "ref": "", "compound": False, "priority": 1}
        self.assertEqual(
            self.adapter._fetch_taxes(self.woo),
            [
                {"name": "VAT", "rate": Decimal("20").normalize(), **same},
                {"name": "VAT", "rate": Decimal("5"), **same},
                {
                    "name": "",
                    "rate": Decimal("9.975"),
                    "included": True,
                    "ref": "9",
                    "compound": True,
                    "priority": 2,
                },
            ],
        )

    def test_the_shop_says_how_it_rounds_taxes(self):
        self.assertEqual(self.adapter._fetch_tax_rounding(self.woo), "round_per_line")
        self.shop.settings["woocommerce_tax_round_at_subtotal"] = "yes"
        self.assertEqual(self.adapter._fetch_tax_rounding(self.woo), "round_globally")

    def test_compound_taxes_of_the_shop_are_read_as_such(self):
        data = fixture("order")
        data["tax_lines"] = [
            {"rate_id": 1, "label": "QST", "rate_percent": 9.975, "compound": True},
            {"rate_id": 2, "label": "GST", "rate_percent": 5, "compound": False},
        ]
        for line in (*data["line_items"], *data["shipping_lines"], *data["fee_lines"]):
            line["taxes"] = [{"id": 1, "total": "1.05"}, {"id": 2, "total": "0.50"}]
        found = [(t.ref, t.name, t.rate, t.compound) for t in read(data).lines[0].taxes]
        self.assertEqual(
            found,
            [("2", "GST", Decimal("5"), False), ("1", "QST", Decimal("9.975"), True)],
        )
