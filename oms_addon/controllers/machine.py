"""Requests of other systems: raw bodies, and JSON responses even for errors."""

import contextlib

from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from odoo import http
from odoo.exceptions import AccessDenied, AccessError, UserError
from odoo.http import Response, SessionExpiredException, request
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from odoo.addons.oms_addon.api.problems import Problem, from_document_error
from odoo.addons.oms_addon.documents.values import DocumentError

MAX_BODY = 20 * 1024**2
#: how many bytes of a refused body are read, so that the client gets to the response
MAX_DRAINED = 32 * 1024**2

# Problem (code, detail) by HTTP status.
_WORDS = {
    400: ("bad-request", "The request cannot be parsed."),
    401: ("no-key", "A valid API key is required: Authorization: Bearer <key>."),
    403: ("not-allowed", "Access is denied."),
    404: ("unknown-address", "This address does not exist."),
    405: (
        "bad-method",
        "This address does not support the method. The header Allow lists the supported methods.",
    ),
    413: ("too-large", "The body is too large. Send it in parts."),
    415: ("bad-type", "Send the body as application/json."),
    503: ("busy", "The same data was changed at the same time. Send the request again."),
}


class MachineDispatcher(http.HttpDispatcher):
    """Dispatcher for routes of the type ``oms``.

    Bodies are not parsed as forms, so that the raw bytes can be verified and stored; every
    error is returned as ``application/problem+json``.
    """

    routing_type = "oms"

    def dispatch(self, endpoint, args):
        """Override of `odoo`: pass only the parameters in the path."""
        self.request.params = dict(args)
        if self.request.httprequest.method == "OPTIONS":
            return Response(status=204, headers={"Allow": ", ".join(_allowed_methods())})
        return self.request.registry["ir.http"]._dispatch(endpoint)

    def handle_error(self, exc):
        """Override of `odoo`: return every error as a problem document."""
        if isinstance(exc, RequestEntityTooLarge):
            _drain(self.request.httprequest)
        return _as_problem(exc).get_response()


def route(*paths, methods, auth="public", readonly=False, max_body=MAX_BODY):
    """Return the decorator of a route for machines.

    :param paths: URL paths
    :param list methods: HTTP methods
    :param str auth: ``public`` where the body is signed, ``oms`` with an API key
    :param bool readonly: whether it only reads
    :param int max_body: maximum bytes of a body
    """
    return http.route(
        list(paths),
        type=MachineDispatcher.routing_type,
        auth=auth,
        methods=methods,
        csrf=False,
        save_session=False,
        readonly=readonly,
        max_content_length=max_body,
    )


def read_body(limit):
    """Read the body of a request, after its sender was identified.

    :param int limit: maximum bytes, if lower than the route's limit
    :raise RequestEntityTooLarge: when the body is larger; it was not read
    """
    httprequest = request.httprequest
    httprequest.max_content_length = min(limit, httprequest.max_content_length or limit)
    if (httprequest.content_length or 0) > httprequest.max_content_length:
        raise RequestEntityTooLarge
    return httprequest.get_data()


def answer(content, status=200, headers=None):
    """:return: a response with a JSON body"""
    return request.make_json_response(
        content, status=status, headers=[*(headers or {}).items(), ("Cache-Control", "no-store")]
    )


def refuse(status, code, detail, errors=(), headers=None):
    """:return: an error response that does not roll back the transaction"""
    return Problem(status, code, detail, errors, headers).get_response()


def _as_problem(exc):
    """:return: the problem response for an exception, without its traceback"""
    if isinstance(exc, Problem):
        return exc
    if isinstance(exc, HTTPException) and exc.code in _WORDS:
        headers = {}
        if exc.code == 405:
            headers["Allow"] = ", ".join(sorted(exc.valid_methods or ()))
        if exc.code == 401:
            headers["WWW-Authenticate"] = 'Bearer realm="oms"'
        return Problem(exc.code, *_WORDS[exc.code], headers=headers)
    if isinstance(exc, DocumentError):
        return from_document_error(exc)
    if isinstance(exc, AccessDenied | SessionExpiredException):
        return Problem(401, *_WORDS[401], headers={"WWW-Authenticate": 'Bearer realm="oms"'})
    if isinstance(exc, AccessError):
        return Problem(
            403,
            "not-allowed",
            "The user of the API key lacks the required role. Assign a role in Orders Hub.",
        )
    if isinstance(exc, UserError):
        return Problem(422, "refused", str(exc))
    if isinstance(exc, PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
        return Problem(503, *_WORDS[503], headers={"Retry-After": "1"})
    return Problem(
        500,
        "failed",
        "The error was logged. Send the request again; if it fails again, report the time.",
    )


def _allowed_methods():
    """:return: the methods that the requested address supports"""
    router = request.env["ir.http"].routing_map().bind_to_environ(request.httprequest.environ)
    return sorted(router.allowed_methods())


def _drain(httprequest):
    """Read the rest of a refused body, within limits: clients read no response while they send."""
    httprequest.max_content_length = MAX_DRAINED
    with contextlib.suppress(HTTPException, OSError):
        httprequest.get_data(cache=False)
