"""Requests of machines: scoped keys to sign in with, JSON errors before any route matched."""

import hashlib
import re

from werkzeug.exceptions import HTTPException, NotFound, Unauthorized
from werkzeug.routing import RoutingException

from odoo import models
from odoo.http import _dispatchers, request

KEY_SCOPE = "oms"
#: characters of the header that shows a key
MAX_HEADER = 500
MACHINE_PATHS = ("/oms/api/", "/oms/webhook/", "/oms/tracking/")

_BEARER = re.compile(r"bearer[ \t]{1,40}([\x21-\x7e]{1,200})", re.I)


def scope_of(token):
    """:return: the scope of the API keys that open one channel alone

    :param str token: the channel's token
    """
    return f"{KEY_SCOPE}:{hashlib.sha256(token.encode()).hexdigest()[:24]}"


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _match(cls, path_info):
        """Extend `base`: machines get no pages and no redirects to a language."""
        if not path_info.startswith(MACHINE_PATHS):
            return super()._match(path_info)
        request.is_frontend = request.is_frontend_multilang = False
        try:
            return super()._match(path_info)
        except HTTPException as error:
            request.dispatcher = _dispatchers["oms"](request)
            # A machine that asks for nearly an address would be sent to a host it named itself.
            if isinstance(error, RoutingException):
                raise NotFound from error
            raise

    @classmethod
    def _serve_fallback(cls):
        """Extend `base`: no page and no file answers for a machine's address."""
        if request.httprequest.path.startswith(MACHINE_PATHS):
            return None
        return super()._serve_fallback()

    @classmethod
    def _auth_method_oms(cls):
        """Sign in with an API key of scope ``oms``; the key opens nothing else.

        :raise Unauthorized: without a key, or with one that is wrong or expired
        """
        key, user_id = cls._oms_shown_key(), None
        token = request.httprequest.headers.get("X-Oms-Channel", "")
        # Whoever shows a key is nobody yet.
        keys_sudo = request.env["res.users.apikeys"].sudo()
        for scope in (scope_of(token), KEY_SCOPE) if key else ():
            user_id = user_id or keys_sudo._check_credentials(scope=scope, key=key)
        if not user_id:
            raise Unauthorized("A valid API key is required: Authorization: Bearer <key>")
        request.update_env(user=user_id)
        request.session.can_save = False

    @classmethod
    def _oms_shown_key(cls):
        """:return: the API key that a request shows, '' without one that could be any"""
        header = request.httprequest.headers.get("Authorization", "")[:MAX_HEADER]
        found = _BEARER.fullmatch(header.strip())
        return found[1] if found else ""
