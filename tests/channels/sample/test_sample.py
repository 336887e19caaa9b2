"""The sample shop: a chosen rate, deliveries that repeat, a catalogue with stock."""

from freezegun import freeze_time

from ...common import OmsCommon


class TestSample(OmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        adapter = type(cls.env["oms.channel.adapter.sample"])
        few = cls.env["oms.channel.adapter.sample"]._invoices()[:60]
        cls.classPatch(adapter, "_invoices", lambda self: few)
        cls.shop = cls.env["oms.channel"].create(
            {"name": "Sample", "adapter": "sample", "fetch_rate": 30, "send_receipt": False}
        )
        cls.shop.action_go_live()

    def test_orders_come_at_the_chosen_rate_and_not_faster(self):
        with freeze_time("2026-03-01 10:00:00"):
            self.assertEqual(self.shop._fetch(), 1)
            self.assertEqual(self.shop._fetch(), 0)
        with freeze_time("2026-03-01 10:00:20"):
            self.assertEqual(self.shop._fetch(), 10)
        with freeze_time("2026-03-01 11:00:00"):
            # Position 24 is delivered twice, as channels do.
            self.assertEqual(self.shop._fetch(), 31)
        self.assertEqual(self.shop.cursor, "41")

    def test_its_orders_are_of_the_last_weeks_not_of_years_ago(self):
        self.shop._fetch(1)
        self._run_lanes("inbox", "orders")
        order = self.env["sale.order"].search([("oms_channel_id", "=", self.shop.id)])
        days = (self.shop.create_date.date() - order.oms_placed_at.date()).days
        self.assertIn(days, range(14, 21))
        self.assertEqual((order.oms_placed_at.weekday(), order.oms_placed_at.minute), (2, 26))

    def test_it_is_paused_when_a_channel_of_ones_own_goes_live(self):
        self._make_channel("Other Shop")
        self.assertEqual(self.shop.state, "paused")
        event = self.env["oms.event"].search([("code", "=", "channel.sample_paused")])
        self.assertEqual(event.name, "Paused: one of your own channels is live.")

    def test_a_repeated_delivery_is_counted_and_makes_nothing_new(self):
        self.shop._fetch(60)
        messages = self.env["oms.channel.message"].search(
            [("channel_id", "=", self.shop.id), ("direction", "=", "in")]
        )
        self.assertEqual(len(messages), 60)
        self.assertEqual(sum(messages.mapped("deliveries")), 62)

    def test_the_extract_ends_and_fetching_goes_on_without_error(self):
        self.shop._fetch(60)
        self.assertEqual(self.shop._fetch(60), 0)
        self.assertEqual(self.shop.cursor, "60")

    def test_going_live_makes_a_catalogue_with_stock_in_two_warehouses_once(self):
        self.assertEqual(len(self.shop.warehouse_ids), 2)
        self.assertTrue(all(self.shop.warehouse_ids.mapped("oms_managed")))
        products = self.env["product.product"].search_count([])
        self.shop.action_pause()
        self.shop.action_go_live()
        self.assertEqual(self.env["product.product"].search_count([]), products)

    def test_every_invoice_ends_in_one_place_and_what_was_sold_left_the_stock(self):
        locations = self.shop.warehouse_ids.lot_stock_id

        def on_hand():
            self.env.flush_all()
            [(quantity,)] = self.env["stock.quant"]._read_group(
                [("location_id", "in", locations.ids)], [], ["quantity:sum"]
            )
            return quantity

        before = on_hand()
        self.shop._fetch(60)
        self._run_lanes("inbox", "orders", "fulfilment", "sample", "outbox")
        messages = self.env["oms.channel.message"].search(
            [("channel_id", "=", self.shop.id), ("direction", "=", "in")]
        )
        self.assertEqual(set(messages.mapped("state")), {"done", "parked"})
        for parked in messages.filtered(lambda m: m.state == "parked"):
            self.assertTrue(self._holds(parked))
        orders = messages.order_id
        sold = sum(
            orders.picking_ids.move_ids.filtered(lambda m: m.state == "done").mapped("quantity")
        )
        self.assertGreater(sold, 0)
        self.assertEqual(on_hand(), before - sold)
        self.assertFalse(orders.filtered(lambda o: o.oms_status in ("held", "failed")))
