"""Limits on the depth and size of JSON, checked before it is parsed.

Parsing recurses into nested data, and one comma can create an object of a hundred bytes: both are
limited on the text.
"""

import json
import re

from odoo.addons.oms_addon.documents.values import NotJson

#: maximum depth; orders of stores have about ten levels
MAX_DEPTH = 64
#: maximum number of values in all lists and objects: some thousand orders
MAX_VALUES = 1_500_000

_BRACKETS = re.compile(r"[\[\]{}]")


def to_json_text(data):
    """Return JSON as text, after checking its depth and size.

    :param data: text, or bytes in an encoding of JSON
    :raise NotJson: when it has another encoding, or is too deep or too large
    """
    if isinstance(data, bytes | bytearray):
        try:
            data = data.decode(json.detect_encoding(data), "surrogatepass")
        except UnicodeDecodeError as error:
            raise NotJson(f"this is not valid JSON: {error}") from error
    opened = data.count("[") + data.count("{")
    if opened + data.count(",") > MAX_VALUES:
        raise NotJson(f"it has more than {MAX_VALUES} values; send them in parts")
    if opened > MAX_DEPTH and _depth(data) > MAX_DEPTH:
        raise NotJson(f"it is nested more than {MAX_DEPTH} levels deep")
    return data


def _depth(text):
    """:return: the maximum number of brackets open at the same time, outside strings"""
    bare = text.replace("\\\\", "").replace('\\"', "") if "\\" in text else text
    depth = most = 0
    for bracket in _BRACKETS.findall("".join(bare.split('"')[::2])):
        if bracket in "[{":
            depth += 1
            most = max(most, depth)
        else:
            depth -= 1
    return most
