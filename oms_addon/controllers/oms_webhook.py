"""Signed messages from channels: verified, stored in the inbox, processed later."""

from odoo import fields, http
from odoo.http import request

from odoo.addons.oms_addon.api.problems import Problem
from odoo.addons.oms_addon.controllers.machine import answer, read_body, refuse, route
from odoo.addons.oms_addon.documents.order import MAX_REF
from odoo.addons.oms_addon.tools import signature
from odoo.addons.oms_addon.tools.sealed_context import sealed

#: fields of a channel that are needed to receive a message
ROUTING_FIELDS = ["adapter", "company_id", "webhook_secret", "tracking_secret", "account_ref"]
#: headers that may contain an event id, see ``_identify`` of the adapters
NAMES = (signature.ID, "X-Oms-Event", "X-Oms-Topic", "Idempotency-Key")


class OmsWebhook(http.Controller):
    @route("/oms/webhook/<string:token>", methods=["POST"])
    def receive(self, token):
        """Receive one message.

        :param str token: the channel's token
        :return: 200 with the inbox row's id; 401 when the signature is wrong, 404 when there
            is no such channel, 422 when the sender can correct an invalid body
        """
        headers = request.httprequest.headers
        channel = find_channel(token)
        adapter = channel._adapter()
        body = read_body(adapter._max_message)
        if adapter._is_ping(channel, headers, body):
            return answer({"message": None})
        problem = adapter._verify(channel, headers, body, fields.Datetime.now())
        if problem:
            channel._count_refused(problem)
            return refuse(401, "bad-signature", problem)
        check_names(headers)
        event = adapter._identify(channel, headers, body)
        message = channel.with_context(**sealed(via="webhook"))._receive_many([event])
        return answer(
            {"message": message.id, "state": message.state, "deliveries": message.deliveries}
        )


def check_names(headers):
    """Refuse event ids that are too long to store or contain null characters.

    :raise Problem: 400
    """
    if any("\x00" in headers.get(name, "") for name in NAMES):
        raise Problem(
            400, "bad-event", "The name of an event may contain printable characters only."
        )
    if max(len(headers.get(name, "")) for name in NAMES) > MAX_REF:
        raise Problem(
            400, "bad-event", f"The name of an event must have at most {MAX_REF} characters."
        )


def find_channel(token):
    """Return the channel of a token, in superuser mode.

    The request is anonymous; its signature authorizes it.

    :raise Problem: 404, when there is no such channel
    """
    # Other characters cannot be in a token, and the database rejects some of them.
    known = token if token.isascii() and token.isprintable() else ""
    channel_sudo = (
        request.env["oms.channel"].sudo().search_fetch([("token", "=", known)], ROUTING_FIELDS)
    )
    if not channel_sudo:
        raise Problem(404, "unknown-channel", "This channel does not exist.")
    return channel_sudo
