"""What a channel says that is no order: its listings, its notices, "look at this order"."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

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
    nullable,
    part_of,
    text,
)
from .document import Document
from .values import to_utc

LISTING_SCHEMA = "oms.listing/1"
NOTICE_SCHEMA = "oms.notice/1"
ORDER_REQUEST_SCHEMA = "oms.order_request/1"
NOTICES = ("disconnected", "erase_customer", "erase_shop", "data_request", "problem")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Something a channel offers, one row for each variant.

    ``ref`` is the channel's id of what is sold, ``item_ref`` its id in the channel's
    inventory where that is another, ``parent_ref`` of the product it is a variant of.
    ``location_ref`` says where ``quantity`` was seen; ``None`` when it is not told.
    ``stock_mode`` says how the channel tracks its stock: ``own`` by itself, ``parent`` on the
    product it is a variant of, ``none`` not at all; '' when it is not told.
    ``is_sku_inherited`` and ``is_barcode_inherited`` say whether ``sku`` and ``barcode`` are
    those of the product it is a variant of, because it has none of its own; ``None`` when it
    is not told. ``is_virtual`` says that nothing is shipped of it; ``None`` when it is not told.
    """

    ref: str = declare(TEXT)
    item_ref: str = text()
    parent_ref: str = text()
    sku: str = text()
    barcode: str = text()
    name: str = text()
    price: Decimal | None = declare(nullable(DECIMAL), default=None)
    currency: str = declare(CODE, default="")
    quantity: Decimal | None = declare(nullable(DECIMAL), default=None)
    location_ref: str = text()
    stock_mode: str = declare(choice_of("", "own", "parent", "none"), default="")
    image_url: str = text()
    status: str = declare(choice_of("active", "inactive", "deleted"), default="active")
    is_sku_inherited: bool | None = declare(nullable(BOOLEAN), default=None)
    is_barcode_inherited: bool | None = declare(nullable(BOOLEAN), default=None)
    is_virtual: bool | None = declare(nullable(BOOLEAN), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingDocument(Document):
    """Listings that were made, changed or counted at the channel."""

    listings: tuple[Listing, ...] = declare(list_of(part_of(Listing)))
    updated_at: datetime | None = declare(nullable(MOMENT), default=None)
    source_zone: str = declare(ZONE, default="")
    extra: dict = declare(OBJECT, default_factory=dict)

    schema = LISTING_SCHEMA

    def __post_init__(self):
        if self.updated_at:
            object.__setattr__(self, "updated_at", to_utc(self.updated_at, path="updated_at"))

    def problems(self):
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeDocument(Document):
    """Something the channel wants known: the app was removed, a customer is to be erased…

    ``order_refs`` and the customer's keys say whom it is about; ``message`` is for people.
    """

    kind: str = declare(choice_of(*NOTICES))
    message: str = text()
    order_refs: tuple[str, ...] = declare(list_of(TEXT), default=())
    customer_ref: str = text()
    customer_email: str = text()
    source_zone: str = declare(ZONE, default="")
    extra: dict = declare(OBJECT, default_factory=dict)

    schema = NOTICE_SCHEMA

    def problems(self):
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequest(Document):
    """News that names an order and does not tell it: the order has to be asked for."""

    order_ref: str = declare(TEXT)
    source_zone: str = declare(ZONE, default="")
    extra: dict = declare(OBJECT, default_factory=dict)

    schema = ORDER_REQUEST_SCHEMA

    def problems(self):
        return ()
