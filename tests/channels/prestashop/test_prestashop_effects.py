"""PrestaShop: what we do to an order there, what it shows of it, and what it then tells."""

from datetime import timedelta
from decimal import Decimal

from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from odoo.addons.oms_addon.channels.prestashop import composing
from odoo.addons.oms_addon.exceptions import RetryableError
from odoo.addons.oms_addon.models.message.job_run import JobRun

from simulators.prestashop import PrestashopSimulator

from ..fault_bench import FaultBench
from ..test_own_effects import HTTP, SENDER, OwnEffects

NOTICE = (
    b'<br />\n<b>Warning</b>:  Undefined array key "x[0]" in <b>/www/[shop]/{a}.php</b> on line '
    b"<b>10</b><br />\n"
)


class PrestashopEffects(FaultBench):
    simulator = PrestashopSimulator

    push, ship_part, cancel_here = OwnEffects.push, OwnEffects.ship_part, OwnEffects.cancel_here
    notes, own, live, refund_here = (
        OwnEffects.notes,
        OwnEffects.own,
        OwnEffects.live,
        OwnEffects.refund_here,
    )

    def setUp(self):
        composing._shops.clear()
        super().setUp()

    def state(self, ref):
        return self.shop.tables["orders"][int(ref)]["current_state"]

    def slips(self, ref):
        return self.shop.rows("order_slip", id_order=ref)


class TestPrestashopAddedLines(PrestashopEffects):
    """Staff add a line to an order with a voucher, which the shop shares out again then."""

    def setUp(self):
        super().setUp()
        for rate in (20, 10):
            self.env["account.tax"].create(
                {
                    "name": f"VAT {rate} incl.",
                    "amount": rate,
                    "type_tax_use": "sale",
                    "price_include_override": "tax_included",
                }
            )

    def told(self, order):
        """:return: what each product line costs here, in all, and on the shop"""
        return {
            line.oms_sku: (
                round(line.price_total, 2),
                round(line.oms_channel_price * line.oms_channel_qty, 2),
            )
            for line in order.order_line
            if line.oms_kind == "product"
        }

    def heard(self, ref):
        self.settle(also_poll=True)
        self.shop.pay(ref)
        self.settle(also_poll=True)

    def test_what_was_invoiced_keeps_its_price_and_the_new_line_costs_the_difference(self):
        ref, order = self.captured(
            [("MUG", 2, "10.00"), ("POT", 1, "5.00")], discount="5.00", tax_rate="20"
        )
        self.assertEqual((order.amount_total, self.told(order)["MUG"]), (20.0, (16.0, 16.0)))
        self.shop.refund_order(ref, [("MUG", 1, "8.00")])
        self.settle(also_poll=True)
        self.shop.add_line(ref, "MUG2", 1, "15.00")
        self.map_sku("MUG2", self.mug)
        self.heard(ref)
        # 5.00 on 40.00 instead of 25.00: the mugs have 1.50 less of it, the pot 0.37.
        self.assertEqual(
            self.told(order), {"MUG": (8.0, 17.5), "POT": (4.0, 4.37), "MUG2": (15.0, 13.13)}
        )
        self.assertEqual(
            order.order_line.filtered("oms_share_moved").mapped("oms_share_moved"),
            [1.5, 0.37, -1.87],
        )
        self.assertEqual((order.amount_total, order.oms_amount_paid), (27.0, 35.0))
        self.assertEqual((order.oms_balance_due, self.holds(order)), (0.0, []))
        kinds = order.invoice_ids.sorted("id").mapped(lambda m: (m.move_type, m.amount_total))
        self.assertEqual(kinds, [("out_invoice", 20.0), ("out_refund", 8.0), ("out_invoice", 15.0)])
        # Whatever is told next, nothing of it is news.
        self.shop.change_address(ref, "York")
        self.settle(also_poll=True)
        self.assertEqual((order.amount_total, self.holds(order)), (27.0, []))
        self.assertEqual(order.partner_shipping_id.city, "York")

    def test_a_tax_that_no_new_line_has_gets_a_line_of_its_difference(self):
        ref, order = self.captured(
            [("MUG", 2, "10.00"), ("POT", 1, "5.00")], discount="5.00", tax_rate="20"
        )
        self.shop.add_line(ref, "MUG2", 1, "15.00", tax_rate="10")
        self.map_sku("MUG2", self.mug)
        self.heard(ref)
        self.assertEqual(self.told(order)["MUG2"], (13.13, 13.13))
        [moved] = order.order_line.filtered(lambda l: l.oms_kind == "rounding")
        self.assertEqual((moved.price_total, moved.tax_ids.amount), (1.87, 20.0))
        self.assertEqual((order.amount_total, order.oms_amount_paid), (35.0, 35.0))
        self.assertEqual((order.oms_balance_due, self.holds(order)), (0.0, []))

    def test_another_price_before_the_voucher_stays_a_decision_for_a_person(self):
        ref, order = self.captured([("MUG", 2, "10.00"), ("POT", 1, "5.00")], discount="5.00")
        self.shop.edit_order(ref, [("MUG", 2, "9.00"), ("POT", 1, "5.00"), ("CUP", 1, "4.00")])
        self.map_sku("CUP", self.pot)
        self.settle(also_poll=True)
        self.assertEqual(order.amount_total, 20.0)
        self.assertIn("ORDER_CHANGED", self.holds(order))


