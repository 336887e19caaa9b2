"""Requests of machines: scoped keys to sign in with, JSON errors before any route matched."""

import re

from werkzeug.exceptions import HTTPException, Unauthorized

from odoo import models
from odoo.http import request

from odoo.addons.oms_addon.controllers.machine import MachineDispatcher

KEY_SCOPE = "oms"
MACHINE_PATHS = ("/oms/api/", "/oms/webhook/", "/oms/tracking/")


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
        except HTTPException:
            request.dispatcher = MachineDispatcher(request)
            raise

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
