"""WooCommerce: its REST API v3 and its webhooks."""

import hashlib
import json
import secrets
from collections import defaultdict
from datetime import datetime, timedelta, timezone
from decimal import Decimal

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.oms_addon.exceptions import FinalError, RetryableError
from odoo.addons.oms_addon.models.channel.oms_channel_adapter import Event
from odoo.addons.oms_addon.tools import oauth1, signature
from odoo.addons.oms_addon.tools.channel_documents import OrderRequest
from odoo.addons.oms_addon.tools.document_codec import loads
from odoo.addons.oms_addon.tools.document_values import DocumentError, to_decimal
from odoo.addons.oms_addon.tools.woocommerce import (
    DETAILS,
    KEY,
    KIND,
    SHIPMENTS,
    TRACKING,
    UNPAID,
    ZERO,
    find_refund,
    meta_of,
    quantities,
    read_listing,
    read_object,
    read_product,
    ref_of,
    refund_line,
    share_of,
    token_of,
    tracking_items,
)
from odoo.addons.oms_addon.tools.woocommerce_orders import DRAFTS, RANKS, read_order

API = "/wp-json/wc/v3"
PAGE = 100
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
        last = [order["date_modified_gmt"] for order in orders]
        if since:
            trash = self._call(
                channel,
                "GET",
                "/orders",
                params={**params, **changed, "page": "1", "status": "trash"},
            ).json()
            events += self._events(channel, trash)
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
        last = max(order["date_modified_gmt"] for order in orders)
        # "After" leaves out the second itself, and others may have changed in it.
        following = (datetime.fromisoformat(last) - timedelta(seconds=1)).isoformat()
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
        path, params = f"/orders/{ref}/refunds", {"per_page": str(PAGE)}
        return self._call(channel, "GET", path, params=params).json()

    @api.model
    def _refunds_of_many(self, channel, ids):
        """:return: the refunds of orders by order id; ``None`` from shops before 9.0"""
        found = defaultdict(list)
        params = {"parent": ",".join(map(str, ids)), "per_page": str(PAGE), "page": "1"}
        while True:
            answer = self._call(channel, "GET", "/refunds", params=params, accept=(404,))
            if answer.status == 404:
                return None
            refunds = answer.json()
            for refund in refunds:
                found[refund["parent_id"]].append(refund)
            if len(refunds) < PAGE:
                return found
            params["page"] = str(int(params["page"]) + 1)

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
        found, page = {}, 1
        while page:
            params = {"per_page": str(PAGE), "page": str(page)}
            rows = self._call(channel, "GET", "/taxes", params=params).json()
            for row in rows:
                rate = to_decimal(row["rate"]).normalize()
                found[row["name"], rate] = {
                    "name": row["name"],
                    "rate": rate,
                    "included": included,
                }
            page = page + 1 if len(rows) >= PAGE else 0
        return list(found.values())

    # === OUT: STOCK AND PRICES === #

    @api.model
    def _push_stock(self, channel, key, items):
        """Override of `oms.channel.adapter`"""
        return self._push_items(
            channel,
            items,
            lambda item: {"manage_stock": True, "stock_quantity": int(item["quantity"])},
        )

    @api.model
    def _push_price(self, channel, key, items):
        """Override of `oms.channel.adapter`: the usual price; a sale's price is the shop's."""
        return self._push_items(channel, items, lambda item: {"regular_price": item["price"]})

    @api.model
    def _push_items(self, channel, items, prepare):
        """Update products in one call, and the variations of each product in one.

        The first call takes the rate limit's share of all, so that no half is sent twice.
        When a later call fails, what came before is told and the rest is tried again.

        :param prepare: makes the values of an item
        :return: ``failed`` by position
        """
        groups = defaultdict(list)
        for position, item in enumerate(items):
            groups[item.get("parent_ref") or ""].append(position)
        failed, cost = {}, float(len(groups))
        for number, (parent, positions) in enumerate(groups.items()):
            path = f"/products/{parent}/variations/batch" if parent else "/products/batch"
            try:
                updates = [{"id": int(items[p]["ref"]), **prepare(items[p])} for p in positions]
                answer = self._call(channel, "POST", path, body={"update": updates}, cost=cost)
                failed |= self._refused(positions, answer.json())
            except RetryableError as error:
                if not number:
                    raise
                left = [p for rest in list(groups.values())[number:] for p in rest]
                return {"failed": failed | {str(p): str(error) for p in left}}
            except (FinalError, ValueError) as error:
                if len(groups) == 1 and len(positions) > 1:
                    raise
                failed |= {str(p): str(error) for p in positions}
            cost = 0.0
        return {"failed": failed}

    @api.model
    def _refused(self, positions, answer):
        """:return: why items of a batch were refused, by position"""
        return {
            str(position): row["error"].get("message") or row["error"].get("code") or "?"
            for position, row in zip(positions, answer.get("update", ()), strict=False)
            if row.get("error")
        }

    # === OUT: SHIPMENTS === #

    @api.model
    def _push_shipment(self, channel, key, shipment):
        """Override of `oms.channel.adapter`: a note the customer gets, and the order is
        completed when everything left.

        What was told is kept on the order there, so that telling it again changes nothing.
        """
        path = f"/orders/{shipment['order_ref']}"
        order = self._call(channel, "GET", path).json()
        meta = meta_of(order)
        told = meta.get(SHIPMENTS) or []
        entry = next((entry for entry in told if entry["key"] == key), None)
        is_again = entry is not None
        if not is_again:
            entry = {"key": key, "lines": quantities(order, shipment["lines"]), "noted": False}
            told.append(entry)
            self._write_order(channel, path, {SHIPMENTS: told})
        if not entry["noted"]:
            self._note_shipment(channel, path, shipment, is_again)
            entry["noted"] = True
        values = {SHIPMENTS: told, TRACKING: tracking_items(meta.get(TRACKING) or [], shipment)}
        complete = order["status"] in ("pending", "on-hold", "processing") or (
            order["status"] not in RANKS
        )
        if complete and not self._unshipped(channel, order, told):
            # The shop takes a completed order for paid.
            unpaid = {} if order.get("date_paid_gmt") else {UNPAID: "yes"}
            self._write_order(channel, path, values | unpaid, status="completed")
            return {"status": "completed"}
        self._write_order(channel, path, values)
        return {"status": order["status"]}

    @api.model
    def _write_order(self, channel, path, meta, **values):
        """Write notes of ours, and more, on an order."""
        rows = [{"key": key, "value": value} for key, value in meta.items()]
        self._call(channel, "PUT", path, body={"meta_data": rows, **values})

    @api.model
    def _note_shipment(self, channel, path, shipment, is_again):
        """Write the customer a note, unless a call whose answer was lost did."""
        text = self._shipment_text(channel, shipment)
        if is_again:
            notes = self._call(channel, "GET", f"{path}/notes", params={"type": "customer"}).json()
            if any(note["note"].strip() == text for note in notes):
                return
        self._call(channel, "POST", f"{path}/notes", body={"note": text, "customer_note": True})

    @api.model
    def _shipment_text(self, channel, shipment):
        """:return: what the customer reads, in the company's language"""
        env = self.with_context(lang=channel.company_id.partner_id.lang).env
        parcels = [
            " ".join(filter(None, (p.get("carrier"), p.get("number"), p.get("url"))))
            for p in shipment["parcels"]
            if p.get("number")
        ]
        if not parcels:
            return env._("Your order was shipped (%(ref)s).", ref=shipment["shipment_ref"])
        return env._(
            "Your order was shipped (%(ref)s): %(parcels)s",
            ref=shipment["shipment_ref"],
            parcels=", ".join(parcels),
        )

    @api.model
    def _unshipped(self, channel, order, told):
        """:return: the lines of which goods are still to leave, virtual ones left out"""
        left = {str(line["id"]): Decimal(str(line["quantity"])) for line in order["line_items"]}
        for entry in told:
            for ref, quantity in entry["lines"].items():
                left[ref] = left.get(ref, ZERO) - Decimal(quantity)
        if order.get("refunds") and any(quantity > 0 for quantity in left.values()):
            for refund in self._refunds_of(channel, order["id"]):
                for line in refund.get("line_items", ()):
                    ref = str(meta_of(line).get("_refunded_item_id", ""))
                    left[ref] = left.get(ref, ZERO) - abs(Decimal(str(line["quantity"])))
        return [
            line
            for line in order["line_items"]
            if left[str(line["id"])] > 0 and not self._is_virtual(channel, line)
        ]

    @api.model
    def _is_virtual(self, channel, line):
        """:return: whether nothing of a line is ever shipped"""
        path = f"/products/{line['product_id']}"
        if line.get("variation_id"):
            path += f"/variations/{line['variation_id']}"
        answer = self._call(channel, "GET", path, params={"_fields": "id,virtual"}, accept=(404,))
        return answer.status == 200 and bool(answer.json().get("virtual"))

    # === OUT: CANCELLATIONS AND REFUNDS === #

    @api.model
    def _push_cancellation(self, channel, key, cancellation):
        """Override of `oms.channel.adapter`: the status, or for pieces a refund of them."""
        path = f"/orders/{cancellation['order_ref']}"
        order = self._call(channel, "GET", path).json()
        if cancellation["lines"]:
            return self._cancel_pieces(channel, key, order, cancellation)
        if order["status"] not in ("cancelled", "refunded", "trash"):
            self._call(channel, "PUT", path, body={"status": "cancelled"})
        if not cancellation["refund"] or not order.get("date_paid_gmt"):
            return {"status": "cancelled"}
        before = self._refunds_of(channel, order["id"])
        known = find_refund(before, key)
        rest = Decimal(order["total"]) - sum(Decimal(refund["amount"]) for refund in before)
        if not known and rest <= 0:
            return {"status": "cancelled"}
        return self._refund(
            channel,
            key,
            order,
            known,
            rest,
            [],
            cancellation["text"],
            "cancellation",
            restock=False,
        )

    @api.model
    def _cancel_pieces(self, channel, key, order, cancellation):
        """Take pieces off: with their money where it is to go back or never came, else
        without.
        """
        before = self._refunds_of(channel, order["id"])
        unpaid = not order.get("date_paid_gmt")
        lines = []
        for ref, quantity in quantities(order, cancellation["lines"]).items():
            share = share_of(order, before, ref, Decimal(quantity))
            if not (cancellation["refund"] or unpaid):
                share = ZERO
            lines.append((ref, Decimal(quantity), share))
        amount = sum((share for _ref, _quantity, share in lines), ZERO)
        return self._refund(
            channel,
            key,
            order,
            find_refund(before, key),
            amount,
            lines,
            cancellation["text"],
            "cancellation",
            restock=cancellation["restock"],
            money=cancellation["refund"] and not unpaid,
        )

    @api.model
    def _push_refund(self, channel, key, refund):
        """Override of `oms.channel.adapter`: through the gateway where it can; where it
        cannot, the shop writes it down and somebody pays by hand.
        """
        order = self._call(channel, "GET", f"/orders/{refund['order_ref']}").json()
        known = find_refund(self._refunds_of(channel, order["id"]), key)
        lines = [
            (ref, to_decimal(line["quantity"]), to_decimal(line["amount"]))
            for line in refund["lines"]
            for ref in quantities(order, [line])
        ]
        shipping = to_decimal(refund.get("shipping") or "0")
        if shipping and order["shipping_lines"]:
            lines.append((str(order["shipping_lines"][0]["id"]), ZERO, shipping))
        restock = any(line.get("restock") for line in refund["lines"])
        amount = to_decimal(refund["amount"])
        text = refund["text"]
        return self._refund(
            channel, key, order, known, amount, lines, text, "refund", restock=restock
        )

    @api.model
    def _refund(
        self, channel, key, order, known, amount, lines, text, kind, *, restock, money=True
    ):
        """Make a refund, or find the one that was made under this key.

        :param dict known: the refund found
        :param list lines: tuples (line's id, quantity, amount with taxes)
        :param str kind: what it is for; ours is told apart by it when it comes back
        :param bool money: whether the gateway is to pay
        """
        pays = bool(money and amount) and self._gateway_refunds(channel, order)
        if known:
            if pays and known.get("refunded_payment") is False:
                raise RetryableError(
                    self.env._("The shop is still busy with refund %(id)s.", id=known["id"])
                )
            return {"refund_ref": str(known["id"])}
        body = {
            "amount": f"{amount:f}",
            "reason": f"{text} ({token_of(key)})".strip(),
            "api_refund": pays,
            "api_restock": bool(restock),
            "meta_data": [{"key": KEY, "value": key}, {"key": KIND, "value": kind}],
            "line_items": [refund_line(order, *line) for line in lines],
        }
        path = f"/orders/{order['id']}/refunds"
        answer = self._call(channel, "POST", path, body=body, accept=(500,))
        if answer.status == 500:
            self._raise_refused(answer)
        made = {"refund_ref": str(answer.json()["id"])}
        if money and amount and not pays:
            self._tell_by_hand(channel, order, amount)
            made["by_hand"] = True
        return made

    @api.model
    def _raise_refused(self, answer):
        """Tell a shop that is broken from one that refuses a refund; both answer 500."""
        try:
            refusal = json.loads(answer.body)
        except ValueError:
            refusal = {}
        if refusal.get("code") == "woocommerce_rest_cannot_create_order_refund":
            raise FinalError(
                self.env._("The shop refuses the refund: %(why)s", why=refusal.get("message"))
            )
        raise RetryableError(self.env._("The shop failed: %(text)s", text=answer.text[:200]))

    @api.model
    def _gateway_refunds(self, channel, order):
        """:return: whether the order's way of payment can give money back by itself"""
        method = order.get("payment_method")
        if not method or not order.get("date_paid_gmt"):
            return False
        answer = self._call(channel, "GET", f"/payment_gateways/{method}", accept=(404,))
        return answer.status == 200 and "refunds" in answer.json().get("method_supports", ())

    @api.model
    def _tell_by_hand(self, channel, order, amount):
        channel._tell_owner(
            self.env._("A refund has to be paid by hand"),
            self.env._(
                "Order %(order)s: pay back %(amount)s %(currency)s, “%(method)s” cannot do it "
                "by itself. The shop has it written down as paid.",
                order=order.get("number") or order["id"],
                amount=f"{amount:f}",
                currency=order["currency"],
                method=order.get("payment_method_title") or order.get("payment_method"),
            ),
        )

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
                answer = self._call(channel, method, path, accept=(401, 403, 404), **options)
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
        """Override of `oms.channel.adapter`: the shop switches a webhook off after failures."""
        self._prepare_channel(channel)
        ours = {hook["topic"]: hook for hook in self._webhooks(channel)}
        secret = channel.sudo().webhook_secret
        made = []
        for topic in TOPICS:
            hook = ours.get(topic)
            if not hook:
                self._call(
                    channel,
                    "POST",
                    "/webhooks",
                    body={
                        "name": f"OMS {topic}",
                        "topic": topic,
                        "delivery_url": channel.webhook_url,
                        "secret": secret,
                        "status": "active",
                    },
                )
                made.append(self.env._("Webhook %(topic)s was missing.", topic=topic))
            elif hook["status"] != "active":
                body = {"status": "active", "secret": secret}
                self._call(channel, "PUT", f"/webhooks/{hook['id']}", body=body)
                made.append(self.env._("Webhook %(topic)s was switched off.", topic=topic))
        return made

    @api.model
    def _remove_webhooks(self, channel):
        """Override of `oms.channel.adapter`"""
        for hook in self._webhooks(channel):
            self._call(channel, "DELETE", f"/webhooks/{hook['id']}", params={"force": "true"})

    @api.model
    def _webhooks(self, channel):
        """:return: the shop's webhooks that come to this channel"""
        found, page = [], 1
        while page:
            params = {"per_page": str(PAGE), "page": str(page)}
            rows = self._call(channel, "GET", "/webhooks", params=params).json()
            found += [hook for hook in rows if hook["delivery_url"] == channel.webhook_url]
            page = page + 1 if len(rows) >= PAGE else 0
        return found
