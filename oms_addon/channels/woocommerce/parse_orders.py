"""WooCommerce's orders as documents."""

import html
from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from odoo.addons.oms_addon.documents.order import OrderDocument
from odoo.addons.oms_addon.documents.parts import (
    Address,
    ChannelHold,
    Charge,
    Customer,
    Line,
    Refund,
    RefundLine,
    Tax,
)
from odoo.addons.oms_addon.documents.values import EXACT, in_words, to_decimal, to_plain, to_text
from odoo.addons.oms_addon.tools.coins import coin_of_currency
from odoo.addons.oms_addon.tools.payment_terms import POSTPAID, method_key, recognize_terms

from .parse_parts import Part, split_by_taxes, spread_over
from .parse_values import (
    DETAILS,
    KEY,
    KIND,
    SHIPMENTS,
    TRACKING,
    UNPAID,
    ZERO,
    amount_of,
    coin_of,
    listing_of,
    meta_of,
    moment_of,
    placed_at_of,
    ref_of,
    rows_of,
    sku_of,
    text_of,
    words_of,
)

#: what no customer ordered yet
DRAFTS = {"auto-draft", "checkout-draft", "draft", "new"}
STATUSES = {
    "pending": "pending",
    "failed": "pending",
    "on-hold": "pending",
    "processing": "open",
    "completed": "shipped",
    "refunded": "cancelled",
    "cancelled": "cancelled",
    "trash": "cancelled",
}
#: an order changes more than once in a second: what comes later on its path is newer
RANKS = {
    "pending": 1,
    "failed": 2,
    "on-hold": 3,
    "processing": 5,
    "completed": 6,
    "refunded": 7,
    "cancelled": 7,
    "trash": 8,
}
CUSTOM_RANK = 4
VAT_KEYS = (
    "_billing_vat_number",
    "billing_vat_number",
    "_vat_number",
    "vat_number",
    "_billing_vat",
    "billing_vat",
    "_billing_eu_vat_number",
    "_billing_tax_id",
)
LANGUAGE_KEYS = ("wpml_language", "_order_language", "trp_language")
PICKUP_METHODS = {"local_pickup", "pickup_location"}
HUNDRED = Decimal(100)


# === ORDERS === #


@in_words
def read_order(data, ref, postpaid=()):
    """Return the document of an order as the API shows it; ``None`` when it is a draft.

    :param dict data: the order; its refunds with details below ``oms_refunds``
    :param str ref: its id
    :param postpaid: keys of more payment methods that are paid on delivery or later
    :raise DocumentError: when it is malformed
    """
    status = to_text(data.get("status") or "", "status")
    if status in DRAFTS:
        return None
    meta = meta_of(data)
    total, cent = _total(data)
    currency = to_text(data.get("currency") or "", "currency").strip().upper()
    parts = _parts(data, coin_of_currency(currency))
    cards = _gift_cards(data, total, parts)
    total += sum(cards.values(), ZERO)
    billing = _address(data.get("billing"), "billing", meta)
    paid_at = moment_of(data, "date_paid")
    method, name = text_of(data, "payment_method"), words_of(data, "payment_method_title")
    is_postpaid = recognize_terms(method, name) in POSTPAID or method_key(method) in postpaid
    charges = _charges(data, ref, meta, paid_at, cards, is_postpaid)
    is_paid = bool(paid_at) or any(charge.kind == "authorization" for charge in charges)
    holds = ()
    if status == "on-hold" and paid_at:
        holds = (ChannelHold(code="on-hold", reason="The shop put the paid order on hold."),)
    shipping_lines = rows_of(data, "shipping_lines")
    return OrderDocument(
        ref=ref,
        number=to_text(data.get("number") or ref, "number"),
        version=f"{RANKS.get(status, CUSTOM_RANK)}.{len(rows_of(data, 'refunds'))}",
        updated_at=moment_of(data, "date_modified"),
        placed_at=placed_at_of(data),
        currency=currency,
        total=total,
        total_tax=_total_tax(data),
        prices_include_tax=bool(data.get("prices_include_tax")),
        customer=_customer(data, billing, meta),
        billing=billing,
        shipping=_address(data.get("shipping"), "shipping", {}, billing),
        lines=_lines(
            parts, total, cent, coin_of_currency(currency), bool(data.get("prices_include_tax"))
        ),
        charges=(*charges, *_refund_charges(data, charges)),
        payment_method=method,
        payment_name=name,
        status=_status(status, data, is_paid),
        shipping_method=words_of(shipping_lines[0], "method_title") if shipping_lines else "",
        note=text_of(data, "customer_note"),
        tags=_tags(data, status),
        refunds=_refunds(data, parts),
        holds=holds,
        pickup_point=_pickup_point(shipping_lines),
        extra=_extra(data, meta),
    )


