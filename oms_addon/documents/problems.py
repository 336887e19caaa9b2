"""Problems of documents, as messages for users."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from odoo.addons.oms_addon.tools.countries import COUNTRY_CODES, NO_POSTCODE_COUNTRIES

from .values import EXACT, UTC

ADDRESS_LEVELS = ("country", "full")

#: maximum difference between a total and the sum of its lines, in the currency of the order
TOTAL_TOLERANCE = Decimal("0.005")

_CURRENCY = re.compile("[A-Z]{3}")
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a well-formed document cannot be processed.

    ``code`` is for rules, ``message`` for users, ``path`` names the field.
    """

    code: str
    message: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class HoldReason:
    """Why an order or a message is on hold, see ``oms.hold``: ``code`` of an ``oms.hold.reason``,
    ``message`` for users.
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
    #: when it must be resolved, naive UTC
    deadline: datetime | None = None
    #: the ``res.partner`` who may have placed the order
    candidate: Any = None


def customer_problems(customer):
    """:return: the problem of an order without a customer"""
    if not customer.is_known:
        yield Problem(
            "MISSING_CUSTOMER",
            "The customer is missing: no customer number, name, email or phone.",
            "customer",
        )


def currency_problems(currency):
    """:return: the problem of an invalid currency"""
    if not _CURRENCY.fullmatch(currency):
        yield Problem(
            "BAD_CURRENCY",
            f"“{currency}” is not a currency. Three letters such as EUR are expected.",
            "currency",
        )


def time_problems(moment, path):
    """:return: the problem of a time more than a day in the future"""
    if moment > datetime.now(UTC) + _ONE_DAY:
        yield Problem("BAD_TIME", f"The time {moment:%Y-%m-%d %H:%M} is in the future.", path)


def country_problems(address, path):
    """:return: the problem of an unknown country"""
    if address.country and address.country not in COUNTRY_CODES:
        yield Problem(
            "UNKNOWN_COUNTRY",
            f"“{address.country}” in the {path} address is not a country code.",
            f"{path}.country",
        )


def address_problems(address, level, path="shipping", needs_postcode=True):
    """Check the completeness of an address.

    :param Address address: the address
    :param str level: ``country`` if only the country is needed, ``full`` for deliveries
    :param str path: ``shipping`` or ``billing``
    :param bool needs_postcode: whether the country requires postcodes
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
        message = f"The {path} address has no country."
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
    """:return: the label of a line in messages: ``Line 2 (Mug, MUG-1)``"""
    described = ", ".join(filter(None, (line.name, line.sku)))
    return f"Line {index + 1} ({described})" if described else f"Line {index + 1}"


def quantity_problems(lines):
    """:return: the lines whose quantity is zero or negative"""
    for index, line in enumerate(lines):
        if line.quantity <= 0:
            yield Problem(
                "BAD_QUANTITY",
                f"{line_label(index, line)} has the quantity {line.quantity:f}. "
                "It must be greater than zero.",
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
        message = f"{label} is a discount with the price {line.unit_price:f}. It must be negative."
        yield Problem("BAD_PRICE", message, path)
    elif line.kind != "discount" and line.unit_price < 0:
        message = f"{label} has the negative price {line.unit_price:f}."
        yield Problem("BAD_PRICE", message, path)
    if line.discount < 0 or (line.discount and line.quantity > 0 and line.subtotal < 0):
        message = (
            f"{label} has the discount {line.discount:f}. It must be between zero and the price of "
            "the line."
        )
        yield Problem("BAD_PRICE", message, f"lines[{index}].discount")


def _sku_problems(index, line):
    names = (line.listing_ref, line.sku, line.barcode)
    if line.kind == "product" and not any(name.strip() for name in names):
        yield Problem(
            "MISSING_SKU",
            f"{line_label(index, line)} has neither a SKU nor a barcode.",
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
            message = f"{label} has the amount {charge.amount:f}. It must be positive."
            yield Problem("BAD_CHARGE", message, f"{path}.amount")
        if not charge.currency:
            yield Problem("BAD_CHARGE", f"{label} has no currency.", f"{path}.currency")
        if not charge.ref.strip():
            message = f"{label} has no transaction number."
            yield Problem("BAD_CHARGE", message, f"{path}.ref")
        elif (charge.kind, charge.ref) in seen:
            message = f"{label} repeats the transaction number {charge.ref}."
            yield Problem("BAD_CHARGE", message, f"{path}.ref")
        seen.add((charge.kind, charge.ref))
