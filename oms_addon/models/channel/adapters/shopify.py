"""Shopify: what comes in, by webhook, poll and export, and the connection."""

import hashlib
import json
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.oms_addon.exceptions import (
    CredentialsError,
    FinalError,
    RateLimited,
    RetryableError,
)
from odoo.addons.oms_addon.tools import http, signature
from odoo.addons.oms_addon.tools.channel_documents import Listing
from odoo.addons.oms_addon.tools.document_codec import loads
from odoo.addons.oms_addon.tools.order_document import DocumentError
from odoo.addons.oms_addon.tools.shopify import documents, nodes, queries
from odoo.addons.oms_addon.tools.shopify.values import amount_of, gid, id_of, percent_of

from ..oms_channel_adapter import Event

API_VERSION = "2026-07"
SCOPES = (
    "read_orders",
    "write_orders",
    "read_customers",
    "read_products",
    "write_products",
    "read_inventory",
    "write_inventory",
    "read_locations",
    "read_fulfillments",
    "read_merchant_managed_fulfillment_orders",
    "write_merchant_managed_fulfillment_orders",
)
TOPICS = (
    "app/uninstalled",
    "fulfillment_orders/hold_released",
    "fulfillment_orders/placed_on_hold",
    "fulfillment_orders/rescheduled",
    "fulfillments/create",
    "fulfillments/update",
    "inventory_levels/update",
    "order_transactions/create",
    "orders/cancelled",
    "orders/create",
    "orders/edited",
    "orders/fulfilled",
    "orders/paid",
    "orders/partially_fulfilled",
    "orders/risk_assessment_changed",
    "orders/updated",
    "products/create",
    "products/delete",
    "products/update",
    "refunds/create",
)
# Shopify tries again for four hours and has been hours late in its own outages; what is
# older was recorded by somebody and is sent again. The poll has brought it long since.
MAX_AGE = timedelta(days=2)
# How many at once: no query may cost more than 1,000 points, see queries.py.
CHANGES, ORDERS, REFUNDS, LISTINGS, WINDOW = 30, 4, 4, 20, 8


class TooCostly(FinalError):
    """The query costs more than Shopify accepts at once: ask for less."""


