"""The lines of WooCommerce's orders, with their prices and taxes."""

import html
from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from odoo.addons.oms_addon.documents.parts import (
    Line,
    Tax,
)
from odoo.addons.oms_addon.documents.values import EXACT, to_decimal, to_text

from .parse_parts import Part, split_by_taxes
from .parse_values import (
    ZERO,
    amount_of,
    coin_of,
    listing_of,
    rows_of,
    sku_of,
    text_of,
    unescaped_text,
)

HUNDRED = Decimal(100)


def parts_of(data, coin):
    """:return: all lines of an order"""
    coin = max(coin, coin_of(amount_of(data, "total", "total")))
    rates = {
        row.get("rate_id"): (
            unescaped_text(row, "label"),
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
    """:param Decimal coin: the smallest unit of the amounts
    :return: the taxes of a line; with the amount only, where the rate was deleted"""
    found = []
    for row in rows:
        if row.get("total") in (None, ""):
            continue
        amount = to_decimal(row["total"], "taxes")
        label, rate, compound = rates.get(row.get("id"), ("", None, False))
        # A rate that results in no tax, although the amount is large enough, does not apply.
        if amount or rate is not None and abs(net * rate) < HUNDRED * coin:
            ref = to_text(row.get("id") or "", "taxes.id")
            found.append(Tax(ref=ref, name=label, rate=rate, amount=amount, compound=compound))
    # Compound taxes are computed on the others.
    return tuple(sorted(found, key=lambda tax: tax.compound))


def _rate(value):
    if value in (None, ""):
        return None
    return to_decimal(value, "tax_lines.rate_percent")


def lines_of(parts, total, cent, coin, included):
    """Return the lines of an order, so that they add up to its total.

    The API rounds each amount, the store rounds the total only: the difference is corrected in
    the unrounded prices, else in the taxes, else by a line for rounding.
    """
    taxes = [part.taxes for part in parts]
    afters = [part.after + (part.after_tax if included else _tax_of(part)) for part in parts]
    gap = total - sum(afters, ZERO)
    if gap and included:
        afters, gap = _exact_prices(parts, afters, total, cent)
    # The total has the currency's decimals, whatever the number of decimals in the API.
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
    """:return: the tax of a line as sum of its rates: each is rounded, and so is the sum that the
    store returns besides
    """
    return sum((tax.amount for tax in part.taxes), ZERO)


def _prices(part, after, included):
    """:return: the price of a line before and after discounts, in the order's tax mode"""
    if not included:
        return part.before, part.after
    if (part.before, part.before_tax) == (part.after, part.after_tax):
        return after, after
    return part.before + part.before_tax, after


def _exact_prices(parts, shown, total, cent):
    """:return: prices of lines with taxes that add up to the total, and the missing difference

    Prices of products are returned unrounded; for shipping and fees, the rounded net amount and
    the rate result in the customer's price, or are one cent off.
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
    """:return: the taxes of lines, the largest one corrected by the difference; and the difference
    when there are no taxes
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
    name = unescaped_text(row, "method_title" if part.kind == "shipping" else "name")
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
    """:return: unit price and total discount, which result in ``after`` exactly"""
    highest = max(before, after)
    if quantity <= 0:
        return highest, ZERO
    unit = highest / quantity
    if EXACT.multiply(unit, quantity) != highest:
        unit = unit.quantize(Decimal("0.0001"), ROUND_CEILING)
    return unit, EXACT.subtract(EXACT.multiply(unit, quantity), after)


def _line_note(row):
    """:return: the customer's options of a line (an engraving, a size)"""
    texts = [
        f"{entry.get('display_key') or entry.get('key')}: {value}"
        for entry in row.get("meta_data") or ()
        if not str(entry.get("key", "_")).startswith(("_", "pa_"))
        and isinstance(value := entry.get("display_value", entry.get("value")), str)
    ]
    return html.unescape(to_text("; ".join(texts), "note"))
