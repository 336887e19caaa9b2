"""Which product a listing or an order line is: the channel's id, its own SKU, its own barcode."""

from odoo import fields

from odoo.addons.oms_addon.documents.channel import Listing

from simulators.prestashop import PrestashopSimulator
from simulators.shopify import ShopifySimulator
from simulators.woocommerce import WoocommerceSimulator

from ..channels.fault_bench import FaultBench
from ..push_shop import PushShopMixin
from .test_oms_channel_listing import ListingCommon


class IdentityMixin:
    """Two sizes of a shirt that the channel calls by one SKU."""

    def _variant(self, ref, sku="SHIRT", parent="P1", **values):
        return Listing(ref=ref, sku=sku, parent_ref=parent, name=f"Shirt {ref}", **values)

    def _sizes(self):
        """:return: the products of size S and L"""
        return (
            self._make_product("S-1", "Shirt S", stock=7),
            self._make_product("L-1", "Shirt L", stock=3),
        )

    def _products(self, order):
        return [(line.product_id, line.product_uom_qty) for line in order.order_line]


class TestIdentity(IdentityMixin, ListingCommon):
    def _line(self, number, ref="", sku="SHIRT", parent="P1", **values):
        names = {"listing_ref": ref, "parent_ref": parent if ref else "", "sku": sku}
        return {
            "ref": str(number),
            **names,
            "name": f"Shirt {ref}",
            "quantity": "1",
            "unit_price": "10.00",
            "taxes": [],
            **values,
        }

    def _order_of(self, ref, *lines):
        """:return: the inbox row of an order, after it was worked on"""
        document = {**self._document(ref, total=f"{10 * len(lines)}.00"), "lines": list(lines)}
        message = self._receive(document)
        self._run_lanes()
        return message

    def test_the_channels_id_goes_before_the_sku(self):
        self._list("OLD", self.pot, external_ref="v1")
        message = self._order_of("A1", self._line(1, "v1", "MUG", parent=""))
        self.assertEqual(self._products(message.order_id), [(self.pot, 1.0)])

    def test_a_line_may_name_its_listing_by_the_id_alone(self):
        self._list(False, self.pot, external_ref="v1")
        message = self._order_of(
            "A1", self._line(1, "v1", "", parent=""), self._line(2, "v9", "", parent="")
        )
        self.assertEqual((message.state, self._holds(message)), ("parked", ["UNKNOWN_SKU"]))
        self.assertEqual(message.hold_ids.listing_ref, "v9")
        message.hold_ids.product_id = self.mug
        self._run_lanes()
        self.assertEqual(self._products(message.order_id), [(self.pot, 1.0), (self.mug, 1.0)])

    def test_a_sku_that_variants_of_one_product_share_identifies_none_of_them(self):
        self._make_product("SHIRT", "Shirt of any size", stock=50)
        listings = self._report(
            self._variant("S"), self._variant("L"), self._variant("X", "SHIRT-X")
        )
        self.assertEqual(listings.mapped("is_sku_shared"), [True, True, False])
        self.assertEqual(listings.mapped("state"), ["unmatched"] * 3)
        self.assertEqual(listings.product_id, self.env["product.product"])
        self.assertEqual(self._resolve("SHIRT"), ({}, {}))

    def test_it_makes_no_difference_which_variant_comes_first_or_on_which_page(self):
        shirt = self._make_product("SHIRT", "Shirt of any size", stock=50)
        listings = self._report(self._variant("S"))
        self.assertEqual((listings.product_id, listings.matched_by), (shirt, "sku"))
        listings = self._report(self._variant("L"))
        self.assertEqual(listings.mapped("is_sku_shared"), [True, True])
        self.assertFalse(listings.product_id)

    def test_what_a_person_linked_stays_when_another_variant_shares_the_sku(self):
        size_s, _size_l = self._sizes()
        self._report(self._variant("S")).product_id = size_s
        listings = self._report(self._variant("L"), self._variant("S"))
        self.assertEqual(listings.mapped("product_id"), size_s)
        self.assertEqual(listings.mapped("state"), ["matched", "unmatched"])

    def test_a_variant_that_gets_a_sku_of_its_own_is_found_by_it(self):
        size_s, size_l = self._sizes()
        self._report(self._variant("S"), self._variant("L"))
        listings = self._report(self._variant("S", "S-1"), self._variant("L", "L-1"))
        self.assertEqual(listings.mapped("is_sku_shared"), [False, False])
        self.assertEqual([l.product_id for l in listings], [size_s, size_l])

    def test_the_last_variant_of_a_sku_is_identified_by_it_again(self):
        shirt = self._make_product("SHIRT", "Shirt of any size")
        self._report(self._variant("S"), self._variant("L"))
        self._report(self._variant("S", status="deleted"))
        listings = self._report(self._variant("L"))
        of_size = listings.filtered(lambda l: l.external_ref == "L")
        self.assertEqual((of_size.is_sku_shared, of_size.product_id), (False, shirt))

    def test_a_barcode_that_variants_share_identifies_none_of_them(self):
        self._make_product("ANY", "Any", barcode="4006381333931")
        listings = self._report(
            self._variant("S", "SHIRT-S", barcode="4006381333931"),
            self._variant("L", "SHIRT-L", barcode="4006381333931"),
        )
        self.assertEqual(listings.mapped("is_barcode_shared"), [True, True])
        self.assertFalse(listings.product_id)
        message = self._order_of("A1", self._line(1, "S", "", barcode="4006381333931"))
        self.assertEqual(self._holds(message), ["UNKNOWN_SKU"])

    def test_linking_one_size_lets_its_orders_go_and_no_others(self):
        size_s, size_l = self._sizes()
        self._report(self._variant("S"), self._variant("L"))
        small = self._order_of("A1", self._line(1, "S"))
        large = self._order_of("A2", self._line(1, "L"))
        both = self._order_of("A3", self._line(1, "S"), self._line(2, "L"))
        self.assertEqual((small | large | both).mapped("state"), ["parked"] * 3)
        self.assertEqual(sorted(both.hold_ids.mapped("listing_ref")), ["L", "S"])
        small.hold_ids.product_id = size_s
        self._run_lanes()
        self.assertEqual((small | large | both).mapped("state"), ["done", "parked", "parked"])
        self.assertEqual(self._products(small.order_id), [(size_s, 1.0)])
        large.hold_ids.product_id = size_l
        self._run_lanes()
        self.assertEqual(self._products(large.order_id), [(size_l, 1.0)])
        self.assertEqual(self._products(both.order_id), [(size_s, 1.0), (size_l, 1.0)])

    def test_a_listing_counts_the_orders_that_wait_for_its_id(self):
        self._report(self._variant("S"), self._variant("L"))
        self._order_of("A1", self._line(1, "S"))
        self._order_of("A2", self._line(1, "S"), self._line(2, "L"))
        listings = self._listings()
        self.assertEqual(listings.mapped("waiting_count"), [2, 1])
        waiting = listings.search([("waiting_count", ">", 0)])
        self.assertEqual(waiting, listings)

    def test_what_was_linked_from_an_order_is_found_by_its_id_and_not_by_its_sku(self):
        size_s, _size_l = self._sizes()
        small = self._order_of("A1", self._line(1, "S"))
        small.hold_ids.product_id = size_s
        self._run_lanes()
        listing = self._listings()
        self.assertEqual((listing.external_ref, listing.parent_ref), ("S", "P1"))
        large = self._order_of("A2", self._line(1, "L"))
        self.assertEqual((large.state, large.hold_ids.listing_ref), ("parked", "L"))
        listings = self._report(self._variant("S"), self._variant("L"))
        self.assertEqual(listings.mapped("product_id"), size_s)
        self.assertEqual(listings.mapped("state"), ["matched", "unmatched"])

    def test_a_second_listing_with_a_known_sku_is_the_same_product(self):
        self._report(Listing(ref="1", sku="MUG", name="Mug"))
        listings = self._report(Listing(ref="2", sku="mug", name="Mug again"))
        self.assertEqual(listings[1].alias_of_id, listings[0])
        self.assertEqual(listings.mapped("product_id"), self.mug)
        self.assertEqual([l.product_id for l in listings], [self.mug, self.mug])
        self.assertEqual(listings.mapped("state"), ["matched", "matched"])


