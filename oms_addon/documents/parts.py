"""What documents are made of: addresses, customers, lines and charges."""

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
#: what a channel rounds the taxes of
TAX_ROUNDINGS = ("", "unit", "line", "order")

_EMAIL = re.compile(r"[^@\s,;<>]{1,128}@[^@\s,;<>]{1,255}")
_ZERO = Decimal(0)


def normalise_email(email):
    """Return an e-mail address so that equal ones compare equal; '' when it is none."""
    email = email.strip().casefold()
    return email if _EMAIL.fullmatch(email) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A postal address: ``country`` is ISO 3166-1 alpha-2, ``state`` code or name.

    ``state_name`` is the name of a state whose code is told; it makes no other address.
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
    """Who buys: ``ref`` is the channel's customer id, ``language`` e.g. ``en_GB``."""

    ref: str = text()
    name: str = text()
    email: str = text()
    phone: str = text()
    company: str = text()
    tax_number: str = text()
    language: str = text()

    @property
    def is_known(self):
        """Whether anything tells who this is."""
        return any(value.strip() for value in (self.ref, self.name, self.email, self.phone))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tax:
    """A tax of a line: ``rate`` in percent, ``amount`` for the whole line if known.

    ``ref`` is the channel's id of the tax. ``rate`` is ``None`` where the channel tells the
    amount alone. A ``compound`` tax is computed on the price with the taxes that are not
    compound, and with the compound ones before it.
    """

    ref: str = text()
    name: str = text()
    rate: Decimal | None = declare(nullable(DECIMAL), default=None)
    amount: Decimal | None = declare(nullable(DECIMAL), default=None)
    compound: bool = declare(BOOLEAN, default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of an order.

    ``discount`` is off the whole line, at least 0, and in the same tax mode as
    ``unit_price``. ``taxes`` is ``None`` when the channel does not say, ``()`` when the
    line is untaxed. A line of kind ``discount`` has a negative ``unit_price``.
    ``available_at`` is when the items of a pre-order can be had at the earliest.
    ``shipped`` is how many pieces have left, whoever sent them; ``None`` when the channel does
    not say. ``shipped_from`` is the channel's id of the place they left from; empty when the
    channel does not say, or when they left from several.
    ``listing_ref`` is the channel's id of what was sold, as ``Listing.ref``, ``parent_ref`` of
    the product it is a variant of; they say which product it is before any SKU does.
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
        """What the line costs, exactly, in the tax mode of its price."""
        return EXACT.subtract(EXACT.multiply(self.quantity, self.unit_price), self.discount)

    @property
    def tax_amount(self):
        """The sum of its taxes; ``None`` when the channel does not tell."""
        if self.taxes is None or any(tax.amount is None and tax.rate != 0 for tax in self.taxes):
            return None
        return exact_sum(tax.amount or _ZERO for tax in self.taxes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """Money that moved, or failed to: ``ref`` is the channel's transaction id.

    A gift card used to pay is a charge with the method ``gift_card``.
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
    """Pieces a customer no longer wants; ``quantity`` is positive.

    ``line_ref`` is the channel's id of the order's line; without it SKU and price tell.
    """

    line_ref: str = text()
    sku: str = text()
    name: str = text()
    quantity: Decimal = declare(DECIMAL)
    unit_price: Decimal = declare(DECIMAL, default=_ZERO)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundLine:
    """Pieces, or a part of the price, of one line that are given back.

    ``quantity`` is 0 where only money is. ``amount`` is what is given back for the line,
    with taxes; ``None`` where that is what its pieces were invoiced with. ``tax`` is what of it
    is tax, where that is not its usual part: all of it where a customer is exempted later.
    ``returned`` says that the pieces had left: they come back, nothing is taken off the delivery.
    """

    line_ref: str = text()
    sku: str = text()
    quantity: Decimal = declare(DECIMAL, default=_ZERO)
    amount: Decimal | None = declare(nullable(DECIMAL), default=None)
    tax: Decimal | None = declare(nullable(DECIMAL), default=None)
    returned: bool = declare(BOOLEAN, default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """Something a channel gave back: ``ref`` is its id there, unique on the order.

    ``amount`` is all that is given back, with taxes, whatever the lines explain of it;
    ``None`` where the lines say it all. The money itself is told by a charge of kind
    ``refund``.
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
    """Why the channel wants an order not to be worked on: ``code`` and words are its own."""

    code: str = declare(TEXT)
    reason: str = text()


def exact_sum(amounts):
    """Return the sum of decimals, without rounding."""
    total = _ZERO
    for amount in amounts:
        total = EXACT.add(total, amount)
    return total