def _status(status, data, is_paid):
    """:return: the document's status; the shop's own ones are worked on"""
    if status == "on-hold" and is_paid:
        return "open"
    if status == "refunded" and data.get("date_completed_gmt"):
        return "shipped"
    return STATUSES.get(status, "open")


def _total(data):
    """:return: the total, and the smallest amount it can be told in"""
    total = amount_of(data, "total", "total")
    return total, coin_of(total)


def _total_tax(data):
    """:return: what of the total is tax; ``None`` when the shop does not tell"""
    value = data.get("total_tax")
    return None if value in (None, "") else to_decimal(value, "total_tax")


def _parts(data, coin):
    """:return: everything an order charges"""
    coin = max(coin, coin_of(amount_of(data, "total", "total")))
    rates = {
        row.get("rate_id"): (
            words_of(row, "label"),
            _rate(row.get("rate_percent")),
            row.get("compound") is True,
        )
        for row in rows_of(data, "tax_lines")
    }
    parts = [
        _part(kind, row, f"{key}[{index}]", rates, coin)
        for key, kind in (
            ("line_items", "product"),
            ("fee_lines", "fee"),
            ("shipping_lines", "shipping"),
        )
        for index, row in enumerate(rows_of(data, key))
    ]
    return split_by_taxes(parts, coin_of(amount_of(data, "total", "total")))


def _part(kind, row, path, rates, coin):
    after, after_tax = amount_of(row, "total", path), amount_of(row, "total_tax", path)
    before, before_tax = after, after_tax
    if kind == "product" and row.get("subtotal") not in (None, ""):
        before, before_tax = amount_of(row, "subtotal", path), amount_of(row, "subtotal_tax", path)
    return Part(
        "discount" if after < 0 else kind,
        row,
        to_decimal(row.get("quantity"), f"{path}.quantity") if kind == "product" else Decimal(1),
        before,
        before_tax,
        after,
        after_tax,
        _taxes(rows_of(row, "taxes"), after, rates, coin),
    )


def _taxes(rows, net, rates, coin):
    """:param Decimal coin: the smallest amount of the currency that the shop tells
    :return: the taxes of a line; of one that the shop forgot the amount alone is known"""
    found = []
    for row in rows:
        if row.get("total") in (None, ""):
            continue
        amount = to_decimal(row["total"], "taxes")
        label, rate, compound = rates.get(row.get("id"), ("", None, False))
        # A rate that takes nothing of an amount it would take something of does not apply.
        if amount or rate is not None and abs(net * rate) < HUNDRED * coin:
            ref = to_text(row.get("id") or "", "taxes.id")
            found.append(Tax(ref=ref, name=label, rate=rate, amount=amount, compound=compound))
    # Compound taxes are computed on the others.
    return tuple(sorted(found, key=lambda tax: tax.compound))


def _rate(value):
    if value in (None, ""):
        return None
    return to_decimal(value, "tax_lines.rate_percent")


def _lines(parts, total, cent, coin, included):
    """Return the lines of an order so that they add up to its total.

    The API shows each amount rounded, the total is rounded once: what that loses is found
    in the exact prices, else in the taxes, else it is told as a line of its own.
    """
    taxes = [part.taxes for part in parts]
    afters = [part.after + (part.after_tax if included else _tax_of(part)) for part in parts]
    gap = total - sum(afters, ZERO)
    if gap and included:
        afters, gap = _exact_prices(parts, afters, total, cent)
    # The total was rounded to the currency, however many decimals are told.
    is_rounding = abs(gap) <= max(cent, coin) * max(len(parts), 1)
    if gap and is_rounding and not included:
        taxes, gap = _shift_tax(parts, gap)
    lines = [
        _line(part, of_part, *_prices(part, after, included))
        for part, of_part, after in zip(parts, taxes, afters, strict=True)
    ]
    if gap and is_rounding:
        lines.append(_rounding_line(gap))
    return tuple(lines)


