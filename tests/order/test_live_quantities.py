"""What was refunded or cancelled stays so, whatever else the channel changes of an order."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.fields import Command

from ..payment.test_oms_order_refund import RefundCommon


class LiveCommon(RefundCommon):
    def setUp(self):
        super().setUp()
        self.version = 1

    def _order(self, lines=(("MUG", 2, "10.00"), ("POT", 1, "5.00")), **values):
        self.document = self._document("L1", list(lines), **values)
        return self._capture(self.document)

    def _change(self, lines=None, refunds=None, city=None, **values):
        """Let the channel report the order again, changed as it is told here."""
        self.version += 1
        document = {
            **self.document,
            "version": str(self.version),
            "updated_at": f"2026-03-{self.version:02d}T09:00:00Z",
            **values,
        }
        if lines is not None:
            document["lines"] = self._document("L1", lines)["lines"]
            document["total"] = f"{sum(q * float(p) for _s, q, p in lines):.2f}"
        if city:
            document["shipping"] = {**document["shipping"], "city": city}
        if refunds is not None:
            document["refunds"] = refunds
        self.document = document
        return self._capture(document)

    def _one_mug(self, **values):
        return self._refund("RF1", [{"line_ref": "1", "quantity": "1", **values}], amount="10.00")

    def _quantities(self, order):
        return {
            line.product_id.default_code: line.product_uom_qty
            for line in order.order_line
            if line.oms_kind != "rounding"
        }


class TestLiveQuantities(LiveCommon):
    def test_a_refunded_piece_stays_refunded_when_the_address_changes(self):
        order = self._order()
        self._change(refunds=[self._one_mug()])
        self._change(city="York")
        self.assertEqual(self._quantities(order), {"MUG": 1.0, "POT": 1.0})
        self.assertEqual(order.amount_total, 15.0)
        self.assertEqual(order.partner_shipping_id.city, "York")
        self.assertEqual(self._holds(order), ["REFUND_DUE"])
        self.assertEqual(sum(order.picking_ids.move_ids.mapped("product_uom_qty")), 2.0)

    def test_a_piece_refunded_before_confirmation_stays_refunded_when_the_address_changes(self):
        order = self._order(paid=False)
        self.assertEqual(order.state, "draft")
        self._change(refunds=[self._one_mug()])
        lines = order.order_line
        self._change(city="York")
        self.assertEqual(order.order_line, lines)
        self.assertEqual(self._quantities(order), {"MUG": 1.0, "POT": 1.0})
        self.assertEqual(order.amount_total, 15.0)
        self.assertEqual(order.partner_shipping_id.city, "York")
        self.assertFalse(self._holds(order))

    def test_what_staff_changed_of_a_draft_stays_when_the_address_changes(self):
        order = self._order(paid=False)
        order.order_line.filtered(lambda l: l.product_id == self.mug).product_uom_qty = 1
        order.order_line = [Command.create({"product_id": self.pot.id, "price_unit": 3.0})]
        self._change(city="York")
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [1.0, 1.0, 1.0])
        self.assertEqual(order.amount_total, 18.0)
        self.assertFalse(self._holds(order))

    def test_returned_pieces_do_not_come_back_when_a_line_is_added(self):
        order = self._order([("MUG", 2, "10.00")])
        order.picking_ids.move_ids.picked = True
        order.picking_ids.button_validate()
        self._run_lanes()
        lines = [{"line_ref": "1", "quantity": "2", "returned": True}]
        refund = self._refund("RF1", lines, amount="20.00")
        self._change(refunds=[refund])
        self._change([("MUG", 2, "10.00"), ("POT", 1, "5.00")])
        self.assertEqual(self._quantities(order), {"MUG": 2.0, "POT": 1.0})
        todo = order.picking_ids.filtered(lambda p: p.state not in ("done", "cancel"))
        self.assertEqual(todo.move_ids.mapped("product_id.default_code"), ["POT"])

    def test_a_cancelled_piece_stays_cancelled_when_the_address_changes(self):
        order = self._order()
        self._receive(
            self._cancellation("L1", lines=[{"line_ref": "1", "sku": "MUG", "quantity": "1"}]),
            topic="cancellations",
        )
        self._run_lanes()
        self.assertEqual(self._quantities(order), {"MUG": 1.0, "POT": 1.0})
        self._change(city="York")
        self.assertEqual(self._quantities(order), {"MUG": 1.0, "POT": 1.0})

    def test_a_channel_that_shows_a_known_cancellation_later_cancels_nothing_more(self):
        order = self._order()
        self._receive(
            self._cancellation("L1", lines=[{"line_ref": "1", "sku": "MUG", "quantity": "1"}]),
            topic="cancellations",
        )
        self._run_lanes()
        self._change([("MUG", 1, "10.00"), ("POT", 1, "5.00")])
        self.assertEqual(self._quantities(order), {"MUG": 1.0, "POT": 1.0})
        self._change([("MUG", 2, "10.00"), ("POT", 1, "5.00")])
        self.assertEqual(self._quantities(order), {"MUG": 2.0, "POT": 1.0})

    def test_what_staff_took_off_stays_off_when_the_channel_changes_another_line(self):
        order = self._order()
        order.order_line.filtered(lambda l: l.product_id == self.mug).product_uom_qty = 1
        self._change([("MUG", 2, "10.00"), ("POT", 3, "5.00")])
        self.assertEqual(self._quantities(order), {"MUG": 1.0, "POT": 3.0})
        self.assertNotIn("TOTAL_MISMATCH", self._holds(order))

    def test_a_piece_more_after_a_refund_is_one_more_than_is_left(self):
        order = self._order()
        self._change(refunds=[self._one_mug()])
        self._change([("MUG", 3, "10.00"), ("POT", 1, "5.00")])
        self.assertEqual(self._quantities(order), {"MUG": 2.0, "POT": 1.0})

    def test_a_piece_fewer_after_a_refund_is_one_fewer_than_is_left(self):
        order = self._order([("MUG", 3, "10.00"), ("POT", 1, "5.00")])
        self._change(refunds=[self._one_mug()])
        self._change([("MUG", 2, "10.00"), ("POT", 1, "5.00")])
        self.assertEqual(self._quantities(order), {"MUG": 1.0, "POT": 1.0})

    def test_a_lower_quantity_that_may_or_may_not_count_a_refund_is_for_a_person(self):
        order = self._order([("MUG", 3, "10.00"), ("POT", 1, "5.00")])
        refund = {
            "schema": "oms.refund/1",
            "order_ref": "L1",
            "refunds": [self._one_mug()],
            "charges": [],
        }
        self._receive(refund, "r1", topic="refunds")
        self._run_lanes()
        self._change([("MUG", 2, "10.00"), ("POT", 1, "5.00")])
        self.assertEqual(self._quantities(order), {"MUG": 2.0, "POT": 1.0})
        self.assertIn("ORDER_CHANGED", self._holds(order))

    def test_a_change_that_a_person_dealt_with_is_not_applied_again(self):
        order = self._order()
        self._change([("MUG", 4, "9.00"), ("POT", 1, "5.00"), ("PAN", 2, "1.00")])
        self.assertEqual(self._quantities(order), {"MUG": 2.0, "POT": 1.0})
        pan = self._make_product("PAN", "Pan", stock=10)
        self._change([("MUG", 4, "9.00"), ("POT", 1, "5.00"), ("PAN", 2, "1.00")])
        self.assertIn("ORDER_CHANGED", self._holds(order))
        mug = order.order_line.filtered(lambda l: l.product_id == self.mug)
        mug.write({"product_uom_qty": 4.0, "price_unit": 9.0})
        order.order_line = [Command.create({"product_id": pan.id, "product_uom_qty": 2})]
        order.oms_hold_ids.action_release()
        self._change(city="York")
        self.assertEqual(self._quantities(order), {"MUG": 4.0, "POT": 1.0, "PAN": 2.0})
        self.assertNotIn("ORDER_CHANGED", self._holds(order))

    def test_a_note_written_after_checkout_is_read(self):
        order = self._order()
        self._change(note="Ring twice")
        self.assertEqual(order.oms_note, "Ring twice")
        [event] = order.oms_event_ids.filtered(lambda e: e.code == "order.note_changed")
        self.assertEqual((event.before, event.after), (False, "Ring twice"))
        self._change(note="")
        self.assertEqual(order.oms_note, "Ring twice")

    def test_a_line_added_to_an_order_that_was_shipped_is_never_ignored(self):
        order = self._order()
        order.picking_ids.move_ids.picked = True
        order.picking_ids.button_validate()
        self._run_lanes()
        self._change(status="shipped")
        self.assertFalse(self._holds(order))
        self._change([("MUG", 2, "10.00"), ("POT", 2, "5.00")], status="shipped")
        self.assertEqual(self._holds(order), ["ORDER_CHANGED"])
        self.assertEqual(self._quantities(order), {"MUG": 2.0, "POT": 1.0})

    def test_fault_57_a_line_whose_product_the_channel_deleted_stays_known(self):
        for paid, ref in ((False, "L1"), (True, "L2")):
            with self.subTest(paid=paid):
                self.version = 1
                self.document = self._document(ref, [("MUG", 2, "10.00")], paid=paid)
                order = self._capture(self.document)
                lines = [{**self.document["lines"][0], "sku": ""}]
                self._change(city="York")
                self.document["lines"] = lines
                self._change(city="Hull")
                self.assertEqual(order.order_line.product_id, self.mug)
                self.assertEqual(order.partner_shipping_id.city, "Hull")
                self.assertEqual(self._holds(order), [])

    def test_a_line_without_product_that_is_new_is_held(self):
        order = self._order()
        new = {**self.document["lines"][0], "ref": "9", "sku": ""}
        self.document["lines"] = [*self.document["lines"], new]
        self._change()
        self.assertIn("ORDER_CHANGED", self._holds(order))

    def test_fault_34_an_order_that_comes_again_after_it_left_is_as_it_was(self):
        order = self._order()
        order.picking_ids.move_ids.picked = True
        order.picking_ids.button_validate()
        self._run_lanes()
        before = order.read()[0]
        pickings = order.picking_ids.ids
        self._change(note="Call me")
        self._change()
        after = order.read()[0]
        changed = {
            key
            for key, value in before.items()
            if after[key] != value and key not in ("write_date", "write_uid", "__last_update")
        }
        self.assertLessEqual(
            changed,
            {"oms_version", "oms_updated_at", "oms_event_ids", "oms_message_ids", "oms_note"},
        )
        self.assertEqual(order.picking_ids.ids, pickings)


class TestAnySequence(LiveCommon):
    """Whatever comes in whatever order, what is left is what the customer is to get."""

    @settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        st.lists(
            st.sampled_from(["more", "fewer", "refund", "cancel", "staff", "move"]), max_size=6
        ),
        st.booleans(),
    )
    def test_the_quantity_follows_every_change_once(self, events, is_paid):
        with self.env.cr.savepoint() as savepoint:
            self.version = 1
            order = self._order([("MUG", 3, "10.00")], paid=is_paid)
            gross, live, refunds = 3, 3, []
            for number, event in enumerate(events):
                if event == "more":
                    gross, live = gross + 1, live + 1
                elif event == "fewer" and live > 1:
                    gross, live = gross - 1, min(live, gross - 1 - len(refunds))
                elif event == "refund" and live > 1:
                    refunds.append(
                        self._refund(
                            f"RF{number}", [{"line_ref": "1", "quantity": "1"}], amount="10.00"
                        )
                    )
                    live -= 1
                elif event == "cancel" and live > 1 and is_paid:
                    document = self._cancellation(
                        "L1", lines=[{"line_ref": "1", "sku": "MUG", "quantity": "1"}]
                    )
                    self._receive({**document, "ref": f"X{number}"}, topic="cancellations")
                    self._run_lanes()
                    live -= 1
                    continue
                elif event == "staff" and live > 1:
                    order.order_line[:1].product_uom_qty -= 1
                    live -= 1
                    continue
                self._change([("MUG", gross, "10.00")], refunds, city=f"Town {number}")
                self.assertEqual(self._quantities(order), {"MUG": live}, events[: number + 1])
            savepoint.rollback()
        self.env.invalidate_all(flush=False)
