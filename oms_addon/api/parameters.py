"""Parse the query parameters of the canonical API."""

import re

from odoo.addons.oms_addon.documents.values import to_text

from .problems import Problem
from .shared import CURSOR_PATTERN, LISTING_CURSOR_PATTERN, MAX_LIMIT, MAX_SKUS

DEFAULT_LIMIT = 50


def read_parameters(query, names):
    """Parse the parameters of a query.

    :param query: the query, a multi-dict
    :param names: the parameters of the operation, keys of ``_READERS``
    :rtype: dict
    :raise Problem: with the first invalid parameter
    """
    return {_PLACES.get(name, name): _READERS[name](query) for name in names}


def _refuse(field, expected, value):
    message = f"expected {expected}, found {value!r}"
    return Problem(
        422, "bad-parameter", f"{field}: {message}", [{"field": field, "message": message}]
    )


def _limit(query):
    value = query.get("limit")
    if value is None:
        return DEFAULT_LIMIT
    if not re.fullmatch(r"[0-9]{1,6}", value) or not 1 <= int(value) <= MAX_LIMIT:
        raise _refuse("limit", f"a number from 1 to {MAX_LIMIT}", value)
    return int(value)


def _cursor(form):
    def read(query):
        value = query.get("cursor")
        if value is not None and not form.fullmatch(value):
            raise _refuse("cursor", "the next_cursor of the previous page", value)
        return value

    return read


def _skus(query):
    values = [to_text(value) for value in query.getlist("sku")]
    if len(values) > MAX_SKUS:
        raise _refuse("sku", f"at most {MAX_SKUS} SKUs", f"{len(values)} SKUs")
    if not all(values):
        raise _refuse("sku", "a SKU", "")
    return values


_READERS = {
    "updated_after": lambda query: query.get("updated_after"),
    "cursor": _cursor(re.compile(CURSOR_PATTERN)),
    "listing_cursor": _cursor(re.compile(LISTING_CURSOR_PATTERN)),
    "limit": _limit,
    "sku": _skus,
}
_PLACES = {"listing_cursor": "cursor", "sku": "skus"}
