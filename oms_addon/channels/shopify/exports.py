"""Shopify: orders of a window, by a bulk export where there are many."""

import json
from urllib.parse import parse_qsl, urlsplit

from odoo import api, models

from odoo.addons.oms_addon.channels.oms_channel_adapter import Event
from odoo.addons.oms_addon.channels.shopify import parse_exports, parse_topics
from odoo.addons.oms_addon.exceptions import RetryableError
from odoo.addons.oms_addon.tools import http

from . import parse_nodes as nodes
from . import queries
from .parse_values import id_of

# Orders per query: its cost must not exceed 1,000 points, see queries.py.
WINDOW = 8


class OmsChannelAdapterShopify(models.AbstractModel):
    _inherit = "oms.channel.adapter.shopify"

    @api.model
    def _window(self, start, end):
        first, last = self._written(start), self._written(end)
        return f"processed_at:>='{first}' processed_at:<'{last}'"

    @api.model
    def _list_orders(self, channel, start, end, cursor=None, first=250):
        """Override of `oms.channel.adapter`."""
        page = self._changed(channel, self._window(start, end), "PROCESSED_AT", first, cursor)
        following = page["pageInfo"]["hasNextPage"] and page["pageInfo"]["endCursor"]
        return [id_of(node["id"]) for node in page["nodes"]], following or None

    @api.model
    def _count_orders(self, channel, start, end):
        """Override of `oms.channel.adapter`."""
        variables = {"filter": self._window(start, end)}
        count = self._graphql(channel, queries.ORDERS_COUNT, variables)["ordersCount"]
        return count["count"] if count["precision"] == "EXACT" else None

    @api.model
    def _fetch_window(self, channel, start, end, cursor=None):
        """Override of `oms.channel.adapter`: by an export; page by page where that fails.

        The cursor is ``export:`` and its id, or ``list:`` and the previous page.
        """
        kind, _colon, rest = (cursor or "").partition(":")
        if kind == "list":
            refs, following = self._list_orders(channel, start, end, rest or None, WINDOW)
            events = self._fetch_orders(channel, refs)
            return events, following and f"list:{following}"
        if kind != "export":
            return [], self._start_export(channel, self._window(start, end))
        return self._read_export(channel, rest, cursor)

    @api.model
    def _start_export(self, channel, condition):
        """:return: the cursor of a new export; of a list where no export can be started"""
        query = queries.EXPORT % json.dumps(condition)
        data = self._graphql(channel, queries.START_EXPORT, {"query": query})
        answer = data["bulkOperationRunQuery"]
        codes = {error.get("code") for error in answer["userErrors"]}
        if codes & {"OPERATION_IN_PROGRESS", "LIMIT_REACHED"}:
            raise RetryableError(
                self.env._("Shopify is busy with other exports of this store."), seconds=60.0
            )
        self._refuse(answer["userErrors"])
        return f"export:{answer['bulkOperation']['id']}"

    @api.model
    def _read_export(self, channel, export_id, cursor):
        """:return: the events of a finished export, and the cursor"""
        state = self._graphql(channel, queries.EXPORT_STATE, {"id": export_id})["bulkOperation"]
        if state and state["status"] in ("CREATED", "RUNNING"):
            return [], cursor
        too_big = state and int(state["fileSize"] or 0) > http.MAX_ANSWER
        if not state or state["status"] != "COMPLETED" or too_big:
            return [], "list:"
        if not state["url"]:
            return [], None
        # The query of the URL grants access, so it is not logged.
        parts = urlsplit(state["url"])
        answer = self._call(
            channel,
            "GET",
            parts._replace(query="").geturl(),
            params=parse_qsl(parts.query),
            bucket="download",
            seconds=http.FILE_SECONDS,
        )
        return [self._exported_event(node) for node in parse_exports.assemble(answer.body)], None

    @api.model
    def _exported_event(self, node):
        """:return: the event of an order in an export, or a request to fetch it"""
        if nodes.is_whole(node):
            return self._event(node)
        event = self._event(node)
        body = self._body({"order_id": event.order_ref, "updated_at": node["updatedAt"]})
        return Event(parse_topics.TO_ASK, event.ref, body, event.order_ref)
