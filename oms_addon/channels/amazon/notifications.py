"""Amazon: notifications, forwarded from a queue in the seller's AWS account."""

import hashlib
import hmac

from odoo import api, models

from odoo.addons.oms_addon.channels.oms_channel_adapter import Event
from odoo.addons.oms_addon.documents.values import DocumentError
from odoo.addons.oms_addon.tools import signature
from odoo.addons.oms_addon.tools.paths import segment

from .parse_notifications import id_of, order_of, read_notification
from .values import NOTIFICATION

KEY_HEADER = "X-Oms-Key"
NOTIFICATIONS_SCOPE = "sellingpartnerapi::notifications"


class OmsChannelAdapterAmazon(models.AbstractModel):
    _inherit = "oms.channel.adapter.amazon"

    @api.model
    def _verify(self, channel, headers, body, now):
        """Override of `oms.channel.adapter`: compare the key sent by the seller's AWS account."""
        if not (channel.sudo().api_secret or "").strip():
            return signature.NO_SECRET
        if hmac.compare_digest(
            headers.get(KEY_HEADER, "").encode(), self._get_webhook_key(channel).encode()
        ):
            return ""
        return self.env._("The header %(header)s is missing or wrong.", header=KEY_HEADER)

    @api.model
    def _get_webhook_key(self, channel):
        """:return: the key that authenticates notifications from the seller's AWS account"""
        secret = channel.sudo().api_secret or ""
        return hmac.new(secret.encode(), channel.token.encode(), hashlib.sha256).hexdigest()

    @api.model
    def _identify(self, channel, headers, body):
        """Override of `oms.channel.adapter`: by Amazon's id of the notification."""
        try:
            reported = read_notification(body)
        except DocumentError:
            return Event("notification", f"unread:{hashlib.sha256(body).hexdigest()}", body)
        ref = id_of(reported) or hashlib.sha256(body).hexdigest()
        # A notification is not an order or a refund itself: never use their topics for it.
        is_known = reported.get("NotificationType") == NOTIFICATION
        topic = NOTIFICATION if is_known else "notification"
        return Event(topic, f"sqs:{ref}", body, order_of(reported))

    @api.model
    def _ensure_webhooks(self, channel):
        """Override of `oms.channel.adapter`: subscribe the account's queue to order changes.

        Amazon sends them to an SQS queue only. A pipe in the seller's AWS account forwards them
        to Odoo; see docs/channels/amazon.md.
        """
        queue = self._account(channel)["queue"]
        if not queue:
            return None
        destination, made = self._destination(channel, queue), []
        path = f"/notifications/v1/subscriptions/{NOTIFICATION}"
        answer = self._send_request(channel, "notifications", "GET", path, accept=(404,))
        there = answer.json().get("payload") or {} if answer.status == 200 else {}
        if there.get("destinationId") == destination:
            return []
        if there:
            self._delete_subscription(channel, there["subscriptionId"])
        body = {
            "payloadVersion": "1.0",
            "destinationId": destination,
            "processingDirective": {
                "eventFilter": {
                    "eventFilterType": NOTIFICATION,
                    "orderChangeTypes": ["OrderStatusChange", "BuyerRequestedChange"],
                }
            },
        }
        self._send_request(channel, "notifications", "POST", path, body=body)
        made.append(self.env._("Order changes are sent to %(queue)s.", queue=queue))
        return made

    @api.model
    def _destination(self, channel, queue):
        """:return: Amazon's id of the queue, which is registered if needed"""
        path = "/notifications/v1/destinations"
        scope = NOTIFICATIONS_SCOPE
        reported = self._send_request(channel, "notifications", "GET", path, scope=scope).json()
        for destination in reported.get("payload") or ():
            if (destination["resource"].get("sqs") or {}).get("arn") == queue:
                return destination["destinationId"]
        name = f"oms-{hashlib.sha256(queue.encode()).hexdigest()[:12]}"
        body = {"name": name, "resourceSpecification": {"sqs": {"arn": queue}}}
        reported = self._send_request(
            channel, "notifications", "POST", path, scope=scope, body=body
        ).json()
        return reported["payload"]["destinationId"]

    @api.model
    def _remove_webhooks(self, channel):
        """Override of `oms.channel.adapter`"""
        if not self._account(channel)["queue"]:
            return
        path = f"/notifications/v1/subscriptions/{NOTIFICATION}"
        answer = self._send_request(channel, "notifications", "GET", path, accept=(404,))
        there = answer.json().get("payload") or {} if answer.status == 200 else {}
        if there:
            self._delete_subscription(channel, there["subscriptionId"])

    @api.model
    def _delete_subscription(self, channel, subscription):
        path = f"/notifications/v1/subscriptions/{NOTIFICATION}/{segment(subscription)}"
        scope = NOTIFICATIONS_SCOPE
        self._send_request(channel, "notifications", "DELETE", path, scope=scope, accept=(404,))
