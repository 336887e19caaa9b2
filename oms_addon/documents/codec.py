"""Reading and writing documents as JSON.

A field of a dataclass is declared with one of the functions at the end (``text()``,
``declare(DECIMAL)``, …), which attach a :class:`Codec`. Reading raises a ``DocumentError`` that
names the field, and keeps unknown keys.
"""

import dataclasses
import json
from collections.abc import Callable
from decimal import Decimal
from functools import cache

from odoo.addons.oms_addon.tools.json_shape import to_json_text

from .values import (
    DATE_PATTERN,
    MAX_MOMENT,
    MAX_NUMBER,
    NUMBER_PATTERN,
    DocumentError,
    NotJson,
    get_zone,
    mismatch,
    to_decimal,
    to_integer,
    to_moment,
    to_plain,
    to_text,
)


@dataclasses.dataclass(frozen=True, slots=True)
class Codec:
    """Reads a value from JSON data (value, path, reading) and writes it back.

    ``schema`` gives the JSON Schema of what is read; it is called with a function that
    names the schema of a part.
    """

    expected: str
    read: Callable
    write: Callable
    schema: Callable


@dataclasses.dataclass(slots=True)
class Reading:
    """State shared by the fields of a document while it is read.

    ``zone`` is the zone of times without an offset, ``extra`` collects unknown keys by
    their path.
    """

    zone: str = ""
    extra: dict = dataclasses.field(default_factory=dict)


# === READING AND WRITING === #


def loads(data):
    """Return the JSON object in ``data``, its numbers as ``Decimal``.

    :param data: bytes or text
    :raise NotJson: when it is no JSON, or deeper or larger than what is read
    """
    text = to_json_text(data)
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise NotJson(f"this is not valid JSON: {error}") from error


def _refuse_constant(name):
    raise NotJson(f"JSON has no {name}")


def read_part(cls, data, path, reading):
    """Return an instance of a declared dataclass.

    :param dict data: its JSON object
    :param str path: where it stands in the document, '' for the document itself
    :param Reading reading: collects the unknown keys
    :raise DocumentError: when a field is missing or malformed
    """
    if not isinstance(data, dict):
        raise mismatch("an object", data, path)
    prefix = f"{path}." if path else ""
    values = {}
    for name, codec, required in declared(cls):
        value = data.get(name)
        if value is not None:
            values[name] = codec.read(value, prefix + name, reading)
        elif required:
            raise DocumentError(f"missing, expected {codec.expected}", prefix + name)
    if unknown := data.keys() - _names(cls):
        for key in filter(unknown.__contains__, data):
            reading.extra[prefix + to_text(str(key))] = to_plain(data[key])
    return cls(**values)


def write_part(part):
    """Return the JSON object of a declared dataclass."""
    return {name: codec.write(getattr(part, name)) for name, codec, _ in declared(type(part))}


@cache
def declared(cls):
    """:return: the declared fields of a dataclass: tuples (name, codec, whether it is required)"""
    return tuple(
        (field.name, field.metadata["codec"], _is_required(field))
        for field in dataclasses.fields(cls)
    )


def _is_required(field):
    missing = dataclasses.MISSING
    return field.default is missing and field.default_factory is missing


@cache
def _names(cls):
    return frozenset(name for name, _, _ in declared(cls)) | {"schema"}


def _read_bool(value, path, reading):
    if isinstance(value, bool):
        return value
    raise mismatch("true or false", value, path)


def _read_moment(value, path, reading):
    return to_moment(value, reading.zone, path)


def _write_moment(value):
    return value.isoformat().replace("+00:00", "Z")


def _write_decimal(value):
    if not isinstance(value, Decimal):
        raise mismatch("a Decimal", value, "")
    return format(value, "f")


def _read_zone(value, path, reading):
    name = to_text(value, path)
    return name and get_zone(name, path).key


def _read_object(value, path, reading):
    if isinstance(value, dict):
        return to_plain(value)
    raise mismatch("an object", value, path)


# === FIELDS === #

TEXT = Codec(
    "text",
    lambda value, path, _: to_text(value, path),
    str,
    lambda _: {"type": ["string", "integer"]},
)
CODE = Codec(
    "a code",
    lambda value, path, _: to_text(value, path).strip().upper(),
    str,
    lambda _: {"type": ["string", "integer"]},
)
ZONE = Codec(
    "the name of a time zone",
    _read_zone,
    str,
    lambda _: {"type": ["string", "integer"], "examples": ["Europe/Berlin"]},
)
BOOLEAN = Codec("true or false", _read_bool, bool, lambda _: {"type": "boolean"})
DECIMAL = Codec(
    "a decimal number",
    lambda value, path, _: to_decimal(value, path),
    _write_decimal,
    lambda _: {
        "type": ["string", "number"],
        "pattern": NUMBER_PATTERN,
        "maxLength": MAX_NUMBER,
        "examples": ["12.50"],
    },
)
MOMENT = Codec(
    "a time in ISO 8601",
    _read_moment,
    _write_moment,
    lambda _: {
        "type": "string",
        "pattern": DATE_PATTERN,
        "maxLength": MAX_MOMENT,
        "examples": ["2026-01-31T14:05:00+01:00"],
    },
)
OBJECT = Codec("an object", _read_object, dict, lambda _: {"type": "object"})
INTEGER = Codec(
    "a whole number",
    lambda value, path, _: to_integer(value, path),
    int,
    lambda _: {"type": "integer"},
)


def nullable(codec):
    """Return the codec of a field that may be ``None``."""
    return Codec(
        codec.expected,
        codec.read,
        lambda value: None if value is None else codec.write(value),
        lambda ref: or_null(codec.schema(ref)),
    )


def or_null(schema):
    """Return a JSON Schema that takes ``null``, too."""
    if isinstance(schema.get("type"), (str, list)) and "enum" not in schema:
        types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        return schema if "null" in types else {**schema, "type": [*types, "null"]}
    if any(option == {"type": "null"} for option in schema.get("anyOf", ())):
        return schema
    return {"anyOf": [schema, {"type": "null"}]}


def choice_of(*choices):
    """Return the codec of a word out of ``choices``."""
    expected = "one of " + ", ".join(choices)

    def read(value, path, reading):
        if value in choices:
            return value
        raise mismatch(expected, value, path)

    return Codec(expected, read, str, lambda _: {"type": "string", "enum": list(choices)})


def part_of(cls):
    """Return the codec of an object that is a declared dataclass."""
    return Codec(
        "an object",
        lambda value, path, reading: read_part(cls, value, path, reading),
        write_part,
        lambda ref: ref(cls),
    )


def list_of(codec):
    """Return the codec of a list; in Python it is a tuple."""

    def read(value, path, reading):
        if not isinstance(value, (list, tuple)):
            raise mismatch("a list", value, path)
        return tuple(
            codec.read(item, f"{path}[{index}]", reading) for index, item in enumerate(value)
        )

    return Codec(
        "a list",
        read,
        lambda values: [codec.write(item) for item in values],
        lambda ref: {"type": "array", "items": codec.schema(ref)},
    )


def declare(codec, about="", **options):
    """Declare a field; without ``default`` or ``default_factory`` it is required.

    :param str about: what it means, for the description of an interface
    """
    return dataclasses.field(metadata={"codec": codec, "about": about}, **options)


def text(default="", about="", **options):
    """Declare a text."""
    return declare(TEXT, about, default=default, **options)
