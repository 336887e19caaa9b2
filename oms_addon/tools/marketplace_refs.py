"""Order IDs of marketplaces in an order that a store imported from a marketplace."""

import re

#: order IDs of Amazon and eBay, which are recognized by their format
FORMS = re.compile(r"(?<![\w-])(\d{3}-\d{7}-\d{7}|\d{2}-\d{5}-\d{5})(?![\w-])")
#: field names in which plugins store the order ID of another marketplace
NAMES = re.compile(
    r"(amazon|ebay|etsy|walmart|otto|kaufland|cdiscount|bol|zalando|allegro|marketplace|channable"
    r"|external)[\w .-]{0,30}(order|purchase)",
    re.I,
)
IDS = re.compile(r"[\w-]{6,50}")
MOST = 5
MAX_DEPTH = 6


def marketplace_refs(document):
    """Return the marketplace order IDs in an order.

    :param document: ``OrderDocument``
    :return: the IDs, those recognized by field name first
    :rtype: tuple[str]
    """
    named, seen = [], []
    for name, value in _texts(document.extra, ""):
        if NAMES.search(name) and IDS.fullmatch(value):
            named.append(value)
        seen += FORMS.findall(value[:200])
    for text in (document.number, document.note[:2000]):
        seen += FORMS.findall(text)
    return tuple(ref for ref in dict.fromkeys([*named, *seen]) if ref != document.ref)[:MOST]


def _texts(value, name, depth=0):
    """Yield (field name, text) of all texts in JSON data."""
    if isinstance(value, str):
        yield name, value.strip()
    elif depth < MAX_DEPTH and isinstance(value, dict):
        for key, part in value.items():
            yield from _texts(part, str(key), depth + 1)
    elif depth < MAX_DEPTH and isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part, name, depth + 1)
