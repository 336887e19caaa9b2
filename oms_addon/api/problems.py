"""Error responses of the API (RFC 9457)."""

import json

from werkzeug.exceptions import HTTPException

from odoo.addons.oms_addon.documents.values import NotJson

CONTENT_TYPE = "application/problem+json"

#: titles by HTTP status
TITLES = {
    400: "The request cannot be parsed.",
    401: "Authentication is required.",
    403: "Access is denied.",
    404: "The resource does not exist.",
    405: "The method is not supported.",
    409: "The request conflicts with the current state.",
    413: "The body is too large.",
    415: "The type of the body is not supported.",
    422: "The request is not valid.",
    429: "Rate limit reached.",
    500: "The request failed.",
    503: "The server is busy.",
}


class Problem(HTTPException):
    """An error response.

    :param int status: the HTTP status
    :param str code: the type of error, for programs, e.g. ``unknown-order``
    :param str detail: what failed and what to do, for users
    :param errors: errors by field, dicts with ``field`` and ``message``
    :param dict headers: additional headers
    """

    def __init__(self, status, code, detail, errors=(), headers=None):
        super().__init__(detail)
        self.code = status
        self.kind = code
        self.errors = tuple(errors)
        self.more_headers = dict(headers or {})

    def to_dict(self):
        """:return: the JSON data of the response"""
        content = {
            "type": f"urn:oms:problem:{self.kind}",
            "title": TITLES.get(self.code, TITLES[400]),
            "status": self.code,
            "detail": self.description,
        }
        return {**content, "errors": list(self.errors)} if self.errors else content

    def get_body(self, environ=None, scope=None):
        """Override of `werkzeug`: JSON, never HTML."""
        return json.dumps(self.to_dict(), ensure_ascii=False)

    def get_headers(self, environ=None, scope=None):
        """Override of `werkzeug`."""
        return [
            ("Content-Type", CONTENT_TYPE),
            ("Cache-Control", "no-store"),
            *self.more_headers.items(),
        ]


def from_document_error(error):
    """:return: the error response for an invalid document"""
    if isinstance(error, NotJson):
        return Problem(400, "bad-json", error.message)
    errors = [{"field": error.path, "message": error.message}]
    return Problem(422, "bad-document", str(error), errors)
