from ...shipping.common import FulfilmentCommon


class TestSampleWarehouse(FulfilmentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.worker = cls.env["oms.sample.warehouse"]
        cls.sample = cls._make_channel(
            "Sample", adapter="sample", auto_ship=False, ship_policy="always"
        )

    def _waiting(self, **values):
        """:return: an order whose flow waits for the warehouse"""
        order = self._make_order((self.mug, 1), channel=self.sample)
        self._serve(order)
        order.write({"oms_step": "ship", "oms_cursor": "ship", "oms_status": "waiting", **values})
        return order

    def test_it_ships_what_waits_with_numbers_and_brings_it_to_the_door(self):
        orders = self._waiting() + self._waiting()
        self.assertEqual(self.worker._process(10), 2)
        self.assertEqual(orders.picking_ids.mapped("state"), ["done", "done"])
        self.assertEqual(
            orders.oms_parcel_ids.mapped("name"), [f"SP{p.id:09d}" for p in orders.picking_ids]
        )
        self.assertEqual(self.worker._process(10), 0)
        self.assertEqual(self.worker._carry(10), 2)
        self.assertEqual(orders.oms_parcel_ids.mapped("state"), ["in_transit"] * 2)
        self.assertEqual(self.worker._carry(10), 2)
        self.assertEqual(orders.oms_parcel_ids.mapped("state"), ["delivered"] * 2)
        self.assertEqual(self.worker._carry(10), 0)

    def test_it_leaves_other_channels_and_paused_ones_alone(self):
        other = self._make_order((self.mug, 1))
        self._serve(other)
        other.write({"oms_step": "ship", "oms_cursor": "ship", "oms_status": "waiting"})
        self._waiting()
        self.sample.action_pause()
        self.assertEqual(self.worker._process(10), 0)
        self.assertEqual(other.picking_ids.state, "assigned")
