"""What we do to a shop and what it then tells of it: each effect once, its echo known.

The scenarios run against every simulated shop.
"""

from odoo.tools import mute_logger

from odoo.addons.oms_addon.models.message.job_run import JobRun

from .fault_bench import FaultBench, simulated_shops

SENDER = "odoo.addons.oms_addon.models.message.oms_channel_message_sender"
HTTP = "odoo.addons.oms_addon.tools.http"
ROUNDS = 8


class OwnEffects:
    """The scenarios; ``FaultBench`` is the bench they run on."""

    def push(self):
        """Send what is to be sent until the shop has done all of it, and hear its echoes."""
        self.present()
        for _round in range(ROUNDS):
            self.shop.tick(60)
            self.settle()
            waiting = self.messages(direction="out", state="pending")
            if not waiting:
                break
            waiting.write({"next_try_at": False})
        self.settle()

    def ship_part(self, order, units, number="TRACK-1"):
        """Have some goods of an order leave; the rest stays on a backorder.

        :param dict units: by product; what is not named stays
        """
        picking = order.picking_ids._oms_todo()
        for move in picking.move_ids.filtered(lambda m: m.state != "cancel"):
            move.quantity = units.get(move.product_id, 0)
        picking.move_ids.filtered(lambda m: m.state != "cancel").picked = True
        picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
        if number:
            picking.carrier_tracking_ref = number
        self.work()
        return picking

    def cancel_here(self, order):
        """A person cancels an order here, as far as it has not left."""
        order.action_cancel()

    def notes(self, order):
        return order.invoice_ids.filtered(lambda m: m.move_type == "out_refund")

    def assert_money_moved(self, ref, order):
        """What was refunded was paid; what a shop only wrote down is due until somebody paid."""
        due = self.own(order).filtered("to_pay")
        if self.adapter._refunds_are_paper:
            self.assertEqual(len(due), 1)
            self.assertEqual((order.oms_amount_refunded, order._oms_to_pay()), (0.0, 20.0))
            self.assertEqual(self.holds(order), ["REFUND_DUE"])
            due.action_mark_paid()
            self.push()
        self.assertFalse(self.own(order).filtered("to_pay"))
        self.assertEqual(self.holds(order), [])
        truth = self.shop.orders()[ref]
        self.assertAlmostEqual(order.oms_amount_refunded, float(truth["refunded"]))

    def live(self, ref):
        """:return: what the shop still has of an order, by SKU"""
        return {sku: n for sku, n in self.shop.orders()[ref]["quantities"].items() if n}

    def own(self, order):
        return order.oms_refund_ids.sorted("id")

    # === PARTIAL CANCELLATIONS === #

    @mute_logger(SENDER, HTTP)
    def test_items_cancelled_here_are_credited_once_and_their_echo_changes_nothing(self):
        ref, order = self.captured([("MUG", 3, "20.00"), ("POT", 2, "10.00")])
        self.ship_part(order, {self.mug: 3})
        self.push()
        self.cancel_here(order)
        self.push()
        self.poll()
        self.store._receive_many(self.adapter._fetch_orders(self.store, [ref]))
        self.push()
        self.assertEqual(self.notes(order).mapped("amount_total"), [20.0])
        self.assertEqual(self.wanted(order), {"MUG": 3})
        own = self.own(order)
        self.assertRecordValues(own, [{"kind": "cancellation", "state": "done", "amount": 20.0}])
        [message] = self.messages(direction="out", topic="cancellation")
        self.assertEqual(message.state, "done")
        self.assertEqual(len(self.shop.cancellations) + len(self.shop.refunds_told), 1)
        self.assertEqual(self.live(ref), {"MUG": 3})
        self.assert_money_moved(ref, order)

    @mute_logger(SENDER, HTTP)
    def test_a_partial_cancellation_credits_just_what_the_shop_gave_back(self):
        ref, order = self.captured([("MUG", 3, "20.00"), ("POT", 2, "10.00")], shipping="8.00")
        self.ship_part(order, {self.mug: 3})
        self.push()
        self.cancel_here(order)
        self.push()
        self.poll()
        for due in self.own(order).filtered("to_pay"):
            due.action_mark_paid()
        self.push()
        refunded = float(self.shop.orders()[ref]["refunded"])
        # Some shops take the share of the shipping off, too.
        self.assertEqual(refunded, 22.0 if self.adapter._tells_remainder else 20.0)
        self.assertEqual(sum(self.notes(order).mapped("amount_total")), refunded)
        self.assertEqual((order.oms_amount_refunded, self.holds(order)), (refunded, []))

    @mute_logger(SENDER, HTTP)
    def test_items_cancelled_after_goodwill_are_credited_with_what_the_shop_gave_back(self):
        ref, order = self.captured([("MUG", 3, "20.00"), ("POT", 2, "10.00")])
        self.shop.refund_order(ref, amount="8.00")
        self.settle(also_poll=True)
        self.assertEqual(self.notes(order).mapped("amount_total"), [8.0])
        self.ship_part(order, {self.mug: 3})
        self.push()
        self.cancel_here(order)
        self.push()
        self.poll()
        for due in self.own(order).filtered("to_pay"):
            due.action_mark_paid()
        self.push()
        refunded = float(self.shop.orders()[ref]["refunded"])
        self.assertIn(refunded, (26.0, 28.0))
        self.assertEqual(sum(self.notes(order).mapped("amount_total")), refunded)
        self.assertEqual((order.oms_amount_refunded, self.holds(order)), (refunded, []))

    @mute_logger(SENDER, HTTP)
    def test_a_whole_order_cancelled_here_has_one_refund_and_its_echo_changes_nothing(self):
        ref, order = self.captured([("MUG", 3, "20.00")])
        self.cancel_here(order)
        [asked] = self.own(order)
        self.assertRecordValues(
            asked, [{"kind": "cancellation", "state": "asked", "amount": 60.0, "units": False}]
        )
        self.push()
        self.poll()
        self.store._receive_many(self.adapter._fetch_orders(self.store, [ref]))
        self.push()
        self.assertTrue(self.shop.orders()[ref]["cancelled"])
        own = self.own(order)
        self.assertRecordValues(own, [{"kind": "cancellation", "state": "done", "amount": 60.0}])
        self.assertEqual(order.state, "cancel")
        due = own.filtered("to_pay")
        self.assertEqual(bool(due), self.adapter._refunds_are_paper)
        due and due.action_mark_paid()
        self.push()
        self.assertFalse(self.own(order).filtered("to_pay"))

    @mute_logger(SENDER, HTTP)
    def test_an_unpaid_order_cancelled_here_has_no_refund(self):
        ref = self.place([("MUG", 3, "20.00")], paid=False)
        self.settle()
        # Some shops tell of an order when it is paid, and not before.
        order = self._order(ref, self.store)
        order and self.cancel_here(order)
        self.push()
        refunds = self.env["oms.order.refund"].search([("channel_id", "=", self.store.id)])
        self.assertEqual(len(refunds), 0)

    @mute_logger(SENDER, HTTP)
    def test_items_cancelled_here_do_not_come_back_when_the_shop_changes_the_order(self):
        ref, order = self.captured([("MUG", 3, "20.00"), ("POT", 2, "10.00")])
        self.ship_part(order, {self.mug: 2})
        self.push()
        self.cancel_here(order)
        self.push()
        if "address" in self.shop.lacks:
            self.shop.touch(ref)
        else:
            self.shop.change_address(ref, "York")
        self.push()
        self.assertEqual(self.wanted(order), {"MUG": 2})
        self.assertEqual(self.live(ref), {"MUG": 2})
        self.assertFalse(order.picking_ids._oms_todo())
        [own] = self.own(order)
        line_of = {line.oms_sku: str(line.id) for line in order.order_line}
        self.assertEqual(own.units, {line_of["MUG"]: 1.0, line_of["POT"]: 2.0})

    @mute_logger(SENDER, HTTP)
    def test_an_answer_that_was_lost_cancels_nothing_twice(self):
        ref, order = self.captured([("MUG", 3, "20.00"), ("POT", 2, "10.00")])
        self.ship_part(order, {self.mug: 3})
        self.push()
        self.cancel_here(order)
        self.present()
        lost = self.lose_writes()
        self.push()
        self.assertTrue(lost)
        self.assertEqual(self.notes(order).mapped("amount_total"), [20.0])
        self.assertEqual(len(self.own(order)), 1)
        [message] = self.messages(direction="out", topic="cancellation")
        self.assertEqual(message.state, "done")
        self.assertEqual(self.live(ref), {"MUG": 3})
        self.assert_money_moved(ref, order)

    def lose_writes(self, body=b"<br />\n<b>Fatal", status=200):
        """Let the shop carry out the next write, and its answer be no answer.

        :return: the paths whose answers were lost, a list that grows
        """
        lost, handle = [], self.shop.handle

        def garbled(request):
            response = handle(request)
            is_write = request.method != "GET" and not self.is_reading(request)
            if is_write and not lost and response.status < 300:
                lost.append(request.path)
                response.status, response.body = status, body
            return response

        self.shop.handle = garbled
        return lost

    def is_reading(self, request):
        """:return: whether a call that is no GET changes nothing"""
        if request.path.endswith("/graphql.json"):
            return b"mutation" not in request.body
        return "/token" in request.path or "/auth" in request.path

    # === REFUNDS === #

    def refund_here(self, order, sku, quantity):
        """A person refunds some pieces by the wizard."""
        wizard = (
            self.env["oms.refund.request"]
            .with_context(active_id=order.id)
            .create({"reason": "Broken"})
        )
        line = wizard.line_ids.filtered(lambda l: l.line_id.oms_sku == sku)
        line.quantity = quantity
        wizard.action_request()
        return wizard

    @mute_logger(SENDER, HTTP)
    def test_a_refund_whose_answer_was_lost_is_made_once(self):
        ref, order = self.captured([("MUG", 3, "20.00"), ("POT", 2, "10.00")])
        self.ship_part(order, {self.mug: 3, self.pot: 2})
        self.push()
        self.refund_here(order, "MUG", 1)
        self.present()
        lost = self.lose_writes()
        self.push()
        self.assertTrue(lost)
        [message] = self.messages(direction="out", topic="refund")
        self.assertEqual((message.state, message.attempts), ("done", 1))
        self.assertEqual(self.notes(order).mapped("amount_total"), [20.0])
        self.assertRecordValues(
            self.own(order), [{"kind": "refund", "state": "done", "amount": 20.0}]
        )
        self.assertEqual(len(self.shop.refunds_told), 1)
        self.assertAlmostEqual(float(self.shop.orders()[ref]["refunded"]), 20.0)
        self.assert_money_moved(ref, order)

    # === SHIPMENTS === #

    @mute_logger(SENDER, HTTP)
    def test_a_shipment_whose_answer_was_lost_is_told_once(self):
        ref, order = self.captured([("MUG", 3, "20.00")])
        self.present()
        lost = self.lose_writes()
        self.ship_part(order, {self.mug: 3})
        self.push()
        self.assertTrue(lost)
        [message] = self.messages(direction="out", topic="shipment")
        self.assertEqual(message.state, "done")
        self.assertEqual(self.shipped_count(ref), 1)

    @mute_logger(SENDER, HTTP)
    def test_a_tracking_number_that_comes_late_or_is_corrected_is_told_again(self):
        ref, order = self.captured([("MUG", 3, "20.00")])
        picking = self.ship_part(order, {self.mug: 3}, number="")
        picking.action_oms_no_tracking()
        self.push()
        self.assertEqual(self.shipped_count(ref), 1)
        picking.carrier_tracking_ref = "LATE-1"
        self.push()
        self.assertIn("LATE-1", self.numbers_shown(ref))
        picking.carrier_tracking_ref = "RIGHT-2"
        self.push()
        self.assertIn("RIGHT-2", self.numbers_shown(ref))
        self.assertNotIn("LATE-1", self.numbers_shown(ref))
        picking.carrier_tracking_ref = "RIGHT-2"
        self.push()
        self.assertEqual(picking.oms_parcel_ids.mapped("name"), ["RIGHT-2"])
        told = self.messages(direction="out", topic="tracking")
        self.assertEqual(told.mapped("state"), ["done", "done"])
        self.assertEqual(self.shipped_count(ref), 1)
        self.assertEqual(self.holds(order), [])

    def numbers_shown(self, ref):
        """:return: the tracking numbers the shop shows of an order, as a text"""
        code = self.simulator.code
        if code == "prestashop":
            rows = self.shop.rows("order_carriers", id_order=ref)
            return ", ".join(row["tracking_number"] for row in rows)
        if code == "shopify":
            made = self.shop.by_id[int(ref)].fulfilments
            return ", ".join(number for one in made for number in one.numbers)
        if code == "woocommerce":
            meta = {m["key"]: m["value"] for m in self.shop.book[int(ref)]["meta_data"]}
            items = meta.get("_wc_shipment_tracking_items") or []
            return ", ".join(item["tracking_number"] for item in items)
        shipments = self.shop._get(ref).shipments.values()
        return ", ".join(shipment["number"] for shipment in shipments)

    @mute_logger(SENDER, HTTP)
    def test_two_clicks_ask_for_one_refund(self):
        ref, order = self.captured([("MUG", 3, "20.00")])
        self.ship_part(order, {self.mug: 3})
        self.push()
        wizard = self.refund_here(order, "MUG", 1)
        wizard.action_request()
        self.push()
        self.assertEqual(len(self.own(order)), 1)
        self.assertEqual(len(self.shop.refunds_told), 1)
        self.assertAlmostEqual(float(self.shop.orders()[ref]["refunded"]), 20.0)

    def shipped_count(self, ref):
        """:return: how often the shop took it that the order left; tracking numbers that some
        keep apart are not counted
        """
        told = [one for one in self.shop.shipments if ref in map(str, one.values())]
        return len([one for one in told if "state" in one] or told)


