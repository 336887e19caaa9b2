"""Values of documents: exact numbers, times in UTC and text.

Each function parses one value strictly and raises a :class:`DocumentError` with the expected and
the actual value. Money never passes through a binary float.
"""

import functools
import logging
import re
from datetime import timezone
from decimal import Context, Decimal
from zoneinfo import ZoneInfo

from dateutil.parser import isoparse

_logger = logging.getLogger(__name__)

UTC = timezone.utc

#: Adds and multiplies without rounding anything a document may hold.
EXACT = Context(prec=600)

# As JSON Schema writes them, too.
NUMBER_PATTERN = (
    r"^\s{0,40}[+-]?([0-9]{1,80}(\.[0-9]{0,80})?|\.[0-9]{1,80})([eE][+-]?[0-9]{1,3})?\s{0,40}$"
)
DATE_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"

#: characters of an id: longer ones are no ids, and no database finds a row by them
MAX_REF = 250
#: characters of a number, and of a moment, as a text
MAX_NUMBER = 200
MAX_MOMENT = 64

_NUMBER = re.compile(NUMBER_PATTERN)
_DATE = re.compile(DATE_PATTERN)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_MAX_MAGNITUDE = 15
_MAX_DECIMALS = 30


class DocumentError(ValueError):
    """Input that is not a document.

    :param str message: the expected and the actual value
    :param str path: the field, e.g. ``lines[0].quantity``; '' for the whole document
    """

    def __init__(self, message, path=""):
        super().__init__(message, path)
        self.message = message
        self.path = path

    def __str__(self):
        return f"{self.path}: {self.message}" if self.path else self.message


class NotJson(DocumentError):
    """Input that is not JSON."""


#: exceptions that a parser raises for data of an unexpected shape
UNFORESEEN = (TypeError, AttributeError, LookupError, ValueError, ArithmeticError)


def refuses_bad_input(read):
    """Decorate a parser: data of an unexpected shape raises a :class:`DocumentError`.

    :param read: a function that parses received data
    """

    @functools.wraps(read)
    def wrapped(*args, **kwargs):
        try:
            return read(*args, **kwargs)
        except DocumentError:
            raise
        except UNFORESEEN as error:
            _logger.info("%s cannot parse the data", read.__name__, exc_info=True)
            found = f"{type(error).__name__}: {error}"[:MAX_SHOWN]
            message = f"a part is missing or has another type than expected ({found})"
            raise DocumentError(message) from error

    return wrapped


#: maximum characters of a text in an error
MAX_SHOWN = 200


def mismatch(expected, value, path):
    """:return: the error with the expected and the actual value of a field"""
    found = repr(value[:MAX_SHOWN] if isinstance(value, str) else value)
    if len(found) > 60:
        found = found[:57] + "..."
    return DocumentError(f"expected {expected}, found {found}", path)


def get_zone(name, path="source_zone"):
    """Return a time zone.

    :param str name: an IANA name, e.g. ``Europe/London``
    :raise DocumentError: when there is no such zone
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise mismatch("the name of a time zone", name, path) from error


def to_utc(value, zone="", path=""):
    """Return a moment in UTC.

    :param datetime value: with an offset, or local time of ``zone``
    :raise DocumentError: when it has neither, or lies outside the calendar
    """
    if value.tzinfo is UTC:
        return value
    if value.tzinfo is None:
        if not zone:
            raise mismatch("a time with an offset, or a source_zone", value, path)
        value = value.replace(tzinfo=get_zone(zone))
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise mismatch("a time within the supported range", value, path) from error


def to_moment(value, zone="", path=""):
    """Return the moment in UTC that a text in ISO 8601 names.

    :param str value: with an offset, or local time of ``zone``
    :raise DocumentError: when it is no time
    """
    if not isinstance(value, str) or len(value) > MAX_MOMENT or not _DATE.match(value):
        raise mismatch("a time in ISO 8601", value, path)
    try:
        moment = isoparse(value)
    except (ValueError, OverflowError) as error:
        raise mismatch("a time in ISO 8601", value, path) from error
    return to_utc(moment, zone, path)


def to_decimal(value, path=""):
    """Return an exact number.

    :param value: a ``Decimal``, an ``int`` or text such as ``-1234.50``
    :raise DocumentError: when it is none, a binary float, not finite, 10¹⁶ or more,
        or has more than 30 decimals
    """
    if isinstance(value, str) and len(value) <= MAX_NUMBER and _NUMBER.match(value):
        number = Decimal(value.strip())
    elif isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        number = Decimal(value)
    else:
        raise mismatch("a decimal number", value, path)
    if not number.is_finite():
        raise mismatch("a finite number", value, path)
    if number.adjusted() > _MAX_MAGNITUDE or number.as_tuple().exponent < -_MAX_DECIMALS:
        raise mismatch("a number within the supported range", value, path)
    return number


def to_integer(value, path=""):
    """Return a whole number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise mismatch("a whole number", value, path)


def to_text(value, path=""):
    """Return text as it came, except that what no database stores becomes U+FFFD.

    :param value: text, or a whole number (channels number their orders)
    """
    if isinstance(value, str):
        return value if value.isprintable() else _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise mismatch("text", value, path)


def to_storable(value):
    """Return JSON data whose texts a database stores; the rest of it is left as it is."""
    if isinstance(value, dict):
        return {to_storable(key): to_storable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_storable(item) for item in value]
    return to_text(value) if isinstance(value, str) else value


def to_plain(value):
    """Return a value of an unknown key so that JSON gives it back unchanged."""
    if isinstance(value, dict):
        return {to_text(str(key)): to_plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_plain(item) for item in value]
    if value is None or isinstance(value, (bool, int)):
        return value
    return to_text(str(value))


def require_ref(ref, path):
    """:raise DocumentError: when an id is empty or too long"""
    if not ref.strip():
        raise mismatch("an ID", ref, path)
    if len(ref) > MAX_REF:
        raise mismatch(f"an ID of at most {MAX_REF} characters", ref, path)
