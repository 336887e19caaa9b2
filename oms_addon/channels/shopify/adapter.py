"""Shopify: capabilities, verification and parsing of messages, and GraphQL calls."""

import hashlib
from datetime import datetime, timedelta, timezone

from odoo import api, models

from odoo.addons.oms_addon.channels.oms_channel_adapter import Event
from odoo.addons.oms_addon.channels.shopify import parse_topics
from odoo.addons.oms_addon.documents.codec import loads
from odoo.addons.oms_addon.documents.order import DocumentError
from odoo.addons.oms_addon.exceptions import (
    CredentialsError,
    FinalError,
    RateLimited,
    RetryableError,
)
from odoo.addons.oms_addon.tools import signature
from odoo.addons.oms_addon.tools.paging import Pages

from . import parse_documents as documents

API_VERSION = "2026-07"
# Shopify retries for four hours and has been hours late in outages; an older message may be a
# replay attack, and its content was fetched by a poll before.
MAX_AGE = timedelta(days=2)


class TooCostly(FinalError):
    """The query exceeds Shopify's maximum cost: fetch less per query."""


class OmsChannelAdapterShopify(models.AbstractModel):
    _name = "oms.channel.adapter.shopify"
    _inherit = "oms.channel.adapter"
    _description = "Shopify"

    _icon = "fa-shopping-bag"
    _hosts = ("*.myshopify.com",)
    _can_fetch = True
    _can_register = True
    _can_fetch_listings = True
    _can_fetch_locations = True
    _can_fetch_taxes = True
    _can_push_shipment = True
    _can_push_tracking = True
    _can_push_cancellation = True
    _can_notify_cancellation = True
    _can_push_refund = True
    _can_push_stock = True
    _can_push_price = True
    _compare_size = 50
    _signs_bodies_only = True
    _payment_terms = {
        "Cash on Delivery (COD)": "cod",
        "Bank Deposit": "transfer",
        "Money Order": "transfer",
        "manual": "transfer",
        "payment_terms": "terms",
    }
    _credentials = ("base_url", "api_key", "webhook_secret")
    _required_credentials = _credentials
    _credential_labels = {
        "base_url": "Store (myshop.myshopify.com)",
        "api_key": "Admin API Access Token",
        "webhook_secret": "Client Secret of the App",
    }
    _batch_sizes = {"stock": 250, "price": 100}
    # Limits of the smallest plans; responses contain the store's actual limits.
    _rate_limits = {"default": (100.0, 2000.0), "download": (5.0, 10.0)}

    @api.model
    def _verify(self, channel, headers, body, now):
        """Override of `oms.channel.adapter`: HMAC-SHA256 over the raw body, in base64."""
        problem = signature.base64_problem(
            channel.sudo().webhook_secret, headers.get("X-Shopify-Hmac-Sha256", ""), body
        )
        return (
            problem
            or self._age_problem(headers.get("X-Shopify-Triggered-At", ""), now)
            or parse_topics.topic_problem(headers.get("X-Shopify-Topic", ""), body)
            or self._shop_problem(channel, headers.get("X-Shopify-Shop-Domain", ""), body)
        )

    @api.model
    def _shop_problem(self, channel, reported, body):
        """Check that a message is from the channel's store: an app has one secret for all stores
        where it is installed.

        :param str reported: the store in the headers, which are not signed
        :return: why the message is refused; '' when it is from the channel's store
        """
        own = self._parse_address(channel.base_url).host if channel.base_url else ""
        if own and not self._has_host(own):
            return ""  # a trusted host that is not Shopify's
        for domain in {reported.lower(), parse_topics.shop_of(body) or reported.lower()}:
            if not own or domain != own:
                return self.env._(
                    "The message is from store %(domain)s, but the channel is connected to "
                    "%(own)s.",
                    domain=domain or "-",
                    own=own or "-",
                )
        return ""

    @api.model
    def _age_problem(self, triggered_at, now):
        """:return: why the time of a message is refused; '' when it is valid"""
        try:
            made_at = datetime.fromisoformat(triggered_at[:19]).replace(tzinfo=timezone.utc)
        except ValueError:
            return "The header X-Shopify-Triggered-At is missing or not a valid time"
        now = now if now.tzinfo else now.replace(tzinfo=timezone.utc)
        return "" if abs(now - made_at) <= MAX_AGE else "The message is more than two days old"

    @api.model
    def _identify(self, channel, headers, body):
        """Override of `oms.channel.adapter`: an event is a body of a topic; without a time in the
        body, the same body in another minute is another event.
        """
        topic = headers.get("X-Shopify-Topic") or "orders/updated"
        event_ref, order_ref = self._describe(topic, body)
        if not parse_topics.has_time(topic):
            event_ref = f"{event_ref}:{self._minute()}"
        return Event(topic, event_ref, body, order_ref)

    @api.model
    def _describe(self, topic, payload):
        """Override of `oms.channel.adapter`: identified by its content."""
        ref = f"{topic}:{hashlib.sha256(payload).hexdigest()[:32]}"
        try:
            return ref, parse_topics.order_ref_of(topic, loads(payload))
        except (DocumentError, AttributeError):
            return ref, None

    @api.model
    def _parse(self, channel, topic, payload):
        """Override of `oms.channel.adapter`."""
        return documents.parse(topic, payload)

    # === CALLS === #

    @api.model
    def _graphql(self, channel, query, variables=None, cost=10.0):
        """Run a query or mutation.

        :param float cost: its estimated cost; the actual cost is in the response
        :return: the data
        :raise RateLimited: when too few points are left
        :raise TooCostly: when it exceeds the maximum cost of a query
        """
        answer = self._call(
            channel,
            "POST",
            f"/admin/api/{API_VERSION}/graphql.json",
            body={"query": query, "variables": variables or {}},
            headers={"X-Shopify-Access-Token": channel.sudo().api_key or ""},
            cost=cost,
        ).json()
        if not isinstance(answer, dict) or not answer.keys() & {"data", "errors"}:
            raise RetryableError(
                self.env._(
                    "The response does not come from Shopify's API. Check the store address."
                )
            )
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
        errors = answer.get("errors")
        if errors and not (answer.get("data") and self._are_left_out(errors)):
            self._raise(errors, spent)
        return answer["data"]

    @api.model
    def _are_left_out(self, errors):
        """:return: whether the only errors are that the app may not read the orders' payment terms:
        the orders are used without them
        """
        return isinstance(errors, list) and all(
            (error.get("extensions") or {}).get("code") == "ACCESS_DENIED"
            and (error.get("path") or [""])[-1] == "paymentTerms"
            for error in errors
        )

    @api.model
    def _raise(self, errors, spent):
        """Raise the exception for the errors in a response."""
        errors = errors if isinstance(errors, list) else [{"message": str(errors)}]
        codes = {(error.get("extensions") or {}).get("code") for error in errors}
        words = "; ".join(dict.fromkeys(str(error.get("message")) for error in errors))
        if "THROTTLED" in codes:
            status = spent.get("throttleStatus") or {}
            lacking = (spent.get("requestedQueryCost") or 0) - status.get("currentlyAvailable", 0)
            seconds = float(lacking) / float(status.get("restoreRate") or 100)
            raise RateLimited(
                self.env._("Shopify's rate limit is reached."), seconds=max(seconds, 1.0)
            )
        if "MAX_COST_EXCEEDED" in codes:
            raise TooCostly(self.env._("Shopify rejected the request as too large: %s", words))
        if "SHOP_INACTIVE" in codes:
            raise CredentialsError(self.env._("The store is not active on Shopify: %s", words))
        if codes & {"INTERNAL_SERVER_ERROR", "TIMEOUT"}:
            raise RetryableError(self.env._("Shopify reported a server error: %s", words))
        if "ACCESS_DENIED" in codes:
            raise FinalError(
                self.env._(
                    "Shopify denied the app access: %s Add the missing scope to the app.", words
                )
            )
        raise FinalError(self.env._("Shopify did not accept the request: %s", words))

    @api.model
    def _refuse(self, errors):
        """:raise FinalError: when Shopify accepted a mutation, but returned user errors"""
        if errors:
            words = "; ".join(dict.fromkeys(error["message"] for error in errors))
            raise FinalError(self.env._("Shopify rejected the request: %s", words))

    @api.model
    def _rest(self, channel, query, of, extract, page=None):
        """Fetch the remaining pages of a list.

        :param str of: the id of the record with the list
        :param extract: function that returns the list in a response
        :param dict page: the first page; ``None`` to start with it
        :return: the nodes of the other pages
        """
        found, pages = [], Pages()
        while page is None or page["pageInfo"]["hasNextPage"]:
            after = page and page["pageInfo"]["endCursor"]
            self._turn(channel, pages, after)
            page = extract(self._graphql(channel, query, {"id": of, "after": after}, 100.0))
            found += page["nodes"]
        if page:
            page["pageInfo"] = {"hasNextPage": False, "endCursor": None}
        return found
