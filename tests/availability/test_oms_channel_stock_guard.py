"""What keeps a stock or price sync from taking a channel's products off sale."""

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.oms_addon.documents.channel import Listing

from simulators.shopify import ShopifySimulator
from simulators.woocommerce import WoocommerceSimulator

from ..channels.fault_bench import FaultBench
from ..common import OmsCommon
from ..push_shop import PushShopMixin


class TestNotTracked(PushShopMixin, OmsCommon):
    """What Odoo or the channel does not track is not synced, and says so."""

    def test_a_service_and_a_product_that_is_not_storable_are_not_synced(self):
        service = self._make_product("FIT", "Fitting", type="service", is_storable=False)
        made = self._make_product("ORDER", "Made to order", is_storable=False)
        listings = self._list(service, made)
        for cap in (0, 20):
            self.tiny.stock_cap = cap
            self._push_all()
            self.assertEqual({ref for ref, _place in self.shop.levels}, {"ext-MUG", "ext-POT"})
        self.assertFalse(self._rows().filtered(lambda r: r.listing_id in listings))
        self.assertEqual(
            listings.mapped("sync_note"),
            [
                "Not synced: Odoo does not track the stock of [FIT] Fitting.",
                "Not synced: Odoo does not track the stock of [ORDER] Made to order.",
            ],
        )
        self.assertFalse(self.listings[0].sync_note)

    def test_a_product_that_is_tracked_no_longer_is_synced_no_longer(self):
        self._push_all()
        self.mug.is_storable = False
        self._push_all()
        self.assertEqual(self.shop.levels["ext-MUG", "L1"], 100)
        self.assertEqual(self._rows().listing_id, self.listings[1])

    def test_a_bundle_is_limited_by_what_is_tracked_of_it(self):
        service = self._make_product("FIT", "Fitting", type="service", is_storable=False)
        self.listings[0].write(
            {
                "product_id": False,
                "component_ids": [
                    Command.create({"product_id": self.mug.id, "quantity": 2}),
                    Command.create({"product_id": service.id}),
                ],
            }
        )
        self._push_all()
        self.assertEqual(self.shop.levels["ext-MUG", "L1"], 50)

    def test_what_the_channel_does_not_track_is_not_synced(self):
        self._push_all()
        self.shop.told.clear()
        Listings = self.env["oms.channel.listing"]
        told = [
            Listing(ref="ext-MUG", sku="MUG", stock_mode="none"),
            Listing(ref="ext-POT", sku="POT", stock_mode="parent", parent_ref="P1"),
        ]
        Listings._upsert(self.tiny, [(listing, False) for listing in told])
        self._put_stock(self.mug, self.warehouse, 40)
        self._put_stock(self.pot, self.warehouse, 30)
        self._push_all()
        self.assertEqual(self.shop.told, [])
        self.assertFalse(self._rows())
        self.assertEqual(
            self.listings.mapped("sync_note"),
            [
                "Not synced: the channel does not track its stock.",
                "Not synced: the channel tracks the stock on the parent product.",
            ],
        )
        Listings._upsert(self.tiny, [(Listing(ref="ext-MUG", sku="MUG", stock_mode="own"), False)])
        self._push_all()
        self.assertEqual(self.shop.levels["ext-MUG", "L1"], 40)


