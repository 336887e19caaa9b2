"""Parse Amazon's refunds, from the transactions of the Finances API 2024-06-19.

A transaction is a movement on the seller's account, so a refund's total is negative and reduced by
the fees that Amazon returns. The buyer's amount is in its breakdowns: charges for products,
shipping and gift wrap, their taxes, less promotions. Tax that Amazon collects itself is listed
twice: as tax refunded to the buyer, and as withheld tax, which is not refunded.
"""

import re

from odoo.addons.oms_addon.documents.order import (
    Charge,
    DocumentError,
    Refund,
    RefundDocument,
    RefundLine,
    exact_sum,
)
from odoo.addons.oms_addon.documents.values import (
    EXACT,
    mismatch,
    refuses_bad_input,
    to_decimal,
    to_moment,
)

from .parse_orders import read_object

REFUND = "Refund"
#: breakdowns of the buyer's amounts; all others are between Amazon and the seller
OF_BUYER = re.compile(
    r"(product)?charges?|productcharges?|principal|ourprice\w*|(product|item)?tax|"
    r"shipping(charges?|principal|tax|discount|taxdiscount)?|"
    r"giftwrap(charges?|principal|tax|discount|taxdiscount)?|"
    r"promo\w*|goodwill\w*|restocking\w*"
)
#: breakdowns that only group others
WRAPPERS = {"sales", "expenses", "refundedsales", "refundedexpenses"}
#: tax withheld by Amazon or the state: the counterpart of the buyer's refunded tax
WITHHELD = ("marketplacefacilitator", "lowvaluegoods", "tcs", "itemtds", "tds", "taxwithh")
#: amounts of an item that are not part of its price
BESIDES = ("shipping", "giftwrap")


@refuses_bad_input
def read_refund(payload):
    """Parse the refund in a transaction.

    :param bytes payload: a transaction of listTransactions
    :return: the refund, ``None`` when nothing was refunded to a buyer
    :rtype: RefundDocument | None
    :raise DocumentError: when it is not a transaction, or lacks the buyer's amounts
    """
    data = read_object(payload)
    try:
        return _read(data)
    except (AttributeError, TypeError) as error:
        message = f"this is not a valid transaction of Amazon: {error}"
        raise DocumentError(message) from error


@refuses_bad_input
def order_of_transaction(data):
    """:return: the order id of a transaction, ``None`` without one"""
    return _related(data, "ORDER_ID") or None


@refuses_bad_input
def market_of_transaction(data):
    """:return: the marketplace of a transaction, '' when it is missing"""
    details = data.get("marketplaceDetails") or data.get("sellingPartnerMetadata") or {}
    return details.get("marketplaceId") or ""


def _read(data):
    if data.get("transactionType") != REFUND:
        return None
    order_ref = order_of_transaction(data)
    ref = _related(data, "REFUND_ID") or data.get("transactionId")
    if not order_ref or not ref:
        raise mismatch("an ORDER_ID and a transactionId", data.get("relatedIdentifiers"), "")
    at = to_moment(data.get("postedDate"), "UTC", "postedDate")
    items = data.get("items") or ()
    of_items = any(item.get("breakdowns") for item in items)
    reported = [b for i in items for b in i.get("breakdowns") or ()] if of_items else None
    amount = _refunded(reported or data.get("breakdowns") or ())
    if amount < 0 or not (reported or data.get("breakdowns")):
        raise mismatch("breakdowns of the refund", data.get("breakdowns"), "breakdowns")
    if not amount:
        return None
    refund = Refund(
        ref=ref,
        at=at,
        amount=amount,
        reason=data.get("description") or "",
        lines=tuple(filter(None, map(_line, items))),
    )
    charge = Charge(
        ref=ref,
        kind="refund",
        amount=amount,
        currency=(data.get("totalAmount") or {}).get("currencyCode") or "",
        at=at,
        status="success",
    )
    return RefundDocument(order_ref=order_ref, refunds=(refund,), charges=(charge,))


def _line(item):
    """:return: the refunded part of an item's price; ``None`` when there is none"""
    contexts = item.get("contexts") or ()
    product = next((c for c in contexts if c.get("sku")), None)
    amount = _refunded(item.get("breakdowns") or (), WITHHELD + BESIDES)
    if product is None or amount <= 0:
        return None
    quantity = to_decimal(product.get("quantityShipped") or 0, "items.contexts.quantityShipped")
    return RefundLine(sku=product["sku"], quantity=quantity, amount=amount)


def _refunded(breakdowns, skipped=WITHHELD):
    """:return: the sum of some breakdowns that was refunded to the buyer
    :rtype: Decimal
    """
    return EXACT.minus(exact_sum(_amounts(breakdowns, skipped)))


def _amounts(breakdowns, skipped, of_buyer=False):
    """Yield the amounts between buyer and seller, in the finest breakdown available."""
    for breakdown in breakdowns:
        name = re.sub(r"[^a-z]", "", (breakdown.get("breakdownType") or "").lower())
        if name.startswith(skipped):
            continue
        is_buyers = of_buyer or bool(OF_BUYER.fullmatch(name))
        if parts := breakdown.get("breakdowns"):
            if is_buyers or name in WRAPPERS:
                yield from _amounts(parts, skipped, is_buyers)
        elif is_buyers:
            amount = breakdown.get("breakdownAmount") or {}
            yield to_decimal(amount.get("currencyAmount"), f"breakdowns.{name}")


def _related(data, name):
    """:return: the related identifier of a kind in a transaction, '' without one"""
    for related in data.get("relatedIdentifiers") or ():
        if related.get("relatedIdentifierName") == name:
            return related.get("relatedIdentifierValue") or ""
    return ""
