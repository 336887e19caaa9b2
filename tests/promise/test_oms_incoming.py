"""What will come in, and what of it nobody waits for."""

from datetime import datetime, timedelta

from odoo.fields import Command

from ..shipping.common import FulfilmentCommon


class ArrivingCommon(FulfilmentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vendor = cls.env["res.partner"].create({"name": "Potter"})
        cls.jug = cls._make_product("JUG", "Jug")
        cls.arriving = cls.env["oms.incoming"]

    @classmethod
    def _buy(cls, product, quantity, date, warehouse=None, confirm=True):
        """:return: the line of a purchase order that comes at a date"""
        purchase = cls.env["purchase.order"].create(
            {
                "partner_id": cls.vendor.id,
                "picking_type_id": (warehouse or cls.warehouse).in_type_id.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_qty": quantity,
                            "price_unit": 1,
                            "date_planned": date,
                        }
                    )
                ],
            }
        )
        if confirm:
            purchase.button_confirm()
        return purchase.order_line

    @classmethod
    def _receive_items(cls, line, quantity=None):
        """Receive a purchase line, all of it or less; what is short comes later."""
        move = line.move_ids.filtered(lambda m: m.state not in ("done", "cancel"))
        move.quantity = move.product_uom_qty if quantity is None else quantity
        move.picked = True
        move.picking_id.with_context(skip_backorder=True).button_validate()


