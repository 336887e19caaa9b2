"""Lines of a Shopify order: products, duties, shipping, fees, tips."""

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from odoo.addons.oms_addon.documents.parts import Line, Tax, exact_sum
from odoo.addons.oms_addon.documents.values import EXACT, DocumentError

from .parse_values import (
    ZERO,
    amount_of,
    coin_of,
    id_of,
    joined,
    money_of,
    number_of,
    percent_of,
    text_of,
)


def read_lines(data, removed, available):
    """Return the lines of an order: products, then duties, shipping and fees.

    :param dict removed: removed items, see ``money.read_removed``
    :param dict available: when items of pre-orders become available, by line id
    """
    has_taxes, coin, sent = _has_line_taxes(data), coin_of(data), _sent(data)
    places = _places(data)
    lines, duties = [], []
    for index, item in enumerate(data["line_items"]):
        try:
            line = _item_line(item, removed.get(id_of(item["id"])), available, has_taxes, coin)
            if line:
                lines.append(
                    replace(line, shipped=_shipped(item, sent), shipped_from=places(line.ref))
                )
            if not data.get("duties_included"):
                duties += [_duty(duty) for duty in item.get("duties") or ()]
        except DocumentError as error:
            path = f"line_items[{index}].{error.path}".rstrip(".")
            raise DocumentError(error.message, path) from error
    lines += duties
    for line in data.get("shipping_lines") or ():
        if not line.get("is_removed"):
            lines.append(_shipping(line, has_taxes))
    fees = money_of(data, "original_total_additional_fees")
    if fees:
        lines.append(_fee("additional_fees", "Additional fees", fees, ()))
    return lines


def _has_line_taxes(data):
    """Return whether lines contain taxes: imported orders may contain only their sum."""
    return not data.get("tax_lines") or any(
        line.get("tax_lines") for line in (*data["line_items"], *(data.get("shipping_lines") or ()))
    )


def _sent(data):
    """:return: shipped units in the fulfillments of a webhook, by line id; ``None`` where they are
    not listed
    """
    fulfilments = data.get("fulfillments")
    if fulfilments is None or any("line_items" not in made for made in fulfilments):
        return None
    sent = {}
    for made in fulfilments:
        if made.get("status") == "success":
            for item in made["line_items"]:
                ref = id_of(item["id"])
                sent[ref] = sent.get(ref, ZERO) + number_of(item.get("quantity") or 0)
    return sent


def _places(data):
    """:return: a function from a line id to the location it was shipped from; '' for several or
    unknown locations
    """
    made = [one for one in data.get("fulfillments") or () if one.get("status") == "success"]
    all_places = {id_of(one.get("location_id") or "") for one in made}
    by_line = {}
    for one in made:
        for item in one.get("line_items") or ():
            place = id_of(one.get("location_id") or "")
            by_line.setdefault(id_of(item["id"]), set()).add(place)
    are_listed = all("line_items" in one for one in made)

    def place_of(ref):
        places = by_line.get(ref, set()) if are_listed else all_places
        return next(iter(places)) if len(places) == 1 else ""

    return place_of


def _shipped(item, sent):
    """:return: the shipped units of a line; ``None`` when unknown. The current quantity excludes
    returned units.
    """
    current, left = item.get("current_quantity"), item.get("unfulfilled_quantity")
    known = [] if sent is None else [sent.get(id_of(item["id"]), ZERO)]
    if current is not None and left is not None:
        known.append(max(number_of(current) - number_of(left), ZERO))
    return max(known, default=None)