class TestGuard(PushShopMixin, OmsCommon):
    def setUp(self):
        super().setUp()
        self.products = self.env["product.product"].concat(
            *[self._make_product(f"G{n}", f"Good {n}", stock=10) for n in range(8)]
        )
        self.more = self._list(*self.products)
        self._push_all()
        self.shop.told.clear()

    def _guards(self):
        return self.env["oms.channel.alert"].search(
            [("channel_id", "=", self.tiny.id), ("code", "=", "stock_guard")]
        )

    def test_a_sync_that_would_empty_too_much_of_the_channel_stops_and_asks(self):
        self.place.warehouse_ids = self.north
        self._push_all()
        self.assertEqual(self.shop.told, [])
        self.assertEqual(set(self.shop.levels.values()), {100, 10})
        [alert] = self._guards()
        self.assertEqual((alert.state, alert.level), ("open", "error"))
        self.assertIn("10 of 10 listings would drop to 0", alert.text)
        self.place.warehouse_ids = self.warehouse
        self._push_all()
        self.assertEqual(alert.state, "settled")
        self.assertEqual(self.shop.told, [])

    def test_what_a_person_approved_is_pushed(self):
        self.place.warehouse_ids = self.north
        self._push_all()
        self.assertEqual(set(self.shop.levels.values()), {100, 10})
        action = self._guards().action_open_place()
        preview = self.env["oms.channel.sync"].browse(action["res_id"])
        self.assertEqual((preview.zero_count, preview.listing_count), (10, 10))
        self.assertEqual(
            [preview.on_channel_total, preview.in_odoo_total, preview.will_become_total],
            [280.0, 0.0, 0.0],
        )
        preview.action_agree()
        self._run_lanes("stock", "outbox")
        self.assertEqual(set(self.shop.levels.values()), {0})
        self.assertEqual(self._guards().state, "settled")
        self.assertEqual(self.tiny.stock_agreed_by_id, self.env.user)

    def test_products_that_sell_out_one_by_one_stop_nothing(self):
        for product in self.products[:3]:
            self._empty(product)
            self.env.cr.precommit.run()
            self._run_lanes("stock", "outbox")
        self.assertEqual([self.shop.levels[f"ext-G{n}", "L1"] for n in range(3)], [0, 0, 0])
        self.assertFalse(self._guards())

    def _empty(self, product):
        self.env["stock.quant"].with_context(inventory_mode=True).create(
            {
                "product_id": product.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "inventory_quantity": 0,
            }
        ).action_apply_inventory()

    def test_the_share_that_stops_a_sync_can_be_chosen(self):
        self.tiny.stock_zero_limit = 100
        self.place.warehouse_ids = self.north
        self._push_all()
        self.assertEqual(set(self.shop.levels.values()), {0})


class TestPreview(PushShopMixin, OmsCommon):
    def _preview(self, kind):
        action = getattr(self.tiny, f"action_sync_{'stock' if kind == 'stock' else 'prices'}")()
        return self.env["oms.channel.sync"].browse(action["res_id"])

    def _table(self, preview):
        return [
            (line.listing_id.sku, line.on_channel, line.in_odoo, line.will_become, line.is_zero)
            for line in preview.line_ids
        ]

    def _report(self, **quantities):
        self.env["oms.channel.listing"]._upsert(
            self.tiny,
            [
                (Listing(ref=f"ext-{sku}", sku=sku, quantity=n, location_ref="L1"), False)
                for sku, n in quantities.items()
            ],
        )

    def test_the_stock_table_shows_the_channel_odoo_and_what_it_becomes(self):
        self.tiny.write({"push_stock": False, "stock_buffer": 5})
        self._list(
            self._make_product("OUT", "Sold out"),
            self._make_product("FIT", "Fitting", type="service", is_storable=False),
        )
        self._report(MUG=100, POT=7, OUT=4)
        preview = self._preview("stock")
        self.assertEqual(
            self._table(preview),
            [
                ("OUT", "4", "0", "0", True),
                ("POT", "7", "100", "95", False),
                ("MUG", "100", "100", "95", False),
                ("FIT", "", "", "", False),
            ],
        )
        self.assertEqual(
            (preview.listing_count, preview.change_count, preview.zero_count),
            (4, 3, 1),
        )
        self.assertEqual(preview.skipped_count, 1)
        self.assertEqual(
            [preview.on_channel_total, preview.in_odoo_total, preview.will_become_total],
            [111.0, 200.0, 190.0],
        )

    def test_nothing_is_pushed_before_it_was_approved(self):
        self.tiny.push_stock = False
        self._report(MUG=3, POT=100)
        self.shop.levels.update({("ext-MUG", "L1"): 3, ("ext-POT", "L1"): 100})
        preview = self._preview("stock")
        self.env.cr.precommit.run()
        self._run_lanes("stock", "outbox")
        self.assertEqual(self.shop.told, [])
        preview.action_agree()
        self.env.cr.precommit.run()
        self._run_lanes("stock", "outbox")
        # What is right already is not pushed.
        self.assertEqual(self.shop.told, [("stock", [("ext-MUG", "L1", 100)])])
        event = self.env["oms.event"].search([("code", "=", "channel.sync_stock")])
        self.assertEqual(event.name, "Stock sync approved: 1 of 2 listings change, 0 drop to 0")

    def test_a_list_that_was_not_read_to_its_end_cannot_be_approved(self):
        self.tiny.push_stock = False
        adapter = type(self.tiny._adapter())
        self.patch(adapter, "_can_fetch_listings", True)
        preview = self._preview("stock")
        self.assertFalse(preview.is_complete)
        with self.assertRaisesRegex(UserError, "not fully fetched"):
            preview.action_agree()
        self.assertFalse(self.tiny.push_stock)
        pages = [([], "2"), ([], None)]
        self.patch(adapter, "_fetch_listings", lambda a, channel, cursor=None: pages.pop(0))
        preview.action_refresh()
        self.assertTrue(preview.is_complete)
        preview.action_agree()
        self.assertTrue(self.tiny.push_stock)

    def test_the_price_table_leaves_out_what_the_price_list_does_not_name(self):
        self.tiny.push_stock = False
        self.tiny.price_pricelist_id = self.env["product.pricelist"].create(
            {
                "name": "Five",
                "item_ids": [
                    Command.create(
                        {
                            "compute_price": "fixed",
                            "fixed_price": 12.5,
                            "applied_on": "0_product_variant",
                            "product_id": self.mug.id,
                        }
                    )
                ],
            }
        )
        currency = self.company.currency_id
        self.listings.write({"price": 11.0, "currency_id": currency.id})
        preview = self._preview("price")
        shown = [currency.format(n) for n in (11.0, 10.0, 12.5)]
        self.assertEqual(
            self._table(preview),
            [("MUG", *shown, False), ("POT", *shown[:2], "", False)],
        )
        self.assertEqual(
            preview.line_ids[1].note,
            f"Not synced: not in pricelist {self.tiny.price_pricelist_id.display_name}.",
        )
        self._run_lanes("stock", "outbox")
        self.assertEqual(self.shop.told, [])
        preview.action_agree()
        self._run_lanes("stock", "outbox")
        self.assertEqual(self.shop.told, [("price", [("ext-MUG", "12.50", currency.name)])])
        self.assertEqual(self.listings.mapped("price"), [12.5, 11.0])

    def test_prices_have_the_decimals_of_their_currency(self):
        self.tiny.push_stock = False
        self.tiny._approve_sync("price")
        for code, rate, price in (("JPY", 150.0, "1500"), ("KWD", 0.3075, "3.075")):
            with self.subTest(code):
                currency = (
                    self.env["res.currency"]
                    .with_context(active_test=False)
                    .search([("name", "=", code)])
                )
                currency.active = True
                self.env["res.currency.rate"].create(
                    {
                        "currency_id": currency.id,
                        "name": fields.Date.today(),
                        "rate": rate,
                        "company_id": self.company.id,
                    }
                )
                self.listings.write({"currency_id": currency.id, "price": 0})
                self.tiny.prices_checked_at = False
                self.shop.told.clear()
                self._run_lanes("stock", "outbox")
                self.assertEqual(
                    self.shop.told,
                    [("price", [("ext-MUG", price, code), ("ext-POT", price, code)])],
                )