class TestPrestashopMails(PrestashopEffects):
    def test_a_cancellation_mails_the_customer_only_where_that_was_chosen(self):
        for notify in (True, False):
            with self.subTest(notify):
                ref = self.place()
                cancellation = {"order_ref": ref, "lines": [], "notify": notify}
                self.adapter._push_cancellation(self.store, f"C{notify}", cancellation)
                self.assertEqual(self.state(ref), "6")
                self.assertEqual((ref, "6") in self.shop.mails, notify)


class TestPrestashopSlips(PrestashopEffects):
    def test_the_slip_of_cancelled_pieces_is_what_was_credited_whatever_voucher_was_used(self):
        ref, order = self.captured([("MUG", 3, "20.00"), ("POT", 2, "7.4805")], discount="13.29")
        self.assertEqual(order.amount_total, 61.67)
        self.ship_part(order, {self.mug: 3})
        self.push()
        self.assertEqual(self.state(ref), "2")
        self.cancel_here(order)
        self.push()
        [slip] = self.slips(ref)
        self.assertEqual(Decimal(slip["total_products_tax_incl"]), Decimal("12.31"))
        [row] = slip["associations"]["order_slip_details"]
        self.assertEqual(
            (row["product_quantity"], Decimal(row["amount_tax_incl"])), ("2", Decimal("12.31"))
        )
        self.assertEqual(self.notes(order).mapped("amount_total"), [12.31])
        self.assertRecordValues(
            self.own(order), [{"kind": "cancellation", "ref": str(slip["id"]), "state": "done"}]
        )
        self.assertEqual(self.holds(order), ["REFUND_DUE"])
        # The slip raises no row of the order there, and still the order is shipped.
        [_mug, pot] = self.shop.rows("order_details", id_order=ref)
        self.assertEqual(pot["product_quantity_refunded"], "0")
        self.assertEqual(self.state(ref), "4")

    def test_what_a_message_of_before_does_not_price_costs_its_share_after_vouchers(self):
        ref = self.place([("MUG", 3, "20.00"), ("POT", 2, "7.4805")], discount="13.29")
        [_mug, pot] = [str(d["id"]) for d in self.shop.rows("order_details", id_order=ref)]
        cancellation = {
            "order_ref": ref,
            "reason": "other",
            "text": "",
            "restock": True,
            "refund": True,
            "lines": [{"line_ref": pot, "sku": "POT", "quantity": 1, "units": 1}],
        }
        for key in ("K1", "K2"):
            self.env["oms.channel.message"]._send_later(
                [(self.store, "cancellation", key, self.env["sale.order"], cancellation)]
            )
            message = self.messages(event_ref=key)
            message.order_ref = ref
            message._send(JobRun())
            self.assertEqual(message.state, "done")
        amounts = [Decimal(slip["total_products_tax_incl"]) for slip in self.slips(ref)]
        self.assertEqual(amounts, [Decimal("6.16"), Decimal("6.15")])

    def test_pieces_refunded_before_the_rest_leaves_do_not_keep_the_order_from_shipped(self):
        ref, order = self.captured([("MUG", 3, "20.00"), ("POT", 2, "10.00")])
        self.refund_here(order, "POT", 2)
        self.push()
        self.assertEqual((self.live(ref), self.state(ref)), ({"MUG": 3}, "2"))
        self.ship_part(order, {self.mug: 3})
        self.push()
        self.assertEqual(self.state(ref), "4")
        [message] = self.messages(direction="out", topic="shipment")
        self.assertEqual((message.state, message.result), ("done", {"state": "4"}))
        self.assertEqual(self.holds(order), ["REFUND_DUE"])

    def test_an_order_that_is_refunded_before_it_leaves_is_refunded_in_the_shop(self):
        ref, order = self.captured([("MUG", 2, "20.00")])
        self.refund_here(order, "MUG", 2)
        self.push()
        self.assertEqual(self.state(ref), "7")
        self.assertEqual(len(self.slips(ref)), 1)
        [message] = self.messages(direction="out", topic="refund")
        self.assertEqual(
            (message.state, message.result), ("done", {"refund_ref": "1", "state": "7"})
        )
        self.assert_cancelled(order)
        self.assertEqual(self.notes(order).mapped("amount_total"), [40.0])
        self.assertEqual(self.holds(order), ["REFUND_DUE"])
        self.own(order).action_mark_paid()
        self.assertEqual((self.holds(order), order.oms_amount_refunded), ([], 40.0))

    def test_goods_refunded_without_their_shipping_leave_the_state_alone(self):
        ref, order = self.captured([("MUG", 2, "20.00")], shipping="5.00")
        self.refund_here(order, "MUG", 2)
        self.push()
        self.assertEqual(self.state(ref), "2")
        self.assertEqual((order.oms_amount_refunded, order._oms_to_pay()), (0.0, 40.0))
        self.assertEqual(order.state, "sale")

    def test_a_virtual_product_without_a_file_does_not_keep_the_order_from_shipped(self):
        self.shop.add_product("CARD", "Card", virtual=True)
        self._make_product("CARD", "Card", is_storable=False, type="service")
        ref, order = self.captured([("MUG", 1, "20.00"), ("CARD", 1, "5.00")])
        self.ship_part(order, {self.mug: 1})
        self.push()
        self.assertEqual(self.state(ref), "4")
        other = self.place([("MUG", 1, "20.00"), ("CARD", 1, "5.00")])
        [mug, _card] = [str(d["id"]) for d in self.shop.rows("order_details", id_order=other)]
        shipment = {
            "order_ref": other,
            "shipment_ref": "X",
            "parcels": [],
            "lines": [{"line_ref": mug, "quantity": 1}],
        }
        outcome = self.adapter._push_shipment(self.store, "K", shipment)
        self.assertEqual(outcome.details, {"state": "4"})

    def test_no_more_is_given_back_than_the_shop_has_left(self):
        ref, order = self.captured([("MUG", 2, "20.00")])
        self.shop.refund_order(ref, [("MUG", 1)])
        self.refund_here(order, "MUG", 2)
        self.present()
        self._run_lanes("outbox")
        [message] = self.messages(direction="out", topic="refund")
        self.assertEqual(message.state, "failed")
        self.assertIn("Only 20.00 of 40.00 can still be refunded", message.error)
        self.assertEqual(len(self.slips(ref)), 1)


