"""JSON Schemas and OpenAPI 3.1 of declared dataclasses, so that no description drifts."""

import dataclasses
import re

from odoo.addons.oms_addon.documents.codec import declared, or_null

_PARAGRAPH = re.compile(r"\n\s*\n")
_SPACES = re.compile(r"\s+")


class Schemas:
    """Collects the schemas of dataclasses by name, as ``components`` of one description."""

    def __init__(self):
        self.by_name = {}

    def accepted_ref(self, cls):
        """:return: the schema reference of a request; optional keys may be ``null``"""
        return self._ref(cls, self.accepted_ref, self._accepted_schema)

    def written(self, cls):
        """:return: the schema reference of a response; it has every key"""
        return self._ref(cls, self.written, self._written_schema)

    def _ref(self, cls, ref, describe):
        if cls.__name__ not in self.by_name:
            self.by_name[cls.__name__] = {}
            self.by_name[cls.__name__] = describe(cls, ref)
        return {"$ref": f"#/components/schemas/{cls.__name__}"}

    def _accepted_schema(self, cls, ref):
        properties = {}
        if name := getattr(cls, "schema", ""):
            properties["schema"] = {"const": name, "description": "The type of document."}
        for name, codec, required in declared(cls):
            schema = codec.schema(ref) if required else or_null(codec.schema(ref))
            properties[name] = _described(cls, name, schema)
        return _object(
            cls, properties, [name for name, _codec, required in declared(cls) if required]
        )

    def _written_schema(self, cls, ref):
        properties = {
            name: _described(cls, name, _plain(codec.schema(ref)))
            for name, codec, _required in declared(cls)
        }
        always = [name for name, _codec, required in declared(cls) if required]
        return {**_object(cls, properties, always), "additionalProperties": False}


def _object(cls, properties, required):
    return {
        "type": "object",
        "description": _summary(cls),
        "properties": properties,
        "required": required,
    }


def _summary(cls):
    """:return: the first paragraph of a class's docstring, on one line"""
    return _SPACES.sub(" ", _PARAGRAPH.split((cls.__doc__ or "").strip())[0])


def _described(cls, name, schema):
    field = next(field for field in dataclasses.fields(cls) if field.name == name)
    about = field.metadata.get("about", "")
    return {**schema, "description": about} if about else schema


def _plain(schema):
    """:return: the schema of a response: numbers are written as text"""
    types = schema.get("type")
    if isinstance(types, list) and "string" in types:
        kept = [name for name in types if name not in ("integer", "number")]
        return {**schema, "type": kept[0] if len(kept) == 1 else kept}
    if "items" in schema:
        return {**schema, "items": _plain(schema["items"])}
    return schema
