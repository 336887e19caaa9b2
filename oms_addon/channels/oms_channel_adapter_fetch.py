"""The contract of a channel adapter: fetching."""

from odoo import api, models

from odoo.addons.oms_addon.documents.values import DocumentError, refuses_bad_input

#: maximum length of a problem in an alert, in characters
MAX_PROBLEM = 200


class OmsChannelAdapter(models.AbstractModel):
    _inherit = "oms.channel.adapter"

    # === FETCH === #

    @api.model
    def _fetch(self, channel, limit=None):
        """Fetch one page of the orders that changed since the channel's cursor.

        A poll starts ``_overlap_seconds`` before the cursor, as channels may publish changes
        late; orders received before are not changed by it.

        :param int limit: maximum number of orders
        :return: events, and the new cursor; no events and the old cursor when nothing changed
        :rtype: tuple[list[Event], str]
        """
        return [], channel.cursor

    @api.model
    def _least_poll_seconds(self, channel):
        """:return: minimum seconds between two polls, whatever the channel's setting, where one
        poll uses up the rate limit
        :rtype: int
        """
        return 0

    @api.model
    def _fetch_orders(self, channel, refs):
        """Fetch some orders in their current state.

        :param list refs: the channel's order ids
        :return: an event for each order that exists
        :rtype: list[Event]
        """
        return []

    @api.model
    def _list_orders(self, channel, start, end, cursor=None):
        """Fetch one page of the ids of orders placed in a window.

        :param datetime start: aware, inclusive
        :param datetime end: aware, exclusive
        :param str cursor: the cursor of the previous page; ``None`` for the first
        :return: the channel's order ids, and the next cursor; ``None`` at the end
        :rtype: tuple[list[str], str|None]
        """
        return [], None

    @api.model
    def _count_orders(self, channel, start, end):
        """:return: the number of orders placed in a window; ``None`` when the channel can only
        list them
        :rtype: int|None
        """
        return None

    @api.model
    def _ledger_slack(self, order):
        """:return: tolerance for recognizing our refund in the refund ledger, in units of the
            currency's smallest coin
        :rtype: int
        """
        return 0

    @api.model
    def _fetch_window(self, channel, start, end, cursor=None):
        """Fetch one page of the orders placed in a window; a bulk export may take several calls.

        :param str cursor: the cursor of the previous page; ``None`` for the first
        :return: events, and the next cursor; ``None`` at the end. No events and a cursor mean
            that the channel is still preparing them.
        :rtype: tuple[list[Event], str|None]
        """
        refs, following = self._list_orders(channel, start, end, cursor)
        return (self._fetch_orders(channel, refs) if refs else []), following

    @api.model
    def _fetch_listings(self, channel, cursor=None):
        """Fetch one page of the channel's listings.

        :return: listings, and the next cursor; ``None`` at the end
        :rtype: tuple[list[channel_documents.Listing], str|None]
        """
        return [], None

    @api.model
    def _find_listed(self, channel, listings):
        """Fetch which of some listings still exist: a list of listings may be incomplete.

        :param listings: ``oms.channel.listing`` records that the last fetch did not return
        :return: the channel's ids of existing listings; ``None`` when it cannot be fetched
        :rtype: set[str]|None
        """
        return None

    @api.model
    def _parse_each(self, channel, rows, parse):
        """Parse independent rows; a row that cannot be parsed is skipped with an alert.

        :param parse: function from a row to a list of ``Listing``
        :return: the listings of all rows
        """
        found, problems = [], []
        for number, row in enumerate(rows, 1):
            try:
                found += refuses_bad_input(parse)(row)
            except DocumentError as error:
                problems.append(f"{number}: {error}")
        self._notify_skipped(channel, problems)
        return found

    @api.model
    def _notify_skipped(self, channel, problems):
        """Raise an alert about listings that were skipped.

        :param list problems: an error message per row
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
        """Fetch the channel's stock locations.

        :return: dicts with ``ref`` and ``name``; ``fulfils`` is false where the channel
            ships itself (e.g. a marketplace's own warehouse)
        :rtype: list[dict]
        """
        return []

    @api.model
    def _fetch_taxes(self, channel):
        """Fetch the tax rates the channel charges.

        :return: dicts with ``name``, ``rate`` (``Decimal``, percent) and ``included``
            (whether prices include it); ``ref`` where orders refer to taxes by id,
            ``compound`` where a tax is computed on others, ``priority`` where one tax of each
            priority applies, in that order
        :rtype: list[dict]
        """
        return []

    @api.model
    def _fetch_tax_rounding(self, channel):
        """Fetch whether the channel rounds taxes per line or per order.

        :return: a value of ``oms.channel`` ``tax_rounding``; '' when it is not provided
        :rtype: str
        """
        return ""

    @api.model
    def _price_rounding(self, channel):
        """Fetch the channel's rounding method.

        :return: ``half_up`` (as Odoo), ``half_down``, ``half_even``, ``half_odd``, ``up`` or
            ``down``; '' when the channel does not provide it
        :rtype: str
        """
        return ""

    @api.model
    def _read_file(self, channel, data):
        """Read an order file.

        :param bytes data: the file as uploaded
        :return: events, their documents, and the errors of invalid rows
        :rtype: tuple[list[Event], list, list]
        """
        raise NotImplementedError

    @api.model
    def _read_rows(self, channel, data):
        """Read the rows of an order file that is a table.

        :param bytes data: the file as uploaded
        :return: the headers, and per row its number, its cells and its order's reference;
            both empty when the file is not a table
        :rtype: tuple[tuple, list[tuple]]
        """
        return (), []
