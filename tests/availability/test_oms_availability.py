"""What can be sold: every term, alone and together."""

import math
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command

from ..shipping.common import FulfilmentCommon


class AvailabilityCommon(FulfilmentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.engine = cls.env["oms.availability"]
        cls.cup = cls._make_product("CUP", "Cup", stock=10)
        cls.other = cls._make_channel("Other")

    def _number(self, product=None, channel=None, **values):
        product = product or self.cup
        return self.engine._available(channel or self.channel, product, **values)[product.id]

    def _purchase(self, product, quantity, days, warehouse=None):
        """Order goods of a supplier that come in so many days."""
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.customer.id,
                "picking_type_id": (warehouse or self.warehouse).in_type_id.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_qty": quantity,
                            "date_planned": fields.Datetime.add(fields.Datetime.now(), days=days),
                        }
                    )
                ],
            }
        )
        order.button_confirm()
        return order


class TestAvailability(AvailabilityCommon):
    def test_what_is_reserved_or_waited_for_is_not_there(self):
        self._serve(self._make_order((self.cup, 4)))
        self._confirm(self._make_order((self.cup, 1)))
        terms = self.engine._terms(self.channel, self.cup)[self.cup.id]
        self.assertEqual((terms.on_hand, terms.reserved, terms.waiting), (10.0, -4.0, -1.0))
        self.assertEqual(self._number(), 5)

    def test_only_the_warehouses_of_the_channel_count(self):
        self._put_stock(self.cup, self.north, 7)
        self.assertEqual(self._number(), 17)
        self.other.warehouse_ids = self.north
        self.assertEqual(self._number(channel=self.other), 7)
        self.assertEqual(self._number(warehouses=self.warehouse), 10)

    def test_a_product_has_a_threshold_of_its_own_also_one_below_nothing(self):
        self.channel.stock_buffer = 3
        self.assertEqual(self._number(), 7)
        buffer = self.env["oms.channel.buffer"].create(
            {"channel_id": self.channel.id, "product_id": self.cup.id, "quantity": 1}
        )
        self.assertEqual(self._number(), 9)
        buffer.quantity = -5
        self.assertEqual(self._number(), 15)
        self.assertEqual(self._number(channel=self.other), 10)
        self.assertEqual(self._number(self.mug), 97)

    def test_what_is_kept_for_a_channel_is_not_sold_on_another_until_it_is_used_up(self):
        reserve = self.env["oms.channel.reserve"].create(
            {"channel_id": self.other.id, "product_id": self.cup.id, "quantity": 6}
        )
        self.assertEqual((self._number(), self._number(channel=self.other)), (4, 10))
        order = self._confirm(self._make_order((self.cup, 2), channel=self.other))
        self.assertEqual(reserve.left, 4.0)
        self.assertEqual((self._number(), self._number(channel=self.other)), (4, 8))
        self._confirm(self._make_order((self.cup, 1)))
        self.assertEqual((self._number(), self._number(channel=self.other)), (3, 7))
        order.action_cancel()
        reserve.invalidate_recordset()
        self.assertEqual(reserve.left, 6.0)
        self.assertEqual(self._number(), 3)

    def test_what_is_kept_until_a_day_is_free_the_day_after(self):
        today = self.company._oms_today()
        reserve = self.env["oms.channel.reserve"].create(
            {
                "channel_id": self.other.id,
                "product_id": self.cup.id,
                "quantity": 6,
                "until": today,
            }
        )
        self.assertEqual(self._number(), 4)
        reserve.until = fields.Date.subtract(today, days=1)
        self.assertEqual(self._number(), 10)
        self.env["oms.channel.stock"]._process()
        self.assertFalse(reserve.active)

    def test_the_last_day_units_are_kept_is_the_company_s_whoever_looks(self):
        self.company.partner_id.tz = "America/Los_Angeles"
        reserve = self.env["oms.channel.reserve"].create(
            {
                "channel_id": self.other.id,
                "product_id": self.cup.id,
                "quantity": 6,
                "until": "2026-03-02",
            }
        )
        for zone in ("UTC", "Pacific/Auckland", "America/Los_Angeles"):
            engine = self.engine.with_context(tz=zone)
            with self.subTest(zone=zone):
                with freeze_time("2026-03-03 07:30:00"):
                    numbers = engine._available(self.channel, self.cup)
                    self.assertEqual(numbers[self.cup.id], 4)
                    self.assertEqual(reserve.with_context(tz=zone)._expire(), 0)
                with freeze_time("2026-03-03 08:30:00"):
                    numbers = engine._available(self.channel, self.cup)
                    self.assertEqual(numbers[self.cup.id], 10)

    def test_what_is_kept_for_a_channel_of_another_warehouse_takes_nothing_away(self):
        self.other.warehouse_ids = self.north
        self.channel.warehouse_ids = self.warehouse
        self.env["oms.channel.reserve"].create(
            {"channel_id": self.other.id, "product_id": self.cup.id, "quantity": 6}
        )
        self.assertEqual(self._number(), 10)

    def test_carts_of_a_channel_are_served_from_what_is_kept_for_it(self):
        self.env["oms.channel.reserve"].create(
            {"channel_id": self.other.id, "product_id": self.cup.id, "quantity": 6}
        )
        Carts = self.env["oms.cart.reservation"]
        Carts._reserve(self.other, "c1", {self.cup.id: 4})
        self.assertEqual((self._number(), self._number(channel=self.other)), (4, 6))
        Carts._reserve(self.other, "c1", {self.cup.id: 8})
        self.assertEqual((self._number(), self._number(channel=self.other)), (2, 2))

    def test_arriving_goods_are_sold_within_the_horizon_only(self):
        self._purchase(self.cup, 20, days=5)
        self._purchase(self.cup, 50, days=40)
        self.assertEqual(self._number(), 10)
        self.channel.write({"sell_arriving": True, "arriving_days": 10})
        self.assertEqual(self._number(), 30)
        self.channel.arriving_days = 60
        self.assertEqual(self._number(), 80)

    def test_a_day_that_brings_goods_into_the_horizon_is_told_by_the_lane(self):
        self._purchase(self.cup, 20, days=5)
        self.channel.write({"sell_arriving": True, "arriving_days": 3, "watch_stock": True})
        self._serve(self._make_order((self.cup, 10)))
        Stock, State = self.env["oms.channel.stock"], self.env["oms.availability.state"]

        def look():
            self.env.flush_all()
            self.env.cr.precommit.run()
            Stock._process()
            self.env.cr.precommit.run()
            Stock._process()
            return State.search([("product_id", "=", self.cup.id)]).is_out

        self.assertTrue(look())
        with freeze_time(fields.Datetime.add(fields.Datetime.now(), days=3)):
            self.assertFalse(look())

    def test_goods_that_orders_wait_for_are_taken_off_what_arrives_once(self):
        self.channel.write({"sell_arriving": True, "arriving_days": 10})
        self._serve(self._make_order((self.cup, 15)))
        self._purchase(self.cup, 20, days=5)
        self.assertEqual(self._number(), 15)

    def test_the_safety_stock_of_a_warehouse_takes_nothing_from_another(self):
        self._put_stock(self.cup, self.north, 2)
        kept = {(self.warehouse.id, self.cup.id): 4.0, (self.north.id, self.cup.id): 5.0}
        with patch.object(type(self.engine), "_safety", lambda *_args: kept):
            self.assertEqual(self.engine._terms(self.channel, self.cup)[self.cup.id].safety, -6.0)
            self.assertEqual(self._number(), 6)
            self._confirm(self._make_order((self.cup, 9)))
            self.assertEqual(self._number(), 0)

    def test_a_part_a_minimum_and_a_cap(self):
        self.channel.stock_percent = 50
        self.assertEqual(self._number(), 5)
        self.channel.stock_minimum = 5
        self.assertEqual(self._number(), 5)
        self.channel.stock_minimum = 6
        self.assertEqual(self._number(), 0)
        self.channel.write({"stock_minimum": 0, "stock_cap": 2})
        self.assertEqual(self._number(), 2)

    def test_what_is_not_counted_has_no_end(self):
        service = self._make_product("WRAP", "Gift wrap", is_storable=False)
        self.assertEqual(self._number(service), math.inf)

    def test_a_set_is_there_as_often_as_its_scarcest_good_is_fault_44(self):
        needs = {"set": {self.mug.id: 2, self.cup.id: 3}, "cup": {self.cup.id: 1}}
        sets = self.engine._available_sets(self.channel, needs)
        self.assertEqual(sets, {"set": 3, "cup": 10})
        self._put_stock(self.cup, self.warehouse, 2)
        self.assertEqual(self.engine._available_sets(self.channel, needs), {"set": 0, "cup": 2})

    def test_many_products_cost_no_more_statements_than_one(self):
        many = self.env["product.product"].union(
            *[self._make_product(f"P{n}", f"P{n}", stock=n) for n in range(1, 31)]
        )
        self.channel.write({"sell_arriving": True})
        self.env.flush_all()
        counts = []
        for products in (many[:1], many):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            numbers = self.engine._available(self.channel, products)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        self.assertEqual([numbers[p.id] for p in many], list(range(1, 31)))
