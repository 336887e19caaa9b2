"""The contract between the system and one kind of channel: what comes in."""

import hashlib
from typing import NamedTuple

from odoo import api, fields, models

from odoo.addons.oms_addon.documents.order import parse_document
from odoo.addons.oms_addon.documents.values import DocumentError, in_words
from odoo.addons.oms_addon.tools import signature

#: what an alert shows of a problem
MAX_PROBLEM = 200


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
            "%(kind)s cannot be asked whether this is true. Nothing was changed.",
            kind=self._description,
        )

    # === IN: ASKING === #

    @api.model
    def _fetch(self, channel, limit=None):
        """Ask the channel for the orders that changed since its cursor, one page.

        The cursor moves with every page and reaches back ``_overlap_seconds``, so that what
        the channel shows late is found; what was seen before changes nothing.

        :param int limit: how many orders at most
        :return: events, and the new cursor; the old cursor and no events when there is
            nothing new
        :rtype: tuple[list[Event], str]
        """
        return [], channel.cursor

    @api.model
    def _least_poll_seconds(self, channel):
        """:return: how many seconds have to lie between two polls, whatever is set: a channel
        whose limit a poll uses up leaves nothing for anything else
        :rtype: int
        """
        return 0

    @api.model
    def _fetch_orders(self, channel, refs):
        """Ask the channel for some orders as they are now.

        :param list refs: the channel's order ids
        :return: an event for each order there is
        :rtype: list[Event]
        """
        return []

    @api.model
    def _list_orders(self, channel, start, end, cursor=None):
        """Ask which orders were placed in a window, one page.

        :param datetime start: aware, inclusive
        :param datetime end: aware, exclusive
        :param str cursor: where the page before ended; ``None`` for the first
        :return: the channel's order ids, and where to go on; ``None`` at the end
        :rtype: tuple[list[str], str|None]
        """
        return [], None

    @api.model
    def _count_orders(self, channel, start, end):
        """:return: how many orders were placed in a window; ``None`` when the channel only
        tells by listing them
        :rtype: int|None
        """
        return None

    @api.model
    def _ledger_slack(self, order):
        """:return: by how many of the smallest coins a ledger of refunds may tell one of ours
            differently
        :rtype: int
        """
        return 0

    @api.model
    def _fetch_window(self, channel, start, end, cursor=None):
        """Ask for the orders placed in a window, one page; a bulk export may take its time.

        :param str cursor: where the page before ended; ``None`` for the first
        :return: events, and where to go on; ``None`` at the end. No events and a cursor mean
            that the channel is not ready yet.
        :rtype: tuple[list[Event], str|None]
        """
        refs, following = self._list_orders(channel, start, end, cursor)
        return (self._fetch_orders(channel, refs) if refs else []), following

    @api.model
    def _fetch_listings(self, channel, cursor=None):
        """Ask what the channel offers, one page.

        :return: listings, and where to go on; ``None`` at the end
        :rtype: tuple[list[channel_documents.Listing], str|None]
        """
        return [], None

    @api.model
    def _find_listed(self, channel, listings):
        """Ask which of some listings there still are: a list may end early.

        :param listings: ``oms.channel.listing`` records that the last list left out
        :return: the channel's ids of those there are; ``None`` when it cannot be asked
        :rtype: set[str]|None
        """
        return None

    @api.model
    def _parse_each(self, channel, rows, parse):
        """Read rows that do not depend on each other: those that cannot be read stop no other.

        :param parse: makes a list of ``Listing`` of a row
        :return: what was read, of all rows together
        """
        found, problems = [], []
        for number, row in enumerate(rows, 1):
            try:
                found += in_words(parse)(row)
            except DocumentError as error:
                problems.append(f"{number}: {error}")
        self._tell_left_out(channel, problems)
        return found

    @api.model
    def _tell_left_out(self, channel, problems):
        """Say which rows of a list were left out.

        :param list problems: what is wrong with each, in words
        """
        if problems:
            channel._raise_alert(
                "listing_rows",
                self.env._(
                    "%(count)s listings cannot be read and were left out, for example %(problem)s",
                    count=len(problems),
                    problem=problems[0][:MAX_PROBLEM],
                ),
                self.env._(
                    "See whether a plugin of the store changes its answers. The listings are "
                    "fetched again every day."
                ),
                level="warning",
            )

    @api.model
    def _fetch_locations(self, channel):
        """Ask where the channel keeps stock.

        :return: dicts with ``ref`` and ``name``; ``fulfils`` is false where the channel
            itself ships from (e.g. a marketplace's own warehouse)
        :rtype: list[dict]
        """
        return []

    @api.model
    def _fetch_taxes(self, channel):
        """Ask which tax rates the channel charges.

        :return: dicts with ``name``, ``rate`` (``Decimal``, percent) and ``included``
            (whether its prices include it); ``ref`` where orders name taxes by an id,
            ``compound`` where a tax is computed on others, ``priority`` where taxes of different
            ones apply together, in that order
        :rtype: list[dict]
        """
        return []

    @api.model
    def _fetch_tax_rounding(self, channel):
        """Ask what the channel rounds the taxes of an order for.

        :return: a value of ``oms.channel`` ``tax_rounding``; '' when it does not tell
        :rtype: str
        """
        return ""

    @api.model
    def _price_rounding(self, channel):
        """Ask which way the channel rounds amounts.

        :return: ``half_up`` as Odoo does, ``half_down``, ``half_even``, ``half_odd``, ``up`` or
            ``down``; '' when it does not tell
        :rtype: str
        """
        return ""

    @api.model
    def _read_file(self, channel, data):
        """Read a file of orders.

        :param bytes data: the file as it was uploaded
        :return: events, their documents, and the errors of rows that are none
        :rtype: tuple[list[Event], list, list]
        """
        raise NotImplementedError

    @api.model
    def _read_rows(self, channel, data):
        """Read the rows of a file of orders that is a table.

        :param bytes data: the file as it was uploaded
        :return: the headers, and per row its number, its cells and its order's reference;
            nothing when the file is no table
        :rtype: tuple[tuple, list[tuple]]
        """
        return (), []

    # === CONNECTION === #

    @api.model
    def _about(self):
        """:return: what this kind of channel is and does, for those who choose one"""
        ways = [
            (
                self._can_fetch and self._can_register,
                self.env._("Sends orders by webhook and is polled."),
            ),
            (self._can_fetch and not self._can_register, self.env._("Is polled for orders.")),
            (self._can_import_file, self.env._("Orders are uploaded as a file.")),
        ]
        told = [
            (self._can_push_shipment, self.env._("shipments")),
            (self._can_push_stock, self.env._("stock")),
            (self._can_push_price, self.env._("prices")),
            (self._can_push_cancellation, self.env._("cancellations")),
            (self._can_push_refund, self.env._("refunds")),
        ]
        texts = [text for does, text in ways if does]
        names = ", ".join(text for does, text in told if does)
        if names:
            texts.append(self.env._("Receives: %(things)s.", things=names))
        return " ".join(texts)

    @api.model
    def _prepare_channel(self, channel):
        """Hook: make what a channel needs before it goes live."""

    @api.model
    def _test_connection(self, channel):
        """Try the credentials, with one call that changes nothing.

        :return: what is missing for the connection to work, in words; '' when it works
        :rtype: str
        """
        return ""

    @api.model
    def _test_notes(self, channel):
        """:return: what does not work over a connection that works, in words; '' when all does
        :rtype: str
        """
        return ""

    @api.model
    def _ensure_webhooks(self, channel):
        """See that the channel sends us its messages; make what is missing or switched off.

        :return: a sentence for each registration that was missing and made again; ``None``
            when the channel sends nothing as it is set up, which is no fault
        :rtype: list[str]|None
        """
        return []

    @api.model
    def _remove_webhooks(self, channel):
        """Tell the channel to send no more messages."""
