"""Amazon's published models: validation of requests and responses.

The models are Swagger files, which are not part of the project. Where they are available, every
call and response is validated; otherwise none is.
"""

import json
import re
from pathlib import Path

try:
    import jsonschema_rs
except ImportError:
    jsonschema_rs = None


class Operation:
    """One operation of a model."""

    def __init__(self, name, method, path, spec, definitions):
        self.name, self.method = name, method
        names = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)
        self.pattern = re.compile(names)
        self.spec, self.definitions = spec, definitions
        self.parameters = {p["name"]: p for p in spec["parameters"] if p["in"] == "query"}
        self._validators = {}

    def query_problems(self, query):
        """:return: errors in the query of a call"""
        for name in query.keys() - self.parameters.keys():
            yield f"{name}: there is no such parameter"
        for name, parameter in self.parameters.items():
            if name in query:
                yield from _value_problems(name, query[name], parameter)
            elif parameter.get("required"):
                yield f"{name}: is required"

    def body_problems(self, body):
        """:return: errors in the body of a call"""
        parameter = next((p for p in self.spec["parameters"] if p["in"] == "body"), None)
        if parameter:
            yield from self._schema_problems("body", parameter["schema"], body)
        elif body:
            yield "body: none is expected"

    def answer_problems(self, status, body):
        """:return: errors in a response of the simulator"""
        told = self.spec["responses"].get(str(status))
        if told is None:
            yield f"{status}: is no status of {self.name}"
        elif told.get("schema") and body not in (b"", {}):
            yield from self._schema_problems(status, told["schema"], body)

    def _schema_problems(self, key, schema, body):
        if key not in self._validators:
            whole = {**schema, "definitions": self.definitions}
            self._validators[key] = jsonschema_rs.Draft4Validator(whole)
        for error in self._validators[key].iter_errors(body):
            place = ".".join(map(str, error.instance_path)) or "body"
            yield f"{place}: {error.message}"


class Models:
    """All operations of a folder of models; empty when it is missing."""

    def __init__(self, folder=None):
        self.operations = []
        folder = Path(folder) if folder else None
        if not folder or not folder.is_dir() or jsonschema_rs is None:
            return
        for file in sorted(folder.glob("*.json")):
            self._read(json.loads(file.read_bytes()))

    def __bool__(self):
        return bool(self.operations)

    def _read(self, model):
        for path, methods in model["paths"].items():
            shared = methods.get("parameters", [])
            for method, spec in methods.items():
                if isinstance(spec, dict) and "operationId" in spec:
                    spec = {**spec, "parameters": [*shared, *spec.get("parameters", [])]}
                    self.operations.append(
                        Operation(
                            spec["operationId"], method.upper(), path, spec, model["definitions"]
                        )
                    )

    def find(self, method, path):
        """:return: the operation of a call, or ``None``"""
        return next(
            (o for o in self.operations if o.method == method and o.pattern.fullmatch(path)), None
        )


def _value_problems(name, text, parameter):
    kind = parameter.get("type")
    values = text.split(",") if kind == "array" else [text]
    allowed = (parameter.get("items") or {}).get("enum") or parameter.get("enum")
    if allowed and set(values) - set(allowed):
        yield f"{name}: {text} is none of {', '.join(allowed)}"
    if len(values) > parameter.get("maxItems", len(values)):
        yield f"{name}: more than {parameter['maxItems']}"
    if kind == "boolean" and text not in ("true", "false"):
        yield f"{name}: {text} is neither true nor false"
    if kind == "integer":
        if not text.isdigit():
            yield f"{name}: {text} is no whole number"
        elif not parameter.get("minimum", 0) <= int(text) <= parameter.get("maximum", int(text)):
            yield f"{name}: {text} is out of range"
    if parameter.get("format") == "date-time" and not re.match(r"\d{4}-\d\d-\d\dT", text):
        yield f"{name}: {text} is no time"
