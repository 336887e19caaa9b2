"""The faults a channel must survive, for every channel that has a simulated shop.

A shop joins with its simulator alone. What it lacks by its own word is left out by name: the
test of the scenario becomes one that proves the lack, so that nothing is left out in silence.
"""

import functools
from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch

from odoo import fields
from odoo.tools import mute_logger

from odoo.addons.oms_addon.tools.sealed_context import sealed

from simulators.base import Simulator

from .fault_bench import FaultBench, simulated_shops

SENDER = "odoo.addons.oms_addon.models.message.oms_channel_message_sender"
HTTP = "odoo.addons.oms_addon.tools.http"


def needs(*capabilities):
    """Declare what a shop must have for a scenario."""

    def declare(scenario):
        scenario.needs = frozenset(capabilities)
        return scenario

    return declare


class ChannelFaults:
    """The scenarios; ``FaultBench`` is the bench they run on."""

    # === 1–3, 14: THE SAME AGAIN === #

    def _counts(self, order):
        """:return: how many of everything an order has"""
        return {
            "orders": self.env["sale.order"].search_count([("oms_channel_id", "=", self.store.id)]),
            "lines": len(order.order_line),
            "payments": len(order.transaction_ids),
            "invoices": len(order.invoice_ids),
            "deliveries": len(order.picking_ids),
            "holds": len(order.oms_hold_ids),
            "mails": self.env["mail.mail"].search_count([]),
        }

    def test_fault_1_the_same_event_again_makes_nothing_twice(self):
        ref = self.place()
        news = self.news()
        self.assertEqual(set(self.bring(news)), {200})
        self.work()
        order = self.one(ref)
        before, rows = self._counts(order), len(self.messages(direction="in"))
        self.assertEqual((before["payments"], before["invoices"], before["deliveries"]), (1, 1, 1))
        for _again in range(9):
            self.assertEqual(set(self.bring(news)), {200})
            self.work()
        self.assertEqual(self._counts(order), before)
        self.assertEqual(len(self.messages(direction="in")), rows)
        again = self.messages(direction="in", order_ref=ref)
        self.assertTrue(again)
        self.assertTrue(all(message.deliveries >= 10 for message in again))
        self.assert_truth()

    def test_fault_2_one_order_under_several_event_ids_is_one_order(self):
        ref = self.place()
        self.bring(self.news())
        self.work()
        order = self.one(ref)
        before, rows = self._counts(order), len(self.messages(direction="in"))
        [event] = self.adapter._fetch_orders(self.store, [ref])
        other = event._replace(ref=f"{event.ref}:another subscription")
        self.store._receive_many([event, other])
        self.poll()
        self.work()
        self.assertGreater(len(self.messages(direction="in")), rows)
        self.assertEqual(self._counts(order), before)
        self.assertEqual(
            set(self.messages(direction="in", order_ref=ref).mapped("state")) - {"done", "ignored"},
            set(),
        )
        self.assert_truth()

    def test_fault_3_a_known_event_with_another_body_is_not_applied_but_shown(self):
        ref = self.place()
        events = self.events_of(self.news())
        self.store._receive_many(events)
        self.work()
        order = self.one(ref)
        before = self._counts(order)
        event = next(event for event in events if event.order_ref == ref)
        changed = event.payload.replace(b"MUG", b"POT") + b"\n"
        conflict = self.store._receive_many([event._replace(payload=changed)])
        self.work()
        self.assertEqual(self._holds(conflict), ["CONFLICTING_DUPLICATE"])
        self.assertEqual(conflict._raw_payload(), changed)
        self.assertEqual(conflict.state, "parked")
        self.assertEqual(self._counts(order), before)
        self.assertEqual(self.wanted(order), {"MUG": 2})

    def test_fault_14_an_order_that_comes_by_every_way_is_the_same_order(self):
        ref = self.place()
        news = self.news()
        self.bring(news)
        self.poll()
        self.store._receive_many(self.adapter._fetch_orders(self.store, [ref]))
        self.bring(news)
        self.work()
        order = self.one(ref)
        self.assertEqual(self._counts(order)["orders"], 1)
        self.assertEqual(len(order.transaction_ids), 1)
        self.assertEqual(self.reserved(self.mug), 2)
        self.assert_truth()

    # === 4–6: OUT OF ORDER === #

    def test_fault_4_a_cancellation_before_its_order_lets_it_enter_cancelled(self):
        ref = self.place()
        first = self.news()
        self.shop.cancel_order(ref)
        second = self.news()
        self.bring(second)
        self.work()
        self.bring(first)
        self.work()
        order = self.one(ref)
        self.assert_cancelled(order)
        self.assertFalse(order.picking_ids)
        self.assertEqual(self.reserved(self.mug), 0)
        self.assertFalse(order.invoice_ids.filtered(lambda m: m.amount_residual))
        self.assertTrue(self.shop.orders()[ref]["cancelled"])

    def test_fault_5_a_payment_before_its_order_ends_paid_once(self):
        ref = self.place(paid=False)
        first = self.news()
        self.shop.pay(ref)
        second = self.news()
        self.bring(second)
        self.work()
        self.bring(first)
        self.work()
        order = self.one(ref)
        self.assertTrue(order._oms_is_paid())
        self.assertEqual(len(order.invoice_ids), 1)
        self.assertEqual(self.holds(order), [])
        self.assert_truth()

    def test_cash_on_delivery_in_a_prepaid_channel_ships_and_is_never_cancelled(self):
        self.store.unpaid_days = 1
        self.shop.now -= timedelta(days=2)
        ref, order = self.captured(cash=True)
        self.assertEqual((order.oms_payment_terms, order.oms_payment_state), ("cod", "unpaid"))
        # Invoiced when it is shipped.
        self.assertEqual((order.state, order.oms_step), ("sale", "invoice"))
        self.assertEqual(order.picking_ids.mapped("state"), ["assigned"])
        self.assertEqual(self.env["oms.order.expiry"]._expire_unpaid(), 0)
        self.present()
        self.ship(order)
        self.settle(also_poll=True)
        self.assertEqual(order.picking_ids.mapped("state"), ["done"])
        self.assertEqual((order.oms_payment_state, order.oms_paid_at), ("unpaid", False))
        self.assertEqual(order.invoice_ids.mapped("amount_residual"), [20.0])
        self.assertEqual(self.holds(order), [])
        self.assertFalse(self.shop.orders()[ref]["cancelled"])

    @needs("reopen")
    def test_an_order_that_is_reopened_goes_on_as_the_same_order(self):
        ref, order = self.captured()
        self.shop.cancel_order(ref)
        self.settle()
        self.assert_cancelled(order)
        self.shop.reopen_order(ref)
        self.settle()
        self.assertEqual(self.one(ref), order)
        self.assertEqual((order.state, order.oms_status), ("sale", "waiting"))
        self.assertEqual((self.wanted(order), self.reserved(self.mug)), ({"MUG": 2}, 2))
        self.assertEqual(self.holds(order), [])
        self.assertEqual((order.amount_invoiced, order.oms_payment_state), (20.0, "paid"))
        self.assertEqual(sum(order.invoice_ids.mapped("amount_residual")), 0.0)
        self.ship(order)
        self.assertEqual(order.order_line.mapped("qty_delivered"), [2.0])
        self.assert_truth()

    @needs("reopen")
    def test_an_order_that_came_cancelled_goes_on_when_it_is_reopened(self):
        ref = self.place()
        self.news()
        self.shop.cancel_order(ref)
        self.settle()
        order = self.one(ref)
        self.assertEqual((order.state, self.reserved(self.mug)), ("cancel", 0))
        self.shop.reopen_order(ref)
        self.settle()
        self.assertEqual(self.one(ref), order)
        self.assertEqual((order.state, self.wanted(order)), ("sale", {"MUG": 2}))
        self.assertEqual((self.holds(order), self.reserved(self.mug)), ([], 2))

    @needs("edit")
    def test_fault_6_an_older_version_after_a_newer_changes_nothing(self):
        ref = self.place(paid=False)
        first = self.news()
        self.shop.edit_order(ref, [("MUG", 3, "10.00"), ("POT", 1, "5.00")])
        second = self.news()
        self.bring(second)
        self.work()
        self.bring(first)
        self.work()
        order = self.one(ref)
        self.assertEqual(self.wanted(order), {"MUG": 3, "POT": 1})
        self.assertEqual(order.amount_total, 35.0)
        stale = self.messages(direction="in", order_ref=ref).filtered(
            lambda m: m.state == "ignored"
        )
        self.assertTrue(stale)
        self.assertIn("order.stale", self._codes(order))

    def _codes(self, record):
        return (
            self.env["oms.event"]
            .search([("res_model", "=", record._name), ("res_id", "=", record.id)])
            .mapped("code")
        )

    # === 7: LOST === #

    def test_fault_7_what_was_not_delivered_is_found_by_polling(self):
        refs = [self.place() for _number in range(5)]
        if self.sends:
            self.news()  # nobody was there to take it
        self.poll()
        self.work()
        for ref in refs:
            self.one(ref)
        self.assertEqual(
            self.env["sale.order"].search_count([("oms_channel_id", "=", self.store.id)]),
            len(self.shop.orders()),
        )
        self.assert_truth()

    def test_fault_7_what_polling_cannot_see_is_found_by_comparing(self):
        start = self.shop.now
        refs = [self.place() for _number in range(3)]
        self.bring(self.news())
        self.work()
        lost = [self.place() for _number in range(2)]
        self.news()
        end = self.shop.tick(60)
        gap = self.env["oms.channel.gap"].create(
            {
                "channel_id": self.store.id,
                "date_from": start.replace(tzinfo=None),
                "date_to": end.replace(tzinfo=None),
            }
        )
        self.store._check_gaps(gap)
        self.assertEqual((gap.state, gap.theirs_count, gap.ours_count), ("gap", 5, 3))
        self.assertEqual(sorted(gap.missing_refs.split()), sorted(lost))
        self.work()
        for ref in refs + lost:
            self.one(ref)
        self.store._check_gaps(gap)
        self.assertEqual((gap.state, gap.theirs_count, gap.ours_count), ("even", 5, 5))
        self.assert_truth()

    @needs("webhooks")
    def test_fault_7_webhooks_that_were_deleted_are_made_again(self):
        self.adapter._remove_webhooks(self.store)
        self.place()
        self.assertEqual(self.news(), [])
        self.assertEqual(self.store._care_webhooks(), "")
        self.news()
        ref = self.place()
        self.bring(self.news())
        self.work()
        self.one(ref)

    # === 8: NOT GENUINE === #

    def _one_delivery(self):
        ref = self.place()
        return ref, next(d for d in self.news() if d.order_ref == ref)

    @needs("webhooks")
    def test_fault_8_what_is_not_signed_by_the_shop_leaves_no_trace(self):
        ref, delivery = self._one_delivery()
        before = len(self.messages())
        unsigned = {
            name: value
            for name, value in delivery.headers.items()
            if not any(word in name.lower() for word in ("sign", "hmac"))
        }
        self.assertLess(len(unsigned), len(delivery.headers))
        wrong = {
            name: value if name in unsigned else "0" * len(value)
            for name, value in delivery.headers.items()
        }
        self.assertEqual(self.send(delivery, body=delivery.body + b" "), 401)
        self.assertEqual(self.send(delivery, headers=unsigned), 401)
        self.assertEqual(self.send(delivery, headers=wrong), 401)
        self.work()
        self.assertEqual(len(self.messages()), before)
        self.assertFalse(self._order(ref, self.store))
        # One event for each hour tells of them.
        self.assertEqual(self._codes(self.store).count("channel.refused"), 1)
        self.assertEqual(self.send(delivery), 200)

    @needs("webhooks")
    def test_fault_8_a_message_that_is_sent_again_much_later_changes_nothing(self):
        ref, delivery = self._one_delivery()
        self.assertEqual(self.send(delivery), 200)
        self.work()
        order = self.one(ref)
        self.shop.cancel_order(ref)
        self.settle()
        before = self._counts(order)
        self.assertIn(self.send(delivery), (200, 401))
        self.work()
        self.assertEqual(self._counts(order), before)
        self.assert_cancelled(order)

    # === 9, 10, 17: CONTENT === #

    def test_fault_9_bad_data_waits_with_its_payload_and_the_others_go_on(self):
        bad = self.place([("MUG", 0, "10.00")])
        good = [self.place() for _number in range(3)]
        self.settle()
        for ref in good:
            self.assertEqual(self.one(ref).state, "sale")
        self.assertFalse(self._order(bad, self.store))
        waiting = self.messages(direction="in", order_ref=bad).filtered(
            lambda m: m.state == "parked"
        )
        self.assertTrue(waiting)
        self.assertTrue(all(self._holds(message) for message in waiting))
        self.assertTrue(all(message._raw_payload() for message in waiting))

    def test_fault_10_an_unknown_sku_keeps_the_whole_order_until_it_is_mapped(self):
        self.shop.add_product("NEW", "New thing", quantity=5)
        ref = self.place([("MUG", 1, "10.00"), ("NEW", 2, "3.50")])
        self.settle()
        self.assertFalse(self._order(ref, self.store))
        waiting = self.messages(direction="in", order_ref=ref).filtered(
            lambda m: m.state == "parked"
        )
        self.assertEqual({code for m in waiting for code in self._holds(m)}, {"UNKNOWN_SKU"})
        self.map_sku("NEW", self.pot)
        self.work()
        order = self.one(ref)
        self.assertEqual(self.wanted(order), {"MUG": 1, "NEW": 2})
        self.assertEqual(order.amount_total, 17.0)
        self.assertEqual(order.state, "sale")
        self.assert_truth()

    def test_fault_17_what_was_sold_without_stock_is_taken_and_marked(self):
        cup = self._make_product("CUP", "Cup", stock=1)
        self.shop.add_product("CUP", "Cup", quantity=1)
        ref, order = self.captured([("CUP", 3, "4.00")])
        self.assertEqual(order.state, "sale")
        self.assertTrue(order.order_line.filtered(lambda l: l.product_id == cup).oms_oversold)
        self.assertIn("OVERSOLD", self.holds(order))
        self.assertEqual(self.reserved(cup), 1)
        self.assert_truth()

    # === 34–37: CANCELLATIONS === #

    def _pick(self, order):
        """Somebody takes an order's goods from the shelf."""
        lines = order.picking_ids.move_line_ids
        self.assertTrue(lines)
        lines.picked = True

    def test_fault_34_a_cancellation_while_picking_asks_the_warehouse(self):
        ref, order = self.captured()
        self._pick(order)
        self.shop.cancel_order(ref)
        self.settle()
        self.assertEqual(self.holds(order), ["CANCEL_REQUESTED"])
        self.assertEqual(order.picking_ids.mapped("state"), ["assigned"])
        order.oms_hold_ids.filtered(
            lambda h: h.reason_code == "CANCEL_REQUESTED"
        ).action_cancel_order()
        self.settle()
        self.assert_cancelled(order)
        self.assertEqual(self.reserved(self.mug), 0)
        self.assertEqual(self.mug.qty_available, 100)

    def test_fault_34_a_cancellation_before_picking_frees_the_goods(self):
        ref, order = self.captured()
        self.assertEqual(self.reserved(self.mug), 2)
        self.shop.cancel_order(ref)
        self.settle()
        self.assert_cancelled(order)
        self.assertEqual(self.reserved(self.mug), 0)

    @needs("cancel_request")
    def test_fault_35_a_wish_to_cancel_holds_the_order_until_somebody_decides(self):
        ref, order = self.captured()
        self.shop.request_cancel(ref)
        self.settle()
        hold = order.oms_hold_ids.filtered(lambda h: h.state == "open")
        self.assertEqual(hold.mapped("reason_code"), ["CANCEL_REQUESTED"])
        self.assertTrue(hold.deadline)
        self.ship(order)
        self.assertEqual(order.picking_ids.mapped("state"), ["assigned"])
        self.assertFalse(self.shop.cancellations)
        hold.action_release()
        self.work()
        self.assertEqual(order.picking_ids.mapped("state"), ["done"])

    @needs("refund")
    def test_fault_36_what_was_refunded_before_is_not_refunded_again_by_a_cancellation(self):
        ref, order = self.captured([("MUG", 2, "10.00"), ("POT", 1, "5.00")])
        self.shop.refund_order(ref, [("MUG", 1)])
        self.settle()
        self.assertEqual(self.wanted(order), {"MUG": 1, "POT": 1})
        self.assertEqual(order.oms_amount_refunded, 10.0)
        self.shop.cancel_order(ref)
        self.settle()
        self.assert_cancelled(order)
        self.assertEqual((self.reserved(self.mug), self.reserved(self.pot)), (0, 0))
        truth = self.shop.orders()[ref]
        self.assertAlmostEqual(order.oms_amount_refunded, float(truth["refunded"]))
        self.assertLessEqual(truth["refunded"], Decimal("25.00"))

    def test_fault_36_only_what_did_not_leave_is_cancelled(self):
        cup = self._make_product("CUP", "Cup")
        self.shop.add_product("CUP", "Cup", quantity=5)
        ref, order = self.captured([("MUG", 2, "10.00"), ("CUP", 1, "5.00")])
        self.ship(order)
        mug = order.order_line.filtered(lambda l: l.product_id == self.mug)
        self.assertEqual(mug.qty_delivered, 2)
        self.shop.cancel_order(ref)
        self.settle()
        self.assertEqual(mug.qty_delivered, 2)
        self.assertEqual(mug.product_uom_qty, 2)
        self.assertEqual(
            order.order_line.filtered(lambda l: l.product_id == cup).product_uom_qty, 0
        )
        self.assertEqual(self.mug.qty_available, 98)
        self.assertEqual(order.picking_ids._oms_todo(), self.env["stock.picking"])

    def test_fault_36_money_of_a_cancelled_order_is_given_back_or_somebody_is_told(self):
        ref, order = self.captured()
        self.shop.cancel_order(ref)
        self.settle()
        truth = self.shop.orders()[ref]
        self.assertAlmostEqual(order.oms_amount_refunded, float(truth["refunded"]))
        kept = truth["paid"] - truth["refunded"]
        self.assertEqual(self.holds(order), ["REFUND_DUE"] if kept else [])

    def test_fault_37_a_second_cancellation_changes_nothing(self):
        ref, order = self.captured()
        self.shop.cancel_order(ref)
        news = self.news()
        self.bring(news)
        self.work()
        before, shown = self._counts(order), self.shown("MUG")
        self.bring(news)
        self.shop.cancel_order(ref)
        self.settle()
        self.assertEqual(self._counts(order), before)
        self.assert_cancelled(order)
        self.assertEqual(self.mug.qty_available, 100)
        self.assertEqual(self.shown("MUG"), shown)

    def test_fault_37_a_cancellation_after_the_goods_left_takes_nothing_back(self):
        ref, order = self.captured()
        self.ship(order)
        self.settle()
        self.assertEqual(order.picking_ids.mapped("state"), ["done"])
        self.shop.cancel_order(ref)
        self.settle()
        self.assertEqual(order.order_line.qty_delivered, 2)
        self.assertEqual(order.picking_ids.mapped("state"), ["done"])
        self.assertEqual(self.mug.qty_available, 98)

    # === 55: EDITED AND EDITED BACK === #

    @needs("edit")
    def test_fault_55_an_order_that_is_edited_back_after_its_payment_is_paid(self):
        ref, order = self.captured([("MUG", 2, "10.00")])
        self.assertTrue(order._oms_is_paid())
        self.shop.edit_order(ref, [("MUG", 3, "10.00")])
        self.settle()
        self.shop.edit_order(ref, [("MUG", 2, "10.00")])
        self.settle()
        self.assertEqual(self.wanted(order), {"MUG": 2})
        self.assertTrue(order._oms_is_paid())
        self.assertEqual((order.oms_amount_paid, order.oms_amount_refunded), (20.0, 0.0))
        self.assertEqual(order.amount_total, 20.0)
        self.assertEqual(self.holds(order), [])
        # Pieces nobody invoiced are credited to nobody.
        books = order.invoice_ids.mapped(lambda m: (m.move_type, m.amount_total, m.payment_state))
        self.assertEqual(books, [("out_invoice", 20.0, "paid")])

    @needs("edit")
    def test_fault_58_an_order_that_grows_after_its_payment_is_held_once_for_the_rest(self):
        ref, order = self.captured([("MUG", 2, "10.00")])
        self.shop.add_line(ref, "POT", 1, "5.00")
        self.settle(also_poll=True)
        self.assertEqual(self.wanted(order), {"MUG": 2, "POT": 1})
        self.assertEqual((order.amount_total, order.oms_amount_paid), (25.0, 20.0))
        self.assertEqual(self.holds(order), ["UNDERPAID"])

    @needs("edit")
    def test_fault_58_an_order_that_shrinks_after_its_payment_owes_the_rest(self):
        ref, order = self.captured([("MUG", 3, "10.00")])
        self.shop.edit_order(ref, [("MUG", 2, "10.00")])
        self.settle(also_poll=True)
        self.assertEqual(self.wanted(order), {"MUG": 2})
        self.assertEqual((order.amount_total, order.oms_amount_paid), (20.0, 30.0))
        self.assertEqual(self.holds(order), ["REFUND_DUE"])

    # === WITHIN ONE SECOND === #

    @needs("address")
    def test_two_changes_within_one_second_are_both_seen(self):
        ref, order = self.captured()
        self.present()
        # No clock of a shop tells the two apart.
        with patch.object(self.shop, "tick", lambda _seconds=1: self.shop.now):
            for city in ("York", "Bath"):
                self.shop.change_address(ref, city)
                self.settle(also_poll=True)
                self.assertEqual(order.partner_shipping_id.city, city)
        self.settle(also_poll=True)
        self.assertEqual(order.partner_shipping_id.city, "Bath")
        self.assert_truth()

    # === 27, 36: WHAT WAS REFUNDED STAYS SO === #

    @needs("refund", "address")
    def test_a_refunded_piece_does_not_come_back_when_the_address_changes(self):
        ref, order = self.captured([("MUG", 2, "10.00"), ("POT", 1, "5.00")])
        self.shop.refund_order(ref, [("MUG", 1)])
        self.settle()
        self.shop.change_address(ref, "York")
        self.settle()
        self.assertEqual(self.wanted(order), {"MUG": 1, "POT": 1})
        self.assertEqual(order.amount_total, 15.0)
        self.assertEqual(order.partner_shipping_id.city, "York")
        self.assertEqual((self.reserved(self.mug), self.reserved(self.pot)), (1, 1))
        self.assertEqual(self.holds(order), [])
        self.assert_truth()

    @needs("refund", "address")
    def test_a_piece_refunded_before_confirmation_does_not_come_back_either(self):
        self.store.confirm_policy = "manual"
        ref, order = self.captured([("MUG", 2, "10.00"), ("POT", 1, "5.00")])
        self.assertEqual(order.state, "draft")
        self.shop.refund_order(ref, [("MUG", 1)])
        self.settle()
        self.shop.change_address(ref, "York")
        self.settle()
        self.assertEqual(self.wanted(order), {"MUG": 1, "POT": 1})
        self.assertEqual(order.amount_total, 15.0)
        self.assertEqual(order.partner_shipping_id.city, "York")

    @needs("refund", "exchange")
    def test_what_was_returned_does_not_come_back_when_the_order_grows(self):
        ref, order = self.captured([("MUG", 2, "10.00")])
        self.ship(order)
        self.settle()
        self.shop.refund_order(ref, [("MUG", 2)], returned=True)
        self.settle()
        self.store.auto_ship = False
        self.shop.add_line(ref, "POT", 1, "5.00")
        self.settle()
        self.assertEqual(self.wanted(order), {"MUG": 2, "POT": 1})
        todo = order.picking_ids.filtered(lambda p: p.state not in ("done", "cancel"))
        self.assertEqual(todo.move_ids.mapped("product_id"), self.pot)

    # === EXCHANGES === #

    def _restock(self, order):
        """Receive all that an order shipped, as the warehouse does; no money goes back."""
        picking = order.picking_ids.filtered(lambda p: p.state == "done")
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        for line in wizard.product_return_moves:
            line.quantity = line.move_quantity
        back = wizard._create_return()
        for move in back.move_ids:
            move.write({"quantity": move.product_uom_qty, "picked": True})
        back.button_validate()
        self.store.auto_ship = False

    def _assert_exchanged(self, order):
        """What was added leaves, and nobody is asked for money."""
        self.assertEqual(self.holds(order), [])
        self.assertEqual((order.oms_balance_due, order.oms_payment_state), (0.0, "paid"))
        todo = order.picking_ids.filtered(lambda p: p.state not in ("done", "cancel"))
        self.assertEqual((todo.move_ids.product_id, todo.state), (self.pot, "assigned"))
        self.ship(order)
        self.settle()
        pots = order.picking_ids.filtered(lambda p: p.state == "done").move_ids.filtered(
            lambda m: m.product_id == self.pot
        )
        self.assertEqual(pots.mapped("quantity"), [1.0])

    @needs("exchange")
    def test_what_is_added_for_what_came_back_without_money_ships(self):
        ref, order = self.captured([("MUG", 1, "100.00")])
        self.ship(order)
        self.settle()
        self._restock(order)
        self.assertEqual(self.holds(order), [])
        self.shop.add_line(ref, "POT", 1, "100.00")
        self.settle()
        self._assert_exchanged(order)

    @needs("exchange", "refund")
    def test_an_exchange_that_the_shop_writes_down_as_a_return_of_nothing_ships(self):
        ref, order = self.captured([("MUG", 1, "100.00")])
        self.ship(order)
        self.settle()
        self.shop.refund_order(ref, [("MUG", 1)], amount="0.00", returned=True)
        self.shop.add_line(ref, "POT", 1, "100.00")
        self.store.auto_ship = False
        self.settle()
        self._restock(order)
        self.settle()
        self._assert_exchanged(order)

    # === 7: WHAT NOTHING SAYS IS NEW === #

    @needs("edit")
    def test_fault_7_a_change_with_neither_a_new_time_nor_version_is_found_by_comparing(self):
        ref, order = self.captured([("MUG", 3, "10.00")])
        now = self.shop.now
        with patch.object(self.shop, "tick", lambda seconds=0: now):
            self.shop.edit_order(ref, [("MUG", 2, "10.00")])
        self.news()  # and nobody was there to take it
        changed = self.store._refresh_orders(self.store._unshipped_refs())
        self.assertEqual(changed, [ref])
        self.work()
        self.assertEqual(self.wanted(order), {"MUG": 2})
        self.assertEqual(order.amount_total, 20.0)
        # It is compared again every night, and is not news again.
        self.assertEqual(self.store._refresh_orders(self.store._unshipped_refs()), [])

    # === 41: SHIPPED BY OTHERS === #

    @needs("ship_there")
    def test_fault_41_pieces_the_shop_shipped_itself_are_not_shipped_again(self):
        ref, order = self.captured([("MUG", 2, "10.00"), ("POT", 3, "5.00")])
        self.shop.ship_there(ref, "POT", 2)
        self.settle()
        self.assertEqual(self.holds(order), [])
        [done] = order.picking_ids.filtered(lambda p: p.state == "done")
        self.assertTrue(done.oms_is_external)
        self.assertEqual((done.move_ids.product_id, done.move_ids.quantity), (self.pot, 2.0))
        self.assertEqual((self.pot.qty_available, self.reserved(self.pot)), (98, 1))
        before = list(self.shop.shipments)
        self.ship(order)
        self.settle()
        self.assertEqual(set(order.picking_ids.mapped("state")), {"done"})
        self.assertEqual(order.order_line.mapped("qty_delivered"), [2, 3])
        self.assertEqual((self.mug.qty_available, self.pot.qty_available), (98, 97))
        self.assertEqual(len(self.shop.shipments), len(before) + 1)
        self.assertEqual(order.order_line.mapped("oms_external_qty"), [0, 2])
        self.assertEqual(self.holds(order), [])

    @needs("ship_there")
    def test_fault_41_we_ship_one_part_and_the_shop_the_other(self):
        ref, order = self.captured([("MUG", 1, "10.00"), ("POT", 1, "5.00")])
        order.picking_ids.move_ids.filtered(lambda m: m.product_id == self.mug).picked = True
        order.picking_ids.with_context(skip_backorder=True).button_validate()
        order.picking_ids.filtered(lambda p: p.state == "done").action_oms_no_tracking()
        self.settle()
        self.shop.ship_there(ref, "POT", 1)
        self.settle(also_poll=True)
        self.assertFalse(order.picking_ids._oms_todo())
        self.assertEqual(order.order_line.mapped("qty_delivered"), [1, 1])
        self.assertEqual(order.order_line.mapped("oms_external_qty"), [0, 1])

    @needs("ship_there", "refund")
    def test_fault_41_pieces_refunded_after_the_shop_shipped_others_leave_the_delivery(self):
        ref, order = self.captured([("MUG", 4, "10.00"), ("POT", 1, "5.00")])
        self.shop.ship_there(ref, "MUG", 1)
        self.settle(also_poll=True)
        self.shop.refund_order(ref, [("MUG", 1)])
        self.settle(also_poll=True)
        todo = order.picking_ids._oms_todo().move_ids
        self.assertEqual(
            {m.product_id.default_code: m.product_uom_qty for m in todo}, {"MUG": 2.0, "POT": 1.0}
        )
        self.assertEqual((self.reserved(self.mug), self.mug.qty_available), (2, 99))
        self.assertEqual(self.holds(order), [])

    @needs("ship_there")
    def test_fault_41_units_that_are_being_picked_here_too_hold_the_order(self):
        ref, order = self.captured([("MUG", 2, "10.00")])
        order.picking_ids.move_ids.picked = True
        self.shop.ship_there(ref, "MUG", 1)
        self.settle()
        self.assertEqual(self.holds(order), ["SHIPPED_ELSEWHERE"])
        self.assertEqual(order.picking_ids.state, "assigned")
        self.assertEqual(self.mug.qty_available, 100)

    # === 59–61, 63: STRESS === #

    def _drain_outbox(self):
        """Work the outbox off as the lane does, naps included, in two runs of its job."""
        for _run in range(2):
            work = self.env["oms.lane"]._runners()["outbox"]
            for _round in range(200):
                if not work():
                    break
                self.env.flush_all()
            else:
                self.fail("The outbox finds no end.")

    def _taken(self):
        """Record what the shop took, in order. :return: the list it is recorded in"""
        taken = []
        for topic in ("stock", "shipment", "price"):
            name = f"_push_{topic}"
            original = getattr(type(self.adapter), name)

            @functools.wraps(original)
            def record(adapter, channel, key, content, original=original, topic=topic):
                answer = original(adapter, channel, key, content)
                is_zero = topic == "stock" and not any(item["quantity"] for item in content)
                taken.append("zero" if is_zero else topic)
                return answer

            self.patch(type(self.adapter), name, record)
        return taken

    @mute_logger(SENDER, HTTP)
    def test_fault_59_too_many_calls_drop_nothing_and_the_urgent_goes_first(self):
        self.list_products()
        self.push_stock()
        orders = [self.captured()[1] for _number in range(2)]
        self.store.auto_ship = True
        self.store.action_apply_policy()
        self._put_stock(self.pot, self.warehouse, 0)
        self.env["stock.quant"]._update_available_quantity(
            self.pot, self.warehouse.lot_stock_id, -100
        )
        self.env.cr.precommit.run()
        for order in orders:
            order._oms_run()
        self._run_lanes("inbox", "orders", "fulfilment", "stock")
        taken = self._taken()
        self.shop.throttle(times=8, seconds=0.05)
        waiting = self.messages(direction="out", state="pending")
        self.assertTrue({"stock", "shipment"} <= set(waiting.mapped("topic")))
        self._drain_outbox()
        self.assertEqual(set(waiting.mapped("state")), {"done"})
        self.assertEqual(taken[0], "zero")
        self.assertEqual(taken[1:3], ["shipment", "shipment"])
        self.assertEqual(self.shown("POT"), 0)
        self.assertEqual(self.told_of(self.shop.shipments), set(self.shop.orders()))
        self.assertFalse(self.messages(direction="out", state="failed"))

    @mute_logger(SENDER, HTTP)
    def test_fault_60_a_listing_that_is_refused_is_tried_again_and_stops_no_other(self):
        cup = self._make_product("CUP", "Cup", stock=7)
        self.list_products(("CUP", "987654321", cup))
        self.push_stock()
        self._drain_outbox()
        self.assertEqual((self.shown("MUG"), self.shown("POT")), (100, 100))
        rows = self.env["oms.channel.stock"].search([("channel_id", "=", self.store.id)])
        bad = rows.filtered(lambda r: r.product_id == cup)
        self.assertEqual(len(bad), 1)
        self.assertTrue(bad.error)
        self.assertTrue(bad.is_due)
        self.assertGreater(bad.due_at, fields.Datetime.now())
        self.assertFalse((rows - bad).filtered("is_due"))

    @needs("compare_and_set")
    def test_fault_60_a_figure_that_is_newer_there_is_not_overwritten(self):
        self.list_products()
        self.push_stock()
        ref = self.place([("MUG", 10, "1.00")])
        if self.sends:
            self.news()  # the order itself is late
        self.assertEqual(self.shown("MUG"), 90)
        self.env["stock.quant"]._update_available_quantity(self.mug, self.warehouse.lot_stock_id, 5)
        self.env["oms.channel.stock"]._touch(self.mug.ids)
        self.env.cr.precommit.run()
        self._run_lanes("stock")
        self._drain_outbox()
        self.assertEqual(self.shown("MUG"), 90)
        self.poll()
        self.work()
        self.one(ref)
        self.env["oms.channel.stock"].search([]).due_at = False
        self.env.flush_all()
        self._run_lanes("stock")
        self._drain_outbox()
        self.assertEqual(self.shown("MUG"), 95)

    def overwrites_stock(self):
        """:return: whether the shop takes a figure though it has another than we thought"""
        [listing, *_others] = self.list_products().filtered(lambda l: l.sku == "MUG")
        self.place([("MUG", 10, "1.00")])
        item = {
            "ref": listing.external_ref,
            "item_ref": listing.item_ref or "",
            "parent_ref": listing.parent_ref or "",
            "sku": "MUG",
            "location": listing.channel_id.location_ids[:1].ref or "",
            "quantity": 50,
            "seen": 100,
        }
        answer = self.adapter._push_stock(self.store, "k", [item])
        return not answer.stale and self.shown("MUG") == 50

    def _killed(self, work):
        """Let a job do its work and die before anything of it is committed."""

        class Killed(Exception):
            """The worker is gone."""

        try:
            with self.env.cr.savepoint():
                work()
                self.env.flush_all()
                raise Killed()
        except Killed:
            self.env.invalidate_all()
            # A new process remembers nothing.
            self.env.registry.clear_all_caches()

    @mute_logger(SENDER, HTTP)
    def test_fault_61_a_job_that_died_is_resumed_and_tells_the_shop_once(self):
        ref, order = self.captured()
        self.store.auto_ship = True
        self.store.action_apply_policy()
        order._oms_run()
        self._run_lanes("inbox", "orders", "fulfilment")
        [message] = self.messages(direction="out", topic="shipment")
        self.present()
        self._killed(lambda: self._run_lanes("outbox"))
        self.assertEqual(message.state, "pending")
        told, truth = list(self.shop.shipments), self.shop.orders()
        self.assertTrue(told)
        self._drain_outbox()
        self.assertEqual((message.state, message.error), ("done", "Accepted by the channel."))
        self.assertEqual(self.shop.shipments, told)
        self.assertEqual(self.shop.orders(), truth)
        self.settle()
        self.assertEqual(self.holds(order), [])
        self.assert_truth()

    def test_fault_61_orders_whose_job_died_come_once_and_whole(self):
        refs = [self.place() for _number in range(3)]
        self.bring(self.news())
        self._killed(lambda: self._run_lanes("inbox", "orders", "fulfilment"))
        self.assertFalse(
            self.env["sale.order"].search_count([("oms_channel_id", "=", self.store.id)])
        )
        self.work()
        for ref in refs:
            order = self.one(ref)
            self.assertEqual((order.state, len(order.order_line)), ("sale", 1))
            self.assertEqual(len(order.transaction_ids), 1)
        self.assertEqual(self.reserved(self.mug), 6)
        self.assert_truth()

    def test_fault_63_a_huge_order_is_taken_whole_and_starves_nobody(self):
        skus = [f"BULK-{number:03}" for number in range(300)]
        products = self.env["product.product"].create(
            [
                {
                    "name": sku,
                    "default_code": sku,
                    "is_storable": True,
                    "taxes_id": [fields.Command.clear()],
                }
                for sku in skus
            ]
        )
        self.env["stock.quant"].with_context(inventory_mode=True).create(
            [
                {
                    "product_id": product.id,
                    "location_id": self.warehouse.lot_stock_id.id,
                    "inventory_quantity": 10,
                }
                for product in products
            ]
        ).action_apply_inventory()
        for sku in skus:
            self.shop.add_product(sku, sku, quantity=10)
        huge = self.place([(sku, 2, "1.25") for sku in skus])
        small = [self.place() for _number in range(5)]
        self.bring([n for n in self.news() if getattr(n, "order_ref", None)])
        self.work()
        order = self.one(huge)
        self.assertEqual(len(order.order_line), 300)
        self.assertEqual((order.amount_total, order.state), (750.0, "sale"))
        self.assertEqual(len(order.picking_ids.move_ids), 300)
        self.assertEqual(set(order.picking_ids.mapped("state")), {"assigned"})
        for ref in small:
            self.assertEqual(self.one(ref).picking_ids.state, "assigned")

    # === TOGETHER === #

    def test_with_messages_polling_and_comparing_nothing_is_doubled(self):
        refs = [self.place() for _number in range(4)]
        unpaid = self.place(paid=False)
        self.settle(also_poll=True)
        self.shop.pay(unpaid)
        self.shop.touch(refs[0])
        self.shop.cancel_order(refs[1])
        self.settle(also_poll=True)
        self.store._care_webhooks() if self.sends else None
        self.settle(also_poll=True)
        self.assertEqual(
            self.env["sale.order"].search_count([("oms_channel_id", "=", self.store.id)]), 5
        )
        for ref in [*refs, unpaid]:
            order = self.one(ref)
            self.assertEqual(len(order.transaction_ids.filtered(lambda t: t.amount > 0)), 1)
            self.assertEqual(
                len(order.invoice_ids.filtered(lambda m: m.move_type == "out_invoice")), 1
            )
        self.assertEqual(self.reserved(self.mug), 8)
        self.assert_truth()

    @needs("refund")
    def test_a_refund_that_is_told_by_every_way_is_one_refund(self):
        ref, order = self.captured([("MUG", 3, "10.00")])
        self.shop.refund_order(ref, [("MUG", 1)])
        news = self.news()
        self.bring(news)
        self.poll()
        self.work()
        self.bring(news)
        self.store._receive_many(self.adapter._fetch_orders(self.store, [ref]))
        self.settle(also_poll=True)
        self.assertEqual(len(order.oms_refund_ids), 1)
        self.assertEqual(order.oms_amount_refunded, 10.0)
        self.assertEqual(self.wanted(order), {"MUG": 2})
        self.assertEqual(self.reserved(self.mug), 2)
        self.assertEqual(len(order.invoice_ids.filtered(lambda m: m.move_type == "out_refund")), 1)
        self.assert_truth()

    # === ONE SECOND, SMALL PAGES === #

    def _poll_pages_of(self, size):
        """Poll with small pages until it begins again where it was."""
        seen = set()
        while self.store.cursor not in seen:
            seen.add(self.store.cursor)
            events, self.store.cursor = self.adapter._fetch(self.store, size)
            if events:
                self.store.with_context(**sealed(via="poll"))._receive_many(events)

    def test_orders_of_one_second_are_all_found_whatever_the_pages(self):
        self._poll_pages_of(1)
        self.patch(self.shop, "tick", lambda seconds=1: self.shop.now)
        placed = [self.place() for _number in range(3)]
        self._poll_pages_of(1)
        # One more in the second that was polled to its end.
        placed.append(self.place())
        self._poll_pages_of(1)
        self.work()
        for ref in placed:
            self.assertEqual(self.one(ref).state, "sale")
        self.assertEqual(self.reserved(self.mug), 8)

    def test_an_order_with_an_older_date_and_a_higher_id_is_found(self):
        self._poll_pages_of(1)
        first = self.place()
        self._poll_pages_of(1)
        now = self.shop.now
        # Written within what a poll reaches back, by a server that lags behind or a slow commit.
        self.shop.now = now - timedelta(seconds=self.adapter._overlap_seconds // 2)
        late = self.place()
        self.shop.now = now
        self.assertGreater(self._number_of(late), self._number_of(first))
        self._poll_pages_of(1)
        self.work()
        for ref in (first, late):
            self.assertEqual(self.one(ref).state, "sale")
        # What is older than that the reconciliation finds.
        self.shop.now = now - timedelta(hours=5)
        oldest = self.place()
        self.shop.now = now
        gap = self.env["oms.channel.gap"].create(
            {
                "channel_id": self.store.id,
                "date_from": fields.Datetime.now() - timedelta(days=1),
                "date_to": fields.Datetime.now() + timedelta(minutes=1),
            }
        )
        gap.action_check()
        self.work()
        self.assertEqual(self.one(oldest).state, "sale")

    def _number_of(self, ref):
        return int("".join(filter(str.isdecimal, ref)))

    # === NOTHING IN SILENCE === #

    def test_every_scenario_runs_or_is_left_out_by_its_name(self):
        scenarios = {name for name in vars(ChannelFaults) if name.startswith("test_")}
        ran = {name for name in scenarios if name in dir(type(self))}
        left = {
            name
            for name in scenarios
            if getattr(getattr(ChannelFaults, name), "needs", frozenset()) & self.simulator.lacks
        }
        self.assertEqual(ran, scenarios)
        self.assertEqual(
            {name for name in scenarios if hasattr(getattr(self, name), "missing")}, left
        )
        self.assertGreaterEqual(len(scenarios) - len(left), 25)


def _left_out(name, scenario, missing):
    """:return: the test of a scenario that a shop cannot have: that it really cannot"""

    def test(self):
        for capability in missing:
            with self.subTest(f"{name} needs {capability}"):
                self.assertIn(capability, self.shop.lacks)
                self.assertTrue(_LACKS[capability](self), f"{capability} is not lacking at all")

    test.missing = missing
    return functools.wraps(scenario)(test)


def _does_not(verb):
    """:return: what proves that a shop does not have a verb of the base class"""
    return lambda case: getattr(type(case.shop), verb) is getattr(Simulator, verb)


_LACKS = {
    # One that could be sent messages may be set up so that nothing is sent.
    "webhooks": lambda case: (
        not case.shop.topics
        and (not case.adapter._can_register or case.adapter._ensure_webhooks(case.store) is None)
    ),
    "cancel_request": _does_not("request_cancel"),
    "edit": _does_not("edit_order"),
    "exchange": lambda case: not case.shop.adds_to_shipped,
    "address": _does_not("change_address"),
    "ship_there": _does_not("ship_there"),
    "refund": _does_not("refund_order"),
    "reopen": _does_not("reopen_order"),
    "locations": lambda case: not case.adapter._can_fetch_locations,
    "compare_and_set": lambda case: case.overwrites_stock(),
}


def _case_of(code, simulator):
    """:return: the scenarios for one shop, as a test class"""
    members = {"simulator": simulator, "__module__": __name__, "__doc__": f"Faults of {code}."}
    for name, scenario in vars(ChannelFaults).items():
        missing = getattr(scenario, "needs", frozenset()) & simulator.lacks
        if missing:
            members[name] = _left_out(name, scenario, missing)
    return type(FaultBench)(f"TestFaults{code.title()}", (ChannelFaults, FaultBench), members)


for _code, _simulator in simulated_shops().items():
    _case = _case_of(_code, _simulator)
    globals()[_case.__name__] = _case
del _case


class TestChannelFaults(FaultBench):
    """That no adapter is forgotten."""

    simulator = next(iter(simulated_shops().values()))

    def test_every_simulated_shop_is_an_adapter_and_has_its_class(self):
        shops = simulated_shops()
        adapters = self.env["oms.channel"]._adapters()
        self.assertLessEqual(shops.keys(), adapters.keys())
        for code in shops:
            self.assertIn(f"TestFaults{code.title()}", globals())
        # What is asked over the network has a shop to be tested against.
        asked = {
            code
            for code, name in adapters.items()
            if self.env[name]._can_fetch and self.env[name]._required_credentials
        }
        self.assertEqual(asked - shops.keys(), set())
