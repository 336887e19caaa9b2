"""What was taken off an order, given back and paid."""

from decimal import ROUND_HALF_UP

from odoo.addons.oms_addon.documents.order import CREDIT_METHODS
from odoo.addons.oms_addon.documents.parts import Charge, Refund, RefundLine, exact_sum
from odoo.addons.oms_addon.documents.values import EXACT, to_moment

from .parse_lines import discount_of
from .parse_values import ZERO, amount_of, coin_of, id_of, money_of, number_of, text_of

CHARGE_KINDS = {
    "authorization": "authorization",
    "emv_authorization": "authorization",
    "sale": "charge",
    "capture": "charge",
    "refund": "refund",
    # Change given back in cash at a till.
    "change": "refund",
}
CHARGE_STATUSES = {
    "success": "success",
    "pending": "pending",
    "awaiting_response": "pending",
    "unknown": "pending",
    "failure": "failed",
    "error": "failed",
}


# === TAKEN OFF === #


def read_removed(data, included):
    """Find what was taken off an order without money given back: edits, pieces not paid.

    Shopify goes on counting it in quantities, discounts, taxes and the total, and tells it
    as a refund without a transaction. What is neither there nor refunded has no value told:
    it gets its share of the line.

    :return: (quantity, subtotal, tax) by line id, and what all of it is worth with taxes
    :rtype: tuple[dict, Decimal]
    """
    if data.get("cancelled_at"):
        return {}, ZERO
    removed, refunded, coin = {}, {}, coin_of(data)
    for refund in data.get("refunds") or ():
        for item in refund.get("refund_line_items") or ():
            ref, quantity = id_of(item["line_item_id"]), number_of(item["quantity"])
            refunded[ref] = refunded.get(ref, 0) + quantity
            if not refund.get("transactions"):
                _add(
                    removed,
                    ref,
                    (quantity, money_of(item, "subtotal"), money_of(item, "total_tax")),
                )
    for index, item in enumerate(data["line_items"]):
        current = item.get("current_quantity")
        if current is not None:
            path = f"line_items[{index}].quantity"
            ref, quantity = id_of(item["id"]), number_of(item["quantity"], path)
            missing = quantity - number_of(current) - refunded.get(ref, 0)
            if missing > 0 and quantity > 0:
                _add(removed, ref, _share(item, quantity, missing, coin))
    value = exact_sum(
        subtotal if included else subtotal + tax for _quantity, subtotal, tax in removed.values()
    )
    return removed, value


def _add(removed, ref, parts):
    known = removed.get(ref, (0, ZERO, ZERO))
    removed[ref] = tuple(before + more for before, more in zip(known, parts, strict=True))


def _share(item, quantity, missing, coin):
    """:return: what some pieces of a line are worth: (quantity, subtotal, tax)"""
    subtotal = EXACT.subtract(EXACT.multiply(quantity, money_of(item, "price")), discount_of(item))
    tax = exact_sum(money_of(tax, "price") for tax in item.get("tax_lines") or ())
    return (
        missing,
        (subtotal * missing / quantity).quantize(coin, ROUND_HALF_UP),
        (tax * missing / quantity).quantize(coin, ROUND_HALF_UP),
    )


def read_refunds(data, included, removed_value):
    """:return: what was given back with money

    Money that only pays back what was taken off before is none of it: the lines say that
    already.
    """
    refunds, owed = [], removed_value
    for refund in sorted(data.get("refunds") or (), key=lambda r: str(r.get("created_at"))):
        if not refund.get("transactions"):
            continue
        document = read_refund(refund, included)
        explained = exact_sum(line.amount or ZERO for line in document.lines)
        settled = max(min(owed, document.amount - explained), ZERO)
        owed -= settled
        if settled and settled == document.amount and not document.lines:
            continue
        refunds.append(
            Refund(
                ref=document.ref,
                at=document.at,
                lines=document.lines,
                amount=document.amount - settled,
                reason=document.reason,
            )
        )
    return tuple(refunds)


