"""Orders made in Sales for a warehouse we run are in the list, and say how far they are."""

from ast import literal_eval

from odoo import fields

from odoo.addons.oms_addon.documents.problems import HoldReason

from ..shipping.common import FulfilmentCommon


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
        self.assertEqual(self._progress(order), ("ship", "waiting", "Waiting for shipment."))
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

    def _all_kinds(self):
        """:return: orders of every step and progress, and one that is none of ours"""
        service = self._make_product("FIT", "Fitting", type="service", is_storable=False)
        quotation = self._make_order((self.mug, 1))
        cancelled = self._make_order((self.mug, 1))
        cancelled._action_cancel()
        short = self._make_order((self.mug, 500))
        ready = self._make_order((self.mug, 1))
        shipped = self._make_order((self.mug, 1))
        part = self._make_order((self.mug, 1), (self.pot, 1))
        held = self._make_order((self.mug, 1))
        nothing = self._make_order((service, 1))
        stopped = self._make_order((self.mug, 1))
        for order in (ready, shipped, part, held, nothing, stopped, short):
            self._serve(order)
        shipped.picking_ids.move_ids.picked = True
        shipped.picking_ids.button_validate()
        stopped.picking_ids.action_cancel()
        self.env["oms.hold"]._open(held, [HoldReason(code="RULE", message="Look at it.")])
        alien = self.env["stock.warehouse"].create({"name": "Alien", "code": "ALN"})
        elsewhere = self._make_order((self.mug, 1))
        elsewhere.warehouse_id = alien
        of_channel = self._capture(self._document("A-1"), self._document("A-2", paid=False))
        made = quotation + cancelled + short + ready + shipped + part + held + nothing + stopped
        return made + elsewhere + of_channel

    def test_groups_come_in_the_order_of_an_orders_life(self):
        orders = self._all_kinds()
        ours = [("id", "in", orders.ids)]
        for name, expected in (
            ("oms_shown_step", ["confirm", "allocate", "ship", "done", False]),
            ("oms_shown_status", ["waiting", "held", "done", "cancelled", False]),
        ):
            codes = [code for code, _label in orders._fields[name]._description_selection(self.env)]
            known = [*codes, False]
            with self.subTest(field=name):
                groups = orders.formatted_read_group(ours, [name], ["__count"])
                found = [group[name] for group in groups]
                self.assertEqual(found, sorted(found, key=known.index))
                self.assertLessEqual(set(expected), set(found))
                down = orders.formatted_read_group(ours, [name], ["__count"], order=f"{name} DESC")
                self.assertEqual([group[name] for group in down], found[::-1])

    def test_filters_and_groups_know_the_orders_made_in_sales(self):
        orders = self._all_kinds()
        self.env.invalidate_all()
        shown = orders.mapped(lambda o: (o.oms_shown_step, o.oms_shown_status))
        self.assertLessEqual(
            {
                ("confirm", "waiting"),
                ("confirm", "cancelled"),
                ("allocate", "waiting"),
                ("ship", "waiting"),
                ("ship", "held"),
                ("done", "done"),
                (False, False),
            },
            set(shown),
        )
        ours = [("id", "in", orders.ids)]
        for position, name in enumerate(("oms_shown_step", "oms_shown_status")):
            by_value = orders.grouped(name)
            for value, found in by_value.items():
                with self.subTest(field=name, value=value):
                    self.assertEqual(orders.search([*ours, (name, "=", value)]), found.sorted())
                    others = orders.search([*ours, (name, "!=", value)])
                    self.assertEqual(others, (orders - found).sorted())
            groups = orders._read_group(ours, [name], ["id:recordset"])
            self.assertEqual(
                {value or False: found for value, found in groups},
                {value: found for value, found in by_value.items()},
            )
            self.assertEqual(sum(len(found) for _value, found in groups), len(shown))
            self.assertTrue(orders.fields_get([name])[name]["groupable"], position)
