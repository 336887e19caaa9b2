"""The canonical order, to which every adapter converts the orders of its channel.

Frozen dataclasses with ``Decimal`` money and times in UTC. A document is read from
JSON with ``from_json`` or ``from_dict`` and written with ``to_json`` or ``to_dict``;
reading what was written gives an equal document. Malformed input raises
:class:`DocumentError`; invalid content of a well-formed document is returned by ``problems()``.
docs/order_document.md describes the schema for senders of documents.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from .adjustments import (
    CANCELLATION_SCHEMA,
    PAYMENT_SCHEMA,
    REFUND_SCHEMA,
    CancellationDocument,
    PaymentDocument,
    RefundDocument,
)
from .channel import ListingDocument, NoticeDocument, OrderRequest
from .codec import (
    BOOLEAN,
    CODE,
    DECIMAL,
    MOMENT,
    OBJECT,
    TEXT,
    ZONE,
    choice_of,
    declare,
    list_of,
    loads,
    nullable,
    part_of,
    text,
)
from .document import Document, Versioned
from .parts import (
    CHARGE_KINDS,
    CHARGE_STATUSES,
    LINE_KINDS,
    RISKS,
    TAX_ROUNDINGS,
    Address,
    CancelledLine,
    ChannelHold,
    Charge,
    Customer,
    Line,
    Refund,
    RefundLine,
    Tax,
    exact_sum,
    normalise_email,
)
from .problems import (
    ADDRESS_LEVELS,
    TOTAL_TOLERANCE,
    Problem,
    address_problems,
    charge_problems,
    country_problems,
    currency_problems,
    customer_problems,
    line_problems,
    time_problems,
    total_problems,
)
from .tracking import TrackingDocument
from .values import EXACT, MAX_REF, DocumentError, mismatch, require_ref, to_utc

__all__ = [
    "ADDRESS_LEVELS",
    "CANCELLATION_SCHEMA",
    "CHARGE_KINDS",
    "CHARGE_STATUSES",
    "FULFILLERS",
    "LINE_KINDS",
    "MAX_REF",
    "ORDER_STATUSES",
    "PAYMENT_SCHEMA",
    "REFUND_SCHEMA",
    "RISKS",
    "SCHEMA",
    "TAX_ROUNDINGS",
    "TOTAL_TOLERANCE",
    "Address",
    "CancellationDocument",
    "CancelledLine",
    "ChannelHold",
    "Charge",
    "Customer",
    "DocumentError",
    "Line",
    "OrderDocument",
    "PaymentDocument",
    "Problem",
    "Refund",
    "RefundDocument",
    "RefundLine",
    "Tax",
    "address_problems",
    "normalise_email",
    "parse_document",
]

SCHEMA = "oms.order/1"
ORDER_STATUSES = ("pending", "open", "shipped", "delivered", "cancelled")
FULFILLERS = ("merchant", "channel")
#: payment methods that use a balance of the customer
CREDIT_METHODS = ("gift_card", "shopify_store_credit")


@dataclass(frozen=True, kw_only=True)
class OrderDocument(Document, Versioned):
    """An order of a channel.

    ``ref`` is the channel's id of the order, ``number`` the number shown to users. ``version``
    increases with every change, if the channel has versions. ``source_zone`` is the time zone of
    the channel's times. ``total`` includes taxes and is ``None`` if it is unknown, ``total_tax`` is
    the tax in it, ``tax_rounding`` the base of rounding: unit, line or order; '' for the channel's
    default. ``currency`` is the currency of the payment; ``settlement_currency`` and
    ``settlement_total`` are set if the channel pays out in another. ``holds`` and ``risk`` are
    those of the channel; ``None`` and '' if the message does not contain them, which leaves the
    known ones unchanged. ``payment_method`` is the channel's code, ``payment_name`` the name for
    the customer; '' if unknown. ``cancel_requested`` is the buyer's cancellation request, to be
    reviewed, with ``cancel_reason``. ``pickup_point`` is the id of the pickup point, whose address
    is ``shipping``. ``fulfilled_by`` is ``channel`` if the channel ships from its own warehouse
    ``location_ref``. ``ship_by`` and ``deliver_by`` are the latest times of shipment and delivery.
    ``extra`` contains unknown keys by their path.
    """

    ref: str = declare(TEXT)
    number: str = text()
    version: str | None = declare(nullable(TEXT), default=None)
    updated_at: datetime | None = declare(nullable(MOMENT), default=None)
    placed_at: datetime = declare(MOMENT)
    source_zone: str = declare(ZONE, default="")
    currency: str = declare(CODE, default="")
    total: Decimal | None = declare(nullable(DECIMAL), default=None)
    total_tax: Decimal | None = declare(nullable(DECIMAL), default=None)
    tax_rounding: str = declare(choice_of(*TAX_ROUNDINGS), default="")
    prices_include_tax: bool = declare(BOOLEAN)
    customer: Customer = declare(part_of(Customer), default=Customer())
    billing: Address | None = declare(part_of(Address), default=None)
    shipping: Address | None = declare(part_of(Address), default=None)
    lines: tuple[Line, ...] = declare(list_of(part_of(Line)), default=())
    charges: tuple[Charge, ...] = declare(list_of(part_of(Charge)), default=())
    payment_method: str = text()
    payment_name: str = text()
    status: str = declare(choice_of(*ORDER_STATUSES), default="open")
    shipping_method: str = text()
    note: str = text()
    gift_message: str = text()
    tags: tuple[str, ...] = declare(list_of(TEXT), default=())
    settlement_currency: str = declare(CODE, default="")
    settlement_total: Decimal | None = declare(nullable(DECIMAL), default=None)
    refunds: tuple[Refund, ...] = declare(list_of(part_of(Refund)), default=())
    holds: tuple[ChannelHold, ...] | None = declare(
        nullable(list_of(part_of(ChannelHold))), default=()
    )
    risk: str = declare(choice_of(*RISKS), default="")
    cancel_requested: bool = declare(BOOLEAN, default=False)
    cancel_reason: str = text()
    pickup_point: str = text()
    fulfilled_by: str = declare(choice_of(*FULFILLERS), default="merchant")
    location_ref: str = text()
    ship_by: datetime | None = declare(nullable(MOMENT), default=None)
    deliver_by: datetime | None = declare(nullable(MOMENT), default=None)
    extra: dict = declare(OBJECT, default_factory=dict)

    schema = SCHEMA

    def __post_init__(self):
        require_ref(self.ref, "ref")
        put = object.__setattr__
        put(self, "placed_at", to_utc(self.placed_at, path="placed_at"))
        for name in ("updated_at", "ship_by", "deliver_by"):
            if moment := getattr(self, name):
                put(self, name, to_utc(moment, path=name))
        put(self, "number", self.number or self.ref)
        address = self.shipping or self.billing or Address()
        put(self, "shipping", address)
        put(self, "billing", self.billing or address)

    @property
    def paid_by(self):
        """The payment method; by default that of the first charge."""
        if self.payment_method:
            return self.payment_method
        methods = [c.method for c in self.charges if c.kind in ("authorization", "charge")]
        return next((m for m in methods if m and m not in CREDIT_METHODS), "")

    @property
    def lines_total(self):
        """The exact sum of the lines, in the tax mode of their prices."""
        return exact_sum(line.subtotal for line in self.lines)

    def expected_total(self):
        """Compute the total of the lines.

        :return: the exact amount including taxes; ``None`` if prices exclude tax and the tax
            amount of a line is unknown
        """
        if self.prices_include_tax:
            return self.lines_total
        amounts = [line.tax_amount for line in self.lines]
        if None in amounts:
            return None
        return EXACT.add(self.lines_total, exact_sum(amounts))

    def problems(self):
        """List why the order cannot be processed.

        :rtype: tuple[Problem]
        """
        return self._problems

    @cached_property
    def _problems(self):
        return (
            *customer_problems(self.customer),
            *currency_problems(self.currency),
            *time_problems(self.placed_at, "placed_at"),
            *country_problems(self.shipping, "shipping"),
            *self._billing_problems(),
            *line_problems(self.lines),
            *total_problems(self),
            *charge_problems(self.charges),
        )

    def _billing_problems(self):
        if self.billing.country == self.shipping.country:
            return ()
        return country_problems(self.billing, "billing")


_DOCUMENTS = {
    cls.schema: cls
    for cls in (
        OrderDocument,
        CancellationDocument,
        PaymentDocument,
        RefundDocument,
        TrackingDocument,
        ListingDocument,
        NoticeDocument,
        OrderRequest,
    )
}


def parse_document(data):
    """Return the document in ``data``, of the kind its ``schema`` key names.

    :param data: bytes, text or JSON data; without a schema it is an order
    :raise DocumentError: when it is malformed or of an unknown kind
    """
    if isinstance(data, (bytes, bytearray, str)):
        data = loads(data)
    if not isinstance(data, dict):
        raise mismatch("an object", data, "")
    schema = data.get("schema", SCHEMA)
    if not isinstance(schema, str) or schema not in _DOCUMENTS:
        raise mismatch("one of " + ", ".join(_DOCUMENTS), schema, "schema")
    return _DOCUMENTS[schema].from_dict(data)
