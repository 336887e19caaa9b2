"""Shopify: connection test and webhooks."""

import contextlib

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.oms_addon.exceptions import CredentialsError
from odoo.addons.oms_addon.tools.paging import Pages

from . import queries
from .parse_values import gid

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


class OmsChannelAdapterShopify(models.AbstractModel):
    _inherit = "oms.channel.adapter.shopify"

    @api.model
    def _confirm(self, channel, document):
        """Override of `oms.channel.adapter`: the app is removed when its calls are rejected, a
        customer is erased when the e-mail address is gone.
        """
        if document.kind in ("disconnected", "erase_shop"):
            with contextlib.suppress(CredentialsError):
                self._graphql(channel, queries.WHO)
                return self.env._(
                    "The store still responds, so the app was not removed. Nothing was changed."
                )
        elif not document.customer_ref:
            return self.env._(
                "Shopify sent no customer to check. Erase the customer in Odoo manually if the "
                "request is legitimate."
            )
        else:
            ids = [gid("Customer", document.customer_ref)]
            [customer] = self._graphql(channel, queries.CUSTOMER, {"ids": ids})["nodes"]
            if customer and customer["defaultEmailAddress"]:
                return self.env._(
                    "Customer %(customer)s still has an email address in Shopify. Erase the "
                    "customer in Odoo manually if the request is legitimate.",
                    customer=document.customer_ref,
                )
        return ""

    @api.model
    def _test_connection(self, channel):
        """Override of `oms.channel.adapter`: one query, and missing scopes."""
        channel_sudo = channel.sudo()
        if not all(channel_sudo[name] for name in self._required_credentials):
            return self.env._(
                "Fill in the store address, the Admin API access token and the client secret of "
                "the app."
            )
        try:
            data = self._graphql(channel, queries.WHO)
        except UserError as error:
            return self.env._("Shopify cannot be reached: %(why)s", why=str(error))
        scopes = {s["handle"] for s in data["currentAppInstallation"]["accessScopes"]}
        # Write scopes include reading.
        scopes |= {s.replace("write_", "read_", 1) for s in scopes if s.startswith("write_")}
        missing = [scope for scope in SCOPES if scope not in scopes]
        if missing:
            return self.env._(
                "The app lacks permissions. Add these scopes in Shopify and install the app "
                "again: %(scopes)s",
                scopes=", ".join(missing),
            )
        return ""

    @api.model
    def _ensure_webhooks(self, channel):
        """Override of `oms.channel.adapter`: one webhook subscription for each topic.

        Subscriptions of the same app to other systems are not changed.
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
                sentences.append(
                    self.env._(
                        "The webhook %(topic)s was registered again in Shopify.", topic=topic
                    )
                )
        return sentences

    @api.model
    def _remove_webhooks(self, channel):
        """Override of `oms.channel.adapter`."""
        for subscription in self._subscriptions(channel):
            self._unsubscribe(channel, subscription)

    @api.model
    def _subscriptions(self, channel):
        """:return: the app's subscriptions for this channel, at the current or a former address"""
        found, page, pages = [], {"pageInfo": {"hasNextPage": True, "endCursor": None}}, Pages()
        while page["pageInfo"]["hasNextPage"]:
            self._turn(channel, pages, page["pageInfo"]["endCursor"])
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
