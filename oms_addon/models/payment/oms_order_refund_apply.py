"""Application of reported refunds to orders: refund records and credit notes."""

from decimal import Decimal
from typing import NamedTuple

from odoo import api, models

from odoo.addons.oms_addon.tools.bundles import split


class RefundParts(NamedTuple):
    """The effect of a refund on an order, each part by ``sale.order.line``."""

    #: returned units, and units that were not shipped
    back: dict
    kept: dict
    #: refunded amount of units; ``None`` if not reported
    told: dict
    #: refunded amounts without units, and their tax if reported
    shares: dict
    taxes: dict


class OmsOrderRefund(models.Model):
    _inherit = "oms.order.refund"

    # === REPORTED REFUNDS === #

    @api.model
    def _apply(self, pairs):
        """Apply refunds that are not recorded yet.

        Unshipped units are removed from the order and invoiced ones credited; the amount beyond
        them is credited once there is an invoice.

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
            if own := self._find_own(order, refund):
                own._apply_own_effect(refund)
                continue
            refund = self._as_meant(order, refund)
            created = self.create([self._prepare_reported_values(order, refund)])
            known[order.id, refund.ref] = created
            created._credit(order, refund)

    @api.model
    def _prepare_reported_values(self, order, refund):
        """:return: the values of the record of a reported refund"""
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
        """:return: the total amount of a refund; ``None`` if not reported"""
        if refund.amount is not None:
            return refund.amount
        amounts = [line.amount for line in refund.lines]
        return sum(amounts) if amounts and None not in amounts else None

    def _credit(self, order, refund):
        """Remove and credit the units of a refund and compute the amount left to credit."""
        self.ensure_one()
        parts = self._parts_of(order, refund)
        value, less, cents, amounts = self._values(order, parts.back, parts.kept, parts.told)
        total = self._total(refund)
        rest = order.currency_id.round(float(total) - value) if total is not None else 0.0
        if order.currency_id.compare_amounts(rest, 0.0) < 0:
            less, rest = less - rest, 0.0
        # Computed before the quantities change.
        self.kept += less + cents
        later = self._value_to_invoice(parts.back, amounts)
        self._cancel_and_credit(order, parts, amounts)
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
        """Map a refund's lines to order lines; unmatched ones get an exception.

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
        """:return: the order line with the channel line id of a refund line, if any"""
        if not line.line_ref:
            return order.order_line.browse()
        return order.order_line.filtered(lambda l: l.oms_line_ref == line.line_ref)[:1]

    def _cancel_and_credit(self, order, parts, amounts):
        """Cancel unshipped units and credit returned ones.

        :param dict amounts: amounts to credit by order line, if not their full price
        """
        if parts.kept:
            self.env["oms.order.canceller"]._cancel_units(
                parts.kept, self.reason, amounts, is_refunded=True
            )
        if parts.back:
            for order_line, quantity in parts.back.items():
                order_line.oms_cancelled_qty += quantity
            self.env["oms.invoice.poster"]._credit(order, parts.back, self.reason, amounts=amounts)
            # Returned units are not due, so their payment may cover added items.
            self.env["oms.payment.collector"]._recompute_orders(order)

    @api.model
    def _by_line_id(self, *values):
        """:return: the sums of values by order line id as text, the stored format
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
        """Split the refunded amount of a channel line among its order lines; for a bundle the
        channel does not report the amount per component.

        :param RefundLine line: the channel line
        :param dict units: its units by order line
        :return: amounts by order line; empty if not reported
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
        """:return: the sum of two amounts; ``None`` if one is unknown"""
        return None if known is None or amount is None else known + float(amount)

    @api.model
    def _values(self, order, back, kept, told):
        """Compute the amounts to credit for units: the refunded amounts, or their full value if
        not reported or exceeded.

        :param dict told: refunded amount by order line; ``None`` if not reported
        :return: the total, the part of the units' value retained by the channel, the cents
            retained by rounding, and the reported amounts by order line
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
                # The amount beyond what is left of the line belongs to other lines.
                amount = min(amount, max(cost, left(line, line.product_uom_qty)))
            if amount is None or is_both:
                value += cost
                continue
            if currency.compare_amounts(amount, cost + slack) > 0:
                # Credit the units' value only; the rest is spread over all lines.
                amounts[line] = cost
                value += cost
                continue
            amounts[line] = amount
            # An amount of zero is no price reduction: the balance shows what is due.
            due = min(cost, self._value_there(line, quantity)) - slack
            if amount and currency.compare_amounts(due, amount) > 0:
                less += cost - amount
            elif amount and kept.get(line, 0.0) >= line.product_uom_qty:
                # Nothing of the line is left to carry the cents; the invoice may differ by cents.
                whole = line._oms_value_of(quantity)
                is_same = currency.compare_amounts(whole - cost, slack) <= 0
                cents += max((whole if is_same else cost) - amount, 0.0)
            value += amount
        return value, less, cents, amounts

    @api.model
    def _value_to_invoice(self, back, amounts):
        """:return: amounts to credit for returned units once they are invoiced, as an order may be
        imported with its refunds
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
        """:return: the units of a refund line, by order line
        :rtype: dict
        """
        if not line.quantity:
            return {}
        matched, _missing = self.env["oms.order.canceller"]._match_lines([line], order)
        return matched
