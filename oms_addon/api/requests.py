"""What is sent to the public API besides orders: cancellations, returns, carts."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from odoo.addons.oms_addon.documents.codec import (
    BOOLEAN,
    DECIMAL,
    INTEGER,
    MOMENT,
    OBJECT,
    TEXT,
    ZONE,
    declare,
    list_of,
    nullable,
    part_of,
    text,
)
from odoo.addons.oms_addon.documents.document import Document
from odoo.addons.oms_addon.documents.parts import Charge
from odoo.addons.oms_addon.documents.values import DocumentError, mismatch

MAX_CART_ITEMS = 500
MAX_CART_MINUTES = 1440


# === WHAT IS ASKED === #


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelledPieces:
    """Pieces of one line that are no longer wanted; the line is told by `line_ref` or `sku`."""

    line_ref: str = text(about="The channel's id of the line.")
    sku: str = text(about="The SKU of the line, where its id is not told.")
    quantity: Decimal = declare(DECIMAL, "More than zero.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelRequest(Document):
    """Cancel an order, or the pieces named in `lines`."""

    ref: str = text(about="The channel's id of the cancellation. The same id is applied once.")
    at: datetime | None = declare(nullable(MOMENT), "When; now if missing.", default=None)
    reason: str = text(about="Why, in words.")
    lines: tuple[CancelledPieces, ...] = declare(
        list_of(part_of(CancelledPieces)), "None for the whole order.", default=()
    )
    source_zone: str = declare(ZONE, "Zone of times without an offset.", default="")
    extra: dict = declare(OBJECT, "Keys nobody knows are kept here.", default_factory=dict)

    schema = "oms.cancel_request/1"

    def __post_init__(self):
        for index, pieces in enumerate(self.lines):
            _require_line(pieces, f"lines[{index}]")
            if pieces.quantity <= 0:
                raise mismatch("more than zero", str(pieces.quantity), f"lines[{index}].quantity")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedPieces:
    """Pieces of one line that come back, or a part of its price; see `CancelledPieces`."""

    line_ref: str = text(about="The channel's id of the line.")
    sku: str = text(about="The SKU of the line, where its id is not told.")
    quantity: Decimal = declare(DECIMAL, "Zero where only money is given back.", default=Decimal(0))
    amount: Decimal | None = declare(
        nullable(DECIMAL), "What is given back for it, with taxes.", default=None
    )
    returned: bool = declare(BOOLEAN, "Whether the pieces had left.", default=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRequest(Document):
    """Announce that items come back or money is given back."""

    ref: str = declare(TEXT, "The channel's id of the return, unique on the order.")
    at: datetime | None = declare(nullable(MOMENT), "When; now if missing.", default=None)
    reason: str = text(about="Why, in words.")
    lines: tuple[ReturnedPieces, ...] = declare(
        list_of(part_of(ReturnedPieces)), "What comes back.", default=()
    )
    amount: Decimal | None = declare(
        nullable(DECIMAL), "All that is given back, with taxes.", default=None
    )
    charges: tuple[Charge, ...] = declare(
        list_of(part_of(Charge)), "The money that moved already.", default=()
    )
    source_zone: str = declare(ZONE, "Zone of times without an offset.", default="")
    extra: dict = declare(OBJECT, "Keys nobody knows are kept here.", default_factory=dict)

    schema = "oms.return_request/1"

    def __post_init__(self):
        if not self.ref.strip():
            raise mismatch("an id", self.ref, "ref")
        if not self.lines and self.amount is None:
            raise DocumentError("missing, expected lines or an amount", "lines")
        for index, pieces in enumerate(self.lines):
            _require_line(pieces, f"lines[{index}]")
            if pieces.quantity < 0:
                raise mismatch("zero or more", str(pieces.quantity), f"lines[{index}].quantity")


def _require_line(pieces, path):
    if not (pieces.line_ref.strip() or pieces.sku.strip()):
        raise DocumentError("missing, expected a line_ref or a sku", path)


@dataclass(frozen=True, slots=True, kw_only=True)
class CartItem:
    """So many of one SKU in a cart."""

    sku: str = declare(TEXT, "As the channel writes it.")
    quantity: Decimal = declare(DECIMAL, "More than zero.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CartRequest(Document):
    """Keep what is in a cart, in place of what was kept for it before."""

    items: tuple[CartItem, ...] = declare(
        list_of(part_of(CartItem)), "All that is in the cart; the same SKU may stand twice."
    )
    minutes: int | None = declare(
        nullable(INTEGER),
        f"How long, from 1 to {MAX_CART_MINUTES}; the channel's own time if missing.",
        default=None,
    )
    extra: dict = declare(OBJECT, "Keys nobody knows are kept here.", default_factory=dict)

    schema = "oms.cart_request/1"

    def __post_init__(self):
        if not 1 <= len(self.items) <= MAX_CART_ITEMS:
            raise mismatch(f"1 to {MAX_CART_ITEMS} items", str(len(self.items)), "items")
        if self.minutes is not None and not 1 <= self.minutes <= MAX_CART_MINUTES:
            raise mismatch(f"from 1 to {MAX_CART_MINUTES}", str(self.minutes), "minutes")
        for index, item in enumerate(self.items):
            if not item.sku.strip():
                raise mismatch("a SKU", item.sku, f"items[{index}].sku")
            if item.quantity <= 0:
                raise mismatch("more than zero", str(item.quantity), f"items[{index}].quantity")
