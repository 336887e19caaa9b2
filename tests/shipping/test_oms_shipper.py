import json
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tools import mute_logger

from .common import FulfilmentCommon

SHIPPER_LOG = "odoo.addons.oms_addon.models.shipping.oms_shipper"


class TestShip(FulfilmentCommon):
    def _served(self, *lines, **values):
        order = self._make_order(*lines or [(self.mug, 2)], **values)
        self.assertEqual(self._serve(order), {})
        return order

    def test_an_order_waits_for_the_warehouse_in_words(self):
        cup = self._make_product("CUP", "Cup", north=1)
        order = self._served((self.mug, 1), (cup, 1))
        self.assertEqual(
            self.shipper._ship(order),
            {order: "Waiting for the warehouse: 2 of 2 deliveries to ship."},
        )
        self.shipper._validate(order.picking_ids[0])
        self.assertEqual(
            self.shipper._ship(order),
            {order: "Waiting for the warehouse: 1 of 2 deliveries to ship."},
        )
        self.shipper._validate(order.picking_ids[1])
        self.assertEqual(self.shipper._ship(order), {})

    def test_a_channel_that_ships_by_itself_ships_what_is_reserved(self):
        self.channel.auto_ship = True
        orders = self._served() + self._served()
        self.assertEqual(self.shipper._ship(orders), {})
        self.assertEqual(orders.picking_ids.mapped("state"), ["done", "done"])
        self.assertEqual(orders.order_line.mapped("qty_delivered"), [2.0, 2.0])

    def test_all_steps_of_pick_and_ship_are_shipped(self):
        self.warehouse.delivery_steps = "pick_ship"
        self.channel.auto_ship = True
        order = self._served()
        self.assertEqual(self.shipper._ship(order), {})
        self.assertEqual(order.picking_ids.mapped("state"), ["done", "done"])
        self.assertEqual(order.order_line.qty_delivered, 2.0)
        self.assertStockIsConsistent(self.mug)

    def test_services_have_nothing_to_ship(self):
        service = self.env["product.product"].create({"name": "Advice", "type": "service"})
        order = self._make_order((service, 1))
        self.assertEqual(self._serve(order), {})
        for step in (self.shipper._ship, self.shipper._track, self.shipper._deliver):
            self.assertEqual(step(order), {})

    def test_nothing_unpaid_leaves_whoever_tries(self):
        self.channel.write({"ship_policy": "paid", "auto_ship": True})
        order = self._served()
        self.assertEqual(
            self.shipper._ship(order), {order: "Waiting for payment: the order ships when paid."}
        )
        with self.assertRaisesRegex(UserError, f"{order.name} is not paid"):
            order.picking_ids.button_validate()
        self.assertEqual(order.picking_ids.state, "assigned")

    def test_cash_on_delivery_leaves_unpaid(self):
        self.channel.write({"ship_policy": "paid", "payment_policy": "cod", "auto_ship": True})
        order = self._served()
        self.assertEqual(self.shipper._ship(order), {})

    @mute_logger(SHIPPER_LOG)
    def test_one_delivery_that_fails_does_not_stop_the_others(self):
        orders = self._served() + self._served() + self._served()
        bad = orders[1].picking_ids
        validate = type(bad).button_validate

        def fail(pickings):
            if bad in pickings:
                raise UserError("The door is shut")
            return validate(pickings)

        with patch.object(type(bad), "button_validate", fail):
            errors = self.shipper._validate(orders.picking_ids)
        self.assertEqual(errors, {bad: f"{bad.name} could not be shipped: The door is shut"})
        self.assertEqual(orders.picking_ids.mapped("state"), ["done", "assigned", "done"])
        self.assertStockIsConsistent(self.mug)

    def test_a_delivery_done_by_somebody_else_is_told_and_not_moved_twice_fault_41(self):
        order = self._served()
        self.shipper._validate(order.picking_ids)
        with self.assertRaisesRegex(UserError, "already validated by another user"):
            order.picking_ids.button_validate()
        self.assertEqual(self.shipper._validate(order.picking_ids), {})
        self.assertEqual(self.mug.qty_available, 98)

    @freeze_time("2026-03-01 10:00:00")
    def test_a_batch_writes_the_rows_odoo_writes(self):
        cup = self._make_product("CUP", "Cup", stock=10)
        bowl = self._make_product("BOWL", "Bowl", stock=10)
        ours = self._served((cup, 2), (cup, 1)) + self._served((cup, 3))
        theirs = self._served((bowl, 2), (bowl, 1)) + self._served((bowl, 3))
        self.shipper._validate(ours.picking_ids)
        for picking in theirs.picking_ids:
            picking.with_context(skip_sms=True).button_validate()
        for path, names in (
            ("picking_ids", ("state", "priority", "delivery_type", "shipping_weight")),
            (
                "order_line.move_ids",
                ("state", "quantity", "picked", "is_out", "value", "product_qty"),
            ),
            ("picking_ids.move_line_ids", ("state", "quantity", "picked", "quantity_product_uom")),
            ("order_line", ("qty_delivered", "qty_to_invoice", "invoice_status")),
            ("self", ("delivery_status", "invoice_status")),
        ):
            mine, other = (
                orders if path == "self" else orders.mapped(path) for orders in (ours, theirs)
            )
            self.assertRecordValues(mine, [{n: r[n] for n in names} for r in other])
        quants = [
            self.env["stock.quant"].search([("product_id", "=", product.id)], order="location_id")
            for product in (cup, bowl)
        ]
        self.assertRecordValues(
            quants[0],
            [
                {
                    "location_id": q.location_id.id,
                    "quantity": q.quantity,
                    "reserved_quantity": q.reserved_quantity,
                    "in_date": q.in_date,
                }
                for q in quants[1]
            ],
        )
        self.assertEqual(cup.qty_available, 4)

    def test_what_is_counted_away_takes_a_reservation_as_in_odoo(self):
        cup = self._make_product("CUP", "Cup", stock=3)
        order, other = self._served((cup, 1)), self._served((cup, 2))
        other.picking_ids.do_unreserve()
        # More than was ordered does not leave with an order of a channel.
        order.oms_channel_id = False
        order.picking_ids.move_ids.quantity = 3
        self.shipper._validate(order.picking_ids)
        self.assertEqual(order.picking_ids.move_ids.quantity, 3.0)
        self.assertNotEqual(other.picking_ids.state, "assigned")
        self.assertEqual(cup.qty_available, 0)
        self.assertStockIsConsistent(cup)

    def test_a_delivery_more_in_a_batch_costs_fewer_than_three_queries(self):
        def ship(size):
            orders = self.env["sale.order"].union(*[self._served() for _ in range(size)])
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.shipper._validate(orders.picking_ids)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        ship(2)
        few, many = ship(2), ship(12)
        self.assertLess((many - few) / 10, 3)