def read_refund(refund, included):
    """:param included: whether prices include taxes; ``None`` when that is not known"""
    return Refund(
        ref=id_of(refund["id"]),
        at=to_moment(refund.get("created_at") or refund["processed_at"], path="created_at"),
        lines=(
            *(_refund_line(item, included) for item in refund.get("refund_line_items") or ()),
            *(
                _refund_shipping(item, included)
                for item in refund.get("refund_shipping_lines") or ()
            ),
        ),
        amount=exact_sum(
            charge.amount
            for charge in map(read_charge, refund.get("transactions") or ())
            if charge and charge.kind == "refund" and charge.status != "failed"
        )
        + ZERO,
        reason=text_of(refund, "note"),
    )


def _refund_line(item, included):
    return RefundLine(
        line_ref=id_of(item["line_item_id"]),
        sku=text_of(item.get("line_item") or {}, "sku"),
        quantity=number_of(item["quantity"]),
        amount=_with_tax(money_of(item, "subtotal"), money_of(item, "total_tax"), included),
        returned=item.get("restock_type") == "return",
    )


def _refund_shipping(item, included):
    return RefundLine(
        line_ref=f"shipping:{id_of((item.get('shipping_line') or {}).get('id') or '')}",
        amount=_with_tax(money_of(item, "subtotal_amount"), money_of(item, "tax_amount"), included),
    )


def _with_tax(subtotal, tax, included):
    if included is None and tax:
        return None
    return subtotal if included else EXACT.add(subtotal, tax)


# === MONEY === #


def read_payment_method(data):
    """Find how the customer pays what is not paid with credit.

    :return: the name of the terms where it is agreed to be paid later and nothing is paid yet,
        else the name of the gateway of the last payment, else the only one that is named; ''
        when nobody tells
    """
    if terms := read_payment_terms(data):
        return terms
    names = [
        text_of(transaction, "gateway")
        for transaction in data.get("transactions") or ()
        if CHARGE_KINDS.get(text_of(transaction, "kind")) in ("authorization", "charge")
        and CHARGE_STATUSES.get(text_of(transaction, "status")) != "failed"
    ]
    paid = [name for name in names if name and name not in CREDIT_METHODS]
    if paid:
        return paid[-1]
    named = [name for name in data.get("payment_gateway_names") or () if isinstance(name, str)]
    left = [name for name in named if name and name not in CREDIT_METHODS]
    return left[0] if len(left) == 1 else ""


def read_payment_terms(data):
    """:return: the name of the payment terms of an order of which nothing was paid yet, as
    ``Net 30``; '' for an order without them
    """
    terms = data.get("payment_terms")
    is_paid = any(
        CHARGE_KINDS.get(text_of(transaction, "kind")) in ("authorization", "charge")
        and CHARGE_STATUSES.get(text_of(transaction, "status")) == "success"
        for transaction in data.get("transactions") or ()
    )
    if not isinstance(terms, dict) or is_paid:
        return "payment_terms" if terms and not is_paid else ""
    return text_of(terms, "payment_terms_name") or "payment_terms"


def read_charges(data):
    """:return: the money that moved: all of it where it is told, else what was given back"""
    transactions = data.get("transactions")
    if transactions is None:
        transactions = [
            transaction
            for refund in data.get("refunds") or ()
            for transaction in refund.get("transactions") or ()
        ]
    voided = {
        id_of(transaction["parent_id"]): transaction
        for transaction in transactions
        if transaction.get("kind") == "void"
        and transaction.get("status") == "success"
        and transaction.get("parent_id")
    }
    charges = (read_charge(transaction, voided) for transaction in transactions)
    return tuple(charge for charge in charges if charge)


def read_charge(transaction, voided=None):
    """:return: the charge of a transaction; ``None`` when no money is meant"""
    kind = CHARGE_KINDS.get(text_of(transaction, "kind"))
    amount = amount_of(transaction["amount"])
    if not kind or not amount:
        return None
    ref = id_of(transaction["id"])
    ended = (voided or {}).get(ref)
    gateway = text_of(transaction, "gateway")
    at = (ended or transaction).get("processed_at") or (ended or transaction)["created_at"]
    return Charge(
        ref=ref,
        kind=kind,
        amount=amount,
        currency=text_of(transaction, "currency"),
        at=to_moment(at, path="transactions.processed_at"),
        method=gateway
        if gateway in ("gift_card", "shopify_store_credit")
        else text_of(transaction.get("payment_details") or {}, "payment_method_name"),
        gateway=gateway,
        status="failed"
        if ended
        else CHARGE_STATUSES.get(text_of(transaction, "status"), "pending"),
    )
