"""Requests of machines: raw bodies to verify, scoped keys to sign in with."""

import re

from werkzeug.exceptions import Unauthorized

from odoo import models
from odoo.http import request

KEY_SCOPE = "oms"


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _pre_dispatch(cls, rule, args):
        """Extend `base`: keep the raw body of routes that say ``oms_raw_body=True``.

        Reading the parameters of a form consumes the body, and a signature is over the body
        as it came. The limit of the route's size is applied before.
        """
        super()._pre_dispatch(rule, args)
        if rule.endpoint.routing.get("oms_raw_body"):
            request.httprequest.get_data(cache=True)

    @classmethod
    def _auth_method_oms(cls):
        """Sign in with an API key of scope ``oms``; the key opens nothing else.

        :raise Unauthorized: without a key, or with one that is wrong or expired
        """
        header = request.httprequest.headers.get("Authorization", "")
        found = re.match(r"^bearer\s+(\S+)$", header.strip(), re.IGNORECASE)
        # Whoever shows a key is nobody yet.
        keys_sudo = request.env["res.users.apikeys"].sudo()
        user_id = found and keys_sudo._check_credentials(scope=KEY_SCOPE, key=found.group(1))
        if not user_id:
            raise Unauthorized("A valid API key is needed: Authorization: Bearer <key>")
        request.update_env(user=user_id)
        request.session.can_save = False
