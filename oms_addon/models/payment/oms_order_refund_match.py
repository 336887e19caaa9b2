"""Recognition of our own refunds and cancellations when the channel reports them."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models

from odoo.addons.oms_addon.documents.codec import loads

#: tolerated clock difference to the channel
CLOCK = timedelta(minutes=10)


class OmsOrderRefund(models.Model):
    """Most channels report a cancellation of items as a refund. It gets a record when it is
    sent, after it was applied to the order; only the channel's id is added later.
    """

    _inherit = "oms.order.refund"

    kind = fields.Selection(
        [("refund", "Refund"), ("cancellation", "Cancellation")],
        default="refund",
        required=True,
        readonly=True,
        help="A cancellation was credited on the order before it was sent to the channel.",
    )

    pieces = fields.Json(
        "Refunded Units by Line",
        readonly=True,
        help="Units by order line that the channel refunded without reporting an amount.",
    )

    # === CANCELLATIONS === #

    @api.model
    def _register_cancellations(self, rows):
        """Record outbound cancellations of items, and of whole orders with a refund.

        :param list rows: as of ``oms.channel.message`` ``_send_later``; those already recorded
            are skipped
        """
        if not rows:
            return
        messages = self.env["oms.channel.message"].search(
            [
                ("direction", "=", "out"),
                ("channel_id", "in", [channel.id for channel, *_rest in rows]),
                ("event_ref", "in", [key for _channel, _topic, key, *_rest in rows]),
            ]
        )
        known = self.search([("message_id", "in", messages.ids)]).message_id
        by_key = {(m.channel_id.id, m.event_ref): m for m in messages - known}
        self.create(
            [
                self._prepare_cancellation(order, content, by_key[channel.id, key])
                for channel, _topic, key, order, content in rows
                if (channel.id, key) in by_key
            ]
        )

    @api.model
    def _prepare_cancellation(self, order, content, message):
        """:return: the values of the record of a cancellation"""
        amount = float(sum(Decimal(line.get("amount") or 0) for line in content["lines"]))
        if not content["lines"]:
            amount = order._oms_refundable() - order._oms_to_pay()
        return {
            "kind": "cancellation",
            "order_id": order.id,
            "channel_id": order.oms_channel_id.id,
            "company_id": order.company_id.id,
            "message_id": message.id,
            "state": "asked",
            "units": self.env["oms.order.difference"]._units_of_pieces(order, content["lines"]),
            "amount": amount if content["refund"] else 0.0,
            "reason": content["text"] or self.env._("Cancelled."),
        }

    def _is_whole(self):
        """:return: whether it is the cancellation of a whole order"""
        self.ensure_one()
        return self.kind == "cancellation" and not self.units

    def _apply_accepted_cancellation(self, outcome):
        """Complete the record of a cancellation accepted by the channel.

        :param outcomes.RefundOutcome outcome: what the adapter returned
        """
        self.ensure_one()
        if self._is_whole() and outcome.unmet:
            self._advance_to("failed")
            return
        if self._is_whole() and outcome.already:
            # Cancelled by someone else on the channel, which reports the refund if there is one.
            self.unlink()
            return
        ref = outcome.refund_ref
        known = self.search([("order_id", "=", self.order_id.id), ("ref", "=", ref)], limit=1)
        self.write({"ref": False if known else ref or False, "refunded_at": fields.Datetime.now()})
        self._advance_to("done")
        self._credit_beyond(outcome.amount)

    @api.model
    def _credit_later(self, order, amount, shares, reason):
        """Credit an amount that no reported refund covers, as soon as there is an invoice.

        :param float amount: including taxes
        :param dict shares: known parts of it by ``sale.order.line``
        :param str reason: the reason, as text
        """
        self.create(
            {
                "order_id": order.id,
                "channel_id": order.oms_channel_id.id,
                "company_id": order.company_id.id,
                "state": "waiting",
                "refunded_at": fields.Datetime.now(),
                "credit_due": amount,
                "shares": {str(line.id): share for line, share in shares.items()},
                "reason": reason,
            }
        )
        self._credit_waiting(order)

    # === MATCHING === #

    @api.model
    def _find_own(self, order, refund):
        """:return: our own refund that a reported refund corresponds to: by the reference of our
        request, else the oldest without id that has the same items and amount
        """
        adapter = order.oms_channel_id._adapter()
        unnamed = order.oms_refund_ids.filtered(
            lambda own: own.message_id and (not own.ref or own.ref == own._own_ref())
        )
        if not unnamed or adapter._has_refund_ledger:
            return unnamed.browse()
        named = unnamed.filtered(lambda own: adapter._is_echo(refund, own.message_id.event_ref))
        same = unnamed.filtered(
            # A cancellation of items accepted without an id is not reported as a refund.
            lambda own: (
                ((own.kind, own.state) != ("cancellation", "done") or own._is_whole())
                and own._is_same(refund)
            )
        )
        return (named or same.sorted("id"))[:1]

    def _own_ref(self):
        """:return: the ref of a refund that has none on the channel"""
        self.ensure_one()
        return f"ours-{self.id}"

    def _is_same(self, refund):
        """:return: whether a reported refund has the same items and amount as this one and is not
        older
        """
        self.ensure_one()
        if self.env["oms.order.builder"]._naive(refund.at) < self.create_date - CLOCK:
            return False
        content = loads(self.message_id._raw_payload())
        if not self._is_whole() and self._pieces(content["lines"]) != self._pieces(
            [
                {"line_ref": line.line_ref, "sku": line.sku, "quantity": line.quantity}
                for line in refund.lines
            ]
        ):
            return False
        total = self._total(refund)
        coins = self.currency_id.rounding * max(len(content["lines"] or refund.lines), 1)
        return total is None or abs(float(total) - self.amount) < coins + 1e-9

    def _pieces(self, lines):
        """:return: quantity by channel line, represented by its first order line"""
        pieces, find = {}, self.env["oms.order.canceller"]._channel_lines
        for line in lines:
            quantity = float(line["quantity"])
            found = quantity and find(self.order_id, line["line_ref"] or "", line["sku"] or "")
            if quantity:
                key = found[0][:1] if found else (line["line_ref"], line["sku"])
                pieces[key] = pieces.get(key, 0.0) + quantity
        return pieces

    def _apply_own_effect(self, refund):
        """Record that the channel reported our refund, possibly before its answer."""
        self.ensure_one()
        self._note_paper()
        if self.kind == "refund" and self.state in ("asked", "failed"):
            self._begin(loads(self.message_id._raw_payload()), refund.ref, refund.at)
            return
        at = self.env["oms.order.builder"]._naive(refund.at)
        self.write({"ref": refund.ref, "refunded_at": at})
        if self.kind == "cancellation":
            self._advance_to("done")
            self._credit_beyond(self._total(refund))

    def _credit_beyond(self, total):
        """Credit the amount refunded for cancelled items beyond what was credited: after a refund
        without items, less was left to credit than they cost.

        :param total: the refunded amount; ``None`` if not reported
        """
        if not self.units or self.kind != "cancellation" or not self.amount or total is None:
            return
        more = self.currency_id.round(float(total) - self.amount)
        if self.currency_id.compare_amounts(more, 0.0) > 0:
            self.amount = float(total)
            self._credit_later(self.order_id, more, {}, self.reason)

    # === INCREASED QUANTITIES === #

    @api.model
    def _extract_units(self, refund):
        """:return: quantity by line of a refund without amounts, which the channel may report again
        with more; ``False`` for any other refund
        """
        if self._total(refund) is not None:
            return False
        pieces = {}
        for line in refund.lines:
            ref = line.line_ref or line.sku
            pieces[ref] = pieces.get(ref, 0.0) + float(line.quantity)
        return pieces

    def _grow(self, order, refund):
        """Apply the increase of a known refund's quantities."""
        reported = self.pieces and self._extract_units(refund)
        if not reported:
            return
        more = {
            ref: quantity - self.pieces.get(ref, 0.0)
            for ref, quantity in reported.items()
            if quantity > self.pieces.get(ref, 0.0)
        }
        if not more:
            return
        amount, due, shares = self.amount, self.credit_due, self.shares
        lines = [
            replace(line, quantity=Decimal(str(more.pop(line.line_ref or line.sku))))
            for line in refund.lines
            if (line.line_ref or line.sku) in more
        ]
        self.pieces = {**self.pieces, **reported}
        self._credit(order, replace(refund, lines=tuple(lines)))
        self.write(
            {
                "amount": amount + self.amount,
                "credit_due": due + self.credit_due,
                "shares": shares or self.shares,
            }
        )
