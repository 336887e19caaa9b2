"""The customer wants a confirmed order sent elsewhere: fault 38 for the rules and the promise."""

from datetime import datetime

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import new_test_user

from .common import AllocationCommon

LEEDS = {"street": "1 High Street", "city": "Leeds", "zip": "LS1 1AA", "country": "GB"}
BERLIN = {"street": "Unter den Linden 1", "city": "Berlin", "zip": "10117", "country": "DE"}


class NewAddressCommon(AllocationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.jug = cls._make_product("JUG", "Jug", stock=5, north=5)
        cls._put_stock(cls.jug, cls.south, 5)
        service = cls.env["product.product"].create({"name": "Post", "type": "service"})
        cls.post = cls.env["delivery.carrier"].create(
            {
                "name": "Post",
                "product_id": service.id,
                "oms_transit_ids": [
                    Command.create({"country_id": country.id, "days": days})
                    for country, days in ((cls.britain, 1), (cls.germany, 3))
                ],
            }
        )
        cls.channel.write(
            {"payment_policy": "terms", "invoice_policy": "shipment", "carrier_id": cls.post.id}
        )

    def setUp(self):
        super().setUp()
        # A Tuesday.
        clock = freeze_time("2026-03-03 09:00:00", tick=False)
        clock.start()
        self.addCleanup(clock.stop)
        self.version = 0

    def _report(self, address, *lines):
        """:return: the order, as its customer wants it now"""
        self.version += 1
        return self._capture(
            self._document(
                "N-1",
                lines or [("JUG", 2, "10.00")],
                version=str(self.version),
                updated_at=f"2026-03-{self.version:02d}T09:00:00Z",
                shipping={"name": "Ann N-1", **address},
            )
        )

    def _events(self, order, code):
        events = order.oms_event_ids.sorted("id")
        return [(e.code, e.before, e.after) for e in events if e.code.startswith(code)]

    def _names(self, order):
        return "\n".join(order.oms_event_ids.mapped("name"))

    def _near(self, **values):
        return self._make_rules({"sort_by": "distance", "action": "partial", **values})

    def assertAddsUp(self):
        self.assertStockIsConsistent(self.jug)
        self.assertEqual(self.env["oms.stock.comparison"]._compare({self.jug.id}), [])


class TestNewAddress(NewAddressCommon):
    def test_fault_38_another_warehouse_serves_the_new_address(self):
        self._near()
        order = self._report(LEEDS)
        self.assertEqual(self._taken(order), {self.north: 2.0})
        first = order.picking_ids
        self._report(BERLIN)
        self.assertEqual(self._taken(order), {self.south: 2.0})
        self.assertEqual(first.state, "cancel")
        delivery = order.picking_ids - first
        self.assertRecordValues(delivery, [{"state": "assigned"}])
        self.assertEqual(delivery.partner_id.city, "Berlin")
        self.assertEqual((order.warehouse_id, order.order_line.warehouse_id), (self.south,) * 2)
        self.assertEqual(self._verdicts(order)["Berlin"], "2 of 2 in stock")
        self.assertIn("now from Berlin", order.oms_allocation_text)
        self.assertIn("now from Berlin: address changed", self._names(order))
        self.assertAddsUp()

    def test_fault_38_the_promise_is_made_again_as_an_event(self):
        self._near()
        order = self._report(LEEDS)
        self.assertEqual(order.oms_promised_at, datetime(2026, 3, 4, 18))
        self._report(BERLIN)
        self.assertEqual(order.oms_promised_at, datetime(2026, 3, 6, 18))
        self.assertEqual(
            self._events(order, "promise."),
            [
                ("promise.made", False, "03/04/2026"),
                ("promise.later", "03/04/2026", "03/06/2026"),
            ],
        )
        self.assertEqual(order.oms_promise_count, 1)

    def test_fault_38_what_is_right_still_stays_and_is_promised_again(self):
        self._near(warehouse_ids=self.north.ids)
        order = self._report(LEEDS)
        delivery = order.picking_ids
        lines = delivery.move_line_ids
        self._report(BERLIN)
        self.assertEqual(order.picking_ids, delivery)
        self.assertEqual(delivery.move_line_ids, lines)
        self.assertEqual(delivery.partner_id.city, "Berlin")
        self.assertEqual(order.oms_promised_at, datetime(2026, 3, 6, 18))
        self.assertFalse(self._events(order, "order.sourced_again"))

    def test_fault_38_the_limits_of_the_rules_hold_for_the_new_address(self):
        self._put_stock(self.pot, self.north, 5)
        self._near(one_parcel=True)
        order = self._report(LEEDS, ("JUG", 2, "10.00"), ("POT", 1, "10.00"))
        self.assertEqual(self._taken(order), {self.north: 3.0})
        # Berlin has no pots, and one parcel has to be enough: the next that has all.
        self._report(BERLIN, ("JUG", 2, "10.00"), ("POT", 1, "10.00"))
        self.assertEqual(self._taken(order), {self.warehouse: 3.0})
        self.assertAddsUp()

    def test_fault_38_a_split_order_is_put_together_where_all_is(self):
        self._put_stock(self.jug, self.south, 10)
        self._near(max_km=300)
        order = self._report(LEEDS, ("JUG", 8, "10.00"))
        self.assertEqual(self._taken(order), {self.north: 5.0, self.warehouse: 3.0})
        self._report(BERLIN, ("JUG", 8, "10.00"))
        self.assertEqual(self._taken(order), {self.south: 8.0})
        self.assertEqual(len(order.picking_ids._oms_todo()), 1)
        self.assertFalse(order.order_line.oms_plan)
        self.assertAddsUp()

    def test_fault_38_what_is_being_picked_stays(self):
        self._near()
        order = self._report(LEEDS)
        order.picking_ids.move_ids.picked = True
        self._report(BERLIN)
        self.assertEqual(self._taken(order), {self.north: 2.0})
        self.assertEqual(order.picking_ids.partner_id.city, "Berlin")

    def test_fault_38_what_has_a_label_stays_until_a_person_decides(self):
        self._near()
        order = self._report(LEEDS)
        order.picking_ids.carrier_tracking_ref = "OLD-1"
        self._report(BERLIN)
        self.assertEqual(self._taken(order), {self.north: 2.0})
        self.assertEqual(self._holds(order), ["ADDRESS_CHANGED"])

    def test_fault_38_a_warehouse_somebody_chose_stays(self):
        self._near()
        order = self._report(LEEDS)
        order._oms_send_from(self.warehouse)
        self._report(BERLIN)
        self.assertEqual(self._taken(order), {self.warehouse: 2.0})

    def test_fault_38_where_no_rule_serves_the_new_address_a_person_decides(self):
        self._near(max_km=300, action="queue")
        order = self._report(LEEDS)
        self.env["oms.allocation.rule"].search([]).write(
            {"warehouse_ids": (self.warehouse + self.north).ids}
        )
        self._report(BERLIN)
        self.assertEqual(self._holds(order), ["ALLOCATION"])
        self.assertEqual(order.oms_status, "held")
        # Nothing is taken from it meanwhile.
        self.assertEqual(self._taken(order), {self.north: 2.0})

    def test_fault_38_the_place_in_the_day_goes_with_the_goods(self):
        (self.north + self.south).oms_capacity_day = 1
        self._near()
        order = self._report(LEEDS)
        self._report(BERLIN)
        days = self.env["oms.allocation.day"].search([])
        self.assertEqual(
            {day.warehouse_id: day.used for day in days}, {self.north: 0, self.south: 1}
        )
        self.assertEqual(
            self.env["oms.allocation.slot"].search([("order_id", "=", order.id)]).warehouse_id,
            self.south,
        )


class TestAddressChangedByStaff(NewAddressCommon):
    def _move(self, order, user=None, **values):
        """:return: the address staff send an order to now"""
        address = order.partner_id.copy(
            {"name": "Ann at work", "type": "delivery", "parent_id": order.partner_id.id, **values}
        )
        order.with_user(user or self.env.user).partner_shipping_id = address
        return address

    def test_fault_38_staff_send_it_elsewhere_and_another_warehouse_serves_it(self):
        self._near()
        order = self._report(LEEDS)
        self.assertEqual(self._taken(order), {self.north: 2.0})
        seller = new_test_user(
            self.env, "seller", groups="sales_team.group_sale_salesman_all_leads"
        )
        berlin = self._move(
            order, seller, city="Berlin", zip="10117", country_id=self.germany.id, state_id=False
        )
        self.assertEqual(self._taken(order), {self.south: 2.0})
        going = order.picking_ids.filtered(lambda p: p.state != "cancel")
        self.assertEqual(going.partner_id, berlin)
        self.assertFalse(going.activity_ids)
        self.assertIn("Different address: seller", self._names(order))
        self.assertAddsUp()

    def test_an_order_of_a_warehouse_we_do_not_run_is_left_to_odoo(self):
        order = self._report(LEEDS)
        order.oms_channel_id = False
        self.env["stock.warehouse"].search([]).oms_managed = False
        before = order.picking_ids.partner_id
        self._move(order, city="York")
        self.assertEqual(order.picking_ids.partner_id, before)
        self.assertEqual(self._events(order, "order.address"), [])
