"""PrestaShop: what is asked of it."""

from datetime import datetime, timedelta
from decimal import Decimal

from odoo.addons.oms_addon.channels.prestashop.values import PAGE
from odoo.addons.oms_addon.exceptions import CredentialsError, RetryableError

from .common import UTC, PrestashopCommon


class TestPrestashopFetching(PrestashopCommon):
    def test_the_connection_works_and_says_in_words_when_it_does_not(self):
        def test():
            return self.adapter._test_connection(self.channel)

        self.assertEqual(test(), "")
        self.channel.base_url = f"{self.shop.url}/api/"
        self.assertEqual(test(), "")
        self.shop.permissions["order_slip"] = {"GET"}
        self.shop.permissions["taxes"] = set()
        self.assertIn("GET: taxes; POST: order_slip", test())
        self.shop.is_on = False
        self.assertIn("webservice is disabled", test())
        self.shop.is_on = True
        self.channel.api_key = "A" * 32
        self.assertIn("rejected the webservice key", test())
        self.channel.api_key = "short"
        self.assertIn("32 characters", test())
        self.channel.api_key = self.shop.key
        self.channel.base_url = f"{self.shop.url}/boutique"
        self.assertIn("no PrestaShop webservice at this address", test())
        self.channel.write({"base_url": "http://127.0.0.1:9", "api_key": self.shop.key})
        self.assertIn("refused the connection", test())
        self.channel.base_url = False
        self.assertIn("Enter the store address", test())

    def test_an_order_is_composed_with_few_calls_and_read_whole(self):
        ref = self.shop.place_order(
            (("MUG", 2, "12.00"), ("POT", 1, "6.00")),
            shipping="6.00",
            discount="3.00",
            tax_rate="20",
            note="Ring twice",
            company="Engines",
            vat_number="FR83404833048",
            gift_message="For you",
            name="Ada Byron",
        )
        [document] = self._fetch()
        self.assertEqual(document.ref, ref)
        self.assertEqual(document.problems(), ())
        self.assertEqual(document.total, Decimal("33.00"))
        self.assertEqual(document.customer.name, "Ada Byron")
        self.assertEqual(document.shipping.country, "FR")
        self.assertEqual(document.note, "Ring twice")
        self.assertEqual(document.placed_at, self.shop.now)
        self.assertEqual([c.amount for c in document.charges], [Decimal("33.00")])
        self.assertEqual({line.taxes[0].rate for line in document.lines}, {Decimal("20")})
        self.assertNotIn("passwd", str(self.adapter._fetch_orders(self.channel, [ref])))
        asked = sum(count for (method, _path), count in self.shop.calls.items() if method == "GET")
        self.shop.calls.clear()
        for _n in range(30):
            self.shop.place_order()
        self.assertEqual(len(self._fetch()), 30)
        self.assertLess(asked, 40)
        self.assertLessEqual(sum(self.shop.calls.values()), 19)

    def test_nothing_new_gives_nothing_and_the_old_cursor(self):
        self.shop.place_order()
        self._fetch()
        cursor = self.channel.cursor
        self.assertEqual(self._fetch(), [])
        self.assertEqual(self.channel.cursor, cursor)

    def test_pages_of_any_size_miss_and_repeat_nothing(self):
        refs = [self.shop.place_order() for _n in range(7)]
        found = self._fetch_all(limit=2)
        self.assertEqual([document.ref for document in found], refs)

    def test_a_second_that_holds_more_than_a_page_is_left(self):
        refs = [self.shop.place_order() for _n in range(5)]
        for order in self.shop.tables["orders"].values():
            order["date_upd"] = "2026-03-01 11:00:00"
        last = self.shop.place_order()
        self.shop.tables["orders"][int(last)]["date_upd"] = "2026-03-01 12:00:00"
        found = self._fetch_all(limit=2)
        self.assertEqual([document.ref for document in found], [*refs, last])

    def test_an_order_that_moves_while_pages_are_read_hides_no_other(self):
        refs = [self.shop.place_order() for _n in range(4)]
        found = self._fetch(limit=2)
        self.shop.touch(refs[0])
        found += self._fetch_all(limit=2)
        self.assertEqual({document.ref for document in found}, set(refs))

    def test_an_order_is_told_again_when_anything_of_it_changes(self):
        ref = self.shop.place_order(paid=False)
        [first] = self._fetch()
        self.shop.pay(ref)
        [paid] = self._fetch()
        self.assertTrue(paid.is_newer_than(first.version, first.updated_at))
        self.assertEqual([c.amount for c in paid.charges], [Decimal("20.00")])
        self.shop.edit_order(ref, (("MUG", 1, "10.00"),))
        [edited] = self._fetch()
        self.assertEqual(edited.total, Decimal("10.00"))
        self.shop.cancel_order(ref)
        [cancelled] = self._fetch()
        self.assertEqual(cancelled.status, "cancelled")

    def test_a_credit_slip_is_found_although_its_order_says_nothing(self):
        ref = self.shop.place_order()
        [before] = self._fetch()
        slip = self.shop.refund_order(ref, (("MUG", 1),))
        [document] = self._fetch()
        self.assertEqual([refund.ref for refund in document.refunds], [slip])
        self.assertTrue(document.is_newer_than(before.version, before.updated_at))
        self.assertEqual(self._fetch(), [])

    def test_the_same_state_of_an_order_is_one_event_whichever_way_it_comes(self):
        ref = self.shop.place_order()
        [polled], _cursor = self.adapter._fetch(self.channel)
        self.shop.tick(60)
        [asked] = self.adapter._fetch_orders(self.channel, [ref])
        # Not only the name is the same: another body would be a conflict.
        self.assertEqual(polled, asked)
        self.assertEqual(
            self.adapter._describe("orders", polled.payload), (polled.ref, polled.order_ref)
        )
        self.assertEqual(self.adapter._identify(self.channel, {}, polled.payload).order_ref, ref)

    def test_orders_of_a_window_are_listed_counted_and_fetched(self):
        start = self.shop.now
        refs = [self.shop.place_order() for _n in range(3)]
        end = self.shop.now
        self.shop.place_order()
        window = (start, end + timedelta(seconds=1))
        self.assertEqual(self.adapter._list_orders(self.channel, *window), (refs, refs[-1]))
        self.assertEqual(self.adapter._list_orders(self.channel, *window, refs[-1]), ([], None))
        self.assertEqual(self.adapter._count_orders(self.channel, *window), 3)
        events, following = self.adapter._fetch_window(self.channel, *window)
        self.assertEqual(([event.order_ref for event in events], following), (refs, refs[-1]))
        self.assertEqual(self.adapter._list_orders(self.channel, start, end)[0], refs[:2])
        nothing = (start - timedelta(days=2), start - timedelta(days=1))
        self.assertEqual(self.adapter._list_orders(self.channel, *nothing), ([], None))
        self.assertEqual(self.adapter._fetch_orders(self.channel, ["999"]), [])

    def test_a_window_over_the_hour_that_comes_twice_misses_nothing(self):
        self.shop.now = datetime(2026, 10, 25, 0, 50, tzinfo=UTC)
        first = self.shop.place_order()
        self.shop.now = datetime(2026, 10, 25, 1, 5, tzinfo=UTC)
        second = self.shop.place_order()
        refs, _cursor = self.adapter._list_orders(
            self.channel,
            datetime(2026, 10, 25, 0, 45, tzinfo=UTC),
            datetime(2026, 10, 25, 1, 15, tzinfo=UTC),
        )
        self.assertEqual(refs, [first, second])

    def test_only_the_shops_of_the_channel_are_asked(self):
        self.shop.insert("shops", name="Second", id_shop_group="1", active="1", deleted="0")
        self.shop.insert("shops", name="Third", id_shop_group="1", active="1", deleted="0")
        refs = [self.shop.place_order(shop=str(n)) for n in (1, 2, 3)]
        self.channel.account_ref = "2"
        self.assertEqual([d.ref for d in self._fetch()], [refs[1]])
        self.channel.write({"account_ref": "2, 3", "cursor": False})
        self.assertEqual([d.ref for d in self._fetch()], refs[1:])
        names = [place["name"] for place in self.adapter._fetch_locations(self.channel)]
        self.assertEqual(names, ["Second", "Third"])

    def test_products_and_combinations_are_listed_with_price_and_stock(self):
        self.shop.add_product("MUG", "Mug", "12.00", 5, tax_rate="20", image="123")
        self.shop.add_product(
            "SHIRT",
            "Shirt",
            "24.00",
            tax_rate="20",
            combinations=(("SHIRT-S", 3, "24.00"), ("SHIRT-L", 4, "30.00")),
        )
        listings, following = self.adapter._fetch_listings(self.channel)
        self.assertEqual(following, "2")
        self.assertEqual(
            [(x.ref, x.parent_ref, x.sku, x.price, x.quantity, x.name) for x in listings],
            [
                ("1", "", "MUG", Decimal("12.00"), Decimal(5), "Mug"),
                ("2-1", "2", "SHIRT-S", Decimal("24.00"), Decimal(3), "Shirt"),
                ("2-2", "2", "SHIRT-L", Decimal("30.00"), Decimal(4), "Shirt"),
            ],
        )
        self.assertEqual(listings[0].image_url, f"{self.shop.url}/img/p/1/2/3/123.jpg")
        self.assertEqual({listing.currency for listing in listings}, {"EUR"})
        self.assertEqual(
            self.adapter._fetch_taxes(self.channel),
            [{"name": "TVA 20%", "rate": Decimal("2E+1"), "included": True, "ref": "1"}],
        )

    def test_listings_come_in_pages(self):
        for n in range(PAGE + 1):
            self.shop.add_product(f"SKU-{n}", f"Thing {n}")
        first, following = self.adapter._fetch_listings(self.channel)
        second, following = self.adapter._fetch_listings(self.channel, following)
        self.assertEqual((len(first), len(second)), (PAGE, 1))
        # Only an empty page is the end: a shop may give less than it was asked for.
        self.assertEqual(self.adapter._fetch_listings(self.channel, following), ([], None))

    def test_fault_42_a_short_page_ends_no_list(self):
        refs = [self.shop.place_order() for _n in range(5)]
        products = [self.shop.add_product(f"SKU-{n}", f"Thing {n}") for n in range(5)]
        self.shop.page_limit = 2
        window = (self.shop.now - timedelta(days=1), self.shop.now + timedelta(days=1))
        for expected, method, told in (
            (refs, lambda c: self.adapter._list_orders(self.channel, *window, c), str),
            (
                refs,
                lambda c: self.adapter._fetch_window(self.channel, *window, c),
                lambda event: event.order_ref,
            ),
            (
                products,
                lambda c: self.adapter._fetch_listings(self.channel, c),
                lambda row: row.ref,
            ),
        ):
            found, cursor = [], None
            while True:
                rows, cursor = method(cursor)
                found += map(told, rows)
                if not cursor:
                    break
            self.assertEqual([ref for ref in found if ref in expected], expected)

    def test_a_permission_that_is_missing_is_named(self):
        self.shop.permissions["order_slip"] = set()
        with self.assertRaisesRegex(CredentialsError, "may not read order_slip"):
            self.adapter._fetch(self.channel)

    def test_fault_59_a_shop_that_is_busy_or_down_is_asked_again_later(self):
        self.shop.fail(1, 503)
        with self.assertRaises(RetryableError):
            self.adapter._fetch(self.channel)
        self.shop.place_order()
        self.assertEqual(len(self._fetch()), 1)

    def test_an_order_goes_its_whole_way(self):
        self.env["res.currency"].with_context(active_test=False).search(
            [("name", "=", "EUR")]
        ).active = True
        self.channel.action_go_live()
        ref = self.shop.place_order((("MUG", 2, "10.00"),), shipping="5.00")
        self.channel._fetch()
        self._run_lanes()
        order = self._order(ref)
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.amount_total, 25.0)
        self.assertEqual(order.oms_payment_state, "paid")
        self.assertEqual(order.order_line.filtered(lambda l: l.oms_kind == "product").product_id,
                         self.mug)  # fmt: skip
