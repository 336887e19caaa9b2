"""Amazon: values shared by the parts of the adapter."""

from datetime import datetime, timedelta, timezone

from odoo.addons.oms_addon.documents.values import to_moment

ORDERS, ORDERS_V0 = "/orders/2026-01-01/orders", "/orders/v0/orders"
#: period fetched for a channel without a cursor
FIRST_DAYS = 3
#: Amazon returns only data older than this
DELAY = timedelta(minutes=2, seconds=10)
NOTIFICATION = "ORDER_CHANGE"
#: topic of transactions with refunds
REFUNDS = "refunds"


def now():
    return datetime.now(timezone.utc)


def iso(moment):
    return f"{moment.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%SZ}"


def moment_of(text):
    """:return: a time from Amazon or a cursor
    :raise DocumentError: when it is invalid
    """
    return to_moment(text, "UTC")
