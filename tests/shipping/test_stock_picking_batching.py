from odoo.addons.oms_addon.tools.sealed_context import sealed

from .common import FulfilmentCommon


class TestPickingBatching(FulfilmentCommon):
    """Deliveries come into the batches that Odoo would have put them in one by one."""

    def _orders(self, *names):
        """:return: two equal sets of confirmed orders, one for us and one for Odoo"""
        sets = []
        for prefix in ("a", "b"):
            partners = {
                name: self.env["res.partner"].create({"name": f"{prefix}{name}"})
                for name in dict.fromkeys(names)
            }
            orders = self.env["sale.order"]
            for name in names:
                orders += self._make_order(
                    (self.mug, 1),
                    partner_id=partners[name].id,
                    warehouse_id=self.north.id,
                    oms_keep_warehouse=True,
                )
            orders.action_confirm()
            sets.append(orders)
        return sets

    def _batches(self, orders):
        """:return: the batches as sets of places in ``orders``, with what they are"""
        pickings = [order.picking_ids for order in orders]
        batches = self.env["stock.picking.batch"].union(*[p.batch_id for p in pickings])
        return [
            (
                [place for place, picking in enumerate(pickings) if picking.batch_id == batch],
                (batch.state, batch.picking_type_id, batch.user_id, bool(batch.scheduled_date)),
                len(batch.move_ids),
            )
            for batch in batches.sorted(lambda b: [p for p in pickings if p.batch_id == b][0].id)
        ]

    def _assert_as_odoo(self, *names):
        ours, theirs = self._orders(*names)
        self.allocator._allocate(ours)
        theirs.picking_ids.move_ids.with_context(**sealed(stock_locked=True))._action_assign()
        self.env.invalidate_all()
        self.assertEqual(self._batches(ours), self._batches(theirs))
        return ours

    def setUp(self):
        super().setUp()
        self._put_stock(self.mug, self.north, 100)

    def test_customers_with_one_delivery_each_get_their_own_batches(self):
        orders = self._assert_as_odoo("Ann", "Bob", "Cid")
        self.assertEqual(len(orders.picking_ids.batch_id), 3)
        self.assertEqual(set(orders.picking_ids.batch_id.mapped("state")), {"in_progress"})

    def test_two_deliveries_of_a_customer_share_a_batch(self):
        orders = self._assert_as_odoo("Ann", "Bob", "Ann")
        self.assertEqual(orders[0].picking_ids.batch_id, orders[2].picking_ids.batch_id)

    def test_a_later_delivery_joins_the_open_batch_of_its_customer(self):
        first = self._assert_as_odoo("Ann")
        later = self._make_order(
            (self.mug, 1),
            partner_id=first.partner_id.id,
            warehouse_id=self.north.id,
            oms_keep_warehouse=True,
        )
        later.action_confirm()
        self.allocator._allocate(later)
        self.assertEqual(later.picking_ids.batch_id, first.picking_ids.batch_id)

    def test_batches_that_are_confirmed_by_hand_stay_drafts(self):
        self.north.out_type_id.batch_auto_confirm = False
        orders = self._assert_as_odoo("Ann", "Bob")
        self.assertEqual(set(orders.picking_ids.batch_id.mapped("state")), {"draft"})

    def test_without_grouping_nothing_is_batched(self):
        self.north.out_type_id.auto_batch = False
        orders = self._assert_as_odoo("Ann", "Bob")
        self.assertFalse(orders.picking_ids.batch_id)

    def test_one_more_batch_costs_its_number_and_no_search_of_open_deliveries(self):
        warm, few, many = (self._statements_of_batches(count) for count in (1, 2, 6))
        self.assertGreater(warm, 0)
        self.assertEqual((many - few) / 4, 2)

    def _statements_of_batches(self, count):
        """:return: how many statements create the batches of so many customers' deliveries"""
        orders = self._orders(*[f"{count} {number}" for number in range(count)])[0]
        orders.picking_ids.move_ids.with_context(
            **sealed(stock_locked=True), skip_auto_batch=True
        )._action_assign()
        orders.picking_ids.batch_id = False
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        orders.picking_ids._oms_find_auto_batches()
        self.env.flush_all()
        self.assertEqual(len(orders.picking_ids.batch_id), count)
        return self.env.cr.sql_log_count - before
