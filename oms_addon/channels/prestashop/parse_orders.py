"""An order of PrestaShop, composed of what a dozen resources of its webservice say of it.

The composed order is one JSON object with the keys ``order``, ``details``, ``payments``,
``siblings``, ``slips``, ``cart_rules``, ``histories``, ``messages``, ``threads`` (what the
customer wrote after checkout), ``customer``, ``delivery``, ``invoice``, ``carrier``, ``states``,
``roles``, ``zone``, ``language``, ``currency``, ``precision``, ``taxes`` and ``rates``;
``own_slips`` are the ids of credit slips that were made through the webservice, by us; ``late``
says that times that come twice are the second ones.
"""

import html
import re
from dataclasses import replace
from datetime import datetime
from decimal import ROUND_UP, Decimal

from odoo.addons.oms_addon.documents.order import (
    Address,
    Charge,
    Customer,
    Line,
    OrderDocument,
    Refund,
    RefundLine,
    Tax,
)
from odoo.addons.oms_addon.documents.values import (
    UTC,
    DocumentError,
    get_zone,
    in_words,
    mismatch,
    to_decimal,
)
from odoo.addons.oms_addon.tools.payment_terms import POSTPAID, method_key, recognize_terms
from odoo.addons.oms_addon.tools.shares import rounded, spread_signed, spread_within

from .parse_values import listing_ref, money, number_of, slip_total, text

#: how many seconds the rows that one change of state writes lie apart at most
SAME_TIME = 3
#: what an order's taxes were rounded for, by its number of PS_ROUND_TYPE
ROUND_TYPES = {"1": "unit", "2": "line", "3": "order"}
_ZERO = Decimal(0)
_HUNDRED = Decimal(100)
_MICRO = Decimal("0.000001")
# How pickup networks write the number of their point into the address they put.
_PICKUP = re.compile(
    r"(?:relais|relay|pick-?up|point|locker|pakket|paczkomat|parcel ?shop)\D{0,40}?"
    r"\b([A-Z]{0,5}-?\d{3,10}[A-Z]?)\b",
    re.I,
)


@in_words
def read_order(composed, postpaid=()):
    """Return the document of a composed order.

    :param postpaid: keys of more payment modules that are paid on delivery or later
    :raise DocumentError: when it is none
    """
    if not isinstance(composed, dict) or not isinstance(composed.get("order"), dict):
        raise mismatch("an order of PrestaShop", composed, "order")
    try:
        return _Reader(composed, postpaid).document()
    except DocumentError:
        raise
    except (AttributeError, TypeError, KeyError, ArithmeticError) as error:
        raise DocumentError(f"this is no order of PrestaShop: {error}") from error


