"""An order that leaves in parts: what its shipping costs is charged and given back once."""

from ..common import OmsCommon


class TestShippingOnce(OmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.write({"auto_ship": False, "invoice_policy": "shipment"})
        cls.jug = cls._make_product("JUG", "Jug")

    def _sold(self):
        """:return: an order of 2 mugs that are there, 1 jug that is not, and 6.00 shipping"""
        document = self._document("A1", [("MUG", 2, "10.00"), ("JUG", 1, "20.00")], total="46.00")
        document["lines"].append(
            {
                "ref": "S",
                "kind": "shipping",
                "name": "Parcel",
                "quantity": "1",
                "unit_price": "6.00",
                "taxes": [],
            }
        )
        return document, self._capture(document)

    def _ship(self, order):
        """Have all that is reserved leave; what is missing stays on a backorder."""
        picking = order.picking_ids._oms_todo().filtered("move_line_ids")
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        self._run_lanes()
        return picking

    def _jug_comes(self):
        self._put_stock(self.jug, self.warehouse, 1)
        self._run_lanes()

    def _moves(self, order, kind="out_invoice"):
        return order.invoice_ids.filtered(lambda m: m.move_type == kind).sorted("id")

    def _shipping(self, moves):
        """:return: what of some invoices is shipping, one by one"""
        return [
            sum(
                line.price_total
                for line in move.invoice_line_ids
                if "shipping" in line.sale_line_ids.mapped("oms_kind")
            )
            for move in moves
        ]

    def test_fault_47_a_backorder_is_invoiced_without_shipping_again(self):
        _document, order = self._sold()
        self.assertEqual(self._ship(order).state, "done")
        self._jug_comes()
        self._ship(order)
        self.assertEqual(order.delivery_status, "full")
        invoices = self._moves(order)
        self.assertEqual(invoices.mapped("amount_total"), [26.0, 20.0])
        self.assertEqual(self._shipping(invoices), [6.0, 0.0])
        self.assertEqual(invoices.mapped("payment_state"), ["paid", "paid"])
        self.assertEqual(order.invoice_status, "invoiced")
        self.assertFalse(self._holds(order))

    def test_fault_47_two_parcels_of_two_warehouses_carry_one_shipping_charge(self):
        self._put_stock(self.jug, self.north, 1)
        _document, order = self._sold()
        self.assertEqual(len(order.picking_ids), 2)
        for picking in order.picking_ids:
            picking.move_ids.picked = True
            picking.button_validate()
            self._run_lanes()
        self.assertEqual(self._shipping(self._moves(order)), [6.0, 0.0])
        self.assertEqual(sum(self._moves(order).mapped("amount_total")), 46.0)

    def test_fault_47_the_fee_of_a_carrier_is_not_added_to_what_the_channel_charged(self):
        product = self.env["product.product"].create({"name": "Van", "type": "service"})
        carrier = self.env["delivery.carrier"].create(
            {
                "name": "Van",
                "product_id": product.id,
                "delivery_type": "fixed",
                "fixed_price": 9.0,
                "invoice_policy": "real",
            }
        )
        _document, order = self._sold()
        order.picking_ids.carrier_id = carrier
        self._ship(order)
        self._jug_comes()
        order.picking_ids._oms_todo().carrier_id = carrier
        self._ship(order)
        self.assertEqual(order.amount_total, 46.0)
        self.assertEqual(self._shipping(self._moves(order)), [6.0, 0.0])

    def test_fault_47_shipping_is_given_back_once_when_all_is_cancelled(self):
        self.channel.invoice_policy = "payment"
        _document, order = self._sold()
        for event in ("x1", "x2"):
            self._receive(self._cancellation("A1"), event, topic="orders/cancelled")
            self._run_lanes()
        credits = self._moves(order, "out_refund")
        self.assertEqual(self._shipping(self._moves(order)), [6.0])
        self.assertEqual(sum(self._shipping(credits)), 6.0)
        self.assertEqual(sum(credits.mapped("amount_total")), 46.0)

    def test_fault_47_shipping_that_a_part_left_with_is_kept_and_refunded_once_if_told(self):
        document, order = self._sold()
        self._ship(order)
        lines = [{"line_ref": "2", "sku": "JUG", "quantity": "1"}]
        self._receive(self._cancellation("A1", lines=lines), topic="orders/cancelled")
        self._run_lanes()
        self.assertEqual(self._moves(order).amount_total, 26.0)
        self.assertFalse(self._moves(order, "out_refund"))
        refund = {
            "ref": "RF1",
            "at": "2026-03-03T09:00:00Z",
            "lines": [{"line_ref": "S", "quantity": "1", "amount": "6.00"}],
            "reason": "Late",
        }
        for version in ("2", "3"):
            told = {**document, "version": version, "refunds": [refund]}
            told["updated_at"] = f"2026-03-0{int(version) + 1}T09:00:00Z"
            self._capture(told)
        credits = self._moves(order, "out_refund")
        self.assertEqual(self._shipping(credits), [6.0])
        self.assertEqual(credits.amount_total, 6.0)
