"""Shopify: orders from the shop to the door."""

from odoo import fields

from .common import ShopifyCase


class TestShopifyFlow(ShopifyCase):
    def setUp(self):
        super().setUp()
        self.shop.write(
            {
                "auto_ship": True,
                "send_receipt": False,
                "warehouse_ids": [fields.Command.set(self.warehouse.ids)],
            }
        )
        self.env["res.currency"].with_context(active_test=False).search(
            [("name", "=", "EUR")]
        ).active = True
        self.shop.action_go_live()
        # Messages come and go in these tests: nobody asks for orders by itself.
        self.store.subscriptions = {
            n: {"topic": topic.upper().replace("/", "_"), "uri": "http://127.0.0.1"}
            for n, topic in enumerate(self.store.topics)
        }

    def _deliver(self):
        for delivery in self.store.pop_deliveries():
            self.assertEqual(
                self.adapter._verify(
                    self.shop, delivery.headers, delivery.body, fields.Datetime.now()
                ),
                "",
            )
            event = self.adapter._identify(self.shop, delivery.headers, delivery.body)
            if event.topic.startswith(("orders/c", "orders/p", "order_transactions")):
                self.shop._receive_many([event])
        self._run_lanes()

    def test_an_order_comes_by_webhook_is_paid_shipped_and_told(self):
        ref = self.store.place_order((("MUG", 2, "10.00"),), shipping="4.95")
        self._deliver()
        order = self._order(ref, self.shop)
        self.assertEqual(order.amount_total, 24.95)
        self.assertEqual(order.oms_amount_paid, 24.95)
        self.assertEqual([s["quantities"] for s in self.store.shipments], [{"MUG": 2}])
        self.assertEqual(self.store.by_id[int(ref)].fulfillment_status, "fulfilled")

    def test_a_hold_of_the_store_stays_while_webhooks_do_not_tell_of_it(self):
        ref = self.store.place_order(hold="Check the address")
        self.shop._fetch()
        self._run_lanes()
        order = self._order(ref, self.shop)
        self.assertEqual(self._holds(order), ["CHANNEL_HOLD"])
        self.store.pop_deliveries()
        self.store.touch(ref)
        [told] = self.store.pop_deliveries()
        event = self.adapter._identify(self.shop, told.headers, told.body)
        self.shop._receive_many([event])
        self._run_lanes()
        self.assertEqual(self._holds(order), ["CHANNEL_HOLD"])
        self.store.release(ref)
        [told] = self.store.pop_deliveries()
        event = self.adapter._identify(self.shop, told.headers, told.body)
        self.shop._receive_many([event])
        self._run_lanes()
        self.assertFalse(self._holds(order))
        self.assertEqual([s["quantities"] for s in self.store.shipments], [{"MUG": 2}])

    def test_a_webhook_and_the_poll_make_one_order(self):
        ref = self.store.place_order((("MUG", 1, "10.00"),))
        self._deliver()
        self.shop._fetch()
        self._run_lanes()
        order = self._order(ref, self.shop)
        self.assertEqual(len(order), 1)
        self.assertEqual(order.oms_amount_paid, 10.0)
        self.assertEqual(len(order.transaction_ids), 1)

    def test_what_staff_fulfil_leaves_the_stock_of_the_location_they_chose(self):
        self.shop.auto_ship = False
        first, other = self.shop._sync_locations().sorted("ref")
        first.warehouse_ids, other.warehouse_ids = self.warehouse, self.north
        self._put_stock(self.pot, self.north, 10)
        ref = self.store.place_order((("POT", 5, "5.00"),))
        self._deliver()
        order = self._order(ref, self.shop)
        self.assertEqual(order.picking_ids.picking_type_id.warehouse_id, self.warehouse)
        self.store.change_location(ref, int(other.ref))
        self.store.ship_there(ref, "POT", 2)
        self._deliver()
        self.assertEqual(self._counts(self.pot), [100.0, 8.0])
        self.store.ship_there(ref, "POT", 1)
        self.store.pop_deliveries()
        self.shop._fetch()
        self._run_lanes()
        self.assertEqual(self._counts(self.pot), [100.0, 7.0])
        self.assertEqual(order.order_line.qty_delivered, 3.0)
        self.assertEqual(self._holds(order), [])

    def _counts(self, product):
        return [
            product.with_context(warehouse_id=warehouse.id).qty_available
            for warehouse in (self.warehouse, self.north)
        ]
