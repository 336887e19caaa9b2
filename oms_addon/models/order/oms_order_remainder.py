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
        """Cancel the pieces of a confirmed order that the channel tells no more."""
        if order.state != "sale" or not self._applies(order):
            return
        units = {}
        for line_ref, missing in self._missing(order, document).items():
            if missing > 0:
                canceller = self.env["oms.order.canceller"]
                units.update(canceller._oms_units_of(order, line_ref, "", missing))
        if units:
            self.env["oms.order.canceller"].with_context(oms_from_channel=True)._cancel_units(
                units, self.env._("Cancelled on the channel.")
            )

    @api.model
    def _is_in_line(self, order, document):
        """:return: whether the order has just the pieces that its channel tells"""
        return self._applies(order) and not any(self._missing(order, document).values())

    @api.model
    def _missing(self, order, document):
        """:return: how many pieces more we have than the channel, by its line id
        :rtype: dict[str, float]
        """
        told = {line.ref: float(line.quantity) for line in document.lines if line.kind == "product"}
        left = self.env["oms.order.canceller"]._units_left
        ours = {
            lines[0].oms_line_ref: min(line._oms_channel_quantity(left(line)) for line in lines)
            for lines in order.order_line.filtered(
                lambda l: l.oms_kind == "product" and l.oms_line_ref
            )._oms_channel_lines()
        }
        return {
            ref: ours.get(ref, 0.0) - told.get(ref, 0.0) for ref in dict.fromkeys([*ours, *told])
        }

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