class TestPrestashopReadBack(PrestashopEffects):
    @mute_logger(SENDER, HTTP)
    def test_a_state_that_the_shop_does_not_reach_is_not_done_and_says_so(self):
        ref, order = self.captured([("MUG", 1, "20.00")])
        self.shop.diverted = {"4": "3"}
        self.ship_part(order, {self.mug: 1})
        self.push()
        [message] = self.messages(direction="out", topic="shipment")
        self.assertEqual(message.state, "failed")
        self.assertIn("still “Processing in progress” instead of “Shipped”", message.error)
        self.assertEqual(message.result["state"], "3")
        self.assertIn(message.error, self.store.activity_ids.mapped("note")[-1])
        self.shop.diverted = {}
        message.action_retry()
        self.push()
        self.assertEqual((message.state, self.state(ref)), ("done", "4"))

    @mute_logger(SENDER, HTTP)
    def test_a_refund_whose_state_is_not_reached_is_no_refused_refund(self):
        ref, order = self.captured([("MUG", 1, "20.00")])
        self.shop.diverted = {"7": "3"}
        self.refund_here(order, "MUG", 1)
        self.push()
        [message] = self.messages(direction="out", topic="refund")
        self.assertEqual(message.state, "failed")
        self.assertIn("instead of “Refunded”", message.error)
        self.assertRecordValues(self.own(order), [{"state": "done", "ref": "1", "amount": 20.0}])
        self.assertEqual(self.holds(order), ["REFUND_DUE"])
        self.shop.diverted = {}
        message.action_retry()
        self.push()
        self.assertEqual((message.state, self.state(ref), len(self.slips(ref))), ("done", "7", 1))

    def test_a_tracking_number_that_cannot_be_shown_is_said(self):
        ref, order = self.captured([("MUG", 1, "20.00")])
        self.shop.tables["order_carriers"].clear()
        self.ship_part(order, {self.mug: 1})
        self.push()
        [message] = self.messages(direction="out", topic="shipment")
        self.assertEqual((message.state, self.state(ref)), ("failed", "4"))
        self.assertIn("tracking number TRACK-1 cannot be shown", message.error)