class OmsChannelAdapterShopify(models.AbstractModel):
    _name = "oms.channel.adapter.shopify"
    _inherit = "oms.channel.adapter"
    _description = "Shopify"

    _icon = "fa-shopping-bag"
    _can_fetch = True
    _can_register = True
    _can_fetch_listings = True
    _can_fetch_locations = True
    _can_fetch_taxes = True
    _can_push_shipment = True
    _can_push_cancellation = True
    _can_push_refund = True
    _can_push_stock = True
    _can_push_price = True
    _credentials = ("base_url", "api_key", "webhook_secret")
    _required_credentials = _credentials
    _credential_labels = {
        "base_url": "Store (myshop.myshopify.com)",
        "api_key": "Admin API access token",
        "webhook_secret": "Client secret of the app",
    }
    _batch_sizes = {"stock": 250, "price": 100}
    # What the plans with the least have; Shopify tells the real numbers with every answer.
    _rate_limits = {"default": (100.0, 2000.0), "download": (5.0, 10.0)}

    # === IN: MESSAGES === #

    @api.model
    def _verify(self, channel, headers, body, now):
        """Override of `oms.channel.adapter`: HMAC-SHA256 over the raw body, in base64."""
        problem = signature.base64_problem(
            channel.sudo().webhook_secret, headers.get("X-Shopify-Hmac-Sha256", ""), body
        )
        return problem or self._age_problem(headers.get("X-Shopify-Triggered-At", ""), now)

    @api.model
    def _age_problem(self, triggered_at, now):
        """:return: why the time a message was made at is not to be believed; '' when it is"""
        try:
            made_at = datetime.fromisoformat(triggered_at[:19]).replace(tzinfo=timezone.utc)
        except ValueError:
            return ""
        now = now if now.tzinfo else now.replace(tzinfo=timezone.utc)
        return "" if abs(now - made_at) <= MAX_AGE else "the message is more than two days old"

    @api.model
    def _identify(self, channel, headers, body):
        """Override of `oms.channel.adapter`: one action at the shop is an event for each topic."""
        topic = headers.get("X-Shopify-Topic") or "orders/updated"
        event_ref, order_ref = self._describe(topic, body)
        given = headers.get("X-Shopify-Event-Id") or headers.get("X-Shopify-Webhook-Id")
        return Event(topic, f"{given}:{topic}" if given else event_ref, body, order_ref)

    @api.model
    def _describe(self, topic, payload):
        """Override of `oms.channel.adapter`: named by its content."""
        ref = f"{topic}:{hashlib.sha256(payload).hexdigest()[:32]}"
        try:
            return ref, documents.order_ref_of(topic, loads(payload))
        except (DocumentError, AttributeError):
            return ref, None

    @api.model
    def _parse(self, channel, topic, payload):
        """Override of `oms.channel.adapter`."""
        return documents.parse(topic, payload)

    # === IN: ASKING FOR ORDERS === #

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
        seen |= {ref: moment for ref, moment in fresh.items() if ref in known}
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
        return Event(documents.ASKED, f"poll:{ref}:{digest}", body, ref)

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

    @api.model
    def _rest(self, channel, query, of, extract, page=None):
        """Read a list to its end.

        :param str of: the id of what it is a list of
        :param extract: finds the list in an answer
        :param dict page: the page that is known; ``None`` to begin
        :return: what follows it
        """
        found = []
        while page is None or page["pageInfo"]["hasNextPage"]:
            after = page and page["pageInfo"]["endCursor"]
            page = extract(self._graphql(channel, query, {"id": of, "after": after}, 100.0))
            found += page["nodes"]
        if page:
            page["pageInfo"] = {"hasNextPage": False, "endCursor": None}
        return found

    # === IN: WINDOWS === #

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

        The cursor is ``export:`` and its id, or ``list:`` and the page before.
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
        """:return: the cursor of an export, of a list where no export can be had"""
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
        # The address is a secret: its query is what lets one in, and is not logged.
        parts = urlsplit(state["url"])
        answer = self._call(
            channel,
            "GET",
            parts._replace(query="").geturl(),
            params=parse_qsl(parts.query),
            bucket="download",
        )
        return [self._exported_event(node) for node in nodes.assemble(answer.body)], None

    @api.model
    def _exported_event(self, node):
        """:return: the event of an order of an export, or the request to ask for it"""
        if nodes.is_whole(node):
            return self._event(node)
        event = self._event(node)
        body = self._body({"order_id": event.order_ref, "updated_at": node["updatedAt"]})
        return Event(documents.TO_ASK, event.ref, body, event.order_ref)

    # === IN: ASKING FOR THE REST === #

    @api.model
    def _fetch_listings(self, channel, cursor=None):
        """Override of `oms.channel.adapter`: a row for each variant and place it is kept at."""
        variables = {"first": LISTINGS, "after": cursor}
        data = self._graphql(channel, queries.LISTINGS, variables, 300.0)
        page = data["productVariants"]
        currency = data["shop"]["currencyCode"]
        for node in page["nodes"]:
            self._complete_levels(channel, node["inventoryItem"])
        rows = [row for node in page["nodes"] for row in self._listings(node, currency)]
        following = page["pageInfo"]["hasNextPage"] and page["pageInfo"]["endCursor"]
        return rows, following or None

    @api.model
    def _complete_levels(self, channel, item):
        """Ask for the places beyond the first that an item is kept at."""
        page = item["inventoryLevels"]
        page["nodes"] += self._rest(
            channel,
            queries.MORE_LEVELS,
            item["id"],
            lambda data: data["node"]["inventoryLevels"],
            page,
        )

    @api.model
    def _listings(self, node, currency):
        """:return: the rows of one variant"""
        product, item = node["product"], node["inventoryItem"]
        preview = (product["featuredMedia"] or {}).get("preview") or {}
        title = node["title"] if node["title"] != "Default Title" else ""
        values = {
            "ref": id_of(node["id"]),
            "item_ref": id_of(item["id"]),
            "parent_ref": id_of(product["id"]),
            "sku": node["sku"] or "",
            "barcode": node["barcode"] or "",
            "name": " - ".join(filter(None, (product["title"], title))),
            "price": amount_of(node["price"]),
            "currency": currency,
            "image_url": (preview.get("image") or {}).get("url") or "",
            "status": "active" if product["status"] == "ACTIVE" else "inactive",
        }
        levels = item["inventoryLevels"]["nodes"] if item["tracked"] else []
        return [
            Listing(
                **values,
                location_ref=id_of(level["location"]["id"]),
                quantity=Decimal(level["quantities"][0]["quantity"]),
            )
            for level in levels
        ] or [Listing(**values)]

    @api.model
    def _fetch_locations(self, channel):
        """Override of `oms.channel.adapter`: a fulfilment service ships by itself."""
        found, page = [], {"pageInfo": {"hasNextPage": True, "endCursor": None}}
        while page["pageInfo"]["hasNextPage"]:
            after = page["pageInfo"]["endCursor"]
            page = self._graphql(channel, queries.LOCATIONS, {"after": after}, 102)["locations"]
            found += page["nodes"]
        return [
            {
                "ref": id_of(location["id"]),
                "name": location["name"],
                "fulfils": location["fulfillsOnlineOrders"]
                and not location["isFulfillmentService"],
            }
            for location in found
        ]

    @api.model
    def _fetch_taxes(self, channel):
        """Override of `oms.channel.adapter`: those of the last orders; Shopify has no list."""
        taxes = {}
        for order in self._graphql(channel, queries.TAXES_SEEN, cost=202.0)["orders"]["nodes"]:
            for tax in order["taxLines"]:
                rate = percent_of(tax["rate"] or 0)
                taxes.setdefault((rate, order["taxesIncluded"]), tax["title"])
        return [
            {"name": name, "rate": rate, "included": included}
            for (rate, included), name in sorted(taxes.items())
        ]

    # === CONNECTION === #

    @api.model
    def _test_connection(self, channel):
        """Override of `oms.channel.adapter`: one question, and which scopes are missing."""
        channel_sudo = channel.sudo()
        if not all(channel_sudo[name] for name in self._required_credentials):
            return self.env._(
                "Fill in the store's address, the Admin API access token and the client secret "
                "of the app."
            )
        try:
            data = self._graphql(channel, queries.WHO)
        except UserError as error:
            return self.env._("Shopify cannot be asked: %(why)s", why=str(error))
        scopes = {s["handle"] for s in data["currentAppInstallation"]["accessScopes"]}
        # Whoever may write may read.
        scopes |= {s.replace("write_", "read_", 1) for s in scopes if s.startswith("write_")}
        missing = [scope for scope in SCOPES if scope not in scopes]
        if missing:
            return self.env._(
                "The app may not do everything that is needed. Give it these scopes in Shopify "
                "and install it again: %(scopes)s",
                scopes=", ".join(missing),
            )
        return ""

    @api.model
    def _ensure_webhooks(self, channel):
        """Override of `oms.channel.adapter`: one subscription for each topic.

        Subscriptions of the same app that go to other systems are left alone.
        """
        known = self._subscriptions(channel)
        wanted = {topic.upper().replace("/", "_"): topic for topic in TOPICS}
        there = {s["topic"] for s in known if s["uri"] == channel.webhook_url}
        for subscription in known:
            if subscription["uri"] != channel.webhook_url:
                self._unsubscribe(channel, subscription)
        sentences = []
        for code, topic in wanted.items():
            if code not in there:
                variables = {"topic": code, "uri": channel.webhook_url}
                answer = self._graphql(channel, queries.SUBSCRIBE, variables)
                self._refuse(answer["webhookSubscriptionCreate"]["userErrors"])
                sentences.append(self.env._("Shopify sends us %(topic)s again.", topic=topic))
        return sentences

    @api.model
    def _remove_webhooks(self, channel):
        """Override of `oms.channel.adapter`."""
        for subscription in self._subscriptions(channel):
            self._unsubscribe(channel, subscription)

    @api.model
    def _subscriptions(self, channel):
        """:return: the app's subscriptions for this channel, at this address or another"""
        found, page = [], {"pageInfo": {"hasNextPage": True, "endCursor": None}}
        while page["pageInfo"]["hasNextPage"]:
            variables = {"after": page["pageInfo"]["endCursor"]}
            data = self._graphql(channel, queries.SUBSCRIPTIONS, variables, 102.0)
            page = data["webhookSubscriptions"]
            found += page["nodes"]
        return [s for s in found if s["uri"].endswith(f"/oms/webhook/{channel.token}")]

    @api.model
    def _unsubscribe(self, channel, subscription):
        variables = {"id": subscription["id"]}
        answer = self._graphql(channel, queries.UNSUBSCRIBE, variables)
        self._refuse(answer["webhookSubscriptionDelete"]["userErrors"])

    # === THE CALL === #

    @api.model
    def _graphql(self, channel, query, variables=None, cost=10.0):
        """Ask or tell Shopify something.

        :param float cost: what it costs, about; Shopify says how much it was
        :return: the data
        :raise RateLimited: when too little of the points is left
        :raise TooCostly: when it costs more than any query may
        """
        answer = self._call(
            channel,
            "POST",
            f"/admin/api/{API_VERSION}/graphql.json",
            body={"query": query, "variables": variables or {}},
            headers={"X-Shopify-Access-Token": channel.sudo().api_key or ""},
            cost=cost,
        ).json()
        if not isinstance(answer, dict):
            raise RetryableError(self.env._("Shopify's answer is none of its API."))
        spent = (answer.get("extensions") or {}).get("cost") or {}
        status = spent.get("throttleStatus") or {}
        if status:
            self.env["oms.channel.meter"]._learn(
                channel,
                "default",
                tokens=float(status["currentlyAvailable"]),
                rate=float(status["restoreRate"]),
                burst=float(status["maximumAvailable"]),
            )
        if answer.get("errors"):
            self._raise(answer["errors"], spent)
        return answer["data"]

    @api.model
    def _raise(self, errors, spent):
        """Turn the errors of an answer into what they mean."""
        errors = errors if isinstance(errors, list) else [{"message": str(errors)}]
        codes = {(error.get("extensions") or {}).get("code") for error in errors}
        words = "; ".join(dict.fromkeys(str(error.get("message")) for error in errors))
        if "THROTTLED" in codes:
            status = spent.get("throttleStatus") or {}
            lacking = (spent.get("requestedQueryCost") or 0) - status.get("currentlyAvailable", 0)
            seconds = float(lacking) / float(status.get("restoreRate") or 100)
            raise RateLimited(
                self.env._("Shopify's points are used up for now."), seconds=max(seconds, 1.0)
            )
        if "MAX_COST_EXCEEDED" in codes:
            raise TooCostly(self.env._("Shopify finds this too much at once: %s", words))
        if "SHOP_INACTIVE" in codes:
            raise CredentialsError(self.env._("The store is not active at Shopify: %s", words))
        if codes & {"INTERNAL_SERVER_ERROR", "TIMEOUT"}:
            raise RetryableError(self.env._("Shopify is in trouble: %s", words))
        if "ACCESS_DENIED" in codes:
            raise FinalError(
                self.env._(
                    "Shopify does not allow the app to do this, give it the scope: %s", words
                )
            )
        raise FinalError(self.env._("Shopify does not take this: %s", words))

    @api.model
    def _refuse(self, errors):
        """:raise FinalError: when Shopify took a call and refused what it asks for"""
        if errors:
            words = "; ".join(dict.fromkeys(error["message"] for error in errors))
            raise FinalError(self.env._("Shopify refused: %s", words))
