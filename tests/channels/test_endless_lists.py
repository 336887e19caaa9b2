"""A shop that says for ever that there is more: each list that is read in one go ends."""

import itertools
import json
from pathlib import Path
from unittest.mock import patch

from odoo.addons.oms_addon.channels import oms_channel_adapter_out
from odoo.addons.oms_addon.channels.prestashop.parse_cursor import Cursor
from odoo.addons.oms_addon.documents.channel import Listing
from odoo.addons.oms_addon.exceptions import FinalError
from odoo.addons.oms_addon.tools.http import Answer

from ..common import OmsCommon

ADDRESS = "https://one.myshopify.com"


class TestEndlessLists(OmsCommon):
    def _shop(self, adapter):
        return self.env["oms.channel"].create(
            {
                "name": adapter,
                "adapter": adapter,
                "base_url": ADDRESS if adapter != "amazon" else False,
                "account_ref": adapter == "amazon" and "A2EXAMPLE@A1PA6795UKMFR9",
                "api_key": "key",
                "api_secret": "secret",
                "webhook_secret": "hush",
            }
        )

    def _is_ended(self, call, asked, most=600):
        """Check that a call is refused in words after a bounded number of questions."""
        with self.assertRaisesRegex(FinalError, "could not be read and was ignored: the list"):
            call()
        self.assertLess(len(asked), most)

    def test_woocommerce_tells_ever_more_pages(self):
        shop, numbers = self._shop("woocommerce"), itertools.count()
        adapter = shop._adapter()
        for rows in (lambda: [{"id": 1}], lambda: [{"id": next(numbers)}]):
            asked = []

            def call(_self, _channel, _method, path, rows=rows, asked=asked, **_options):
                asked.append(path)
                headers = {"X-WP-TotalPages": "999999999"}
                return Answer(200, headers, json.dumps(rows()).encode())

            with patch.object(type(adapter), "_call", call):
                self._is_ended(lambda: adapter._all(shop, "/webhooks"), asked)
                self._is_ended(lambda: adapter._all(shop, "/x", is_open=True), asked, 1200)

    def test_shopify_tells_one_page_again_and_a_circle_of_pages(self):
        shop = self._shop("shopify")
        adapter = shop._adapter()
        for cursors in (["A"], ["A", "B", "C"]):
            ring, asked = itertools.cycle(cursors), []

            def graphql(_self, _channel, query, *_args, ring=ring, asked=asked):
                asked.append(query)
                page = {"nodes": [], "pageInfo": {"hasNextPage": True, "endCursor": next(ring)}}
                names = ("webhookSubscriptions", "locations")
                return {**dict.fromkeys(names, page), "node": page}

            with patch.object(type(adapter), "_graphql", graphql):
                self._is_ended(lambda: adapter._subscriptions(shop), asked, 6)
                self._is_ended(lambda: adapter._fetch_locations(shop), asked, 12)
                self._is_ended(
                    lambda: adapter._rest(shop, "query", "gid", lambda data: data["node"]),
                    asked,
                    18,
                )

    def test_amazon_tells_the_items_of_an_order_without_end(self):
        shop, asked = self._shop("amazon"), []
        adapter, tokens = shop._adapter(), itertools.count()

        def ask(*_args, **_options):
            asked.append(1)
            told = {"payload": {"OrderItems": [], "NextToken": f"t{next(tokens)}"}}
            return Answer(200, {}, json.dumps(told).encode())

        with patch.object(type(adapter), "_send_request", ask):
            self._is_ended(lambda: adapter._items(shop, "1"), asked)

    def test_prestashop_tells_orders_that_were_seen_on_every_page(self):
        shop, asked = self._shop("prestashop"), []
        adapter = shop._adapter()
        order = {"id": "1", "date_upd": "2026-03-01 10:00:00"}
        adapter_class = type(adapter)

        def dated(_self, _channel, _resource, **params):
            asked.append(params["limit"])
            return [order], None

        cursor = Cursor(ended=False)
        with (
            patch.object(adapter_class, "_get_dated", dated),
            patch.object(adapter_class, "_shop", lambda *a: {"zone": "UTC", "settings": {}}),
            patch.object(Cursor, "advance", lambda *a: []),
        ):
            self._is_ended(lambda: adapter._next_page(shop, cursor, 1), asked)

    def test_listings_that_come_again_page_after_page_are_said_and_end(self):
        shop, numbers = self._shop("woocommerce"), itertools.count(2)
        shop.state = "live"
        adapter = shop._adapter()

        def fetch(_self, _channel, cursor):
            return [Listing(ref="1", sku="MUG")], f"products/{next(numbers)}"

        with patch.object(type(adapter), "_fetch_listings", fetch):
            shop._fetch_listings_page()
            _count, problem = shop._try_listings_page()
        self.assertIn("the same page of listings repeatedly", problem)
        self.assertEqual(shop.alert_ids.mapped("code"), ["listings"])
        self.assertFalse(shop.listing_cursor)

    def test_a_listing_that_cannot_be_read_stops_no_other(self):
        shop = self._shop("woocommerce")

        def parse(row):
            return [Listing(ref=row["id"])]

        rows = [{"id": "1"}, {}, None, {"id": "2"}]
        found = shop._adapter()._parse_each(shop, rows, parse)
        self.assertEqual([listing.ref for listing in found], ["1", "2"])
        [alert] = shop.alert_ids
        self.assertEqual((alert.code, alert.level), ("listing_rows", "warning"))
        self.assertIn("2 listings could not be read and were skipped", alert.text)

    def test_every_loop_over_pages_counts_them(self):
        """Who reads a list to its end in one go counts its pages."""
        folder = Path(oms_channel_adapter_out.__file__).parent
        loops = ("while page", "while True", 'while page["pageInfo"]')
        sources = {
            path.relative_to(folder).as_posix(): path.read_text("utf-8")
            for path in folder.rglob("*.py")
        }
        reading = {
            name for name, source in sources.items() if any(loop in source for loop in loops)
        }
        self.assertEqual(
            {name.split("/")[0] for name in reading},
            {"amazon", "prestashop", "shopify", "woocommerce"},
        )
        self.assertEqual([name for name in reading if "self._turn(" not in sources[name]], [])
