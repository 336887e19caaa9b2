"""Documents of every kind, as hypothesis makes them up."""

from datetime import datetime, timezone
from decimal import Decimal

from hypothesis import strategies as st

from odoo.addons.oms_addon.documents import order as od
from odoo.addons.oms_addon.documents import tracking as td

TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=20)
IDS = TEXTS.filter(str.strip)
CODES = st.sampled_from(["", "GB", "DE", "XX", "EUR"])
ZONES = st.sampled_from(["", "UTC", "Europe/London", "Asia/Kathmandu"])
MOMENTS = st.datetimes(
    min_value=datetime(1990, 1, 1),
    max_value=datetime(2090, 1, 1),
    timezones=st.just(timezone.utc),
)
AMOUNTS = st.decimals(min_value=-(10**9), max_value=10**9, allow_nan=False, places=4)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
EXTRAS = st.dictionaries(TEXTS, PLAIN, max_size=3)

ADDRESSES = st.builds(
    od.Address, name=TEXTS, company=TEXTS, street=TEXTS, city=TEXTS, zip=TEXTS, country=CODES
)
CUSTOMERS = st.builds(od.Customer, ref=TEXTS, name=TEXTS, email=TEXTS, phone=TEXTS)
TAXES = st.builds(od.Tax, name=TEXTS, rate=AMOUNTS, amount=st.none() | AMOUNTS)
LINES = st.builds(
    od.Line,
    ref=TEXTS,
    sku=TEXTS,
    name=TEXTS,
    kind=st.sampled_from(od.LINE_KINDS),
    quantity=AMOUNTS,
    unit_price=AMOUNTS,
    discount=AMOUNTS,
    taxes=st.none() | st.lists(TAXES, max_size=2).map(tuple),
)
CHARGES = st.builds(
    od.Charge,
    ref=TEXTS,
    kind=st.sampled_from(od.CHARGE_KINDS),
    amount=AMOUNTS,
    currency=CODES,
    at=MOMENTS,
    status=st.sampled_from(od.CHARGE_STATUSES),
)
ORDERS = st.builds(
    od.OrderDocument,
    ref=IDS,
    number=TEXTS,
    version=st.none() | TEXTS,
    updated_at=st.none() | MOMENTS,
    placed_at=MOMENTS,
    source_zone=ZONES,
    currency=CODES,
    total=st.none() | AMOUNTS,
    prices_include_tax=st.booleans(),
    customer=CUSTOMERS,
    billing=st.none() | ADDRESSES,
    shipping=st.none() | ADDRESSES,
    lines=st.lists(LINES, max_size=4).map(tuple),
    charges=st.lists(CHARGES, max_size=3).map(tuple),
    status=st.sampled_from(od.ORDER_STATUSES),
    note=TEXTS,
    tags=st.lists(TEXTS, max_size=3).map(tuple),
    extra=EXTRAS,
)
CANCELLED_LINES = st.builds(
    od.CancelledLine, sku=TEXTS, name=TEXTS, quantity=AMOUNTS, unit_price=AMOUNTS
)
CANCELLATIONS = st.builds(
    od.CancellationDocument,
    ref=IDS,
    order_ref=st.just("") | IDS,
    at=MOMENTS,
    updated_at=st.none() | MOMENTS,
    total=st.none() | AMOUNTS,
    customer=CUSTOMERS,
    lines=st.lists(CANCELLED_LINES, max_size=3).map(tuple),
    reason=TEXTS,
    extra=EXTRAS,
)
PAYMENTS = st.builds(
    od.PaymentDocument,
    order_ref=IDS,
    charges=st.lists(CHARGES, max_size=3).map(tuple),
    extra=EXTRAS,
)
EVENTS = st.builds(
    td.TrackingEvent,
    carrier=TEXTS,
    number=TEXTS,
    at=MOMENTS,
    code=TEXTS,
    state=st.sampled_from(("", *td.STATES)),
    text=TEXTS,
    location=TEXTS,
)
TRACKING = st.builds(
    td.TrackingDocument, events=st.lists(EVENTS, max_size=3).map(tuple), extra=EXTRAS
)
DOCUMENTS = ORDERS | CANCELLATIONS | PAYMENTS | TRACKING


def order(**values):
    """Return a faultless order of one line, changed by ``values``."""
    plain = {
        "ref": "1001",
        "placed_at": datetime(2026, 1, 31, 14, 5, tzinfo=timezone.utc),
        "currency": "EUR",
        "total": Decimal("20.00"),
        "prices_include_tax": True,
        "customer": od.Customer(name="Jane Doe"),
        "shipping": od.Address(name="Jane Doe", country="DE"),
        "lines": (line(),),
    }
    return od.OrderDocument(**(plain | values))


def line(**values):
    """Return a line of two mugs at 10.00, changed by ``values``."""
    plain = {"sku": "MUG", "name": "Mug", "quantity": Decimal(2), "unit_price": Decimal("10.00")}
    return od.Line(**(plain | values))


def charge(**values):
    """Return a successful charge of 20.00 EUR, changed by ``values``."""
    plain = {
        "ref": "T1",
        "kind": "charge",
        "amount": Decimal("20.00"),
        "currency": "EUR",
        "at": datetime(2026, 1, 31, 14, 6, tzinfo=timezone.utc),
        "status": "success",
    }
    return od.Charge(**(plain | values))
