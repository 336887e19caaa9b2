"""Amazon (Selling Partner API): fetch refunds made on Amazon."""

import json
from datetime import timedelta

from odoo import api, models

from odoo.addons.oms_addon.channels.oms_channel_adapter import Event
from odoo.addons.oms_addon.exceptions import FinalError, RateLimited, RetryableError
from odoo.addons.oms_addon.tools.http import status_of

from .parse_refunds import REFUND, market_of_transaction, order_of_transaction
from .values import DELAY, FIRST_DAYS, REFUNDS, iso, moment_of, now

TRANSACTIONS = "/finances/2024-06-19/transactions"
#: transactions are published up to 48 hours after they are posted
LATE = timedelta(hours=49)
#: maximum pages per fetch: most transactions are not refunds
PAGES = 20
ROLE = "finance"


class OmsChannelAdapterAmazon(models.AbstractModel):
    _inherit = "oms.channel.adapter.amazon"

    #: minimum seconds between two fetches of transactions
    _ledger_seconds = 1800

    @api.model
    def _fetch_refunds(self, channel, cursor):
        """Fetch posted refunds, unless they were fetched a short time ago.

        Errors do not stop the fetch of orders: a missing role is cached, other errors raise an
        alert and are retried with the next poll.

        :param str cursor: the time up to which transactions were fetched; between the pages of a
            window its start, its end and the next page
        :return: events, and the new cursor
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
        """Fetch pages until one contains new refunds, or there are no more.

        :return: events, and the new cursor
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
        """:return: the new cursor after refunds could not be fetched"""
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
            # The page token expired: the window is fetched again from its start.
            return iso(moment_of(since) + LATE)
        return cursor

    @api.model
    def _transactions(self, channel, since, until, page=""):
        """:return: a page of transactions, and the next page ('' when there is none)"""
        params = {"postedAfter": since, "postedBefore": until}
        params |= {"nextToken": page} if page else {}
        reported = self._send_request(
            channel, "listTransactions", "GET", TRANSACTIONS, params=params
        ).json()
        reported = reported.get("payload") or reported
        return reported.get("transactions") or [], reported.get("nextToken") or ""

    @api.model
    def _refund_events(self, channel, transactions):
        """:return: the events of refunds that are not in the inbox yet"""
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
        """Override of `oms.channel.adapter`: Amazon rounds the tax that it collects itself, when
        part of an order is refunded.
        """
        return 2 if "tax" in order.order_line.mapped("oms_line_ref") else 0

    @api.model
    def _test_notes(self, channel):
        """Override of `oms.channel.adapter`: whether refunds can be fetched."""
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
