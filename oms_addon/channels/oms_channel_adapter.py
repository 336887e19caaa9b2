"""The contract of a channel adapter: inbound messages."""

import hashlib
from typing import NamedTuple

from odoo import api, fields, models

from odoo.addons.oms_addon.documents.order import parse_document
from odoo.addons.oms_addon.tools import signature


class Event(NamedTuple):
    """One inbound event, as it is stored in the inbox.

    ``ref`` is the same for the same event, however often and by whichever path it is received;
    ``order_ref`` is the channel's order id, where it is known without parsing the payload.
    """

    topic: str
    ref: str
    payload: bytes
    order_ref: str | None = None


class OmsChannelAdapter(models.AbstractModel):
    """Contract of one kind of channel.

    A channel is an abstract model ``oms.channel.adapter.<code>`` that inherits this one and
    overrides what its channel supports. Its ``_description`` is the label; the flags declare
    its capabilities. Parsing is pure: bytes to document, no database. Calls go through
    ``_call`` and raise ``RetryableError`` when the same call may succeed later, another
    ``UserError`` when it cannot.

    All ids are the channel's own texts; all times are timezone-aware; money is ``Decimal``.
    """

    _name = "oms.channel.adapter"
    _description = "Channel Adapter"

    #: orders are created in Odoo itself: no messages, nothing to parse
    _is_native = False
    #: orders can be fetched (``_fetch``, ``_fetch_orders``, ``_list_orders``)
    _can_fetch = False
    #: webhooks are registered through the channel's API (``_ensure_webhooks``)
    _can_register = False
    #: orders can be uploaded as a file (``_read_file``)
    _can_import_file = False
    #: maximum size of an inbound message, in bytes
    _max_message = 4 * 1024**2
    #: order documents are posted to our API (``oms.api``)
    _can_use_api = False
    #: listings can be fetched (``_fetch_listings``)
    _can_fetch_listings = False
    #: orders and messages name a variant without SKU or barcode by those of its product; which
    #: is which is known from ``_fetch_listings`` only
    _variants_inherit = False
    #: the channel's stock locations can be fetched (``_fetch_locations``)
    _can_fetch_locations = False
    #: the channel's tax rates can be fetched (``_fetch_taxes``)
    _can_fetch_taxes = False
    #: what can be pushed to the channel (``_push_<topic>``)
    _can_push_shipment = False
    #: tracking numbers can be added to a shipment that was pushed before (``_push_tracking``)
    _can_push_tracking = False
    _can_push_cancellation = False
    #: a cancellation has an option to e-mail the customer; else the channel decides
    _can_notify_cancellation = False
    _can_push_refund = False
    _can_push_stock = False
    _can_push_price = False
    #: order documents contain only what is left of the order: cancelled units and their refunded
    #: money are missing without a notice, see ``oms.order.remainder``
    _tells_remainder = False
    #: default of ``oms.channel`` ``tax_rounding``, where the channel does not provide it
    _tax_rounding = ""
    #: refunds arrive as money movements, days later and under other ids: a refund made in Odoo is
    #: recognized by amount, and units are assumed only where the amount covers them in full
    _has_refund_ledger = False
    #: documents contain whether an order is paid, not the amount: a charge keeps the order total
    #: at that time, even if the order is changed later
    _charges_are_totals = False
    #: an order document contains all its refunds: a missing one was deleted on the channel
    _tells_all_refunds = False
    #: a pushed refund only creates a document on the channel: no payment provider is called
    _refunds_are_paper = False
    #: only message bodies are signed, not topic, id or time: what cannot be undone is confirmed
    #: with the channel first (``_confirm``)
    _signs_bodies_only = False
    #: minimum seconds between two fetches of the refund ledger
    _ledger_seconds = 0
    #: orders that one call of ``_fetch_orders`` returns in their current state, to compare open
    #: orders with the channel; 0 where each order takes its own call
    _compare_size = 0
    #: the connection fields of ``oms.channel`` that the kind uses, and those that are required
    _credentials = ()
    _required_credentials = ()
    #: labels of the connection fields, where the channel names them differently: {field: label}
    _credential_labels = {}
    #: seconds before its cursor at which a poll starts
    _overlap_seconds = 300
    #: Font Awesome icon of the kind
    _icon = "fa-plug"
    #: how orders are usually paid, by payment method: {method: terms}, see tools/payment_terms.py
    _payment_terms = {}
    #: default policy of the kind, see ``oms.channel`` ``_policy_presets``
    _policy_preset = "prepaid"
    #: what happens to orders placed before go-live: ``record`` stores them without processing, as
    #: they are fulfilled in another system; see ``oms.channel`` ``start_policy``
    _start_policy = "record"

    @api.model
    def _label_of(self, name):
        """:return: the label of a connection field on this kind of channel"""
        field = self.env["oms.channel"]._fields[name]
        return self._credential_labels.get(name) or field._description_string(self.env)

    # === IN: MESSAGES === #

    @api.model
    def _verify(self, channel, headers, body, now):
        """Verify that a message is from the channel: Standard Webhooks, or HMAC-SHA256 over time
        and raw body.

        :param headers: the request's headers
        :param bytes body: the raw body
        :param datetime now: the time of arrival
        :return: why the message is refused; '' when it is genuine
        :rtype: str
        """
        return signature.message_problem(channel.sudo().webhook_secret, headers, body, now)

    @api.model
    def _is_ping(self, channel, headers, body):
        """:return: whether a message is only a connection test; it is answered with 200 before
        its signature is verified, and not stored
        """
        return False

    @api.model
    def _identify(self, channel, headers, body):
        """Identify the event of a genuine message.

        Uses signed values only: ``webhook-id`` where it is signed, else the body. For channels
        that sign the body alone, headers are ignored: equal bodies are the same event.

        :param headers: the request's headers
        :param bytes body: the raw body
        :rtype: Event
        :raise DocumentError: when the body is invalid and the sender can correct it; from other
            channels the invalid message is stored and shown as failed
        """
        topic = self._topic_of(body)
        event_ref, order_ref = self._describe(topic, body)
        return Event(topic, signature.name_of(headers) or event_ref, body, order_ref)

    @api.model
    def _topic_of(self, body):
        """:return: the topic of a body, from its content"""
        return "orders"

    @api.model
    def _minute(self):
        """:return: the current minute; part of the reference of events whose body has no time,
        so that equal bodies at different times are different events
        """
        return f"{fields.Datetime.now():%Y%m%d%H%M}"

    @api.model
    def _describe(self, topic, payload):
        """Derive an event's reference and order id from its body.

        :param str topic: the channel's name of the event
        :param bytes payload: the body as received
        :return: a reference that is the same for the same event, and the channel's order id;
            ``None`` when the body does not contain it
        :rtype: tuple[str, str|None]
        :raise DocumentError: when the body is not in the channel's format
        """
        return hashlib.sha256(payload).hexdigest(), None

    @api.model
    def _parse(self, channel, topic, payload):
        """Parse one inbound message. Pure: no database, no call.

        :param channel: the channel that sent it
        :param str topic: the channel's name of the event
        :param bytes payload: the body as received
        :return: a document of ``documents/order.py`` (order, cancellation, payment,
            refund) or ``documents/channel.py`` (listing, notice, order request);
            ``None`` when messages of the topic are ignored
        :raise DocumentError: when the body is not in the channel's format
        """
        raise NotImplementedError

    @api.model
    def _read(self, channel, topic, payload):
        """Parse one inbound message of any topic; tracking events have one format everywhere.

        :return: the document, see ``_parse``
        """
        if topic == "tracking":
            return parse_document(payload)
        return self._parse(channel, topic, payload)

    @api.model
    def _confirm(self, channel, document):
        """Fetch from the channel whether a notice is true whose topic is not signed.

        :param document: a ``NoticeDocument``
        :return: why the notice is not applied; '' when it is true
        :rtype: str
        """
        return self.env._(
            "%(kind)s cannot confirm whether this is correct. Nothing was changed.",
            kind=self._description,
        )
