"""A warehouse's day is never given away twice."""

from contextlib import contextmanager
from datetime import date

from freezegun import freeze_time
from psycopg2.errors import DeadlockDetected

from odoo.addons.oms_addon.tools.sealed_context import sealed

from ..concurrency import FORK, RaceCase
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
        self.assertEqual(self._verdicts(orders[2])["London"], "daily capacity reached")
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

    def test_the_day_is_that_of_its_working_days_as_in_promises(self):
        self.warehouse.oms_calendar_id = self.env["resource.calendar"].create(
            {"name": "West", "tz": "America/Los_Angeles"}
        )
        with freeze_time("2026-03-02 07:30:00"):
            self.assertEqual(
                self.env["oms.allocation.day"]._today(self.warehouse), date(2026, 3, 1)
            )


class TestEveryParcelCounts(AllocationCommon):
    """Whoever sends it, and whenever it was sold: a day has so many parcels."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse.oms_capacity_day = 1
        cls.channel.warehouse_ids = cls.warehouse
        cls.channel.payment_policy = "terms"
        cls.rare = cls._make_product("RARE", "Rare")

    def setUp(self):
        super().setUp()
        self.clock = freeze_time("2026-03-03 09:00:00")
        self.clock.start()
        self.addCleanup(lambda: self.clock.stop())

    def _next_day(self):
        self.clock.stop()
        self.clock = freeze_time("2026-03-04 09:00:00")
        self.clock.start()

    def _used(self):
        """:return: how many places of each day are taken"""
        days = self.env["oms.allocation.day"].search([("warehouse_id", "=", self.warehouse.id)])
        return [day.used for day in days.sorted("day")]

    def _waiting(self, count):
        """:return: confirmed orders that wait for goods that are nowhere"""
        orders = self.env["sale.order"].union(
            *(self._make_order((self.rare, 1)) for _n in range(count))
        )
        self._serve(orders)
        return orders

    def _said(self, order):
        return order.oms_event_ids.filtered(lambda e: e.code == "order.overbooked").mapped("name")

    def test_backorders_that_are_served_later_take_places_of_that_day(self):
        orders = self._waiting(3)
        self.assertEqual(self._used(), [0])
        self._put_stock(self.rare, self.warehouse, 3)
        self._run_lanes("allocator")
        self.assertEqual([self._taken(order) for order in orders], [{self.warehouse: 1.0}, {}, {}])
        self.assertEqual(self._used(), [1])
        # Nothing of it was sold without stock: the goods are there, and theirs tomorrow.
        self.assertEqual(
            self.allocator._allocate(orders[1]),
            {
                orders[
                    1
                ]: "The daily capacity is reached at London: the order is allocated on another "
                "day.",
            },
        )
        self.assertEqual(
            self.backorder._free_for_new(self.warehouse, self.rare)[
                self.warehouse.id, self.rare.id
            ],
            0.0,
        )
        self._next_day()
        self._run_lanes("allocator")
        self.assertEqual([bool(self._taken(order)) for order in orders], [True, True, False])
        self.assertEqual(self._used(), [1, 1])
        self.assertStockIsConsistent(self.rare)

    def test_what_is_there_is_not_called_oversold_on_a_full_day(self):
        self.channel.payment_policy = "prepaid"
        self._serve(self._make_order((self.mug, 1)))
        order = self._make_order((self.mug, 1))
        order.with_context(**sealed(sourced=True)).action_confirm()
        self.allocator._allocate(order)
        self.assertEqual((self._taken(order), self._holds(order)), ({}, []))

    def test_a_new_order_is_not_given_a_full_day_without_any_rule(self):
        self._serve(self._make_order((self.mug, 1)))
        order = self._make_order((self.mug, 1))
        self.assertEqual(self.sourcing._source(order), order)
        self.assertEqual(self._holds(order), ["ALLOCATION"])
        self.assertIn("daily capacity reached", order.oms_allocation_text)

    def test_an_order_that_a_payment_confirms_waits_for_the_next_day(self):
        self._serve(self._make_order((self.mug, 1)))
        order = self._make_order((self.mug, 1))
        order.action_confirm()
        self._run_lanes("allocator")
        self.assertEqual((self._taken(order), self._used()), ({}, [1]))
        self._next_day()
        self._run_lanes("allocator")
        self.assertEqual((self._taken(order), self._used()), ({self.warehouse: 1.0}, [1, 1]))

    def test_what_staff_confirm_takes_a_place_and_no_more_than_one(self):
        order = self._make_order((self.mug, 1), oms_channel_id=False)
        order.action_confirm()
        self._run_lanes("allocator")
        order.picking_ids.do_unreserve()
        self._run_lanes("allocator")
        self.assertEqual((self._taken(order), self._used()), ({self.warehouse: 1.0}, [1]))

    def test_a_person_overbooks_a_day_on_the_board_and_it_is_said(self):
        self._put_stock(self.mug, self.north, 5)
        self.north.oms_capacity_day = 1
        self.channel.warehouse_ids = self.warehouse + self.north
        first = self._make_order((self.mug, 1))
        second = self._make_order((self.mug, 1))
        self._serve(first + second)
        self.assertEqual(self._taken(second), {self.north: 1.0})
        second._oms_send_from(self.warehouse)
        self.assertEqual(self._taken(second), {self.warehouse: 1.0})
        text = "The daily capacity of London is exceeded: parcel 2 of 1 was assigned manually."
        self.assertEqual(self._said(second), [text])
        self.assertIn(text, second.oms_allocation_text)
        self.assertFalse(self._said(first))
        self.assertEqual(self._used(), [2])
        # Its place in Leeds is free again.
        self.assertEqual(self.env["oms.allocation.day"]._glance(self.north), {self.north.id: 1})

    def test_a_released_order_overbooks_a_day_and_it_is_said(self):
        self._serve(self._make_order((self.mug, 1)))
        order = self._make_order((self.mug, 1), oms_step="confirm", oms_cursor="confirm")
        self.sourcing._source(order)
        order.oms_hold_ids.action_release()
        self.assertFalse(self.sourcing._source(order))
        self.assertEqual((len(self._said(order)), self._used()), (1, [2]))
        order.with_context(**sealed(sourced=True)).action_confirm()
        self.allocator._allocate(order)
        self.assertEqual((self._taken(order), self._used()), ({self.warehouse: 1.0}, [2]))

    def test_who_checks_availability_by_hand_overbooks_and_it_is_said(self):
        orders = self._waiting(2)
        self._put_stock(self.rare, self.warehouse, 2)
        self._run_lanes("allocator")
        orders[1].picking_ids.action_assign()
        self.assertEqual(self._taken(orders[1]), {self.warehouse: 1.0})
        self.assertEqual((len(self._said(orders[1])), self._used()), (1, [2]))
        orders[1].picking_ids.action_assign()
        self.assertEqual((len(self._said(orders[1])), self._used()), (1, [2]))

    def test_goods_are_sourced_again_into_a_full_day_by_nobody_without_any_rule(self):
        self.channel.warehouse_ids = self.warehouse + self.north
        self.north.oms_capacity_day = 1
        self._put_stock(self.mug, self.north, 5)
        self._serve(self._make_order((self.mug, 1), oms_keep_warehouse=True))
        orders = self._waiting(2)
        self._put_stock(self.rare, self.north, 2)
        self._run_lanes("allocator")
        self.assertEqual([self._taken(order) for order in orders], [{self.north: 1.0}, {}])


class TestCapacityRace(RaceCase):
    def test_backorders_of_two_processes_never_overbook_a_day(self):
        ids = self.commit(_prepare_backorders)
        self.run_parallel([lambda env, mine=ids[n::2]: _allocate(env, mine) for n in range(2)])
        reserved = self.commit(
            lambda env: (
                env["sale.order"]
                .browse(ids)
                .filtered(lambda o: o.picking_ids.state == "assigned")
                .ids
            )
        )
        self.assertEqual(len(reserved), 3)
        self.assertEqual(
            self.commit(
                lambda env: (
                    env["oms.allocation.day"].search([("warehouse_id.name", "=", "Narrow")]).used
                )
            ),
            3,
        )

    def test_who_rejects_and_who_allocates_lock_days_before_stock(self):
        ids = self.commit(lambda env: _prepare_backorders(env, "Slim"))
        self.commit(lambda env: _allocate(env, ids[:1]))
        stock_held, day_held = FORK.Event(), FORK.Event()

        def reject(env):
            _after(env["oms.stock"], "_lock", lambda: (stock_held.set(), day_held.wait(1)))
            line = env["sale.order"].browse(ids[0]).picking_ids.move_line_ids
            reason = env.ref("oms_addon.oms_pick_rejection_reason_not_found")
            with _told_of_deadlocks():
                return bool(env["oms.pick.rejection"]._reject(line, reason, 1))

        def allocate(env):
            _after(env["oms.allocation.day"], "_left", day_held.set)
            stock_held.wait(60)
            with _told_of_deadlocks():
                env["oms.allocator"]._allocate(env["sale.order"].browse(ids[1]))
                return True

        self.assertEqual(self.run_parallel([reject, allocate]), [True, True])

    def test_four_processes_never_give_a_warehouse_more_than_its_day(self):
        ids = self.commit(_prepare)
        results = self.run_parallel(
            [lambda env, mine=ids["orders"][n::4]: _source(env, mine) for n in range(4)]
        )
        self.assertEqual(sum(len(result) for result in results), 20)
        names = [name for result in results for name in result]
        self.assertEqual((names.count("Limited"), names.count("Other")), (5, 15))
        limited = [("warehouse_id.name", "=", "Limited")]
        used = self.commit(lambda env: env["oms.allocation.day"].search(limited).mapped("used"))
        slots = self.commit(lambda env: env["oms.allocation.slot"].search_count(limited))
        self.assertEqual((used, slots), ([5], 5))


def _after(records, name, work):
    """Have this process work when a method of a model is done."""
    original = getattr(type(records), name)

    def method(self, *args, **kwargs):
        result = original(self, *args, **kwargs)
        work()
        return result

    setattr(type(records), name, method)


@contextmanager
def _told_of_deadlocks():
    """Fail at a deadlock, where a lane or request would begin again."""
    try:
        yield
    except DeadlockDetected as error:
        raise AssertionError("two wait for each other") from error


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


def _prepare_backorders(env, name="Narrow"):
    """:return: ids of 8 confirmed orders of goods that came, where 3 leave a day"""
    narrow = env["stock.warehouse"].create(
        {"name": name, "code": name[:3], "oms_managed": True, "oms_capacity_day": 3}
    )
    mug = env["product.product"].create({"name": "Late mug", "is_storable": True})
    orders = env["sale.order"].create(
        [
            {
                "partner_id": env["res.partner"].create({"name": "Bea"}).id,
                "warehouse_id": narrow.id,
                "oms_keep_warehouse": True,
                "order_line": [(0, 0, {"product_id": mug.id, "product_uom_qty": 1})],
            }
            for _n in range(8)
        ]
    )
    orders.action_confirm()
    env["stock.quant"]._update_available_quantity(mug, narrow.lot_stock_id, 100)
    return orders.ids


def _allocate(env, ids):
    env["oms.allocator"]._allocate(env["sale.order"].browse(ids))
