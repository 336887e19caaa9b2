from datetime import datetime, timezone
from decimal import Decimal
from unittest.mock import patch

from psycopg2 import IntegrityError
from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from odoo.addons.oms_addon.documents.channel import Listing, ListingDocument
from odoo.addons.oms_addon.exceptions import FinalError, RateLimited, RetryableError

from ..common import OmsCommon

FETCH = "odoo.addons.oms_addon.models.listing.oms_channel_listing_fetch"


class ListingCommon(OmsCommon):
    def _list(self, sku, product=None, **values):
        return self.env["oms.channel.listing"].create(
            {
                "channel_id": self.channel.id,
                "sku": sku,
                "product_id": product.id if product else False,
                **values,
            }
        )

    def _resolve(self, *skus, barcodes=()):
        return self.env["oms.channel.listing"]._resolve(self.channel, skus, barcodes)

    def _report(self, *listings, at=False):
        """:return: the listings after the channel told some of them"""
        self.env["oms.channel.listing"]._upsert(self.channel, [(l, at) for l in listings])
        self.env.flush_all()
        return self._listings()

    def _listings(self):
        return self.env["oms.channel.listing"].search(
            [("channel_id", "=", self.channel.id)], order="id"
        )

    def _suggest(self):
        self.env["oms.channel.listing"]._suggest_due()


