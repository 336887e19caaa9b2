"""PrestaShop: push cancellations and refunds."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from odoo import api, models

from odoo.addons.oms_addon.channels.outcomes import Outcome, RefundOutcome
from odoo.addons.oms_addon.exceptions import FinalError
from odoo.addons.oms_addon.tools.shares import rounded

from .parse_orders import read_order
from .parse_slips import slip_total
from .parse_values import money, text

ZERO = Decimal(0)
#: maximum time by which the shop's clock may be behind ours
CLOCK = timedelta(minutes=2)


class OmsChannelAdapterPrestashop(models.AbstractModel):
    _inherit = "oms.channel.adapter.prestashop"

    @api.model
    def _push_cancellation(self, channel, key, cancellation):
        """Override of `oms.channel.adapter`: a whole order by its state, units by a credit slip."""
        order = self._one_order(channel, cancellation["order_ref"])
        shop = self._shop(channel)
        if cancellation.get("lines"):
            lines = self._priced(channel, order, cancellation)
            result = self._push_slip(channel, key, order, lines, None, ZERO)
            return self._with_state(result, self._move_on(channel, order, ()))
        if text(order, "current_state") in (shop["roles"]["cancelled"], shop["roles"]["refunded"]):
            return RefundOutcome(details={"state": text(order, "current_state")})
        state = shop["states"].get(text(order, "current_state"), {})
        if text(state, "shipped") == "1":
            raise FinalError(
                self.env._("The store reports the order as shipped. It can only be returned.")
            )
        notify = bool(cancellation.get("notify", True))
        return self._with_state(
            RefundOutcome(), self._set_state(channel, order, "cancelled", notify)
        )

    @api.model
    def _with_state(self, outcome, reached):
        """:return: the outcome of a refund, with the state of its order"""
        return replace(outcome, details=reached.details, unmet=reached.unmet)

    @api.model
    def _priced(self, channel, order, cancellation):
        """:return: the lines of a cancellation with the amount refunded for each: the amount
        credited in Odoo, else its share of the charged amount less discounts
        """
        lines = cancellation["lines"]
        if not cancellation.get("refund"):
            return [{**line, "amount": ZERO} for line in lines]
        if any(line.get("amount") is None for line in lines):
            shares = self._shares(channel, order, lines)
            return [{**line, "amount": shares[line["line_ref"]]} for line in lines]
        return lines

    @api.model
    def _shares(self, channel, order, lines):
        """:return: the price of units in whole coins, by line id; the last units of a line get the
        amount that credit slips left of it
        """
        [composed] = self._compose(channel, [order])
        document = read_order(composed)
        back = {}
        for refund in document.refunds:
            for part in refund.lines:
                quantity, amount = back.get(part.line_ref, (ZERO, ZERO))
                back[part.line_ref] = quantity + part.quantity, amount + (part.amount or ZERO)
        coin, shares = self._coin(channel, order), {}
        costs = {line.ref: line for line in document.lines if line.kind == "product"}
        for line in lines:
            ref, quantity = line["line_ref"], Decimal(str(line["quantity"]))
            of_order = costs.get(ref)
            gone, paid_back = back.get(ref, (ZERO, ZERO))
            if not of_order or not of_order.quantity:
                shares[ref] = ZERO
            elif gone + quantity >= of_order.quantity:
                shares[ref] = max(of_order.subtotal - paid_back, ZERO)
            else:
                shares[ref] = rounded(of_order.subtotal * quantity / of_order.quantity, coin)
        return shares

    @api.model
    def _coin(self, channel, order):
        """:return: the smallest unit of an order's currency"""
        row = self._shop(channel)["currencies"].get(text(order, "id_currency"), {})
        precision = text(row, "precision")
        return Decimal(1).scaleb(-int(precision if precision.isdigit() else 2))

    @api.model
    def _push_refund(self, channel, key, refund):
        """Override of `oms.channel.adapter`: create a credit slip. It is only a document: the
        webservice makes no payment module refund the money.
        """
        order = self._one_order(channel, refund["order_ref"])
        lines = refund.get("lines") or []
        result = self._push_slip(
            channel,
            key,
            order,
            lines,
            Decimal(refund["amount"]),
            Decimal(refund.get("shipping") or 0),
        )
        kept = [line for line in lines if not line.get("returned")]
        return self._with_state(result, self._move_on(channel, order, kept))

    @api.model
    def _charge_of_refund(self, ref):
        """Override of `oms.channel.adapter`: derived from the id of the credit slip."""
        return f"slip-{ref}"

    # === ORDER STATE === #

    @api.model
    def _move_on(self, channel, order, lines):
        """Update the state of an order when a credit slip leaves nothing to ship: to *Shipped* when
        items were shipped before, to *Refunded* when none were and all money was refunded.

        Slips created by the webservice do not change the order.

        :param lines: lines refunded just now, not deducted in Odoo yet
        :return: see ``_reach``; empty when the state is not changed
        :rtype: outcomes.Outcome
        """
        ours = self._order_here(channel, order)
        if not ours or self._unshipped(ours, lines):
            return Outcome()
        role = "shipping" if ours._oms_has_shipped() else "refunded"
        coin = self._coin(channel, order)
        given = sum((slip_total(slip, coin) for slip in self._slips(channel, order)), ZERO)
        if role == "refunded" and given < money(order, "total_paid_tax_incl"):
            return Outcome()
        try:
            return self._reach(channel, order, role)
        except FinalError as error:
            # The slip exists, even if the state cannot be changed.
            return Outcome(unmet=str(error))

    @api.model
    def _unshipped(self, ours, lines):
        """:return: whether items of an order are still to ship, apart from some lines"""
        left = ours._oms_unshipped()
        for line in lines:
            units = self.env["oms.order.canceller"]._oms_units_of(
                ours, line["line_ref"], line.get("sku") or "", float(line["quantity"])
            )
            for order_line, quantity in units.items():
                if order_line in left:
                    left[order_line] -= quantity
        return any(line.product_uom_id.compare(quantity, 0) > 0 for line, quantity in left.items())

    @api.model
    def _order_here(self, channel, order):
        """:return: the sales order of an order in the shop"""
        return self.env["sale.order"].search(
            [("oms_channel_id", "=", channel.id), ("oms_order_ref", "=", text(order, "id"))]
        )
