from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.oms_addon.documents.problems import HoldReason

from .common import AllocationCommon


class TestQueue(AllocationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.write({"auto_ship": False, "payment_policy": "terms"})

    def _queued(self, **document):
        self._make_rules({"max_km": 1, "action": "queue", "user_id": self.env.user.id})
        return self._capture(self._document("Q-1", **document))

    def test_what_no_rule_serves_is_held_for_its_owner_and_holds_no_stock(self):
        order = self._queued()
        self.assertRecordValues(
            order, [{"state": "draft", "oms_status": "held", "oms_step": "confirm"}]
        )
        self.assertRecordValues(
            order.oms_hold_ids,
            [{"reason_code": "ALLOCATION", "state": "open", "user_id": self.env.user.id}],
        )
        self.assertIn("London: ", order.oms_hold_ids.detail)
        self.assertFalse(order.picking_ids)

    def test_a_released_order_goes_on_once_and_no_rule_holds_it_again_fault_62(self):
        order = self._queued()
        order.oms_hold_ids.action_release()
        self._run_lanes()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.oms_hold_ids.mapped("state"), ["released"])
        self.assertEqual(order.oms_allocation_plan["trials"][-1]["outcome"], "free")
        self.assertEqual(self._taken(order), {self.warehouse: 2.0})

    def test_a_person_sends_a_queued_order_from_a_warehouse(self):
        self._put_stock(self.mug, self.south, 10)
        order = self._queued()
        card = self.env["oms.allocation.wait"].search([("order_id", "=", order.id)])
        self.assertRecordValues(card, [{"reason": "person", "value": 20.0}])
        card.warehouse_id = self.south
        self._run_lanes()
        self.assertEqual(self._taken(order), {self.south: 2.0})
        self.assertFalse(self.env["oms.allocation.wait"].search([("order_id", "=", order.id)]))

    def test_values_of_orders_in_several_currencies_add_up_in_the_companys(self):
        foreign = self.env["res.currency"].create(
            {
                "name": "XDU",
                "symbol": "Ð",
                "rate_ids": [Command.create({"name": "2020-01-01", "rate": 4})],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": foreign.id}
        )
        self._make_rules({"action": "partial"})
        jug = self._make_product("JUG", "Jug")
        orders = self._make_order((jug, 2)) | self._make_order((jug, 2), pricelist_id=pricelist.id)
        held = self._make_order((jug, 4), pricelist_id=pricelist.id)
        self.env["oms.hold"]._open(held, [HoldReason(code="ALLOCATION", message="Choose.")])
        self.assertEqual((orders[1] | held).currency_id, foreign)
        self._serve(orders)
        cards = self.env["oms.allocation.wait"].search(
            [("order_id", "in", (orders | held).ids)], order="id"
        )
        rates = [1.0, 4.0, 4.0]
        self.assertEqual((orders | held).mapped("currency_rate"), rates)
        self.assertEqual(
            cards.mapped(lambda c: (c.order_id, c.value, c.currency_id)),
            [
                (order, order.amount_total / rate, self.company.currency_id)
                for order, rate in zip(orders | held, rates, strict=True)
            ],
        )
        [[total]] = self.env["oms.allocation.wait"]._read_group(
            [("id", "in", cards.ids)], [], ["value:sum"]
        )
        self.assertEqual(total, 35.0)

    def test_every_order_ends_in_a_state_a_person_can_see(self):
        self._make_rules({"max_km": 1, "action": "next"})
        order = self._capture(self._document("Q-2"))
        self.assertEqual(self._holds(order), ["ALLOCATION"])


class TestCancelAt(AllocationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.write({"auto_ship": False, "payment_policy": "terms"})
        cls.channel.invoice_policy = "shipment"
        cls.rare = cls._make_product("RARE", "Rare")
        cls._make_rules({"action": "cancel", "cancel_days": 3})
        cls.env["oms.allocation.rule"].search([]).cancel_since = "2026-01-01"

    def test_what_was_not_served_in_time_is_cancelled_and_told(self):
        with freeze_time("2026-03-01 10:00:00"):
            order = self._capture(self._document("C-1", [("RARE", 1, "10.00")]))
            self.assertEqual(str(order.oms_cancel_at), "2026-03-04 10:00:00")
            self.assertEqual(order.oms_allocation_plan["outcome"], "cancel")
        expiry = self.env["oms.allocation.expiry"]
        with freeze_time("2026-03-04 09:59:00"):
            self.assertEqual(expiry._expire_unserved(), 0)
        with freeze_time("2026-03-04 10:00:00"):
            self.assertEqual(expiry._expire_unserved(), 1)
            self.assertEqual(expiry._expire_unserved(), 0)
        self.assertRecordValues(order, [{"state": "cancel", "oms_status": "cancelled"}])
        self.assertIn("Not allocated in time", order.oms_wait_reason)

    def test_what_was_invoiced_already_is_credited(self):
        self.channel.invoice_policy = "payment"
        with freeze_time("2026-03-01 10:00:00"):
            order = self._capture(self._document("C-4", [("RARE", 2, "10.00")]))
        self.assertEqual(order.invoice_ids.mapped("move_type"), ["out_invoice"])
        with freeze_time("2026-03-04 10:00:00"):
            self.env["oms.allocation.expiry"]._expire_unserved()
        self.assertEqual(
            sorted(order.invoice_ids.mapped("move_type")), ["out_invoice", "out_refund"]
        )
        self.assertEqual(order.order_line.product_uom_qty, 0.0)
        self.assertEqual(order.picking_ids.mapped("state"), ["cancel"])

    def test_what_came_in_time_stays(self):
        with freeze_time("2026-03-01 10:00:00"):
            order = self._capture(self._document("C-2", [("RARE", 1, "10.00")]))
            self._put_stock(self.rare, self.warehouse, 1)
            self._run_lanes()
        with freeze_time("2026-03-05 10:00:00"):
            self.assertEqual(self.env["oms.allocation.expiry"]._expire_unserved(), 1)
        self.assertEqual(order.state, "sale")
        self.assertFalse(order.oms_cancel_at)

    def test_what_was_served_in_part_is_decided_by_a_person(self):
        with freeze_time("2026-03-01 10:00:00"):
            order = self._capture(
                self._document("C-3", [("RARE", 1, "10.00"), ("MUG", 1, "10.00")])
            )
        with freeze_time("2026-03-05 10:00:00"):
            self.env["oms.allocation.expiry"]._expire_unserved()
        self.assertEqual(order.state, "sale")
        self.assertEqual(self._holds(order), ["ALLOCATION_LATE"])


class TestMove(AllocationCommon):
    def test_reserved_goods_are_moved_to_another_warehouse(self):
        self._put_stock(self.mug, self.north, 10)
        order = self._make_order((self.mug, 4))
        self._serve(order)
        self.assertEqual(self._taken(order), {self.warehouse: 4.0})
        order._oms_send_from(self.north)
        self.assertEqual(self._taken(order), {self.north: 4.0})
        self.assertEqual(order.order_line.warehouse_id, self.north)
        self.assertIn("moved manually", order.oms_allocation_text)
        self.assertStockIsConsistent(self.mug)

    def test_what_waits_is_moved_and_waits_there(self):
        rare = self._make_product("RARE", "Rare")
        order = self._make_order((rare, 4))
        self._serve(order)
        card = self.env["oms.allocation.wait"].search([("order_id", "=", order.id)])
        self.assertRecordValues(
            card,
            [
                {
                    "warehouse_id": self.warehouse.id,
                    "reason": "stock",
                    "value": 40.0,
                    "missing": 4.0,
                }
            ],
        )
        card.warehouse_id = self.north
        self._put_stock(rare, self.north, 4)
        self._run_lanes("allocator")
        self.assertEqual(self._taken(order), {self.north: 4.0})

    def test_picked_goods_are_not_moved(self):
        order = self._make_order((self.mug, 4))
        self._serve(order)
        order.picking_ids.move_ids.picked = True
        with self.assertRaisesRegex(UserError, "are already picked"):
            order._oms_send_from(self.north)
        self.assertEqual(self._taken(order), {self.warehouse: 4.0})

    def test_a_warehouse_we_do_not_run_is_refused(self):
        self.north.oms_managed = False
        order = self._make_order((self.mug, 4))
        with self.assertRaisesRegex(UserError, "cannot ship"):
            order._oms_send_from(self.north)

    def test_the_rules_leave_what_a_person_moved(self):
        self._make_rules({"warehouse_ids": self.warehouse.ids})
        order = self._make_order((self.mug, 4))
        order._oms_send_from(self.north)
        self.sourcing._source(order)
        self.assertEqual(order.warehouse_id, self.north)


class TestSourcedAgain(AllocationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.jug = cls._make_product("JUG", "Jug", stock=4)

    def _run_out(self, order):
        """Take the goods of a confirmed order away before they are reserved."""
        self.env["stock.quant"].search(
            [("product_id", "=", self.jug.id), ("location_id", "=", self.warehouse.lot_stock_id.id)]
        ).with_context(inventory_mode=True).write({"inventory_quantity": 0})
        self.env["stock.quant"].search([("product_id", "=", self.jug.id)]).action_apply_inventory()
        self._put_stock(self.jug, self.south, 10)
        self.allocator._allocate(order)

    def test_goods_that_ran_out_come_from_where_the_rules_let_only(self):
        self._make_rules({"max_km": 300, "action": "partial"})
        order = self._confirm(self._make_order((self.jug, 4)))
        self._run_out(order)
        self.assertEqual(self._taken(order), {})

    def test_without_the_limit_they_come_from_the_other(self):
        self._make_rules({"action": "partial"})
        order = self._confirm(self._make_order((self.jug, 4)))
        self._run_out(order)
        self.assertEqual(self._taken(order), {self.south: 4.0})

    def test_safety_stock_is_kept_when_goods_are_sourced_again(self):
        self.env["oms.allocation.safety"].create({"warehouse_id": self.south.id, "quantity": 7})
        self._make_rules({"action": "partial"})
        order = self._confirm(self._make_order((self.jug, 4)))
        self._run_out(order)
        self.assertEqual(self._taken(order), {self.south: 3.0})

    def test_who_rejected_the_goods_is_not_asked_again(self):
        order = self._confirm(self._make_order((self.jug, 4)))
        order.order_line.oms_excluded_warehouse_ids = self.south
        self._run_out(order)
        self.assertEqual(self._taken(order), {})

    def test_a_full_warehouse_gets_nothing_when_goods_are_sourced_again(self):
        self.south.oms_capacity_day = 1
        self._make_rules({"action": "partial"})
        orders = self._confirm(self._make_order((self.jug, 2)) + self._make_order((self.jug, 2)))
        self._run_out(orders)
        self.assertEqual(self._taken(orders[0]), {self.south: 2.0})
        self.assertEqual(self._taken(orders[1]), {})
        self.assertEqual(self.env["oms.allocation.slot"].search([]).mapped("order_id"), orders[0])


class TestLimitsOfTheRule(AllocationCommon):
    """Goods are sourced again within the limits of the rule that sourced their order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.jug = cls._make_product("JUG", "Jug", stock=4)
        cls.rules = cls._make_rules(
            {"warehouse_ids": cls.north.ids, "one_parcel": True, "action": "next"},
            {"max_parcels": 2, "action": "partial"},
        ).routing_ids.rule_ids

    def _serve_short(self, **values):
        """:return: an order of 4 that London served, of which 2 are found by nobody there"""
        order = self._confirm(self._make_order((self.jug, 4), **values))
        self.allocator._allocate(order)
        self.assertEqual(self._taken(order), {self.warehouse: 4.0})
        return order

    def _reject(self, order, quantity=2, counted=2):
        self._put_stock(self.jug, self.south, 10)
        self.env["oms.pick.rejection"]._reject(
            order.picking_ids.move_line_ids[:1],
            self.env["oms.pick.rejection.reason"].search([("effect", "=", "less")], limit=1),
            quantity,
            counted=counted,
        )

    def test_the_rule_that_sourced_the_order_limits_what_is_rejected(self):
        order = self._serve_short()
        self.assertEqual(order.oms_allocation_rule_id, self.rules[1])
        self._reject(order)
        self.assertEqual(self._taken(order), {self.warehouse: 2.0, self.south: 2.0})
        self.assertStockIsConsistent(self.jug)

    def test_its_least_value_of_a_parcel_holds(self):
        self.rules[1].min_value = 25
        order = self._serve_short()
        self._reject(order)
        self.assertEqual(self._taken(order), {self.warehouse: 2.0})

    def test_the_least_value_counts_units_of_what_is_sold_by_the_dozen(self):
        self.rules[1].min_value = 25
        self._put_stock(self.jug, self.warehouse, 20)
        order = self._make_order((self.jug, 1))
        order.order_line.write(
            {"product_uom_id": self.env.ref("uom.product_uom_dozen").id, "price_unit": 120}
        )
        self.allocator._allocate(self._confirm(order))
        self.assertEqual(self._taken(order), {self.warehouse: 12.0})
        # Two of the twelve are worth 20.
        self._reject(order, counted=10)
        self.assertEqual(self._taken(order), {self.warehouse: 10.0})

    def test_a_rule_that_is_no_longer_about_the_order_is_replaced_by_the_first_that_is(self):
        order = self._serve_short()
        zone = self.env["oms.allocation.zone"].create(
            {"name": "DE", "country_ids": self.germany.ids}
        )
        self.rules[1].zone_ids = zone
        self.rules[0].write({"warehouse_ids": False, "action": "partial"})
        self._reject(order)
        # One parcel, says the first.
        self.assertEqual(self._taken(order), {self.warehouse: 2.0})
        self.rules[1].zone_ids = False
        self.allocator._allocate(order)
        self.assertEqual(self._taken(order), {self.warehouse: 2.0, self.south: 2.0})

    def test_a_rule_that_is_gone_is_replaced_by_the_first_there_is(self):
        order = self._serve_short()
        self.rules[0].write({"warehouse_ids": False, "action": "partial"})
        self.rules[1].unlink()
        self._reject(order)
        self.assertEqual(self._taken(order), {self.warehouse: 2.0})

    def test_the_limits_of_an_archived_run_hold_no_longer(self):
        order = self._serve_short()
        self.rules.run_id.active = False
        self._reject(order)
        self.assertEqual(self._taken(order), {self.warehouse: 2.0, self.south: 2.0})

    def test_many_orders_take_as_many_queries_as_few(self):
        orders = self.env["sale.order"].union(*(self._make_order((self.mug, 1)) for _n in range(9)))
        self.sourcing._source(orders)

        def queries(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(self.matrix._rule_of(some)), len(some))
            return self.env.cr.sql_log_count - before

        queries(orders[:2])
        self.assertEqual(queries(orders[:2]), queries(orders))
