"""The description of the API as one HTML page without external resources."""

import json

from markupsafe import Markup

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h2 { border-top: 1px solid #ddd; padding-top: 1rem } code, pre { font: 14px monospace }
pre { background: #f6f6f6; padding: .8rem; overflow: auto } td, th { text-align: left;
vertical-align: top; padding: .2rem .8rem .2rem 0 } .method { font-weight: 700; color: #714b67 }
"""


def render(description):
    """Return the page of an OpenAPI document.

    :param dict description: as ``api_description.describe`` gives it
    :rtype: str
    """
    info = description["info"]
    parts = [
        Markup("<h1>%s</h1>") % f"{info['title']} {info['version']}",
        *(Markup("<p>%s</p>") % text for text in info["description"].split("\n\n")),
        Markup("<p>%s <code>%s</code></p>") % ("Address:", description["servers"][0]["url"]),
        Markup('<p><a href="openapi.json">openapi.json</a></p>'),
    ]
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            if method != "parameters":
                shared = operations.get("parameters", [])
                parts.append(_operation(description, path, method, operation, shared))
    parts.append(Markup("<h2>Schemas</h2>"))
    for name, schema in description["components"]["schemas"].items():
        parts.append(_schema(name, schema))
    return Markup(
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{}</title>'
        "<style>{}</style></head><body>{}</body></html>"
    ).format(info["title"], Markup(_STYLE), Markup("").join(parts))


def _operation(description, path, method, operation, shared):
    parameters = [
        description["components"]["parameters"][reference["$ref"].split("/")[-1]]
        for reference in [*shared, *operation["parameters"]]
    ]
    answers = [
        (status, _resolve(description, answer)["description"])
        for status, answer in operation["responses"].items()
    ]
    return Markup("").join(
        [
            Markup('<h2><span class="method">%s</span> <code>%s</code></h2>')
            % (method.upper(), path),
            Markup("<p>%s</p>") % operation["description"],
            _table((f"{p['name']} ({p['in']})", p["description"]) for p in parameters),
            _example(operation.get("requestBody")),
            _table(answers),
        ]
    )


def _resolve(description, answer):
    name = answer.get("$ref", "").split("/")[-1]
    return description["components"]["responses"][name] if name else answer


def _example(body):
    if not body:
        return ""
    example = body["content"]["application/json"]["example"]
    return Markup("<pre>%s</pre>") % json.dumps(example, indent=2, ensure_ascii=False)


def _schema(name, schema):
    required = schema.get("required", [])
    rows = [
        (f"{key}{' *' if key in required else ''}", _kind(value))
        for key, value in schema["properties"].items()
    ]
    about = Markup('<h3 id="%s">%s</h3><p>%s</p>') % (name, name, schema["description"])
    return about + _table(rows)


def _kind(schema):
    """:return: the type and description of a property, with links to other schemas"""
    about = schema.get("description", "")
    return (Markup("<i>%s</i> %s") % (_type(schema), about)) if about else _type(schema)


def _type(schema):
    if "$ref" in schema:
        name = schema["$ref"].split("/")[-1]
        return Markup('<a href="#%s">%s</a>') % (name, name)
    if "anyOf" in schema:
        return Markup(" or ").join(map(_type, schema["anyOf"]))
    if "const" in schema:
        return repr(schema["const"])
    if "enum" in schema:
        return ", ".join(map(repr, schema["enum"]))
    types = schema.get("type", "")
    text = " or ".join(types) if isinstance(types, list) else types
    return Markup("%s of %s") % (text, _type(schema["items"])) if "items" in schema else text


def _table(rows):
    cells = (Markup("<tr><th><code>%s</code></th><td>%s</td></tr>") % row for row in rows)
    return Markup("<table>{}</table>").format(Markup("").join(cells))
