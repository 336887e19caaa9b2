"""What is wrong with a document, in sentences a shop employee understands."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from odoo.addons.oms_addon.tools.countries import COUNTRY_CODES, NO_POSTCODE_COUNTRIES

from .values import EXACT, UTC

ADDRESS_LEVELS = ("country", "full")

#: How far a total may be from the sum of its lines, in the currency of the order.
TOTAL_TOLERANCE = Decimal("0.005")

_CURRENCY = re.compile("[A-Z]{3}")
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a well-formed document cannot be worked on as it is.

    ``code`` is for the rules, ``message`` for a person, ``path`` names the field.
    """

    code: str
    message: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class HoldReason:
    """Why an order or a message is held, see ``oms.hold``: ``code`` is of ``oms.hold.reason``,
    ``message`` is for a person.
    """

    code: str
    message: str
    sku: str = ""
    #: the channel's id of the listing, and of the product that it is a variant of
    listing_ref: str = ""
    parent_ref: str = ""
    #: the ``oms.hold.rule`` that holds it, if one does
    rule: Any = None
    #: name and total as the document has them, where there is no order yet
    customer: str = ""
    amount: str = ""
    #: until when it has to be decided, naive UTC
    deadline: datetime | None = None
    #: the ``res.partner`` whose order it may be
    candidate: Any = None


def customer_problems(customer):
    """:return: whether anything tells who the customer is"""
    if not customer.is_known:
        yield Problem(
            "MISSING_CUSTOMER",
            "There is no customer: neither a number nor a name, e-mail or phone.",
            "customer",
        )


def currency_problems(currency):
    """:return: whether this looks like a currency"""
    if not _CURRENCY.fullmatch(currency):
        yield Problem(
            "BAD_CURRENCY",
            f"“{currency}” is not a currency; three letters such as EUR are expected.",
            "currency",
        )


def time_problems(moment, path):
    """:return: whether a moment lies more than a day in the future"""
    if moment > datetime.now(UTC) + _ONE_DAY:
        yield Problem("BAD_TIME", f"The time {moment:%Y-%m-%d %H:%M} lies in the future.", path)


def country_problems(address, path):
    """:return: whether the country, if there is one, exists"""
    if address.country and address.country not in COUNTRY_CODES:
        yield Problem(
            "UNKNOWN_COUNTRY",
            f"“{address.country}” in the {path} address is not the code of a country.",
            f"{path}.country",
        )


def address_problems(address, level, path="shipping", needs_postcode=True):
    """Say what an address lacks for the use a channel makes of it.

    :param Address address: the address
    :param str level: ``country`` when only the country matters, ``full`` when a
        parcel goes there
    :param str path: ``shipping`` or ``billing``
    :param bool needs_postcode: whether its country is set up to have postcodes
    :return: problems with the codes BAD_ADDRESS and, for the country, UNKNOWN_COUNTRY
    :rtype: tuple[Problem]
    """
    if level not in ADDRESS_LEVELS:
        raise ValueError(f"unknown address level {level!r}")
    lacking = [
        Problem("BAD_ADDRESS", f"The {path} address has no {label}.", f"{path}.{name}")
        for name, label, value in _needed_parts(address, level, needs_postcode)
        if not value.strip()
    ]
    if not address.country:
        message = f"The {path} address does not say the country."
        lacking.append(Problem("UNKNOWN_COUNTRY", message, f"{path}.country"))
    return (*lacking, *country_problems(address, path))


def _needed_parts(address, level, needs_postcode):
    if level == "full":
        yield "name", "name", address.name or address.company
        yield "street", "street", address.street
        yield "city", "city", address.city
        if needs_postcode and address.country not in NO_POSTCODE_COUNTRIES:
            yield "zip", "postcode", address.zip


def line_label(index, line):
    """Return how a person finds a line: ``Line 2 (Mug, MUG-1)``."""
    described = ", ".join(filter(None, (line.name, line.sku)))
    return f"Line {index + 1} ({described})" if described else f"Line {index + 1}"


def quantity_problems(lines):
    """:return: the lines whose quantity is zero or negative"""
    for index, line in enumerate(lines):
        if line.quantity <= 0:
            yield Problem(
                "BAD_QUANTITY",
                f"{line_label(index, line)} has the quantity {line.quantity:f}; "
                "it must be more than zero.",
                f"lines[{index}].quantity",
            )


def line_problems(lines):
    """:return: what is wrong with the lines of an order"""
    if not lines:
        yield Problem("NO_LINES", "The order has no lines.", "lines")
    yield from quantity_problems(lines)
    for index, line in enumerate(lines):
        yield from _price_problems(index, line)
        yield from _sku_problems(index, line)


def _price_problems(index, line):
    label, path = line_label(index, line), f"lines[{index}].unit_price"
    if line.kind == "discount" and line.unit_price > 0:
        message = f"{label} is a discount with the price {line.unit_price:f}; "
        yield Problem("BAD_PRICE", message + "it must be negative.", path)
    elif line.kind != "discount" and line.unit_price < 0:
        message = f"{label} has the negative price {line.unit_price:f}."
        yield Problem("BAD_PRICE", message, path)
    if line.discount < 0 or (line.discount and line.quantity > 0 and line.subtotal < 0):
        message = f"{label} has the discount {line.discount:f}; "
        yield Problem(
            "BAD_PRICE",
            message + "it must be between zero and the price of the line.",
            f"lines[{index}].discount",
        )


def _sku_problems(index, line):
    names = (line.listing_ref, line.sku, line.barcode)
    if line.kind == "product" and not any(name.strip() for name in names):
        yield Problem(
            "MISSING_SKU",
            f"{line_label(index, line)} says neither the SKU nor the barcode.",
            f"lines[{index}].sku",
        )


def total_problems(document):
    """:return: whether the total of an order differs from the sum of its lines"""
    expected = document.expected_total()
    if document.total is None or expected is None:
        return
    difference = EXACT.subtract(document.total, expected)
    if abs(difference) > TOTAL_TOLERANCE:
        yield Problem(
            "TOTAL_MISMATCH",
            f"The channel's total is {document.total:f} {document.currency}, "
            f"but the lines add up to {expected:f} {document.currency}.",
            "total",
        )


def charge_problems(charges):
    """:return: what is wrong with payments"""
    seen = set()
    for index, charge in enumerate(charges):
        path, label = f"charges[{index}]", f"Payment {index + 1}"
        if charge.amount <= 0:
            message = f"{label} has the amount {charge.amount:f}; it must be positive."
            yield Problem("BAD_CHARGE", message, f"{path}.amount")
        if not charge.currency:
            yield Problem("BAD_CHARGE", f"{label} says no currency.", f"{path}.currency")
        if not charge.ref.strip():
            message = f"{label} has no transaction number."
            yield Problem("BAD_CHARGE", message, f"{path}.ref")
        elif (charge.kind, charge.ref) in seen:
            message = f"{label} repeats the transaction number {charge.ref}."
            yield Problem("BAD_CHARGE", message, f"{path}.ref")
        seen.add((charge.kind, charge.ref))
