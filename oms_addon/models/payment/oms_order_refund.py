"""What a channel gave back: each refund once, whoever tells it and however often."""

import uuid
from dataclasses import replace
from datetime import timezone
from decimal import Decimal

from odoo import api, fields, models

from odoo.addons.oms_addon.documents.codec import loads
from odoo.addons.oms_addon.documents.order import Charge, Refund, RefundLine
from odoo.addons.oms_addon.tools import sentences
from odoo.addons.oms_addon.tools.bundles import split
from odoo.addons.oms_addon.tools.shares import rounded, spread_within


class OmsOrderRefund(models.Model):
    """A refund of an order, told by its channel or asked for here.

    A refund the channel tells has its ``ref`` there. One that is asked for here has none
    until the channel took it; then it is known by that, and its echo changes nothing. A channel
    with a ledger of refunds tells the echo under an id of the ledger, ``echo_ref``.
    """

    _name = "oms.order.refund"
    _description = "Refund on the Channel"
    _order = "id desc"
    _rec_name = "ref"

    # What may follow what; see _set_state.
    _TRANSITIONS = {
        "asked": ("waiting", "done", "failed"),
        "failed": ("asked", "waiting", "done"),
        "waiting": ("done",),
        "done": (),
    }

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, ondelete="cascade", index=True
    )
    channel_id = fields.Many2one(
        "oms.channel", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="order_id.currency_id")
    ref = fields.Char("Channel Reference", readonly=True)
    echo_ref = fields.Char("Second Channel Reference", readonly=True)
    state = fields.Selection(
        [
            ("asked", "Refund Requested"),
            ("failed", "Rejected by the Channel"),
            ("waiting", "Waiting for the Invoice"),
            ("done", "Done"),
        ],
        required=True,
        readonly=True,
    )
    refunded_at = fields.Datetime("Refunded On", readonly=True)
    amount = fields.Monetary(readonly=True, help="All that is given back, with taxes.")
    credit_due = fields.Monetary(
        "Still to credit", readonly=True, help="Money without goods, once there is an invoice."
    )
    kept = fields.Monetary(
        "Kept by the Channel",
        readonly=True,
        help="What the refunded items cost beyond what was refunded for them.",
    )
    shares = fields.Json(readonly=True, help="What of it belongs to which order line.")
    tax_shares = fields.Json(readonly=True, help="What of the shares is tax, if the channel says.")
    units = fields.Json(readonly=True, help="Units refunded by order line.")
    reason = fields.Char(readonly=True)
    message_id = fields.Many2one("oms.channel.message", readonly=True, index="btree_not_null")
    error = fields.Char(related="message_id.error")

    _ref_uniq = models.UniqueIndex(
        "(order_id, ref) WHERE ref IS NOT NULL", "This refund of the order is known already."
    )
    _echo_uniq = models.UniqueIndex(
        "(order_id, echo_ref) WHERE echo_ref IS NOT NULL",
        "This refund is the echo of another one already.",
    )
    _waiting_idx = models.Index("(order_id) WHERE state = 'waiting'")

    def _set_state(self, state):
        """Move refunds along the table; those already there, or further, stay."""
        moving = self.filtered(lambda r: state in self._TRANSITIONS[r.state])
        moving.sudo().write({"state": state})

    # === WHAT THE CHANNEL TELLS === #

    @api.model
    def _apply(self, pairs):
        """Apply refunds nobody saw before.

        Pieces that did not leave are taken off the order, those invoiced are credited;
        money beyond them is credited once there is an invoice to credit.

        :param list pairs: tuples (``sale.order``, ``order_document.Refund``), oldest first
        """
        known = {
            (refund.order_id.id, refund.ref): refund
            for refund in self.search([("order_id", "in", [order.id for order, _r in pairs])])
        }
        for order, refund in pairs:
            if (order.id, refund.ref) in known:
                known[order.id, refund.ref]._grow(order, refund)
                known[order.id, refund.ref]._credit_beyond(self._total(refund))
                continue
            known[order.id, refund.ref] = self.browse()
            if own := self._made_as(order, refund):
                own._take_made(refund)
                continue
            refund = self._as_meant(order, refund)
            created = self.create([self._prepare_told(order, refund)])
            known[order.id, refund.ref] = created
            created._credit(order, refund)

    @api.model
    def _prepare_told(self, order, refund):
        """:return: the values of a refund the channel tells"""
        return {
            "order_id": order.id,
            "channel_id": order.oms_channel_id.id,
            "company_id": order.company_id.id,
            "ref": refund.ref,
            "state": "waiting",
            "refunded_at": self.env["oms.order.builder"]._naive(refund.at),
            "amount": float(self._total(refund) or 0),
            "reason": refund.reason or self.env._("Refunded on the channel"),
            "pieces": self._told_pieces(refund),
        }

    @api.model
    def _total(self, refund):
        """:return: what a refund gives back in all; ``None`` when nobody tells"""
        if refund.amount is not None:
            return refund.amount
        amounts = [line.amount for line in refund.lines]
        return sum(amounts) if amounts and None not in amounts else None

    def _credit(self, order, refund):
        """Take a refund's pieces off and credit them; find what money is left to credit."""
        self.ensure_one()
        back, kept, shares, told, taxes = {}, {}, {}, {}, {}
        total_units = dict(self.units or {})
        for line in refund.lines:
            units = self._units_of(order, line)
            if line.quantity and not units:
                self._tell_unmatched(order, line)
            chosen, amounts = back if line.returned else kept, self._amounts_of(line, units)
            for order_line, quantity in units.items():
                chosen[order_line] = chosen.get(order_line, 0) + quantity
                key = str(order_line.id)
                total_units[key] = total_units.get(key, 0.0) + quantity
                told[order_line] = self._sum_known(
                    told.get(order_line, 0.0), amounts.get(order_line)
                )
            if line.amount and not line.quantity:
                named = order.order_line.filtered(
                    lambda l, ref=line.line_ref: ref and l.oms_line_ref == ref
                )[:1]
                if named:
                    shares[named] = shares.get(named, 0.0) + float(line.amount)
                    if line.tax is not None:
                        taxes[named] = taxes.get(named, 0.0) + float(line.tax)
        value, less, cents, amounts = self._values(order, back, kept, told)
        total = self._total(refund)
        rest = order.currency_id.round(float(total) - value) if total is not None else 0.0
        if order.currency_id.compare_amounts(rest, 0.0) < 0:
            less, rest = less - rest, 0.0
        # What is owed is known before the pieces are taken off.
        self.kept += less + cents
        later = self._value_to_invoice(back, amounts)
        if kept:
            self.env["oms.order.canceller"]._cancel_units(
                kept, self.reason, amounts, is_refunded=True
            )
        if back:
            for order_line, quantity in back.items():
                order_line.oms_cancelled_qty += quantity
            self.env["oms.invoice.poster"]._credit(order, back, self.reason, amounts=amounts)
            # What came back is not owed, so that it may pay for what was added.
            self.env["oms.payment.collector"]._look_at(order)
        for order_line, amount in later.items():
            shares[order_line] = shares.get(order_line, 0.0) + amount
        if order.currency_id.compare_amounts(less, 0.0) > 0:
            self._tell_less(order, less)
        self.write(
            {
                "credit_due": rest + sum(later.values()),
                "shares": {str(line.id): amount for line, amount in shares.items()},
                "tax_shares": {str(line.id): amount for line, amount in taxes.items()},
                "units": total_units,
                "amount": float(total or value),
            }
        )
        self._credit_waiting(order)

    @api.model
    def _amounts_of(self, line, units):
        """Share what was given back of a channel line among the order lines it is: of a bundle
        nobody tells what each part of it costs.

        :param RefundLine line: the channel line
        :param dict units: its units by order line
        :return: amounts by order line; empty where it is not told
        :rtype: dict
        """
        if line.amount is None or not units:
            return {}
        left = self.env["oms.invoice.poster"]._value_left
        weights = [Decimal(str(max(left(one, count), 0.0))) for one, count in units.items()]
        coin = Decimal(str(next(iter(units)).currency_id.rounding))
        return dict(zip(units, split(line.amount, weights, coin), strict=True))

    @api.model
    def _sum_known(self, known, amount):
        """:return: the sum of two amounts; ``None`` when one of them is not told"""
        return None if known is None or amount is None else known + float(amount)

    @api.model
    def _values(self, order, back, kept, told):
        """Find what the pieces of a refund are credited with: what the channel gave back for them,
        or all they cost where it does not say, or gave more.

        :param dict told: what was given back, by order line; ``None`` where it is not told
        :return: all of it, what the channel kept of what they cost, the cents it kept beyond that
            as rounding left them, and the amounts that were told by order line
        :rtype: tuple[float, float, float, dict]
        """
        currency, value, less, cents, amounts = order.currency_id, 0.0, 0.0, 0.0, {}
        left = self.env["oms.invoice.poster"]._value_left
        units = {line: back.get(line, 0) + kept.get(line, 0) for line in {**back, **kept}}
        untold = {line: units[line] for line in units if told.get(line) is None}
        told = {**told, **self.env["oms.order.canceller"]._shares_of_bundles(untold, {})}
        for line, quantity in units.items():
            cost = left(line, quantity)
            amount, slack = told.get(line), currency.rounding * max(quantity, 1.0)
            is_both = line in back and line in kept
            if amount is not None and amount > cost:
                # Beyond what is left of a line its money is of others.
                amount = min(amount, max(cost, left(line, line.product_uom_qty)))
            if amount is None or is_both:
                value += cost
                continue
            if currency.compare_amounts(amount, cost + slack) > 0:
                # Just what is counted for them is credited for them: the rest is of all lines.
                amounts[line] = cost
                value += cost
                continue
            amounts[line] = amount
            # Without any money it is no price that was lowered: the balance says what is due.
            due = min(cost, self._value_there(line, quantity)) - slack
            if amount and currency.compare_amounts(due, amount) > 0:
                less += cost - amount
            elif amount and kept.get(line, 0.0) >= line.product_uom_qty:
                # Nothing stays of the line that would cost them more; the invoice may be cents off.
                whole = line._oms_value_of(quantity)
                is_same = currency.compare_amounts(whole - cost, slack) <= 0
                cents += max((whole if is_same else cost) - amount, 0.0)
            value += amount
        return value, less, cents, amounts

    @api.model
    def _value_to_invoice(self, back, amounts):
        """:return: what is credited of pieces that came back, once they are invoiced: an order may
        come with its refunds
        :rtype: dict
        """
        later = {}
        for line, quantity in back.items():
            open_units = quantity - max(line.qty_invoiced, 0.0)
            if line.product_uom_id.compare(open_units, 0) > 0:
                cost = line._oms_value_of(open_units)
                later[line] = min(amounts.get(line, cost), cost)
        return later

    @api.model
    def _units_of(self, order, line):
        """:return: our units by order line that the pieces of a refund line are
        :rtype: dict
        """
        if not line.quantity:
            return {}
        matched, _missing = self.env["oms.order.canceller"]._match_lines([line], order)
        return matched

    @api.model
    def _tell_unmatched(self, order, line):
        """Nothing is dropped: a person finds out which line is meant."""
        self.env["oms.hold"]._open(
            order,
            [
                {
                    "code": "REFUND_UNMATCHED",
                    "message": self.env._(
                        "The channel refunded %(quantity)s × %(sku)s, which is on no line any "
                        "more: credit it by hand, then release.",
                        quantity=f"{line.quantity:f}",
                        sku=self._name_of(order, line),
                    ),
                }
            ],
        )

    @api.model
    def _name_of(self, order, line):
        """:return: what people call the line of a refund; a row's number is the last resort"""
        if line.sku:
            return line.sku
        named = line.line_ref and order.order_line.filtered(
            lambda l: l.oms_line_ref == line.line_ref
        )
        if named:
            return named[0].oms_sku or named[0].product_id.display_name
        return self.env._("channel line %(ref)s", ref=line.line_ref)

    def _tell_less(self, order, kept):
        """The channel gave back less than the pieces cost."""
        self.env["oms.hold"]._open(
            order,
            [
                {
                    "code": "REFUND_UNMATCHED",
                    "message": self.env._(
                        "The channel kept %(kept)s of what the items of refund %(ref)s cost: "
                        "see that it is invoiced, or refund the rest there, then release.",
                        kept=order.currency_id.format(kept),
                        ref=self.ref,
                    ),
                }
            ],
        )

    @api.model
    def _credit_waiting(self, orders):
        """Credit the money of refunds whose orders are invoiced by now."""
        waiting = self.search([("order_id", "in", orders.ids), ("state", "=", "waiting")])
        for refund in waiting:
            order, due = refund.order_id, refund.credit_due
            if order.currency_id.is_zero(due):
                refund._set_state("done")
                continue
            if order.state == "cancel":
                refund.credit_due = 0.0
                refund._set_state("done")
                continue
            refund._credit_due()

    def _credit_due(self):
        """Credit what is left to credit of a refund, as far as its order is invoiced."""
        self.ensure_one()
        poster, order = self.env["oms.invoice.poster"], self.order_id
        shares, taxes = (
            {
                self.env["sale.order.line"].browse(int(line_id)): share
                for line_id, share in (told or {}).items()
            }
            for told in (self.shares, self.tax_shares)
        )
        notes = poster._credit_money(order, self.credit_due, self.reason, shares, taxes=taxes)
        left = order.currency_id.round(self.credit_due - sum(notes.mapped("amount_total")))
        if notes:
            self.write({"credit_due": left, "shares": {}})
        if order.currency_id.is_zero(left):
            self._set_state("done")
        elif poster._invoices_of(order.sudo()) and not poster._is_to_invoice(order.sudo()):
            # Whatever was given back, no more than was invoiced can be credited.
            self.credit_due = 0.0
            self._set_state("done")
            self._hold_for_excess(left)

    def _hold_for_excess(self, excess):
        """More was given back than is left of what was invoiced."""
        self.env["oms.hold"]._open(
            self.order_id,
            [
                {
                    "code": "REFUND_UNMATCHED",
                    "message": self.env._(
                        "Refund %(ref)s exceeds what is left of the invoices by %(excess)s: "
                        "check the refund on the channel, book the difference by hand, then "
                        "release.",
                        ref=self.ref,
                        excess=self.currency_id.format(excess),
                    ),
                }
            ],
        )

    # === WHAT A LEDGER TELLS === #

    @api.model
    def _as_meant(self, order, refund):
        """:return: a refund as its channel means it: a ledger names pieces that money is given
        back for, be it all they cost or a part
        """
        if not order.oms_channel_id._adapter()._has_refund_ledger:
            return refund
        return replace(refund, lines=tuple(self._line_as_meant(order, l) for l in refund.lines))

    @api.model
    def _line_as_meant(self, order, line):
        """:return: a refund's line with its pieces, when they are paid in full and did not leave;
        else with its money only
        """
        units = self._units_of(order, line)
        are_here = not order.oms_by_channel and all(
            order_line._oms_here() >= quantity for order_line, quantity in units.items()
        )
        # Of a part of a line the channel may round the cents otherwise.
        slack = order.currency_id.rounding * max(sum(units.values()), 1.0)
        is_full = any(
            abs(value - float(line.amount or 0)) < slack + 1e-9
            for value in self._full_values(units)
        )
        if units and are_here and is_full:
            return line
        [of_line] = self.env["oms.order.canceller"]._channel_lines(order, line.line_ref, line.sku)[
            :1
        ] or [self.env["sale.order.line"]]
        return replace(line, quantity=Decimal(0), line_ref=of_line[:1].oms_line_ref or "")

    @api.model
    def _full_values(self, units):
        """:param dict units: units by order line
        :return: what a channel may give back for them where it gives all: what they cost here, or
            there, where the cents that earlier pieces left are on none of them, or what is left of
            that beside money that was given back before
        :rtype: list[float]
        """
        left = self.env["oms.invoice.poster"]._value_left
        prices = (
            lambda line, quantity: line._oms_value_of(quantity),
            self._value_there,
            left,
        )
        return [sum(price(line, count) for line, count in units.items()) for price in prices]

    @api.model
    def _value_there(self, line, quantity):
        """:return: what units of a line cost on the channel, with taxes"""
        if line.oms_channel_price:
            return line._oms_reported_value(quantity)
        return line._oms_value_of(quantity)

    @api.model
    def _take_echoes(self, order, document):
        """Recognise refunds made by us in what a ledger tells: each entry is one of ours at most.

        :param document: ``RefundDocument``
        :return: what of the document nobody here knew, its charges likewise
        """
        if not order.oms_channel_id._adapter()._has_refund_ledger:
            return document
        echoes = set(order.oms_refund_ids.filtered("echo_ref").mapped("echo_ref"))
        known = echoes | set(order.oms_refund_ids.filtered("ref").mapped("ref"))
        for refund in document.refunds:
            if refund.ref not in known and (own := self._own(order, refund)):
                own._take_echo(refund)
                echoes.add(refund.ref)
        return replace(
            document,
            refunds=tuple(r for r in document.refunds if r.ref not in echoes),
            charges=tuple(c for c in document.charges if c.ref not in echoes),
        )

    @api.model
    def _own(self, order, refund):
        """:return: the refund of ours that a ledger's entry may tell of: of just its amount before
        one within the ledger's slack, what the channel took before what it was only asked for,
        the oldest first
        """
        amount = float(self._total(refund) or 0)
        slack = order.oms_channel_id._adapter()._ledger_slack(order) * order.currency_id.rounding

        def is_other(own):
            return bool(own.currency_id.compare_amounts(own.amount, amount))

        found = order.oms_refund_ids.filtered(
            lambda own: (
                own.message_id
                and (own.kind == "refund" or own._is_whole())
                and not own.echo_ref
                and own.state != "failed"
                and own.currency_id.compare_amounts(abs(own.amount - amount), slack) <= 0
            )
        )
        return found.sorted(lambda own: (is_other(own), own.state == "asked", own.id))[:1]

    def _take_echo(self, refund):
        """The ledger tells a refund of ours, maybe before the channel answered us."""
        self.ensure_one()
        self.echo_ref = refund.ref
        if self.kind == "cancellation":
            self.refunded_at = self.env["oms.order.builder"]._naive(refund.at)
            self._set_state("done")
        elif self.state == "asked":
            self._begin(loads(self.message_id._raw_payload()), refund.ref, refund.at)

    # === WHAT WE ASK OF THE CHANNEL === #

    @api.model
    def _ask(self, order, content, reason):
        """Have the channel give money back; it is applied here when the channel took it.

        :param order: one ``sale.order`` of a channel that can
        :param dict content: what the adapter's ``_push_refund`` gets, without ``order_ref``,
            ``currency`` and ``text``
        :param str reason: why, in words
        :return: the refund
        """
        content = self._with_rest(order, content)
        refund = self.create([self._prepare_asked(order, content, reason)])
        refund._send(content)
        self.env["oms.event"]._log(
            order,
            "refund.asked",
            self.env._(
                "Refund of %(amount)s asked of the channel: %(reason)s",
                amount=order.currency_id.format(refund.amount),
                reason=reason,
            ),
        )
        return refund

    @api.model
    def _with_rest(self, order, content):
        """Say which lines money is of that no line of a refund names: it is spread over what is
        left of each, so that the channel books for each tax what the credit note does.

        :return: the content, with lines of money alone and its part of the shipping
        :rtype: dict
        """
        coin = self.env["oms.invoice.poster"]._coin(order.currency_id)
        named = {}
        for line in content["lines"]:
            ref = line.get("line_ref")
            named[ref] = named.get(ref, Decimal(0)) + Decimal(line.get("amount") or 0)
        shipping = Decimal(content.get("shipping") or 0)
        rest = Decimal(content["amount"]) - sum(named.values()) - shipping
        limits = self._lines_left(order, {**named, None: shipping}, coin) if rest > 0 else {}
        shares, _left = spread_within(rest, list(limits.values()), coin) if limits else ([], 0)
        lines = list(content["lines"])
        for line, share in zip(limits, shares, strict=True):
            if share and line.oms_kind == "shipping":
                shipping += share
            elif share:
                lines.append(self._prepare_money_line(line, share))
        return {**content, "shipping": f"{rounded(shipping, coin):f}", "lines": lines}

    @api.model
    def _lines_left(self, order, named, coin):
        """:param dict named: what a refund names already, by line id; of shipping by ``None``
        :return: what can still be given back of each line that the channel knows
        :rtype: dict[sale.order.line, Decimal]
        """
        poster, named, left = self.env["oms.invoice.poster"], dict(named), {}
        for line in order.order_line.filtered(
            lambda l: l.oms_line_ref and not l.display_type and l.price_total > 0
        ):
            whole = rounded(Decimal(str(poster._value_left(line, line.product_uom_qty))), coin)
            key = None if line.oms_kind == "shipping" else line.oms_line_ref
            taken = min(named.get(key, Decimal(0)), whole)
            named[key] = named.get(key, Decimal(0)) - taken
            left[line] = max(whole - taken, Decimal(0))
        return left

    @api.model
    def _prepare_money_line(self, line, amount):
        """:return: money of an order line without pieces, as of ``_push_refund``"""
        return {
            "line_ref": line.oms_line_ref,
            "sku": line.oms_sku or "",
            "quantity": "0",
            "amount": f"{amount:f}",
            "restock": False,
            "returned": False,
        }

    @api.model
    def _prepare_asked(self, order, content, reason):
        """:return: the values of a refund that is asked of the channel"""
        return {
            "order_id": order.id,
            "channel_id": order.oms_channel_id.id,
            "company_id": order.company_id.id,
            "state": "asked",
            "amount": float(content["amount"]),
            "reason": reason,
        }

    def _send(self, content):
        """Put the wish for one refund into the outbox, under a key that makes it unique.

        :param dict content: see ``_ask``
        """
        channel, key = self.channel_id, f"refund:{self.id}"
        body = {
            **content,
            "order_ref": self.order_id.oms_order_ref,
            "currency": self.order_id.currency_id.name,
            "text": self.reason,
        }
        messages = self.env["oms.channel.message"]
        messages._send_later([(channel, "refund", key, self.order_id, body)])
        self.message_id = messages.search(
            [
                ("channel_id", "=", channel.id),
                ("direction", "=", "out"),
                ("event_ref", "=", key),
            ]
        )

    @api.model
    def _took(self, message, answer):
        """Apply a refund the channel took; from now on it is known by the channel's id.

        The money is told by the channel; one that cannot be asked, or has a ledger that tells
        it days later, tells nothing now, so that its taking it is all there is.

        :param message: the outbound ``oms.channel.message``
        :param dict answer: what the adapter's ``_push_refund`` returned
        """
        refund = self.search([("message_id", "=", message.id)], limit=1)
        refund._note_paper(answer)
        if not refund or refund.state == "done" or refund.echo_ref:
            return
        if refund.kind == "cancellation":
            refund._took_cancellation(answer or {})
            return
        content = loads(message._raw_payload())
        ref = str((answer or {}).get("refund_ref") or refund._own_ref())
        told = self.search([("order_id", "=", refund.order_id.id), ("ref", "=", ref)])
        if told:
            # The channel told it faster than it answered.
            refund._set_state("done")
            return
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        refund._begin(content, ref, now, str((answer or {}).get("charge_ref") or ref))
        refund.order_id._oms_run()

    def _begin(self, content, ref, at, charge_ref=""):
        """Apply a refund of ours that the channel made.

        :param dict content: what was asked for
        :param str ref: what the channel calls it
        :param datetime at: when
        :param str charge_ref: what it calls the money, when that is another name
        """
        self.ensure_one()
        order = self.order_id
        self.write({"ref": ref, "refunded_at": self.env["oms.order.builder"]._naive(at)})
        self._set_state("waiting")
        adapter = order.oms_channel_id._adapter()
        if adapter._has_refund_ledger or not adapter._can_fetch:
            charge = self._prepare_charge(content, charge_ref or ref, at)
            self.env["oms.payment.collector"]._record([(order, charge)])
        self._credit(order, self._document_of(content, ref, at))

    @api.model
    def _prepare_charge(self, content, ref, at):
        """:return: the charge of a refund nobody but us tells of"""
        return Charge(
            ref=ref or str(uuid.uuid4()),
            kind="refund",
            amount=Decimal(content["amount"]),
            currency=content["currency"],
            at=at,
            status="success",
        )

    def _document_of(self, content, ref, at):
        """:return: what was asked for, as the channel would tell it"""
        shipping = Decimal(content.get("shipping") or 0)
        of_shipping = self.order_id.order_line.filtered(lambda l: l.oms_kind == "shipping")[:1]
        return Refund(
            ref=ref,
            at=at,
            amount=Decimal(content["amount"]),
            reason=content["text"],
            lines=tuple(
                RefundLine(
                    line_ref=line.get("line_ref") or "",
                    sku=line.get("sku") or "",
                    quantity=Decimal(line["quantity"]),
                    amount=Decimal(line["amount"]) if line.get("amount") else None,
                    returned=bool(line.get("returned")),
                )
                for line in content["lines"]
            )
            + (
                (RefundLine(line_ref=of_shipping.oms_line_ref or "", amount=shipping),)
                if shipping and of_shipping
                else ()
            ),
        )

    @api.model
    def _refused(self, message, is_certain=True):
        """The channel will not give the money back, or nobody knows: a person has to look.

        :param bool is_certain: whether the channel said no; else the last call may have been
            carried out
        """
        for refund in self.search([("message_id", "=", message.id), ("state", "=", "asked")]):
            refund._set_state("failed")
            text = refund._refused_text(message.error or "", is_certain)
            self.env["oms.hold"]._open(
                refund.order_id, [{"code": "REFUND_UNMATCHED", "message": text}]
            )

    def _refused_text(self, error, is_certain):
        """:return: what a person has to do about a refund or cancellation that failed"""
        self.ensure_one()
        values = {"amount": self.currency_id.format(self.amount), "error": sentences.join([error])}
        if self._is_whole():
            if is_certain:
                return self.env._(
                    "The channel refused to cancel the order and refund %(amount)s: %(error)s "
                    "Cancel it on the channel, then release.",
                    **values,
                )
            return self.env._(
                "It is not certain whether the channel cancelled the order and refunded "
                "%(amount)s: %(error)s Check the order on the channel, and retry the message "
                "only if it did not.",
                **values,
            )
        if self.kind == "cancellation":
            if is_certain:
                return self.env._(
                    "The channel refused to cancel the items (%(amount)s): %(error)s Cancel them "
                    "on the channel, then release.",
                    **values,
                )
            return self.env._(
                "It is not certain whether the channel cancelled the items (%(amount)s): "
                "%(error)s Check the order on the channel, and retry the message only if it "
                "did not.",
                **values,
            )
        if is_certain:
            return self.env._("The channel refused to give back %(amount)s: %(error)s", **values)
        return self.env._(
            "It is not certain whether the channel refunded %(amount)s: %(error)s Check the "
            "order on the channel, and retry the message only if it did not.",
            **values,
        )
