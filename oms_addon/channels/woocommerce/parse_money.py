"""Payments and refunds in WooCommerce's orders."""

from odoo.addons.oms_addon.documents.parts import (
    Charge,
    Refund,
    RefundLine,
)
from odoo.addons.oms_addon.documents.values import to_decimal, to_text

from .parse_parts import spread_over
from .parse_values import (
    DETAILS,
    KEY,
    KIND,
    UNPAID,
    ZERO,
    amount_of,
    listing_of,
    meta_of,
    moment_of,
    placed_at_of,
    ref_of,
    rows_of,
    sku_of,
    text_of,
)

# === MONEY === #


def charges_of(data, ref, meta, paid_at, cards, is_postpaid):
    """:return: payments and authorizations"""
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
    """:return: ``charge``, ``authorization`` or '' when nothing was paid

    The store dates the payment of every order in processing: this does not mean that cash on
    delivery was paid, nor an order that our shipment completed.
    """
    if transaction and data.get("status") in ("on-hold", "processing") and _is_uncaptured(meta):
        return "authorization"
    if paid_at and UNPAID not in meta and (transaction or not is_postpaid):
        return "charge"
    return ""


def _is_uncaptured(meta):
    """:return: whether a known gateway authorized the payment without capturing it"""
    return (
        meta.get("_stripe_charge_captured") == "no"
        or meta.get("_intention_status") == "requires_capture"
        or meta.get("_ppcp_paypal_intent") == "AUTHORIZE"
        and meta.get("_ppcp_paypal_captured") in (None, "", "false", False)
    )


def gift_cards_of(data, total, parts):
    """:return: amounts by id of gift cards used as payment, i.e. if the total is lower by them"""
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


def refunds_of(data, parts):
    """:return: refunds made in the store, without those of our cancellations"""
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
    """Yield the lines of a refund; items of a completed order count as shipped."""
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
    """:return: the id of the only order line with the item of a refund line; '' where there are
    several: variations may have the SKU of their product
    """
    refs = [
        to_text(row.get("id") or "", "id")
        for row in rows_of(data, "line_items")
        if listing_of(row) == listing_of(line)
    ]
    return refs[0] if len(refs) == 1 else ""


def refund_charges(data, charges):
    """:return: the amounts of refunds, for paid orders"""
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
            # A refund of ours that no gateway paid still has to be paid by a person.
            status="pending"
            if row.get("refunded_payment") is False and KEY in meta_of(row)
            else "success",
        )
        for row in rows_of(data, DETAILS)
        if (amount := amount_of(row, "amount", DETAILS)) > 0
    )