class TestPrestashopNotices(PrestashopEffects):
    def test_notices_of_php_before_every_answer_stop_nothing(self):
        self.shop.notice = NOTICE
        self.assertEqual(self.adapter._test_connection(self.store), "")
        ref, order = self.captured([("MUG", 3, "20.00"), ("POT", 2, "10.00")])
        self.ship_part(order, {self.mug: 3})
        self.push()
        self.cancel_here(order)
        self.push()
        self.assertEqual((self.state(ref), self.live(ref)), ("4", {"MUG": 3}))
        self.assertEqual(len(self.slips(ref)), 1)
        self.assertEqual(set(self.messages(direction="out").mapped("state")), {"done"})
        self.list_products()
        self.push_stock()
        self.assertEqual((self.shown("MUG"), self.shown("POT")), (97, 100))

    @mute_logger(SENDER, HTTP)
    def test_a_refusal_behind_a_notice_has_the_status_of_success_and_is_one(self):
        self.shop.notice = NOTICE
        self.shop.key = "A" * 32
        self.assertIn("rejected the webservice key", self.adapter._test_connection(self.store))
        with self.assertRaisesRegex(RetryableError, "returned an error: Authentif"):
            self.adapter._fetch(self.store)

    @mute_logger(SENDER, HTTP)
    def test_an_answer_that_is_never_readable_is_in_doubt_and_not_refused(self):
        ref, order = self.captured([("MUG", 2, "20.00")])
        self.refund_here(order, "MUG", 1)
        self.present()
        handle = self.shop.handle

        def garbled(request):
            response = handle(request)
            if request.path.endswith("order_slip") and request.method == "POST":
                response.status, response.body = 201, b"<br />\n<b>Fatal error"
            return response

        self.shop.handle = garbled
        [message] = self.messages(direction="out", topic="refund")
        message._send(JobRun())
        self.assertEqual((message.state, message.attempts), ("pending", 1))
        self.assertIn("unknown whether the change was accepted", message.error)
        self.assertEqual(self.own(order).state, "asked")
        self.assertEqual(self.holds(order), [])
        # It is found, and not made again.
        message._send(JobRun())
        self.assertEqual((message.state, message.result["refund_ref"]), ("done", "1"))
        self.assertEqual(len(self.slips(ref)), 1)

    @mute_logger(SENDER, HTTP)
    def test_a_refund_that_was_tried_to_the_end_says_that_it_is_not_certain(self):
        _ref, order = self.captured([("MUG", 2, "20.00")])
        self.refund_here(order, "MUG", 1)
        self.shop.fail(99, 500, "order_slip")
        [message] = self.messages(direction="out", topic="refund")
        for _try in range(8):
            message._send(JobRun())
        self.assertEqual(message.state, "failed")
        [hold] = order.oms_hold_ids.filtered(lambda h: h.state == "open")
        self.assertIn("It is unknown whether the channel refunded", hold.detail)