def _tax_of(part):
    """:return: the tax of a line by its rates: each is rounded, and so is their sum that the shop
    tells beside them
    """
    return sum((tax.amount for tax in part.taxes), ZERO)


def _prices(part, after, included):
    """:return: what a line cost before and after discounts, in the order's tax mode"""
    if not included:
        return part.before, part.after
    if (part.before, part.before_tax) == (part.after, part.after_tax):
        return after, after
    return part.before + part.before_tax, after


def _exact_prices(parts, shown, total, cent):
    """:return: what lines cost with taxes, so that they make the total, and what is missing

    The price of a product is told before it was rounded; of shipping and fees the shown
    net amount and the rate give what was shown to the customer, or a cent beside it.
    """
    for is_exact in (lambda part: part.kind == "product", lambda part: True):
        prices = [
            _gross(part, cent) if is_exact(part) and _has_rates(part) else amount
            for part, amount in zip(parts, shown, strict=True)
        ]
        if sum(prices, ZERO) == total:
            return prices, ZERO
    return shown, total - sum(shown, ZERO)


def _gross(part, cent):
    net, price = part.after, part.data.get("price")
    if part.kind == "product" and price not in (None, ""):
        net = to_decimal(price, "line_items.price") * part.quantity
    gross = net * sum((tax.rate for tax in part.taxes if not tax.compound), HUNDRED) / HUNDRED
    for tax in part.taxes:
        if tax.compound:
            gross += gross * tax.rate / HUNDRED
    return gross.quantize(cent, ROUND_HALF_UP)


def _has_rates(part):
    return bool(part.taxes) and all(tax.rate is not None for tax in part.taxes)


def _shift_tax(parts, gap):
    """:return: the taxes of lines, the largest changed by what rounding left over; and what
    is left when there is none to change
    """
    taxes = [part.taxes for part in parts]
    taxed = [n for n, of_part in enumerate(taxes) if of_part]
    if not taxed or None in taxes:
        return taxes, gap
    most = max(taxed, key=lambda n: parts[n].after_tax)
    first, *others = taxes[most]
    taxes[most] = (replace(first, amount=first.amount + gap), *others)
    return taxes, ZERO


def _rounding_line(gap):
    kind = "fee" if gap > 0 else "discount"
    return Line(kind=kind, name="Rounding", quantity=Decimal(1), unit_price=gap, taxes=())


def _line(part, taxes, before, after):
    row, kind = part.data, part.kind
    quantity = part.quantity if kind == "product" else Decimal(1)
    unit_price, discount = _unit_price(quantity, before, after)
    name = words_of(row, "method_title" if part.kind == "shipping" else "name")
    product = kind == "product"
    listing, parent = listing_of(row) if product else ("", "")
    return Line(
        ref=to_text(row.get("id") or "", "id"),
        listing_ref=listing,
        parent_ref=parent,
        sku=sku_of(row) if product else "",
        barcode=text_of(row, "global_unique_id") if product else "",
        name=name,
        kind=kind,
        quantity=quantity,
        unit_price=unit_price,
        discount=discount,
        taxes=taxes,
        note=_line_note(row) if product else "",
    )


def _unit_price(quantity, before, after):
    """:return: the price of one and what is off all of them, which give ``after`` exactly"""
    highest = max(before, after)
    if quantity <= 0:
        return highest, ZERO
    unit = highest / quantity
    if EXACT.multiply(unit, quantity) != highest:
        unit = unit.quantize(Decimal("0.0001"), ROUND_CEILING)
    return unit, EXACT.subtract(EXACT.multiply(unit, quantity), after)


def _line_note(row):
    """:return: what the customer chose or wrote for a line (an engraving, a size)"""
    texts = [
        f"{entry.get('display_key') or entry.get('key')}: {value}"
        for entry in row.get("meta_data") or ()
        if not str(entry.get("key", "_")).startswith(("_", "pa_"))
        and isinstance(value := entry.get("display_value", entry.get("value")), str)
    ]
    return html.unescape(to_text("; ".join(texts), "note"))


# === MONEY === #


