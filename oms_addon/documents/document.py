"""Base of all canonical documents: reading and writing JSON, and comparison of versions."""

import dataclasses
import json
import re

from .codec import ZONE, Reading, loads, read_part, write_part
from .values import (
    mismatch,
    to_utc,
)

_DIGITS = re.compile(r"(\d+)", re.ASCII)


# === DOCUMENTS === #


class Document:
    """Base class of all types of documents, with reading and writing."""

    __slots__ = ()
    #: overridden by each kind
    schema = ""

    @classmethod
    def from_json(cls, data):
        """Return the document in a JSON text.

        :param data: bytes or text
        :raise DocumentError: when it is malformed
        """
        return cls.from_dict(loads(data))

    @classmethod
    def from_dict(cls, data):
        """Return the document in JSON data.

        :param dict data: numbers are ``int``, ``Decimal`` or text, never ``float``
        :raise DocumentError: when it is malformed
        """
        if not isinstance(data, dict):
            raise mismatch("an object", data, "")
        if data.get("schema", cls.schema) != cls.schema:
            raise mismatch(repr(cls.schema), data["schema"], "schema")
        zone = data.get("source_zone") or ""
        reading = Reading(zone=ZONE.read(zone, "source_zone", None))
        document = read_part(cls, data, "", reading)
        if reading.extra:
            extra = reading.extra | document.extra
            document = dataclasses.replace(document, extra=extra)
        return document

    def to_dict(self):
        """Return JSON data: money and times are texts."""
        return {"schema": self.schema, **write_part(self)}

    def to_json(self):
        """Return JSON text."""
        return json.dumps(self.to_dict(), ensure_ascii=False, separators=(",", ":"))


class Versioned:
    """A document about a record of the channel that changes; versions may arrive out of order."""

    __slots__ = ()

    def is_newer_than(self, version, updated_at):
        """Compare this document with the stored version.

        The time of the update is compared first, then the version. If neither is known on both
        sides, the document counts as newer.

        :param version: the stored version, ``None`` or '' when there is none
        :param updated_at: the stored time; without an offset it is UTC; ``None`` when
            there is none
        :return: whether it is newer; the same state again is not
        :rtype: bool
        """
        pairs = []
        if self.updated_at and updated_at:
            pairs.append((self.updated_at, to_utc(updated_at, "UTC")))
        if self.version and version:
            pairs.append((_version_key(self.version), _version_key(version)))
        return next((ours > known for ours, known in pairs if ours != known), not pairs)


def _version_key(version):
    """Return a key that sorts numbers inside a version as numbers: v9 before v10."""
    # A number is compared by its length first: as a text, it may have any.
    parts = _DIGITS.split(version)
    numbers = [part.lstrip("0") if i % 2 else "" for i, part in enumerate(parts)]
    return [(len(number), number, part) for number, part in zip(numbers, parts, strict=True)]
