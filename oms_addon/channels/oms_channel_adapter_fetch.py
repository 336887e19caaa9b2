"""The contract: what a channel is asked for."""

from odoo import api, models

from odoo.addons.oms_addon.documents.values import DocumentError, in_words

#: what an alert shows of a problem
MAX_PROBLEM = 200


class OmsChannelAdapter(models.AbstractModel):
    _inherit = "oms.channel.adapter"

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
        self._notify_skipped(channel, problems)
        return found

    @api.model
    def _notify_skipped(self, channel, problems):
        """Say which rows of a list were left out.

        :param list problems: what is wrong with each, in words
        """
        if problems:
            channel._raise_alert(
                "listing_rows",
                self.env._(
                    "%(count)s listings could not be read and were skipped, for example "
                    "%(problem)s",
                    count=len(problems),
                    problem=problems[0][:MAX_PROBLEM],
                ),
                self.env._(
                    "Check whether a plugin of the store changes its responses. The listings "
                    "are fetched again every day."
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
