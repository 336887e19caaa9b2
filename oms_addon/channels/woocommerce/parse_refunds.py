"""Units left to ship and refund in a WooCommerce order, and refunds in the API's format."""

import hashlib
from datetime import datetime, timezone
from decimal import ROUND_HALF_UP, Decimal

from odoo.addons.oms_addon.documents.values import (
    to_decimal,
)
from odoo.addons.oms_addon.exceptions import FinalError
from odoo.addons.oms_addon.tools.shares import spread_within

from .parse_values import KEY, ZERO, coin_of, meta_of

#: meta key read by common tracking plugins
TRACKING = "_wc_shipment_tracking_items"


# === WRITING === #


def quantities(order, lines):
    """:return: the quantity by the store's line id as text; a line without id is found by its SKU
    if only one has it, as variations may have their product's
    """
    by_sku = {}
    for line in order["line_items"]:
        by_sku.setdefault(line.get("sku") or "", []).append(str(line["id"]))
    found = {}
    for line in lines:
        named = by_sku.get(line.get("sku") or "", ())
        # The store knows a line that we split by taxes only as a whole.
        ref = (line.get("line_ref") or "").partition(":")[0] or (
            named[0] if len(named) == 1 and line.get("sku") else ""
        )
        if ref:
            before = Decimal(found.get(ref, 0))
            found[ref] = f"{before + to_decimal(line['quantity']):f}"
    return found


def tracking_items(items, shipment):
    """:return: the parcels in the format of tracking plugins, with those of a shipment added"""
    known = {item.get("tracking_number") for item in items if isinstance(item, dict)}
    shipped_at = datetime.fromisoformat(shipment["shipped_at"].replace("Z", "+00:00"))
    return items + [
        {
            "tracking_provider": "",
            "custom_tracking_provider": parcel.get("carrier") or "",
            "custom_tracking_link": parcel.get("url") or "",
            "tracking_number": parcel["number"],
            "date_shipped": str(int(shipped_at.replace(tzinfo=timezone.utc).timestamp())),
            "tracking_id": hashlib.sha256(parcel["number"].encode()).hexdigest()[:32],
        }
        for parcel in shipment["parcels"]
        if parcel.get("number") and parcel["number"] not in known
    ]


def token_of(key):
    """:return: a short text for a key, for texts that people read"""
    return f"ref {hashlib.sha256(key.encode()).hexdigest()[:10]}"


def find_refund(refunds, key):
    """:return: the refund created with a key; ``None`` when there is none"""
    return next(
        (
            refund
            for refund in refunds
            if meta_of(refund).get(KEY) == key or token_of(key) in (refund.get("reason") or "")
        ),
        None,
    )


def share_of(order, refunds, ref, quantity):
    """:return: the price of units of a line with taxes; the last units get the rest"""
    line = _line_of(order, ref)
    whole = _whole(line)
    pieces = Decimal(str(line["quantity"]))
    back = _refunded(refunds, "line_items", ref)
    gone = sum((abs(Decimal(str(row["quantity"]))) for row in back), ZERO)
    if gone + quantity >= pieces:
        return max(whole - sum(map(_whole, back), ZERO), ZERO)
    coin = coin_of(Decimal(order["total"]))
    return (whole * quantity / pieces).quantize(coin, ROUND_HALF_UP)


def within_total(order, refunds, lines):
    """Reduce refund lines to the order's remaining total: lines are rounded one by one and may add
    up to more, which the store rejects.

    :param list lines: tuples (line id, quantity, amount with taxes)
    :return: the lines, the last ones reduced
    """
    left = Decimal(order["total"]) - sum((Decimal(r["amount"]) for r in refunds), ZERO)
    over = max(sum((share for *_line, share in lines), ZERO) - max(left, ZERO), ZERO)
    within = []
    for ref, quantity, share in reversed(lines):
        less = min(over, share)
        over -= less
        within.append((ref, quantity, share - less))
    return within[::-1]