def _item_line(item, removed, available, has_taxes, coin):
    """:return: the line of an item; ``None`` when nothing is left of it"""
    ref = id_of(item["id"])
    quantity, price = number_of(item["quantity"]), money_of(item, "price")
    discount = discount_of(item)
    taxes = _taxes(item) if has_taxes else None
    if removed:
        gone, subtotal, tax = removed
        quantity = EXACT.subtract(quantity, gone)
        if quantity <= 0:
            return None
        # The remaining price is exactly the original one less the removed items.
        discount = EXACT.add(EXACT.subtract(discount, EXACT.multiply(price, gone)), subtotal)
        taxes = _less(taxes, tax, coin)
    return Line(
        ref=ref,
        listing_ref=id_of(item.get("variant_id") or ""),
        parent_ref=id_of(item.get("product_id") or ""),
        sku=text_of(item, "sku"),
        barcode=text_of(item, "barcode"),
        name=text_of(item, "name") or text_of(item, "title"),
        kind=_kind(item),
        quantity=quantity,
        unit_price=price,
        discount=discount,
        taxes=taxes,
        note=_properties(item),
        available_at=available.get(ref),
    )


def _kind(item):
    if item.get("gift_card"):
        return "gift_card"
    if item.get("sku") or item.get("variant_id") or item.get("product_id"):
        return "product"
    if item.get("tip") or item.get("tip_payment_gateway") or item.get("title") == "Tip":
        return "tip"
    return "product" if item.get("requires_shipping") else "fee"


def _properties(item):
    return "\n".join(
        f"{text_of(part, 'name')}: {text_of(part, 'value')}"
        for part in item.get("properties") or ()
        if text_of(part, "value") and not text_of(part, "name").startswith("_")
    )


def discount_of(item):
    """:return: the discount on a line, including discounts on the order"""
    allocations = item.get("discount_allocations")
    if allocations:
        return exact_sum(money_of(allocation, "amount") for allocation in allocations)
    return money_of(item, "total_discount")


def _taxes(item):
    return tuple(
        Tax(
            name=text_of(tax, "title"),
            rate=None if tax.get("rate") is None else percent_of(tax["rate"]),
            amount=money_of(tax, "price"),
        )
        for tax in item.get("tax_lines") or ()
    )


def _less(taxes, gone, coin):
    """Deduct an amount from the taxes of a line, in proportion, to the coin."""
    amount = exact_sum(tax.amount for tax in taxes or ())
    if not gone or not amount:
        return taxes
    left, rest = [], gone
    for tax in taxes[:-1]:
        share = (gone * tax.amount / amount).quantize(coin, ROUND_HALF_UP)
        rest -= share
        left.append(replace(tax, amount=tax.amount - share))
    last = taxes[-1]
    return (*left, replace(last, amount=last.amount - rest))


def _shipping(line, has_taxes):
    return Line(
        ref=f"shipping:{id_of(line.get('id') or '')}",
        name=text_of(line, "title"),
        kind="shipping",
        quantity=Decimal(1),
        unit_price=money_of(line, "price"),
        discount=discount_of(line),
        taxes=_taxes(line) if has_taxes else None,
    )


def _duty(duty):
    name = joined("Duties", text_of(duty, "harmonized_system_code"))
    price = amount_of(duty["presentment_money"]["amount"])
    return _fee(f"duty:{id_of(duty['id'])}", name, price, _taxes(duty))


def _fee(ref, name, price, taxes, kind="fee"):
    return Line(ref=ref, name=name, kind=kind, quantity=Decimal(1), unit_price=price, taxes=taxes)


def read_tip(data, lines, total, included):
    """:return: a line for a tip outside of the lines, ``None`` when there is none"""
    if not money_of(data, "total_tip_received") or any(line.kind == "tip" for line in lines):
        return None
    if data.get("total_tip_received_set") or data["currency"] == data.get("presentment_currency"):
        amount = money_of(data, "total_tip_received")
    else:
        # It is sent in the store's currency only: use the difference of total and lines.
        known = exact_sum(line.subtotal for line in lines)
        taxes = ZERO if included else exact_sum(line.tax_amount or ZERO for line in lines)
        amount = EXACT.subtract(total, EXACT.add(known, taxes))
    return _fee("tip", "Tip", amount, (), kind="tip") if amount > 0 else None
