"""Refunds requested from the channel: sent, accepted or rejected."""

import uuid
from datetime import timezone
from decimal import Decimal

from odoo import api, fields, models

from odoo.addons.oms_addon.documents.codec import loads
from odoo.addons.oms_addon.documents.order import Charge, Refund, RefundLine
from odoo.addons.oms_addon.documents.problems import HoldReason
from odoo.addons.oms_addon.tools import sentences
from odoo.addons.oms_addon.tools.shares import rounded, spread_within


class OmsOrderRefund(models.Model):
    _inherit = "oms.order.refund"

    # === REQUESTED REFUNDS === #

    @api.model
    def _request(self, order, content, reason):
        """Request a refund from the channel; it is applied in Odoo once the channel accepts it.

        :param order: one ``sale.order`` of a channel that supports refunds
        :param dict content: the argument of the adapter's ``_push_refund``, without ``order_ref``,
            ``currency`` and ``text``
        :param str reason: the reason, as text
        :return: the refund
        """
        content = self._with_rest(order, content)
        refund = self.create([self._prepare_requested_values(order, content, reason)])
        refund._send(content)
        self.env["oms.event"]._log(
            order,
            "refund.asked",
            self.env._(
                "Refund of %(amount)s requested on the channel: %(reason)s",
                amount=order.currency_id.format(refund.amount),
                reason=reason,
            ),
        )
        return refund

    @api.model
    def _with_rest(self, order, content):
        """Spread the amount of a refund that is not assigned to lines over what is left of each
        line, so that the channel books the same taxes as the credit note.

        :return: the content, with added lines without quantity and the shipping amount
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
        """:param dict named: amounts already in the refund, by line id; shipping under ``None``
        :return: the refundable amount of each line that exists on the channel
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
        """:return: a line of ``_push_refund`` with an amount and no quantity"""
        return {
            "line_ref": line.oms_line_ref,
            "sku": line.oms_sku or "",
            "quantity": "0",
            "amount": f"{amount:f}",
            "restock": False,
            "returned": False,
        }

    @api.model
    def _prepare_requested_values(self, order, content, reason):
        """:return: the values of a requested refund"""
        return {
            "order_id": order.id,
            "channel_id": order.oms_channel_id.id,
            "company_id": order.company_id.id,
            "state": "asked",
            "amount": float(content["amount"]),
            "reason": reason,
        }

    def _send(self, content):
        """Put a refund request into the outbox, under a unique key.

        :param dict content: see ``_request``
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
    def _apply_accepted(self, message, outcome):
        """Apply a refund accepted by the channel, and store its id.

        If the channel cannot be polled, or reports refunds days later in a ledger, its charge is
        recorded now.

        :param message: the outbound ``oms.channel.message``
        :param outcomes.RefundOutcome outcome: what the adapter returned
        """
        refund = self.search([("message_id", "=", message.id)], limit=1)
        refund._note_paper(outcome.is_manual)
        if not refund or refund.state == "done" or refund.echo_ref:
            return
        if refund.kind == "cancellation":
            refund._apply_accepted_cancellation(outcome)
            return
        content = loads(message._raw_payload())
        ref = outcome.refund_ref or refund._own_ref()
        reported = self.search([("order_id", "=", refund.order_id.id), ("ref", "=", ref)])
        if reported:
            # The channel reported the refund before answering the request.
            refund._advance_to("done")
            return
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        refund._begin(content, ref, now, outcome.charge_ref or ref)
        refund.order_id._oms_run()

    def _begin(self, content, ref, at, charge_ref=""):
        """Apply our refund that the channel made.

        :param dict content: the requested refund
        :param str ref: the channel's id of the refund
        :param datetime at: date of the refund
        :param str charge_ref: the channel's id of the payment, if different
        """
        self.ensure_one()
        order = self.order_id
        self.write({"ref": ref, "refunded_at": self.env["oms.order.builder"]._naive(at)})
        self._advance_to("waiting")
        adapter = order.oms_channel_id._adapter()
        if adapter._has_refund_ledger or not adapter._can_fetch:
            charge = self._prepare_charge(content, charge_ref or ref, at)
            self.env["oms.payment.collector"]._record([(order, charge)])
        self._credit(order, self._document_of(content, ref, at))

    @api.model
    def _prepare_charge(self, content, ref, at):
        """:return: the charge of a refund that the channel does not report itself"""
        return Charge(
            ref=ref or str(uuid.uuid4()),
            kind="refund",
            amount=Decimal(content["amount"]),
            currency=content["currency"],
            at=at,
            status="success",
        )

    def _document_of(self, content, ref, at):
        """:return: the requested refund as a document of the channel"""
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
        """Open an exception for a refund that was rejected or whose result is unknown.

        :param bool is_certain: whether the channel rejected it; if not, the request may have been
            processed
        """
        for refund in self.search([("message_id", "=", message.id), ("state", "=", "asked")]):
            refund._advance_to("failed")
            text = refund._refused_text(message.error or "", is_certain)
            self.env["oms.hold"]._open(
                refund.order_id, [HoldReason(code="REFUND_UNMATCHED", message=text)]
            )

    def _refused_text(self, error, is_certain):
        """:return: the message for a failed refund or cancellation"""
        self.ensure_one()
        values = {"amount": self.currency_id.format(self.amount), "error": sentences.join([error])}
        if self._is_whole():
            if is_certain:
                return self.env._(
                    "The channel rejected the cancellation of the order and the refund of "
                    "%(amount)s: %(error)s Cancel the order on the channel, then release it.",
                    **values,
                )
            return self.env._(
                "It is unknown whether the channel cancelled the order and refunded "
                "%(amount)s: %(error)s Check the order on the channel, and retry the message "
                "only if it did not.",
                **values,
            )
        if self.kind == "cancellation":
            if is_certain:
                return self.env._(
                    "The channel rejected the cancellation of the items (%(amount)s): %(error)s "
                    "Cancel them on the channel, then release the order.",
                    **values,
                )
            return self.env._(
                "It is unknown whether the channel cancelled the items (%(amount)s): %(error)s "
                "Check the order on the channel, and retry the message only if it did not.",
                **values,
            )
        if is_certain:
            return self.env._("The channel rejected the refund of %(amount)s: %(error)s", **values)
        return self.env._(
            "It is unknown whether the channel refunded %(amount)s: %(error)s Check the "
            "order on the channel, and retry the message only if it did not.",
            **values,
        )
