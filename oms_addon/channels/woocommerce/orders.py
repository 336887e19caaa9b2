"""WooCommerce: fetch orders."""

import hashlib
import json
from collections import defaultdict
from datetime import datetime, timedelta, timezone

from odoo import api, models

from odoo.addons.oms_addon.channels.oms_channel_adapter import Event
from odoo.addons.oms_addon.exceptions import FinalError
from odoo.addons.oms_addon.tools import http
from odoo.addons.oms_addon.tools.paths import segment

from .adapter import PAGE
from .parse_orders import DRAFTS
from .parse_values import DETAILS


class OmsChannelAdapterWoocommerce(models.AbstractModel):
    _inherit = "oms.channel.adapter.woocommerce"

    @api.model
    def _fetch(self, channel, limit=None):
        """Override of `oms.channel.adapter`: changed orders, oldest change first.

        The cursor is ``since`` and, after slashes, the page and whether this is the first run,
        which fetches open orders only. A full page moves ``since`` to its last change, so that
        later changes do not shift the pages.
        """
        size = min(limit or PAGE, PAGE)
        since, page, first = self._read_cursor(channel.cursor)
        params = {"page": str(page), "per_page": str(size), "orderby": "modified", "order": "asc"}
        if first:
            params["status"] = "pending,on-hold,processing"
        changed = {"modified_after": since, "dates_are_gmt": "true"} if since else {}
        answer = self._call(channel, "GET", "/orders", params={**params, **changed})
        orders = answer.json()
        events = self._events(channel, orders)
        if self._is_page_left(answer, page, orders):
            return events, self._next_cursor(orders, since, page, first)
        last = [moment for order in orders if (moment := order["date_modified_gmt"])]
        if since:
            query = {**params, **changed, "per_page": str(PAGE), "status": "trash"}
            events += self._events(channel, self._all(channel, "/orders", is_open=True, **query))
        return events, max([*last, channel.cursor.split("/")[0] if channel.cursor else ""])

    @api.model
    def _read_cursor(self, cursor):
        """:return: the start time (text), the page, whether it is the first run"""
        since, *paging = (cursor or "").split("/")
        if paging:
            return since, int(paging[0]), bool(paging[1])
        if not since:
            return "", 1, True
        moment = datetime.fromisoformat(since) - timedelta(seconds=self._overlap_seconds)
        return moment.isoformat(), 1, False

    @api.model
    def _next_cursor(self, orders, since, page, first):
        """:return: the cursor after a full page"""
        last = max((order["date_modified_gmt"] or "" for order in orders), default="")
        # The filter excludes its own second, in which other orders may have changed.
        following = last and (datetime.fromisoformat(last) - timedelta(seconds=1)).isoformat()
        if following > since:
            return f"{following}/1/{'first' if first else ''}"
        return f"{since}/{page + 1}/{'first' if first else ''}"

    @api.model
    def _fetch_orders(self, channel, refs):
        """Override of `oms.channel.adapter`: with refund details."""
        events = []
        for ref in refs:
            answer = self._call(channel, "GET", f"/orders/{segment(ref)}", accept=(404,))
            if answer.status == 200:
                order = answer.json()
                order[DETAILS] = (
                    self._refunds_of(channel, ref, is_open=True) if order.get("refunds") else []
                )
                events += self._events(channel, [order])
        return events

    @api.model
    def _list_orders(self, channel, start, end, cursor=None):
        """Override of `oms.channel.adapter`"""
        params = self._window(start, end, cursor) | {"_fields": "id,status"}
        answer = self._call(channel, "GET", "/orders", params=params)
        refs = [str(order["id"]) for order in answer.json() if order["status"] not in DRAFTS]
        return refs, self._next_page(answer, cursor)

    @api.model
    def _count_orders(self, channel, start, end):
        """Override of `oms.channel.adapter`: all except drafts."""
        params = self._window(start, end, None) | {"per_page": "1", "_fields": "id"}
        drafts = {**params, "status": "checkout-draft"}
        counts = [self._count(channel, query) for query in (params, drafts)]
        return None if None in counts else counts[0] - counts[1]

    @api.model
    def _count(self, channel, params):
        answer = self._call(channel, "GET", "/orders", params=params)
        return self._extract_count(answer, "X-WP-Total")

    @api.model
    def _fetch_window(self, channel, start, end, cursor=None):
        """Override of `oms.channel.adapter`: the list returns complete orders."""
        params = self._window(start, end, cursor)
        answer = self._call(channel, "GET", "/orders", params=params)
        return self._events(channel, answer.json()), self._next_page(answer, cursor)

    @api.model
    def _window(self, start, end, cursor):
        """:return: the query for the orders placed in a window; the API excludes the second of
        both bounds
        """
        utc = [moment.astimezone(timezone.utc).replace(tzinfo=None) for moment in (start, end)]
        return {
            "after": (utc[0] - timedelta(seconds=1)).isoformat(timespec="seconds"),
            "before": utc[1].isoformat(timespec="seconds"),
            "dates_are_gmt": "true",
            "orderby": "date",
            "order": "asc",
            "per_page": str(PAGE),
            "page": cursor or "1",
        }

    @api.model
    def _next_page(self, answer, cursor):
        page = int(cursor or 1)
        return str(page + 1) if self._has_next(answer, page) else None

    @api.model
    def _events(self, channel, orders):
        """:return: the events of orders from a list, with refund details where one call returns
        them all; otherwise each order is fetched again when it is parsed
        """
        orders = [order for order in orders if order.get("status") not in DRAFTS]
        refunded = [order for order in orders if order.get("refunds") and DETAILS not in order]
        if refunded:
            details = self._refunds_of_many(channel, [order["id"] for order in refunded])
            for order in refunded:
                if details is not None:
                    order[DETAILS] = details.get(order["id"], [])
        events = []
        for order in orders:
            body = json.dumps(order, ensure_ascii=False, default=str).encode()
            digest = hashlib.sha256(body).hexdigest()[:16]
            ref = f"poll:{order['id']}:{order.get('date_modified_gmt')}:{digest}"
            events.append(Event("order.updated", ref, body, str(order["id"])))
        return events

    @api.model
    def _refunds_of(self, channel, ref, **options):
        """:param options: of ``_all``
        :return: the refunds of one order, with details
        """
        return self._all(channel, f"/orders/{segment(ref)}/refunds", **options)

    @api.model
    def _refunds_of_many(self, channel, ids):
        """:return: refunds by order id; ``None`` from stores before version 9.0"""
        parents, found = ",".join(map(str, ids)), defaultdict(list)
        try:
            refunds = self._all(channel, "/refunds", is_open=True, parent=parents)
        except FinalError as error:
            if http.status_of(error) != 404:
                raise
            return None
        for refund in refunds:
            found[refund["parent_id"]].append(refund)
        return found
