"""Products made of listings and of what orders name: prefilled, with the channel's stock."""

from decimal import Decimal

from odoo import fields
from odoo.exceptions import UserError

from odoo.addons.oms_addon.documents.channel import Listing
from odoo.addons.oms_addon.exceptions import RetryableError
from odoo.addons.oms_addon.models.message.job_run import JobRun

from ..push_shop import PushShopMixin
from .test_oms_channel_listing import ListingCommon


class TestCreate(PushShopMixin, ListingCommon):
    def setUp(self):
        super().setUp()
        self.channel = self.tiny

    def _vase(self, **values):
        told = {"ref": "v1", "sku": "VASE-1", "name": "Vase", "price": Decimal(9), **values}
        self._report(Listing(**told))
        return self._listings().filtered(lambda l: l.external_ref == "v1")

    def _push(self):
        self.env.cr.precommit.run()
        self._run_lanes("stock", "outbox")
        return {ref: n for (ref, _place), n in self.shop.levels.items() if ref == "v1"}

    def _rate(self, code, rate):
        currency = (
            self.env["res.currency"].with_context(active_test=False).search([("name", "=", code)])
        )
        currency.active = True
        currency.rate_ids.unlink()
        if rate:
            self.env["res.currency.rate"].create(
                {"currency_id": currency.id, "name": "2026-02-27", "rate": rate}
            )
        return currency

    def test_a_new_product_leaves_the_channels_stock_alone_until_it_was_imported(self):
        listing = self._vase(quantity=Decimal(7), location_ref="L1")
        self.shop.levels["v1", "L1"] = 7
        action = listing.action_create_product()
        self.assertEqual(listing.product_id.is_storable, True)
        self.assertEqual(self._push(), {"v1": 7})
        self.assertEqual(listing.sync_note, "Not synced: the channel's stock is not imported yet.")
        preview = self.env["oms.channel.stock.import"].browse(action["res_id"])
        [line] = preview.line_ids
        self.assertEqual(
            (line.product_id, line.warehouse_id, line.reported, line.quantity),
            (listing.product_id, self.warehouse, 7, 7.0),
        )
        preview.action_apply()
        self.assertEqual(
            listing.product_id.with_context(warehouse_id=self.warehouse.id).qty_available, 7
        )
        self.assertFalse(listing.sync_note)
        self.assertEqual(self._push(), {"v1": 7})
        self._put_stock(listing.product_id, self.warehouse, 5)
        self.assertEqual(self._push(), {"v1": 5})

    def test_what_orders_of_the_channel_hold_is_counted_besides(self):
        message = self._receive(self._document("A1", [("VASE-1", 2, "9.00")]))
        self._run_lanes()
        listing = self._vase(quantity=Decimal(7), location_ref="L1")
        action = listing.action_create_product()
        self._run_lanes()
        self.assertEqual(message.order_id.order_line.product_id, listing.product_id)
        self.env["oms.channel.stock.import"].browse(action["res_id"]).action_apply()
        self.assertEqual(listing.product_id.qty_available, 9)
        self._run_lanes("stock", "outbox")
        self.assertEqual(
            self.env["oms.channel.stock"]._available(self.tiny, listing),
            {(listing.id, self.place.id): 7},
        )

    def test_stock_that_came_otherwise_ends_the_waiting(self):
        listing = self._vase(quantity=Decimal(7), location_ref="L1")
        listing.action_create_product()
        self._put_stock(listing.product_id, self.warehouse, 4)
        self.shop.levels["v1", "L1"] = 7
        self.assertEqual(self._push(), {"v1": 4})
        self.assertFalse(listing.is_stock_pending)

    def test_a_person_can_sync_without_import(self):
        listing = self._vase(quantity=Decimal(7), location_ref="L1")
        self.shop.levels["v1", "L1"] = 7
        listing.action_create_product()
        listing.action_skip_import()
        self.assertEqual(self._push(), {"v1": 0})

    def test_the_price_is_converted_from_the_channels_currency(self):
        self._rate("CHF", 1.25)
        listing = self._vase(currency="CHF", price=Decimal(10))
        listing.action_create_product()
        self.assertEqual(listing.product_id.list_price, 8.0)

    def test_without_an_exchange_rate_no_product_is_made_at_a_wrong_price(self):
        self._rate("CHF", None)
        listing = self._vase(currency="CHF", price=Decimal(10))
        with self.assertRaisesRegex(UserError, "no exchange rate for CHF"):
            listing.action_create_product()

    def test_a_product_is_made_from_an_exception_with_all_the_order_tells(self):
        self._rate("CHF", 1.25)
        document = self._document("A1", [("VASE-1", 1, "20.00")], currency="CHF")
        document["lines"][0] |= {"name": "Vase", "barcode": "4006381333931"}
        message = self._receive(document)
        self._run_lanes()
        [hold] = message.hold_ids
        hold.action_create_product()
        self._run_lanes()
        product = message.order_id.order_line.product_id
        self.assertRecordValues(
            product,
            [
                {
                    "name": "Vase",
                    "default_code": "VASE-1",
                    "barcode": "4006381333931",
                    "list_price": 16.0,
                    "is_storable": True,
                }
            ],
        )

    def test_a_product_created_in_the_exceptions_form_is_prefilled(self):
        message = self._receive(self._document("A1", [("VASE-1", 1, "20.00")]))
        self._run_lanes()
        [hold] = message.hold_ids
        Product = self.env["product.product"].with_context(oms_hold_id=hold.id)
        names = ["name", "default_code", "list_price", "is_storable", "barcode"]
        self.assertEqual(
            Product.default_get(names),
            {
                "name": "Vase-1",
                "default_code": "VASE-1",
                "list_price": 20.0,
                "is_storable": True,
                "barcode": False,
            },
        )
        product = Product.browse(Product.name_create("A vase")[0])
        self.assertRecordValues(
            product,
            [
                {
                    "name": "A vase",
                    "default_code": "VASE-1",
                    "list_price": 20.0,
                    "is_storable": True,
                }
            ],
        )


