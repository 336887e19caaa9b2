"""Tracking events that carriers send: verified, written to the inbox, answered at once."""

import hashlib
import time

from odoo import http
from odoo.http import request

from odoo.addons.oms_addon.tools import signature
from odoo.addons.oms_addon.tools.document_values import DocumentError
from odoo.addons.oms_addon.tools.tracking_document import TrackingDocument

MAX_BODY = 2 * 1024**2


class OmsTracking(http.Controller):
    @http.route(
        "/oms/tracking/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        readonly=False,
        # Larger bodies are answered here, in JSON as everything else.
        max_content_length=2 * MAX_BODY,
        oms_raw_body=True,
    )
    def receive(self, token, **kwargs):
        """Take tracking events in.

        :param str token: the token of the channel whose parcels they are about
        :return: 200 with the inbox row's id; 404 when there is no such channel, 413 when the
            body is too large, 401 when the signature is wrong or stale, 400 when the body is
            no tracking document
        """
        # The caller is nobody; what it may do is decided by the signature.
        channel_sudo = request.env["oms.channel"].sudo().search([("token", "=", token)])
        if not channel_sudo:
            return self._refuse(404, "There is no such channel.")
        body = request.httprequest.get_data()
        if len(body) > MAX_BODY:
            return self._refuse(413, f"The body is larger than {MAX_BODY} bytes.")
        headers = request.httprequest.headers
        problem = signature.problem(
            channel_sudo.webhook_secret,
            headers.get("X-Oms-Signature", ""),
            headers.get("X-Oms-Timestamp", ""),
            body,
            time.time(),
        )
        if problem:
            channel_sudo._count_refused(problem)
            return self._refuse(401, problem)
        try:
            document = TrackingDocument.from_json(body)
        except DocumentError as error:
            return self._refuse(400, str(error))
        event_ref = headers.get("X-Oms-Event") or hashlib.sha256(body).hexdigest()
        message = channel_sudo._receive("tracking", event_ref, body)
        return request.make_json_response(
            {"message": message.id, "state": message.state, "events": len(document.events)}
        )

    def _refuse(self, status, text):
        return request.make_json_response({"error": text}, status=status)
