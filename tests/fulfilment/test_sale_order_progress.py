"""Orders made in Sales for a warehouse we run are in the list, and say how far they are."""

from ast import literal_eval

from odoo import fields

from .common import FulfilmentCommon


class TestSaleOrderProgress(FulfilmentCommon):
    def _listed(self):
        """:return: the orders of the list"""
        domain = literal_eval(self.env.ref("oms_addon.sale_order_action_oms").domain)
        return self.env["sale.order"].search(domain)

    def _progress(self, order):
        return order.oms_shown_step, order.oms_shown_status, order.oms_shown_reason

    def _steps(self, order):
        return [(step["name"], step["done"]) for step in order.oms_made_steps]

    def test_the_list_has_every_order_of_the_warehouses_we_run_and_no_other(self):
        alien = self.env["stock.warehouse"].create({"name": "Alien", "code": "ALN"})
        ours, elsewhere = self._make_order((self.mug, 1)), self._make_order((self.mug, 1))
        elsewhere.warehouse_id = alien
        of_channel = self._capture(self._document("A-1"))
        of_channel.warehouse_id.oms_managed = True
        self.assertEqual((ours + elsewhere + of_channel) & self._listed(), ours + of_channel)

    def test_an_order_made_in_sales_goes_from_the_quotation_to_the_door(self):
        order = self._make_order((self.mug, 2))
        self.assertEqual(self._progress(order), ("confirm", "waiting", "Waiting for confirmation."))
        self._serve(order)
        self.assertEqual(self._progress(order), ("ship", "waiting", "Waiting to be shipped."))
        self.assertEqual(
            self._steps(order),
            [("captured", True), ("confirm", True), ("allocate", True), ("ship", False)],
        )
        order.picking_ids.move_ids.picked = True
        order.picking_ids.button_validate()
        self.assertEqual(self._progress(order), ("done", "done", False))
        self.assertEqual(
            order.oms_made_steps[-1],
            {
                "name": "ship",
                "done": True,
                "at": fields.Datetime.to_string(order.picking_ids.date_done),
            },
        )
        self.assertIn("order.confirmed", order.oms_event_ids.mapped("code"))

    def test_an_order_without_stock_says_that_it_waits_for_it(self):
        order = self._make_order((self.mug, 500))
        self._serve(order)
        self.assertEqual(self._progress(order), ("allocate", "waiting", "Waiting for stock."))

    def test_a_cancelled_order_made_in_sales_says_so(self):
        order = self._make_order((self.mug, 1))
        order._action_cancel()
        self.assertEqual(self._progress(order), ("confirm", "cancelled", "Cancelled."))

    def test_a_quotation_says_when_the_goods_would_be_there(self):
        order = self._make_order((self.mug, 1))
        expected = order.oms_expected_at
        self.assertGreater(expected, fields.Datetime.now())
        self.assertFalse(order.oms_promised_at)
        self._serve(order)
        self.assertEqual(order.oms_promised_at, expected)
        self.assertEqual(order.oms_expected_at, expected)

    def test_an_order_of_a_channel_shows_the_step_of_its_path(self):
        order = self._capture(self._document("A-2", paid=False))
        self.assertEqual(
            self._progress(order), (order.oms_step, order.oms_status, order.oms_wait_reason)
        )
        self.assertFalse(order.oms_made_steps)