class TestIdentityStock(IdentityMixin, PushShopMixin, ListingCommon):
    def setUp(self):
        super().setUp()
        self.channel = self.tiny

    def test_each_variant_shows_the_stock_of_its_own_product(self):
        size_s, size_l = self._sizes()
        listings = self._report(self._variant("S"), self._variant("L"))[2:]
        listings[0].product_id, listings[1].product_id = size_s, size_l
        self.env.cr.precommit.run()
        self._run_lanes("stock", "outbox")
        self.assertEqual(
            {ref: n for (ref, _place), n in self.shop.levels.items() if ref in ("S", "L")},
            {"S": 7, "L": 3},
        )

    def test_a_second_listing_with_a_known_sku_shows_its_stock(self):
        self._report(Listing(ref="again", sku="MUG", name="Mug again"))
        self.env.cr.precommit.run()
        self._run_lanes("stock", "outbox")
        self.assertEqual(self.shop.levels["again", "L1"], 100)


class VariantsCommon(IdentityMixin, FaultBench):
    def _fetch_listings(self):
        self.store._schedule_listing_fetch()
        for _page in range(10):
            self.store._fetch_listings_page()
            if not self.store.listing_cursor:
                break
        return self.env["oms.channel.listing"].search(
            [("channel_id", "=", self.store.id), ("parent_ref", "!=", False)], order="id"
        )

    def _buy_sizes(self, small, large):
        """Have somebody buy one of a size and two of the other."""
        self._buy([(small, 1, "10.00"), (large, 2, "10.00")])

    def _buy(self, lines):
        self.news()
        self.shop.place_order(lines, currency=self.currency)
        self.store._receive_many(self.polled())
        self._run_lanes()

    def _orders(self):
        return self.env["sale.order"].search(
            [("oms_channel_id", "=", self.store.id)], order="id desc"
        )


