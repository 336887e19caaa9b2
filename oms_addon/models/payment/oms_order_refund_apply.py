"""What a channel gave back of an order, applied to it: records and credit notes."""

from decimal import Decimal
from typing import NamedTuple

from odoo import api, models

from odoo.addons.oms_addon.tools.bundles import split


class RefundParts(NamedTuple):
    """What a refund says of the lines of an order, each by ``sale.order.line``."""

    #: units that came back, and units that did not leave
    back: dict
    kept: dict
    #: money given back for units; ``None`` where the channel does not say
    told: dict
    #: money without units, and what of it is tax where the channel says
    shares: dict
    taxes: dict


class OmsOrderRefund(models.Model):
    _inherit = "oms.order.refund"

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
                own._apply_own_effect(refund)
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
            "pieces": self._extract_units(refund),
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
        parts = self._parts_of(order, refund)
        value, less, cents, amounts = self._values(order, parts.back, parts.kept, parts.told)
        total = self._total(refund)
        rest = order.currency_id.round(float(total) - value) if total is not None else 0.0
        if order.currency_id.compare_amounts(rest, 0.0) < 0:
            less, rest = less - rest, 0.0
        # What is owed is known before the pieces are taken off.
        self.kept += less + cents
        later = self._value_to_invoice(parts.back, amounts)
        self._take_off(order, parts, amounts)
        if order.currency_id.compare_amounts(less, 0.0) > 0:
            self._hold_for_retained(order, less)
        self.write(
            {
                "credit_due": rest + sum(later.values()),
                "shares": self._by_line_id(parts.shares, later),
                "tax_shares": self._by_line_id(parts.taxes),
                "units": self._by_line_id(self.units or {}, parts.back, parts.kept),
                "amount": float(total or value),
            }
        )
        self._credit_waiting(order)

    def _parts_of(self, order, refund):
        """Map the lines of a refund to order lines; those that are on none go to a person.

        :rtype: RefundParts
        """
        parts = RefundParts({}, {}, {}, {}, {})
        for line in refund.lines:
            units = self._units_of(order, line)
            if line.quantity and not units:
                self._hold_for_unmatched(order, line)
            chosen = parts.back if line.returned else parts.kept
            amounts = self._amounts_of(line, units)
            for order_line, quantity in units.items():
                chosen[order_line] = chosen.get(order_line, 0) + quantity
                parts.told[order_line] = self._sum_known(
                    parts.told.get(order_line, 0.0), amounts.get(order_line)
                )
            is_money = line.amount and not line.quantity
            if is_money and (named := self._named_line(order, line)):
                parts.shares[named] = parts.shares.get(named, 0.0) + float(line.amount)
                if line.tax is not None:
                    parts.taxes[named] = parts.taxes.get(named, 0.0) + float(line.tax)
        return parts

    @api.model
    def _named_line(self, order, line):
        """:return: the order line that a refund line names by its id on the channel, if any"""
        if not line.line_ref:
            return order.order_line.browse()
        return order.order_line.filtered(lambda l: l.oms_line_ref == line.line_ref)[:1]

    def _take_off(self, order, parts, amounts):
        """Cancel the units that did not leave, and credit those that came back.

        :param dict amounts: what is credited by order line, where it is not all they cost
        """
        if parts.kept:
            self.env["oms.order.canceller"]._cancel_units(
                parts.kept, self.reason, amounts, is_refunded=True
            )
        if parts.back:
            for order_line, quantity in parts.back.items():
                order_line.oms_cancelled_qty += quantity
            self.env["oms.invoice.poster"]._credit(order, parts.back, self.reason, amounts=amounts)
            # What came back is not owed, so that it may pay for what was added.
            self.env["oms.payment.collector"]._recompute_orders(order)

    @api.model
    def _by_line_id(self, *values):
        """:return: the sums of values by order line, or by its id as text, as they are stored
        :rtype: dict[str, float]
        """
        sums = {}
        for by_line in values:
            for line, value in by_line.items():
                key = line if isinstance(line, str) else str(line.id)
                sums[key] = sums.get(key, 0.0) + value
        return sums

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
