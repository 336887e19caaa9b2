"""WooCommerce: its REST API v3 and its webhooks; woocommerce_out.py tells it things."""

import hashlib
import json
import secrets
from collections import defaultdict
from datetime import datetime, timedelta, timezone

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.oms_addon.exceptions import FinalError
from odoo.addons.oms_addon.models.channel.oms_channel_adapter import Event
from odoo.addons.oms_addon.tools import http, oauth1, signature
from odoo.addons.oms_addon.tools.channel_documents import OrderRequest
from odoo.addons.oms_addon.tools.document_codec import loads
from odoo.addons.oms_addon.tools.document_values import DocumentError, to_decimal
from odoo.addons.oms_addon.tools.woocommerce import (
    DETAILS,
    read_listing,
    read_object,
    read_product,
    ref_of,
)
from odoo.addons.oms_addon.tools.woocommerce_orders import DRAFTS, read_order

API = "/wp-json/wc/v3"
PAGE = 100
#: answers that say what is wrong with a connection
SAID = (301, 302, 303, 307, 308, 401, 403, 404)
TOPICS = (
    "order.created",
    "order.updated",
    "order.deleted",
    "order.restored",
    "product.created",
    "product.updated",
    "product.deleted",
    "product.restored",
)


class OmsChannelAdapterWoocommerce(models.AbstractModel):
    _name = "oms.channel.adapter.woocommerce"
    _inherit = "oms.channel.adapter"
    _description = "WooCommerce"

    _icon = "fa-wordpress"
    _can_fetch = True
    _can_register = True
    _can_fetch_listings = True
    _can_fetch_taxes = True
    _can_push_shipment = True
    _can_push_cancellation = True
    _can_push_refund = True
    _can_push_stock = True
    _can_push_price = True
    _credentials = ("base_url", "api_key", "api_secret", "webhook_secret")
    _required_credentials = ("base_url", "api_key", "api_secret")
    _credential_labels = {"api_key": "Consumer key", "api_secret": "Consumer secret"}
    _batch_sizes = {"stock": PAGE, "price": PAGE}
    # A shop has no limit of its own; this is what a small host stands.
    _rate_limits = {"default": (5.0, 100.0)}

    # === IN: MESSAGES === #

    @api.model
    def _verify(self, channel, headers, body, now):
        """Override of `oms.channel.adapter`: base64 of HMAC-SHA256 over the raw body."""
        return signature.base64_problem(
            channel.sudo().webhook_secret, headers.get("X-WC-Webhook-Signature", ""), body
        )

    @api.model
    def _is_ping(self, channel, headers, body):
        """Override of `oms.channel.adapter`: a webhook that was just made says its id."""
        return not headers.get("X-WC-Webhook-Topic") and body.startswith(b"webhook_id=")

    @api.model
    def _identify(self, channel, headers, body):
        """Override of `oms.channel.adapter`: a delivery is an event."""
        topic = headers.get("X-WC-Webhook-Topic") or "order.updated"
        event_ref, order_ref = self._describe(topic, body)
        return Event(topic, headers.get("X-WC-Webhook-Delivery-ID") or event_ref, body, order_ref)

    @api.model
    def _describe(self, topic, payload):
        """Override of `oms.channel.adapter`: a state of an order is an event."""
        digest = hashlib.sha256(payload).hexdigest()[:24]
        order_ref = None
        if topic.startswith("order"):
            try:
                order_ref = str(loads(payload)["id"])
            except (DocumentError, KeyError, TypeError):
                order_ref = None
        return f"{topic}:{order_ref or ''}:{digest}", order_ref

    @api.model
    def _parse(self, channel, topic, payload):
        """Override of `oms.channel.adapter`: an order or a product, as the API shows it."""
        resource, _dot, event = topic.partition(".")
        if resource == "product":
            return read_product(read_object(payload), event)
        if not resource.startswith("order"):
            return None
        data = read_object(payload)
        ref = ref_of(data)
        if event == "deleted" or data.get("refunds") and DETAILS not in data:
            # Neither the bare id nor the sums of refunds say what became of the order.
            return OrderRequest(order_ref=ref)
        return read_order(data, ref)

    # === IN: ASKING === #

    @api.model
    def _fetch(self, channel, limit=None):
        """Override of `oms.channel.adapter`: what changed since, oldest change first.

        The cursor is ``since``, and behind slashes the page of it and whether this is the
        first sweep, which takes the orders still to be worked on. A full page moves
        ``since`` to its last change, so that a change meanwhile cannot shift the pages.
        """
        size = min(limit or PAGE, PAGE)
        since, page, first = self._read_cursor(channel.cursor)
        params = {"page": str(page), "per_page": str(size), "orderby": "modified", "order": "asc"}
        if first:
            params["status"] = "pending,on-hold,processing"
        changed = {"modified_after": since, "dates_are_gmt": "true"} if since else {}
        orders = self._call(channel, "GET", "/orders", params={**params, **changed}).json()
        events = self._events(channel, orders)
        if len(orders) >= size:
            return events, self._next_cursor(orders, since, page, first)
        last = [moment for order in orders if (moment := order["date_modified_gmt"])]
        if since:
            query = {**params, **changed, "per_page": str(PAGE), "status": "trash"}
            events += self._events(channel, self._all(channel, "/orders", **query))
        return events, max([*last, channel.cursor.split("/")[0] if channel.cursor else ""])

    @api.model
    def _read_cursor(self, cursor):
        """:return: since when to ask (text), which page, whether it is the first sweep"""
        since, *paging = (cursor or "").split("/")
        if paging:
            return since, int(paging[0]), bool(paging[1])
        if not since:
            return "", 1, True
        moment = datetime.fromisoformat(since) - timedelta(seconds=self._overlap_seconds)
        return moment.isoformat(), 1, False

    @api.model
    def _next_cursor(self, orders, since, page, first):
        """:return: where to go on behind a full page"""
        last = max(order["date_modified_gmt"] or "" for order in orders)
        # "After" leaves out the second itself, and others may have changed in it.
        following = last and (datetime.fromisoformat(last) - timedelta(seconds=1)).isoformat()
        if following > since:
            return f"{following}/1/{'first' if first else ''}"
        return f"{since}/{page + 1}/{'first' if first else ''}"

    @api.model
    def _fetch_orders(self, channel, refs):
        """Override of `oms.channel.adapter`: with the details of their refunds."""
        events = []
        for ref in refs:
            answer = self._call(channel, "GET", f"/orders/{ref}", accept=(404,))
            if answer.status == 200:
                order = answer.json()
                order[DETAILS] = self._refunds_of(channel, ref) if order.get("refunds") else []
                events += self._events(channel, [order])
        return events

    @api.model
    def _list_orders(self, channel, start, end, cursor=None):
        """Override of `oms.channel.adapter`"""
        params = self._window(start, end, cursor) | {"_fields": "id,status"}
        orders = self._call(channel, "GET", "/orders", params=params).json()
        refs = [str(order["id"]) for order in orders if order["status"] not in DRAFTS]
        return refs, self._next_page(orders, cursor)

    @api.model
    def _count_orders(self, channel, start, end):
        """Override of `oms.channel.adapter`: all but those not placed yet."""
        params = self._window(start, end, None) | {"per_page": "1", "_fields": "id"}
        return self._count(channel, params) - self._count(
            channel, {**params, "status": "checkout-draft"}
        )

    @api.model
    def _count(self, channel, params):
        answer = self._call(channel, "GET", "/orders", params=params)
        return int(answer.headers.get("X-WP-Total") or 0)

    @api.model
    def _fetch_window(self, channel, start, end, cursor=None):
        """Override of `oms.channel.adapter`: the list tells the orders whole."""
        params = self._window(start, end, cursor)
        orders = self._call(channel, "GET", "/orders", params=params).json()
        return self._events(channel, orders), self._next_page(orders, cursor)

    @api.model
    def _window(self, start, end, cursor):
        """:return: the query for the orders placed in a window; both bounds leave out
        their second
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
    def _next_page(self, rows, cursor):
        return str(int(cursor or 1) + 1) if len(rows) >= PAGE else None

    @api.model
    def _events(self, channel, orders):
        """:return: the events of orders as the API lists them, with their refunds' details
        where one call tells them; without, the order is asked for alone
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
    def _refunds_of(self, channel, ref):
        """:return: the refunds of one order, whole"""
        return self._all(channel, f"/orders/{ref}/refunds")

    @api.model
    def _refunds_of_many(self, channel, ids):
        """:return: the refunds of orders by order id; ``None`` from shops before 9.0"""
        parents, found = ",".join(map(str, ids)), defaultdict(list)
        try:
            refunds = self._all(channel, "/refunds", parent=parents)
        except FinalError as error:
            if http.status_of(error) != 404:
                raise
            return None
        for refund in refunds:
            found[refund["parent_id"]].append(refund)
        return found

    @api.model
    def _all(self, channel, path, **params):
        """:return: a list of the shop, read to its end"""
        found, page = [], 1
        while page:
            query = {"per_page": str(PAGE), **params, "page": str(page)}
            rows = self._call(channel, "GET", path, params=query).json()
            found += rows
            page = page + 1 if len(rows) >= PAGE else 0
        return found

    @api.model
    def _fetch_listings(self, channel, cursor=None):
        """Override of `oms.channel.adapter`: products, then the variations of the others."""
        kind, _slash, page = (cursor or "products/1").partition("/")
        params = {"page": page, "per_page": str(PAGE), "orderby": "id", "order": "asc"}
        answer = self._call(channel, "GET", f"/{kind}", params=params, accept=(404,))
        if answer.status == 404:
            raise FinalError(
                self.env._("The shop cannot list its variations: update WooCommerce to 9.0.")
            )
        rows = answer.json()
        listings = [listing for row in rows if (listing := read_listing(row))]
        if len(rows) >= PAGE:
            return listings, f"{kind}/{int(page) + 1}"
        return listings, "variations/1" if kind == "products" else None

    @api.model
    def _fetch_taxes(self, channel):
        """Override of `oms.channel.adapter`: one of each name and rate."""
        setting = "/settings/tax/woocommerce_prices_include_tax"
        included = self._call(channel, "GET", setting).json().get("value") == "yes"
        found = {}
        for row in self._all(channel, "/taxes"):
            rate = to_decimal(row["rate"]).normalize()
            found[row["name"], rate] = {"name": row["name"], "rate": rate, "included": included}
        return list(found.values())

    # === CONNECTION === #

    @api.model
    def _call(self, channel, method, path, *, params=None, headers=None, **options):
        """Override of `oms.channel.adapter`: the keys as Basic authentication; over plain
        HTTP, where they would be readable, they only sign.
        """
        channel_sudo = channel.sudo()
        keys = (channel_sudo.api_key or "", channel_sudo.api_secret or "")
        url = self._base_url(channel) + path
        if url.startswith("http://"):
            header = oauth1.authorization(method, url, params, *keys)
            headers = {**(headers or {}), "Authorization": header}
        else:
            options["auth"] = keys
        return super()._call(channel, method, url, params=params, headers=headers, **options)

    @api.model
    def _base_url(self, channel):
        """Override of `oms.channel.adapter`: below it is the API"""
        return super()._base_url(channel).partition("/wp-json")[0] + API

    @api.model
    def _test_connection(self, channel):
        """Override of `oms.channel.adapter`: reading orders, and writing none of them."""
        channel_sudo = channel.sudo()
        if not (channel_sudo.base_url and channel_sudo.api_key and channel_sudo.api_secret):
            return self.env._("Fill in the store address, the consumer key and the secret.")
        tries = (
            ("GET", "/orders", {"params": {"per_page": "1", "_fields": "id"}}),
            ("POST", "/orders/batch", {"body": {}}),
        )
        try:
            for method, path, options in tries:
                answer = self._call(channel, method, path, accept=SAID, **options)
                problem = self._connection_problem(answer)
                if problem:
                    return problem
        except UserError as error:
            return self.env._(
                "%(error)s Check the store address, and that it begins with https:// where the "
                "shop has a certificate.",
                error=error,
            )
        return ""

    @api.model
    def _connection_problem(self, answer):
        """:return: what an answer says is wrong, in words; '' for nothing"""
        try:
            told = json.loads(answer.body)
        except ValueError:
            told = None
        message = told.get("message", "") if isinstance(told, dict) else ""
        if 300 <= answer.status < 400:
            return self.env._("The shop sends us elsewhere: enter its address with https://.")
        if answer.status == 404 and not message:
            return self.env._(
                "There is no REST API at this address. In WordPress, Settings → Permalinks "
                "must not be “Plain”; and the address must be that of WordPress."
            )
        if answer.status == 404:
            return self.env._("WordPress answers, but WooCommerce does not: is it active?")
        if answer.status in (401, 403) and "write permission" in message:
            return self.env._(
                "The key may only read: in WooCommerce → Settings → Advanced → REST API give "
                "it read/write permissions."
            )
        if answer.status in (401, 403):
            return self.env._(
                "The shop refuses the keys: %(why)s Make a key of an administrator with "
                "read/write permissions, and copy both parts.",
                why=message or answer.status,
            )
        if told is None:
            return self.env._("What answers at this address is no WooCommerce shop.")
        return ""

    @api.model
    def _prepare_channel(self, channel):
        """Override of `oms.channel.adapter`: messages are signed with a secret of our own."""
        channel_sudo = channel.sudo()
        if not channel_sudo.webhook_secret:
            channel_sudo.webhook_secret = secrets.token_urlsafe(32)

    @api.model
    def _ensure_webhooks(self, channel):
        """Override of `oms.channel.adapter`: the shop switches a webhook off after failures,
        and nobody can see there which secret it has: its name tells.
        """
        self._prepare_channel(channel)
        ours = {hook["topic"]: hook for hook in self._webhooks(channel)}
        secret = channel.sudo().webhook_secret
        mark = hashlib.sha256(secret.encode()).hexdigest()[:6]
        made = []
        for topic in TOPICS:
            hook = ours.get(topic)
            values = {"name": f"OMS {topic} {mark}", "secret": secret, "status": "active"}
            if not hook:
                values |= {"topic": topic, "delivery_url": channel.webhook_url}
                self._call(channel, "POST", "/webhooks", body=values)
                made.append(self.env._("Webhook %(topic)s was missing.", topic=topic))
            elif hook["status"] != "active":
                self._call(channel, "PUT", f"/webhooks/{hook['id']}", body=values)
                made.append(self.env._("Webhook %(topic)s was switched off.", topic=topic))
            elif hook["name"] != values["name"]:
                self._call(channel, "PUT", f"/webhooks/{hook['id']}", body=values)
                made.append(self.env._("Webhook %(topic)s had another secret.", topic=topic))
        return made

    @api.model
    def _remove_webhooks(self, channel):
        """Override of `oms.channel.adapter`"""
        for hook in self._webhooks(channel):
            self._call(channel, "DELETE", f"/webhooks/{hook['id']}", params={"force": "true"})

    @api.model
    def _webhooks(self, channel):
        """:return: the shop's webhooks that come to this channel"""
        hooks = self._all(channel, "/webhooks")
        return [hook for hook in hooks if hook["delivery_url"] == channel.webhook_url]