def _charges(data, ref, meta, paid_at, cards, is_postpaid):
    """:return: what the customer paid, or promised"""
    currency, method = text_of(data, "currency"), text_of(data, "payment_method")
    base = {"currency": currency.upper(), "status": "success"}
    charges = [
        Charge(
            ref=f"gift_card:{ref}:{card}",
            kind="charge",
            amount=amount,
            at=paid_at or placed_at_of(data),
            method="gift_card",
            **base,
        )
        for card, amount in cards.items()
        if amount > 0
    ]
    amount = amount_of(data, "total", "total")
    transaction = text_of(data, "transaction_id")
    kind = _charge_kind(data, meta, paid_at, is_postpaid, transaction)
    if kind and amount > 0:
        charges.append(
            Charge(
                ref=transaction or f"order:{ref}",
                kind=kind,
                amount=amount,
                at=paid_at or placed_at_of(data),
                method=method,
                gateway=text_of(data, "payment_method_title"),
                **base,
            )
        )
    return charges


def _charge_kind(data, meta, paid_at, is_postpaid, transaction):
    """:return: whether the money came, was promised or neither ('')

    The shop dates the payment of every order that it processes: cash on delivery is not here
    by that, nor is an order paid because our shipment completed it.
    """
    if transaction and data.get("status") in ("on-hold", "processing") and _is_uncaptured(meta):
        return "authorization"
    if paid_at and UNPAID not in meta and (transaction or not is_postpaid):
        return "charge"
    return ""


def _is_uncaptured(meta):
    """:return: whether one of the usual gateways holds the money without taking it"""
    return (
        meta.get("_stripe_charge_captured") == "no"
        or meta.get("_intention_status") == "requires_capture"
        or meta.get("_ppcp_paypal_intent") == "AUTHORIZE"
        and meta.get("_ppcp_paypal_captured") in (None, "", "false", False)
    )


def _gift_cards(data, total, parts):
    """:return: amounts by id of gift cards that paid: those the total is short of"""
    cards = data.get("gift_cards")
    if not isinstance(cards, list) or not cards:
        return {}
    amounts = {
        to_text(card.get("id") or card.get("code") or "", "gift_cards"): to_decimal(
            card.get("amount"), "gift_cards.amount"
        )
        for card in cards
    }
    whole = sum((part.after + part.after_tax for part in parts), ZERO)
    paid = sum(amounts.values(), ZERO)
    return amounts if abs(whole - total - paid) < abs(whole - total) else {}


def _refunds(data, parts):
    """:return: what the shop gave back, without what we took off ourselves"""
    return tuple(
        Refund(
            ref=ref_of(row),
            at=moment_of(row, "date_created") or placed_at_of(data),
            lines=tuple(_refund_lines(row, data, parts)),
            amount=amount_of(row, "amount", DETAILS),
            reason=text_of(row, "reason"),
        )
        for row in rows_of(data, DETAILS)
        if meta_of(row).get(KIND) != "cancellation"
    )


def _refund_lines(row, data, parts):
    """Yield the lines of a refund; goods of a completed order had left."""
    completed = moment_of(data, "date_completed")
    at = moment_of(row, "date_created")
    returned = bool(completed and at and at >= completed)
    for key in ("line_items", "shipping_lines", "fee_lines"):
        for line in rows_of(row, key):
            quantity = abs(amount_of(line, "quantity", key)) if key == "line_items" else ZERO
            tax = amount_of(line, "total_tax", key)
            amount = abs(amount_of(line, "total", key) + tax)
            ref = str(meta_of(line).get("_refunded_item_id") or "")
            if key == "line_items" and not ref:
                ref = _only_line_of(data, line)
            shares = spread_over(parts, ref, amount)
            for part_ref, share in shares:
                if quantity or share:
                    yield RefundLine(
                        line_ref=part_ref,
                        sku=sku_of(line) if key == "line_items" else "",
                        quantity=quantity,
                        amount=share,
                        tax=abs(tax) if len(shares) == 1 else None,
                        returned=returned,
                    )


def _only_line_of(data, line):
    """:return: the id of the only line of an order that sold what a line of a refund gives back;
    '' where several did: variations may have the SKU of their product
    """
    refs = [
        to_text(row.get("id") or "", "id")
        for row in rows_of(data, "line_items")
        if listing_of(row) == listing_of(line)
    ]
    return refs[0] if len(refs) == 1 else ""