def shipping_shares(order, refunds, amount):
    """Distribute refunded shipping over the shipping lines, in proportion.

    :param Decimal amount: with taxes; any excess goes to the first line
    :return: tuples (line id, quantity, amount with taxes), as for a refund
    """
    refs = [str(line["id"]) for line in order["shipping_lines"]]
    if not refs or not amount:
        return []
    limits = []
    for ref, line in zip(refs, order["shipping_lines"], strict=True):
        given = sum(map(_whole, _refunded(refunds, "shipping_lines", ref)), ZERO)
        limits.append(max(_whole(line) - given, ZERO))
    shares, left = spread_within(amount, limits, coin_of(Decimal(order["total"])))
    shares[0] += left
    return [(ref, ZERO, share) for ref, share in zip(refs, shares, strict=True) if share]


def rest_of(order, refunds):
    """Compute what is left to refund of an order, by line, as the store books taxes by line.

    :return: the amount, and its lines: tuples (line id, quantity, amount with taxes)
    :rtype: tuple
    """
    amount = Decimal(order["total"]) - sum((Decimal(r["amount"]) for r in refunds), ZERO)
    coin, left = coin_of(Decimal(order["total"])), []
    for kind in ("line_items", "shipping_lines", "fee_lines"):
        for line in order[kind]:
            ref = str(line["id"])
            back = _refunded(refunds, kind, ref)
            quantity = ZERO
            if kind == "line_items":
                gone = sum((abs(Decimal(str(row["quantity"]))) for row in back), ZERO)
                quantity = max(Decimal(str(line["quantity"])) - gone, ZERO)
            # A negative fee is a discount, which is not refunded.
            whole = _whole(line) if Decimal(line["total"]) > 0 else ZERO
            share = max(whole - sum(map(_whole, back), ZERO), ZERO)
            left.append((ref, quantity, share.quantize(coin, ROUND_HALF_UP)))
    if amount <= 0 or not any(share for *_line, share in left):
        return amount, []
    shares, _more = spread_within(amount, [share for *_line, share in left], coin)
    return amount, [
        (ref, quantity, share)
        for (ref, quantity, _limit), share in zip(left, shares, strict=True)
        if share or quantity
    ]


def _whole(line):
    """:return: the amount of an order line or a refund line with taxes"""
    return abs(Decimal(line["total"])) + abs(Decimal(line["total_tax"]))


def _refunded(refunds, kind, ref):
    """:return: the refund lines of an order line"""
    return [
        row
        for refund in refunds
        for row in refund.get(kind) or ()
        if str(meta_of(row).get("_refunded_item_id")) == ref
    ]


def _line_of(order, ref):
    """:raise FinalError: when the order does not have the line"""
    rows = [*order["line_items"], *order["shipping_lines"], *order["fee_lines"]]
    found = next((row for row in rows if str(row["id"]) == ref), None)
    if not found:
        raise FinalError(
            f"The line {ref} of order {order['id']} does not exist in the store any more. Refund "
            "the order in the store."
        )
    return found


def refund_line(order, ref, quantity, amount):
    """:return: a refund line in the API's format: net, and each tax by its rate
    :raise FinalError: when the order does not have the line
    """
    line, coin = _line_of(order, ref), coin_of(Decimal(order["total"]))
    taxes = {
        row["id"]: Decimal(row["total"])
        for row in line["taxes"]
        if row.get("total") not in (None, "")
    }
    whole = Decimal(line["total"]) + sum(taxes.values(), ZERO)
    shares = {
        rate: (amount * tax / whole).quantize(coin, ROUND_HALF_UP) if whole else ZERO
        for rate, tax in taxes.items()
    }
    return {
        "id": int(ref),
        "quantity": int(quantity) if quantity == int(quantity) else float(quantity),
        "refund_total": f"{amount - sum(shares.values(), ZERO):f}",
        "refund_tax": [
            {"id": rate, "refund_total": f"{share:f}"} for rate, share in shares.items()
        ],
    }
