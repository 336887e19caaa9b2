"""A warehouse's day is never given away twice."""

from datetime import date

from freezegun import freeze_time

from ..concurrency import RaceCase
from .common import AllocationCommon


class TestCapacity(AllocationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse.oms_capacity_day = 2
        cls._put_stock(cls.mug, cls.north, 100)
        cls._make_rules({"action": "partial"})

    def _source_orders(self, count):
        orders = self.env["sale.order"].union(
            *(self._make_order((self.mug, 1)) for _n in range(count))
        )
        self.sourcing._source(orders)
        return orders

    def _used(self):
        return self.env["oms.allocation.day"].search([]).mapped(lambda d: (d.warehouse_id, d.used))

    def test_a_full_warehouse_is_passed_over(self):
        orders = self._source_orders(3)
        self.assertEqual(orders.mapped("warehouse_id.name"), ["London", "Leeds"])
        self.assertEqual(orders[2].warehouse_id, self.north)
        self.assertEqual(self._verdicts(orders[2])["London"], "today's work is full")
        self.assertEqual(self._used(), [(self.warehouse, 2)])

    def test_an_order_sourced_twice_takes_one_place(self):
        orders = self._source_orders(2)
        self.sourcing._source(orders)
        self.assertEqual(self._used(), [(self.warehouse, 2)])
        self.assertEqual(orders.warehouse_id, self.warehouse)

    def test_a_cancelled_order_gives_its_place_back(self):
        orders = self._source_orders(2)
        orders[0]._action_cancel()
        self.assertEqual(self._used(), [(self.warehouse, 1)])
        self.assertEqual(self._source_orders(1).warehouse_id, self.warehouse)

    def test_the_day_is_that_of_the_warehouse_fault_64(self):
        self.warehouse.partner_id.tz = "America/Los_Angeles"
        with freeze_time("2026-03-02 07:30:00"):
            self._source_orders(2)
            self.assertEqual(self.env["oms.allocation.day"].search([]).day, date(2026, 3, 1))
            self.assertEqual(self._source_orders(1).warehouse_id, self.north)
        # Clocks are put forward a week later: midnight is an hour earlier in UTC.
        with freeze_time("2026-03-02 08:00:00"):
            self.assertEqual(self._source_orders(1).warehouse_id, self.warehouse)
        with freeze_time("2026-03-09 07:00:00"):
            self.assertEqual(
                self.env["oms.allocation.day"]._today(self.warehouse), date(2026, 3, 9)
            )


class TestCapacityRace(RaceCase):
    def test_four_processes_never_give_a_warehouse_more_than_its_day(self):
        ids = self.commit(_prepare)
        results = self.run_parallel(
            [lambda env, mine=ids["orders"][n::4]: _source(env, mine) for n in range(4)]
        )
        self.assertEqual(sum(len(result) for result in results), 20)
        names = [name for result in results for name in result]
        self.assertEqual((names.count("Limited"), names.count("Other")), (5, 15))
        used = self.commit(lambda env: env["oms.allocation.day"].search([]).mapped("used"))
        slots = self.commit(lambda env: env["oms.allocation.slot"].search_count([]))
        self.assertEqual((used, slots), ([5], 5))


def _prepare(env):
    """:return: ids of 20 draft orders and of two warehouses, of which one sends 5 a day"""
    limited, other = env["stock.warehouse"].create(
        [
            {"name": "Limited", "code": "LIM", "oms_managed": True, "oms_capacity_day": 5},
            {"name": "Other", "code": "OTH", "oms_managed": True, "sequence": 99},
        ]
    )
    mug = env["product.product"].create({"name": "Mug", "is_storable": True})
    for warehouse in (limited, other):
        env["stock.quant"]._update_available_quantity(mug, warehouse.lot_stock_id, 100)
    env["oms.allocation.run"].create(
        {
            "name": "All",
            "routing_ids": [
                (
                    0,
                    0,
                    {
                        "name": "All",
                        "rule_ids": [
                            (
                                0,
                                0,
                                {
                                    "name": "Two",
                                    "warehouse_ids": (limited + other).ids,
                                    "action": "partial",
                                },
                            )
                        ],
                    },
                )
            ],
        }
    )
    customer = env["res.partner"].create({"name": "Ann"})
    orders = env["sale.order"].create(
        [
            {
                "partner_id": customer.id,
                "order_line": [(0, 0, {"product_id": mug.id, "product_uom_qty": 1})],
            }
            for _n in range(20)
        ]
    )
    return {"orders": orders.ids}


def _source(env, ids):
    orders = env["sale.order"].browse(ids)
    env["oms.sourcing"]._source(orders)
    return [order.warehouse_id.name for order in orders]