class TestPrestashopRefunded(PrestashopEffects):
    def test_pieces_taken_back_for_a_voucher_are_seen_and_do_not_leave(self):
        ref, order = self.captured([("MUG", 3, "20.00"), ("POT", 2, "10.00")])
        self.assertEqual(self.reserved(self.mug), 3)
        self.shop.refund_by_voucher(ref, [("MUG", 1)])
        self.settle()
        self.assertEqual(self.wanted(order), {"MUG": 2, "POT": 2})
        self.assertEqual(self.reserved(self.mug), 2)
        self.assertEqual(self.notes(order).mapped("amount_total"), [20.0])
        # The shop tells no money: a person decides whether the voucher was all.
        self.assertEqual(order.oms_amount_refunded, 0.0)
        self.assertEqual(self.holds(order), ["REFUND_DUE"])
        # More of them later, and a slip of the same row, are what they are more.
        self.shop.refund_by_voucher(ref, [("MUG", 1), ("POT", 1)])
        self.settle()
        self.assertEqual(self.wanted(order), {"MUG": 1, "POT": 1})
        self.shop.refund_order(ref, [("POT", 1)])
        self.settle()
        self.assertEqual(self.wanted(order), {"MUG": 1})
        self.assertEqual(sum(self.notes(order).mapped("amount_total")), 60.0)
        before = len(self.messages(direction="in"))
        self.settle()
        self.assertEqual(len(self.messages(direction="in")), before)

    def test_our_own_slip_hides_no_piece_that_was_taken_back(self):
        ref, order = self.captured([("MUG", 3, "20.00")])
        self.refund_here(order, "MUG", 1)
        self.push()
        self.shop.refund_by_voucher(ref, [("MUG", 1)])
        self.settle()
        self.assertEqual(self.wanted(order), {"MUG": 1})
        self.assertEqual(sum(self.notes(order).mapped("amount_total")), 40.0)

    def test_the_nightly_check_compares_what_polling_did_not_see(self):
        ref, order = self.captured([("MUG", 3, "20.00")])
        self.shop.refund_by_voucher(ref, [("MUG", 2)])
        self.store.next_gap_at = "2026-01-01 00:00:00"
        self.store._check_last_days()
        self.work()
        self.assertEqual(self.wanted(order), {"MUG": 1})
        self.assertEqual(self.messages(direction="in", via="gap").mapped("order_ref"), [ref])
        rows = len(self.messages(direction="in"))
        self.store._check_last_days()
        self.assertEqual(len(self.messages(direction="in")), rows)

    def test_a_check_of_a_window_says_which_orders_differed(self):
        ref, order = self.captured([("MUG", 3, "20.00")])
        self.shop.refund_by_voucher(ref, [("MUG", 2)])
        at = self.shop.now
        gap = self.store._check_gap(at - timedelta(hours=1), at + timedelta(hours=1))
        self.assertEqual(gap.state, "even")
        self.assertIn(f"Different on the channel and updated: {order.name} (1 in total).", gap.text)
        self.work()
        self.assertEqual(self.wanted(order), {"MUG": 1})


class TestPrestashopMoney(PrestashopEffects):
    def test_our_slip_is_paper_until_the_money_is_seen(self):
        ref, order = self.captured([("MUG", 3, "20.00")])
        self.ship_part(order, {self.mug: 3})
        self.push()
        self.refund_here(order, "MUG", 1)
        self.push()
        refund = self.own(order)
        self.assertRecordValues(refund, [{"is_paper": True, "to_pay": True, "state": "done"}])
        self.assertEqual(order.oms_amount_refunded, 0.0)
        [hold] = order.oms_hold_ids.filtered(lambda h: h.state == "open")
        self.assertEqual(hold.reason_code, "REFUND_DUE")
        self.assertIn("but no payment was made. Pay it", hold.detail)
        wizard = (
            self.env["oms.refund.request"]
            .with_context(active_id=order.id)
            .create({"reason": "More"})
        )
        self.assertEqual(wizard.refundable, 40.0)
        # A payment module of the shop writes what it paid as a negative payment.
        self.shop.add_payment(ref, "-20.00")
        self.settle()
        self.assertFalse(refund.to_pay)
        self.assertTrue(refund.paid_at)
        self.assertEqual((order.oms_amount_refunded, self.holds(order)), (20.0, []))
        states = order.transaction_ids.filtered(lambda t: t.amount < 0).mapped("state")
        self.assertEqual(sorted(states), ["cancel", "done"])

    def test_the_slip_of_the_shop_s_staff_is_their_word_that_money_went_back(self):
        ref, order = self.captured([("MUG", 3, "20.00")])
        self.shop.refund_order(ref, [("MUG", 1)])
        self.settle()
        self.assertEqual((order.oms_amount_refunded, self.holds(order)), (20.0, []))

    def test_who_may_not_change_the_order_marks_nothing_as_paid(self):
        _ref, order = self.captured([("MUG", 3, "20.00")])
        self.refund_here(order, "MUG", 1)
        self.push()
        refund = self.own(order)
        with self.assertRaises(AccessError):
            refund.with_user(self._make_user("auditor")).action_mark_paid()
        self.assertTrue(refund.to_pay)
        refund.action_mark_paid()
        with self.assertRaisesRegex(UserError, "This refund is fully paid"):
            refund.action_mark_paid()
        self.assertEqual(order.oms_amount_refunded, 20.0)
