"""Amazon: fetch orders."""

import hashlib
import json
from datetime import timedelta

from odoo import api, models

from odoo.addons.oms_addon.channels.oms_channel_adapter import Event
from odoo.addons.oms_addon.exceptions import CredentialsError, FinalError, RateLimited
from odoo.addons.oms_addon.tools.http import status_of
from odoo.addons.oms_addon.tools.paging import Pages
from odoo.addons.oms_addon.tools.paths import segment

from .values import DELAY, FIRST_DAYS, ORDERS, ORDERS_V0, iso, moment_of, now

#: all parts of an order; Amazon omits those the account may not see
INCLUDED = "BUYER,RECIPIENT,PROCEEDS,PROMOTION,CANCELLATION,FULFILLMENT,TAX,PAYMENT"
PAGE = 100
#: page size of version 0, where items take one call per order
PAGE_V0 = 50
#: seconds between polls: uses three quarters of the rate limit of searches
POLL_SECONDS, POLL_SECONDS_V0 = 240, 80


class OmsChannelAdapterAmazon(models.AbstractModel):
    _inherit = "oms.channel.adapter.amazon"

    @api.model
    def _fetch(self, channel, limit=None):
        """Override of `oms.channel.adapter`: one page of changed orders, then refunds.

        The cursor has a part for orders and, after a ``|``, one for refunds.
        """
        orders, _bar, refunds = (channel.cursor or "").partition("|")
        events, orders = self._fetch_changes(channel, orders, limit)
        if " " not in orders:
            found, refunds = self._fetch_refunds(channel, refunds)
            events = [*events, *found]
        return events, f"{orders}|{refunds}" if refunds else orders

    @api.model
    def _fetch_changes(self, channel, cursor, limit):
        """Fetch one page of changed orders.

        The cursor is the time up to which all was fetched; between the pages of a window it is
        the window's start, its end as set by Amazon, and the next page.
        """
        since, until, page = (cursor.split(" ") + ["", ""])[:3]
        if not page:
            start = moment_of(since) if since else now() - timedelta(days=FIRST_DAYS)
            since = iso(start - timedelta(seconds=self._overlap_seconds))
        window = {"lastUpdatedAfter": since}
        try:
            events, following, upto = self._page(channel, window, page or None, limit)
        except FinalError:
            if not page:
                raise
            # The page token expired: the window is fetched again from its start.
            return [], since
        if following is ...:
            return events, cursor
        upto = until or _usable(upto) or iso(now() - DELAY)
        if following:
            return events, f"{since} {upto} {following}"
        return events, upto if events or page else cursor

    @api.model
    def _least_poll_seconds(self, channel):
        """Override of `oms.channel.adapter`"""
        return POLL_SECONDS_V0 if self._is_v0(channel) else POLL_SECONDS

    @api.model
    def _fetch_orders(self, channel, refs):
        """Override of `oms.channel.adapter`"""
        events = []
        for ref in refs:
            order = self._get_order(channel, ref)
            if order:
                events.append(event_of(order))
        return events

    @api.model
    def _list_orders(self, channel, start, end, cursor=None):
        """Override of `oms.channel.adapter`"""
        window = self._created(start, end)
        orders, following, _upto = self._search(channel, window, cursor, PAGE, bare=True)
        placed = [order.get("PurchaseDate") or order["createdTime"] for order in orders]
        refs = [
            order.get("AmazonOrderId") or order["orderId"]
            for order, at in zip(orders, placed, strict=True)
            if start <= moment_of(at) < end
        ]
        return refs, following

    @api.model
    def _created(self, start, end):
        """:return: the parameters of a search for placed orders; without an end where that is
        more recent than what Amazon returns
        """
        window = {"createdAfter": iso(start)}
        return window | ({"createdBefore": iso(end)} if end < now() - DELAY else {})

    @api.model
    def _page(self, channel, window, page, limit):
        """Fetch one page of complete orders.

        :return: events, the next page, and the time up to which orders are included. The next
            page is ``...`` when this page is incomplete: items take one call per order, and their
            rate limit was reached.
        """
        size = PAGE_V0 if self._is_v0(channel) else PAGE
        orders, following, upto = self._search(channel, window, page, min(limit or size, size))
        events = []
        known = self._known_refs(channel, orders)
        for order in orders:
            if "AmazonOrderId" in order:
                if any(ref.startswith(_ref_v0(order)) for ref in known):
                    continue
                try:
                    order = {**order, "OrderItems": self._items(channel, order["AmazonOrderId"])}
                except RateLimited:
                    if not events:
                        raise
                    return events, ..., upto
            events.append(event_of(order))
        return events, following, upto

    @api.model
    def _known_refs(self, channel, orders):
        """:return: event references of version 0 orders that are already in the inbox, whose items
        need not be fetched again
        """
        ids = [order["AmazonOrderId"] for order in orders if "AmazonOrderId" in order]
        domain = [
            ("channel_id", "=", channel.id),
            ("direction", "=", "in"),
            ("order_ref", "in", ids),
        ]
        Message = self.env["oms.channel.message"].sudo()
        return Message.search_fetch(domain, ["event_ref"]).mapped("event_ref") if ids else []

    @api.model
    def _search(self, channel, window, page, size, bare=False):
        """Search orders, in the account's version of the API.

        :param dict window: parameters of version 2026-01-01
        :param bool bare: whether ids and times are enough
        :return: the orders, the next page or ``None``, and the time up to which they are included
        """
        markets = ",".join(self._account(channel)["markets"])
        if not self._is_v0(channel):
            params = {**window, "marketplaceIds": markets, "maxResultsPerPage": size}
            params |= {} if bare else {"includedData": INCLUDED}
            params |= {"paginationToken": page} if page else {}
            try:
                reported = self._send_request(
                    channel, "searchOrders", "GET", ORDERS, params=params
                ).json()
                upto = reported.get("lastUpdatedBefore") or ""
                return reported["orders"], (reported.get("pagination") or {}).get("nextToken"), upto
            except (CredentialsError, FinalError) as error:
                if status_of(error) not in (403, 404):
                    raise
                self._note_lacking(channel, "2026")
        params = {key[0].upper() + key[1:]: value for key, value in window.items()}
        params |= {"MarketplaceIds": markets, "MaxResultsPerPage": min(size, PAGE)}
        params |= {"NextToken": page} if page else {}
        reported = self._send_request(
            channel, "getOrders_v0", "GET", ORDERS_V0, params=params, personal=True
        )
        reported = reported.json()["payload"]
        return (
            reported["Orders"],
            reported.get("NextToken") or None,
            reported.get("LastUpdatedBefore") or "",
        )

    @api.model
    def _get_order(self, channel, ref):
        """:return: a complete order in the account's version of the API; ``None`` when it does not
        exist
        """
        name = segment(ref)
        if not self._is_v0(channel):
            try:
                answer = self._send_request(
                    channel,
                    "getOrder",
                    "GET",
                    f"{ORDERS}/{name}",
                    params={"includedData": INCLUDED},
                    accept=(404,),
                )
                return answer.json()["order"] if answer.status == 200 else None
            except CredentialsError as error:
                if status_of(error) != 403:
                    raise
                self._note_lacking(channel, "2026")
        answer = self._send_request(
            channel, "getOrder_v0", "GET", f"{ORDERS_V0}/{name}", personal=True, accept=(404,)
        )
        if answer.status == 404:
            return None
        return {**answer.json()["payload"], "OrderItems": self._items(channel, ref)}

    @api.model
    def _items(self, channel, ref):
        """:return: all items of an order, in version 0"""
        path, items, params = f"{ORDERS_V0}/{segment(ref)}/orderItems", [], {}
        pages = Pages()
        while True:
            reported = self._send_request(
                channel, "getOrderItems_v0", "GET", path, params=params, personal=True
            ).json()["payload"]
            items += reported["OrderItems"]
            if not reported.get("NextToken"):
                return items
            self._turn(channel, pages, str(reported["NextToken"]))
            params = {"NextToken": reported["NextToken"]}


def event_of(order):
    """:return: the event of an order"""
    body = json.dumps(order, ensure_ascii=False, default=str).encode()
    digest = hashlib.sha256(body).hexdigest()[:16]
    if "AmazonOrderId" in order:
        return Event("orders", f"{_ref_v0(order)}{digest}", body, order["AmazonOrderId"])
    ref = order["orderId"]
    return Event("orders", f"poll:{ref}:{order.get('lastUpdatedTime')}:{digest}", body, ref)


def _ref_v0(order):
    """:return: prefix of the event references of an order in this state, whatever its items"""
    head = {key: value for key, value in order.items() if key != "OrderItems"}
    digest = hashlib.sha256(json.dumps(head, default=str, sort_keys=True).encode()).hexdigest()
    return f"poll:{order['AmazonOrderId']}:{order.get('LastUpdateDate')}:{digest[:12]}:"


def _usable(moment):
    """:return: a time of Amazon in our format; '' when it is invalid"""
    try:
        return iso(moment_of(moment))
    except ValueError:
        return ""