class TestWoocommerceVariants(VariantsCommon):
    simulator = WoocommerceSimulator

    def test_variations_without_a_sku_of_their_own_are_told_apart(self):
        size_s, size_l = self._sizes()
        self._make_product("SHIRT", "Shirt of any size", stock=50)
        parent = self.shop.add_variable("Shirt", "SHIRT")
        small = self.shop.add_product("", "Shirt S", quantity=1, parent=parent)
        large = self.shop.add_product("", "Shirt L", quantity=1, parent=parent)
        self._buy_sizes(f"id:{small}", f"id:{large}")
        holds = self.env["oms.hold"].search([("channel_id", "=", self.store.id)])
        self.assertEqual({h.listing_ref for h in holds}, {small, large})
        self.assertEqual(set(holds.mapped("sku")), {"SHIRT"})
        listings = self._fetch_listings()
        self.assertEqual(listings.mapped("external_ref"), [small, large])
        self.assertFalse(listings.product_id)
        listings[0].product_id, listings[1].product_id = size_s, size_l
        self._run_lanes()
        self.assertEqual(self._products(self._orders()), [(size_s, 1.0), (size_l, 2.0)])

    def test_an_unknown_variation_has_the_listings_fetched_and_its_order_goes_on(self):
        size_s, size_l = self._sizes()
        self._fetch_listings()
        parent = self.shop.add_variable("Shirt", "SHIRT")
        small = self.shop.add_product("S-NEW", "Shirt S", quantity=1, parent=parent)
        large = self.shop.add_product("L-NEW", "Shirt L", quantity=1, parent=parent)
        self.store.listings_fetched_at = "2026-01-01"
        self._buy_sizes("S-NEW", "L-NEW")
        self.assertFalse(self._orders())
        self.shop.variations[int(small)]["sku"] = "S-1"
        self.shop.variations[int(large)]["sku"] = "L-1"
        self._run_lanes("listings", "inbox", "orders", "fulfilment", "allocator")
        self.assertEqual(self._products(self._orders()), [(size_s, 1.0), (size_l, 2.0)])
        holds = self.env["oms.hold"].search([("channel_id", "=", self.store.id)])
        self.assertEqual(holds.mapped("state"), ["released", "released"])

    def test_the_first_order_of_a_variation_is_not_known_by_the_sku_of_its_product(self):
        shirt = self._make_product("SHIRT", "Shirt of any size", stock=50)
        size_s, _size_l = self._sizes()
        parent = self.shop.add_variable("Shirt", "SHIRT")
        # The only one without a SKU of its own: nobody shares the SKU it is shown with.
        self.shop.add_product("L-1", "Shirt L", quantity=1, parent=parent)
        small = self.shop.add_product("", "Shirt S", quantity=1, parent=parent)
        self._buy([(f"id:{small}", 1, "10.00")])
        self.assertFalse(self._orders())
        listing = self._fetch_listings().filtered(lambda l: l.external_ref == small)
        self.assertEqual((listing.sku, listing.is_sku_shared), ("SHIRT", True))
        self.assertFalse(listing.product_id)
        self._run_lanes()
        self.assertFalse(self._orders())
        listing.product_id = size_s
        self._run_lanes()
        self.assertEqual(self._products(self._orders()), [(size_s, 1.0)])
        self.assertEqual(shirt.free_qty, 50.0)

    def test_a_message_about_a_variation_does_not_make_its_products_sku_its_own(self):
        self._make_product("SHIRT", "Shirt of any size", stock=50)
        size_s, _size_l = self._sizes()
        parent = self.shop.add_variable("Shirt", "SHIRT")
        small = self.shop.add_product("", "Shirt S", quantity=1, parent=parent)
        large = self.shop.add_product("S-1", "Shirt S one", quantity=1, parent=parent)
        self.store.listings_fetched_at = "2026-01-01"
        self.settle()
        listings = self.env["oms.channel.listing"].search(
            [("channel_id", "=", self.store.id), ("external_ref", "in", [small, large])]
        )
        # Nothing is known yet; the fetch it asked for tells.
        self.assertEqual(listings.mapped("product_id"), self.env["product.product"])
        self.assertTrue(self.store.listings_due_at <= fields.Datetime.now())
        self._run_lanes("listings")
        of = {listing.external_ref: listing for listing in listings}
        self.assertEqual((of[small].product_id.id, of[large].product_id), (False, size_s))
        # A later message does not know either, and keeps what is known.
        for ref in (small, large):
            self.shop.product_changed(self.shop.variations[int(ref)])
        self.settle()
        self.assertEqual((of[small].product_id.id, of[large].product_id), (False, size_s))


