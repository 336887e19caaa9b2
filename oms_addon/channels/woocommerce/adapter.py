"""WooCommerce: its REST API v3 and its webhooks."""

import hashlib

from odoo import api, models

from odoo.addons.oms_addon.channels.oms_channel_adapter import Event
from odoo.addons.oms_addon.documents.channel import OrderRequest
from odoo.addons.oms_addon.documents.codec import loads
from odoo.addons.oms_addon.documents.values import DocumentError
from odoo.addons.oms_addon.exceptions import FinalError
from odoo.addons.oms_addon.tools import signature
from odoo.addons.oms_addon.tools.paging import Pages

from . import oauth1
from .parse_orders import read_order
from .parse_values import (
    DETAILS,
    is_gone,
    read_object,
    read_product,
    ref_of,
    topic_problem,
)

API = "/wp-json/wc/v3"
PAGE = 100


class OmsChannelAdapterWoocommerce(models.AbstractModel):
    _name = "oms.channel.adapter.woocommerce"
    _inherit = "oms.channel.adapter"
    _description = "WooCommerce"

    _icon = "fa-wordpress"
    _can_fetch = True
    _can_register = True
    _can_fetch_listings = True
    _variants_inherit = True
    _can_fetch_taxes = True
    _can_push_shipment = True
    _can_push_tracking = True
    _can_push_cancellation = True
    _can_push_refund = True
    _can_push_stock = True
    _can_push_price = True
    _compare_size = 50
    _signs_bodies_only = True
    _charges_are_totals = True
    _tells_all_refunds = True
    _payment_terms = {
        "cod": "cod",
        "bacs": "transfer",
        "cheque": "transfer",
    }
    _credentials = ("base_url", "api_key", "api_secret", "webhook_secret")
    _required_credentials = ("base_url", "api_key", "api_secret")
    _credential_labels = {"api_key": "Consumer key", "api_secret": "Consumer secret"}
    _batch_sizes = {"stock": PAGE, "price": PAGE}
    # Stores have no rate limit; this is what a small host can handle.
    _rate_limits = {"default": (5.0, 100.0)}

    @api.model
    def _verify(self, channel, headers, body, now):
        """Override of `oms.channel.adapter`: base64 of HMAC-SHA256 over the raw body."""
        problem = signature.base64_problem(
            channel.sudo().webhook_secret, headers.get("X-WC-Webhook-Signature", ""), body
        )
        return problem or topic_problem(headers.get("X-WC-Webhook-Topic") or "order.updated", body)

    @api.model
    def _is_ping(self, channel, headers, body):
        """Override of `oms.channel.adapter`: a new webhook sends only its id."""
        return not headers.get("X-WC-Webhook-Topic") and body.startswith(b"webhook_id=")

    @api.model
    def _identify(self, channel, headers, body):
        """Override of `oms.channel.adapter`: an event is the content of a delivery.

        A delivery's id is not signed, and only made of the webhook and the second. Orders contain
        their time of change; a product may have an earlier content again, an order be deleted
        again: the same content in another minute is another event.
        """
        topic = headers.get("X-WC-Webhook-Topic") or "order.updated"
        event_ref, order_ref = self._describe(topic, body)
        if not topic.startswith("order.") or topic == "order.deleted":
            event_ref = f"{event_ref}:{self._minute()}"
        return Event(topic, event_ref, body, order_ref)

    @api.model
    def _describe(self, topic, payload):
        """Override of `oms.channel.adapter`: an event is one state of an order."""
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
        """Override of `oms.channel.adapter`: an order or a product, in the API's format."""
        resource, _dot, event = topic.partition(".")
        if is_gone(loads(payload)):
            # The id is missing: the reconciliation finds the deleted order.
            return None
        if resource == "product":
            return read_product(read_object(payload), event)
        if not resource.startswith("order"):
            return None
        data = read_object(payload)
        ref = ref_of(data)
        if event == "deleted" or data.get("refunds") and DETAILS not in data:
            # An id alone, or the sums of refunds, are not enough to update the order.
            return OrderRequest(order_ref=ref)
        return read_order(data, ref, channel._postpaid_methods())

    # === CALLS === #

    @api.model
    def _call(self, channel, method, path, *, params=None, headers=None, **options):
        """Override of `oms.channel.adapter`: the keys as Basic authentication; over plain HTTP,
        where they would be readable, OAuth signatures instead.
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
        """Override of `oms.channel.adapter`: add the path of the API."""
        return super()._base_url(channel).partition("/wp-json")[0] + API

    @api.model
    def _all(self, channel, path, *, is_open=False, **params):
        """Fetch all pages of a list.

        :param bool is_open: whether missing rows have no consequences: without a page count, the
            list then ends with an empty page instead of an error
        :return: the rows
        """
        found, page, pages = [], 1, Pages()
        while page:
            query = {"per_page": str(PAGE), **params, "page": str(page)}
            answer = self._call(channel, "GET", path, params=query)
            rows = answer.json()
            found += rows
            has_next = (
                self._is_page_left(answer, page, rows) if is_open else self._has_next(answer, page)
            )
            page = page + 1 if has_next else 0
            if page:
                self._turn(channel, pages, answer.body, answer.body)
        return found

    @api.model
    def _has_next(self, answer, page):
        """:return: whether there is a next page, by the page count: plugins shorten pages
        :raise FinalError: when the page count is missing
        """
        pages = self._extract_count(answer, "X-WP-TotalPages")
        if pages is None:
            raise FinalError(
                self.env._(
                    "The store's response lacks the number of pages, so the list was ignored. "
                    "Let the header X-WP-TotalPages pass through the proxy, cache or security "
                    "plugin of the store."
                )
            )
        return page < pages

    @api.model
    def _is_page_left(self, answer, page, rows):
        """:return: as ``_has_next``; without a page count, an empty page is the last one"""
        pages = self._extract_count(answer, "X-WP-TotalPages")
        return bool(rows) if pages is None else page < pages

    @api.model
    def _extract_count(self, answer, header):
        """:return: an integer in a header, ``None`` when it is missing or invalid"""
        reported = answer.headers.get(header) or ""
        return (
            int(reported)
            if reported.isascii() and reported.isdigit() and len(reported) < 10
            else None
        )
