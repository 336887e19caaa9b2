"""A list of listings that ended early is never taken for all there is."""

from odoo import fields

from odoo.addons.oms_addon.channels.prestashop import composing
from odoo.addons.oms_addon.documents.channel import Listing

from simulators.prestashop import PrestashopSimulator
from simulators.shopify import ShopifySimulator
from simulators.woocommerce import WoocommerceSimulator

from ..channels.fault_bench import FaultBench
from .test_oms_channel_listing import ListingCommon


class TestShortList(ListingCommon):
    """A channel that can only be asked for its whole list."""

    def setUp(self):
        super().setUp()
        self.told = [Listing(ref=f"v{n}", sku=f"SKU-{n}", name=f"Thing {n}") for n in range(10)]
        adapter = type(self.channel._adapter())
        self.patch(adapter, "_can_fetch_listings", True)
        self.patch(adapter, "_fetch_listings", lambda a, channel, cursor=None: (self.told, None))
        self._fetch()

    def _fetch(self):
        """Fetch the listings, a day after the last time."""
        for name in ("listings_started_at", "listings_before_at"):
            if self.channel[name]:
                self.channel[name] = fields.Datetime.subtract(self.channel[name], days=1)
        for listing in self._listings():
            listing.seen_at = fields.Datetime.subtract(listing.seen_at, days=1)
        self.channel.action_fetch_listings()

    def _gone(self):
        return self._listings().filtered(lambda l: l.status == "deleted").mapped("sku")

    def _alerts(self):
        return self.channel.alert_ids.filtered(lambda a: a.code == "listings_short")

    def test_a_few_that_are_missing_are_gone(self):
        self.told = self.told[:8]
        self._fetch()
        self.assertEqual(self._gone(), ["SKU-8", "SKU-9"])

    def test_a_list_that_is_much_shorter_closes_nothing_and_says_so(self):
        self.told = self.told[:3]
        self._fetch()
        self.assertEqual(self._gone(), [])
        self.assertIn("omitted 7 of its listings", self._alerts().text)

    def test_what_is_left_out_twice_is_gone(self):
        whole, self.told = self.told, self.told[:3]
        self._fetch()
        self.told = whole[:4]
        self._fetch()
        self.assertEqual(self._gone(), [f"SKU-{n}" for n in range(4, 10)])


class GoneCommon(FaultBench):
    def setUp(self):
        super().setUp()
        self._add("V1", "V2", "V3")
        self._fetch()
        self.assertEqual(self._statuses(), {"active"})
        # Longer ago than one fetch takes.
        self._listings().write({"seen_at": "2026-01-01 00:00:00"})

    def _add(self, *skus):
        for sku in skus:
            self.shop.add_product(sku, sku.title(), quantity=1)

    def _fetch(self):
        self.store.listing_cursor = False
        self.store._fetch_all_listings(60)
        self.assertFalse(self.store.listing_cursor)

    def _listings(self):
        return self.env["oms.channel.listing"].search([("channel_id", "=", self.store.id)])

    def _statuses(self):
        return set(self._listings().mapped("status"))

    def _check_short_and_whole(self):
        """See that a list cut short closes nothing, and what is deleted there is gone."""
        adapter = type(self.adapter)
        original = adapter._fetch_listings

        def cut(adapter, channel, cursor=None):
            return original(adapter, channel, cursor)[0][:1], None

        self.patch(adapter, "_fetch_listings", cut)
        self._fetch()
        self.assertEqual(self._statuses(), {"active"})
        self.patch(adapter, "_fetch_listings", original)
        self._listings().write({"seen_at": "2026-01-01 00:00:00"})
        self._delete("V2")
        self._fetch()
        gone = self._listings().filtered(lambda l: l.status == "deleted")
        self.assertEqual(gone.mapped("sku"), ["V2"])


class TestWoocommerceGone(GoneCommon):
    simulator = WoocommerceSimulator

    def _delete(self, sku):
        ref = next(ref for ref, row in self.shop.products.items() if row["sku"] == sku)
        del self.shop.products[ref]

    def test_a_short_list_closes_nothing(self):
        self._check_short_and_whole()

    def test_a_short_page_is_not_the_last_one(self):
        """A plugin of the shop takes a product out of a page of the list."""
        page_of = self.shop.page_of

        def filtered(rows, request):
            answer = page_of(rows, request)
            if request.path.endswith("/products") and "include" not in request.query:
                answer.headers["X-WP-TotalPages"] = "2"
                shown = [row for row in rows if row["sku"] != "MUG"]
                page = int(request.query["page"])
                answer.body = shown[:2] if page == 1 else shown[2:]
            return answer

        self.patch(self.shop, "page_of", filtered)
        self._fetch()
        self.assertEqual(self._statuses(), {"active"})
        seen = self._listings().filtered(lambda l: l.seen_at >= self.store.listings_started_at)
        self.assertEqual(set(seen.mapped("sku")), {"POT", "V1", "V2", "V3"})


class TestPrestashopGone(GoneCommon):
    simulator = PrestashopSimulator

    def _delete(self, sku):
        [row] = self.shop.rows("products", reference=sku)
        del self.shop.tables["products"][row["id"]]

    def test_a_short_list_closes_nothing(self):
        self._check_short_and_whole()

    def test_prices_are_read_with_the_decimals_of_the_shops_currency(self):
        self.shop.tables["currencies"][1]["precision"] = "3"
        composing._shops.clear()
        self.shop.add_product("FILS", "Fils", price="3.075")
        self._fetch()
        prices = {
            listing.sku: listing.price for listing in self.adapter._fetch_listings(self.store)[0]
        }
        self.assertEqual(str(prices["FILS"]), "3.075")


class TestShopifyGone(GoneCommon):
    simulator = ShopifySimulator

    def _delete(self, sku):
        del self.shop.variants[sku]

    def test_a_short_list_closes_nothing(self):
        self._check_short_and_whole()
