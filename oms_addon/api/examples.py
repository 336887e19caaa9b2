"""What the API's description shows: written by the code that writes the answers."""

from datetime import datetime, timezone
from decimal import Decimal

from odoo.addons.oms_addon.documents.codec import write_part

from .documents import (
    AvailabilityPage,
    Available,
    Cart,
    OrderPage,
    OrderStatus,
    Receipt,
    Received,
    StatusInvoice,
    StatusLine,
    StatusParcel,
)
from .requests import CartItem

_DAY = datetime(2026, 3, 1, 9, 30, tzinfo=timezone.utc)
ORDER_EXAMPLE = {
    "schema": "oms.order/1",
    "ref": "1001",
    "placed_at": "2026-03-01T10:30:00+01:00",
    "currency": "EUR",
    "total": "20.00",
    "prices_include_tax": True,
    "customer": {"name": "Jane Doe", "email": "jane@example.com"},
    "shipping": {
        "name": "Jane Doe",
        "street": "Hauptstr. 5",
        "city": "Berlin",
        "zip": "10115",
        "country": "DE",
    },
    "lines": [{"ref": "1", "sku": "MUG", "name": "Mug", "quantity": "2", "unit_price": "10.00"}],
}
CANCEL_EXAMPLE = {"ref": "X1", "reason": "Changed my mind", "lines": []}
RETURN_EXAMPLE = {
    "ref": "R1",
    "reason": "Too small",
    "lines": [{"line_ref": "1", "quantity": "1", "amount": "10.00"}],
}
STATUS_EXAMPLE = OrderStatus(
    ref="1001",
    number="1001",
    state="waiting",
    step="deliver",
    waits_for="On its way: 1 of 1 parcels to be delivered",
    payment="paid",
    currency="EUR",
    total=Decimal("20.00"),
    paid=Decimal("20.00"),
    refunded=Decimal("0.00"),
    placed_at=_DAY,
    updated_at=_DAY,
    lines=(
        StatusLine(
            ref="1",
            sku="MUG",
            name="Mug",
            kind="product",
            ordered=Decimal(2),
            shipped=Decimal(2),
            cancelled=Decimal(0),
        ),
    ),
    parcels=(
        StatusParcel(carrier="DHL", number="JD014", url="", state="in_transit", shipped_at=_DAY),
    ),
    invoices=(
        StatusInvoice(
            number="INV/2026/00001",
            kind="invoice",
            date="2026-03-01",
            total=Decimal("20.00"),
            currency="EUR",
        ),
    ),
    problems=(),
    messages=(),
)
RECEIPT_EXAMPLE = Receipt(
    documents=(
        Received(
            ref="1001",
            schema="oms.order/1",
            event="orders:1001:0f343b0931126a20",
            message=4711,
            result="accepted",
        ),
    )
)


CART_EXAMPLE = {"items": [{"sku": "MUG", "quantity": "2"}], "minutes": 15}


def cart_example():
    """Return what is kept for a cart."""
    items = (CartItem(sku="MUG", quantity=Decimal(2)),)
    return write_part(Cart(ref="c-81f2", expires_at=_DAY, items=items))


def page_example():
    """Return a page of orders."""
    page = OrderPage(
        orders=(STATUS_EXAMPLE,),
        next_cursor="1772357400000000-17",
        next_updated_after=_DAY,
    )
    return write_part(page)


def availability_example():
    """Return a page of what can be sold."""
    rows = (
        Available(sku="MUG", name="Mug", state="counted", quantity=98),
        Available(sku="GIFT", name="Gift wrap", state="unlimited", quantity=None),
    )
    return write_part(AvailabilityPage(items=rows, next_cursor=None))


def known_example():
    """Return the answer to a document that was here before."""
    example = write_part(RECEIPT_EXAMPLE)
    return {"documents": [{**row, "result": "known"} for row in example["documents"]]}
