"""The canonical API: orders as JSON documents, with a scoped API key."""

from odoo import http
from odoo.exceptions import AccessError
from odoo.http import request

from odoo.addons.oms_addon.controllers.oms_webhook import MAX_BODY, receive_body


class OmsApi(http.Controller):
    @http.route(
        "/oms/api/v1/orders",
        type="http",
        auth="oms",
        methods=["POST"],
        csrf=False,
        save_session=False,
        readonly=False,
        max_content_length=MAX_BODY,
        oms_raw_body=True,
    )
    def create_order(self, **kwargs):
        """Take a document in; the channel is named by its token in ``X-Oms-Channel``.

        :return: 200 with the inbox row's id; 403 when the key's user may not, 404 when there
            is no such channel, 400 when the body is no document
        """
        headers = request.httprequest.headers
        try:
            request.env["oms.channel.message"].check_access("create")
            channel = request.env["oms.channel"].search(
                [("token", "=", headers.get("X-Oms-Channel", "")), ("adapter", "=", "canonical")]
            )
        except AccessError as error:
            return request.make_json_response({"error": str(error)}, status=403)
        if not channel:
            return request.make_json_response(
                {"error": "Name a canonical channel by its token in X-Oms-Channel."}, status=404
            )
        return receive_body(channel, headers, request.httprequest.get_data())