def _refund_charges(data, charges):
    """:return: the money of refunds, of orders that were paid"""
    paid = [charge for charge in charges if charge.kind == "charge"]
    if not paid:
        return ()
    return tuple(
        Charge(
            ref=ref_of(row),
            kind="refund",
            amount=amount,
            currency=paid[-1].currency,
            at=moment_of(row, "date_created") or placed_at_of(data),
            method=paid[-1].method,
            gateway=paid[-1].gateway,
            # What we had written down, and no gateway paid, is still to be paid by somebody.
            status="pending"
            if row.get("refunded_payment") is False and KEY in meta_of(row)
            else "success",
        )
        for row in rows_of(data, DETAILS)
        if (amount := amount_of(row, "amount", DETAILS)) > 0
    )


# === PEOPLE AND THE REST === #


def _customer(data, billing, meta):
    customer_id = data.get("customer_id")
    return Customer(
        ref=to_text(customer_id, "customer_id") if customer_id else "",
        name=billing.name if billing else "",
        email=billing.email if billing else "",
        phone=billing.phone if billing else "",
        company=billing.company if billing else "",
        tax_number=billing.tax_number if billing else "",
        language=next((str(meta[key]) for key in LANGUAGE_KEYS if meta.get(key)), ""),
    )


def _address(row, path, meta, billing=None):
    """:return: an address; ``None`` when nothing of it is filled in"""
    if not isinstance(row, dict):
        return None
    text = {key: to_text(row.get(key) or "", f"{path}.{key}").strip() for key in _ADDRESS}
    if not any(text.values()):
        return None
    return Address(
        name=f"{text['first_name']} {text['last_name']}".strip(),
        company=text["company"],
        street=text["address_1"],
        street2=text["address_2"],
        city=text["city"],
        zip=text["postcode"],
        state=text["state"],
        country=text["country"].upper(),
        phone=text["phone"] or (billing.phone if billing else ""),
        email=text["email"] or (billing.email if billing else ""),
        tax_number=next((str(meta[key]) for key in VAT_KEYS if meta.get(key)), ""),
    )


_ADDRESS = (
    "first_name",
    "last_name",
    "company",
    "address_1",
    "address_2",
    "city",
    "postcode",
    "state",
    "country",
    "phone",
    "email",
)


def _pickup_point(shipping_lines):
    """:return: which of the shop's places the customer collects at, '' for none"""
    for row in shipping_lines:
        if row.get("method_id") in PICKUP_METHODS:
            place = meta_of(row).get("pickup_location")
            return to_text(place or row.get("instance_id") or row["method_id"], "pickup_location")
    return ""


def _tags(data, status):
    """:return: the coupons, and a status of the shop's own"""
    coupons = [f"coupon:{text_of(row, 'code')}" for row in rows_of(data, "coupon_lines")]
    return tuple(coupons if status in RANKS else [*coupons, f"status:{status}"])


def _extra(data, meta):
    """:return: what else people may need: what plugins add, and how it was ordered"""
    kept = {key: to_plain(data[key]) for key in _KEPT if data.get(key)}
    plugins = {
        to_text(str(key)): to_plain(value)
        for key, value in meta.items()
        if value not in (None, "", [], {}) and key not in (SHIPMENTS, TRACKING)
    }
    if plugins:
        kept["meta"] = plugins
    for key in data.keys() - _KNOWN:
        if data[key] not in (None, "", [], {}):
            kept[to_text(key)] = to_plain(data[key])
    return kept


_KEPT = ("created_via", "payment_method_title", "order_key", "parent_id", "coupon_lines")
_KNOWN = frozenset(
    """id parent_id status currency version prices_include_tax date_created date_modified
    discount_total discount_tax shipping_total shipping_tax cart_tax total total_tax customer_id
    order_key billing shipping payment_method payment_method_title transaction_id
    customer_ip_address customer_user_agent created_via customer_note date_completed date_paid
    cart_hash number meta_data line_items tax_lines shipping_lines fee_lines coupon_lines refunds
    payment_url is_editable needs_payment needs_processing date_created_gmt date_modified_gmt
    date_completed_gmt date_paid_gmt currency_symbol _links""".split()
) | {DETAILS}
