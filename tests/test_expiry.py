"""Expiring goods, with Odoo's expiration dates really installed, on a copy of the database."""

from datetime import timedelta

from odoo import SUPERUSER_ID, Command, api, fields
from odoo.tests import new_test_user

from .expiry_story import Story
from .stories import StoryCase


def expire(lot):
    """The removal date of a lot is over, and nobody did anything."""
    lot.env.flush_all()
    past = fields.Datetime.now() - timedelta(seconds=5)
    for table, column in (("stock_lot", "id"), ("stock_quant", "lot_id")):
        lot.env.cr.execute(
            f"UPDATE {table} SET removal_date = %s WHERE {column} = %s",  # pylint: disable=E8103
            [past, lot.id],
        )
    lot.env.invalidate_all()


def reserved(order):
    """:return: quantity by lot of what the open deliveries of an order have"""
    return {line.lot_id: line.quantity for line in order._oms_pickings()._oms_todo().move_line_ids}


class TestExpiry(StoryCase):
    addons = ("product_expiry",)

    def test_what_expires_first_leaves_first_as_odoo_would_have_it(self):
        found = self.run_story("expiry_story.py")
        self.assertEqual(
            found,
            {
                "different": [],
                # Whole packages are Odoo's to choose; all else is reserved in bulk.
                "bulk": {"fefo": 6, "fifo": 6, "lifo": 6, "closest": 6, "least_packages": 0},
                "states": ["assigned", "confirmed", "partially_available"],
                "stale_taken": 0,
                # pairs of days left and pieces: the old lot stays where it is
                "first_out": [[[20, 2.0], [40, 1.0]], [[40, 1.0], [90, 1.0]]],
                "sold": [3, 3.0, True],
                "queries": {"more": 0, "odoo": True},
            },
        )


