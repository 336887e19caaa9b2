"""Removed items, refunds and payments of a Shopify order."""

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
    # Change paid out in cash at a point of sale.
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


# === REMOVED ITEMS === #


def read_removed(data, included):
    """Find items removed from an order without a refund: edits, unpaid units.

    Shopify still includes them in quantities, discounts, taxes and total, and sends them as a
    refund without a transaction. Items missing without a refund have no amount: they get their
    share of the line.

    :return: (quantity, subtotal, tax) by line id, and the amount of all with taxes
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
    """:return: the amount of some units of a line: (quantity, subtotal, tax)"""
    subtotal = EXACT.subtract(EXACT.multiply(quantity, money_of(item, "price")), discount_of(item))
    tax = exact_sum(money_of(tax, "price") for tax in item.get("tax_lines") or ())
    return (
        missing,
        (subtotal * missing / quantity).quantize(coin, ROUND_HALF_UP),
        (tax * missing / quantity).quantize(coin, ROUND_HALF_UP),
    )


def read_refunds(data, included, removed_value):
    """:return: refunds with a payment

    A repayment for items that were removed before is not a refund: the lines reflect that already.
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
    """:param included: whether prices include taxes; ``None`` when unknown"""
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


# === PAYMENTS === #


def read_payment_method(data):
    """Find the payment method of the amount that is not paid with credit.

    :return: the name of the payment terms of an order without payments, else the gateway of the
        last payment, else the only gateway that is listed; '' when unknown
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
    """:return: the name of the payment terms of an unpaid order, as ``Net 30``; '' for an order
    without terms
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
    """:return: all transactions where they are included, else the refunds"""
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
    """:return: the charge of a transaction; ``None`` when it moves no money"""
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
