"""Parse numbers and times as people and programs write them in tables."""

import re
from datetime import datetime

from odoo.addons.oms_addon.documents.values import mismatch, to_decimal, to_moment, to_utc

#: How the day and the month stand in dates that are not in ISO 8601.
DATE_FORMATS = ("dd/mm/yyyy", "mm/dd/yyyy")

_LOOKALIKES = str.maketrans(
    {"\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u2019": "'", "\u2212": "-"}
)
_CURRENCY = r"(?:[^\W\d_]{0,3}[$¢£¥฿₠-₿]|[^\W\d_]{1,3}\.?)?"
_DIGITS = r"(?P<digits>[0-9]{1,3}(?:[ '][0-9]{3})+(?:[.,][0-9]+)?|[0-9][0-9.,]*|[.,][0-9]+)"
_MONEY = re.compile(
    rf"(?P<open>[-+(]?) ?{_CURRENCY} ?(?P<sign>[-+]?){_DIGITS} ?{_CURRENCY}"
    r"(?P<close>[-)]?)"
)
_SCIENTIFIC = re.compile(r"[+-]?\d{1,80}(?:\.\d{1,80})?e[+-]?\d{1,2}", re.ASCII | re.I)
_AMBIGUOUS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_GROUPED = re.compile(r"\d{1,3}([.,])(?:\d{2,3}\1)*\d{3}", re.ASCII)
_DATE = re.compile(
    r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})"
    r"(?:[ T,]+(\d{1,2}):(\d{2})(?::(\d{2}))? ?(am|pm)?)?",
    re.ASCII | re.I,
)
_ISO_LIKE = re.compile(r"(\d{4})[/-](\d{2})[/-](\d{2})(?![\d/-])", re.ASCII)
_SPACE_BEFORE_OFFSET = re.compile(r" (?=Z$|[+-]\d\d:?\d\d$)")


# === NUMBERS === #


def parse_number(text, decimal_mark="."):
    """Return the number in a text.

    Accepts ``1.234,56``, ``1,234.56``, ``1 234,56``, ``1'234.56``, ``£4.95``,
    ``4,95 EUR``, ``-4.95``, ``4.95-`` and ``(4.95)``.

    :param str text: the number, without or with a currency
    :param str decimal_mark: the mark that ambiguous numbers like ``1,234`` and ``1.234`` use
    :rtype: Decimal
    :raise DocumentError: when it is not a number
    """
    stripped = text.strip().translate(_LOOKALIKES)
    if _SCIENTIFIC.fullmatch(stripped):
        return to_decimal(stripped)
    match = _MONEY.fullmatch(stripped)
    plain = match and _plain_digits(match["digits"], decimal_mark)
    if not plain or (match["open"] == "(") != (match["close"] == ")"):
        raise mismatch("a number", text, "")
    signs = match["open"] + match["sign"] + match["close"]
    if len(signs.replace("()", "-")) > 1:
        raise mismatch("a number", text, "")
    return to_decimal(f"-{plain}" if "-" in signs or "(" in signs else plain)


def detect_decimal_mark(texts):
    """Detect the decimal mark of a table from its unambiguous numbers.

    :param texts: iterable of cells that should hold numbers
    :return: ``,`` or ``.``
    """
    balance = 0
    for text in texts:
        match = _MONEY.fullmatch(text.strip().translate(_LOOKALIKES))
        mark = match and _certain_mark(match["digits"])
        balance += (mark == ",") - (mark == ".")
    return "," if balance > 0 else "."


def _certain_mark(digits):
    """:return: the decimal mark of these digits, '' when it is ambiguous"""
    if _AMBIGUOUS.fullmatch(digits):
        return ""
    if "." in digits and "," in digits:
        return max(".,", key=digits.rfind)
    return next((m for m in ".," if digits.count(m) == 1), "")


def _plain_digits(digits, decimal_mark):
    """:return: the digits with or without a decimal point, '' when they are not a number"""
    digits = digits.replace(" ", "").replace("'", "")
    mark = decimal_mark if _AMBIGUOUS.fullmatch(digits) else _certain_mark(digits)
    whole, fraction = digits, ""
    if mark and mark in digits:
        whole, _, fraction = digits.rpartition(mark)
    if ("." in whole or "," in whole) and not _GROUPED.fullmatch(whole):
        return ""
    whole = whole.replace(".", "").replace(",", "") or "0"
    return f"{whole}.{fraction}" if fraction else whole


# === TIMES === #


def parse_time(text, zone, date_format=None):
    """Return the time in a text, in UTC.

    :param str text: ISO 8601, or day and month in the order of ``date_format``
    :param str zone: the zone of times without an offset
    :param str date_format: one of :data:`DATE_FORMATS`, or a format of ``strptime``;
        without it a date whose day and month could be swapped is refused
    :rtype: datetime
    :raise DocumentError: when it is not a time
    """
    stripped = text.strip()
    if date_format and "%" in date_format:
        return _parse_by_format(stripped, zone, date_format)
    if match := _DATE.fullmatch(stripped):
        return to_utc(_parse_local(match, date_format), zone)
    iso = _SPACE_BEFORE_OFFSET.sub("", _ISO_LIKE.sub(r"\1-\2-\3", stripped, count=1))
    return to_moment(iso, zone)


def detect_date_format(texts):
    """Detect the order of day and month of a table from its unambiguous dates.

    :param texts: iterable of cells that should hold times
    :return: one of :data:`DATE_FORMATS`; ``None`` when all are ambiguous
    """
    day_first = month_first = False
    for text in texts:
        if match := _DATE.fullmatch(text.strip()):
            day_first |= int(match[1]) > 12
            month_first |= int(match[2]) > 12
    if day_first == month_first:
        return None
    return DATE_FORMATS[0] if day_first else DATE_FORMATS[1]


def _parse_by_format(text, zone, date_format):
    try:
        return to_utc(datetime.strptime(text, date_format), zone)
    except ValueError as error:
        raise mismatch(f"a time like {date_format}", text, "") from error


def _parse_local(match, date_format):
    first, second, year = (int(match[i]) for i in (1, 2, 3))
    date_format = date_format or detect_date_format([match[0]])
    if date_format is None and first != second:
        raise mismatch("a date with an unambiguous day and month", match[0], "")
    day, month = (second, first) if date_format == "mm/dd/yyyy" else (first, second)
    hour, minute, second = (int(match[i] or 0) for i in (4, 5, 6))
    if match[7]:
        hour = hour % 12 + (12 if match[7].lower() == "pm" else 0)
    try:
        return datetime(year, month, day, hour, minute, second)
    except ValueError as error:
        raise mismatch("a date", match[0], "") from error