class TestTrackAndDeliver(FulfilmentCommon):
    def _shipped(self, number=None, **values):
        order = self._make_order((self.mug, 2), **values)
        self._serve(order)
        order.picking_ids.carrier_tracking_ref = number
        self.shipper._validate(order.picking_ids)
        return order

    def _reported(self, order):
        return self.env["oms.channel.message"].search(
            [
                ("direction", "=", "out"),
                ("topic", "=", "shipment"),
                ("event_ref", "in", [f"shipment:{p.id}" for p in order.picking_ids]),
            ]
        )

    def test_a_shipment_waits_for_its_number_and_is_told_once(self):
        order = self._shipped(oms_order_ref="A1")
        order.order_line.write({"oms_sku": "SKU-1", "oms_line_ref": "L1"})
        self.assertEqual(
            self.shipper._track(order),
            {order: f"Waiting for a tracking number: {order.picking_ids.name}"},
        )
        self.assertFalse(self._reported(order))
        order.picking_ids.carrier_tracking_ref = "TR 1"
        for _again in range(2):
            self.assertEqual(self.shipper._track(order), {})
        message = self._reported(order)
        self.assertEqual((message.channel_id, message.order_ref), (self.channel, "A1"))
        content = json.loads(message._raw_payload())
        self.assertEqual(content["order_ref"], "A1")
        self.assertEqual(
            content["lines"],
            [{"line_ref": "L1", "sku": "SKU-1", "quantity": 2.0, "units": 2.0}],
        )
        self.assertEqual(
            content["parcels"],
            [{"carrier": "", "carrier_code": "", "number": "TR 1", "url": ""}],
        )
        self.assertEqual(content["location_ref"], "")
        self.assertEqual(content["shipped_at"], str(order.picking_ids.date_done))

    def test_several_numbers_are_several_parcels(self):
        order = self._shipped("P1, P2")
        self.assertEqual(sorted(order.oms_parcel_ids.mapped("name")), ["P1", "P2"])
        self.assertEqual(order.oms_parcel_ids.picking_ids, order.picking_ids)

    def test_one_number_may_serve_several_deliveries(self):
        orders = self._shipped("P1") + self._shipped("p1")
        self.assertEqual(len(orders.oms_parcel_ids), 1)
        self.assertEqual(orders.oms_parcel_ids.order_ids, orders)

    def test_a_channel_that_ships_by_itself_needs_no_number(self):
        self.channel.auto_ship = True
        order = self._shipped()
        self.assertEqual(self.shipper._track(order), {})
        self.assertRecordValues(order.oms_parcel_ids, [{"no_tracking": True, "state": "pending"}])

    def test_staff_ship_without_tracking(self):
        order = self._shipped()
        order.picking_ids.action_oms_no_tracking()
        self.assertEqual(self.shipper._track(order), {})
        self.assertIn("1 of 1 parcels", self.shipper._deliver(order)[order])

    def test_an_order_is_delivered_when_all_its_parcels_are(self):
        order = self._shipped("P1,P2")
        first, second = order.oms_parcel_ids
        self.assertEqual(
            self.shipper._deliver(order), {order: "In transit: 2 of 2 parcels to be delivered"}
        )
        first.action_mark_delivered()
        self.assertEqual(
            self.shipper._deliver(order), {order: "In transit: 1 of 2 parcels to be delivered"}
        )
        second.action_mark_delivered()
        self.assertEqual(self.shipper._deliver(order), {})

    def test_a_parcel_in_trouble_says_what_to_do(self):
        order = self._shipped("P1")
        order.oms_parcel_ids._set_state("exception")
        self.assertEqual(
            self.shipper._deliver(order),
            {order: "Parcel P1: Delivery Problem. Contact the carrier or the customer."},
        )
