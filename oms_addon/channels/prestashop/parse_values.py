"""PrestaShop's webservice: what its rows say, how far they were read, XML. No database."""

import hashlib
from datetime import datetime
from decimal import (
    ROUND_CEILING,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Decimal,
)

from odoo.addons.oms_addon.documents.values import UTC, get_zone, to_decimal, to_text
from odoo.addons.oms_addon.exceptions import RetryableError

#: the date that is none, and the one nothing lies behind
NO_DATE = "0000-00-00 00:00:00"
END_OF_TIME = "9999-12-31 23:59:59"
_ZERO = Decimal(0)
_HUNDRED = Decimal(100)
MICRO = Decimal("0.000001")
# More than what adding binary fractions is off by, less than what six decimals tell apart.
_HAIR = Decimal("1e-9")
#: how a shop rounds its prices, by its number of PS_PRICE_ROUND_MODE
ROUND_MODES = {
    "0": "up",
    "1": "down",
    "2": "half_up",
    "3": "half_down",
    "4": "half_even",
    "5": "half_odd",
}
_ROUNDINGS = {
    "up": ROUND_CEILING,
    "down": ROUND_FLOOR,
    "half_down": ROUND_HALF_DOWN,
    "half_even": ROUND_HALF_EVEN,
}


# === ROWS === #


def text(row, key):
    """Return a value of a row as text; PrestaShop writes nothing as null, '' or false."""
    value = row.get(key)
    if value is None or value is False:
        return ""
    return value if isinstance(value, str) else to_text(value, key)


def money(row, key):
    """Return a number of a row, 0 when it is not told.

    :raise DocumentError: when it is none
    """
    value = row.get(key)
    if value is None or value is False or value == "":
        return _ZERO
    return to_decimal(value, key)


def number_of(row, key="id"):
    """Return an id of a row as a number, 0 where there is none."""
    value = text(row, key)
    return int(value) if value.isascii() and value.isdigit() else 0


def localised(value):
    """Return the first text of a field that has one for each language."""
    if isinstance(value, list):
        value = next((row.get("value") for row in value if row.get("value")), "")
    return value if isinstance(value, str) else ""


def rows_by(rows, key):
    """Return lists of rows by one of their values."""
    found = {}
    for row in rows:
        found.setdefault(text(row, key), []).append(row)
    return found


def any_of(values):
    """Return a filter for any of some values."""
    return f"[{'|'.join(sorted(values))}]"


def listing_ref(product, combination=""):
    """Return how we name what is sold: ``10`` or, as a combination, ``10-25``."""
    return product if combination in ("", "0") else f"{product}-{combination}"


def event_ref(ref, payload):
    """Return the name of one state of an order, the same whenever it is asked for.

    :param str ref: the order's id
    :param bytes payload: the composed order
    """
    return f"poll:{ref}:{hashlib.sha256(payload).hexdigest()[:20]}"


def is_late(order, zone, now):
    """Say which of the two a time is that comes twice, because the clock is set back.

    :param dict order: as the webservice tells it, in the shop's own time
    :param str zone: the shop's
    :param datetime now: when it was asked for, aware
    :return: whether the order changed in the second one; only that had come already
    """
    try:
        local = datetime.fromisoformat(text(order, "date_upd"))
    except ValueError:
        return False
    earlier = local.replace(tzinfo=get_zone(zone)).astimezone(UTC)
    later = local.replace(tzinfo=get_zone(zone), fold=1).astimezone(UTC)
    return earlier < later <= now


# === PRICES === #


def shop_rounded(amount, coin, mode):
    """Return an amount in whole coins, as a shop rounds it.

    :param str mode: one of ``ROUND_MODES``
    """
    if mode != "half_odd":
        return amount.quantize(coin, _ROUNDINGS.get(mode, ROUND_HALF_UP))
    even = amount.quantize(coin, ROUND_HALF_EVEN)
    # Of two coins that are equally near, the other one.
    is_tie = abs(amount - even) * 2 == coin
    return (2 * amount - even).quantize(coin) if is_tie else even


def net_price(price, rate, ecotax, coin, mode, is_sum=False):
    """Find the price without tax with which a shop shows a price to the coin: it keeps six
    decimals, and rounds what it makes of them in its own way.

    :param Decimal price: with tax, as customers see it
    :param Decimal rate: of the tax, in percent
    :param Decimal ecotax: what the shop adds, with its tax
    :param bool is_sum: whether the shop adds it up of two prices, as for combinations: in binary
        fractions, which may leave a hair less or more than the sum
    :return: the net price; the nearest where none shows it
    """
    factor = 1 + rate / _HUNDRED
    nearest = ((price - ecotax) / factor).quantize(MICRO, ROUND_HALF_UP)
    hairs = (-_HAIR, _HAIR) if is_sum else (_ZERO,)
    for net in (nearest, nearest + MICRO, nearest - MICRO):
        gross = net * factor + ecotax
        if all(shop_rounded(gross + hair, coin, mode) == price for hair in hairs):
            return net
    return nearest


# === COMPOSING AND ANSWERING === #


def rows_of(data):
    """:return: the rows of an answer; PrestaShop says [] for none
    :raise RetryableError: when it says what went wrong, or is no list of rows: a page that was
        not told is not an empty one
    """
    if isinstance(data, dict) and isinstance(data.get("errors"), list):
        told = "; ".join(text(e, "message") for e in data["errors"] if isinstance(e, dict))
        raise RetryableError(f"The shop could not answer: {told}")
    if isinstance(data, dict):
        data = next((value for value in data.values() if isinstance(value, list)), None)
    if not isinstance(data, list):
        raise RetryableError("The store's response is not a list of records.")
    return [row for row in data if isinstance(row, dict)]


def combination_of(row):
    """:return: the combination a stock row is of; 0 for the product itself"""
    return text(row, "id_product_attribute") or "0"


def of_order(order, people):
    """:return: who ordered, where to, and by which carrier"""
    addresses = people["addresses"]
    return {
        "customer": people["customers"].get(text(order, "id_customer"), {}),
        "delivery": addresses.get(text(order, "id_address_delivery"), {}),
        "invoice": addresses.get(text(order, "id_address_invoice"), {}),
        "carrier": people["carriers"].get(text(order, "id_carrier"), {}),
    }


def of_shop(order, shop):
    """:return: what an order's ids stand for"""
    currency = shop["currencies"].get(text(order, "id_currency"), {})
    rates = {key: text(tax, "rate") for key, tax in shop["taxes"].items()}
    return {
        "zone": shop["zone"],
        "roles": shop["roles"],
        "language": shop["languages"].get(text(order, "id_lang"), ""),
        "currency": text(currency, "iso_code"),
        "precision": text(currency, "precision") or "2",
        "taxes": rates,
        "rates": sorted(set(rates.values())),
    }


def states_of(order, histories, states):
    """:return: the flags of the states an order is and was in"""
    ids = {text(order, "current_state"), *(text(row, "id_order_state") for row in histories)}
    return {key: states[key] for key in sorted(ids) if key in states}


def in_currencies(payments, currencies):
    """:return: payments with the codes of their currencies"""
    return [
        {**row, "currency": text(currencies.get(text(row, "id_currency"), {}), "iso_code")}
        for row in payments
    ]


def without_secrets(order):
    return {key: value for key, value in order.items() if key != "secure_key"}
