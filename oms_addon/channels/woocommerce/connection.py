"""WooCommerce: connection test and webhooks."""

import hashlib
import secrets

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.oms_addon.tools import http, sentences
from odoo.addons.oms_addon.tools.connection_errors import (
    describe_page,
    describe_redirect,
    firewall_of,
    is_login,
)
from odoo.addons.oms_addon.tools.error_messages import error_message_of
from odoo.addons.oms_addon.tools.json_answer import read_json
from odoo.addons.oms_addon.tools.paths import segment

#: response statuses that reveal a problem of the connection
SAID = (301, 302, 303, 307, 308, 401, 403, 404)
#: text that identifies a page of WordPress
WORDPRESS_MARKS = ("/wp-content/", "/wp-includes/", 'content="wordpress')
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
    _inherit = "oms.channel.adapter.woocommerce"

    @api.model
    def _test_connection(self, channel):
        """Override of `oms.channel.adapter`: test to read orders, and to write without effect."""
        channel_sudo = channel.sudo()
        if not (channel_sudo.base_url and channel_sudo.api_key and channel_sudo.api_secret):
            return self.env._(
                "Fill in the store address, the consumer key and the consumer secret."
            )
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
            return str(error)
        return ""

    @api.model
    def _connection_problem(self, answer):
        """:return: the problem in a response, for people; '' when there is none"""
        reported = read_json(answer.body)
        message = error_message_of(answer.body)
        if 300 <= answer.status < 400:
            return describe_redirect(answer.url, http.location_of(answer))
        is_page = http.is_page_alone(answer)
        if firewall_of(answer) or answer.status != 404 and is_page and not self._is_home(answer):
            return describe_page(answer, answer.url)
        if answer.status == 404 and not message or is_page:
            return self.env._(
                "There is no REST API at this address. Enter the address of WordPress, and set "
                "Settings → Permalinks in WordPress to anything but “Plain”."
            )
        if answer.status == 404:
            return self.env._(
                "WordPress responds, but WooCommerce does not. Check that WooCommerce is active."
            )
        if answer.status in (401, 403) and "write permission" in message:
            return self.env._(
                "The key is read-only. Set its permissions to Read/Write in WooCommerce → "
                "Settings → Advanced → REST API."
            )
        if answer.status in (401, 403):
            return self.env._(
                "The store rejected the keys: %(why)s Create a key for an administrator with "
                "Read/Write permissions, and copy both parts.",
                why=sentences.join([message or str(answer.status)]),
            )
        if reported is None:
            return self.env._("The server at this address is not a WooCommerce store.")
        return ""

    @api.model
    def _is_home(self, answer):
        """:return: whether the response is WordPress' home page, which it sends for any address
        with plain permalinks
        """
        text = answer.body.decode("utf-8", "replace").lower()
        is_wordpress = any(mark in text for mark in WORDPRESS_MARKS)
        return answer.status == 200 and is_wordpress and not is_login(text)

    @api.model
    def _prepare_channel(self, channel):
        """Override of `oms.channel.adapter`: create the secret that webhooks are signed with."""
        channel_sudo = channel.sudo()
        if not channel_sudo.webhook_secret:
            channel_sudo.webhook_secret = secrets.token_urlsafe(32)

    @api.model
    def _ensure_webhooks(self, channel):
        """Override of `oms.channel.adapter`: the store disables webhooks after failures, and does
        not return their secret: the webhook's name identifies it.
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
                self._call(channel, "PUT", f"/webhooks/{segment(hook['id'])}", body=values)
                made.append(self.env._("Webhook %(topic)s was disabled.", topic=topic))
            elif hook["name"] != values["name"]:
                self._call(channel, "PUT", f"/webhooks/{segment(hook['id'])}", body=values)
                made.append(self.env._("Webhook %(topic)s had a different secret.", topic=topic))
        return made

    @api.model
    def _remove_webhooks(self, channel):
        """Override of `oms.channel.adapter`"""
        for hook in self._webhooks(channel):
            self._call(
                channel, "DELETE", f"/webhooks/{segment(hook['id'])}", params={"force": "true"}
            )

    @api.model
    def _webhooks(self, channel):
        """:return: the store's webhooks for this channel"""
        hooks = self._all(channel, "/webhooks")
        return [hook for hook in hooks if hook["delivery_url"] == channel.webhook_url]
