"""Notifications of Amazon, in any wrapper of AWS services: bytes to dict."""

from odoo.addons.oms_addon.documents.codec import loads
from odoo.addons.oms_addon.documents.values import DocumentError, mismatch


def read_notification(body):
    """Parse a notification from Amazon's queue, in any wrapper of AWS services.

    :param bytes body: the notification; or an SQS record, a list of one, an EventBridge event or
        an SNS message that contains it
    :rtype: dict
    :raise DocumentError: when it contains no notification, or more than one
    """
    told = loads(body)
    for _wrapper in range(4):
        if isinstance(told, list):
            if len(told) != 1:
                message = f"expected one notification, found {len(told)}; set the batch size to 1"
                raise DocumentError(message)
            told = told[0]
        if not isinstance(told, dict):
            raise mismatch("an object", told, "")
        if "NotificationType" in told:
            return told
        inner = next((told[key] for key in ("body", "detail", "Message") if told.get(key)), None)
        if inner is None:
            break
        told = loads(inner) if isinstance(inner, str) else inner
    raise mismatch("a notification with NotificationType", told, "")


def order_of(told):
    """:return: the order id of a notification, or ``None``"""
    ref = _inside(told, "Payload", "OrderChangeNotification").get("AmazonOrderId")
    return str(ref) if ref and isinstance(ref, (str, int)) else None


def id_of(told):
    """:return: Amazon's id of a notification; '' when it has none"""
    ref = _inside(told, "NotificationMetadata").get("NotificationId")
    return str(ref) if ref and isinstance(ref, (str, int)) else ""


def _inside(told, *names):
    """:return: the nested object at a path of keys; an empty one when there is none"""
    for name in names:
        told = told.get(name)
        if not isinstance(told, dict):
            return {}
    return told