class _Reader:
    """Reads one composed order; amounts are with tax, as the customer pays them."""

    def __init__(self, data, postpaid):
        self.data = data
        self.order = data["order"]
        self.ref = text(self.order, "id")
        self.zone = get_zone(data.get("zone") or "UTC", "zone")
        self.is_late = bool(data.get("late"))
        self.currency = text(data, "currency").upper()
        precision = text(data, "precision")
        self.coin = Decimal(1).scaleb(-int(precision if precision.isdigit() else 2))
        self.rates = [to_decimal(rate, "rates") for rate in data.get("rates") or ()]
        self.histories = data.get("histories") or ()
        self.state = text(self.order, "current_state")
        self.role = next((r for r, i in (data.get("roles") or {}).items() if i == self.state), "")
        self.slips = data.get("slips") or ()
        self.module, self.payment_name = text(self.order, "module"), text(self.order, "payment")
        terms = recognize_terms(self.module, self.payment_name)
        self.is_postpaid = terms in POSTPAID or method_key(self.module) in postpaid
        self.payments = [p for p in data.get("payments") or () if self.has_moved(p)]

    # --- the whole ---

    def document(self):
        order, invoice = self.order, self.data.get("invoice") or {}
        delivery = self.data.get("delivery") or invoice
        status = self.status()
        charges = self.charges()
        total = order.get("total_paid_tax_incl")
        return OrderDocument(
            ref=self.ref,
            number=self.number(),
            version=self.version(),
            updated_at=self.updated_at(),
            placed_at=self.moment(order, "date_add"),
            source_zone=self.zone.key,
            currency=self.currency,
            total=rounded(
                money(order, "total_paid" if total in (None, "") else "total_paid_tax_incl"),
                self.coin,
            ),
            total_tax=self.total_tax(),
            tax_rounding=ROUND_TYPES.get(text(order, "round_type"), ""),
            prices_include_tax=True,
            customer=self.customer(invoice),
            billing=_address(invoice),
            shipping=_address(delivery),
            lines=tuple(self.lines()),
            charges=tuple(charges),
            payment_method=self.module,
            payment_name=self.payment_name,
            status=status,
            shipping_method=_carrier_name(self.data.get("carrier") or {}),
            note=self.note(delivery),
            gift_message=text(order, "gift_message") if text(order, "gift") == "1" else "",
            refunds=tuple(self.refunds(charges)),
            pickup_point=_pickup_point(delivery),
            extra=self.extra(),
        )

    def total_tax(self):
        """:return: what of the total is tax, ``None`` where it is not told"""
        names = "total_paid_tax_incl", "total_paid_tax_excl"
        if any(self.order.get(name) in (None, "") for name in names):
            return None
        gross, net = (rounded(money(self.order, name), self.coin) for name in names)
        return gross - net

    def number(self):
        """:return: the reference; orders that were split share it and are counted"""
        reference, siblings = text(self.order, "reference"), self.siblings()
        if len(siblings) < 2:
            return reference
        return f"{reference}#{[number for number, _t in siblings].index(int(self.ref)) + 1}"

    def siblings(self):
        """:return: (id, total) of the orders of one checkout, by id"""
        rows = {
            number_of(row): money(row, "total_paid_tax_incl")
            for row in self.data.get("siblings") or ()
        }
        rows[int(self.ref)] = money(self.order, "total_paid_tax_incl")
        return sorted(rows.items())

    def version(self):
        """:return: what only grows: the newest row of all that belongs to the order"""
        groups = (self.histories, self.payments, self.slips, self.data.get("details") or ())
        newest = ".".join(str(max(map(number_of, rows), default=0)) for rows in groups)
        # Pieces that are taken back without a slip make no row.
        taken = sum(self.taken_back().values(), _ZERO)
        return f"{newest}.{int(taken)}" if taken else newest

    def updated_at(self):
        """:return: the latest change; slips and histories do not always touch the order"""
        latest = text(self.order, "date_upd")
        for rows in (self.slips, self.histories, self.payments, self.data.get("threads") or ()):
            for row in rows:
                latest = max(latest, text(row, "date_upd"), text(row, "date_add"))
        return self.moment({"date_upd": latest}, "date_upd")

    def moment(self, row, key):
        """:return: the moment a local time names"""
        value = text(row, key)
        try:
            local = datetime.fromisoformat(value)
        except ValueError as error:
            raise mismatch("a time", value, key) from error
        moment = local.replace(tzinfo=self.zone).astimezone(UTC)
        if self.is_late:
            return max(moment, local.replace(tzinfo=self.zone, fold=1).astimezone(UTC))
        return moment

    def status(self):
        """:return: the document's status, by what the state means and its flags"""
        if self.role == "cancelled":
            return "cancelled"
        if self.role == "error" or self.state in ("", "0"):
            return "pending"
        if self.role == "refunded":
            return "shipped" if self.has_shipped() else "cancelled"
        if not self.is_flagged(self.state, "shipped"):
            return "open"
        return "delivered" if self.role == "delivered" else "shipped"

    def is_flagged(self, state, flag):
        """:return: whether a state has a flag"""
        return text((self.data.get("states") or {}).get(state) or {}, flag) == "1"

    def has_shipped(self):
        """:return: whether the order was ever in a state in which goods have left"""
        return any(
            self.is_flagged(text(row, "id_order_state"), "shipped") for row in self.histories
        ) or self.is_flagged(self.state, "shipped")

    def extra(self):
        found = {
            "shop": text(self.order, "id_shop"),
            "payment": text(self.order, "payment"),
            "staff_note": text(self.order, "note"),
            "siret": text(self.data.get("customer") or {}, "siret"),
            "vouchers": [text(rule, "name") for rule in self.rules()],
            "transactions": {
                text(p, "id"): text(p, "transaction_id")
                for p in self.payments
                if text(p, "transaction_id")
            },
        }
        rate = money(self.order, "conversion_rate")
        if rate and rate != 1:
            found["conversion_rate"] = f"{rate.normalize():f}"
        return {key: value for key, value in found.items() if value}

    def has_moved(self, payment):
        """:return: whether a payment is money that somebody has

        The shop writes one over all that is open when an order enters a state that counts as
        paid, as Shipped does: of cash on delivery or an invoice nobody has that money yet.
        """
        amount = money(payment, "amount")
        if not self.is_postpaid or text(payment, "transaction_id") or amount <= 0:
            return bool(amount)
        return not any(
            self.is_flagged(text(row, "id_order_state"), "paid") and self.is_same_time(payment, row)
            for row in self.histories
        )

    def is_same_time(self, first, second):
        """:return: whether two rows were written in one go"""
        times = [self.moment(row, "date_add") for row in (first, second)]
        return abs((times[0] - times[1]).total_seconds()) <= SAME_TIME

    # --- people ---

    def customer(self, invoice):
        row = self.data.get("customer") or {}
        name = f"{text(row, 'firstname')} {text(row, 'lastname')}".strip()
        return Customer(
            ref=text(self.order, "id_customer"),
            name=name or _person(invoice),
            email=text(row, "email"),
            phone=text(invoice, "phone_mobile") or text(invoice, "phone"),
            company=text(row, "company") or text(invoice, "company"),
            tax_number=text(invoice, "vat_number") or text(invoice, "dni"),
            language=text(self.data, "language"),
        )

    def note(self, delivery):
        """:return: what the customer wrote: with the order, after it, and on the address"""
        # The checkout keeps what was typed as it stands in a page, and twice.
        rows = [*(self.data.get("messages") or ()), *(self.data.get("threads") or ())]
        notes = [
            html.unescape(text(row, "message"))
            for row in rows
            if text(row, "private") != "1" and number_of(row, "id_employee") == 0
        ]
        return "\n".join(filter(None, dict.fromkeys([*notes, text(delivery, "other")])))

    # --- lines ---

    def lines(self):
        """:return: the lines; all discounts are taken off the lines they belong to"""
        rows = [part for row in self.rows() for part in _split_ecotax(row)]
        amounts = self.amounts(rows)
        rates = [self.taxes(row) for row in rows]
        services = self.services(rows, rates)
        shares, left = self.discounts(amounts, rates, services)
        lines = [
            _goods_line(row, amount, self.with_amounts(row, amount - share, taxes), share)
            for row, amount, taxes, share in zip(
                rows, amounts, rates, shares[: len(rows)], strict=True
            )
        ]
        lines += [
            Line(
                ref=ref,
                name=name,
                kind=kind,
                quantity=Decimal(1),
                unit_price=amount,
                discount=share,
                taxes=self.shared_tax(taxes, tax, amount, amount - share),
            )
            for (ref, kind, name, amount, taxes, tax), share in zip(
                services, shares[len(rows) :], strict=True
            )
        ]
        if left:
            names = ", ".join(text(rule, "name") for rule in self.rules())
            lines.append(
                Line(
                    ref="discount",
                    name=names,
                    kind="discount",
                    quantity=Decimal(1),
                    unit_price=-left,
                    taxes=(),
                )
            )
        return lines

    def rows(self):
        """:return: the goods: with all details, or as the order itself tells them"""
        details = self.data.get("details")
        if details:
            return details
        return (self.order.get("associations") or {}).get("order_rows") or []

    def amounts(self, rows):
        """:return: what each row costs in whole coins; with all else they make the order's total

        The shop rounds by piece, by row or at the end, upwards, downwards or to the even
        coin; its rows do not always add up to its sum, nor its sums to its total.
        """
        exact = [
            money(row, "total_price_tax_incl")
            or money(row, "unit_price_tax_incl") * money(row, "product_quantity")
            for row in rows
        ]
        amounts = [rounded(amount, self.coin) for amount in exact]
        lacking = self.goods_total(amounts) - sum(amounts)
        if lacking and abs(lacking) <= self.roundings(amounts):
            coin = self.coin.copy_sign(lacking)
            # First those whose rounding went the other way farthest.
            by_error = sorted(range(len(amounts)), key=lambda i: (amounts[i] - exact[i]) * coin)
            for number in range(int(lacking / coin)):
                amounts[by_error[number % len(by_error)]] += coin
        return amounts

    def roundings(self, amounts):
        """:return: by how much the sums of the shop may differ because each of them is rounded"""
        return self.coin * (len(amounts) + len(self.rules()) + 1)

    def goods_total(self, amounts):
        """:return: what the goods cost before discounts, as the order's total has it; the shop's
        own sum of them where that is off by more than rounding
        """
        told = rounded(money(self.order, "total_products_wt"), self.coin)
        rest = sum(
            rounded(money(self.order, f"{name}_tax_incl"), self.coin) * sign
            for name, sign in (
                ("total_shipping", 1),
                ("total_wrapping", 1),
                ("total_discounts", -1),
            )
        )
        of_total = rounded(money(self.order, "total_paid_tax_incl"), self.coin) - rest
        return of_total if abs(of_total - told) <= self.roundings(amounts) else told

    def taxes(self, row):
        """:return: the taxes of a row, by their own rates, else by its two prices"""
        if _is_ecotax(row):
            rate = money(row, "ecotax_tax_rate")
            return (Tax(rate=rate.normalize() + 0),) if rate else ()
        told = (row.get("associations") or {}).get("taxes")
        known = self.data.get("taxes") or {}
        if told and all(text(tax, "id") in known for tax in told):
            found = [
                Tax(ref=text(tax, "id"), rate=to_decimal(known[text(tax, "id")], "taxes"))
                for tax in told
            ]
        else:
            prices = money(row, "unit_price_tax_incl"), money(row, "unit_price_tax_excl")
            found = [Tax(rate=self.implied_rate(*prices))]
        return tuple(replace(tax, rate=tax.rate.normalize() + 0) for tax in found if tax.rate)

    def with_amounts(self, row, left, taxes):
        """:return: the taxes of a row with what they are of ``left``, its price after discounts"""
        gross, net = money(row, "total_price_tax_incl"), money(row, "total_price_tax_excl")
        return self.shared_tax(taxes, gross - net if gross and net else None, gross, left)

    def shared_tax(self, taxes, tax, gross, left):
        """:param tax: all tax of ``gross``, ``None`` where it is not told
        :return: taxes with their shares of it, for what ``left`` is of ``gross``
        """
        if tax is None or not gross or not taxes:
            return taxes
        whole = rounded(tax * left / gross, self.coin)
        rates = [tax.rate for tax in taxes]
        shares = spread_signed(whole, rates, self.coin)
        return tuple(replace(t, amount=share) for t, share in zip(taxes, shares, strict=True))

    def implied_rate(self, gross, net):
        """:return: the rate between two prices: one the shop has, else the roundest"""
        if net <= 0 or gross <= net:
            return _ZERO
        rate = (gross / net - 1) * _HUNDRED
        slack = self.coin * _HUNDRED / net + Decimal("0.01")
        known = [r for r in self.rates if abs(r - rate) <= slack]
        if known:
            return min(known, key=lambda r: abs(r - rate))
        for step in (Decimal(1), Decimal("0.1")):
            if abs(rate.quantize(step) - rate) <= slack:
                return rate.quantize(step)
        return rate.quantize(Decimal("0.01"))

    def services(self, rows, rates):
        """:param list rates: the taxes of each row
        :return: (ref, kind, name, amount, taxes, tax) of shipping and wrapping, where they cost
        """
        goods = {}
        for row, taxes in zip(rows, rates, strict=True):
            rate = sum((tax.rate for tax in taxes), _ZERO)
            goods[rate] = goods.get(rate, _ZERO) + money(row, "total_price_tax_incl")
        found = []
        for ref, kind, name in (
            ("shipping", "shipping", _carrier_name(self.data.get("carrier") or {}) or "Shipping"),
            ("wrapping", "fee", "Gift wrapping"),
        ):
            gross = rounded(money(self.order, f"total_{ref}_tax_incl"), self.coin)
            if not gross:
                continue
            net = self.order.get(f"total_{ref}_tax_excl")
            tax = None if net in (None, "") else gross - money(self.order, f"total_{ref}_tax_excl")
            parts = self.service_parts(gross, tax, ref, goods)
            for number, (amount, rate) in enumerate(parts):
                own = f"{ref}:{rate:f}" if number else ref
                taxes = (Tax(rate=rate),) if rate else ()
                found.append((own, kind, name, amount, taxes, tax if len(parts) == 1 else None))
        return found

    def service_parts(self, gross, tax, name, goods):
        """Find the rate of what is charged besides the goods; a shop may tax it by the average of
        the goods' rates (``PS_ATCP_SHIPWRAP``): it is of each of them then.

        :param dict goods: what the goods cost, by rate
        :return: pairs (amount with tax, rate), the highest rate first
        :rtype: list[tuple[Decimal, Decimal]]
        """
        net = gross - (tax or _ZERO)
        told = money(self.order, "carrier_tax_rate") if name == "shipping" else _ZERO
        rate = (told or self.implied_rate(gross, money(self.order, f"total_{name}_tax_excl"))) + 0
        slack = 2 * self.coin
        is_known = not rate or rate in self.rates or not self.rates
        if tax is None or is_known and abs(net * (1 + rate / _HUNDRED) - gross) <= slack:
            return [(gross, rate.normalize() + 0)]
        shared = sorted(((r, cost) for r, cost in goods.items() if cost > 0), reverse=True)
        amounts = spread_signed(gross, [cost for _rate, cost in shared], self.coin)
        parts = [(a, r) for a, (r, _cost) in zip(amounts, shared, strict=True) if a]
        of_parts = sum((a * r / (_HUNDRED + r) for a, r in parts), _ZERO)
        if not parts or abs(of_parts - tax) > slack * len(parts):
            return [(gross, rate.normalize() + 0)]
        return parts

    def rules(self):
        """:return: the vouchers of the order"""
        return [r for r in self.data.get("cart_rules") or () if text(r, "deleted") != "1"]

    def discounts(self, amounts, rates, services):
        """Take the shop's discounts off the lines they were given for.

        Free shipping is off the shipping; a voucher whose own tax is that of some of the
        goods is off those; the rest is off all goods, then off everything.

        :return: the share of each row and service, and what found no place
        """
        left = rounded(money(self.order, "total_discounts_tax_incl"), self.coin)
        limits = [*amounts, *(service[3] for service in services)]
        shipping = [
            number
            for number, service in enumerate(services, len(amounts))
            if service[1] == "shipping"
        ]
        shares = [_ZERO] * len(limits)
        if not left:
            return shares, left
        goods = range(len(amounts))
        for rule in self.rules():
            value = min(rounded(money(rule, "value"), self.coin), left)
            left -= value
            if text(rule, "free_shipping") == "1":
                value = self.take(value, limits, shares, shipping)
            value = self.take(value, limits, shares, self.meant(rule, rates))
            left += self.take(value, limits, shares, goods)
        left = self.take(left, limits, shares, goods)
        return shares, self.take(left, limits, shares, range(len(limits)))

    def meant(self, rule, rates):
        """:return: the rows whose tax is the voucher's own"""
        gross, net = money(rule, "value"), money(rule, "value_tax_excl")
        if len({taxes[0].rate if taxes else _ZERO for taxes in rates}) < 2:
            return range(len(rates))
        return [
            index
            for index, taxes in enumerate(rates)
            if abs(net * (1 + sum(t.rate for t in taxes) / _HUNDRED) - gross) <= 2 * self.coin
        ]

    def take(self, value, limits, shares, indexes):
        """Spread a value over some lines. :return: what found no place"""
        if not value or not indexes:
            return value
        room = [limits[i] - shares[i] for i in indexes]
        parts, left = spread_within(value, room, self.coin)
        for index, part in zip(indexes, parts, strict=True):
            shares[index] += part
        return left

    # --- money ---

    def charges(self):
        """:return: what was paid and given back

        A credit slip is the shop's word that money goes back, unless a module writes the
        money itself as a negative payment.
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
        """Find what of a payment is for this order.

        The payments of a checkout belong to all orders it was split into: the first is paid
        first, what is more than all of them is with the last.

        :return: (payment, amount) of each part, ``[]`` when it is for the others
        """
        siblings = self.siblings()
        amount = money(payment, "amount")
        if len(siblings) < 2:
            return [(payment, amount)]
        if amount < 0:
            return [(payment, amount)] if siblings[0][0] == int(self.ref) else []
        before = sum(
            max(money(p, "amount"), _ZERO)
            for p in self.payments
            if number_of(p) < number_of(payment)
        )
        start = sum(total for number, total in siblings if number < int(self.ref))
        is_last = siblings[-1][0] == int(self.ref)
        end = max(before + amount, start) if is_last else start + dict(siblings)[int(self.ref)]
        part = min(before + amount, end) - max(before, start)
        return [(payment, part)] if part > 0 else []

    def charge(self, payment, amount):
        """:return: one payment; its id is its reference, for transaction ids may come later"""
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
        """:return: what is left of the money of an order whose state says it was refunded"""
        left = sum(c.amount if c.kind == "charge" else -c.amount for c in charges)
        if left <= 0:
            return []
        at = [h for h in self.histories if text(h, "id_order_state") == self.state]
        row = min(at, key=number_of) if at else {"date_add": text(self.order, "date_upd")}
        return [self.refund_charge(f"refunded-{self.ref}", left, self.moment(row, "date_add"))]

    def refunded_shipping(self, slip):
        """:return: the lines of what a slip gives back of the shipping, with its own taxes"""
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
        """:return: what was given back, by credit slip; the rest when all was refunded"""
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
        elif taken := self.taken_back():
            lines = [
                RefundLine(line_ref=ref, quantity=quantity, returned=returned)
                for ref, quantity in taken.items()
            ]
            at = self.moment(self.order, "date_upd")
            refunds.append(Refund(ref=f"rows-{self.ref}", at=at, lines=tuple(lines)))
        return refunds

    def taken_back(self):
        """:return: pieces by row that the shop took back without a credit slip, e.g. for a
            voucher. Slips of the webservice, ours, are in no row of the order
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


