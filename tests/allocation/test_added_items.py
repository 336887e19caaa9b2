"""What is added to a confirmed order is sourced at once, by the rules, as a new order's goods."""

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.oms_addon.tools.sealed_context import sealed

from .test_manual_sourcing import ManualSourcingCommon
from .test_new_address import LEEDS, NewAddressCommon


class AddedItemsCommon(ManualSourcingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lid = cls._make_product("LID", "Lid", north=5)

    def _shipped(self, quantity=2):
        """:return: an order of staff whose goods have left from London"""
        order = self._quotation(quantity)
        order.action_confirm()
        order = order.with_env(self.env)
        self.allocator._allocate(order)
        self._ship(order)
        return order

    def _ship(self, order):
        todo = order.picking_ids._oms_todo()
        todo.move_ids.picked = True
        todo.with_context(skip_backorder=True).button_validate()

    def _add(self, order, *lines, user=None):
        """Add lines, given as pairs (product, quantity), and raise what is there."""
        commands = []
        for product, quantity in lines:
            line = order.order_line.filtered(lambda l, p=product: l.product_id == p)
            commands.append(
                Command.update(line.id, {"product_uom_qty": quantity})
                if line
                else Command.create({"product_id": product.id, "product_uom_qty": quantity})
            )
        order.with_user(user or self.seller).write({"order_line": commands})

    def _open(self, order):
        """:return: (warehouse, product, quantity) of what is to leave still"""
        return sorted(
            (m.picking_type_id.warehouse_id.name, m.product_id.name, m.product_qty)
            for m in order.picking_ids._oms_todo().move_ids
        )


class TestAddedItems(AddedItemsCommon):
    def test_a_line_added_after_shipping_comes_from_where_the_rules_say(self):
        order = self._shipped()
        run = self._make_rules({"sort_by": "distance", "action": "partial"})
        self._add(order, (self.pot, 3), (self.lid, 1))
        # London has all pots; Leeds is near, has the lid, and no pot.
        self.assertEqual(self._open(order), [("Leeds", "Lid", 1.0), ("London", "Pot", 3.0)])
        self.assertEqual(order.warehouse_id, self.warehouse)
        self.assertEqual(order.order_line.mapped("warehouse_id.name"), ["London", "Leeds"])
        plan = order.oms_allocation_plan
        self.assertEqual((plan["run"], plan["by"]), (run.name, self.seller.name))
        self.assertEqual(plan["title"], "Split into 2 parcels")
        self.assertEqual(
            [earlier["title"] for earlier in plan["earlier"]], ["Complete, in one parcel"]
        )
        self.assertTrue(all(order.order_line.mapped("oms_promised_at")))
        [event] = order.oms_event_ids.filtered(lambda e: e.code == "order.sourced_more")
        self.assertEqual(event.actor, self.seller.name)
        self.assertEqual(
            event.name,
            "Added 3 × [POT] Pot, 1 × [LID] Lid: Split, no warehouse has all items: "
            "3 × [POT] Pot: London; 1 × [LID] Lid: Leeds.",
        )
        self.allocator._allocate(order)
        self.assertEqual(order.picking_ids._oms_todo().mapped("state"), ["assigned", "assigned"])

    def test_a_quantity_lowered_and_raised_leaves_one_delivery_where_one_warehouse_has_all(self):
        self.jug = self._make_product("JAR", "Jar", stock=4, north=10)
        order = self._quotation(4, product=self.jug)
        order.action_confirm()
        for quantity in (2, 6):
            self._add(order, (self.jug, quantity))
        order = order.with_env(self.env)
        self.assertEqual(self._open(order), [("Leeds", "Jar", 6.0)])
        self.assertEqual(order.oms_allocation_plan["title"], "Complete, in one parcel")
        self.assertEqual(order.order_line.warehouse_id, self.north)
        self.assertEqual(self._taken(order), {self.north: 6.0})

    def test_what_no_warehouse_has_whole_stays_split(self):
        jar = self._make_product("JAR", "Jar", stock=4, north=3)
        order = self._quotation(4, product=jar)
        order.action_confirm()
        self._add(order, (jar, 6))
        order = order.with_env(self.env)
        self.assertEqual(sum(units for _w, _p, units in self._open(order)), 6.0)
        self.assertEqual(
            order.oms_allocation_plan["title"],
            "Added units: Complete, in one parcel. The order ships in 2 parcels.",
        )

    def test_more_of_a_line_comes_from_where_it_is(self):
        order = self._shipped(4)
        self.assertEqual(order.picking_ids.picking_type_id.warehouse_id, self.warehouse)
        self._add(order, (self.jug, 7))
        # One is left in London: three come together from Leeds.
        self.assertEqual(self._open(order), [("Leeds", "Jug", 3.0)])
        self.assertEqual(order.order_line.warehouse_id, self.warehouse)
        self.assertIn(
            "Added 3 × [JUG] Jug: All from Leeds: first warehouse with all items.",
            order.oms_allocation_text,
        )
        self._add(order, (self.jug, 9))
        self.assertEqual(self._open(order), [("Leeds", "Jug", 5.0)])
        self.allocator._allocate(order)
        self._ship(order)
        self.assertEqual(order.order_line.qty_delivered, 9.0)
        self.assertStockIsConsistent(self.jug)

    def test_what_has_not_left_takes_more_along_where_all_of_it_is(self):
        order = self._quotation(1, oms_keep_warehouse=False)
        order.action_confirm()
        order = order.with_env(self.env)
        self._make_rules({"sort_by": "distance", "action": "partial"})
        self._add(order, (self.jug, 3))
        self.assertEqual(self._open(order), [("London", "Jug", 3.0)])
        self.assertEqual(len(order.picking_ids), 1)

    def test_the_limit_of_parcels_counts_what_has_not_left(self):
        order = self._quotation(1)
        order.action_confirm()
        order = order.with_env(self.env)
        self._make_rules({"one_parcel": True, "action": "partial"})
        self._add(order, (self.lid, 2))
        # Leeds would be a second parcel.
        self.assertEqual(self._open(order), [("London", "Jug", 1.0), ("London", "Lid", 2.0)])
        self.assertEqual(order.oms_allocation_plan["outcome"], "waits")

    def test_after_shipping_more_may_be_another_parcel(self):
        order = self._shipped()
        self._make_rules({"one_parcel": True, "action": "partial"})
        self._add(order, (self.lid, 2))
        self.assertEqual(self._open(order), [("Leeds", "Lid", 2.0)])

    def test_whoever_adds_what_no_rule_serves_is_told_why_and_nothing_changes(self):
        order = self._shipped()
        self._make_rules({"warehouse_ids": [Command.set(self.south.ids)], "action": "queue"})
        refusal = "was not changed: .* Assign the order"
        with self.assertRaisesRegex(UserError, refusal), self.env.cr.savepoint():
            self._add(order, (self.lid, 2))
        self.assertEqual(self._open(order), [])
        self.assertFalse(self._holds(order))

    def test_a_warehouse_somebody_chose_sends_what_is_added(self):
        order = self._shipped()
        order._oms_send_from(self.north)
        self._make_rules({"warehouse_ids": [Command.set(self.south.ids)], "action": "queue"})
        self._add(order, (self.lid, 2))
        self.assertEqual(self._open(order), [("Leeds", "Lid", 2.0)])
        self.assertIn("set manually", order.oms_allocation_text)

    def test_the_day_of_a_warehouse_is_counted(self):
        order = self._shipped()
        self.north.oms_capacity_day = 2
        self._add(order, (self.lid, 2))
        slots = self.env["oms.allocation.slot"].search([("order_id", "=", order.id)])
        self.assertEqual(slots.warehouse_id, self.north)
        self.assertEqual(self.env["oms.allocation.day"]._left(self.north), {self.north.id: 1})

    def test_a_warehouse_we_do_not_run_is_as_in_odoo(self):
        other = self.env["stock.warehouse"].create({"name": "Other", "code": "OTH"})
        order = self._quotation(1, warehouse_id=other.id)
        order.action_confirm()
        order = order.with_env(self.env)
        self._add(order, (self.lid, 2))
        self.assertEqual(self._open(order), [("Other", "Jug", 1.0), ("Other", "Lid", 2.0)])
        self.assertFalse(order.oms_allocation_plan)

    def test_more_than_there_is_changes_the_promise_at_once(self):
        order = self._quotation(4)
        order.action_confirm()
        order = order.with_env(self.env)
        self.assertTrue(order.oms_promised_at)
        self._add(order, (self.jug, 12))
        self.assertFalse(order.oms_promised_at)
        codes = order.oms_event_ids.sorted("id").mapped("code")
        self.assertEqual(codes[-2:], ["order.sourced_more", "promise.withdrawn"])

    def test_what_is_added_after_the_rest_has_left_has_a_promise_of_its_own(self):
        with freeze_time("2026-03-03 09:00:00"):
            order = self._shipped(2)
            first = order.oms_promised_at
        with freeze_time("2026-03-10 09:00:00"):
            self._add(order, (self.jug, 3))
        self.assertEqual((order.oms_promised_at - first).days, 7)
        self.assertIn("promise.later", order.oms_event_ids.mapped("code"))

    def test_what_is_being_confirmed_is_not_decided_a_second_time(self):
        order = self._quotation(4).with_env(self.env)
        order.action_confirm()
        self.assertFalse(order.oms_event_ids.filtered(lambda e: e.code == "order.sourced_more"))
        lines = order.order_line.with_context(**sealed(has_warehouse=True))
        lines.fetch(["order_id"])
        with self.assertQueryCount(0):
            self.sourcing.with_env(lines.env)._source_added(lines, {})

    def test_fewer_is_no_reason_to_decide(self):
        order = self._quotation(3)
        order.action_confirm()
        order = order.with_env(self.env)
        self._add(order, (self.jug, 1))
        self.assertEqual(self._open(order), [("London", "Jug", 1.0)])
        self.assertNotIn("Added", order.oms_allocation_text)

    def test_lines_that_are_added_together_are_decided_in_one_go(self):
        products = [self._make_product(f"P{n}", f"P{n}", stock=9) for n in range(8)]
        counts = []
        for some in (products[:2], products[2:]):
            order = self._shipped(1)
            self._put_stock(self.jug, self.warehouse, 5)
            lines = order.with_context(skip_procurement=True).order_line.create(
                [{"order_id": order.id, "product_id": p.id, "product_uom_qty": 1} for p in some]
            )
            lines = lines.with_context(skip_procurement=False)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            more = self.sourcing._source_added(lines, {})
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
            self.assertFalse(more)
            self.assertEqual(lines.warehouse_id, self.warehouse)
        self.assertEqual(counts[0], counts[1])


class TestAddedItemsOfChannels(NewAddressCommon):
    def test_fault_56_what_a_channel_adds_after_shipping_is_sourced_and_promised_at_once(self):
        self._put_stock(self.pot, self.north, 5)
        order = self._report(LEEDS)
        first = order.picking_ids
        first.move_ids.picked = True
        first.button_validate()
        self._make_rules({"sort_by": "distance", "action": "partial"})
        self._report(LEEDS, ("JUG", 3, "10.00"), ("POT", 1, "10.00"))
        self.assertEqual(
            sorted(
                (m.picking_type_id.warehouse_id.name, m.product_id.name, m.product_qty, m.state)
                for m in (order.picking_ids - first).move_ids
            ),
            [("Leeds", "Jug", 1.0, "assigned"), ("Leeds", "Pot", 1.0, "assigned")],
        )
        self.assertTrue(all(order.order_line.filtered("product_id").mapped("oms_promised_at")))
        self.assertEqual(len(self._events(order, "order.sourced_more")), 1)
        self.assertAddsUp()

    def test_what_a_channel_adds_and_no_rule_serves_waits_for_a_person(self):
        order = self._report(LEEDS)
        self._make_rules({"warehouse_ids": [Command.set(self.south.ids)], "action": "queue"})
        self._report(LEEDS, ("JUG", 9, "10.00"))
        self.assertIn("ALLOCATION", self._holds(order))
        self.assertIn("Added 7 × [JUG] Jug: No rule applies", order.oms_allocation_text)
