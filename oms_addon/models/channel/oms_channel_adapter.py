"""The contract between the system and one kind of channel."""

import hashlib

from odoo import api, models

from odoo.addons.oms_addon.tools import signature
from odoo.addons.oms_addon.tools.order_document import parse_document


class OmsChannelAdapter(models.AbstractModel):
    """Speaks to one kind of channel.

    A channel is one file: an abstract model ``oms.channel.adapter.<code>`` that inherits
    this one and overrides what its channel can do. The label is its ``_description``;
    capability flags say what it can do. Parsing is pure: bytes in, document out, no
    database. Sending and fetching raise ``RetryableError`` when the same call may succeed
    later, any other ``UserError`` when it never will.
    """

    _name = "oms.channel.adapter"
    _description = "Channel Adapter"

    #: what the channel can do
    _can_fetch = False
    _can_import_file = False
    _can_push_shipment = False
    _can_push_cancellation = False
    #: the connection fields of ``oms.channel`` that it uses
    _credentials = ()

    # === IN === #

    @api.model
    def _parse(self, channel, topic, payload):
        """Read one inbound message.

        :param channel: the channel that sent it
        :param str topic: the channel's name of the event
        :param bytes payload: the body as it came
        :return: an ``OrderDocument``, ``CancellationDocument`` or ``PaymentDocument``;
            ``None`` when the topic asks for nothing
        :raise DocumentError: when the body is not what the channel promises
        """
        raise NotImplementedError

    @api.model
    def _read(self, channel, topic, payload):
        """Read one inbound message of any topic; carriers' events look the same everywhere.

        :return: the document, see ``_parse``
        """
        if topic == "tracking":
            return parse_document(payload)
        return self._parse(channel, topic, payload)

    @api.model
    def _describe(self, topic, payload):
        """Name the event of a body that came without a name.

        :param str topic: the channel's name of the event
        :param bytes payload: the body as it came
        :return: the event's reference, the same for the same event, and the channel's order
            id when the body tells it
        :rtype: tuple[str, str|None]
        :raise DocumentError: when the body is not what the channel promises
        """
        return hashlib.sha256(payload).hexdigest(), None

    @api.model
    def _verify(self, channel, headers, body, now):
        """Check that a message is from the channel: HMAC-SHA256 over time and raw body.

        :param headers: the request's headers
        :param bytes body: the raw body
        :param datetime now: the time of arrival
        :return: why the message is refused; '' when it is genuine
        :rtype: str
        """
        return signature.problem(
            channel.sudo().webhook_secret,
            headers.get("X-Oms-Signature", ""),
            headers.get("X-Oms-Timestamp", ""),
            body,
            now,
        )

    @api.model
    def _fetch(self, channel, limit=None):
        """Ask the channel for what is new since its cursor.

        :param int limit: how many orders at most
        :return: events as ``oms.channel._receive_many`` takes them, and the new cursor
        :rtype: tuple[list, str]
        """
        return [], channel.cursor

    @api.model
    def _read_file(self, channel, data):
        """Read a file of orders.

        :param bytes data: the file as it was uploaded
        :return: events as ``oms.channel._receive_many`` takes them, their documents, and the
            errors of rows that are none
        :rtype: tuple[list, list, list]
        """
        raise NotImplementedError

    # === OUT === #

    @api.model
    def _send(self, channel, topic, key, payload):
        """Tell the channel something.

        :param str topic: e.g. ``shipment``, ``cancellation``
        :param str key: the idempotency key of the call
        :param bytes payload: the content, as JSON
        :return: what the channel answered, as JSON-able data
        :raise RetryableError: when the same call may succeed later
        """
        return {}

    # === CONNECTION === #

    @api.model
    def _prepare_channel(self, channel):
        """Hook: make what a channel needs before it goes live."""

    @api.model
    def _test_connection(self, channel):
        """:return: what is missing for the connection to work, in words; '' when it works
        :rtype: str
        """
        return ""
