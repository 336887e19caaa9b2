"""How deep and how large JSON is, before anything is made of it.

What reads a document goes down into it by itself, and a comma of a body becomes an object of a
hundred bytes: both are limited on the text.
"""

import json
import re

from odoo.addons.oms_addon.documents.values import NotJson

#: orders of shops go down about ten levels
MAX_DEPTH = 64
#: values of all lists and objects together: some thousand orders
MAX_VALUES = 1_500_000

_BRACKETS = re.compile(r"[\[\]{}]")


def to_json_text(data):
    """Return JSON as text, of a depth and a size that can be read.

    :param data: bytes in an encoding JSON knows, or text
    :raise NotJson: when it is in another, or deeper or larger than what is read
    """
    if isinstance(data, bytes | bytearray):
        try:
            data = data.decode(json.detect_encoding(data), "surrogatepass")
        except UnicodeDecodeError as error:
            raise NotJson(f"this is not valid JSON: {error}") from error
    opened = data.count("[") + data.count("{")
    if opened + data.count(",") > MAX_VALUES:
        raise NotJson(f"there are more than {MAX_VALUES} values: send them in parts")
    if opened > MAX_DEPTH and _depth(data) > MAX_DEPTH:
        raise NotJson(f"it is nested more than {MAX_DEPTH} levels deep")
    return data


def _depth(text):
    """:return: how many brackets are open at once, outside texts, at most"""
    bare = text.replace("\\\\", "").replace('\\"', "") if "\\" in text else text
    depth = most = 0
    for bracket in _BRACKETS.findall("".join(bare.split('"')[::2])):
        if bracket in "[{":
            depth += 1
            most = max(most, depth)
        else:
            depth -= 1
    return most
