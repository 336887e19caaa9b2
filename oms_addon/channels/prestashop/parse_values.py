"""PrestaShop's webservice: values of its rows, prices, responses. No database."""

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

#: the empty date, and a date after all others
NO_DATE = "0000-00-00 00:00:00"
END_OF_TIME = "9999-12-31 23:59:59"
_ZERO = Decimal(0)
_HUNDRED = Decimal(100)
MICRO = Decimal("0.000001")
# More than the error of adding binary fractions, less than a difference in the sixth decimal.
_HAIR = Decimal("1e-9")
#: rounding of prices, by the shop's value of PS_PRICE_ROUND_MODE
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
    """Return a value of a row as text; PrestaShop's empty values are null, '' or false."""
    value = row.get(key)
    if value is None or value is False:
        return ""
    return value if isinstance(value, str) else to_text(value, key)


def money(row, key):
    """Return a number of a row, 0 when it is missing.

    :raise DocumentError: when it is not a number
    """
    value = row.get(key)
    if value is None or value is False or value == "":
        return _ZERO
    return to_decimal(value, key)


def number_of(row, key="id"):
    """Return an id of a row as integer, 0 when there is none."""
    value = text(row, key)
    return int(value) if value.isascii() and value.isdigit() else 0


def localised(value):
    """Return the first text of a multilingual field."""
    if isinstance(value, list):
        value = next((row.get("value") for row in value if row.get("value")), "")
    return value if isinstance(value, str) else ""


def rows_by(rows, key):
    """Group rows by one of their values."""
    found = {}
    for row in rows:
        found.setdefault(text(row, key), []).append(row)
    return found


def any_of(values):
    """Return a filter for any of some values."""
    return f"[{'|'.join(sorted(values))}]"


def listing_ref(product, combination=""):
    """Return our reference of a product: ``10`` or, for a combination, ``10-25``."""
    return product if combination in ("", "0") else f"{product}-{combination}"


def event_ref(ref, payload):
    """Return the event reference of one state of an order, the same at every fetch.

    :param str ref: the order's id
    :param bytes payload: the composed order
    """
    return f"poll:{ref}:{hashlib.sha256(payload).hexdigest()[:20]}"


def is_late(order, zone, now):
    """Return which one an ambiguous local time is, after the clock is set back.

    :param dict order: from the webservice, in the shop's local time
    :param str zone: the shop's time zone
    :param datetime now: the time of the fetch, aware
    :return: whether the order changed at the later of two possible times, if that is not in the
        future
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
    """Round an amount to whole coins, as the shop does.

    :param str mode: one of ``ROUND_MODES``
    """
    if mode != "half_odd":
        return amount.quantize(coin, _ROUNDINGS.get(mode, ROUND_HALF_UP))
    even = amount.quantize(coin, ROUND_HALF_EVEN)
    # For ties, use the other of the two nearest coins.
    is_tie = abs(amount - even) * 2 == coin
    return (2 * amount - even).quantize(coin) if is_tie else even


def net_price(price, rate, ecotax, coin, mode, is_sum=False):
    """Find the net price for which a shop shows a given price: it stores six decimals, and has its
    own rounding.

    :param Decimal price: with tax, as customers see it
    :param Decimal rate: of the tax, in percent
    :param Decimal ecotax: added by the shop, including its tax
    :param bool is_sum: whether the shop adds up two prices, as for combinations: in binary
        fractions, which may be slightly off
    :return: the net price; the nearest one where no price fits
    """
    factor = 1 + rate / _HUNDRED
    nearest = ((price - ecotax) / factor).quantize(MICRO, ROUND_HALF_UP)
    hairs = (-_HAIR, _HAIR) if is_sum else (_ZERO,)
    for net in (nearest, nearest + MICRO, nearest - MICRO):
        gross = net * factor + ecotax
        if all(shop_rounded(gross + hair, coin, mode) == price for hair in hairs):
            return net
    return nearest


# === COMPOSING === #


def rows_of(data):
    """:return: the rows of a response; PrestaShop sends [] for none
    :raise RetryableError: when it is an error, or not a list of rows: a failed page must not count
        as an empty one
    """
    if isinstance(data, dict) and isinstance(data.get("errors"), list):
        told = "; ".join(text(e, "message") for e in data["errors"] if isinstance(e, dict))
        raise RetryableError(f"The store returned an error: {told}")
    if isinstance(data, dict):
        data = next((value for value in data.values() if isinstance(value, list)), None)
    if not isinstance(data, list):
        raise RetryableError("The store's response is not a list of records.")
    return [row for row in data if isinstance(row, dict)]


def combination_of(row):
    """:return: the combination of a stock row; 0 for the product itself"""
    return text(row, "id_product_attribute") or "0"


def of_order(order, people):
    """:return: customer, addresses and carrier"""
    addresses = people["addresses"]
    return {
        "customer": people["customers"].get(text(order, "id_customer"), {}),
        "delivery": addresses.get(text(order, "id_address_delivery"), {}),
        "invoice": addresses.get(text(order, "id_address_invoice"), {}),
        "carrier": people["carriers"].get(text(order, "id_carrier"), {}),
    }


def of_shop(order, shop):
    """:return: the records an order's ids refer to"""
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
    """:return: the flags of an order's current and former states"""
    ids = {text(order, "current_state"), *(text(row, "id_order_state") for row in histories)}
    return {key: states[key] for key in sorted(ids) if key in states}


def in_currencies(payments, currencies):
    """:return: payments with their currency codes"""
    return [
        {**row, "currency": text(currencies.get(text(row, "id_currency"), {}), "iso_code")}
        for row in payments
    ]


def without_secrets(order):
    return {key: value for key, value in order.items() if key != "secure_key"}
