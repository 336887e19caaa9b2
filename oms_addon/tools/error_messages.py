"""Error messages in API responses; nothing else of a response is quoted."""

import re

from .json_answer import read_json

#: keys of JSON responses that hold a message, and keys that hold objects or lists with messages
SENTENCES = ("message", "error_description", "detail", "title", "error", "errors", "code")
NESTED = ("errors", "error", "data", "details")
MAX_BODY = 256 * 1024
MAX_WORDS = 300
MAX_DEPTH = 4
MAX_FOUND = 3
_TAG = re.compile(r"<[^<>]{0,200}>")


def error_message_of(body):
    """Extract the error message of an API.

    :param bytes body: the response body
    :return: the message, shortened and without markup; '' when the body is not a JSON error
    :rtype: str
    """
    if len(body) > MAX_BODY:
        return ""
    data = read_json(body)
    found = list(dict.fromkeys(_sentences(data, 0))) if isinstance(data, (dict, list)) else []
    return "; ".join(found[:MAX_FOUND])[:MAX_WORDS]


def _sentences(data, depth):
    """Yield the messages in a JSON value."""
    if depth > MAX_DEPTH:
        return
    if isinstance(data, list):
        for item in data[:MAX_FOUND]:
            yield from [_plain(item)] if isinstance(item, str) else _sentences(item, depth + 1)
    elif isinstance(data, dict):
        first = next((n for n in SENTENCES if isinstance(data.get(n), str) and data[n]), "")
        if first:
            code = data.get("code")
            has_code = first != "code" and isinstance(code, str) and code
            yield f"{_plain(data[first])} ({_plain(code)})" if has_code else _plain(data[first])
        for name in NESTED:
            if isinstance(data.get(name), (dict, list)):
                yield from _sentences(data[name], depth + 1)


def _plain(text):
    """:return: a text on one line, without markup and invisible characters"""
    bare = _TAG.sub(" ", text[: 4 * MAX_WORDS])
    return " ".join("".join(c if c.isprintable() else " " for c in bare).split())[:MAX_WORDS]
