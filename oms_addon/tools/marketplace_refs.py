"""Order IDs of marketplaces in an order that a shop imported from there itself."""

import re

#: the order IDs of Amazon and eBay, which are known by their form alone
FORMS = re.compile(r"(?<![\w-])(\d{3}-\d{7}-\d{7}|\d{2}-\d{5}-\d{5})(?![\w-])")
#: names of fields that plugins keep the ID of another marketplace's order in
NAMES = re.compile(
    r"(amazon|ebay|etsy|walmart|otto|kaufland|cdiscount|bol|zalando|allegro|marketplace|channable"
    r"|external)[\w .-]{0,30}(order|purchase)",
    re.I,
)
IDS = re.compile(r"[\w-]{6,50}")
MOST = 5
MAX_DEPTH = 6


def marketplace_refs(document):
    """Find the order IDs of marketplaces that an order names.

    :param document: ``OrderDocument``
    :return: the IDs, those known by the name of their field first
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
    """Yield (name of its field, text) of all texts in JSON data."""
    if isinstance(value, str):
        yield name, value.strip()
    elif depth < MAX_DEPTH and isinstance(value, dict):
        for key, part in value.items():
            yield from _texts(part, str(key), depth + 1)
    elif depth < MAX_DEPTH and isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part, name, depth + 1)
