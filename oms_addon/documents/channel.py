"""Documents of channels besides orders: listings, notices, and references to changed orders."""

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
    """A listing of a channel, one per variant.

    ``ref`` is the channel's id of the listing, ``item_ref`` its id in the channel's inventory if
    that differs, ``parent_ref`` the id of the product of a variant. ``location_ref`` is the
    location of ``quantity``, which is ``None`` if unknown. ``stock_mode`` is how the channel tracks
    the stock: ``own`` per variant, ``parent`` on the product of the variant, ``none`` not at all;
    '' if unknown. ``is_sku_inherited`` and ``is_barcode_inherited`` are whether ``sku`` and
    ``barcode`` are those of the product of the variant; ``None`` if unknown. ``is_virtual`` is
    whether nothing is shipped for it; ``None`` if unknown.
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
    """Listings that were created, changed or counted on the channel."""

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
    """A notice of the channel: the app was removed, a customer is to be erased…

    ``order_refs`` and the keys of the customer identify the customer; ``message`` is for users.
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
    """A message with only the id of an order, which has to be fetched."""

    order_ref: str = declare(TEXT)
    source_zone: str = declare(ZONE, default="")
    extra: dict = declare(OBJECT, default_factory=dict)

    schema = ORDER_REQUEST_SCHEMA

    def problems(self):
        return ()
