from freezegun import freeze_time

from ..shipping.common import FulfilmentCommon

# What differs by nature between two rows.
OWN = {"id", "move_id", "picking_id", "sale_line_id", "name", "reference", "origin", "sale_id"}


class TestReservation(FulfilmentCommon):
    """Rows reserved in bulk are those Odoo itself would have written."""

    def _rows(self, records):
        self.env.flush_all()
        self.env.cr.execute(
            f"SELECT * FROM {records._table} WHERE id = ANY(%s) ORDER BY id", [records.ids]
        )
        return [
            {k: v for k, v in row.items() if k not in OWN and not k.endswith("_date")}
            for row in self.env.cr.dictfetchall()
        ]

    def _twins(self, *lines, **values):
        """:return: two equal orders, confirmed: one for us, one for Odoo"""
        ours, theirs = self._make_order(*lines, **values), self._make_order(*lines, **values)
        (ours + theirs).action_confirm()
        return ours, theirs

    def assertTwins(self, ours, theirs):
        # Odoo leaves the flag of a move line that is no package empty or false.
        for model in ("picking_ids", "order_line.move_ids", "picking_ids.move_line_ids"):
            mine, other = self._rows(ours.mapped(model)), self._rows(theirs.mapped(model))
            self.assertEqual(mine, other, model)
        self.assertEqual(self._rows(ours), self._rows(theirs))

    @freeze_time("2026-03-01 10:00:00")
    def test_a_full_reservation_writes_the_rows_odoo_writes(self):
        cup = self._make_product("CUP", "Cup", stock=4, weight=1.5)
        ours, theirs = self._twins((cup, 2), (self.mug, 3))
        self.allocator._allocate(ours)
        theirs.picking_ids.action_assign()
        self.assertEqual(ours.picking_ids.state, "assigned")
        self.assertTwins(ours, theirs)
        quant = self.env["stock.quant"]._gather(cup, self.warehouse.lot_stock_id)
        self.assertRecordValues(quant, [{"quantity": 4.0, "reserved_quantity": 4.0}])
        self.assertStockIsConsistent(cup + self.mug)

    @freeze_time("2026-03-01 10:00:00")
    def test_a_partial_reservation_writes_the_rows_odoo_writes(self):
        cup = self._make_product("CUP", "Cup", stock=1)
        bowl = self._make_product("BOWL", "Bowl", stock=1)
        ours = self._make_order((cup, 2), (self.mug, 1))
        theirs = self._make_order((bowl, 2), (self.mug, 1))
        (ours + theirs).action_confirm()
        self.allocator._allocate(ours)
        theirs.picking_ids.action_assign()
        OWN_TOO = ("product_id", "name")
        for model in ("picking_ids", "order_line.move_ids", "picking_ids.move_line_ids"):
            mine, other = (
                [
                    {k: v for k, v in row.items() if k not in OWN_TOO}
                    for row in self._rows(o.mapped(model))
                ]
                for o in (ours, theirs)
            )
            self.assertEqual(mine, other, model)
        self.assertStockIsConsistent(cup + bowl)

    def test_goods_at_several_places_are_taken_oldest_first(self):
        cup = self._make_product("CUP", "Cup")
        shelves = self.env["stock.location"].create(
            [
                {"name": name, "location_id": self.warehouse.lot_stock_id.id}
                for name in ("Shelf A", "Shelf B")
            ]
        )
        for shelf, day in zip(shelves, ("2026-01-02", "2026-01-01"), strict=True):
            self.env["stock.quant"]._update_available_quantity(
                cup, shelf, 2, in_date=f"{day} 08:00:00"
            )
        order = self._make_order((cup, 3))
        self._serve(order)
        self.assertEqual(
            [
                (line.location_id, line.quantity)
                for line in order.picking_ids.move_line_ids.sorted("id")
            ],
            [(shelves[1], 2.0), (shelves[0], 1.0)],
        )
        self.assertStockIsConsistent(cup)

    def test_a_debt_at_the_same_place_counts_against_what_is_there(self):
        cup = self._make_product("CUP", "Cup", stock=5)
        self.env["stock.quant"].create(
            {"product_id": cup.id, "location_id": self.warehouse.lot_stock_id.id, "quantity": -2}
        )
        order = self._make_order((cup, 5))
        self.assertEqual(self._serve(order), {order: "Backordered: 2 of 5 × [CUP] Cup"})

    def test_a_batch_costs_the_same_queries_as_one_order(self):
        counts = []
        for size in (2, 12):
            orders = self.env["sale.order"].union(
                *[self._make_order((self.mug, 1), (self.pot, 1)) for _ in range(size)]
            )
            self._confirm(orders)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(self.allocator._allocate(orders), {})
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)