class TestPrestashopVariants(VariantsCommon):
    simulator = PrestashopSimulator

    def test_the_first_order_of_a_combination_is_not_known_by_its_products_reference(self):
        self._make_product("demo_1", "Shirt of any size", stock=50)
        size_s, _size_l = self._sizes()
        product = self.shop.add_product(
            "demo_1", "Shirt", combinations=[("", 1, "10.00"), ("L-1", 1, "10.00")]
        )
        small = f"{product}-{self.shop.rows('combinations', id_product=product)[0]['id']}"
        self._buy([(small, 1, "10.00")])
        self.assertFalse(self._orders())
        listing = self._fetch_listings().filtered(lambda l: l.external_ref == small)
        self.assertFalse(listing.product_id)
        self._run_lanes()
        self.assertFalse(self._orders())
        listing.product_id = size_s
        self._run_lanes()
        self.assertEqual(self._products(self._orders()), [(size_s, 1.0)])

    def test_combinations_with_the_reference_of_their_product_are_told_apart(self):
        size_s, size_l = self._sizes()
        self._make_product("demo_1", "Shirt of any size", stock=50)
        for own in ("demo_1", ""):
            with self.subTest(own=own):
                product = self.shop.add_product(
                    "demo_1", "Shirt", combinations=[(own, 1, "10.00"), (own, 1, "10.00")]
                )
                small, large = (
                    f"{product}-{row['id']}"
                    for row in self.shop.rows("combinations", id_product=product)
                )
                listings = self._fetch_listings().filtered(lambda l, p=product: l.parent_ref == p)
                self.assertEqual(listings.mapped("external_ref"), [small, large])
                self.assertFalse(listings.product_id)
                listings[0].product_id, listings[1].product_id = size_s, size_l
                self._buy_sizes(small, large)
                order = self._orders()[:1]
                self.assertEqual(self._products(order), [(size_s, 1.0), (size_l, 2.0)])


class TestShopifyVariants(VariantsCommon):
    simulator = ShopifySimulator

    def test_the_variants_id_goes_before_its_sku(self):
        size_s, size_l = self._sizes()
        self.shop.add_product("S-1", "Shirt S", quantity=5)
        self.shop.add_product("L-1", "Shirt L", quantity=5)
        listings = self._fetch_listings().filtered(lambda l: l.sku in ("S-1", "L-1"))
        # A person says that the store mixed the two up.
        by_sku = {l.sku: l for l in listings}
        by_sku["S-1"].product_id, by_sku["L-1"].product_id = size_l, size_s
        self._buy_sizes("S-1", "L-1")
        self.assertEqual(self._products(self._orders()), [(size_l, 1.0), (size_s, 2.0)])
