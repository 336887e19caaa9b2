"""Orders leave in one delivery, and are parted again."""

from odoo.exceptions import UserError
from odoo.fields import Command

from .common import FulfilmentCommon


class SharedCommon(FulfilmentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = cls.env["oms.shared.delivery"]
        cls.together = cls.env["oms.combined.shipment"]

    def _orders(self, count=2, quantity=2, **values):
        """:return: served orders of one customer, the oldest first"""
        orders = self.env["sale.order"].union(
            *[
                self._make_order((self.mug, quantity), (self.pot, 1), **values)
                for _n in range(count)
            ]
        )
        self._serve(orders)
        return orders

    def _merged(self, count=2, **values):
        """:return: orders that share a delivery, and the delivery"""
        orders = self._orders(count, **values)
        self.service._merge(orders)
        return orders, orders._oms_pickings()

    def _events(self, order, code):
        return order.oms_event_ids.filtered(lambda e: e.code == code).mapped("name")


class TestOmsSharedDelivery(SharedCommon):
    def _reserved(self, orders):
        """:return: what move lines reserve, and what the stock rows say of it"""
        self.env.flush_all()
        lines = orders.order_line.move_ids.move_line_ids
        quants = self.env["stock.quant"].search([("product_id", "in", (self.mug + self.pot).ids)])
        return (
            sorted((l.id, l.move_id.id, l.quantity, l.lot_id.id) for l in lines),
            sorted((q.id, q.quantity, q.reserved_quantity, q.write_date) for q in quants),
        )

    def test_two_orders_leave_in_the_delivery_of_the_older_and_nothing_is_reserved_anew(self):
        orders = self._orders()
        older, younger = orders
        picking, emptied = older.picking_ids, younger.picking_ids
        before = self._reserved(orders)
        self.service._merge(orders)
        self.assertEqual(self._reserved(orders), before)
        self.assertFalse(emptied.exists())
        self.assertRecordValues(
            picking,
            [
                {
                    "state": "assigned",
                    "origin": f"{older.name}, {younger.name}",
                    "oms_shared_order_ids": orders.ids,
                    "oms_is_shared": True,
                }
            ],
        )
        self.assertEqual(picking.move_line_ids, orders.order_line.move_ids.move_line_ids)
        self.assertEqual(younger._oms_pickings(), picking)
        self.assertEqual(orders.mapped("delivery_status"), ["pending", "pending"])
        self.assertEqual(orders.mapped("delivery_count"), [1, 1])
        self.assertEqual(younger.action_view_delivery()["res_id"], picking.id)
        self.assertStockIsConsistent(self.mug + self.pot)
        self.assertEqual(
            self._events(younger, "order.shipped_together"),
            [f"Combined with {older.name} in {picking.name}"],
        )
        self.assertEqual(
            self._events(older, "order.shipped_together"),
            [f"Combined with {younger.name} in {picking.name}"],
        )

    def test_unmerging_gives_each_order_a_delivery_of_its_own_and_a_clean_origin(self):
        orders = self._orders()
        before = self._reserved(orders)
        self.service._merge(orders)
        older, younger = orders
        picking = older.picking_ids
        younger.action_oms_ship_alone()
        self.assertEqual(self._reserved(orders), before)
        self.assertEqual(older.picking_ids, picking)
        self.assertEqual(len(younger.picking_ids), 1)
        self.assertRecordValues(
            picking + younger.picking_ids,
            [
                {"origin": older.name, "state": "assigned", "oms_shared_order_ids": []},
                {"origin": younger.name, "state": "assigned", "oms_shared_order_ids": []},
            ],
        )
        self.assertEqual(younger.picking_ids.move_line_ids.move_id, younger.order_line.move_ids)
        self.assertTrue(younger.oms_ship_alone)
        self.assertFalse(older.oms_ship_alone)
        self.assertStockIsConsistent(self.mug + self.pot)
        self.assertEqual(len(self._events(younger, "order.shipped_alone")), 1)
        self.assertEqual(len(self._events(older, "order.shipped_alone")), 1)

    def test_the_older_order_taken_out_leaves_the_delivery_to_the_younger(self):
        (older, younger), picking = self._merged()
        older.action_oms_ship_alone()
        self.assertEqual(younger.picking_ids, picking)
        self.assertEqual(picking.origin, younger.name)
        self.assertNotEqual(older.picking_ids, picking)

    def test_a_delivery_of_three_is_separated_in_one_go(self):
        orders, picking = self._merged(3)
        picking.action_oms_separate()
        self.assertEqual([len(order.picking_ids) for order in orders], [1, 1, 1])
        self.assertEqual(orders[0].picking_ids, picking)
        self.assertEqual(orders.picking_ids.mapped("origin"), orders.mapped("name"))

    def test_a_third_order_joins_two_that_share_already(self):
        orders = self._orders(3)
        self.service._merge(orders[:2])
        self.service._merge(orders[1:])
        self.assertEqual(len(orders._oms_pickings()), 1)
        self.assertEqual(orders._oms_pickings().oms_shared_order_ids, orders)

    def test_what_is_being_picked_is_neither_merged_nor_separated(self):
        orders, picking = self._merged()
        later = self._orders(1)
        picking.move_ids[0].picked = True
        with self.assertRaisesRegex(UserError, "is already being picked"):
            self.service._merge(orders | later)
        with self.assertRaisesRegex(UserError, "is already being picked"):
            orders[1].action_oms_ship_alone()
        self.assertEqual(picking.oms_shared_order_ids, orders)
        self.assertEqual(len(later.picking_ids), 1)

    def test_lots_stay_with_the_order_they_were_reserved_for(self):
        lots = self.env["stock.lot"]
        jug = self._make_product("JUG", "Jug", tracking="lot")
        for name in ("L1", "L2"):
            lot = lots.create({"name": name, "product_id": jug.id})
            self.env["stock.quant"]._update_available_quantity(
                jug, self.warehouse.lot_stock_id, 1, lot_id=lot
            )
            lots |= lot
        orders = self._make_order((jug, 1)) + self._make_order((jug, 1))
        self._serve(orders)
        self.service._merge(orders)
        self.assertEqual(
            [order.order_line.move_ids.move_line_ids.lot_id for order in orders], list(lots)
        )
        orders[1].action_oms_ship_alone()
        self.assertEqual(orders[1].picking_ids.move_line_ids.lot_id, lots[1])
        self.assertStockIsConsistent(jug)

    def test_the_earliest_promise_and_the_urgent_order_rule_the_delivery(self):
        orders = self._orders()
        orders[0].picking_ids.move_ids.date_deadline = "2026-05-09 10:00:00"
        orders[1].picking_ids.move_ids.date_deadline = "2026-05-02 10:00:00"
        orders[1].picking_ids.priority = "1"
        self.service._merge(orders)
        picking = orders._oms_pickings()
        self.assertEqual(str(picking.date_deadline), "2026-05-02 10:00:00")
        self.assertEqual(picking.priority, "1")

    def test_when_it_ships_each_order_has_its_goods_and_a_backorder_stays_shared(self):
        orders, picking = self._merged()
        for move in picking.move_ids.filtered(lambda m: m.product_id == self.mug):
            move.quantity = 1
        picking.move_ids.picked = True
        picking.with_context(skip_sms=True, skip_backorder=True).button_validate()
        [backorder] = picking.backorder_ids
        self.assertEqual(backorder.oms_shared_order_ids, orders)
        self.assertEqual(backorder.origin, picking.origin)
        self.assertEqual(orders.mapped("delivery_status"), ["partial", "partial"])
        self.assertEqual(orders.mapped("effective_date"), [picking.date_done] * 2)
        for order in orders:
            self.assertEqual(order.order_line.mapped("qty_delivered"), [1.0, 1.0])
        self.allocator._allocate(orders)
        backorder.with_context(skip_sms=True).button_validate()
        self.assertEqual(orders.mapped("delivery_status"), ["full", "full"])
        for order in orders:
            self.assertEqual(order.order_line.mapped("qty_delivered"), [2.0, 1.0])

    def test_what_is_picked_together_is_packed_and_shipped_together(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        orders, picking = self._merged()
        for _step in range(3):
            [todo] = orders._oms_pickings().filtered(lambda p: p.state == "assigned")
            self.assertEqual(todo.oms_shared_order_ids, orders)
            todo.move_ids.picked = True
            todo.with_context(skip_sms=True).button_validate()
        self.assertEqual(orders._oms_pickings().mapped("state"), ["done"] * 3)
        for order in orders:
            self.assertEqual(order.order_line.mapped("qty_delivered"), [2.0, 1.0])

    def test_deliveries_of_several_orders_that_are_there_before_are_known_after_installing(self):
        orders, picking = self._merged()
        self._orders(1)
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM oms_shared_delivery_rel")
        picking._oms_fill_shared_orders()
        self.env.invalidate_all()
        self.assertEqual(picking.oms_shared_order_ids, orders)
        self.env.cr.execute("SELECT COUNT(DISTINCT picking_id) FROM oms_shared_delivery_rel")
        self.assertEqual(self.env.cr.fetchone(), (1,))

    def test_fifty_orders_are_merged_with_as_many_queries_as_five(self):
        counts = []
        for count in (5, 50):
            orders = self._orders(count, quantity=1)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.service._merge(orders)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(orders._oms_pickings()), 1)
            orders._oms_pickings().with_context(skip_sms=True).button_validate()
        self.assertLess(counts[1], counts[0] + 30)

    def test_each_reason_why_orders_do_not_leave_together_is_told(self):
        older, younger = self._orders()
        orders = older + younger
        other = self.env["res.partner"].create({"name": "Bea", "street": "2 Low Road"})
        ways = self.env["delivery.carrier"].search([], limit=2)
        reasons = [
            ({"oms_by_channel": True}, "is fulfilled by its channel"),
            ({"oms_pickup_point": "Shop 1"}, "picked up by the customer"),
            ({"partner_id": other.id, "partner_shipping_id": other.id}, "different customers"),
            ({"partner_shipping_id": other.id}, "different addresses"),
            ({"oms_shipping_method": "Express"}, "different shipping methods"),
            ({"carrier_id": ways[:1].id}, "different shipping methods"),
        ]
        for values, reason in reasons:
            with self.subTest(reason=reason):
                before = younger.read(list(values), load="")[0]
                younger.write(values)
                self.assertIn(reason, self.together._why_not(orders))
                younger.write({name: before[name] for name in values})
        self.assertEqual(self.together._why_not(orders), "")
        self.assertIn("Select the orders", self.together._why_not(older))
        self.channel.together_policy = "never"
        self.assertIn("Shop does not combine orders", self.together._why_not(orders))

    def test_an_order_of_another_warehouse_or_that_left_is_not_merged(self):
        older, younger = self._orders()
        younger.picking_ids.move_ids.picked = True
        younger.picking_ids.with_context(skip_sms=True).button_validate()
        self.assertIn("no items left to ship", self.together._why_not(older + younger))
        only_north = self._make_product("URN", "Urn", north=5)
        north = self._make_order((only_north, 1))
        self._serve(north)
        self.assertIn("different warehouses", self.together._why_not(older + north))

    def test_one_that_leaves_complete_does_not_wait_for_one_that_is_short(self):
        rare = self._make_product("URN", "Urn", stock=1)
        complete = self._make_order((self.mug, 1), picking_policy="one")
        short = self._make_order((rare, 2))
        self._serve(complete + short)
        with self.assertRaisesRegex(UserError, "ships only complete"):
            self.service._merge(complete + short)
        complete.picking_policy = "direct"
        self.service._merge(complete + short)
        self.assertEqual(len((complete + short)._oms_pickings()), 1)

    def test_equal_addresses_of_two_records_are_one_and_another_recipient_is_not(self):
        addresses = self.env["res.partner"].create(
            [
                {"parent_id": self.customer.id, "type": "delivery", **values}
                for values in (
                    {"name": "Ann", "street": "1 High Street", "zip": "LS1 1AA", "city": "Leeds"},
                    {"name": "ann", "street": "1, high street", "zip": "ls11aa", "city": "LEEDS"},
                    {"name": "Bob", "street": "1 High Street", "zip": "LS1 1AA", "city": "Leeds"},
                )
            ]
        )
        orders = self.env["sale.order"].union(
            *[
                self._make_order((self.mug, 1), partner_shipping_id=address.id)
                for address in addresses
            ]
        )
        self._serve(orders)
        self.assertEqual(self.together._companions(orders[0]), {orders[0]: orders[1]})
        self.assertEqual(self.together._companions(orders[2]), {})

    def test_shipping_charged_once_per_order_and_one_label_for_all_fault_47(self):
        product = self._make_product("POST", "Post", type="service", is_storable=False)
        carrier = self.env["delivery.carrier"].create(
            {"name": "Post", "product_id": product.id, "fixed_price": 5.0}
        )
        orders = self._orders(carrier_id=carrier.id)
        for order in orders:
            order.order_line = [
                Command.create({"product_id": product.id, "price_unit": 5.0, "is_delivery": True})
            ]
        self.service._merge(orders)
        picking = orders._oms_pickings()
        self.assertEqual(picking.carrier_id, carrier)
        picking.carrier_tracking_ref = "P1"
        picking.with_context(skip_sms=True).button_validate()
        self.assertEqual(picking.oms_parcel_ids.name, "P1")
        for order in orders:
            self.assertEqual(len(order.order_line.filtered("is_delivery")), 1)
            self.assertEqual(order.amount_total, 35.0)
