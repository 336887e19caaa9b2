"""API requests: authentication by scoped keys, and JSON errors for unknown routes."""

import hashlib
import re

from werkzeug.exceptions import HTTPException, NotFound, Unauthorized
from werkzeug.routing import RoutingException

from odoo import models
from odoo.http import _dispatchers, request

KEY_SCOPE = "oms"
#: maximum length of the Authorization header
MAX_HEADER = 500
MACHINE_PATHS = ("/oms/api/", "/oms/webhook/", "/oms/tracking/")

_BEARER = re.compile(r"bearer[ \t]{1,40}([\x21-\x7e]{1,200})", re.I)


def scope_of(token):
    """:param str token: the channel's token
    :return: the scope of API keys that give access to this channel only
    """
    return f"{KEY_SCOPE}:{hashlib.sha256(token.encode()).hexdigest()[:24]}"


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _match(cls, path_info):
        """Extend `base`: no web pages and no language redirects for API paths."""
        if not path_info.startswith(MACHINE_PATHS):
            return super()._match(path_info)
        request.is_frontend = request.is_frontend_multilang = False
        try:
            return super()._match(path_info)
        except HTTPException as error:
            request.dispatcher = _dispatchers["oms"](request)
            # Without this, a near match would redirect to a host taken from the request.
            if isinstance(error, RoutingException):
                raise NotFound from error
            raise

    @classmethod
    def _serve_fallback(cls):
        """Extend `base`: serve no web page or file at API paths."""
        if request.httprequest.path.startswith(MACHINE_PATHS):
            return None
        return super()._serve_fallback()

    @classmethod
    def _auth_method_oms(cls):
        """Authenticate with an API key of scope ``oms``, which is valid for the API only.

        :raise Unauthorized: if the key is missing, invalid or expired
        """
        key, user_id = cls._oms_sent_key(), None
        token = request.httprequest.headers.get("X-Oms-Channel", "")
        # There is no authenticated user yet.
        keys_sudo = request.env["res.users.apikeys"].sudo()
        for scope in (scope_of(token), KEY_SCOPE) if key else ():
            user_id = user_id or keys_sudo._check_credentials(scope=scope, key=key)
        if not user_id:
            raise Unauthorized("A valid API key is required: Authorization: Bearer <key>")
        request.update_env(user=user_id)
        request.session.can_save = False

    @classmethod
    def _oms_sent_key(cls):
        """:return: the API key of the request; '' if there is no well-formed one"""
        header = request.httprequest.headers.get("Authorization", "")[:MAX_HEADER]
        found = _BEARER.fullmatch(header.strip())
        return found[1] if found else ""
