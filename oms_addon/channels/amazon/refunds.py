"""Amazon, through the Selling Partner API: refunds that were made there."""

import json
from datetime import timedelta

from odoo import api, models

from odoo.addons.oms_addon.channels.oms_channel_adapter import Event
from odoo.addons.oms_addon.exceptions import FinalError, RateLimited, RetryableError
from odoo.addons.oms_addon.tools.http import status_of

from .parse_refunds import REFUND, market_of_transaction, order_of_transaction
from .values import DELAY, FIRST_DAYS, REFUNDS, iso, moment_of, now

TRANSACTIONS = "/finances/2024-06-19/transactions"
#: transactions come up to 48 hours after they are posted
LATE = timedelta(hours=49)
#: pages that are read in one go: what is not a refund is most of them
PAGES = 20
ROLE = "finance"


class OmsChannelAdapterAmazon(models.AbstractModel):
    _inherit = "oms.channel.adapter.amazon"

    #: seconds between two looks at the transactions
    _ledger_seconds = 1800

    @api.model
    def _fetch_refunds(self, channel, cursor):
        """Ask for the refunds that were posted, unless that was done a short time ago.

        What goes wrong here stops no orders: a missing role is remembered, anything else told
        by an alert and tried again with the next poll.

        :param str cursor: up to when transactions were asked for; while a window is read page
            by page its start, its end and the next page
        :return: events, and the cursor from which to go on
        """
        if self._lacks(channel, ROLE):
            return [], cursor
        since, until, page = (cursor.split(" ") + ["", ""])[:3]
        if not page:
            start = moment_of(since) - LATE if since else now() - timedelta(days=FIRST_DAYS)
            end = now() - DELAY
            if since and end < moment_of(since) + timedelta(seconds=self._ledger_seconds):
                return [], cursor
            since, until = iso(start), iso(end)
        try:
            events, cursor = self._refund_pages(channel, since, until, page, cursor)
        except RateLimited:
            return [], cursor
        except (RetryableError, FinalError) as error:
            return [], self._after_failed_refunds(channel, error, since, page, cursor)
        channel._resolve_alert("refunds")
        return events, cursor

    @api.model
    def _refund_pages(self, channel, since, until, page, cursor):
        """Read pages until one tells refunds that are new, or there are no more.

        :return: events, and the cursor from which to go on
        """
        for number in range(PAGES):
            try:
                found, page = self._transactions(channel, since, until, page)
            except RateLimited:
                if not number:
                    raise
                return [], cursor
            cursor = f"{since} {until} {page}" if page else until
            if (events := self._refund_events(channel, found)) or not page:
                return events, cursor
        return [], cursor

    @api.model
    def _after_failed_refunds(self, channel, error, since, page, cursor):
        """:return: the cursor from which to go on after refunds could not be read"""
        if status_of(error) == 403:
            self._note_lacking(channel, ROLE)
            return cursor
        channel._raise_alert(
            "refunds",
            self.env._("Refunds cannot be fetched: %(error)s", error=error),
            self.env._(
                "The fetch is retried automatically. If the error persists, test the connection."
            ),
        )
        if page and isinstance(error, FinalError):
            # The page is forgotten there: the window is read from its start again.
            return iso(moment_of(since) + LATE)
        return cursor

    @api.model
    def _transactions(self, channel, since, until, page=""):
        """:return: a page of transactions, and the next page ('' when there is none)"""
        params = {"postedAfter": since, "postedBefore": until}
        params |= {"nextToken": page} if page else {}
        told = self._ask(channel, "listTransactions", "GET", TRANSACTIONS, params=params).json()
        told = told.get("payload") or told
        return told.get("transactions") or [], told.get("nextToken") or ""

    @api.model
    def _refund_events(self, channel, transactions):
        """:return: the events of the refunds among transactions that are not here yet"""
        markets = {*self._account(channel)["markets"], ""}
        refunds = {
            f"refund:{transaction['transactionId']}": transaction
            for transaction in transactions
            if transaction.get("transactionType") == REFUND
            and transaction.get("transactionId")
            and order_of_transaction(transaction)
            and market_of_transaction(transaction) in markets
        }
        domain = [
            ("channel_id", "=", channel.id),
            ("direction", "=", "in"),
            ("event_ref", "in", list(refunds)),
        ]
        Message = self.env["oms.channel.message"].sudo()
        known = set(Message.search_fetch(domain, ["event_ref"]).mapped("event_ref"))
        return [
            Event(REFUNDS, ref, _body(transaction), order_of_transaction(transaction))
            for ref, transaction in refunds.items()
            if ref not in known
        ]

    @api.model
    def _ledger_slack(self, order):
        """Override of `oms.channel.adapter`: of a part of an order Amazon gives back the tax
        that it collects with a rounding of its own.
        """
        return 2 if "tax" in order.order_line.mapped("oms_line_ref") else 0

    @api.model
    def _test_notes(self, channel):
        """Override of `oms.channel.adapter`: whether refunds made on Amazon can be read."""
        until = now() - DELAY
        try:
            self._transactions(channel, iso(until - timedelta(minutes=10)), iso(until))
        except RateLimited:
            return ""
        except (RetryableError, FinalError) as error:
            if status_of(error) == 403:
                self._note_lacking(channel, ROLE)
                return self.env._(
                    "Refunds made on Amazon cannot be fetched. Assign the role “Finance and "
                    "Accounting” to the application and authorize it again."
                )
            return self.env._("Refunds cannot be fetched: %(error)s", error=error)
        self._note_has(channel, ROLE)
        return ""


def _body(transaction):
    return json.dumps(transaction, ensure_ascii=False, default=str).encode()