class TestListing(ListingCommon):
    def test_a_listing_goes_before_reference_and_barcode(self):
        self.pot.barcode = "MUG"
        self._list("MUG", self.pot, multiplier=6)
        found, _barcodes = self._resolve("MUG")
        self.assertEqual(found, {"MUG": (self.pot, 6)})

    def test_case_and_spaces_of_a_sku_do_not_count(self):
        self.pot.default_code = " Pot"
        found, _barcodes = self._resolve(" mug ", "pot")
        self.assertEqual(found, {"MUG": (self.mug, 1.0), "POT": (self.pot, 1.0)})

    def test_a_barcode_is_the_last_resort(self):
        self.pot.barcode = "5012345678900"
        found, barcodes = self._resolve("5012345678900", barcodes=["5012345678900"])
        self.assertEqual(found, {"5012345678900": (self.pot, 1.0)})
        self.assertEqual(barcodes["5012345678900"], (self.pot, 1.0))

    def test_the_barcode_of_a_packaging_says_how_many_units_there_are(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.env["product.uom"].create(
            {"product_id": self.mug.id, "uom_id": dozen.id, "barcode": "5012345678917"}
        )
        found, barcodes = self._resolve("BOX", barcodes=["5012345678917"])
        self.assertEqual(found, {})
        self.assertEqual(barcodes, {"5012345678917": (self.mug, 12.0)})

    def test_what_is_not_matched_resolves_nothing(self):
        self._list("NEW", suggested_product_id=self.pot.id)
        self._list("OLD", self.pot, is_ignored=True)
        self.assertEqual(self._resolve("NEW", "OLD"), ({}, {}))

    def test_a_line_with_a_barcode_only_finds_the_listing_mapped_for_it(self):
        self._list("4006381333931", self.pot)
        self._list("SIX", self.mug, multiplier=6, barcode="4006381333948")
        _found, barcodes = self._resolve(barcodes=["4006381333931", "4006381333948"])
        self.assertEqual(
            barcodes, {"4006381333931": (self.pot, 1.0), "4006381333948": (self.mug, 6.0)}
        )

    def test_an_alias_follows_its_listing(self):
        main = self._list("SIX", self.mug, multiplier=6)
        alias = self.env["oms.channel.listing"].create(
            {"channel_id": self.channel.id, "sku": "SIX-OLD", "alias_of_id": main.id}
        )
        main.write({"product_id": self.pot.id, "multiplier": 12})
        self.assertEqual((alias.product_id, alias.multiplier), (self.pot, 12))
        main.product_id = False
        self.assertEqual((alias.product_id.id, alias.state), (False, "unmatched"))

    def test_the_database_refuses_the_same_sku_twice(self):
        self._list("SIX", self.mug)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._list("six ", self.pot)

    def test_the_database_refuses_a_listing_without_any_name(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._list(" ", self.mug)

    def test_fault_10_mapping_the_sku_once_releases_every_order_that_waits(self):
        orders = [
            self._document(f"A{i}", [("NEW", 1, "10.00"), ("MUG", 1, "5.00")]) for i in range(3)
        ]
        messages = self.env["oms.channel.message"].concat(*map(self._receive, orders))
        self._run_lanes()
        self.assertEqual(messages.mapped("state"), ["parked"] * 3)
        self.assertFalse(messages.order_id)
        self._list("NEW", self.pot)
        self._run_lanes()
        self.assertEqual(messages.mapped("state"), ["done"] * 3)
        self.assertEqual(len(messages.order_id), 3)
        for order in messages.order_id:
            self.assertEqual(order.order_line.product_id, self.pot + self.mug)

    def test_a_listing_counts_the_orders_that_wait_for_it_and_lets_them_go(self):
        documents = [self._document(f"A{i}", [("NEW", 1, "10.00")]) for i in range(2)]
        messages = self.env["oms.channel.message"].concat(*map(self._receive, documents))
        self._run_lanes()
        listing, other = self._list("NEW"), self._list("OTHER")
        self.assertEqual((listing.waiting_count, other.waiting_count), (2, 0))
        listing.product_id = self.pot
        self._run_lanes()
        self.assertEqual(messages.mapped("state"), ["done", "done"])
        listing.invalidate_recordset()
        self.assertEqual(listing.waiting_count, 0)

    def test_choosing_the_product_on_the_exception_maps_the_sku(self):
        message = self._receive(self._document("A1", [("NEW", 1, "10.00")]))
        self._run_lanes()
        message.hold_ids.product_id = self.pot
        self._run_lanes()
        self.assertEqual(message.state, "done")
        listing = self.env["oms.channel.listing"].search([("channel_id", "=", self.channel.id)])
        self.assertRecordValues(
            listing,
            [
                {
                    "sku": "NEW",
                    "product_id": self.pot.id,
                    "multiplier": 1,
                    "state": "matched",
                    "matched_by": "hand",
                }
            ],
        )


class TestReported(ListingCommon):
    def test_what_a_channel_offers_is_kept_as_it_says_it(self):
        listing = self._report(
            Listing(
                ref="v1",
                item_ref="i1",
                parent_ref="p1",
                sku="mug",
                barcode="4006381333931",
                name="Mug, blue",
                price=Decimal("12.50"),
                currency="EUR",
                image_url="https://shop.example/mug.png",
                status="inactive",
            )
        )
        euro = self.env.ref("base.EUR")
        self.assertRecordValues(
            listing,
            [
                {
                    "external_ref": "v1",
                    "item_ref": "i1",
                    "parent_ref": "p1",
                    "sku": "mug",
                    "barcode": "4006381333931",
                    "name": "Mug, blue",
                    "price": 12.5,
                    "currency_id": euro.id,
                    "image_url": "https://shop.example/mug.png",
                    "status": "inactive",
                    "product_id": self.mug.id,
                    "multiplier": 1.0,
                    "state": "matched",
                    "matched_by": "sku",
                }
            ],
        )

    def test_telling_it_again_changes_only_what_is_another(self):
        first = self._report(Listing(ref="v1", sku="MUG", name="Mug", barcode="123"))
        again = self._report(Listing(ref="v1", sku="MUG", name="Big mug", status="inactive"))
        self.assertEqual(first, again)
        self.assertRecordValues(
            again, [{"name": "Big mug", "barcode": "123", "status": "inactive", "sku": "MUG"}]
        )

    def test_an_older_word_does_not_undo_a_newer_one(self):
        self._report(Listing(ref="v1", sku="MUG", name="New"), at=datetime(2026, 3, 2))
        self._report(Listing(ref="v1", sku="MUG", name="Old"), at=datetime(2026, 3, 1))
        self.assertEqual(self._listings().name, "New")

    def test_a_listing_made_by_hand_is_the_one_the_channel_tells(self):
        mine = self._list("SIX", self.mug, multiplier=6)
        told = self._report(Listing(ref="v1", sku="six", name="Six mugs"))
        self.assertEqual(told, mine)
        self.assertRecordValues(
            told,
            [{"external_ref": "v1", "sku": "six", "product_id": self.mug.id, "multiplier": 6.0}],
        )

    def test_a_sku_the_channel_uses_twice_makes_an_alias(self):
        first, second = self._report(
            Listing(ref="v1", sku="SIX", name="Six mugs"), Listing(ref="v2", sku="SIX", name="Six")
        )
        self.assertEqual(second.alias_of_id, first)
        third = self._report(Listing(ref="v3", sku="six")) - first - second
        self.assertEqual(third.alias_of_id, first)
        first.write({"product_id": self.mug.id, "multiplier": 6})
        self.assertEqual(third.mapped(lambda l: (l.product_id, l.multiplier)), [(self.mug, 6.0)])
        self.assertEqual(self._resolve("SIX")[0], {"SIX": (self.mug, 6.0)})

    def test_a_listing_without_a_sku_is_kept_and_shown(self):
        listing = self._report(Listing(ref="v1", name="Mug without a number"))
        self.assertRecordValues(
            listing, [{"state": "unmatched", "display_name": "Mug without a number"}]
        )

    def test_of_a_product_that_is_gone_all_variants_are(self):
        self._report(
            Listing(ref="v1", parent_ref="p1", sku="MUG"),
            Listing(ref="v2", parent_ref="p1", sku="POT"),
            Listing(ref="v3", parent_ref="p2", sku="X"),
        )
        listings = self._report(Listing(ref="p1", parent_ref="p1", status="deleted"))
        self.assertEqual(listings.mapped("status"), ["deleted", "deleted", "active"])
        self.assertEqual(self._resolve("MUG")[0], {"MUG": (self.mug, 1.0)})
        self.assertEqual(set(listings._stock_needs()), set())

    def test_what_was_gone_and_is_made_again_keeps_its_product(self):
        self._report(Listing(ref="v1", sku="SIX"))
        listing = self._listings()
        listing.write({"product_id": self.mug.id, "multiplier": 6})
        self._report(Listing(ref="v1", status="deleted"))
        self.assertEqual(listing.status, "deleted")
        again = self._report(Listing(ref="v9", sku="SIX"))
        self.assertEqual(again, listing)
        self.assertRecordValues(
            again, [{"external_ref": "v9", "status": "active", "multiplier": 6.0}]
        )

    def test_two_listings_may_exchange_their_skus(self):
        self._report(Listing(ref="v1", sku="MUG"), Listing(ref="v2", sku="POT"))
        listings = self._report(Listing(ref="v1", sku="POT"), Listing(ref="v2", sku="MUG"))
        self.assertRecordValues(
            listings,
            [
                {"sku": "POT", "product_id": self.pot.id},
                {"sku": "MUG", "product_id": self.mug.id},
            ],
        )

    def test_orders_under_the_old_sku_of_a_mapped_listing_still_find_it(self):
        self._report(Listing(ref="v1", sku="SIX"))
        self._listings().write({"product_id": self.mug.id, "multiplier": 6})
        self._report(Listing(ref="v1", sku="SIX-PACK"))
        self.assertEqual(
            self._resolve("SIX", "SIX-PACK")[0],
            {"SIX": (self.mug, 6.0), "SIX-PACK": (self.mug, 6.0)},
        )

    def test_a_listing_renamed_to_a_sku_in_use_leaves_its_aliases_their_product(self):
        self._report(
            Listing(ref="v1", sku="SIX"), Listing(ref="v2", sku="SIX"), Listing(ref="v3", sku="POT")
        )
        first, third, second = self._listings()
        first.write({"product_id": self.mug.id, "multiplier": 6})
        self._report(Listing(ref="v1", sku="POT"))
        self.assertEqual(first.alias_of_id, third)
        self.assertRecordValues(
            second, [{"alias_of_id": False, "product_id": self.mug.id, "multiplier": 6.0}]
        )
        self.assertEqual(first.product_id, self.pot)

    def test_what_another_lane_made_just_now_is_taken_again(self):
        told = [(Listing(ref="v1", sku="NEW"), False)]
        Listings = self.env["oms.channel.listing"]
        known = Listings._known(self.channel, [told[0][0]])
        self._report(told[0][0])
        with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
            Listings._create_listed(self.channel, told, known)

    def test_a_hundred_listings_cost_no_query_each(self):
        self.env["oms.channel.listing"]._upsert(self.channel, [(Listing(ref="v0"), False)])
        document = ListingDocument(
            listings=tuple(
                Listing(ref=f"v{n}", sku=f"SKU-{n}", name=f"Thing {n}", price=Decimal(n))
                for n in range(1, 101)
            ),
            updated_at=datetime(2026, 3, 1, tzinfo=timezone.utc),
        )
        message = self._receive(b"{}", "e1", topic="listings")
        self.env.flush_all()
        with self.assertQueryCount(25):
            self.env["oms.channel.listing"]._import_documents(self.channel, [(message, document)])
            self.env.flush_all()
        self.assertEqual(message.state, "done")
        self.assertEqual(len(self._listings()), 101)
        newer = ListingDocument(
            listings=tuple(
                Listing(ref=f"v{n}", sku=f"SKU-{n}", name=f"Thing {n}", price=Decimal(n + 1))
                for n in range(1, 101)
            ),
        )
        message = self._receive(b"{}", "e2", topic="listings")
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(25):
            self.env["oms.channel.listing"]._import_documents(self.channel, [(message, newer)])
            self.env.flush_all()
        self.assertEqual(sum(self._listings().mapped("price")), sum(range(2, 102)))

    def test_a_message_of_listings_is_taken_in_by_the_inbox(self):
        document = ListingDocument(listings=(Listing(ref="v1", sku="MUG", name="Mug"),))
        message = self._receive(document.to_dict(), "e1", topic="listings")
        self._run_lanes("inbox")
        self.assertEqual((message.state, message.error), ("done", "Listings imported."))
        self.assertEqual(self._listings().product_id, self.mug)

    def test_what_the_channel_shows_is_told_to_the_stock(self):
        self._report(Listing(ref="v1", item_ref="i1", sku="MUG"))
        listing = self._listings()
        with patch.object(type(self.env["oms.channel.stock"]), "_note_seen") as note:
            self._report(
                Listing(ref="v1", sku="MUG", quantity=Decimal(4), location_ref="A"),
                Listing(ref="v1", sku="MUG", quantity=Decimal(5), location_ref="B"),
                Listing(ref="", item_ref="i1", quantity=Decimal(6), location_ref="A"),
                Listing(ref="", item_ref="i9", quantity=Decimal(7)),
                Listing(ref="v2", sku="NEW", quantity=Decimal(8)),
            )
        [[_channel, seen], _kwargs] = note.call_args
        new = self._listings() - listing
        self.assertEqual(
            seen, [(listing, "A", 4), (listing, "B", 5), (listing, "A", 6), (new, "", 8)]
        )
        self.assertEqual(len(new), 1)


class TestMatch(ListingCommon):
    def test_sku_goes_before_barcode(self):
        self.pot.barcode = "4006381333931"
        listings = self._report(
            Listing(ref="v1", sku="Mug", barcode="4006381333931"),
            Listing(ref="v2", sku="X", barcode="4006381333931"),
        )
        self.assertRecordValues(
            listings,
            [
                {"product_id": self.mug.id, "matched_by": "sku"},
                {"product_id": self.pot.id, "matched_by": "barcode"},
            ],
        )

    def test_a_packaging_of_the_product_gives_the_units(self):
        self.env["product.uom"].create(
            {
                "product_id": self.mug.id,
                "uom_id": self.env.ref("uom.product_uom_dozen").id,
                "barcode": "5012345678917",
            }
        )
        listing = self._report(Listing(ref="v1", sku="BOX", barcode="5012345678917"))
        self.assertRecordValues(
            listing, [{"product_id": self.mug.id, "multiplier": 12.0, "matched_by": "barcode"}]
        )

    def test_a_product_of_another_company_is_none(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._make_product("VASE", "Vase", company_id=other.id)
        listing = self._report(Listing(ref="v1", sku="VASE", name="Vase"))
        self._suggest()
        self.assertEqual(listing.state, "unmatched")

    def test_a_product_made_later_is_found_at_the_next_look(self):
        listing = self._report(Listing(ref="v1", sku="VASE"))
        vase = self._make_product("VASE", "Vase")
        self.assertEqual(listing._match(), listing)
        self.assertRecordValues(listing, [{"product_id": vase.id, "matched_by": "sku"}])

    def test_likeness_suggests_and_never_maps(self):
        listing, other = self._report(
            Listing(ref="v1", sku="X-1", name="Enamel mugs"), Listing(ref="v2", name="Bicycle")
        )
        self._suggest()
        self.assertRecordValues(
            listing + other,
            [
                {
                    "state": "suggested",
                    "product_id": False,
                    "suggested_product_id": self.mug.id,
                    "suggestion_reason": "matching words: mug",
                },
                {
                    "state": "unmatched",
                    "product_id": False,
                    "suggested_product_id": False,
                    "suggestion_reason": False,
                },
            ],
        )
        self.assertEqual(self._resolve("X-1")[0], {})
        self.assertFalse((listing + other).filtered("suggestion_due"))

    def test_what_a_person_said_on_another_channel_is_suggested_with_its_units(self):
        other = self._make_channel("Market")
        self._list("SIX", self.mug, multiplier=6, channel_id=other.id)
        listing = self._report(Listing(ref="v1", sku="six", name="A pot"))
        self._suggest()
        self.assertRecordValues(
            listing,
            [
                {
                    "state": "suggested",
                    "suggested_product_id": self.mug.id,
                    "suggestion_score": 95,
                    "suggestion_reason": "linked on Market",
                }
            ],
        )
        listing.action_accept()
        self.assertRecordValues(
            listing,
            [{"product_id": self.mug.id, "multiplier": 6.0, "matched_by": "suggestion"}],
        )

    def test_accepting_a_suggestion_lets_the_orders_go_that_wait(self):
        message = self._receive(self._document("A1", [("X-1", 1, "10.00")]))
        self._run_lanes()
        self.assertEqual(message.state, "parked")
        listing, other = self._report(
            Listing(ref="v1", sku="X-1", name="Mug"), Listing(ref="v2", sku="X-2", name="Bicycle")
        )
        self._suggest()
        (listing + other).action_accept()
        self.assertEqual((listing + other).mapped("state"), ["matched", "unmatched"])
        self._run_lanes()
        self.assertEqual(message.state, "done")
        self.assertEqual(message.order_id.order_line.product_id, self.mug)

    def test_what_is_ignored_is_asked_no_more_until_a_product_is_chosen(self):
        listing = self._report(Listing(ref="v1", sku="X-1", name="Mug"))
        listing.action_ignore()
        self._suggest()
        self.assertRecordValues(listing, [{"state": "ignored", "suggested_product_id": False}])
        listing.product_id = self.pot
        self.assertRecordValues(listing, [{"state": "matched", "is_ignored": False}])

    def test_a_product_is_made_from_a_listing(self):
        message = self._receive(self._document("A1", [("VASE-1", 1, "10.00")]))
        self._run_lanes()
        listing = self._report(
            Listing(ref="v1", sku="VASE-1", barcode="4006381333931", name="Vase", price=Decimal(9))
        )
        listing.action_create_product()
        self.assertRecordValues(
            listing.product_id,
            [
                {
                    "name": "Vase",
                    "default_code": "VASE-1",
                    "barcode": "4006381333931",
                    "list_price": 9.0,
                    "is_storable": True,
                }
            ],
        )
        self._run_lanes()
        self.assertEqual(message.order_id.order_line.product_id, listing.product_id)


class TestFetch(ListingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        adapter = type(cls.env["oms.channel.adapter.canonical"])
        cls.pages = {}
        cls.asked = []

        def fetch_listings(self, channel, cursor=None):
            cls.asked.append(cursor)
            page = cls.pages[cursor]
            if isinstance(page, Exception):
                raise page
            return page

        for name, value in (("_can_fetch_listings", True), ("_fetch_listings", fetch_listings)):
            patcher = patch.object(adapter, name, value)
            patcher.start()
            cls.addClassCleanup(patcher.stop)

    def setUp(self):
        super().setUp()
        self.asked.clear()
        self.pages.clear()
        self.pages.update(
            {
                None: ([Listing(ref="v1", sku="MUG"), Listing(ref="v2", sku="X")], "2"),
                "2": ([Listing(ref="v3", sku="POT")], None),
            }
        )

    def _run_job(self):
        return self.env["oms.channel"]._run_listings()

    def test_the_lane_asks_page_by_page_once_a_day(self):
        self.assertEqual(self._run_job(), 2)
        self.assertRecordValues(
            self.channel, [{"listing_cursor": "2", "listings_fetched_at": False}]
        )
        self.assertEqual(self._run_job(), 1)
        self.assertFalse(self.channel.listing_cursor)
        self.assertTrue(self.channel.listings_fetched_at)
        self.assertEqual(self.asked, [None, "2"])
        self.assertEqual(self._run_job(), 1)
        self.assertEqual(self._run_job(), 0)
        self.assertEqual(self.asked, [None, "2"])
        self.assertEqual(self._listings().mapped("state"), ["matched", "unmatched", "matched"])
        self.channel.listings_due_at = fields.Datetime.now()
        self._run_job()
        self.assertEqual(self.asked, [None, "2", None])

    def test_what_is_not_told_any_more_is_gone(self):
        self._list("BY-HAND", self.pot)
        self.channel.action_fetch_listings()
        self.pages["2"] = ([], None)
        self._listings().write({"seen_at": "2026-01-01 00:00:00"})
        self.channel.action_fetch_listings()
        self.assertEqual(
            self._listings().mapped(lambda l: (l.sku, l.status)),
            [("BY-HAND", "active"), ("MUG", "active"), ("X", "active"), ("POT", "deleted")],
        )

    def test_a_channel_that_tells_nothing_has_not_lost_everything(self):
        self.channel.action_fetch_listings()
        self._listings().write({"seen_at": "2026-01-01 00:00:00"})
        self.pages[None] = ([], None)
        self.channel.action_fetch_listings()
        self.assertEqual(self._listings().mapped("status"), ["active"] * 3)

    def test_the_button_fetches_suggests_and_says_how_many_came(self):
        self.pages["2"] = ([Listing(ref="v3", sku="Y", name="Mug, enamel")], None)
        action = self.channel.action_fetch_listings()
        self.assertEqual(
            (action["params"]["type"], action["params"]["message"]),
            ("success", "Listings fetched: 3."),
        )
        self.assertEqual(self._listings().mapped("state"), ["matched", "unmatched", "suggested"])

    def test_what_takes_long_goes_on_behind(self):
        with patch(f"{FETCH}.BUTTON_SECONDS", -1):
            action = self.channel.action_fetch_listings()
        self.assertEqual(
            action["params"]["message"], "Listings fetched: 2. More are being fetched."
        )
        self.assertEqual(self._run_job(), 1)
        self.assertFalse(self.channel.listing_cursor)

    def test_a_failure_is_told_and_tried_again_where_it_stopped(self):
        self._run_job()
        self.pages["2"] = RetryableError("The shop does not answer.")
        with mute_logger(FETCH):
            self.assertEqual(self._run_job(), 1)
        self.assertRecordValues(
            self.channel.alert_ids,
            [
                {
                    "code": "listings",
                    "level": "warning",
                    "text": "Listings cannot be fetched: The shop does not answer.",
                }
            ],
        )
        self.assertEqual(self.channel.listing_cursor, "2")
        self.assertEqual(self._run_job(), 1)
        self.assertEqual(self._run_job(), 0)
        self.pages["2"] = ([], None)
        self.channel.listings_due_at = fields.Datetime.now()
        self._run_job()
        self.assertFalse(self.channel.alert_ids)
        self.assertEqual(self.asked, [None, "2", "2"])

    def test_what_the_channel_refuses_for_good_starts_anew(self):
        self._run_job()
        self.pages["2"] = FinalError("This page is too old.")
        with mute_logger(FETCH):
            action = self.channel._try_listings_page()
        self.assertEqual(action, (0, "This page is too old."))
        self.assertFalse(self.channel.listing_cursor)

    def test_being_too_early_is_no_failure(self):
        self.pages[None] = RateLimited("Later.", seconds=7)
        self.assertEqual(self._run_job(), 1)
        self.assertFalse(self.channel.alert_ids)
        self.assertGreater(self.channel.listings_due_at, fields.Datetime.now())

    def test_a_paused_channel_is_not_asked(self):
        self.channel.action_pause()
        self.assertEqual(self._run_job(), 0)
        self.assertEqual(self.asked, [])


class TestAccess(ListingCommon):
    def test_an_agent_maps_and_a_warehouse_or_auditor_only_reads(self):
        listing = self._list("NEW")
        for group, may in (("agent", True), ("warehouse", False), ("auditor", False)):
            user = new_test_user(
                self.env, f"listing_{group}", groups=f"oms_addon.oms_addon_group_{group}"
            )
            own = listing.with_user(user)
            self.assertEqual(own.sku, "NEW")
            if may:
                own.product_id = self.mug
                own.component_ids = [Command.create({"product_id": self.pot.id})]
                continue
            with self.assertRaises(AccessError):
                own.product_id = self.pot
            with self.assertRaises(AccessError):
                own.action_ignore()
            with self.assertRaises(AccessError):
                own.component_ids = [Command.create({"product_id": self.pot.id})]

    def test_shares_must_make_the_whole(self):
        listing = self._list("SET")
        parts = [
            Command.create({"product_id": self.mug.id, "share": 60}),
            Command.create({"product_id": self.pot.id, "share": 30}),
        ]
        with self.assertRaisesRegex(ValidationError, "add up to 90 %"):
            listing.write({"split_by": "share", "component_ids": parts})


class TestAcceptAll(ListingCommon):
    def test_all_that_are_likely_are_accepted_and_the_least_likely_shown_first(self):
        self._report(
            Listing(ref="v1", sku="A", name="Mug"),
            Listing(ref="v2", sku="B", name="A mug for campers"),
            Listing(ref="v3", sku="C", name="6 x Pot"),
            Listing(ref="v4", sku="D", name="Bicycle"),
        )
        self._suggest()
        scores = dict(self._listings().mapped(lambda l: (l.sku, l.suggestion_score)))
        self.assertEqual((scores["A"], scores["C"], scores["D"]), (99, 77, 0))
        accept = self.env["oms.channel.listing.accept"].create({"channel_id": self.channel.id})
        self.assertEqual((accept.min_score, accept.least_ids.mapped("sku")), (90, ["A"]))
        accept.min_score = 75
        self.assertEqual((accept.count, accept.least_ids.mapped("sku")), (2, ["C", "A"]))
        accept.action_apply()
        self.assertRecordValues(
            self._listings(),
            [
                {"sku": "A", "product_id": self.mug.id, "multiplier": 1.0},
                {"sku": "B", "product_id": False, "multiplier": 1.0},
                {"sku": "C", "product_id": self.pot.id, "multiplier": 6.0},
                {"sku": "D", "product_id": False, "multiplier": 1.0},
            ],
        )

    def test_a_listing_some_order_waits_for_can_be_searched(self):
        self._receive(self._document("A1", [("NEW", 1, "10.00")]))
        self._run_lanes()
        listing = self._list("NEW") + self._list("OTHER")
        found = self.env["oms.channel.listing"].search([("waiting_count", ">", 0)])
        self.assertEqual(found, listing[0])
