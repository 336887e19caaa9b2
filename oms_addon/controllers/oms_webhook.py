"""Signed messages of channels: verified, written to the inbox, answered at once."""

from odoo import fields, http
from odoo.http import request

from odoo.addons.oms_addon.api.problems import Problem
from odoo.addons.oms_addon.controllers.machine import answer, read_body, refuse, route
from odoo.addons.oms_addon.documents.order import MAX_REF
from odoo.addons.oms_addon.tools import signature
from odoo.addons.oms_addon.tools.sealed_context import sealed

#: what has to be known of a channel to take a message in
ROUTING_FIELDS = ["adapter", "company_id", "webhook_secret", "tracking_secret", "account_ref"]
#: headers that name an event, see ``_identify`` of the adapters
NAMES = (signature.ID, "X-Oms-Event", "X-Oms-Topic", "Idempotency-Key")


class OmsWebhook(http.Controller):
    @route("/oms/webhook/<string:token>", methods=["POST"])
    def receive(self, token):
        """Take one message in.

        :param str token: the channel's token
        :return: 200 with the inbox row's id; 401 when the signature is wrong, 404 when there
            is no such channel, 422 when the sender is to mend the body
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
    """Refuse an event whose name is longer than what is kept of it, or is no text.

    :raise Problem: 400
    """
    if any("\x00" in headers.get(name, "") for name in NAMES):
        raise Problem(
            400, "bad-event", "The name of an event may contain printable characters only."
        )
    if max(len(headers.get(name, "")) for name in NAMES) > MAX_REF:
        raise Problem(400, "bad-event", f"An event's name has {MAX_REF} characters at most.")


def find_channel(token):
    """Return the channel a token names, as the system sees it.

    The sender is nobody; what it may do is decided by its signature.

    :raise Problem: when there is none
    """
    # What is no text of ours is asked of no database.
    known = token if token.isascii() and token.isprintable() else ""
    channel_sudo = (
        request.env["oms.channel"].sudo().search_fetch([("token", "=", known)], ROUTING_FIELDS)
    )
    if not channel_sudo:
        raise Problem(404, "unknown-channel", "This channel does not exist.")
    return channel_sudo
