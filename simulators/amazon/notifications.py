"""Destinations, subscriptions, and notifications sent to them."""

import json

from ..base import Delivery, Response
from .feeds import error


class NotificationsMixin:
    """Destinations, subscriptions, and notifications sent to them."""

    def op_getDestinations(self, request):
        return Response(200, {"payload": list(self.destinations.values())})

    def op_createDestination(self, request):
        told = request.json()
        ref = f"dest-{len(self.destinations) + 1}"
        resource = told["resourceSpecification"]
        self.destinations[ref] = {"destinationId": ref, "name": told["name"], "resource": resource}
        return Response(200, {"payload": self.destinations[ref]})

    def op_getSubscription(self, request, notificationType):
        if notificationType not in self.subscriptions:
            raise error(404, "NotFound", "There is no subscription.")
        return Response(200, {"payload": self.subscriptions[notificationType]})

    def op_createSubscription(self, request, notificationType):
        told = request.json()
        if notificationType in self.subscriptions:
            raise error(409, "Conflict", "There is a subscription already.")
        if told["destinationId"] not in self.destinations:
            raise error(400, "InvalidInput", "There is no such destination.")
        self.subscriptions[notificationType] = {
            "subscriptionId": f"sub-{len(self.subscriptions) + 1}",
            "payloadVersion": told["payloadVersion"],
            "destinationId": told["destinationId"],
        }
        return Response(200, {"payload": self.subscriptions[notificationType]})

    def op_deleteSubscriptionById(self, request, notificationType, subscriptionId):
        if self.subscriptions.get(notificationType, {}).get("subscriptionId") != subscriptionId:
            raise error(404, "NotFound", "There is no subscription.")
        del self.subscriptions[notificationType]
        return Response(200, {})

    def webhook_address(self, topic):
        return self.pipe[0]

    def _notify(self, order, kind="OrderStatusChange"):
        """Send a notification as a pipe forwards it from the queue."""
        if "ORDER_CHANGE" not in self.subscriptions:
            return
        ref = f"n-{self.random.getrandbits(64):016x}"
        change = {
            "NotificationLevel": "OrderLevel",
            "SellerId": self.seller,
            "AmazonOrderId": order.ref,
            "OrderChangeType": kind,
            "Summary": {"MarketplaceId": order.market, "OrderStatus": order.status},
        }
        body = {
            "NotificationVersion": "1.0",
            "NotificationType": "ORDER_CHANGE",
            "PayloadVersion": "1.0",
            "EventTime": self._clock(),
            "Payload": {"OrderChangeNotification": change},
            "NotificationMetadata": {"NotificationId": ref, "PublishTime": self._clock()},
        }
        record = {"messageId": f"m-{ref}", "body": json.dumps(body), "eventSource": "aws:sqs"}
        headers = {"Content-Type": "application/json", "X-Oms-Key": self.pipe[1]}
        self.deliveries.append(
            Delivery("ORDER_CHANGE", headers, json.dumps([record]).encode(), order.ref)
        )
