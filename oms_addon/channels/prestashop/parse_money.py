"""Payments and refunds of PrestaShop's orders."""

from odoo.addons.oms_addon.documents.order import (
    Charge,
    Refund,
    RefundLine,
)
from odoo.addons.oms_addon.tools.shares import rounded, spread_within

from .parse_items import ZERO
from .parse_slips import slip_total
from .parse_values import money, number_of, text


class MoneyReader:
    """Parses payments and refunds of a composed order, see ``parse_orders``."""

    # --- money ---

    def charges(self):
        """:return: payments and refunds

        A credit slip counts as a refund, unless a module records the refund itself as a negative
        payment.
        """
        charges = [self.charge(*part) for payment in self.payments for part in self.parts(payment)]
        is_paid = any(charge.kind == "charge" for charge in charges)
        if not is_paid or any(charge.kind == "refund" for charge in charges):
            return charges
        for slip in self.slips:
            if amount := slip_total(slip, self.coin):
                at = self.moment(slip, "date_add")
                charges.append(self.refund_charge(f"slip-{text(slip, 'id')}", amount, at))
        if self.role == "refunded":
            charges += self.whole_refund(charges)
        return charges

    def parts(self, payment):
        """Allocate a payment to this order.

        Payments of a checkout belong to all orders it was split into: they pay the first order
        first; any excess belongs to the last.

        :return: (payment, amount) of each part, ``[]`` when it belongs to other orders
        """
        siblings = self.siblings()
        amount = money(payment, "amount")
        if len(siblings) < 2:
            return [(payment, amount)]
        if amount < 0:
            return [(payment, amount)] if siblings[0][0] == int(self.ref) else []
        before = sum(
            max(money(p, "amount"), ZERO)
            for p in self.payments
            if number_of(p) < number_of(payment)
        )
        start = sum(total for number, total in siblings if number < int(self.ref))
        is_last = siblings[-1][0] == int(self.ref)
        end = max(before + amount, start) if is_last else start + dict(siblings)[int(self.ref)]
        part = min(before + amount, end) - max(before, start)
        return [(payment, part)] if part > 0 else []

    def charge(self, payment, amount):
        """:return: one payment, identified by its row id, since transaction ids may come later"""
        is_split = len(self.siblings()) > 1
        return Charge(
            ref=f"{text(payment, 'id')}-{self.ref}" if is_split else text(payment, "id"),
            kind="refund" if amount < 0 else "charge",
            amount=abs(amount),
            currency=text(payment, "currency") or self.currency,
            at=self.moment(payment, "date_add"),
            method=text(payment, "payment_method"),
            gateway=text(self.order, "module"),
            status="success",
        )

    def refund_charge(self, ref, amount, at):
        return Charge(
            ref=ref,
            kind="refund",
            amount=amount,
            currency=self.currency,
            at=at,
            method=text(self.order, "payment"),
            gateway=text(self.order, "module"),
            status="success",
        )

    def whole_refund(self, charges):
        """:return: the rest of the payments of an order whose state is refunded"""
        left = sum(c.amount if c.kind == "charge" else -c.amount for c in charges)
        if left <= 0:
            return []
        at = [h for h in self.histories if text(h, "id_order_state") == self.state]
        row = min(at, key=number_of) if at else {"date_add": text(self.order, "date_upd")}
        return [self.refund_charge(f"refunded-{self.ref}", left, self.moment(row, "date_add"))]

    def refunded_shipping(self, slip):
        """:return: the lines of a slip's refunded shipping, with its own taxes"""
        amount = rounded(money(slip, "total_shipping_tax_incl"), self.coin)
        if not amount:
            return ()
        parts = {line.ref: line.subtotal for line in self.lines() if line.kind == "shipping"}
        if len(parts) < 2:
            return (RefundLine(line_ref="shipping", amount=amount),)
        shares, left = spread_within(amount, list(parts.values()), self.coin)
        shares[0] += left
        return tuple(
            RefundLine(line_ref=ref, amount=share)
            for ref, share in zip(parts, shares, strict=True)
            if share
        )

    def refunds(self, charges):
        """:return: refunds, by credit slip; and the rest when all was refunded"""
        returned = self.has_shipped()
        refunds = [
            Refund(
                ref=text(slip, "id"),
                at=self.moment(slip, "date_add"),
                amount=slip_total(slip, self.coin),
                lines=tuple(
                    RefundLine(
                        line_ref=text(row, "id_order_detail"),
                        quantity=money(row, "product_quantity"),
                        amount=rounded(money(row, "amount_tax_incl"), self.coin),
                        returned=returned,
                    )
                    for row in (slip.get("associations") or {}).get("order_slip_details") or ()
                )
                + self.refunded_shipping(slip),
            )
            for slip in self.slips
        ]
        whole = next((c for c in charges if c.ref == f"refunded-{self.ref}"), None)
        if whole and returned:
            refunds.append(Refund(ref=whole.ref, at=whole.at, amount=whole.amount))
        elif taken := self.refunded_units():
            lines = [
                RefundLine(line_ref=ref, quantity=quantity, returned=returned)
                for ref, quantity in taken.items()
            ]
            at = self.moment(self.order, "date_upd")
            refunds.append(Refund(ref=f"rows-{self.ref}", at=at, lines=tuple(lines)))
        return refunds

    def refunded_units(self):
        """:return: units by row that the shop refunded without a credit slip, e.g. as a
            voucher. Slips of the webservice (ours) are in no row of the order
        :rtype: dict[str, Decimal]
        """
        own, left = set(self.data.get("own_slips") or ()), {}
        for row in self.data.get("details") or ():
            if quantity := money(row, "product_quantity_refunded"):
                left[text(row, "id")] = quantity
        for slip in self.slips:
            for row in (slip.get("associations") or {}).get("order_slip_details") or ():
                ref = text(row, "id_order_detail")
                if ref in left and text(slip, "id") not in own:
                    left[ref] -= money(row, "product_quantity")
        return {ref: quantity for ref, quantity in left.items() if quantity > 0}
