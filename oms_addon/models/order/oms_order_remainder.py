"""Orders that a channel tells by what is left of them."""

from dataclasses import replace
from decimal import Decimal

from odoo import api, models

from odoo.addons.oms_addon.tools.order_document import Charge


class OmsOrderRemainder(models.AbstractModel):
    """What is cancelled on such a channel is no longer in the order it tells: pieces are fewer,
    the total is lower, and the money for it was given back without a word.
    """

    _name = "oms.order.remainder"
    _description = "Order Remainder"

    @api.model
    def _applies(self, order):
        """:return: whether the order's channel tells what is left"""
        return order.oms_channel_id._adapter()._tells_remainder

    # === PIECES === #

    @api.model
    def _cancel_missing(self, order, document):
        """Cancel the pieces of a confirmed order that the channel no longer reports."""
        if order.state != "sale" or not self._applies(order):
            return
        difference = self.env["oms.order.difference"]
        reported = difference._product_lines(order, document)
        found = difference._compare(order, document, reported)
        if not found or not found.fewer:
            return
        difference._remember({line: reported[line] for line in found.fewer})
        self.env["oms.order.canceller"].with_context(oms_from_channel=True)._cancel_units(
            found.fewer, self.env._("Cancelled on the channel.")
        )

    @api.model
    def _is_in_line(self, order, document):
        """:return: whether the order has just the pieces that its channel reports"""
        if not self._applies(order):
            return False
        difference = self.env["oms.order.difference"]
        found = difference._compare(order, document, difference._product_lines(order, document))
        known = set(order.order_line.mapped("oms_line_ref"))
        has_new = any(l.ref not in known for l in document.lines if l.kind == "product")
        return bool(found) and not any(found) and not has_new

    # === MONEY === #

    @api.model
    def _charges(self, order, document):
        """:return: the charges of a document; one that is lower than it was becomes a refund of
        the difference
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
    def _credit_less(self, order, document):
        """Credit what shipping and fees cost less since items were cancelled: the channel takes
        their share of the items off, and gave it back with them.

        :param document: the ``OrderDocument``, whose charges are recorded
        """
        if order.state != "sale" or document.total is None or not self._applies(order):
            return
        told = {
            (line.kind, line.ref.partition(":")[0]): float(line.subtotal)
            for line in document.lines
            if line.kind != "product" and line.ref
        }
        less = {}
        for line in order.order_line.filtered(lambda l: l.oms_line_ref and l.oms_channel_price):
            if line.oms_kind == "product":
                continue
            key = line.oms_kind, line.oms_line_ref.partition(":")[0]
            amount = line.oms_channel_price * line.product_uom_qty - told.get(key, 0.0)
            if line.product_uom_qty and line.currency_id.compare_amounts(amount, 0.0) > 0:
                line.oms_channel_price -= amount / line.product_uom_qty
                less[line] = line.tax_ids.compute_all(
                    amount, line.currency_id, 1.0, line.product_id, order.partner_id
                )["total_included"]
        if less:
            self.env["oms.order.refund"]._credit_later(
                order, sum(less.values()), less, self.env._("Cancelled on the channel.")
            )

    @api.model
    def _give_back(self, order, document):
        """Record that a channel keeps nothing of an order that was cancelled there.

        :param document: what says so: an ``OrderDocument`` or ``CancellationDocument``
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
        """:return: the refund of what is left of a charge"""
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
        """:return: what the channel still holds of each charge, by its ref
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
