"""Requests of the public API besides documents: cancellations, returns, carts."""

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


# === REQUESTS === #


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelledUnits:
    """Cancelled units of one line, identified by `line_ref` or `sku`."""

    line_ref: str = text(about="The channel's ID of the line.")
    sku: str = text(about="The SKU of the line, if `line_ref` is missing.")
    quantity: Decimal = declare(DECIMAL, "Greater than zero.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelRequest(Document):
    """Cancel an order, or the units in `lines`."""

    ref: str = text(about="The channel's ID of the cancellation. The same ID is applied once.")
    at: datetime | None = declare(
        nullable(MOMENT), "Time of the cancellation; now if missing.", default=None
    )
    reason: str = text(about="The reason, as text.")
    lines: tuple[CancelledUnits, ...] = declare(
        list_of(part_of(CancelledUnits)), "Empty to cancel the whole order.", default=()
    )
    source_zone: str = declare(ZONE, "Time zone of times without an offset.", default="")
    extra: dict = declare(OBJECT, "Unknown keys are stored here.", default_factory=dict)

    schema = "oms.cancel_request/1"

    def __post_init__(self):
        for index, units in enumerate(self.lines):
            _require_line(units, f"lines[{index}]")
            if units.quantity <= 0:
                raise mismatch(
                    "a number greater than zero", str(units.quantity), f"lines[{index}].quantity"
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedUnits:
    """Returned or refunded units of one line, identified by `line_ref` or `sku`."""

    line_ref: str = text(about="The channel's ID of the line.")
    sku: str = text(about="The SKU of the line, if `line_ref` is missing.")
    quantity: Decimal = declare(DECIMAL, "Zero if only money is refunded.", default=Decimal(0))
    amount: Decimal | None = declare(
        nullable(DECIMAL), "The refunded amount including taxes.", default=None
    )
    returned: bool = declare(BOOLEAN, "Whether the units were shipped before.", default=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRequest(Document):
    """Report returned items or a refund."""

    ref: str = declare(TEXT, "The channel's ID of the return, unique per order.")
    at: datetime | None = declare(
        nullable(MOMENT), "Time of the return; now if missing.", default=None
    )
    reason: str = text(about="The reason, as text.")
    lines: tuple[ReturnedUnits, ...] = declare(
        list_of(part_of(ReturnedUnits)), "The returned or refunded units.", default=()
    )
    amount: Decimal | None = declare(
        nullable(DECIMAL), "The total refunded amount including taxes.", default=None
    )
    charges: tuple[Charge, ...] = declare(
        list_of(part_of(Charge)), "Refund payments that were already made.", default=()
    )
    source_zone: str = declare(ZONE, "Time zone of times without an offset.", default="")
    extra: dict = declare(OBJECT, "Unknown keys are stored here.", default_factory=dict)

    schema = "oms.return_request/1"

    def __post_init__(self):
        if not self.ref.strip():
            raise mismatch("an ID", self.ref, "ref")
        if not self.lines and self.amount is None:
            raise DocumentError("missing, expected lines or an amount", "lines")
        for index, units in enumerate(self.lines):
            _require_line(units, f"lines[{index}]")
            if units.quantity < 0:
                raise mismatch("zero or more", str(units.quantity), f"lines[{index}].quantity")


def _require_line(units, path):
    if not (units.line_ref.strip() or units.sku.strip()):
        raise DocumentError("missing, expected a line_ref or a sku", path)


@dataclass(frozen=True, slots=True, kw_only=True)
class CartItem:
    """A quantity of one SKU in a cart."""

    sku: str = declare(TEXT, "The SKU on the channel.")
    quantity: Decimal = declare(DECIMAL, "Greater than zero.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CartRequest(Document):
    """Reserve the items of a cart; replaces its previous reservation."""

    items: tuple[CartItem, ...] = declare(
        list_of(part_of(CartItem)), "All items of the cart; a SKU may occur more than once."
    )
    minutes: int | None = declare(
        nullable(INTEGER),
        f"Duration in minutes, 1 to {MAX_CART_MINUTES}; the setting of the channel if missing.",
        default=None,
    )
    extra: dict = declare(OBJECT, "Unknown keys are stored here.", default_factory=dict)

    schema = "oms.cart_request/1"

    def __post_init__(self):
        if not 1 <= len(self.items) <= MAX_CART_ITEMS:
            raise mismatch(f"1 to {MAX_CART_ITEMS} items", str(len(self.items)), "items")
        if self.minutes is not None and not 1 <= self.minutes <= MAX_CART_MINUTES:
            raise mismatch(f"a number from 1 to {MAX_CART_MINUTES}", str(self.minutes), "minutes")
        for index, item in enumerate(self.items):
            if not item.sku.strip():
                raise mismatch("a SKU", item.sku, f"items[{index}].sku")
            if item.quantity <= 0:
                raise mismatch(
                    "a number greater than zero", str(item.quantity), f"items[{index}].quantity"
                )
