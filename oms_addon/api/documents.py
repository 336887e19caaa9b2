"""The responses of the canonical API."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from odoo.addons.oms_addon.documents.codec import (
    CODE,
    DECIMAL,
    INTEGER,
    MOMENT,
    TEXT,
    choice_of,
    declare,
    list_of,
    nullable,
    part_of,
)
from odoo.addons.oms_addon.documents.parts import LINE_KINDS

from .requests import CartItem

#: states of an order in the API
ORDER_STATES = (
    "received",
    "parked",
    "running",
    "waiting",
    "held",
    "failed",
    "done",
    "cancelled",
)
PAYMENT_STATES = (
    "",
    "unpaid",
    "authorized",
    "partial",
    "paid",
    "overpaid",
    "mismatch",
    "refunded",
)
RESULTS = ("accepted", "known")
INVOICE_KINDS = ("invoice", "credit_note")
STOCK_STATES = ("counted", "unlimited", "unknown")


# === RESPONSES === #


@dataclass(frozen=True, slots=True, kw_only=True)
class Cart:
    """The reservation of a cart."""

    ref: str = declare(TEXT, "The channel's ID of the cart; `cart_ref` of the order.")
    expires_at: datetime | None = declare(
        nullable(MOMENT), "When the reservation expires; null if no item needs a reservation."
    )
    items: tuple[CartItem, ...] = declare(list_of(part_of(CartItem)), "The requested items.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CartReleased:
    """A cart whose reservation was released."""

    ref: str = declare(TEXT, "The channel's ID of the cart.")
    released: int = declare(INTEGER, "The number of products that were reserved.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A document that is stored in the inbox."""

    ref: str = declare(TEXT, "The channel's ID of the order; empty if the document has none.")
    schema: str = declare(TEXT, "The type of document.")
    event: str = declare(TEXT, "The name of the event in the inbox.")
    message: int = declare(INTEGER, "The ID of the message in the inbox, for support.")
    result: str = declare(
        choice_of(*RESULTS), "`accepted`, or `known` if the document was received before."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The results of the documents of a request, in the same order."""

    documents: tuple[Received, ...] = declare(list_of(part_of(Received)))


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusLine:
    """A line of an order, in the units of the channel."""

    ref: str = declare(TEXT, "The channel's ID of the line.")
    sku: str = declare(TEXT)
    name: str = declare(TEXT)
    kind: str = declare(choice_of(*LINE_KINDS, "rounding"))
    ordered: Decimal = declare(DECIMAL, "Ordered quantity.")
    shipped: Decimal = declare(DECIMAL, "Shipped quantity.")
    cancelled: Decimal = declare(DECIMAL, "Cancelled and returned quantity.")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusParcel:
    """A parcel of an order."""

    carrier: str = declare(TEXT)
    number: str = declare(TEXT, "The tracking number; empty if there is none.")
    url: str = declare(TEXT, "The tracking page; empty if the carrier has none.")
    state: str = declare(TEXT, "A state of `oms.tracking/1`.")
    shipped_at: datetime | None = declare(nullable(MOMENT))


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusInvoice:
    """A posted invoice or credit note of an order."""

    number: str = declare(TEXT)
    kind: str = declare(choice_of(*INVOICE_KINDS))
    date: str = declare(TEXT, "The invoice date, e.g. `2026-03-01`.")
    total: Decimal = declare(DECIMAL, "Total including taxes.")
    currency: str = declare(CODE)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusProblem:
    """Why an order or a message is on hold: `code` for programs, `message` for users."""

    code: str = declare(TEXT)
    message: str = declare(TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusMessage:
    """A message about an order that is not processed yet."""

    event: str = declare(TEXT)
    topic: str = declare(TEXT)
    state: str = declare(choice_of("pending", "parked", "failed"))
    received_at: datetime = declare(MOMENT)
    problems: tuple[StatusProblem, ...] = declare(list_of(part_of(StatusProblem)))


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderStatus:
    """The status of an order.

    In the states `received` and `parked` the document is in the inbox and the order is not created
    yet.
    """

    ref: str = declare(TEXT, "The channel's ID of the order.")
    number: str = declare(TEXT, "The order number on the channel.")
    state: str = declare(choice_of(*ORDER_STATES))
    step: str = declare(TEXT, "The next step; empty while the document is in the inbox.")
    waits_for: str = declare(TEXT, "What the order is waiting for; empty if it is not waiting.")
    payment: str = declare(choice_of(*PAYMENT_STATES))
    currency: str = declare(CODE)
    total: Decimal | None = declare(nullable(DECIMAL), "Total including taxes.")
    paid: Decimal = declare(DECIMAL)
    refunded: Decimal = declare(DECIMAL)
    placed_at: datetime | None = declare(nullable(MOMENT))
    updated_at: datetime | None = declare(nullable(MOMENT), "The last change in Odoo.")
    lines: tuple[StatusLine, ...] = declare(list_of(part_of(StatusLine)))
    parcels: tuple[StatusParcel, ...] = declare(list_of(part_of(StatusParcel)))
    invoices: tuple[StatusInvoice, ...] = declare(list_of(part_of(StatusInvoice)))
    problems: tuple[StatusProblem, ...] = declare(
        list_of(part_of(StatusProblem)), "Why the order is on hold."
    )
    messages: tuple[StatusMessage, ...] = declare(
        list_of(part_of(StatusMessage)), "Messages about the order that are not processed yet."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPage:
    """Changed orders, sorted by their last change, oldest first."""

    orders: tuple[OrderStatus, ...] = declare(list_of(part_of(OrderStatus)))
    next_cursor: str | None = declare(
        nullable(TEXT), "The `cursor` of the next page; null on the last page."
    )
    next_updated_after: datetime = declare(
        MOMENT, "The `updated_after` of the next poll. It overlaps, so that no change is missed."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Available:
    """The Available to Sell of a SKU on the channel."""

    sku: str = declare(TEXT)
    name: str = declare(TEXT)
    state: str = declare(
        choice_of(*STOCK_STATES),
        "`unlimited` if no inventory is tracked, `unknown` if no listing has the SKU.",
    )
    quantity: int | None = declare(nullable(INTEGER), "Null if the state is not `counted`.")


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilityPage:
    """The Available to Sell, one item per SKU."""

    items: tuple[Available, ...] = declare(list_of(part_of(Available)))
    next_cursor: str | None = declare(
        nullable(TEXT), "The `cursor` of the next page; null on the last page."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldError:
    """An error in one field."""

    field: str = declare(TEXT, "E.g. `[3].lines[0].quantity`; empty for the whole body.")
    message: str = declare(TEXT, "The expected and the actual value.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemAnswer:
    """Why a request was rejected (RFC 9457)."""

    type: str = declare(TEXT, "The type of error, e.g. `urn:oms:problem:unknown-order`.")
    title: str = declare(TEXT)
    status: int = declare(INTEGER)
    detail: str = declare(TEXT, "What failed, and what to do.")
    errors: tuple[FieldError, ...] = declare(list_of(part_of(FieldError)), default=())
