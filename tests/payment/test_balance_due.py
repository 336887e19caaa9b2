"""What an order is owed against what was captured and not refunded: one figure everywhere."""

from odoo.tests import tagged

from .common import PaymentCommon


@tagged("standard", "post_install", "-at_install")
class TestBalanceDue(PaymentCommon):
    def _add(self, order, product, price):
        order.order_line = [self._prepare_line(product, 1, price)]

    def _shipped(self, *lines):
        order = self._invoiced(*(lines or [(self.mug, 1, 100.0)]))
        self._ship(order)
        return order

    def _return(self, order):
        picking = order.picking_ids.filtered(lambda p: p.state == "done")
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        wizard.product_return_moves.quantity = 1
        back = wizard._create_return()
        for move in back.move_ids:
            move.write({"quantity": move.product_uom_qty, "picked": True})
        back.button_validate()

    def test_an_exchange_is_paid_by_what_came_back(self):
        order = self._shipped()
        self._return(order)
        self._add(order, self.pot, 100.0)
        self.assertEqual(order.amount_total, 200.0)
        self.assertEqual((order.oms_balance_due, order.oms_payment_state), (0.0, "paid"))
        self.assertEqual(order._oms_payment_problems(), [])
        self.assertEqual(order._oms_payment_wait(), "")
        self.assertTrue(order._oms_may_ship())

    def test_an_exchange_for_something_dearer_waits_for_the_difference(self):
        order = self._shipped()
        self._return(order)
        self._add(order, self.pot, 120.0)
        self.assertEqual((order.oms_balance_due, order.oms_payment_state), (20.0, "partial"))
        currency = self.company.currency_id.name
        self.assertEqual(
            order._oms_payment_wait(),
            f"Waiting for payment: 20.00 of 120.00 {currency} outstanding.",
        )
        self.assertFalse(order._oms_may_ship())
        self._pay(order, "20.00", ref="T-more")
        self.assertEqual((order.oms_balance_due, order.oms_payment_state), (0.0, "paid"))

    def test_items_that_cost_nothing_ship_although_their_shipping_was_refunded(self):
        document = self._document("F1", [("MUG", 1, "10.00")], total="5.00")
        document["lines"][0]["discount"] = "10.00"
        document["lines"].append(
            {
                "ref": "S",
                "kind": "shipping",
                "name": "Shipping",
                "quantity": "1",
                "unit_price": "5.00",
                "taxes": [],
            }
        )
        self.channel.auto_ship = False
        order = self._capture(document)
        self.assertEqual(order.oms_payment_state, "paid")
        charge = {**document["charges"][0], "ref": "R-F1", "kind": "refund"}
        refund = {
            "ref": "RF",
            "at": "2026-03-02T08:00:00Z",
            "amount": "5.00",
            "lines": [{"line_ref": "S", "quantity": "0", "amount": "5.00"}],
        }
        self._capture(
            {
                **document,
                "version": "2",
                "updated_at": "2026-03-02T09:00:00Z",
                "charges": [*document["charges"], charge],
                "refunds": [refund],
            }
        )
        self.assertEqual((order.oms_payment_state, order.oms_balance_due), ("refunded", 0.0))
        self.assertTrue(order._oms_may_ship())
        self.assertEqual(order._oms_payment_wait(), "")

    def test_items_whose_whole_price_was_refunded_do_not_ship_by_themselves(self):
        order = self._invoiced((self.mug, 1, 10.0))
        self._pay(order, "10.00", kind="refund", ref="T-back")
        self.assertEqual((order.oms_payment_state, order.oms_balance_due), ("refunded", 0.0))
        self.assertFalse(order._oms_may_ship())

    def test_a_return_the_channel_reports_counts_once_with_the_goods(self):
        order = self._shipped()
        order.order_line.oms_cancelled_qty = 1
        self.assertEqual(order.oms_balance_due, -100.0)
        self._return(order)
        self._add(order, self.pot, 100.0)
        self.assertEqual((order.oms_balance_due, order.oms_payment_state), (0.0, "paid"))

    def test_a_return_without_money_is_a_refund_due_until_it_is_refunded(self):
        order = self._shipped()
        self._return(order)
        self.assertEqual((order.oms_balance_due, order.oms_payment_state), (-100.0, "overpaid"))
        self.assertEqual([p.code for p in order._oms_payment_problems()], ["REFUND_DUE"])
        self._pay(order, "100.00", ref="R1", kind="refund")
        self.assertEqual((order.oms_balance_due, order.oms_payment_state), (0.0, "refunded"))

    def test_money_refunded_for_what_came_back_does_not_pay_for_what_is_added(self):
        order = self._shipped((self.mug, 2, 50.0))
        self.env["oms.order.canceller"]._cancel_units({order.order_line: 1.0}, "Back")
        self._pay(order, "50.00", ref="R1", kind="refund")
        self._add(order, self.pot, 60.0)
        self.assertEqual((order.oms_balance_due, order.oms_payment_state), (60.0, "partial"))
        self.assertFalse(order._oms_may_ship())

    def test_units_taken_off_and_refunded_do_not_pay_for_what_is_added(self):
        order = self._make_order((self.mug, 2, 10.0))
        self._pay(order)
        order.action_confirm()
        self.env["oms.order.canceller"]._cancel_units({order.order_line: 1.0}, "Less")
        self._pay(order, "10.00", ref="R1", kind="refund")
        self.assertEqual((order.oms_balance_due, order.oms_payment_state), (0.0, "paid"))
        self._add(order, self.pot, 10.0)
        self.assertEqual((order.oms_balance_due, order.oms_payment_state), (10.0, "partial"))

    def test_goodwill_makes_an_order_cheaper(self):
        order = self._invoiced((self.mug, 4, 10.0))
        self._pay(order, "5.00", ref="R1", kind="refund")
        self.assertEqual((order.oms_balance_due, order.oms_payment_state), (0.0, "paid"))

    def test_an_item_sent_again_after_its_return_is_owed_with_what_is_new(self):
        order = self._shipped()
        self._return(order)
        order.order_line.product_uom_qty = 2
        self.assertEqual(sum(order.picking_ids.move_ids.mapped("product_uom_qty")), 4.0)
        self.assertEqual((order.amount_total, order.oms_balance_due), (200.0, 100.0))

    def _on_delivery(self, ref):
        """:return: the document of an order of 20.00 that is paid when it is delivered"""
        return self._document(ref, paid=False, payment_method="cod")

    def _refunded(self, document, *refunds, charges=()):
        """:return: the order of a document that comes again with refunds"""
        return self._capture(
            {
                **document,
                "version": str(1 + len(refunds) + len(charges)),
                "updated_at": f"2026-03-02T{9 + len(refunds) + len(charges):02d}:00:00Z",
                "charges": [*charges],
                "refunds": [*refunds],
            }
        )

    def test_what_is_refunded_before_cash_on_delivery_is_not_owed(self):
        document = self._on_delivery("F2")
        order = self._capture(document)
        self.assertEqual((order.amount_total, order.oms_balance_due), (20.0, 20.0))
        goodwill = {"ref": "RF", "at": "2026-03-02T08:00:00Z", "amount": "4.44", "lines": []}
        self._refunded(document, goodwill)
        self.assertEqual(order.invoice_ids.mapped("move_type").count("out_refund"), 1)
        self.assertEqual((order.oms_balance_due, order.oms_payment_state), (15.56, "unpaid"))
        charge = {
            "ref": "T-cod",
            "kind": "charge",
            "amount": "15.56",
            "currency": self.company.currency_id.name,
            "status": "success",
            "at": "2026-03-03T08:00:00Z",
        }
        self._refunded(document, goodwill, charges=[charge])
        self.assertEqual((order.oms_balance_due, order.oms_payment_state), (0.0, "paid"))
        self.assertEqual([h.reason_code for h in order.oms_hold_ids], [])

    def test_items_refunded_before_cash_on_delivery_are_owed_less_once(self):
        self.channel.auto_ship = False
        document = self._document(
            "F3", [("MUG", 2, "10.00"), ("POT", 1, "5.00")], paid=False, payment_method="cod"
        )
        order = self._capture(document)
        self.assertEqual(order.oms_balance_due, 25.0)
        mug = {
            "ref": "RF",
            "at": "2026-03-02T08:00:00Z",
            "amount": "10.00",
            "lines": [{"line_ref": "1", "quantity": "1", "amount": "10.00"}],
        }
        self._refunded(document, mug)
        self.assertEqual((order.amount_total, order.oms_balance_due), (15.0, 15.0))
        goodwill = {"ref": "RG", "at": "2026-03-02T10:00:00Z", "amount": "2.00", "lines": []}
        self._refunded(document, mug, goodwill)
        self.assertEqual((order.amount_total, order.oms_balance_due), (15.0, 13.0))
