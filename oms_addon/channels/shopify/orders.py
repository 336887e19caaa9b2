"""Shopify: asking for orders."""

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

# How many at once: no query may cost more than 1,000 points, see queries.py.
CHANGES, ORDERS, REFUNDS = 30, 4, 4
#: how long after a change its second is over for sure, however our clocks differ
SETTLED = timedelta(seconds=5)


class OmsChannelAdapterShopify(models.AbstractModel):
    _inherit = "oms.channel.adapter.shopify"

    @api.model
    def _fetch(self, channel, limit=None):
        """Override of `oms.channel.adapter`: what changed is listed, what is new is asked for.

        The cursor is JSON: ``since`` (the last change seen), ``after`` (the page before),
        ``seen`` (the changes within the overlap, so that they are not asked for again) and
        ``first`` in the first sweep, which takes the orders still to be worked on. A time
        alone is one, too.
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
        events, is_done = self._ask_some(channel, list(fresh))
        following = page["pageInfo"]["hasNextPage"] and page["pageInfo"]["endCursor"]
        if not events and is_done and not following and not cursor.get("first"):
            return [], channel.cursor
        known = fresh if is_done else {event.order_ref for event in events}
        # It may change once more within a second that is not over.
        settled = self._written(datetime.now(timezone.utc) - SETTLED)
        seen |= {ref: at for ref, at in fresh.items() if ref in known and at < settled}
        return events, self._next_cursor(cursor, seen, is_done, following)

    @api.model
    def _read_cursor(self, channel):
        """:return: the cursor; the beginning of the first sweep, where there is none; none for
        a store without orders
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
        """:return: which orders are asked for"""
        if cursor.get("first"):
            return "status:open NOT fulfillment_status:fulfilled"
        start = self._moment(cursor["since"]) - timedelta(seconds=self._overlap_seconds)
        return f"updated_at:>='{self._written(start)}'"

    @api.model
    def _next_cursor(self, cursor, seen, is_done, following):
        """:return: the cursor behind a page; the same page where it was not told to its end"""
        if not is_done:
            return json.dumps({**cursor, "seen": seen})
        if following:
            return json.dumps({**cursor, "after": following, "seen": self._recent(seen)})
        # The first sweep is over: go on with what changed since it began.
        newest = "" if cursor.get("first") else max(seen.values(), default="")
        since = max(cursor["since"], newest)
        return json.dumps({"since": since, "seen": self._recent(seen)})

    @api.model
    def _recent(self, seen):
        """:return: of the changes that were seen those the overlap will show again"""
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
    def _ask_some(self, channel, refs):
        """Ask for orders until the channel's limit is used up.

        :return: the events of those that were told, and whether all were
        :raise RateLimited: when not even the first could be asked for
        """
        events = []
        for start in range(0, len(refs), ORDERS):
            try:
                events += self._ask(channel, refs[start : start + ORDERS])
            except RateLimited:
                if not events:
                    raise
                return events, False
        return events, True

    @api.model
    def _fetch_orders(self, channel, refs):
        """Override of `oms.channel.adapter`: also for ids of parts of their fulfilment."""
        parts = [ref for ref in refs if ref.startswith("gid://")]
        refs = [ref for ref in refs if not ref.startswith("gid://")]
        if parts:
            found = self._graphql(channel, queries.ORDER_OF_PART, {"ids": parts}, len(parts))
            refs += [id_of(part["orderId"]) for part in found["nodes"] if part]
        refs = list(dict.fromkeys(refs))
        return [
            event
            for start in range(0, len(refs), ORDERS)
            for event in self._ask(channel, refs[start : start + ORDERS])
        ]

    @api.model
    def _ask(self, channel, refs):
        """:return: an event for each of a few orders there is"""
        ids = [gid("Order", ref) for ref in refs]
        try:
            found = self._graphql(channel, queries.ORDERS, {"ids": ids}, 60.0 * len(ids))["nodes"]
        except TooCostly:
            if len(refs) == 1:
                raise
            return self._ask(channel, refs[:1]) + self._ask(channel, refs[1:])
        return [self._event(self._complete(channel, node)) for node in found if node]

    @api.model
    def _event(self, node):
        """:return: the event of an order that was asked for, named by its content"""
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
        """Ask for what an order has more than a page of, and for its refunds."""
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
        """Ask which lines are sent later."""
        for part in node["fulfillmentOrders"]["nodes"]:
            if part["status"] == "SCHEDULED":
                lines = self._rest(
                    channel,
                    queries.SCHEDULED_LINES,
                    part["id"],
                    lambda data: data["node"]["lineItems"],
                )
                part["lineItems"] = {"nodes": lines}
