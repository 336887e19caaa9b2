"""Refunds of channels with a refund ledger: interpretation and matching to our own."""

from dataclasses import replace
from decimal import Decimal

from odoo import api, models

from odoo.addons.oms_addon.documents.codec import loads


class OmsOrderRefund(models.Model):
    _inherit = "oms.order.refund"

    # === LEDGER ENTRIES === #

    @api.model
    def _as_meant(self, order, refund):
        """:return: a refund whose ledger lines keep their quantity only if it was fully refunded; a
        ledger names items even if just a part of their price is refunded
        """
        if not order.oms_channel_id._adapter()._has_refund_ledger:
            return refund
        return replace(refund, lines=tuple(self._line_as_meant(order, l) for l in refund.lines))

    @api.model
    def _line_as_meant(self, order, line):
        """:return: the refund line with its quantity if it is unshipped and fully refunded; else
        with its amount only
        """
        units = self._units_of(order, line)
        are_here = not order.oms_by_channel and all(
            order_line._oms_here() >= quantity for order_line, quantity in units.items()
        )
        # The channel may round a part of a line differently.
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
        :return: the amounts that count as a full refund: the value in Odoo, the value on the
            channel, which may exclude rounding of earlier units, or the uncredited value
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
        """:return: the value of units of a line on the channel, including taxes"""
        if line.oms_channel_price:
            return line._oms_reported_value(quantity)
        return line._oms_value_of(quantity)

    @api.model
    def _apply_echoes(self, order, document):
        """Match ledger entries to our own refunds, each to one at most.

        :param document: ``RefundDocument``
        :return: the document without the entries and charges that are our own
        """
        if not order.oms_channel_id._adapter()._has_refund_ledger:
            return document
        echoes = set(order.oms_refund_ids.filtered("echo_ref").mapped("echo_ref"))
        known = echoes | set(order.oms_refund_ids.filtered("ref").mapped("ref"))
        for refund in document.refunds:
            if refund.ref not in known and (own := self._own(order, refund)):
                own._apply_echo(refund)
                echoes.add(refund.ref)
        return replace(
            document,
            refunds=tuple(r for r in document.refunds if r.ref not in echoes),
            charges=tuple(c for c in document.charges if c.ref not in echoes),
        )

    @api.model
    def _own(self, order, refund):
        """:return: our own refund that matches a ledger entry: the exact amount before one within
        the tolerance, those accepted by the channel before those requested, oldest first
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

    def _apply_echo(self, refund):
        """Record that the ledger reported our refund, possibly before the channel's answer."""
        self.ensure_one()
        self.echo_ref = refund.ref
        if self.kind == "cancellation":
            self.refunded_at = self.env["oms.order.builder"]._naive(refund.at)
            self._advance_to("done")
        elif self.state == "asked":
            self._begin(loads(self.message_id._raw_payload()), refund.ref, refund.at)
