"""The contract between the system and one kind of channel: what comes in."""

import hashlib
from typing import NamedTuple

from odoo import api, fields, models

from odoo.addons.oms_addon.documents.order import parse_document
from odoo.addons.oms_addon.tools import signature


class Event(NamedTuple):
    """One thing a channel says, as it goes into the inbox.

    ``ref`` is the same for the same event, however often and by whichever way it comes;
    ``order_ref`` is the channel's order id, when it is known without reading further.
    """

    topic: str
    ref: str
    payload: bytes
    order_ref: str | None = None


class OmsChannelAdapter(models.AbstractModel):
    """Speaks to one kind of channel.

    A channel is one file: an abstract model ``oms.channel.adapter.<code>`` that inherits
    this one and overrides what its channel can do. The label is its ``_description``;
    capability flags say what it can do, and nothing asks for more. Parsing is pure: bytes
    in, document out, no database. What talks to the channel goes through ``_call`` and
    raises ``RetryableError`` when the same call may succeed later, any other
    ``UserError`` when it never will.

    All texts of ids are the channel's own; all times are aware; all money is ``Decimal``.
    """

    _name = "oms.channel.adapter"
    _description = "Channel Adapter"

    #: its orders are made in Odoo: none comes as a message, so there is nothing to parse
    _is_native = False
    #: the channel's orders can be asked for (``_fetch``, ``_fetch_orders``, ``_list_orders``)
    _can_fetch = False
    #: its messages are asked for by us at the channel itself (``_ensure_webhooks``)
    _can_register = False
    #: orders can be uploaded as a file (``_read_file``)
    _can_import_file = False
    #: bytes of a message that is pushed to us at most
    _max_message = 4 * 1024**2
    #: its documents are posted to our own interface (``oms.api``)
    _can_use_api = False
    #: what it offers can be read (``_fetch_listings``)
    _can_fetch_listings = False
    #: its orders and messages name a variant that has no SKU or barcode of its own by those of
    #: its product; whose they are only ``_fetch_listings`` tells
    _variants_inherit = False
    #: its places of stock can be read (``_fetch_locations``)
    _can_fetch_locations = False
    #: its tax rates can be read (``_fetch_taxes``)
    _can_fetch_taxes = False
    #: what it can be told (``_push_<what>``)
    _can_push_shipment = False
    #: tracking numbers of a shipment it was told before (``_push_tracking``)
    _can_push_tracking = False
    _can_push_cancellation = False
    #: who cancels chooses whether the channel sends the customer an e-mail; else it decides itself
    _can_notify_cancellation = False
    _can_push_refund = False
    _can_push_stock = False
    _can_push_price = False
    #: an order is told with what is left of it: pieces cancelled there are no longer in it, and
    #: their money was given back without being told, see ``oms.order.remainder``
    _tells_remainder = False
    #: how its kind rounds taxes where the channel does not say, see ``oms.channel``
    _tax_rounding = ""
    #: refunds are told as money that moved, days later, and under ids of their own: that one was
    #: made by us shows only by its amount, and pieces are meant only where they are paid in full
    _has_refund_ledger = False
    #: it does not tell what was paid, but that the order is: a charge keeps the amount of the total
    #: it came with, whatever the order costs later
    _charges_are_totals = False
    #: an order is told with all its refunds: one that is missing was deleted there
    _tells_all_refunds = False
    #: a refund it is asked for is a document there: no payment provider is asked to pay it
    _refunds_are_paper = False
    #: it signs its bodies alone: neither their topic, their name nor their time is proved, so what
    #: cannot be taken back is asked about before it is done (``_confirm``)
    _signs_bodies_only = False
    #: seconds between two looks at it
    _ledger_seconds = 0
    #: how many orders one call of ``_fetch_orders`` tells as they are now, so that those that did
    #: not leave can be compared with those here; 0 where each takes a call of its own
    _compare_size = 0
    #: the connection fields of ``oms.channel`` that it uses, and those it cannot do without
    _credentials = ()
    _required_credentials = ()
    #: what the connection fields are called on the channel, where that helps: {field: label}
    _credential_labels = {}
    #: how many seconds a poll reaches back behind its cursor
    _overlap_seconds = 300
    #: a picture of Font Awesome for the kind
    _icon = "fa-plug"
    #: how orders are usually paid, by payment method: {method: terms}, see tools/payment_terms.py
    _payment_terms = {}
    #: the policy most channels of the kind have, see ``oms.channel`` ``_policy_presets``
    _policy_preset = "prepaid"
    #: what happens to orders placed before a channel goes live: where they come by themselves
    #: they are recorded, as somebody works on them elsewhere; see ``start_policy``
    _start_policy = "record"

    @api.model
    def _label_of(self, name):
        """:return: what a connection field is called on this kind of channel"""
        field = self.env["oms.channel"]._fields[name]
        return self._credential_labels.get(name) or field._description_string(self.env)

    # === IN: MESSAGES === #

    @api.model
    def _verify(self, channel, headers, body, now):
        """Check that a message is from the channel, and what its headers say of it: as Standard
        Webhooks, or HMAC-SHA256 over time and raw body.

        :param headers: the request's headers
        :param bytes body: the raw body
        :param datetime now: the time of arrival
        :return: why the message is refused; '' when it is genuine
        :rtype: str
        """
        return signature.message_problem(channel.sudo().webhook_secret, headers, body, now)

    @api.model
    def _is_ping(self, channel, headers, body):
        """:return: whether a message only asks whether we are there; it is answered with 200
        before its signature is looked at, and nothing is kept of it
        """
        return False

    @api.model
    def _identify(self, channel, headers, body):
        """Name the event of a genuine message.

        Only what is signed names it: ``webhook-id`` where that is, else the body. Of a channel
        that signs its bodies alone no header is believed: the same body is the same event.

        :param headers: the request's headers
        :param bytes body: the raw body
        :rtype: Event
        :raise DocumentError: when the sender is to be told that the body is none; a channel
            that cannot mend it is not told, the message is kept and shown
        """
        topic = self._topic_of(body)
        event_ref, order_ref = self._describe(topic, body)
        return Event(topic, signature.name_of(headers) or event_ref, body, order_ref)

    @api.model
    def _topic_of(self, body):
        """:return: what a body is, where it says so itself"""
        return "orders"

    @api.model
    def _minute(self):
        """:return: what tells apart that the same is said at different times: for bodies that
        hold no time of their own, and may be true again later
        """
        return f"{fields.Datetime.now():%Y%m%d%H%M}"

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
    def _parse(self, channel, topic, payload):
        """Read one inbound message. Pure: no database, no call.

        :param channel: the channel that sent it
        :param str topic: the channel's name of the event
        :param bytes payload: the body as it came
        :return: a document of ``documents/order.py`` (order, cancellation, payment,
            refund) or ``documents/channel.py`` (listing, notice, order request);
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
    def _confirm(self, channel, document):
        """Ask the channel whether a notice is true that it signed without its topic.

        :param document: a ``NoticeDocument``
        :return: why it is not done; '' when it is true
        :rtype: str
        """
        return self.env._(
            "%(kind)s cannot confirm whether this is correct. Nothing was changed.",
            kind=self._description,
        )
