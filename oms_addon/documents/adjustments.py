"""Cancellations, payments and refunds that a channel reports without the order itself."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from .codec import (
    CODE,
    DECIMAL,
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
from .document import Document, Versioned
from .parts import CancelledLine, Charge, Customer, Refund
from .problems import Problem, charge_problems, customer_problems, quantity_problems, time_problems
from .values import require_ref, to_utc

CANCELLATION_SCHEMA = "oms.cancellation/1"
PAYMENT_SCHEMA = "oms.payment/1"
REFUND_SCHEMA = "oms.refund/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationDocument(Document, Versioned):
    """A cancellation of its lines, or of the whole order without lines.

    ``order_ref`` is '' if the channel does not identify the order.
    """

    ref: str = declare(TEXT)
    order_ref: str = text()
    at: datetime = declare(MOMENT)
    updated_at: datetime | None = declare(nullable(MOMENT), default=None)
    version: str | None = declare(nullable(TEXT), default=None)
    source_zone: str = declare(ZONE, default="")
    currency: str = declare(CODE, default="")
    total: Decimal | None = declare(nullable(DECIMAL), default=None)
    customer: Customer = declare(part_of(Customer), default=Customer())
    lines: tuple[CancelledLine, ...] = declare(list_of(part_of(CancelledLine)), default=())
    reason: str = text()
    extra: dict = declare(OBJECT, default_factory=dict)

    schema = CANCELLATION_SCHEMA

    def __post_init__(self):
        require_ref(self.ref, "ref")
        if self.order_ref:
            require_ref(self.order_ref, "order_ref")
        put = object.__setattr__
        put(self, "at", to_utc(self.at, path="at"))
        if self.updated_at:
            put(self, "updated_at", to_utc(self.updated_at, path="updated_at"))

    @property
    def is_whole_order(self):
        return bool(self.order_ref) and not self.lines

    def problems(self):
        """List why the cancellation cannot be processed.

        :rtype: tuple[Problem]
        """
        return (
            *self._target_problems(),
            *time_problems(self.at, "at"),
            *quantity_problems(self.lines),
        )

    def _target_problems(self):
        if self.order_ref:
            return
        yield from customer_problems(self.customer)
        if not self.lines:
            message = "The cancellation contains neither an order nor lines."
            yield Problem("NO_LINES", message, "lines")


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentDocument(Document):
    """Payments of an order, sent separately from the order."""

    order_ref: str = declare(TEXT)
    source_zone: str = declare(ZONE, default="")
    charges: tuple[Charge, ...] = declare(list_of(part_of(Charge)))
    extra: dict = declare(OBJECT, default_factory=dict)

    schema = PAYMENT_SCHEMA

    def __post_init__(self):
        require_ref(self.order_ref, "order_ref")

    def problems(self):
        """List the problems of the payments.

        :rtype: tuple[Problem]
        """
        if not self.charges:
            message = "The payment message contains no payment."
            return (Problem("BAD_CHARGE", message, "charges"),)
        return tuple(charge_problems(self.charges))


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundDocument(Document):
    """Refunds of an order, sent separately from the order."""

    order_ref: str = declare(TEXT)
    source_zone: str = declare(ZONE, default="")
    refunds: tuple[Refund, ...] = declare(list_of(part_of(Refund)))
    charges: tuple[Charge, ...] = declare(list_of(part_of(Charge)), default=())
    extra: dict = declare(OBJECT, default_factory=dict)

    schema = REFUND_SCHEMA

    def __post_init__(self):
        require_ref(self.order_ref, "order_ref")

    def problems(self):
        """List the problems of the refunds.

        :rtype: tuple[Problem]
        """
        return tuple(charge_problems(self.charges))