for _code, _simulator in simulated_shops().items():
    _name = f"TestOwnEffects{_code.title()}"
    globals()[_name] = type(FaultBench)(
        _name,
        (OwnEffects, FaultBench),
        {"simulator": _simulator, "__module__": __name__, "__doc__": f"Own effects at {_code}."},
    )


class TestWoocommerceMoney(FaultBench):
    """WooCommerce: a gateway that cannot refund only has the refund written down."""

    simulator = simulated_shops()["woocommerce"]
    push, ship_part, refund_here = OwnEffects.push, OwnEffects.ship_part, OwnEffects.refund_here
    own = OwnEffects.own

    def test_a_refund_its_gateway_cannot_pay_is_due_until_somebody_paid_it(self):
        ref, order = self.captured([("MUG", 3, "20.00")], payment_method="bacs")
        self.assertEqual(order.oms_amount_paid, 60.0)
        self.ship_part(order, {self.mug: 3})
        self.push()
        self.refund_here(order, "MUG", 1)
        self.push()
        [told] = self.shop.refunds_told
        self.assertFalse(told.get("pays"))
        refund = self.own(order)
        self.assertRecordValues(refund, [{"is_paper": True, "to_pay": True, "state": "done"}])
        self.assertEqual((order.oms_amount_refunded, self.holds(order)), (0.0, ["REFUND_DUE"]))
        refund.action_mark_paid()
        self.push()
        self.shop.touch(ref)
        self.settle()
        self.assertEqual((order.oms_amount_refunded, self.holds(order)), (20.0, []))

    @mute_logger(SENDER, HTTP)
    def test_a_status_the_shop_does_not_reach_is_not_done_and_says_so(self):
        _ref, order = self.captured([("MUG", 1, "20.00")])
        change = self.shop.set_status

        def keep(of, status):
            return change(of, "processing" if status == "completed" else status)

        self.shop.set_status = keep
        self.ship_part(order, {self.mug: 1})
        self.push()
        [message] = self.messages(direction="out", topic="shipment")
        self.assertEqual(message.state, "failed")
        self.assertIn("still “processing” instead of “completed”", message.error)
        self.shop.set_status = change
        message.action_retry()
        self.push()
        self.assertEqual(message.state, "done")