class TestLotExpiry(StoryCase):
    addons = ("product_expiry",)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.load()

    def setUp(self):
        super().setUp()
        self.cr = self.registry.cursor()
        self.addCleanup(self.cr.close)
        self.env = api.Environment(self.cr, SUPERUSER_ID, {})
        self.world = Story(self.env)
        self.world.channel.write(
            {
                "state": "live",
                "watch_stock": True,
                "payment_policy": "prepaid",
                "ship_policy": "always",
            }
        )
        self.expiry = self.env["oms.lot.expiry"]
        self.product = self.world.product("fefo")
        self.old = self.world.stock(self.product, 5, 3).lot_id

    def order(self, quantity=3, **values):
        order = self.world.order(self.product, quantity, oms_channel_id=self.world.channel.id)
        order.write(values)
        order.action_confirm()
        self.env["oms.allocator"]._allocate(order)
        return order

    def work(self):
        """:return: how much the lane of the stock found to do, until there was nothing more"""
        counts = []
        while not counts or counts[-1]:
            counts.append(self.env["oms.lane"]._run_stock(None))
            self.env.flush_all()
            self.env.cr.precommit.run()
        return sum(counts)

    def holds(self, order):
        return order.oms_hold_ids.filtered(lambda h: h.state == "open").mapped("reason_code")

    def number(self):
        return self.world.number(self.product)

    def test_a_delivery_takes_another_lot_and_channels_are_told(self):
        new = self.world.stock(self.product, 9, 3).lot_id
        order = self.order()
        self.work()
        self.assertEqual(reserved(order), {self.old: 3.0})
        self.assertEqual(self.number(), 3)
        expire(self.old)
        self.assertTrue(self.work())
        self.assertEqual(reserved(order), {})
        self.assertEqual(order.picking_ids.move_ids.state, "confirmed")
        self.assertEqual(self.number(), 0)
        event = self.env["oms.event"].search([("code", "=", "stock.expired")])
        self.assertEqual(
            event.name,
            f"Past the removal date: 3 × {self.product.display_name} of lot {self.old.name} in "
            f"{order.picking_ids.name}.",
        )
        out = self.env["oms.availability.state"].search([("product_id", "=", self.product.id)])
        self.assertTrue(out.is_out)
        self.assertEqual(self.env["oms.backorder"]._serve_backorders(), 1)
        self.assertEqual(reserved(order), {new: 3.0})
        self.assertEqual(self.expiry._process(), 0)

    def test_what_is_nowhere_else_waits_and_is_promised_again(self):
        order = self.order()
        self.assertTrue(order.order_line.oms_promised_at)
        expire(self.old)
        self.work()
        waits = self.env["oms.allocator"]._allocate(order)
        self.assertIn("3 of 3", waits[order])
        # It was there when it was sold.
        self.assertEqual(self.holds(order), [])
        self.env["oms.promise.review"]._process()
        self.assertFalse(order.order_line.oms_promised_at)

    def test_what_a_picker_has_is_shown_and_not_taken_away(self):
        order = self.order()
        order.picking_ids.move_ids.picked = True
        expire(self.old)
        self.work()
        self.assertEqual(reserved(order), {self.old: 3.0})
        self.assertEqual(self.holds(order), ["LOT_EXPIRED"])
        self.assertEqual(
            order.oms_hold_ids.detail,
            f"Past the removal date and already picked: 3 × {self.product.display_name} of lot "
            f"{self.old.name} in {order.picking_ids.name}.",
        )
        shipper = self.env["oms.shipper"]
        self.assertTrue(shipper._validate(order.picking_ids))
        order.oms_hold_ids.action_release()
        self.work()
        self.assertEqual(self.holds(order), [])
        self.assertEqual(shipper._validate(order.picking_ids), {})
        self.assertEqual(order.picking_ids.state, "done")

    def test_what_is_packed_already_is_shown_too(self):
        self.world.warehouse.delivery_steps = "pick_ship"
        order = self.order()
        pick = order.picking_ids
        pick.move_ids.picked = True
        pick.button_validate()
        ship = order.picking_ids - pick
        self.assertEqual(ship.move_line_ids.lot_id, self.old)
        expire(self.old)
        self.work()
        self.assertEqual(ship.move_line_ids.lot_id, self.old)
        self.assertEqual(self.holds(order), ["LOT_EXPIRED"])

    def test_the_first_of_two_steps_gives_back_what_is_not_picked(self):
        self.world.warehouse.delivery_steps = "pick_ship"
        order = self.order()
        self.assertEqual(reserved(order), {self.old: 3.0})
        expire(self.old)
        self.work()
        self.assertEqual(reserved(order), {})

    def test_who_is_late_takes_nothing_that_is_too_old_today(self):
        order = self.world.order(self.product, 3)
        order.action_confirm()
        order.picking_ids.move_ids.date = fields.Datetime.now() - timedelta(days=3)
        expire(self.old)
        self.assertIn("3 of 3", self.env["oms.allocator"]._allocate(order)[order])
        order.picking_ids.move_ids._action_assign()
        self.assertEqual(reserved(order), {})

    def test_no_order_is_sent_where_only_old_goods_are(self):
        north = self.env["stock.warehouse"].create(
            {"name": "North", "code": "NOR", "oms_managed": True}
        )
        self.world.channel.warehouse_ids |= north
        expire(self.world.stock(self.product, 5, 8, north.lot_stock_id).lot_id)
        order = self.order(5)
        self.assertEqual(reserved(order), {self.old: 3.0})
        self.assertEqual(order.picking_ids.picking_type_id.warehouse_id, self.world.warehouse)

    def test_lots_of_a_product_that_has_no_dates_any_more_are_sold(self):
        expire(self.old)
        self.assertEqual(self.number(), 0)
        self.product.use_expiration_date = False
        self.assertEqual(self.number(), 3)
        order = self.order()
        self.work()
        self.assertEqual(reserved(order), {self.old: 3.0})

    def test_dates_that_are_switched_off_and_on_count_at_once(self):
        def shown():
            self.env.flush_all()
            self.cr.precommit.run()
            self.work()
            state = self.env["oms.availability.state"]
            return state.search([("product_id", "=", self.product.id)]).mapped("is_out")

        expire(self.old)
        self.assertEqual(shown(), [True])
        self.product.use_expiration_date = False
        self.assertEqual(shown(), [False])
        order = self.order()
        self.assertEqual(reserved(order), {self.old: 3.0})
        keeper = new_test_user(self.env, "keeper", groups="product.group_product_manager")
        self.product.with_user(keeper).product_tmpl_id.use_expiration_date = True
        self.assertEqual(reserved(order), {})
        self.assertEqual(shown(), [True])

    def test_a_date_that_a_person_writes_counts_at_once(self):
        order = self.order()
        self.work()
        self.old.removal_date = fields.Datetime.now() - timedelta(days=40)
        self.assertEqual(reserved(order), {})
        self.work()
        self.assertEqual(self.number(), 0)
        self.old.removal_date = fields.Datetime.now() + timedelta(days=4)
        self.env["oms.backorder"]._serve_backorders()
        self.assertEqual(reserved(order), {self.old: 3.0})

    def test_a_delivery_without_an_order_takes_another_lot_at_once(self):
        kind = self.world.warehouse.out_type_id
        customers = self.env.ref("stock.stock_location_customers")
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": kind.id,
                "location_id": kind.default_location_src_id.id,
                "location_dest_id": customers.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "product_uom_qty": 2,
                            "location_id": kind.default_location_src_id.id,
                            "location_dest_id": customers.id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        picking.action_assign()
        self.assertEqual(picking.move_line_ids.lot_id, self.old)
        new = self.world.stock(self.product, 9, 3).lot_id
        expire(self.old)
        self.work()
        self.assertEqual(picking.move_line_ids.lot_id, new)
        self.assertEqual(picking.state, "assigned")

    def test_what_goes_back_to_the_supplier_stays(self):
        kind = self.world.warehouse.out_type_id
        move = self.env["stock.move"].create(
            {
                "product_id": self.product.id,
                "product_uom_qty": 2,
                "picking_type_id": kind.id,
                "location_id": self.world.warehouse.lot_stock_id.id,
                "location_dest_id": self.env.ref("stock.stock_location_suppliers").id,
            }
        )
        move._action_confirm()
        move._action_assign()
        expire(self.old)
        self.work()
        self.assertEqual(move.move_line_ids.lot_id, self.old)

    def test_looking_costs_what_expired_and_not_what_is_there(self):
        for _lot in range(40):
            self.world.stock(self.product, 30, 1)
        orders = [self.order(1) for _n in range(3)]
        self.work()
        before = self.cr.sql_log_count
        self.assertEqual(self.expiry._process(), 0)
        self.assertLessEqual(self.cr.sql_log_count - before, 1)
        self.cr.execute("SET LOCAL enable_seqscan = off")
        self.cr.execute(
            """EXPLAIN SELECT quant.id FROM oms_lot_expiry_cursor looked, stock_quant quant
               WHERE (quant.removal_date, quant.id) > (looked.moment, looked.quant_id)
                 AND quant.removal_date <= '2026-01-01' ORDER BY quant.removal_date, quant.id
               LIMIT 9"""
        )
        plan = " ".join(row[0] for row in self.cr.fetchall())
        self.assertIn("stock_quant_oms_removal_idx", plan)
        self.assertNotIn("Sort", plan)
        expire(self.old)
        self.assertEqual(self.expiry._process(), 1)
        self.assertEqual([reserved(order) for order in orders], [{}, {}, {}])

    def test_batches_go_on_where_the_last_ended(self):
        for _lot in range(4):
            expire(self.world.stock(self.product, 5, 1).lot_id)
        self.assertEqual([self.expiry._process(limit=3) for _n in range(3)], [3, 1, 0])

    def test_whoever_reserves_while_it_expires_has_fresh_goods_only(self):
        def prepare(env):
            world = Story(env)
            product = world.product("fefo")
            old = world.stock(product, 5, 20).lot_id
            world.stock(product, 9, 6)
            orders = env["sale.order"].union(*(world.order(product, 1) for _n in range(12)))
            orders.action_confirm()
            env["oms.allocator"]._allocate(orders[:6])
            expire(old)
            return product.id, old.id, orders.ids

        product_id, old_id, order_ids = self.commit(prepare)

        def look(env):
            return env["oms.lot.expiry"]._process()

        def allocate(env):
            return len(env["oms.allocator"]._allocate(env["sale.order"].browse(order_ids)))

        answers = self.run_parallel([look, allocate, look, allocate])
        self.assertEqual([a for a in answers if not isinstance(a, int)], [])

        def read(env):
            env["oms.backorder"]._serve_backorders()
            lines = env["sale.order"].browse(order_ids).picking_ids.move_line_ids
            quants = env["stock.quant"].search([("product_id", "=", product_id)])
            return (
                sorted(set(lines.mapped("lot_id.id")) & {old_id}),
                sum(lines.mapped("quantity")),
                {q.lot_id.id == old_id: q.reserved_quantity for q in quants},
                look(env),
            )

        self.assertEqual(self.commit(read), ([], 6.0, {True: 0.0, False: 6.0}, 0))
