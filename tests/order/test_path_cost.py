"""What one more order of a batch costs on the path, in statements."""

from unittest.mock import patch

from odoo.sql_db import Cursor

from ..common import OmsCommon


class TestPathCost(OmsCommon):
    def _statements(self, run):
        """:return: the statements that a function executes, as texts"""
        seen = []
        original = Cursor.execute

        def execute(cursor, query, *args, **kwargs):
            seen.append(getattr(query, "code", None) or str(query))
            return original(cursor, query, *args, **kwargs)

        with patch.object(Cursor, "execute", execute):
            run()
            self.env.flush_all()
        return seen

    def _path(self, prefix, count):
        """:return: the statements that take orders from the inbox to the end of the path"""
        for i in range(count):
            self._receive(self._document(f"{prefix}{i}", lines=(("MUG", 1, "10"), ("POT", 1, "5"))))
        self.env.flush_all()

        def run():
            self._run_lanes("inbox", "orders", "fulfilment")
            parcels = self.env["oms.parcel"].search([("state", "!=", "delivered")])
            parcels.action_mark_delivered()
            self._run_lanes("orders", "fulfilment")

        statements = self._statements(run)
        orders = self.env["sale.order"].search([("oms_order_ref", "=like", f"{prefix}%")])
        self.assertEqual(orders.mapped("oms_step"), ["done"] * count)
        return statements

    def test_one_more_order_costs_at_most_20_statements_on_the_whole_path(self):
        self._path("warm", 3)
        few, many = self._path("few", 3), self._path("many", 23)
        self.assertLessEqual((len(many) - len(few)) / 20, 20)

    def test_the_references_of_a_batch_are_created_in_one_statement(self):
        statements = self._path("R", 4)
        inserts = [s for s in statements if s.startswith('INSERT INTO "stock_reference" ')]
        self.assertEqual(len(inserts), 1)
        for i in range(4):
            order = self._order(f"R{i}")
            self.assertEqual(order.stock_reference_ids.mapped("name"), [order.name])
            self.assertEqual(order.stock_reference_ids.move_ids, order.picking_ids.move_ids)

    def test_an_order_confirmed_again_keeps_its_reference(self):
        order = self._capture(self._document("A1", paid=False))
        order.action_confirm()
        reference = order.stock_reference_ids
        self.assertEqual(len(reference), 1)
        order._action_cancel()
        order.action_draft()
        order.action_confirm()
        self.assertEqual(order.stock_reference_ids, reference)

    def test_products_without_a_reordering_rule_are_not_searched_for_one_by_one(self):
        statements = self._path("S", 3)
        searches = [s for s in statements if 'SELECT "stock_warehouse_orderpoint"."id"' in s]
        self.assertFalse([s for s in searches if "LIMIT" in s])

    def test_a_reordering_rule_is_triggered_by_the_delivery_as_before(self):
        vendor = self.env["res.partner"].create({"name": "Vendor"})
        self.mug.seller_ids = [(0, 0, {"partner_id": vendor.id, "price": 3.0})]
        self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.mug.id,
                "warehouse_id": self.warehouse.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "trigger": "auto",
                "product_min_qty": 99,
                "product_max_qty": 120,
            }
        )
        self._capture(self._document("A1"))
        lines = self.env["purchase.order.line"].search([("product_id", "=", self.mug.id)])
        self.assertEqual(lines.mapped("product_qty"), [22.0])