class ConnectingCommon(FaultBench):
    """Connecting a shop: what it does not track stays on sale."""

    def _connect(self):
        """:return: the wizard, on the step that shows what the sync changes"""
        self.present()
        channel = self.store
        channel.push_stock = False
        wizard = self.env["oms.channel.connect"].create(
            {"channel_id": channel.id, "adapter": channel.adapter, "step": "policy"}
        )
        wizard.preset = "keep"
        wizard.action_next()
        self.assertEqual((wizard.step, wizard.error or ""), ("sync", ""))
        return wizard

    def _sync(self, wizard):
        wizard.wants_stock = True
        wizard.action_next()
        self.assertEqual(wizard.error or "", "")
        self.env.cr.precommit.run()
        self._run_lanes("stock", "outbox")


class TestConnectingWoocommerce(ConnectingCommon):
    simulator = WoocommerceSimulator

    def test_what_woocommerce_does_not_track_stays_as_it_is(self):
        for sku in ("ENGRAVED", "RED", "BLUE"):
            self._make_product(sku, sku.title(), stock=0)
        engraved = self.shop.add_product("ENGRAVED", "Engraved", manage_stock=False)
        shirt = self.shop.add_variable("Shirt", "SHIRT", manage_stock=True, quantity=9)
        red = self.shop.add_product("RED", "Red", parent=shirt, manage_stock=False)
        blue = self.shop.add_product("BLUE", "Blue", parent=shirt, quantity=4)
        wizard = self._connect()
        self.assertEqual(wizard.stock_skipped_count, 2)
        self.assertEqual((wizard.stock_zero_count, wizard.stock_is_complete), (1, True))
        self._sync(wizard)
        shown = self.shop.products[int(engraved)]
        self.assertIs(shown["manage_stock"], False)
        self.assertIs(self.shop.variations[int(red)]["manage_stock"], False)
        self.assertEqual(self.shop.products[int(shirt)]["stock_quantity"], 9)
        self.assertEqual(self.shop.variations[int(blue)]["stock_quantity"], 0)
        modes = {
            listing.external_ref: listing.stock_mode
            for listing in self.env["oms.channel.listing"].search(
                [("channel_id", "=", self.store.id)]
            )
        }
        self.assertEqual((modes[engraved], modes[red], modes[blue]), ("none", "parent", "own"))

    def test_tracking_switched_off_there_after_the_last_look_is_not_switched_on(self):
        wizard = self._connect()
        self._sync(wizard)
        mug = next(p for p in self.shop.products.values() if p["sku"] == "MUG")
        mug["manage_stock"] = False
        self._put_stock(self.mug, self.warehouse, 55)
        self.env.cr.precommit.run()
        self._run_lanes("stock", "outbox")
        self.assertIs(mug["manage_stock"], False)
        listing = self.env["oms.channel.listing"].search(
            [("channel_id", "=", self.store.id), ("sku", "=", "MUG")]
        )
        self.assertEqual(listing.stock_mode, "none")
        self.env.cr.precommit.run()
        self._run_lanes("stock", "outbox")
        self.assertFalse(self.env["oms.channel.stock"].search([("listing_id", "=", listing.id)]))

    def test_going_live_without_approval_leaves_the_channels_stock_alone(self):
        mug = next(p for p in self.shop.products.values() if p["sku"] == "MUG")
        mug["stock_quantity"] = 3
        wizard = self._connect()
        wizard.action_next()
        self.env.cr.precommit.run()
        self._run_lanes("stock", "outbox")
        self.assertEqual(mug["stock_quantity"], 3)
        self.assertFalse(self.store.push_stock)

    def test_prices_are_shown_and_approved_on_a_step_of_their_own(self):
        for sku, price in (("MUG", "10.00"), ("POT", "12.50")):
            item = next(p for p in self.shop.products.values() if p["sku"] == sku)
            item["regular_price"] = item["price"] = price
        self.mug.list_price = self.pot.list_price = 11.0
        wizard = self._connect()
        wizard.action_next()
        self.assertEqual((wizard.step, wizard.wants_prices), ("prices", False))
        shown = [
            self.company.currency_id.format(amount) for amount in (10.0, 11.0, 12.5, 11.0, 11.0)
        ]
        self.assertEqual(
            {
                (line.listing_id.sku, line.on_channel, line.in_odoo, line.will_become)
                for line in wizard.price_line_ids
            },
            {("MUG", shown[0], shown[1], shown[1]), ("POT", shown[2], shown[1], shown[1])},
        )
        self.assertEqual((wizard.price_change_count, wizard.price_skipped_count), (2, 0))
        wizard.price_pricelist_id = self.env["product.pricelist"].create(
            {
                "name": "Mugs",
                "item_ids": [
                    (
                        0,
                        0,
                        {
                            "compute_price": "fixed",
                            "fixed_price": 9.5,
                            "applied_on": "0_product_variant",
                            "product_id": self.mug.id,
                        },
                    )
                ],
            }
        )
        wizard.action_compare_prices()
        self.assertEqual((wizard.price_change_count, wizard.price_skipped_count), (1, 1))
        self._run_lanes("stock", "outbox")
        self.assertEqual(self._prices(), {"MUG": "10.00", "POT": "12.50"})
        wizard.wants_prices = True
        wizard.action_next()
        self.assertEqual((wizard.step, wizard.error or ""), ("history", ""))
        self._run_lanes("stock", "outbox")
        self.assertEqual(self._prices(), {"MUG": "9.50", "POT": "12.50"})
        self.assertEqual(self.store.price_agreed_by_id, self.env.user)

    def _prices(self):
        return {item["sku"]: item["regular_price"] for item in self.shop.products.values()}


class TestConnectingShopify(ConnectingCommon):
    simulator = ShopifySimulator

    def test_what_shopify_does_not_track_is_not_synced(self):
        self._make_product("ENGRAVED", "Engraved", stock=0)
        self.shop.add_product("ENGRAVED", "Engraved", quantity=5, tracked=False)
        wizard = self._connect()
        note = wizard.stock_line_ids.filtered(lambda l: l.listing_id.sku == "ENGRAVED").note
        self.assertEqual(note, "Not synced: the channel does not track its stock.")
        self.assertEqual(self.shop.variants["ENGRAVED"].levels[71], 5)
