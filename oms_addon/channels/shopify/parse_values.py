"""Values in Shopify's format: ids, amounts, rates, texts."""

from decimal import Decimal
from functools import lru_cache

from odoo.addons.oms_addon.documents.values import EXACT, mismatch, to_text
from odoo.addons.oms_addon.tools.coins import coin_of_currency

ZERO = Decimal("0.00")
CENT = Decimal("0.01")
MAX_MAGNITUDE, MAX_DECIMALS = 15, 30


def id_of(value):
    """:return: the number of an id, from a number or ``gid://…``; '' for ''"""
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise mismatch("an ID", value, "")
    return to_text(value).rpartition("/")[2].partition("?")[0]


def gid(kind, ref):
    """:return: the global id of a number"""
    return ref if str(ref).startswith("gid://") else f"gid://shopify/{kind}/{ref}"


@lru_cache(maxsize=8192)
def amount_of(value):
    """:return: an exact amount with at least two decimals, whatever its format"""
    try:
        number = Decimal(value)
        rounded = number.quantize(CENT)
    except (ArithmeticError, TypeError, ValueError) as error:
        raise mismatch("an amount", value, "") from error
    if not number.is_finite() or number.as_tuple().exponent < -MAX_DECIMALS:
        raise mismatch("an amount within the supported range", value, "")
    return rounded if rounded == number else number.normalize()


@lru_cache(maxsize=1024)
def percent_of(rate):
    """:return: a rate such as 0.2 in percent"""
    number = EXACT.multiply(number_of(rate), Decimal(100))
    return number.quantize(Decimal(1)) if number == number.to_integral() else number.normalize()


def number_of(value, path=""):
    """:return: a number, also from text"""
    if isinstance(value, bool) or not isinstance(value, (int, str, Decimal)):
        raise mismatch("a number", value, path)
    try:
        number = Decimal(value)
    except ArithmeticError as error:
        raise mismatch("a number", value, path) from error
    if not number.is_finite() or number.adjusted() > MAX_MAGNITUDE:
        raise mismatch("a number within the supported range", value, path)
    return number


def money_of(data, name):
    """:return: an amount in the customer's currency; 0 when missing"""
    bag = data.get(f"{name}_set")
    if bag:
        return amount_of(bag["presentment_money"]["amount"])
    value = data.get(name)
    return ZERO if value is None else amount_of(value)


def text_of(data, key):
    """:return: a text, '' when missing"""
    value = data.get(key)
    return "" if value is None else to_text(value, key)


def coin_of(data):
    """:return: the smallest unit of the customer's currency"""
    return coin_of_currency(text_of(data, "presentment_currency") or text_of(data, "currency"))


def joined(*values):
    """:return: the non-empty words, joined by spaces"""
    return " ".join(filter(None, values))
