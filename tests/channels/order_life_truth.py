"""What has to be true of an order, whatever happened to it."""

from collections import Counter

#: SKU: what units of which products a piece is
GOODS = {"MUG": {"MUG": 1}, "POT": {"POT": 1}, "CUP": {"CUP": 1}, "SET": {"MUG": 2, "POT": 1}}
#: what an address is that changes after a parcel left
TOO_LATE = "ADDRESS_TOO_LATE"


class LifeTruth:
    """Compares an order with what is known of its life, and with the shop."""

    def _todo(self):
        return self.order.picking_ids._oms_todo()

    def check(self):
        """Compare with what is here, and with the shop."""
        order = self.order
        order.invalidate_recordset()
        self.case.assertEqual(self._here(), self._there(), self.story)

    def _here(self):
        order = self.order
        moves = self._todo().move_ids.filtered(lambda m: m.state not in ("done", "cancel"))
        to_leave = Counter()
        for move in moves:
            to_leave[move.sale_line_id.oms_sku, move.product_id.default_code] += int(
                move.product_uom_qty
            )
        invoices = order.invoice_ids.filtered(lambda m: m.state == "posted")
        holds = order.oms_hold_ids.filtered(lambda h: h.state == "open")
        return {
            "to leave": +to_leave,
            "goes to": set(self._todo().partner_id.mapped("city")),
            "paid": round(order.oms_amount_paid, 2),
            "refunded": round(order.oms_amount_refunded, 2),
            "left to pay": round(sum(invoices.mapped("amount_residual")), 2),
            "held": {hold.reason_code: hold.detail for hold in holds},
            "messages": [
                (m.direction, m.topic, m.state, m.error)
                for m in self.case.messages()
                if m.order_id == order and m.state not in ("done", "ignored")
            ],
        }

    def _there(self):
        truth, held = self.truth(), set(self.held)
        paid = self.placed if self.case.adapter._charges_are_totals else truth["paid"]
        refunded = paid if self.cancelled == "here" else truth["refunded"]
        left = round(truth["paid"] - refunded, 2)
        if self.cancelled and left:
            held.add("LATE_PAYMENT" if self.order.state == "cancel" else "REFUND_DUE")
        holds = {
            hold.reason_code: hold.detail
            for hold in self.order.oms_hold_ids
            if hold.state == "open" and hold.reason_code in held
        }
        names = [p.name for p in self.left_here if p.name in holds.get(TOO_LATE, "")]
        if TOO_LATE in held and len(names) != len(self.left_here):
            holds[TOO_LATE] = f"names {self.left_here.mapped('name')}"
        return {
            "to leave": Counter(
                {
                    (sku, code): units * count
                    for sku, count in self.open.items()
                    if count
                    for code, units in GOODS[sku].items()
                }
            ),
            "goes to": {self.order.partner_shipping_id.city} if self._is_open() else set(),
            "paid": float(paid),
            "refunded": float(round(refunded, 2)),
            # A credit note, until the money was given back.
            "left to pay": float(left) if "REFUND_DUE" in held else 0.0,
            "held": {**dict.fromkeys(held, "is missing"), **holds},
            "messages": [],
        }

    def check_books(self):
        """What was invoiced is what the shop kept, and what is out of stock is what left."""
        truth, order = self.truth(), self.order
        invoices = order.invoice_ids.filtered(lambda m: m.state == "posted")
        booked = sum(
            -m.amount_total if m.move_type == "out_refund" else m.amount_total for m in invoices
        )
        kept = 0 if self.cancelled else truth["paid"] - truth["refunded"]
        out = Counter()
        for move in order.picking_ids.move_ids.filtered(lambda m: m.state == "done"):
            sign = 1 if move.location_id.usage == "internal" else -1
            out[move.product_id.default_code] += sign * int(move.quantity)
        self.case.assertEqual(
            (round(booked, 2), +out), (float(round(kept, 2)), +self.left), self.story
        )

    def check_again(self):
        """Hear everything once more: nothing changes."""
        case, before = self.case, self._rows()
        case.bring(case.told)
        case.store.cursor = case.first_cursor
        case.poll()
        case.hear_all()
        case.assertEqual(self._rows(), before, [*self.story, "all heard once more"])

    def _rows(self):
        """:return: what an order consists of, to be compared"""
        order = self.order
        order.invalidate_recordset()
        return {
            "lines": order.order_line.mapped(
                lambda l: (
                    *(l.id, l.product_uom_qty, l.price_unit, l.oms_channel_qty),
                    *(l.oms_cancelled_qty, l.oms_reduced_qty, l.oms_external_qty),
                )
            ),
            "moves": order.picking_ids.move_ids.sorted("id").mapped(
                lambda m: (m.id, m.state, m.quantity, m.partner_id.id)
            ),
            "invoices": order.invoice_ids.sorted("id").mapped(
                lambda m: (m.id, m.state, m.amount_total, m.amount_residual)
            ),
            "payments": order.transaction_ids.sorted("id").mapped(
                lambda t: (t.id, t.state, t.amount)
            ),
            "refunds": order.oms_refund_ids.sorted("id").mapped(
                lambda r: (r.id, r.state, r.amount, r.credit_due)
            ),
            "holds": order.oms_hold_ids.sorted("id").mapped(lambda h: (h.id, h.state)),
            "outbox": len(self.case.messages(direction="out", order_id=order.id)),
        }
