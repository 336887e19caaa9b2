"""The queue, a rejected pick and a stopped one, in a browser, wide and on a phone."""

from datetime import datetime, timedelta

from odoo.tests import HttpCase, tagged

from .promise.test_oms_incoming import ArrivingCommon


@tagged("standard", "post_install", "-at_install")
class TestPromiseTours(HttpCase, ArrivingCommon):
    browser_size = "1400x900"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.picker = cls._make_user("warehouse")

    def _picking(self):
        """:return: a delivery of three jugs of which there are more in the north"""
        self._put_stock(self.jug, self.warehouse, 3)
        order = self._make_order((self.jug, 3))
        self._serve(order)
        self._put_stock(self.jug, self.north, 5)
        return order.picking_ids

    def _at(self, picking):
        return f"/odoo/m-stock.picking/{picking.id}"

    def test_a_picker_rejects_what_is_not_there(self):
        picking = self._picking()
        self.start_tour(self._at(picking), "oms_reject_tour", login="oms_warehouse")
        self.assertEqual(self._taken(picking.sale_id), {self.north: 3.0})
        event = picking.sale_id.oms_event_ids.filtered(lambda e: e.code == "pick.rejected")
        self.assertEqual(event.actor, self.picker.name)

    def test_a_picker_rejects_one_line_and_is_told_what_is_wrong_before(self):
        self._put_stock(self.jug, self.warehouse, 3)
        order = self._make_order((self.jug, 3), (self.pot, 2))
        self._serve(order)
        self._put_stock(self.jug, self.north, 5)
        picking = order.picking_ids
        self.start_tour(self._at(picking), "oms_reject_line_tour", login="oms_warehouse")
        self.assertEqual(self._taken(order), {self.north: 3.0, self.warehouse: 2.0})
        rejection = self.env["oms.pick.rejection"].search([("order_id", "=", order.id)])
        self.assertRecordValues(
            rejection,
            [{"product_id": self.jug.id, "quantity": 3.0, "outcome": "3 from North"}],
        )
        self.assertEqual((picking.state, picking.move_line_ids.product_id), ("assigned", self.pot))

    def test_a_picker_is_told_to_stop_and_answers(self):
        picking = self._picking()
        picking.move_ids.picked = True
        self.env["oms.order.canceller"]._cancel_whole(picking.sale_id, "The buyer cancelled.")
        self.start_tour(self._at(picking), "oms_stop_tour", login="oms_warehouse")
        self.assertEqual(picking.state, "cancel")

    def test_a_picker_reads_who_waits_for_what(self):
        self._buy(self.jug, 2, datetime.now() + timedelta(days=9))
        self._serve(self._make_order((self.jug, 2)))
        self._serve(self._make_order((self.jug, 2)))
        self.start_tour("/odoo/oms-backorders", "oms_backorder_tour", login="oms_warehouse")


class TestPromiseToursOnAPhone(TestPromiseTours):
    browser_size = "400x800"
    touch_enabled = True
