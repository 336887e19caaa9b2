"""What the canonical API is asked and answers, beside the documents it takes."""

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

#: how far an order is, as the API tells it
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


# === WHAT IS ANSWERED === #


@dataclass(frozen=True, slots=True, kw_only=True)
class Cart:
    """What is kept for a cart."""

    ref: str = declare(TEXT, "The channel's id of the cart; the order names it as `cart_ref`.")
    expires_at: datetime | None = declare(
        nullable(MOMENT), "Until when; null where nothing had to be kept."
    )
    items: tuple[CartItem, ...] = declare(list_of(part_of(CartItem)), "As they were asked for.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CartReleased:
    """A cart of which nothing is kept any more."""

    ref: str = declare(TEXT, "The channel's id of the cart.")
    released: int = declare(INTEGER, "Of how many products something was kept.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One document that is in the inbox: nothing of it gets lost any more."""

    ref: str = declare(TEXT, "The order it is about; empty where it names none.")
    schema: str = declare(TEXT, "What kind of document it is.")
    event: str = declare(TEXT, "The name of the event in the inbox.")
    message: int = declare(INTEGER, "The number of the inbox row, for support.")
    result: str = declare(choice_of(*RESULTS), "Whether it is new, or was here before.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of the documents of one request, in their order."""

    documents: tuple[Received, ...] = declare(list_of(part_of(Received)))


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusLine:
    """One line of an order, in the channel's units."""

    ref: str = declare(TEXT, "The channel's id of the line.")
    sku: str = declare(TEXT)
    name: str = declare(TEXT)
    kind: str = declare(choice_of(*LINE_KINDS, "rounding"))
    ordered: Decimal = declare(DECIMAL, "As it was ordered.")
    shipped: Decimal = declare(DECIMAL, "What left the warehouse.")
    cancelled: Decimal = declare(DECIMAL, "What was cancelled or comes back.")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusParcel:
    """One parcel of an order."""

    carrier: str = declare(TEXT)
    number: str = declare(TEXT, "The tracking number; empty where there is none.")
    url: str = declare(TEXT, "Where it can be followed; empty where the carrier has no address.")
    state: str = declare(TEXT, "As in `oms.tracking/1`.")
    shipped_at: datetime | None = declare(nullable(MOMENT))


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusInvoice:
    """One posted invoice or credit note of an order."""

    number: str = declare(TEXT)
    kind: str = declare(choice_of(*INVOICE_KINDS))
    date: str = declare(TEXT, "The day, e.g. `2026-03-01`.")
    total: Decimal = declare(DECIMAL, "With taxes.")
    currency: str = declare(CODE)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusProblem:
    """Why something does not go on: `code` for programs, `message` for people."""

    code: str = declare(TEXT)
    message: str = declare(TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusMessage:
    """A message about an order that is not worked off."""

    event: str = declare(TEXT)
    topic: str = declare(TEXT)
    state: str = declare(choice_of("pending", "parked", "failed"))
    received_at: datetime = declare(MOMENT)
    problems: tuple[StatusProblem, ...] = declare(list_of(part_of(StatusProblem)))


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderStatus:
    """What became of an order.

    `received` and `parked` say that its document waits in the inbox and no order was made of
    it yet; all other states are those of its way.
    """

    ref: str = declare(TEXT, "The channel's id of the order.")
    number: str = declare(TEXT, "What people call it.")
    state: str = declare(choice_of(*ORDER_STATES))
    step: str = declare(TEXT, "The first step that is not done; empty while it is in the inbox.")
    waits_for: str = declare(TEXT, "What it waits for, in words; empty when for nothing.")
    payment: str = declare(choice_of(*PAYMENT_STATES))
    currency: str = declare(CODE)
    total: Decimal | None = declare(nullable(DECIMAL), "With taxes.")
    paid: Decimal = declare(DECIMAL)
    refunded: Decimal = declare(DECIMAL)
    placed_at: datetime | None = declare(nullable(MOMENT))
    updated_at: datetime | None = declare(nullable(MOMENT), "When it last changed here.")
    lines: tuple[StatusLine, ...] = declare(list_of(part_of(StatusLine)))
    parcels: tuple[StatusParcel, ...] = declare(list_of(part_of(StatusParcel)))
    invoices: tuple[StatusInvoice, ...] = declare(list_of(part_of(StatusInvoice)))
    problems: tuple[StatusProblem, ...] = declare(
        list_of(part_of(StatusProblem)), "What holds the order until a person decides."
    )
    messages: tuple[StatusMessage, ...] = declare(
        list_of(part_of(StatusMessage)), "What of it is still in the inbox."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPage:
    """Orders that changed, the longest ago first."""

    orders: tuple[OrderStatus, ...] = declare(list_of(part_of(OrderStatus)))
    next_cursor: str | None = declare(nullable(TEXT), "The next page; null at the end.")
    next_updated_after: datetime = declare(
        MOMENT, "Where to begin the next time. It reaches back a little, so that nothing is missed."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Available:
    """How many of a SKU can be sold on the channel now."""

    sku: str = declare(TEXT)
    name: str = declare(TEXT)
    state: str = declare(
        choice_of(*STOCK_STATES),
        "`unlimited` for what is not counted, `unknown` for a SKU nobody knows.",
    )
    quantity: int | None = declare(nullable(INTEGER), "Null where the state is not `counted`.")


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilityPage:
    """How many can be sold, one row for each SKU."""

    items: tuple[Available, ...] = declare(list_of(part_of(Available)))
    next_cursor: str | None = declare(nullable(TEXT), "The next page; null at the end.")


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldError:
    """What is wrong with one field."""

    field: str = declare(TEXT, "E.g. `[3].lines[0].quantity`; empty for the whole body.")
    message: str = declare(TEXT, "What was found and what was expected.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemAnswer:
    """What is wrong with a request (RFC 9457)."""

    type: str = declare(TEXT, "For programs, e.g. `urn:oms:problem:unknown-order`.")
    title: str = declare(TEXT)
    status: int = declare(INTEGER)
    detail: str = declare(TEXT, "Cause and cure, for people.")
    errors: tuple[FieldError, ...] = declare(list_of(part_of(FieldError)), default=())
