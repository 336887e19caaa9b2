"""Shopify: fetch orders."""

import hashlib
import json
from datetime import datetime, timedelta, timezone

from odoo import api, models

from odoo.addons.oms_addon.channels.oms_channel_adapter import Event
from odoo.addons.oms_addon.channels.shopify import parse_topics
from odoo.addons.oms_addon.exceptions import RateLimited

from . import parse_nodes as nodes
from . import queries
from .adapter import TooCostly
from .parse_values import gid, id_of

# Orders per query: its cost must not exceed 1,000 points, see queries.py.
CHANGES, ORDERS, REFUNDS = 30, 4, 4
#: delay after which the second of a change is over, whatever the difference of clocks
SETTLED = timedelta(seconds=5)


class OmsChannelAdapterShopify(models.AbstractModel):
    _inherit = "oms.channel.adapter.shopify"

    @api.model
    def _fetch(self, channel, limit=None):
        """Override of `oms.channel.adapter`: list changed orders, fetch those not seen yet.

        The cursor is JSON: ``since`` (the last change seen), ``after`` (the previous page),
        ``seen`` (changes within the overlap, which are not fetched again) and ``first`` in the
        first run, which fetches open orders only. A plain time is accepted, too.
        """
        cursor = self._read_cursor(channel)
        if not cursor:
            return [], channel.cursor
        size = min(limit or CHANGES, 100)
        condition = self._condition(cursor)
        page = self._changed(channel, condition, "UPDATED_AT", size, cursor.get("after"))
        seen = cursor.get("seen") or {}
        fresh = {
            id_of(node["id"]): node["updatedAt"]
            for node in page["nodes"]
            if seen.get(id_of(node["id"])) != node["updatedAt"]
        }
        events, is_done = self._fetch_until_limited(channel, list(fresh))
        following = page["pageInfo"]["hasNextPage"] and page["pageInfo"]["endCursor"]
        if not events and is_done and not following and not cursor.get("first"):
            return [], channel.cursor
        known = fresh if is_done else {event.order_ref for event in events}
        # An order may change again within the current second.
        settled = self._written(datetime.now(timezone.utc) - SETTLED)
        seen |= {ref: at for ref, at in fresh.items() if ref in known and at < settled}
        return events, self._next_cursor(cursor, seen, is_done, following)

    @api.model
    def _read_cursor(self, channel):
        """:return: the parsed cursor; the start of the first run, if there is none; ``None`` for a
        store without orders
        """
        if not channel.cursor:
            last = self._changed(channel, "", "UPDATED_AT", 1, None, reverse=True)["nodes"]
            return {"first": True, "since": last[0]["updatedAt"]} if last else None
        try:
            cursor = json.loads(channel.cursor)
        except ValueError:
            cursor = None
        return cursor if isinstance(cursor, dict) else {"since": channel.cursor}

    @api.model
    def _condition(self, cursor):
        """:return: the search condition for orders"""
        if cursor.get("first"):
            return "status:open NOT fulfillment_status:fulfilled"
        start = self._moment(cursor["since"]) - timedelta(seconds=self._overlap_seconds)
        return f"updated_at:>='{self._written(start)}'"

    @api.model
    def _next_cursor(self, cursor, seen, is_done, following):
        """:return: the cursor after a page; the same page if it was not fetched completely"""
        if not is_done:
            return json.dumps({**cursor, "seen": seen})
        if following:
            return json.dumps({**cursor, "after": following, "seen": self._recent(seen)})
        # The first run is complete: continue with changes since it started.
        newest = "" if cursor.get("first") else max(seen.values(), default="")
        since = max(cursor["since"], newest)
        return json.dumps({"since": since, "seen": self._recent(seen)})

    @api.model
    def _recent(self, seen):
        """:return: the seen changes that the overlap will return again"""
        if not seen:
            return {}
        overlap = timedelta(seconds=self._overlap_seconds)
        start = self._written(self._moment(max(seen.values())) - overlap)
        return {ref: moment for ref, moment in seen.items() if moment >= start}

    @api.model
    def _moment(self, text):
        return datetime.fromisoformat(text.replace("Z", "+00:00"))

    @api.model
    def _written(self, moment):
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    @api.model
    def _changed(self, channel, condition, key, first, after, reverse=False):
        """:return: one page of ids of orders: ``nodes`` and ``pageInfo``"""
        variables = {"first": first, "after": after, "filter": condition, "key": key}
        variables["reverse"] = reverse
        return self._graphql(channel, queries.CHANGED_ORDERS, variables, first + 2)["orders"]

    @api.model
    def _fetch_until_limited(self, channel, refs):
        """Fetch orders until the rate limit is reached.

        :return: the events of fetched orders, and whether all were fetched
        :raise RateLimited: when not even the first could be fetched
        """
        events = []
        for start in range(0, len(refs), ORDERS):
            try:
                events += self._fetch_batch(channel, refs[start : start + ORDERS])
            except RateLimited:
                if not events:
                    raise
                return events, False
        return events, True

    @api.model
    def _fetch_orders(self, channel, refs):
        """Override of `oms.channel.adapter`: accepts ids of fulfillment records, too."""
        parts = [ref for ref in refs if ref.startswith("gid://")]
        refs = [ref for ref in refs if not ref.startswith("gid://")]
        if parts:
            found = self._graphql(channel, queries.ORDER_OF_PART, {"ids": parts}, len(parts))
            refs += [id_of(part["orderId"]) for part in found["nodes"] if part]
        refs = list(dict.fromkeys(refs))
        return [
            event
            for start in range(0, len(refs), ORDERS)
            for event in self._fetch_batch(channel, refs[start : start + ORDERS])
        ]

    @api.model
    def _fetch_batch(self, channel, refs):
        """:return: an event for each existing order"""
        ids = [gid("Order", ref) for ref in refs]
        try:
            found = self._graphql(channel, queries.ORDERS, {"ids": ids}, 60.0 * len(ids))["nodes"]
        except TooCostly:
            if len(refs) == 1:
                raise
            return self._fetch_batch(channel, refs[:1]) + self._fetch_batch(channel, refs[1:])
        return [self._event(self._complete(channel, node)) for node in found if node]

    @api.model
    def _event(self, node):
        """:return: the event of a fetched order, identified by its content"""
        body = self._body(node)
        ref = id_of(node["id"])
        digest = hashlib.sha256(body).hexdigest()[:16]
        return Event(parse_topics.ASKED, f"poll:{ref}:{digest}", body, ref)

    @api.model
    def _body(self, data):
        text = json.dumps(
            data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str
        )
        return text.encode()

    @api.model
    def _complete(self, channel, node):
        """Fetch an order's refunds, and lists that exceed a page."""
        for name, query in queries.MORE.items():
            page = node[name]
            page["nodes"] += self._rest(
                channel, query, node["id"], lambda data, name=name: data["order"][name], page
            )
        refunds = [refund["id"] for refund in node["refunds"]]
        node["refunds"] = [
            self._complete_refund(channel, refund)
            for start in range(0, len(refunds), REFUNDS)
            for refund in self._graphql(
                channel, queries.REFUNDS, {"ids": refunds[start : start + REFUNDS]}, 100.0
            )["nodes"]
            if refund
        ]
        if not nodes.is_whole({**node, "refunds": []}):
            self._complete_scheduled(channel, node)
        return node

    @api.model
    def _complete_refund(self, channel, refund):
        for name, query in queries.MORE_OF_REFUND.items():
            page = refund[name]
            page["nodes"] += self._rest(
                channel, query, refund["id"], lambda data, name=name: data["node"][name], page
            )
        return refund

    @api.model
    def _complete_scheduled(self, channel, node):
        """Fetch which lines are shipped later."""
        for part in node["fulfillmentOrders"]["nodes"]:
            if part["status"] == "SCHEDULED":
                lines = self._rest(
                    channel,
                    queries.SCHEDULED_LINES,
                    part["id"],
                    lambda data: data["node"]["lineItems"],
                )
                part["lineItems"] = {"nodes": lines}
