"""Values of Amazon's orders, for both API versions."""

from decimal import Decimal
from typing import NamedTuple

from odoo.addons.oms_addon.documents.values import (
    mismatch,
    to_decimal,
    to_moment,
    to_text,
)

ZERO = Decimal(0)
ONE, CENT = Decimal(1), Decimal("0.01")
#: currencies without minor unit
WHOLE = {"JPY"}
GATEWAY = "amazon"
STATUSES = {
    "Pending": "pending",
    "PendingAvailability": "pending",
    "Unshipped": "open",
    "PartiallyShipped": "open",
    "Unfulfillable": "open",
    "Shipped": "shipped",
    "InvoiceUnconfirmed": "shipped",
    "Canceled": "cancelled",
    "PENDING": "pending",
    "PENDING_AVAILABILITY": "pending",
    "UNSHIPPED": "open",
    "PARTIALLY_SHIPPED": "open",
    "UNFULFILLABLE": "open",
    "SHIPPED": "shipped",
    "CANCELLED": "cancelled",
}
#: the buyer pays the carrier on delivery, Amazon collects nothing
CASH = {"cod", "cashondelivery"}


class Part(NamedTuple):
    """One amount of an item; ``tax`` is ``None`` where it is missing."""

    kind: str
    amount: Decimal
    discount: Decimal = ZERO
    tax: Decimal | None = None
    discount_tax: Decimal = ZERO


class Item(NamedTuple):
    """One item of an order, the same for both API versions."""

    ref: str
    sku: str
    title: str
    quantity: Decimal
    parts: tuple
    #: whether Amazon collects the tax and pays it to the state
    by_amazon: bool = False
    note: str = ""
    #: shipped units; ``None`` when missing
    shipped: Decimal | None = None


class Mode(NamedTuple):
    """How the amounts of an order add up to its total."""

    included: bool
    #: whether the tax on a discount is added to it
    adds_discount_tax: bool


NAMES = {"shipping": "Shipping", "gift_wrap": "Gift wrap", "cod": "Cash on delivery"}
KINDS = {"shipping": "shipping", "gift_wrap": "fee", "cod": "fee", "other": "fee"}


def text_of(data, key):
    """:return: the text under a key, '' where there is none"""
    value = data.get(key)
    return value if type(value) is str else to_text(value or "", key)


def status_of(value, path):
    try:
        return STATUSES[value]
    except (KeyError, TypeError):
        raise mismatch("an order status", value, path) from None


def moment(data, key, required=True):
    """:return: the time under a key; ``None`` when it may be missing and is
    :raise DocumentError: when it is not a time
    """
    value = data.get(key)
    if not value and not required:
        return None
    return to_moment(value, "UTC", key)


def money(value, path, key="Amount"):
    """:return: the amount of a money object; zero when it is missing"""
    if not value:
        return ZERO
    try:
        return to_decimal(value[key], path)
    except (KeyError, TypeError, IndexError):
        raise mismatch(f"an object with {key}", value, path) from None


def optional(value, path, key="Amount"):
    return money(value, path, key) if value else None


def shipped_of(value, path):
    return None if value in (None, "") else quantity_of(value, path)


def quantity_of(value, path):
    quantity = to_decimal(value, path)
    return quantity if quantity >= 0 else ZERO