class TestShopifyReadBack(FaultBench):
    """Shopify: it cancels in a job of its own, which may take its time or come to nothing."""

    simulator = simulated_shops()["shopify"]
    push, ship_part = OwnEffects.push, OwnEffects.ship_part

    @mute_logger(SENDER, HTTP)
    def test_a_cancellation_is_done_when_the_order_is_cancelled(self):
        ref, order = self.captured([("MUG", 1, "20.00")])
        cancel, waiting = self.shop._cancel, []
        self.shop._cancel = lambda *args: waiting.append(args)
        order.action_cancel()
        self.present()
        self.work()
        [message] = self.messages(direction="out", topic="cancellation")
        self.assertEqual((message.state, message.result["looks"]), ("pending", 1))
        self.assertEqual(len(waiting), 1)
        message.next_try_at = False
        self.work()
        self.assertEqual((message.state, message.result["looks"]), ("pending", 2))
        self.assertEqual(len(waiting), 1)
        self.shop._cancel = cancel
        self.shop._cancel(*waiting[0])
        message.next_try_at = False
        self.work()
        self.assertEqual(message.state, "done")
        self.assertTrue(self.shop.orders()[ref]["cancelled"])

    @mute_logger(SENDER, HTTP)
    def test_a_cancellation_that_comes_to_nothing_is_not_done(self):
        _ref, order = self.captured([("MUG", 1, "20.00")])
        self.shop._cancel = lambda *args: None
        order.action_cancel()
        self.present()
        [message] = self.messages(direction="out", topic="cancellation")
        for _look in range(21):
            message._send(JobRun())
        self.assertEqual(message.state, "failed")
        self.assertIn("still not cancelled. Cancel it in Shopify", message.error)
