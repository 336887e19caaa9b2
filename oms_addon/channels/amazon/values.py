"""Amazon: what several parts of the adapter know."""

from datetime import datetime, timedelta, timezone

from odoo.addons.oms_addon.documents.values import to_moment

ORDERS, ORDERS_V0 = "/orders/2026-01-01/orders", "/orders/v0/orders"
#: how far back a channel without a cursor is read
FIRST_DAYS = 3
#: Amazon shows nothing younger
DELAY = timedelta(minutes=2, seconds=10)
NOTIFICATION = "ORDER_CHANGE"
#: the topic of transactions that tell refunds
REFUNDS = "refunds"


def now():
    return datetime.now(timezone.utc)


def iso(moment):
    return f"{moment.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%SZ}"


def moment_of(text):
    """:return: a time that Amazon, or a cursor, tells
    :raise DocumentError: when it is none
    """
    return to_moment(text, "UTC")