def _is_ecotax(row):
    return row.get("oms_ecotax") is True


def _split_ecotax(row):
    """Tell an ecological tax with a rate of its own apart from the row it is in the price of.

    :return: the row, or the row without it and one for it
    """
    quantity, ecotax = money(row, "product_quantity"), money(row, "ecotax")
    net, gross = money(row, "unit_price_tax_excl"), money(row, "unit_price_tax_incl")
    if ecotax <= 0 or quantity <= 0 or net <= ecotax:
        return [row]
    rate = money(row, "ecotax_tax_rate") / _HUNDRED
    own = ecotax * (1 + rate)
    # With one rate for both there is nothing to tell apart.
    if abs((gross - own) * ecotax - own * (net - ecotax)) * quantity < Decimal("0.005") * net:
        return [row]
    sums = {
        "total_price_tax_incl": money(row, "total_price_tax_incl") or gross * quantity,
        "total_price_tax_excl": money(row, "total_price_tax_excl") or net * quantity,
    }
    parts = {"total_price_tax_incl": own * quantity, "total_price_tax_excl": ecotax * quantity}
    return [
        {
            **row,
            "unit_price_tax_incl": f"{gross - own:f}",
            "unit_price_tax_excl": f"{net - ecotax:f}",
            **{name: f"{sums[name] - parts[name]:f}" for name in sums},
        },
        {
            **row,
            "oms_ecotax": True,
            "unit_price_tax_incl": f"{own:f}",
            "unit_price_tax_excl": f"{ecotax:f}",
            **{name: f"{amount:f}" for name, amount in parts.items()},
        },
    ]


