from ..common import OmsCommon


class TestCancellation(OmsCommon):
    def test_cancelling_before_shipment_frees_the_stock(self):
        self.channel.auto_ship = False
        self.channel.invoice_policy = "shipment"
        order = self._capture(self._document("A1"))
        self.assertEqual(order.picking_ids.state, "assigned")
        self._receive(self._cancellation("A1"))
        self._run_lanes()
        self.assertEqual(
            (order.state, order.picking_ids.state, order.oms_status),
            ("cancel", "cancel", "cancelled"),
        )
        self.assertEqual(self.mug.free_qty, 100)

    def test_cancelling_twice_is_the_same_as_once(self):
        self.channel.auto_ship = False
        self.channel.invoice_policy = "shipment"
        order = self._capture(self._document("A1"))
        for event in ("x1", "x2"):
            self._receive(self._cancellation("A1"), event)
        self._run_lanes()
        events = self.env["oms.event"].search(
            [("code", "=", "order.cancelled"), ("res_id", "=", order.id)]
        )
        self.assertEqual(len(events), 1)

    def test_units_cancelled_before_the_invoice_are_neither_invoiced_nor_shipped(self):
        self.channel.confirm_policy = "manual"
        order = self._capture(self._document("A1", [("MUG", 5, "10.00")]))
        lines = [{"sku": "MUG", "quantity": "2", "unit_price": "10.00"}]
        self._receive(self._cancellation("A1", lines=lines))
        self._run_lanes()
        order.action_confirm()
        self._run_lanes()
        self.assertEqual(order.order_line.qty_delivered, 3)
        self.assertEqual(order.invoice_ids.amount_total, 30.0)
        self.assertEqual(order.oms_channel_total, 30.0)

    def test_a_sku_of_two_products_says_of_neither_that_it_was_cancelled(self):
        self.channel.auto_ship = False
        self.channel.invoice_policy = "shipment"
        order = self._capture(self._document("A1", [("MUG", 2, "10.00"), ("POT", 2, "10.00")]))
        order.order_line.oms_sku = "TEE"
        lines = [{"sku": "TEE", "quantity": "1", "unit_price": "10.00"}]
        message = self._receive(self._cancellation("A1", lines=lines))
        self._run_lanes()
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [2.0, 2.0])
        self.assertEqual(self._holds(message), ["CANCEL_UNMATCHED"])
        named = [{**lines[0], "line_ref": order.order_line[1].oms_line_ref}]
        self._receive(self._cancellation("A1", lines=named), "x2")
        self._run_lanes()
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [2.0, 1.0])

    def test_units_that_left_are_credited_and_stay_shipped(self):
        order = self._capture(self._document("A1", [("MUG", 5, "10.00")]))
        lines = [{"sku": "MUG", "quantity": "2", "unit_price": "10.00"}]
        self._receive(self._cancellation("A1", lines=lines))
        self._run_lanes()
        credit = order.invoice_ids.filtered(lambda m: m.move_type == "out_refund")
        self.assertEqual((credit.state, credit.amount_total), ("posted", 20.0))
        self.assertEqual(order.order_line.qty_delivered, 5)
        self.assertEqual(order.order_line.oms_cancelled_qty, 2)

    def test_units_that_are_not_invoiced_yet_are_cancelled_first(self):
        self.channel.auto_ship = False
        order = self._capture(self._document("A1", [("MUG", 1, "10.00")]))
        order.order_line.product_uom_qty = 4
        lines = [{"sku": "MUG", "quantity": "2", "unit_price": "10.00"}]
        self._receive(self._cancellation("A1", lines=lines))
        self._run_lanes()
        self.assertEqual((order.order_line.product_uom_qty, order.order_line.qty_invoiced), (2, 1))
        self.assertEqual(order.invoice_ids.mapped("move_type"), ["out_invoice"])
        self._receive(self._cancellation("A1", lines=lines), "x2")
        self._run_lanes()
        credit = order.invoice_ids.filtered(lambda m: m.move_type == "out_refund")
        self.assertEqual((credit.amount_total, order.order_line.product_uom_qty), (10.0, 0))

    def test_a_cancellation_without_order_number_finds_the_customers_earlier_order(self):
        order = self._capture(self._document("A1", [("MUG", 5, "10.00")]))
        message = self._receive(
            self._cancellation(
                "",
                ref="X1",
                customer={"ref": "C-A1"},
                lines=[{"sku": "mug", "quantity": "5", "unit_price": "10.00"}],
            )
        )
        self._run_lanes()
        self.assertEqual((message.state, message.order_id), ("done", order))
        self.assertEqual(order.order_line.oms_cancelled_qty, 5)

    def test_a_cancellation_that_matches_nothing_waits_with_its_reason(self):
        self._capture(self._document("A1", [("MUG", 5, "10.00")]))
        message = self._receive(
            self._cancellation(
                "",
                ref="X1",
                customer={"ref": "C-A1"},
                lines=[{"sku": "MUG", "quantity": "6", "unit_price": "10.00"}],
            )
        )
        self._run_lanes()
        self.assertEqual((message.state, self._holds(message)), ("parked", ["CANCEL_UNMATCHED"]))

    def test_a_cancellation_that_waits_is_applied_when_the_order_comes(self):
        document = self._cancellation(
            "",
            ref="X1",
            customer={"ref": "C-A1"},
            lines=[{"sku": "MUG", "quantity": "2", "unit_price": "10.00"}],
        )
        message = self._receive(document)
        self._run_lanes()
        self.assertEqual(message.state, "parked")
        order = self._capture(self._document("A1"))
        self.assertEqual((message.state, message.order_id), ("done", order))
        self.assertEqual(self._holds(message), [])

    def test_the_same_units_cannot_be_cancelled_twice(self):
        self._capture(self._document("A1", [("MUG", 2, "10.00")]))
        lines = [{"sku": "MUG", "quantity": "2", "unit_price": "10.00"}]
        customer = {"ref": "C-A1"}
        first = self._receive(self._cancellation("", ref="X1", customer=customer, lines=lines))
        second = self._receive(self._cancellation("", ref="X2", customer=customer, lines=lines))
        self._run_lanes()
        self.assertEqual((first.state, second.state), ("done", "parked"))
