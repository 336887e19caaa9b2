"""Effects of ours that come back as news of the channel: each is recorded, and its echo known."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models

from odoo.addons.oms_addon.documents.codec import loads

#: by how much the channel's clock may be behind ours
CLOCK = timedelta(minutes=10)


class OmsOrderRefund(models.Model):
    """A cancellation of items is a refund to most channels: it has a record of its own, whose
    effect on the order came first, and of which only the channel's id is still to come.
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
        """Record the cancellations that were put into the outbox: those of items, and those of
        whole orders that are to give money back.

        :param list rows: as of ``oms.channel.message`` ``_send_later``; a key that is
            recorded already is left alone
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

    def _took_cancellation(self, answer):
        """The channel cancelled what was cancelled here before.

        :param dict answer: what the adapter returned; ``refund_ref`` is what the channel calls
            it and ``amount`` what it gave back, if it says
        """
        self.ensure_one()
        if self._is_whole() and answer.get("unmet"):
            self._advance_to("failed")
            return
        if self._is_whole() and answer.get("already"):
            # Whoever cancelled it there gave the money back, or did not: the channel tells.
            self.unlink()
            return
        ref = str(answer.get("refund_ref") or "")
        known = self.search([("order_id", "=", self.order_id.id), ("ref", "=", ref)], limit=1)
        self.write({"ref": False if known else ref or False, "refunded_at": fields.Datetime.now()})
        self._advance_to("done")
        self._credit_beyond(answer.get("amount"))

    @api.model
    def _credit_later(self, order, amount, shares, reason):
        """Credit money that no refund told now is of, as soon as there is an invoice.

        :param float amount: with taxes
        :param dict shares: what of it belongs to which ``sale.order.line``, as far as one knows
        :param str reason: why, in words
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

    # === ECHOES === #

    @api.model
    def _made_as(self, order, refund):
        """:return: the record of ours that a refund told by the channel is the echo of: the one
        whose call it names, else the oldest of the same items and amount that has no id yet
        """
        adapter = order.oms_channel_id._adapter()
        unnamed = order.oms_refund_ids.filtered(
            lambda own: own.message_id and (not own.ref or own.ref == own._own_ref())
        )
        if not unnamed or adapter._has_refund_ledger:
            return unnamed.browse()
        named = unnamed.filtered(lambda own: adapter._is_echo(refund, own.message_id.event_ref))
        same = unnamed.filtered(
            # Items whose cancellation was taken without an id are told as no refund.
            lambda own: (
                ((own.kind, own.state) != ("cancellation", "done") or own._is_whole())
                and own._says_same(refund)
            )
        )
        return (named or same.sorted("id"))[:1]

    def _own_ref(self):
        """:return: what a refund is called as long as the channel gives it no name"""
        self.ensure_one()
        return f"ours-{self.id}"

    def _says_same(self, refund):
        """:return: whether a refund told by the channel is of just the items and the amount of
        this one, and not older
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
        """:return: pieces by channel line, the first order line of which stands for it"""
        pieces, find = {}, self.env["oms.order.canceller"]._channel_lines
        for line in lines:
            quantity = float(line["quantity"])
            found = quantity and find(self.order_id, line["line_ref"] or "", line["sku"] or "")
            if quantity:
                key = found[0][:1] if found else (line["line_ref"], line["sku"])
                pieces[key] = pieces.get(key, 0.0) + quantity
        return pieces

    def _apply_own_effect(self, refund):
        """Record that the channel tells an effect of ours, maybe before it answered us."""
        self.ensure_one()
        self._note_paper({})
        if self.kind == "refund" and self.state in ("asked", "failed"):
            self._begin(loads(self.message_id._raw_payload()), refund.ref, refund.at)
            return
        at = self.env["oms.order.builder"]._naive(refund.at)
        self.write({"ref": refund.ref, "refunded_at": at})
        if self.kind == "cancellation":
            self._advance_to("done")
            self._credit_beyond(self._total(refund))

    def _credit_beyond(self, total):
        """Credit what the channel gave back for items that were cancelled here beyond what was
        credited for them: after a refund without items they had less left than they cost.

        :param total: all it gave back, ``None`` where it does not say
        """
        if not self.units or self.kind != "cancellation" or not self.amount or total is None:
            return
        more = self.currency_id.round(float(total) - self.amount)
        if self.currency_id.compare_amounts(more, 0.0) > 0:
            self.amount = float(total)
            self._credit_later(self.order_id, more, {}, self.reason)

    # === WHAT BECOMES MORE === #

    @api.model
    def _extract_units(self, refund):
        """:return: pieces by line of a refund that tells pieces alone: a channel may tell the
        same one with more of them later. ``False`` for any other
        """
        if self._total(refund) is not None:
            return False
        pieces = {}
        for line in refund.lines:
            ref = line.line_ref or line.sku
            pieces[ref] = pieces.get(ref, 0.0) + float(line.quantity)
        return pieces

    def _grow(self, order, refund):
        """Take off what a known refund was told to have become more of."""
        told = self.pieces and self._extract_units(refund)
        if not told:
            return
        more = {
            ref: quantity - self.pieces.get(ref, 0.0)
            for ref, quantity in told.items()
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
        self.pieces = {**self.pieces, **told}
        self._credit(order, replace(refund, lines=tuple(lines)))
        self.write(
            {
                "amount": amount + self.amount,
                "credit_due": due + self.credit_due,
                "shares": shares or self.shares,
            }
        )
