"""Changes on the channel after the order was confirmed here."""

from datetime import timedelta

from odoo import fields
from odoo.fields import Command

from ..common import OmsCommon


class TestOmsOrderAmender(OmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.auto_ship = False

    def setUp(self):
        super().setUp()
        self.version = 1
        self.order = self._capture(self._document("A1"))

    def _change(self, *lines, **values):
        """Tell the next version of the order; the lines are (SKU, quantity, price)."""
        self.version += 1
        return self._capture(
            self._document(
                "A1",
                lines or [("MUG", 2, "10.00")],
                version=str(self.version),
                updated_at=f"2026-03-{self.version:02d}T09:00:00Z",
                **values,
            )
        )

    def _reserved(self):
        """:return: what is reserved for the order, by product"""
        reserved = {}
        for line in self.order.picking_ids._oms_todo().move_line_ids:
            reserved[line.product_id] = reserved.get(line.product_id, 0) + line.quantity
        return reserved

    def test_more_of_a_line_is_allocated_and_owed(self):
        self._change(("MUG", 5, "10.00"))
        self.assertEqual(self.order.order_line.product_uom_qty, 5.0)
        self.assertEqual(self._reserved(), {self.mug: 5.0})
        self.assertEqual(self.order.amount_total, 50.0)
        self.assertNotIn("ORDER_CHANGED", self._holds(self.order))

    def test_fewer_of_a_line_frees_their_stock(self):
        self._change(("MUG", 1, "10.00"))
        self.assertEqual(self.order.order_line.product_uom_qty, 1.0)
        self.assertEqual(self._reserved(), {self.mug: 1.0})
        self.assertEqual(self.mug.free_qty, 99.0)

    def test_fault_34_fewer_while_picking_asks_the_warehouse(self):
        self.order.picking_ids.move_ids.picked = True
        self._change(("MUG", 1, "10.00"))
        self.assertEqual(self.order.order_line.product_uom_qty, 2.0)
        self.assertIn("STOP_REQUESTED", self._holds(self.order))
        self._change(("MUG", 1, "10.00"))
        self.order.picking_ids.action_oms_stopped()
        self.assertEqual(self.order.order_line.product_uom_qty, 1.0)

    def test_what_is_asked_of_the_warehouse_is_read_once_for_all_lines(self):
        self.order.order_line = [
            Command.create({"product_id": self.mug.id, "product_uom_qty": 1}) for _n in range(8)
        ]
        self.order.picking_ids.move_ids.picked = True
        self._change(("MUG", 1, "10.00"))
        lines = self.order.order_line
        left = self.env["oms.order.difference"]._live_units
        left(lines[0])
        with self.assertQueryCount(0):
            self.assertEqual([left(line) for line in lines], [1.0] * 9)

    def test_fault_56_a_line_that_is_added_after_shipping_has_a_delivery_of_its_own(self):
        first = self.order.picking_ids
        first.move_ids.picked = True
        first.button_validate()
        self._run_lanes()
        charges = [
            {
                "ref": ref,
                "kind": "charge",
                "status": "success",
                "amount": amount,
                "currency": self.company.currency_id.name,
                "at": "2026-03-01T09:00:00Z",
            }
            for ref, amount in (("T-A1", "20.00"), ("T-A2", "7.00"))
        ]
        self._change(("MUG", 2, "10.00"), ("POT", 1, "7.00"), charges=charges)
        second = self.order.picking_ids - first
        self.assertEqual(first.state, "done")
        self.assertEqual(second.state, "assigned")
        self.assertEqual(second.move_ids.product_id, self.pot)
        self.assertEqual(self.order.delivery_status, "partial")
        self.assertEqual(self.order.oms_step, "ship")
        self.assertTrue(
            self.order.order_line.filtered(lambda l: l.product_id == self.pot).oms_promised_at
        )

    def _discounted(self, quantity, discount, version):
        """Tell an order of which a coupon takes off 10 %, rounded to a cent."""
        document = self._document(
            "D1",
            [("MUG", quantity, "7.49")],
            total=f"{quantity * 7.49 - float(discount):.2f}",
            version=str(version),
            updated_at=f"2026-03-{version:02d}T09:00:00Z",
        )
        document["lines"][0]["discount"] = discount
        return self._capture(document)

    def test_a_discount_in_percent_that_rounding_makes_another_share_is_no_other_price(self):
        order = self._discounted(7, "5.24", 1)
        self._discounted(5, "3.74", 2)
        goods = order.order_line.filtered(lambda l: l.oms_kind == "product")
        self.assertEqual(goods.product_uom_qty, 5.0)
        self.assertEqual(order.amount_total, 33.71)
        self.assertNotIn("ORDER_CHANGED", self._holds(order))
        self.assertNotIn("TOTAL_MISMATCH", self._holds(order))

    def test_another_discount_is_a_decision_for_a_person(self):
        order = self._discounted(7, "5.24", 1)
        self._discounted(5, "5.24", 2)
        self.assertEqual(order.order_line[:1].product_uom_qty, 7.0)
        self.assertIn("ORDER_CHANGED", self._holds(order))

    def test_another_price_is_a_decision_for_a_person(self):
        self._change(("MUG", 2, "9.00"))
        self.assertIn("ORDER_CHANGED", self._holds(self.order))
        self.assertEqual(self.order.order_line.price_unit, 10.0)

    def _moved(self):
        return {
            "name": "Ann A1",
            "street": "7 Low Road",
            "city": "York",
            "zip": "YO1 1AA",
            "country": "GB",
        }

    def test_fault_38_before_picking_the_goods_go_to_the_new_address(self):
        self._change(shipping=self._moved())
        self.assertEqual(self.order.partner_shipping_id.city, "York")
        self.assertEqual(self.order.picking_ids.partner_id.city, "York")
        self.assertFalse(self._holds(self.order))
        event = self.order.oms_event_ids.filtered(lambda e: e.code == "order.address_changed")
        self.assertIn("Leeds", event.before)
        self.assertIn("York", event.after)

    def test_fault_38_a_label_with_the_old_address_holds_the_delivery(self):
        self.order.picking_ids.carrier_tracking_ref = "OLD-1"
        self._change(shipping=self._moved())
        self.assertEqual(self._holds(self.order), ["ADDRESS_CHANGED"])
        self.assertEqual(self.order.picking_ids.partner_id.city, "York")

    def test_fault_38_what_has_left_is_for_the_carrier_to_redirect(self):
        self.order.picking_ids.move_ids.picked = True
        self.order.picking_ids.button_validate()
        self._change(shipping=self._moved())
        self.assertEqual(self._holds(self.order), ["ADDRESS_TOO_LATE"])

    def _ship_all(self):
        self.order.picking_ids.move_ids.picked = True
        self.order.picking_ids.button_validate()

    def test_fault_38_an_address_changed_with_the_news_of_a_shipment_is_seen(self):
        self._ship_all()
        self._change(shipping=self._moved(), status="shipped")
        self.assertEqual(self._holds(self.order), ["ADDRESS_TOO_LATE"])
        self.assertEqual(self.order.partner_shipping_id.city, "York")

    def test_an_address_that_a_channel_takes_out_of_a_shipped_order_is_no_change(self):
        self._ship_all()
        hidden = {"city": "Leeds", "zip": "LS1 1AA", "country": "GB"}
        self._change(shipping=hidden, status="shipped")
        self.assertEqual(self._holds(self.order), [])
        self.assertEqual(self.order.partner_shipping_id.street, "1 High Street")

    def test_nobody_redirects_a_parcel_that_left_long_ago(self):
        self._ship_all()
        self.order.picking_ids.date_done = fields.Datetime.now() - timedelta(days=31)
        self._change(shipping=self._moved(), status="shipped")
        self.assertEqual(self._holds(self.order), [])
        self.assertEqual(self.order.partner_shipping_id.city, "Leeds")
        self.assertEqual(self.order.picking_ids.partner_id.city, "Leeds")

    def test_fault_38_what_arrived_or_was_shipped_by_others_redirects_nobody(self):
        self.order.picking_ids.move_ids.picked = True
        self.order.picking_ids.button_validate()
        self.order.picking_ids.carrier_tracking_ref = "T-1"
        self._run_lanes("fulfilment")
        self.assertTrue(self.order.picking_ids.oms_parcel_ids)
        self.order.picking_ids.oms_parcel_ids.state = "delivered"
        self._change(shipping=self._moved())
        self.assertEqual(self._holds(self.order), [])
        self.assertEqual(self.order.partner_shipping_id.city, "York")

    def test_fault_38_a_new_address_is_screened_again(self):
        self.env["oms.hold.rule"].create(
            {"name": "York", "domain": "[('partner_shipping_id.city', '=', 'York')]"}
        )
        self._change(shipping=self._moved())
        self.assertEqual(self._holds(self.order), ["RULE"])
