"""Units that others shipped on the channel leave the deliveries, by the channel's policy."""

from odoo.fields import Command

from ..common import OmsCommon


class TestExternalShipment(OmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.auto_ship = False

    def _shipped(self, document, version, *shipped, **values):
        """:return: the document as the channel reports it when pieces of its lines have left"""
        lines = [
            {**line, "shipped": str(pieces)}
            for line, pieces in zip(document["lines"], shipped, strict=True)
        ]
        stamp = f"2026-03-0{version}T10:00:00Z"
        return {**document, "version": str(version), "updated_at": stamp, "lines": lines, **values}

    def _order(self):
        document = self._document("A1", [("MUG", 2, "10.00"), ("POT", 1, "5.00")])
        return document, self._capture(document)

    def test_units_shipped_by_others_are_deducted_and_the_rest_leaves_from_here(self):
        document, order = self._order()
        self._capture(self._shipped(document, 2, 1, 0))
        self.assertFalse(self._holds(order))
        done = order.picking_ids.filtered(lambda p: p.state == "done")
        self.assertRecordValues(
            done.move_ids, [{"product_id": self.mug.id, "quantity": 1.0, "state": "done"}]
        )
        todo = order.picking_ids - done
        self.assertEqual(
            {m.product_id.default_code: m.product_uom_qty for m in todo.move_ids},
            {"MUG": 1.0, "POT": 1.0},
        )
        self.assertEqual(todo.state, "assigned")
        self.assertEqual((self.mug.qty_available, self.mug.free_qty), (99.0, 98.0))
        self.assertFalse(done.oms_parcel_ids)
        self._capture(self._shipped(document, 3, 1, 0))
        self.assertEqual(len(order.picking_ids), 2)

    def test_units_more_or_fewer_than_before_are_counted_with_those_that_others_shipped(self):
        document, order = self._order()
        self._capture(self._shipped(document, 2, 1, 0))
        mug = order.order_line[0]
        for ordered, to_leave in ((4.0, 3.0), (2.0, 1.0)):
            mug.product_uom_qty = ordered
            todo = order.picking_ids._oms_todo().move_ids.filtered(
                lambda m: m.product_id == self.mug
            )
            self.assertEqual(sum(todo.mapped("product_uom_qty")), to_leave)

    def test_without_stock_they_leave_it_as_it_is(self):
        self.channel.external_shipment_policy = "record"
        document, order = self._order()
        self._capture(self._shipped(document, 2, 2, 1, status="shipped"))
        self.assertEqual(order.order_line.mapped("qty_delivered"), [2.0, 1.0])
        self.assertEqual((self.mug.qty_available, self.mug.free_qty), (100.0, 100.0))
        self.assertFalse(self._holds(order))
        self.assertEqual(order.oms_status, "done")

    def test_by_policy_a_person_decides(self):
        self.channel.external_shipment_policy = "hold"
        document, order = self._order()
        self._capture(self._shipped(document, 2, 1, 0))
        self.assertEqual(self._holds(order), ["SHIPPED_ELSEWHERE"])
        self.assertEqual(len(order.picking_ids), 1)
        self.assertEqual(self.mug.qty_available, 100.0)

    def test_what_had_left_before_the_order_came_is_never_sent_again(self):
        document = self._document("A1", [("MUG", 2, "10.00"), ("POT", 1, "5.00")])
        order = self._capture(self._shipped(document, 1, 2, 0))
        todo = order.picking_ids.filtered(lambda p: p.state != "done")
        going = todo.move_ids.filtered(lambda m: m.state != "cancel")
        self.assertEqual(going.mapped("product_id.default_code"), ["POT"])
        self.assertEqual(order.order_line.mapped("qty_delivered"), [2.0, 0.0])

    def _map_locations(self):
        self.env["oms.channel.location"].create(
            [
                {"channel_id": self.channel.id, "ref": "71", "name": "Warehouse"}
                | {"warehouse_ids": [Command.set(self.warehouse.ids)]},
                {"channel_id": self.channel.id, "ref": "72", "name": "Shop floor"}
                | {"warehouse_ids": [Command.set(self.north.ids)]},
                {"channel_id": self.channel.id, "ref": "73", "name": "Logistics partner"},
            ]
        )
        self._put_stock(self.mug, self.north, 10)

    def _stock_of(self, product):
        return [
            product.with_context(warehouse_id=warehouse.id).qty_available
            for warehouse in (self.warehouse, self.north)
        ]

    def test_they_are_deducted_where_the_channel_says_they_left(self):
        self._map_locations()
        document, order = self._order()
        self.assertEqual(order.picking_ids.picking_type_id.warehouse_id, self.warehouse)
        report = self._shipped(document, 2, 1, 0)
        report["lines"][0]["shipped_from"] = "72"
        self._capture(report)
        [done] = order.picking_ids.filtered(lambda p: p.state == "done")
        self.assertEqual(done.picking_type_id.warehouse_id, self.north)
        self.assertEqual(self._stock_of(self.mug), [100.0, 9.0])
        self.assertEqual(order.order_line.mapped("qty_delivered"), [1.0, 0.0])

    def test_what_left_a_location_of_no_warehouse_is_not_deducted_from_one(self):
        self._map_locations()
        document, order = self._order()
        report = self._shipped(document, 2, 1, 0)
        report["lines"][0]["shipped_from"] = "73"
        self._capture(report)
        self.assertEqual(self._stock_of(self.mug), [100.0, 10.0])
        self.assertEqual(order.order_line.mapped("qty_delivered"), [1.0, 0.0])
        self.assertEqual(self._holds(order), [])

    def test_a_new_address_of_the_rest_is_no_matter_of_what_others_shipped(self):
        document, order = self._order()
        self._capture(self._shipped(document, 2, 1, 0))
        moved = {**document["shipping"], "street": "7 Low Road", "city": "York"}
        self._capture(self._shipped(document, 3, 1, 0, shipping=moved))
        self.assertEqual(order.partner_shipping_id.city, "York")
        self.assertEqual(self._holds(order), [])

    def test_of_an_unknown_location_they_are_deducted_where_they_were_planned(self):
        self._map_locations()
        document, order = self._order()
        report = self._shipped(document, 2, 1, 0)
        report["lines"][0]["shipped_from"] = "999"
        self._capture(report)
        self.assertEqual(self._stock_of(self.mug), [99.0, 10.0])

    def _refunded(self, document):
        """:return: the document with a mug given back; nothing says that goods came back"""
        refund = {
            "ref": "9",
            "at": "2026-03-02T08:00:00Z",
            "amount": "10.00",
            "lines": [{"line_ref": "1", "quantity": "1", "amount": "10.00"}],
        }
        charge = {**document["charges"][0], "ref": "R9", "kind": "refund", "amount": "10.00"}
        return {**document, "refunds": [refund], "charges": [*document["charges"], charge]}

    def test_units_shipped_by_others_that_were_refunded_in_the_same_message_left_the_stock(self):
        document, order = self._order()
        self._capture(self._refunded(self._shipped(document, 2, 2, 1)))
        self.assertEqual(order.order_line.mapped("qty_delivered"), [2.0, 1.0])
        self.assertEqual(self.mug.qty_available, 98.0)
        self.assertEqual(self._holds(order), [])

    def test_units_whose_refund_is_heard_of_before_their_shipment_left_the_stock(self):
        document, order = self._order()
        self._capture(self._refunded({**document, "version": "2"}))
        self.assertEqual(order.order_line[0].product_uom_qty, 1.0)
        self._capture(self._refunded(self._shipped(document, 3, 2, 0)))
        mug = order.order_line[0]
        self.assertEqual((mug.qty_delivered, self.mug.qty_available), (2.0, 98.0))
        self.assertEqual((mug.product_uom_qty, mug.oms_reduced_qty, mug.price_total), (2, 0, 20))
        self._capture(self._refunded(self._shipped(document, 4, 2, 0)))
        self.assertEqual(self.mug.qty_available, 98.0)

    def test_units_refunded_before_their_shipment_was_worked_off_left_the_stock(self):
        document, order = self._order()
        messages = self._receive(self._shipped(document, 2, 2, 0)) + self._receive(
            self._refunded(self._shipped(document, 3, 2, 0))
        )
        self._run_lanes()
        self.assertEqual(set(messages.mapped("state")), {"done"})
        mug = order.order_line[0]
        self.assertEqual((mug.qty_delivered, self.mug.qty_available), (2.0, 98.0))
        self.assertEqual(self._holds(order), [])

    def test_a_unit_refunded_that_nobody_shipped_is_taken_off(self):
        document, order = self._order()
        self._capture(self._refunded(self._shipped(document, 2, 1, 0)))
        mug = order.order_line[0]
        self.assertEqual((mug.product_uom_qty, mug.qty_delivered), (1.0, 1.0))
        self.assertEqual(self.mug.qty_available, 99.0)
        todo = order.picking_ids._oms_todo().move_ids.filtered(lambda m: m.state != "cancel")
        self.assertEqual(todo.product_id, self.pot)

    def test_the_report_of_our_own_shipment_is_none_of_others(self):
        document, order = self._order()
        order.picking_ids.move_ids.picked = True
        order.picking_ids.button_validate()
        self._capture(self._shipped(document, 2, 2, 1))
        self.assertEqual(order.order_line.mapped("oms_external_qty"), [0.0, 0.0])
        self.assertEqual(len(order.picking_ids), 1)

    def test_units_whose_picking_has_begun_are_for_a_person(self):
        document, order = self._order()
        order.picking_ids.move_ids.picked = True
        self._capture(self._shipped(document, 2, 1, 0))
        self.assertEqual(self._holds(order), ["SHIPPED_ELSEWHERE"])
        self.assertEqual(self.mug.qty_available, 100.0)
        self.assertEqual(len(order.picking_ids), 1)
