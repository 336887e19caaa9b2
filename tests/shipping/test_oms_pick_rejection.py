"""What a picker rejects leaves the stock right and is served from elsewhere."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from ..promise.test_oms_promise import PromiseCommon


class TestOmsPickRejection(PromiseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.picker = new_test_user(cls.env, "picker", groups="oms_addon.oms_addon_group_warehouse")
        ref = "oms_addon.oms_pick_rejection_reason_"
        cls.not_found = cls.env.ref(f"{ref}not_found")
        cls.mismatch = cls.env.ref(f"{ref}mismatch")
        cls.damaged = cls.env.ref(f"{ref}damaged")

    def setUp(self):
        super().setUp()
        self._put_stock(self.jug, self.warehouse, 5)
        self.order = self._make_order((self.jug, 3))
        self._serve(self.order)
        self.picking = self.order.picking_ids

    def _reject(self, reason, quantity=None, line=None, user=None, **values):
        """:return: what the picker is told"""
        picking = (line or self.picking.move_line_ids).picking_id
        action = picking.with_user(user or self.picker).action_oms_reject()
        wizard = (
            self.env["oms.pick.reject"]
            .with_user(user or self.picker)
            .with_context(**action["context"])
            .create(
                {
                    "move_line_id": (line or self.picking.move_line_ids).id,
                    "reason_id": reason.id,
                    **({"quantity": quantity} if quantity else {}),
                    **values,
                }
            )
        )
        return wizard.action_reject()["params"]

    def _on_hand(self, location=None):
        quants = self.env["stock.quant"].search(
            [
                ("product_id", "=", self.jug.id),
                ("location_id", "=", (location or self.warehouse.lot_stock_id).id),
            ]
        )
        return sum(quants.mapped("quantity")), sum(quants.mapped("reserved_quantity"))

    def test_fault_42_what_is_not_found_is_counted_to_zero_and_served_elsewhere(self):
        self._put_stock(self.jug, self.north, 9)
        told = self._reject(self.not_found)
        self.assertEqual(self._on_hand(), (0.0, 0.0))
        self.assertEqual(self._taken(self.order), {self.north: 3.0})
        self.assertEqual(self.order.order_line.oms_excluded_warehouse_ids, self.warehouse)
        self.assertEqual(told["message"], "3 from North")
        self.assertEqual(self.picking.state, "cancel")
        rejection = self.env["oms.pick.rejection"].search([("order_id", "=", self.order.id)])
        self.assertRecordValues(
            rejection, [{"quantity": 3.0, "counted": 0.0, "outcome": "3 from North"}]
        )
        event = self.order.oms_event_ids.filtered(lambda e: e.code == "pick.rejected")
        self.assertEqual(event.actor, self.picker.name)
        self.assertFalse(self._holds(self.order))
        self.assertStockIsConsistent(self.jug)

    def test_fault_42_what_is_nowhere_is_backordered_and_shown(self):
        told = self._reject(self.not_found)
        self.assertEqual(told["message"], "3 backordered")
        self.assertEqual(self._taken(self.order), {})
        self.assertEqual(self._holds(self.order), ["PICK_REJECTED"])
        self._review()
        self.assertFalse(self.order.oms_promised_at)
        self.assertEqual(self._events(self.order)[-1][0], "promise.withdrawn")

    def test_fault_42_a_backorder_of_a_rejected_pick_has_a_new_promise(self):
        self._buy(self.jug, 9, "2026-03-09 09:00:00")
        self._reject(self.not_found)
        self.assertFalse(self._holds(self.order))
        self._review()
        self.assertEqual(str(self.order.oms_ship_before), "2026-03-09 17:00:00")

    def test_fault_42_of_a_mismatch_the_picker_takes_what_is_there(self):
        self._put_stock(self.jug, self.north, 9)
        told = self._reject(self.mismatch, quantity=1, counted=2)
        self.assertEqual(self._on_hand(), (2.0, 2.0))
        self.assertEqual(self._taken(self.order), {self.warehouse: 2.0, self.north: 1.0})
        self.assertEqual(told["message"], "1 from North")
        self.assertStockIsConsistent(self.jug)

    def test_fault_42_damaged_goods_are_scrapped_or_moved_to_their_place(self):
        self._reject(self.damaged, quantity=1)
        self.assertEqual(self._on_hand(), (4.0, 3.0))
        scrap = self.env["stock.scrap"].search([("product_id", "=", self.jug.id)])
        self.assertRecordValues(
            scrap, [{"scrap_qty": 1.0, "state": "done", "origin": self.picking.name}]
        )
        # There is one more at the same place: it is taken instead.
        self.assertFalse(self.order.order_line.oms_excluded_warehouse_ids)
        place = self.env["stock.location"].create(
            {"name": "Damaged", "location_id": self.warehouse.view_location_id.id}
        )
        self.warehouse.oms_damaged_location_id = place
        self._reject(self.damaged, quantity=1, line=self.order.picking_ids.move_line_ids[:1])
        self.assertEqual(self._on_hand(place), (1.0, 0.0))
        self.assertEqual(self._on_hand(), (3.0, 3.0))
        self.assertStockIsConsistent(self.jug)

    def test_fault_42_another_place_of_the_same_warehouse_is_taken_first(self):
        shelf = self.env["stock.location"].create(
            {"name": "Shelf B", "location_id": self.warehouse.lot_stock_id.id}
        )
        self.env["stock.quant"].with_context(inventory_mode=True).create(
            {"product_id": self.jug.id, "location_id": shelf.id, "inventory_quantity": 9}
        ).action_apply_inventory()
        self._put_stock(self.jug, self.north, 9)
        self._reject(self.not_found)
        self.assertFalse(self.order.order_line.oms_excluded_warehouse_ids)
        self.assertEqual(self._taken(self.order), {self.warehouse: 3.0})
        self.assertEqual(self.order.picking_ids._oms_todo().move_line_ids.location_id, shelf)

    def test_what_others_had_reserved_of_what_is_not_there_is_given_back_too(self):
        other = self._make_order((self.jug, 2))
        self._serve(other)
        self._reject(self.not_found)
        self.assertEqual(self._on_hand(), (0.0, 0.0))
        self.assertEqual(self._taken(other), {})
        self.assertStockIsConsistent(self.jug)

    def test_fault_41_of_two_pickers_who_reject_the_same_line_one_wins(self):
        line = self.picking.move_line_ids
        picking = self.picking
        self._reject(self.damaged)
        wizard = self.env["oms.pick.rejection"]
        with self.assertRaisesRegex(UserError, "another user"):
            wizard._reject(line, self.damaged, 3)
        self.assertEqual(
            self.env["oms.pick.rejection"].search_count([("picking_id", "=", picking.id)]), 1
        )
        self.assertEqual(self._on_hand()[0], 2.0)

    def test_more_than_is_to_be_taken_is_refused_and_leaves_no_trace(self):
        with self.assertRaisesRegex(UserError, "3 are to be picked"):
            self._reject(self.damaged, quantity=4)
        self.assertFalse(self.env["oms.pick.rejection"].search([]))
        self.assertEqual(self._on_hand(), (5.0, 3.0))

    def test_who_is_no_picker_cannot_reject(self):
        agent = new_test_user(self.env, "agent", groups="oms_addon.oms_addon_group_agent")
        with self.assertRaises(AccessError):
            self._reject(self.damaged, user=agent)

    def test_a_reason_that_does_not_source_again_leaves_the_stock_and_waits(self):
        reason = self.env["oms.pick.rejection.reason"].create(
            {"name": "Blocked aisle", "effect": "none", "is_resourced": False}
        )
        self._put_stock(self.jug, self.north, 9)
        told = self._reject(reason)
        self.assertEqual(told["message"], "Backordered at its warehouse.")
        self.assertEqual(self._on_hand(), (5.0, 0.0))
        # It is in stock, and still nobody can take it.
        move = self.order.order_line.move_ids
        self.assertEqual((move.state, move.forecast_availability), ("confirmed", 0.0))
        self.assertEqual(
            (move.picking_id.products_availability, move.picking_id.products_availability_state),
            ("Not Available", "late"),
        )
        self.assertEqual(self._taken(self.order), {})

    def test_a_picker_rejects_nothing_of_another_company(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        depot = self.env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
        depot.oms_managed = True
        self._put_stock(self.jug, depot, 4)
        move = self.env["stock.move"].create(
            {
                "product_id": self.jug.id,
                "product_uom_qty": 2,
                "company_id": company.id,
                "picking_type_id": depot.out_type_id.id,
                "location_id": depot.lot_stock_id.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
            }
        )
        move._action_confirm()
        move._action_assign()
        values = {
            "picking_id": self.picking.id,
            "move_line_id": move.move_line_ids.id,
            "reason_id": self.not_found.id,
            "quantity": 2,
        }
        wizards = self.env["oms.pick.reject"].with_user(self.picker)
        with self.assertRaises(AccessError):
            wizards.create(values)
        # However it came to hold the line.
        wizard = wizards.sudo().create(values).sudo(False)
        wizard.invalidate_recordset()
        with self.assertRaises(AccessError):
            wizard.action_reject()
        self.assertEqual(self._on_hand(depot.lot_stock_id), (4.0, 2.0))
