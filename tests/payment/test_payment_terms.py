"""Payment terms by the payment method of an order: confirm, ship, collect, invoice, expiry."""

from odoo import fields
from odoo.tests import tagged

from ..common import OmsCommon


@tagged("standard", "post_install", "-at_install")
class TestPaymentTerms(OmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.write({"unpaid_days": 7, "transfer_days": 0})
        now = fields.Datetime.now()
        cls.old = f"{fields.Datetime.subtract(now, days=8):%Y-%m-%dT%H:%M:%SZ}"

    def _unpaid(self, ref, method="", **values):
        values = {"placed_at": self.old, "payment_method": method, **values}
        return self._capture(self._document(ref, paid=False, **values))

    def test_cash_on_delivery_in_a_prepaid_channel_ships_and_never_expires(self):
        order = self._unpaid("A1", "cod")
        self.assertEqual((order.oms_payment_method, order.oms_payment_terms), ("cod", "cod"))
        self.assertEqual((order.state, order.picking_ids.state), ("sale", "done"))
        self.assertEqual((order.oms_step, order.oms_status), ("deliver", "waiting"))
        self.assertEqual(order.invoice_ids.mapped("amount_residual"), [20.0])
        self.assertFalse(order.oms_paid_at)
        self.assertEqual(self._holds(order), [])
        self.assertFalse(order.oms_unpaid_until)
        self.assertEqual(self.env["oms.order.expiry"]._expire_unpaid(), 0)

    def test_a_card_order_beside_it_waits_and_expires(self):
        order = self._unpaid("A1", "stripe")
        self.assertEqual((order.state, order.oms_payment_terms), ("draft", False))
        self.assertEqual(order.oms_wait_reason, "Waiting for payment: $\xa020.00 outstanding.")
        self.assertEqual(self.env["oms.order.expiry"]._expire_unpaid(), 1)
        self.assertEqual(order.state, "cancel")

    def test_an_invoice_ships_unpaid_and_a_bank_transfer_waits_without_an_end(self):
        invoice, transfer = self._unpaid("A1", "invoice"), self._unpaid("A2", "bank_transfer")
        self.assertEqual((invoice.oms_payment_terms, invoice.picking_ids.state), ("terms", "done"))
        self.assertEqual((transfer.oms_payment_terms, transfer.state), ("transfer", "draft"))
        self.assertEqual(self.env["oms.order.expiry"]._expire_unpaid(), 0)
        self.assertEqual(transfer.state, "draft")

    def test_a_bank_transfer_expires_after_days_of_its_own(self):
        self.channel.transfer_days = 6
        order = self._unpaid("A1", "bank_transfer")
        self.assertEqual(self.env["oms.order.expiry"]._expire_unpaid(), 1)
        self.assertEqual(order.oms_wait_reason, "Cancelled: unpaid for 6 days")

    def test_authorized_terms_ship_on_the_authorization_and_capture_later(self):
        self.env["oms.channel.payment.method"].create(
            {"channel_id": self.channel.id, "method": "klarna", "terms": "authorized"}
        )
        document = self._document("A1", payment_method="klarna")
        document["charges"][0]["kind"] = "authorization"
        order = self._capture(document)
        self.assertEqual((order.state, order.picking_ids.state), ("sale", "done"))
        self.assertEqual((order.oms_payment_state, order.oms_step), ("authorized", "collect"))
        self.assertIn("Waiting for capture: 20.00", order.oms_wait_reason)
        unpaid = self._unpaid("A2", "klarna")
        self.assertEqual(unpaid.state, "draft")

    def test_the_table_of_the_channel_goes_before_usual_names(self):
        rows = self.channel.payment_method_ids
        self.assertEqual(rows.filtered(lambda r: r.method == "cod").terms, "cod")
        rows.filtered(lambda r: r.method == "cod").terms = "prepaid"
        self.assertEqual(self._unpaid("A1", "COD").state, "draft")

    def test_a_method_gets_terms_and_the_orders_that_wait_go_on(self):
        order, other = self._unpaid("A1", "Courier pays"), self._unpaid("A2", "stripe")
        self.assertEqual((order.state, order.oms_status), ("draft", "waiting"))
        self.env["oms.channel.payment.method"].create(
            {"channel_id": self.channel.id, "method": "courier_pays", "terms": "cod"}
        )
        self._run_lanes()
        self.assertEqual((order.state, order.picking_ids.state), ("sale", "done"))
        self.assertEqual(other.state, "draft")

    def test_a_method_changed_on_the_channel_changes_what_the_order_waits_for(self):
        order = self._unpaid("A1", "stripe")
        self._capture(
            self._document(
                "A1",
                paid=False,
                payment_method="cod",
                version="2",
                updated_at="2026-03-01T10:00:00Z",
            )
        )
        self.assertEqual((order.oms_payment_terms, order.picking_ids.state), ("cod", "done"))

    def test_the_method_of_the_first_charge_counts_where_none_is_told(self):
        document = self._document("A1")
        document["charges"][0].update(method="cash_on_delivery", status="pending")
        order = self._capture(document)
        self.assertEqual((order.oms_payment_terms, order.picking_ids.state), ("cod", "done"))

    def test_cash_on_delivery_that_is_paid_in_part_is_no_exception(self):
        document = self._document("A1", payment_method="cod")
        document["charges"][0].update(amount="5.00", method="gift_card")
        order = self._capture(document)
        self.assertEqual((order.oms_payment_state, order.picking_ids.state), ("partial", "done"))
        self.assertEqual(self._holds(order), [])

    def test_goods_not_in_stock_are_oversold_only_where_money_was_taken(self):
        self._make_product("GONE", "Gone")
        lines = [("GONE", 1, "20.00")]
        cash = self._capture(self._document("A1", lines, paid=False, payment_method="cod"))
        card = self._capture(self._document("A2", lines))
        self.assertEqual((self._holds(cash), self._holds(card)), ([], ["OVERSOLD"]))

    def test_expiry_switched_on_later_touches_no_older_order(self):
        self.channel.unpaid_days = 0
        old = self._unpaid("A1", "stripe")
        self.channel.unpaid_days = 7
        young = self._unpaid("A2", "stripe")
        self.assertEqual(self.env["oms.order.expiry"]._expire_unpaid(), 1)
        self.assertEqual((old.state, young.state), ("draft", "cancel"))

    def test_more_days_are_for_orders_that_wait_already_too(self):
        order = self._unpaid("A1", "stripe")
        self.channel.unpaid_days = 30
        self.assertEqual(self.env["oms.order.expiry"]._expire_unpaid(), 0)
        self.assertEqual(order.state, "draft")

    def test_a_copied_channel_has_the_same_table(self):
        self.channel.payment_method_ids.filtered(lambda r: r.method == "cod").terms = "prepaid"
        copy = self.channel.copy({"name": "Second"})
        pairs = [
            set(c.payment_method_ids.mapped(lambda r: (r.method, r.terms)))
            for c in (self.channel, copy)
        ]
        self.assertEqual(pairs[0], pairs[1])
        self.assertIn(("cod", "prepaid"), pairs[1])
