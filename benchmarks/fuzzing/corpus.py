"""What is fed: inputs that broke something once, and golden messages that are changed."""

import gzip
import json
from contextlib import suppress

from odoo.addons.oms_addon.documents.values import DocumentError
from odoo.addons.oms_addon.exceptions import FinalError, RetryableError

#: what a parser may raise
REFUSALS = (DocumentError, FinalError, RetryableError)
#: values of texts and numbers that broke something once
VALUES = (
    *(
        "",
        "\x00",
        "\ud800",
        "..",
        "../../web",
        "9" * 5000,
        "1" * 20_000 + "x",
        "1e999",
        "-0",
        "NaN",
    ),
    *("2026-01-01T00:00:00." + "1" * 5000, "0001-01-01T00:00:00+23:59", "a@" * 8000, "." * 20_000),
    *(
        "<br>" * 5000,
        "Notice " + "[" * 20_000,
        "x" * 200_000,
        "\u0130" * 20_000,
        "=cmd|' /C calc'!A0",
    ),
    *(10**400, -1, 1e308, 0, True, None, [], {}, [[[]]], {"a": {"b": []}}, [None] * 1000),
)
#: bodies that are no documents at all
BODIES = (
    *(b"", b"{", b"[" * 900 + b"]" * 900, b'{"a":' * 900 + b"1" + b"}" * 900, b"9" * 5000),
    *(b"[" + b"1," * 400_000 + b"1]", b"\xff\xfe{\x00", b'{"id": 1e999}', b"webhook_id=1", b"null"),
    *(gzip.compress(bytes(50 * 1024**2)), b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"),
)
#: what senders call what they send
TOPICS = (
    *("orders", "orders/create", "orders/updated", "orders/cancelled", "refunds/create", "refunds"),
    *("order.created", "order.updated", "order.deleted", "product.updated", "tracking", "weather"),
)


def body_of(dice, world, adapter):
    """:return: a body: of the corpus, or a golden one that was changed"""
    if dice.random() < 0.2:
        return dice.choice(BODIES)
    golden = dice.choice(world.golden[adapter] or BODIES)
    if dice.random() < 0.2:
        return damaged(dice, golden)
    with suppress(ValueError):
        data = json.loads(golden)
        for _change in range(dice.randint(1, 3)):
            data = changed(dice, data)
        return json.dumps(data).encode()
    return golden


def changed(dice, data):
    """:return: JSON data of which one value is another"""
    if isinstance(data, dict) and data and dice.random() < 0.9:
        key = dice.choice(list(data))
        return {**data, key: changed(dice, data[key])}
    if isinstance(data, list) and data and dice.random() < 0.9:
        place = dice.randrange(len(data))
        return [*data[:place], changed(dice, data[place]), *data[place + 1 :]]
    return dice.choice(VALUES)


def damaged(dice, data):
    """:return: bytes of which some are others, missing or twice there"""
    data = bytearray(data)
    for _change in range(dice.randint(1, 8)):
        if data:
            place = dice.randrange(len(data))
            data[place : place + dice.randint(0, 3)] = dice.randbytes(dice.randint(0, 4))
    return bytes(data)