class TestDoubt(PushShopMixin, ListingCommon):
    def test_a_stock_push_that_broke_off_and_arrives_late_does_not_stay(self):
        self._push_all()
        adapter = type(self.tiny._adapter())
        original, late = adapter._push_stock, []

        def breaks_off(adapter, channel, key, items):
            late.append(items)
            raise RetryableError("It broke off.", unreachable=True)

        self.patch(adapter, "_push_stock", breaks_off)
        self._put_stock(self.mug, self.warehouse, 5)
        self.env.cr.precommit.run()
        self._run_lanes("stock")
        self.env["oms.channel.message"]._process_outbox(JobRun())
        self.assertEqual([item["quantity"] for item in late[0]], [5])
        self.patch(adapter, "_push_stock", original)
        self._put_stock(self.mug, self.warehouse, 3)
        self.env.cr.precommit.run()
        self._outbox("stock").filtered(lambda m: m.state == "pending").next_try_at = False
        self._run_lanes("stock", "outbox")
        self.assertEqual(self.shop.levels["ext-MUG", "L1"], 3)
        # The first call arrives now.
        self.shop.levels["ext-MUG", "L1"] = 5
        row = self._rows().filtered(lambda r: r.listing_id == self.listings[0])
        self.assertGreater(row.due_at, fields.Datetime.now())
        now = fields.Datetime.now()
        row.write({"due_at": now, "doubt_until": now})
        self._run_lanes("stock", "outbox")
        self.assertEqual(self.shop.levels["ext-MUG", "L1"], 3)
        self.assertFalse(row.is_due)

    def test_a_negative_figure_is_put_right_at_once(self):
        self._push_all()
        self._put_stock(self.mug, self.warehouse, 0.0)
        self.env["stock.quant"].with_context(inventory_mode=True).create(
            {
                "product_id": self.mug.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "inventory_quantity": 0,
            }
        ).action_apply_inventory()
        self._push_all()
        self.shop.levels["ext-MUG", "L1"] = -2
        told = Listing(ref="ext-MUG", sku="MUG", quantity=Decimal(-2), location_ref="L1")
        self.env["oms.channel.listing"]._upsert(self.tiny, [(told, False)])
        self._run_lanes("stock", "outbox")
        self.assertEqual(self.shop.levels["ext-MUG", "L1"], 0)

    def test_the_background_job_is_triggered_for_the_end_of_the_grace(self):
        self._push_all()
        triggers = self.env["ir.cron.trigger"].search([])
        told = Listing(ref="ext-MUG", sku="MUG", quantity=Decimal(98), location_ref="L1")
        self.env["oms.channel.listing"]._upsert(self.tiny, [(told, False)])
        crons = self.env.ref("oms_addon.oms_lane_stock").cron_ids
        planned = (self.env["ir.cron.trigger"].search([]) - triggers).filtered(
            lambda t: t.cron_id in crons
        )
        row = self._rows().filtered(lambda r: r.listing_id == self.listings[0])
        self.assertIn(row.due_at, planned.mapped("call_at"))
