"""Signed messages of channels: verified, written to the inbox, answered at once."""

from odoo import fields, http
from odoo.http import request

from odoo.addons.oms_addon.tools.order_document import DocumentError

MAX_BODY = 20 * 1024**2


class OmsWebhook(http.Controller):
    @http.route(
        "/oms/webhook/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        readonly=False,
        max_content_length=MAX_BODY,
        oms_raw_body=True,
    )
    def receive(self, token, **kwargs):
        """Take one message in.

        :param str token: the channel's token
        :return: 200 with the inbox row's id; 401 when the signature is wrong, 404 when there
            is no such channel, 400 when the sender is to mend the body
        """
        headers = request.httprequest.headers
        body = request.httprequest.get_data()
        channel = request.env["oms.channel"].sudo().search([("token", "=", token)])
        if not channel:
            return self._answer(404, "There is no such channel.")
        adapter = channel._adapter()
        if adapter._is_ping(channel, headers, body):
            return request.make_json_response({"message": None})
        problem = adapter._verify(channel, headers, body, fields.Datetime.now())
        if problem:
            channel._count_refused(problem)
            return self._answer(401, problem)
        return receive_body(channel, headers, body)

    def _answer(self, status, text):
        return request.make_json_response({"error": text}, status=status)


def receive_body(channel, headers, body):
    """Write a verified body to the inbox of its channel.

    :param headers: name the event, see the adapter's ``_identify``
    :param bytes body: the raw body
    :return: the HTTP answer
    """
    try:
        event = channel._adapter()._identify(channel, headers, body)
    except DocumentError as error:
        return request.make_json_response(
            {"error": str(error), "field": getattr(error, "path", "")}, status=400
        )
    message = channel.with_context(oms_via="webhook")._receive_many([event])
    return request.make_json_response(
        {"message": message.id, "state": message.state, "deliveries": message.deliveries}
    )