def _goods_line(row, amount, taxes, share):
    """:return: the line of a row that costs ``amount`` and is reduced by ``share``"""
    if _is_ecotax(row):
        return Line(
            ref=f"ecotax:{text(row, 'id')}",
            name=f"Ecotax {text(row, 'product_name')}".strip(),
            kind="fee",
            quantity=Decimal(1),
            unit_price=amount,
            discount=share,
            taxes=taxes,
        )
    quantity, price = money(row, "product_quantity"), money(row, "unit_price_tax_incl")
    if quantity > 0 and price * quantity < amount:
        price = (amount / quantity).quantize(_MICRO, ROUND_UP)
    product, combination = text(row, "product_id"), text(row, "product_attribute_id")
    barcode = text(row, "product_ean13") or text(row, "product_upc")
    return Line(
        ref=text(row, "id"),
        listing_ref=listing_ref(product, combination) if product not in ("", "0") else "",
        parent_ref=product if combination not in ("", "0") else "",
        sku=text(row, "product_reference")
        or ("" if barcode else listing_ref(product, combination)),
        barcode=barcode,
        name=text(row, "product_name"),
        quantity=quantity,
        unit_price=price,
        discount=price * quantity - amount + share if quantity > 0 else share,
        taxes=taxes,
    )


def _person(row):
    return f"{text(row, 'firstname')} {text(row, 'lastname')}".strip()


def _address(row):
    """:return: an address, ``None`` where there is none"""
    if not row:
        return None
    return Address(
        name=_person(row),
        company=text(row, "company"),
        street=text(row, "address1"),
        street2=text(row, "address2"),
        city=text(row, "city"),
        zip=text(row, "postcode"),
        state=text(row, "state"),
        state_name=text(row, "state_name"),
        country=text(row, "country"),
        phone=text(row, "phone_mobile") or text(row, "phone"),
        tax_number=text(row, "vat_number") or text(row, "dni"),
    )


def _carrier_name(carrier):
    """:return: a carrier's name; "0" is PrestaShop's way to say the shop itself"""
    name = text(carrier, "name")
    return "" if name == "0" else name


def _pickup_point(address):
    """:return: the number of the pickup point an address is, '' when it is none"""
    for key in ("alias", "other", "company", "address2"):
        if found := _PICKUP.search(text(address, key)):
            return found[1]
    return ""