class TestOmsArriving(ArrivingCommon):
    def setUp(self):
        super().setUp()
        self.soon = datetime.now().replace(microsecond=0) + timedelta(days=3)
        self.later = self.soon + timedelta(days=4)

    def _left(self, warehouses=None):
        return [
            (a.warehouse_id, a.date, a.quantity, a.purchase_line_id)
            for a in self.arriving._get_incoming(
                warehouses or self.warehouse + self.north, self.jug
            )
        ]

    def test_confirmed_purchases_arrive_the_earliest_first_and_drafts_do_not(self):
        late = self._buy(self.jug, 5, self.later)
        early = self._buy(self.jug, 3, self.soon, self.north)
        self._buy(self.jug, 9, self.soon, confirm=False)
        self.assertEqual(
            self._left(),
            [
                (self.north.id, self.soon, 3.0, early.id),
                (self.warehouse.id, self.later, 5.0, late.id),
            ],
        )

    def test_who_waits_already_takes_of_the_earliest(self):
        self._buy(self.jug, 3, self.soon)
        late = self._buy(self.jug, 5, self.later)
        order = self._make_order((self.jug, 4))
        self._serve(order)
        self.assertEqual(self._left(), [(self.warehouse.id, self.later, 4.0, late.id)])
        moves = order.order_line.move_ids
        quantities = [
            a.quantity for a in self.arriving._get_incoming(self.warehouse, self.jug, but=moves)
        ]
        self.assertEqual(quantities, [3.0, 5.0])

    def test_what_is_there_serves_before_what_arrives(self):
        line = self._buy(self.jug, 3, self.soon)
        self._confirm(self._make_order((self.jug, 2)))
        self._put_stock(self.jug, self.warehouse, 2)
        self.assertEqual(self._left(), [(self.warehouse.id, self.soon, 3.0, line.id)])

    def test_a_new_date_a_short_receipt_and_a_cancellation_show_at_once(self):
        line = self._buy(self.jug, 3, self.soon)
        line.date_planned = self.later
        self.assertEqual(self._left(), [(self.warehouse.id, self.later, 3.0, line.id)])
        self._receive_items(line, 1)
        self.assertEqual(self._left(), [(self.warehouse.id, self.later, 2.0, line.id)])
        line.move_ids.filtered(lambda m: m.state != "done")._action_cancel()
        self.assertEqual(self._left(), [])

    def test_what_is_overdue_is_expected_now(self):
        self._buy(self.jug, 3, datetime.now() - timedelta(days=2))
        [[_warehouse, date, _quantity, _line]] = self._left()
        self.assertLess(abs(datetime.now() - date), timedelta(minutes=5))

    def test_quantities_until_a_moment_are_by_warehouse_and_product(self):
        self._buy(self.jug, 3, self.soon)
        self._buy(self.jug, 5, self.later)
        self.assertEqual(
            dict(self.arriving._get_incoming_quantities(self.warehouse, self.jug, self.soon)),
            {(self.warehouse.id, self.jug.id): 3.0},
        )

    def test_goods_that_wait_to_be_put_away_arrive_once(self):
        self.warehouse.reception_steps = "two_steps"
        line = self._buy(self.jug, 3, self.soon)
        self.assertEqual([row[2] for row in self._left()], [3.0])
        self._receive_items(line)
        self.assertEqual([row[2] for row in self._left()], [3.0])

    def _carry(self, source, destination, **values):
        """:return: a confirmed move of two jugs that a person made"""
        picking_type = self.warehouse.int_type_id
        if source.usage == "supplier":
            picking_type = self.warehouse.in_type_id
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": picking_type.id,
                "location_id": source.id,
                "location_dest_id": destination.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.jug.id,
                            "product_uom_qty": 2,
                            "location_id": source.id,
                            "location_dest_id": destination.id,
                            **values,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        return picking.move_ids

    def _done(self, moves):
        """:return: what follows on moves that are done"""
        moves.quantity = 2
        moves.picked = True
        moves._action_done()
        return moves.move_dest_ids

    def test_what_is_carried_between_places_outside_the_stock_does_not_arrive(self):
        warehouse = self.warehouse
        warehouse.write({"reception_steps": "three_steps", "delivery_steps": "pick_ship"})
        output, quality = warehouse.wh_output_stock_loc_id, warehouse.wh_qc_stock_loc_id
        self._carry(output, quality)
        self._carry(output, quality, location_final_id=output.id)
        self._carry(self.north.lot_stock_id, output)
        self.assertEqual(self._left(), [])

    def test_what_is_carried_to_the_stock_in_the_end_arrives(self):
        warehouse = self.warehouse
        warehouse.write({"reception_steps": "three_steps", "delivery_steps": "pick_ship"})
        output, quality = warehouse.wh_output_stock_loc_id, warehouse.wh_qc_stock_loc_id
        shelf = self.env["stock.location"].create(
            {"name": "Shelf", "location_id": warehouse.lot_stock_id.id}
        )
        for destination, values in (
            (shelf, {}),
            (quality, {"location_final_id": shelf.id}),
        ):
            move = self._carry(output, destination, **values)
            self.assertEqual([row[2] for row in self._left()], [2.0])
            move._action_cancel()
        self._carry(self.north.lot_stock_id, shelf)
        self.assertEqual([row[2] for row in self._left()], [2.0])

    def test_a_receipt_of_three_steps_arrives_once_at_each_of_them(self):
        self.warehouse.reception_steps = "three_steps"
        line = self._buy(self.jug, 2, self.soon)
        by_hand = self._carry(
            self.env.ref("stock.stock_location_suppliers"), self.warehouse.wh_input_stock_loc_id
        )
        self.assertFalse(by_hand.location_final_id)
        moves = line.move_ids | by_hand
        for _step in ("to the input", "to quality", "to the stock"):
            self.assertEqual([row[2] for row in self._left()], [2.0, 2.0])
            moves = self._done(moves)
        self.assertFalse(moves)
        self.assertEqual(self._left(), [])

    def test_what_another_warehouse_sends_arrives_once(self):
        self.warehouse.reception_steps = "two_steps"
        self.warehouse.resupply_wh_ids = self.north
        self._put_stock(self.jug, self.north, 2)
        self.jug.route_ids = self.warehouse.resupply_route_ids
        self.env["stock.rule"].run(
            [
                self.env["stock.rule"].Procurement(
                    self.jug,
                    2,
                    self.jug.uom_id,
                    self.warehouse.lot_stock_id,
                    "Resupply",
                    "Resupply",
                    self.warehouse.company_id,
                    {"warehouse_id": self.warehouse},
                )
            ]
        )
        moves = self.env["stock.move"].search(
            [("product_id", "=", self.jug.id), ("location_id", "=", self.north.lot_stock_id.id)]
        )
        self.assertTrue(moves)
        seen = []
        while moves:
            seen.append([(row[0], row[2]) for row in self._left()])
            moves = self._done(moves)
        coming = [(self.warehouse.id, 2.0)]
        self.assertEqual(seen, [[], coming, coming])
        self.assertEqual(self._left(), [])

    def test_reading_what_arrives_costs_the_same_for_many_products(self):
        products = self.jug
        for number in range(20):
            product = self._make_product(f"P{number}", f"P{number}")
            self._buy(product, 1, self.soon)
            products += product
        self.env.flush_all()
        self.arriving._get_incoming(self.warehouse, self.jug)
        with self.assertQueryCount(12):
            self.assertEqual(len(self.arriving._get_incoming(self.warehouse, products)), 20)
