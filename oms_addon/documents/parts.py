"""Parts of documents: addresses, customers, lines and charges."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from .codec import (
    BOOLEAN,
    CODE,
    DECIMAL,
    MOMENT,
    TEXT,
    choice_of,
    declare,
    list_of,
    nullable,
    part_of,
    text,
)
from .values import EXACT, to_utc

LINE_KINDS = ("product", "shipping", "fee", "discount", "gift_card", "tip")
CHARGE_KINDS = ("authorization", "charge", "refund", "chargeback")
CHARGE_STATUSES = ("pending", "success", "failed")
RISKS = ("", "low", "medium", "high")
#: bases of tax rounding
TAX_ROUNDINGS = ("", "unit", "line", "order")

_EMAIL = re.compile(r"[^@\s,;<>]{1,128}@[^@\s,;<>]{1,255}")
_ZERO = Decimal(0)


def normalise_email(email):
    """:return: an email address in a comparable form; '' if it is invalid"""
    email = email.strip().casefold()
    return email if _EMAIL.fullmatch(email) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A postal address: ``country`` is ISO 3166-1 alpha-2, ``state`` a code or a name.

    ``state_name`` is the name of a state given by code; it is not part of the identity.
    """

    name: str = text()
    company: str = text()
    street: str = text()
    street2: str = text()
    city: str = text()
    zip: str = text()
    state: str = text()
    state_name: str = text(repr=False)
    country: str = declare(CODE, default="")
    phone: str = text()
    email: str = text()
    tax_number: str = text()


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """The customer: ``ref`` is the channel's customer ID, ``language`` e.g. ``en_GB``."""

    ref: str = text()
    name: str = text()
    email: str = text()
    phone: str = text()
    company: str = text()
    tax_number: str = text()
    language: str = text()

    @property
    def is_known(self):
        """Whether anything identifies the customer."""
        return any(value.strip() for value in (self.ref, self.name, self.email, self.phone))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tax:
    """A tax of a line: ``rate`` in percent, ``amount`` for the whole line if known.

    ``ref`` is the channel's id of the tax. ``rate`` is ``None`` if the channel sends only the
    amount. A ``compound`` tax is computed on the price including the taxes that are not compound
    and the compound taxes before it.
    """

    ref: str = text()
    name: str = text()
    rate: Decimal | None = declare(nullable(DECIMAL), default=None)
    amount: Decimal | None = declare(nullable(DECIMAL), default=None)
    compound: bool = declare(BOOLEAN, default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of an order.

    ``discount`` is the discount of the whole line, at least 0, in the same tax mode as
    ``unit_price``. ``taxes`` is ``None`` if unknown, ``()`` if the line is untaxed. A line of kind
    ``discount`` has a negative ``unit_price``. ``available_at`` is the earliest availability of a
    pre-order. ``shipped`` is the number of shipped units, whoever shipped them; ``None`` if
    unknown. ``shipped_from`` is the channel's id of the location; empty if unknown or several.
    ``listing_ref`` is the channel's id of the listing, as ``Listing.ref``, ``parent_ref`` that of
    the product of a variant; they identify the product before the SKU.
    """

    ref: str = text()
    listing_ref: str = text()
    parent_ref: str = text()
    sku: str = text()
    barcode: str = text()
    name: str = text()
    kind: str = declare(choice_of(*LINE_KINDS), default="product")
    quantity: Decimal = declare(DECIMAL)
    unit_price: Decimal = declare(DECIMAL)
    discount: Decimal = declare(DECIMAL, default=_ZERO)
    taxes: tuple[Tax, ...] | None = declare(nullable(list_of(part_of(Tax))), default=None)
    note: str = text()
    available_at: datetime | None = declare(nullable(MOMENT), default=None)
    shipped: Decimal | None = declare(nullable(DECIMAL), default=None)
    shipped_from: str = text()

    def __post_init__(self):
        if self.available_at:
            available_at = to_utc(self.available_at, path="available_at")
            object.__setattr__(self, "available_at", available_at)

    @property
    def subtotal(self):
        """The exact price of the line, in the tax mode of its unit price."""
        return EXACT.subtract(EXACT.multiply(self.quantity, self.unit_price), self.discount)

    @property
    def tax_amount(self):
        """The sum of its taxes; ``None`` if unknown."""
        if self.taxes is None or any(tax.amount is None and tax.rate != 0 for tax in self.taxes):
            return None
        return exact_sum(tax.amount or _ZERO for tax in self.taxes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """A payment transaction: ``ref`` is the channel's transaction ID.

    A payment by gift card is a charge with the method ``gift_card``.
    """

    ref: str = text()
    kind: str = declare(choice_of(*CHARGE_KINDS))
    amount: Decimal = declare(DECIMAL)
    currency: str = declare(CODE, default="")
    at: datetime = declare(MOMENT)
    method: str = text()
    gateway: str = text()
    status: str = declare(choice_of(*CHARGE_STATUSES))

    def __post_init__(self):
        object.__setattr__(self, "at", to_utc(self.at, path="at"))


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelledLine:
    """Cancelled units of a line; ``quantity`` is positive.

    ``line_ref`` is the channel's id of the order line; without it the line is found by SKU and
    price.
    """

    line_ref: str = text()
    sku: str = text()
    name: str = text()
    quantity: Decimal = declare(DECIMAL)
    unit_price: Decimal = declare(DECIMAL, default=_ZERO)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundLine:
    """Refunded units of a line, or a partial refund of its price.

    ``quantity`` is 0 if only money is refunded. ``amount`` is the refund of the line including
    taxes; ``None`` for the invoiced amount of the units. ``tax`` is the refunded tax if it is not
    proportional, e.g. all of it for a customer who is exempted later. ``returned`` is whether the
    units were shipped: they are returned, and the delivery is not reduced.
    """

    line_ref: str = text()
    sku: str = text()
    quantity: Decimal = declare(DECIMAL, default=_ZERO)
    amount: Decimal | None = declare(nullable(DECIMAL), default=None)
    tax: Decimal | None = declare(nullable(DECIMAL), default=None)
    returned: bool = declare(BOOLEAN, default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """A refund on the channel: ``ref`` is its ID on the channel, unique per order.

    ``amount`` is the total refund including taxes, ``None`` for the sum of the lines. The payment
    itself is a charge of kind ``refund``.
    """

    ref: str = declare(TEXT)
    at: datetime = declare(MOMENT)
    lines: tuple[RefundLine, ...] = declare(list_of(part_of(RefundLine)), default=())
    amount: Decimal | None = declare(nullable(DECIMAL), default=None)
    reason: str = text()

    def __post_init__(self):
        object.__setattr__(self, "at", to_utc(self.at, path="at"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelHold:
    """A hold of the channel on an order: ``code`` and ``reason`` are those of the channel."""

    code: str = declare(TEXT)
    reason: str = text()


def exact_sum(amounts):
    """Return the sum of decimals, without rounding."""
    total = _ZERO
    for amount in amounts:
        total = EXACT.add(total, amount)
    return total
