"""Tracking events from carriers: verified, stored in the inbox, processed later."""

import hashlib
import time

from odoo import http
from odoo.http import request

from odoo.addons.oms_addon.controllers.machine import answer, read_body, refuse, route
from odoo.addons.oms_addon.controllers.oms_webhook import check_names, find_channel
from odoo.addons.oms_addon.documents.tracking import TrackingDocument
from odoo.addons.oms_addon.tools import signature

MAX_BODY = 2 * 1024**2


class OmsTracking(http.Controller):
    @route("/oms/tracking/<string:token>", methods=["POST"], max_body=MAX_BODY)
    def receive(self, token):
        """Receive tracking events.

        :param str token: the token of the channel that the parcels belong to
        :return: 200 with the inbox row's id; 404 when there is no such channel, 413 when the
            body is too large, 401 when the signature is wrong or expired, 400 when the event
            id is too long, 422 when the body is not a tracking document
        """
        channel_sudo = find_channel(token)
        body = read_body(MAX_BODY)
        headers = request.httprequest.headers
        problem = signature.message_problem(
            channel_sudo.tracking_secret, headers, body, time.time()
        )
        if problem:
            channel_sudo._count_refused(problem)
            return refuse(401, "bad-signature", problem)
        check_names(headers)
        document = TrackingDocument.from_json(body)
        # The event id may come from signed values only.
        event_ref = signature.name_of(headers) or hashlib.sha256(body).hexdigest()
        message = channel_sudo._receive("tracking", f"tracking:{event_ref}", body)
        return answer(
            {"message": message.id, "state": message.state, "events": len(document.events)}
        )
