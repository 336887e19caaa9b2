"""Orders of channels that report the remaining order after cancellations."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal

from odoo import api, models

from odoo.addons.oms_addon.documents.order import Charge
from odoo.addons.oms_addon.tools.sealed_context import sealed
from odoo.addons.oms_addon.tools.shares import rounded, spread_within


class OmsOrderRemainder(models.AbstractModel):
    """On these channels, cancelled units are removed from the reported order: quantities and total
    are lower, and the refund is not reported separately.
    """

    _name = "oms.order.remainder"
    _description = "Remaining Order"

    @api.model
    def _applies(self, order):
        """:return: whether the order's channel reports the remainder"""
        return order.oms_channel_id._adapter()._tells_remainder

    # === UNITS === #

    @api.model
    def _cancel_missing(self, order, document):
        """Cancel the units of a confirmed order that the channel no longer reports."""
        if order.state != "sale" or not self._applies(order):
            return
        difference = self.env["oms.order.difference"]
        reported = difference._product_lines(order, document)
        found = difference._compare(order, document, reported)
        if not found or not found.fewer:
            return
        difference._remember({line: reported[line] for line in found.fewer})
        self.env["oms.order.canceller"].with_context(**sealed(from_channel=True))._cancel_units(
            found.fewer, self.env._("Cancelled on the channel.")
        )

    @api.model
    def _is_in_line(self, order, document):
        """:return: whether the order's units equal those its channel reports"""
        if not self._applies(order):
            return False
        difference = self.env["oms.order.difference"]
        found = difference._compare(order, document, difference._product_lines(order, document))
        known = set(order.order_line.mapped("oms_line_ref"))
        has_new = any(l.ref not in known for l in document.lines if l.kind == "product")
        return bool(found) and not any(found) and not has_new

    # === PAYMENTS === #

    @api.model
    def _charges(self, order, document):
        """:return: the charges of a document; a charge lower than recorded is replaced by a refund
        of the difference
        """
        if not self._applies(order):
            return document.charges
        held, charges = self._held(order), []
        for charge in document.charges:
            amount = held.get(charge.ref)
            if charge.kind != "charge" or amount is None or charge.amount > amount:
                charges.append(charge)
            elif charge.amount < amount:
                charges.append(
                    replace(
                        charge,
                        ref=f"{charge.ref}:{charge.amount:f}",
                        kind="refund",
                        amount=amount - charge.amount,
                        at=document.updated_at or charge.at,
                    )
                )
        return charges

    @api.model
    def _credit_less(self, order, document, charges):
        """Credit the amounts by which shipping and fees decreased on the channel, which refunded
        them with cancelled items.

        :param document: the ``OrderDocument``
        :param charges: its recorded charges, see ``_charges``
        """
        if order.state != "sale" or document.total is None or not self._applies(order):
            return
        less = {}
        for line, amount in self._lowered(order, document).items():
            line.oms_channel_price -= float(amount) / line.product_uom_qty
            less[line] = line.tax_ids.compute_all(
                float(amount), line.currency_id, 1.0, line.product_id, order.partner_id
            )["total_included"]
        amount = sum(less.values())
        if any(charge not in document.charges for charge in charges):
            amount = self._not_credited(order, amount)
        if order.currency_id.compare_amounts(amount, 0.0) > 0:
            self.env["oms.order.refund"]._credit_later(
                order, amount, less, self.env._("Cancelled on the channel.")
            )

    @api.model
    def _not_credited(self, order, amount):
        """Compute what remains to be credited of an unspecified refund. The channel may have
        refunded more for items than their lines in Odoo had left.

        :param float amount: the known part of it
        :return: ``amount`` itself while part of the order is still to be invoiced
        :rtype: float
        """
        order, poster = order.sudo(), self.env["oms.invoice.poster"]
        if not poster._invoices_of(order) or poster._is_to_invoice(order):
            return amount
        notes = order.invoice_ids.filtered(
            lambda move: move.move_type == "out_refund" and move.state == "posted"
        )
        waiting = order.oms_refund_ids.filtered(lambda refund: refund.state == "waiting")
        credited = sum(notes.mapped("amount_total")) + sum(waiting.mapped("credit_due"))
        return order.oms_amount_refunded - credited

    @api.model
    def _lowered(self, order, document):
        """Compute by how much shipping and fee lines decreased on the channel.

        The channel reports amounts by tax rate, and a derived rate may change by rounding: an
        increase at one rate is deducted from the decrease at another.

        :return: decrease in the channel's prices, by order line
        :rtype: dict[sale.order.line, Decimal]
        """
        coin = self.env["oms.invoice.poster"]._coin(order.currency_id)
        told, lost, lowered = Counter(), {}, {}
        for line in document.lines:
            if line.kind != "product" and line.ref:
                told[line.kind, line.ref] += rounded(line.subtotal, coin)
        for line in order.order_line.filtered(lambda l: l.oms_line_ref and l.oms_channel_price):
            if line.oms_kind == "product" or not line.product_uom_qty:
                continue
            amount = rounded(Decimal(str(line.oms_channel_price * line.product_uom_qty)), coin)
            found = min(told[line.oms_kind, line.oms_line_ref], amount)
            told[line.oms_kind, line.oms_line_ref] -= found
            kind = line.oms_kind, line.oms_line_ref.partition(":")[0]
            lost.setdefault(kind, {})[line] = amount - found
        for (kind, name), lines in lost.items():
            elsewhere = sum(
                amount
                for (of_kind, ref), amount in told.items()
                if (of_kind, ref.partition(":")[0]) == (kind, name)
            )
            amount = max(sum(lines.values()) - elsewhere, Decimal(0))
            shares, _left = spread_within(amount, list(lines.values()), coin)
            lowered |= {line: share for line, share in zip(lines, shares, strict=True) if share}
        return lowered

    @api.model
    def _apply_cancelled(self, order, document):
        """Record the refund of all payments of an order that was cancelled on the channel.

        :param document: the ``OrderDocument`` or ``CancellationDocument``
        """
        if not self._applies(order):
            return
        rest = Decimal(str(order.currency_id.round(order._oms_refundable())))
        charges = []
        for ref, amount in self._held(order).items():
            amount = min(amount, rest)
            if amount > 0:
                rest -= amount
                charges.append(self._prepare_refund(order, ref, amount, document))
        self.env["oms.payment.collector"]._record([(order, charge) for charge in charges])
        if document.updated_at:
            order.oms_updated_at = self.env["oms.order.builder"]._naive(document.updated_at)
        order.oms_channel_status = "cancelled"

    @api.model
    def _prepare_refund(self, order, ref, amount, document):
        """:return: the refund of the rest of a charge"""
        return Charge(
            ref=f"{ref}:0",
            kind="refund",
            amount=amount,
            currency=order.currency_id.name,
            at=document.updated_at or document.at,
            status="success",
        )

    @api.model
    def _held(self, order):
        """:return: the unrefunded amount of each charge, by its ref
        :rtype: dict[str, Decimal]
        """
        moved = order.sudo().transaction_ids.filtered(lambda tx: tx.state == "done")
        held = {
            tx.oms_charge_ref: Decimal(str(tx.amount))
            for tx in moved
            if tx.oms_charge_kind == "charge" and tx.oms_charge_ref
        }
        for tx in moved.filtered(lambda tx: tx.oms_charge_kind == "refund" and tx.oms_charge_ref):
            ref = tx.oms_charge_ref.rpartition(":")[0]
            if ref in held:
                held[ref] -= Decimal(str(abs(tx.amount)))
        return held
