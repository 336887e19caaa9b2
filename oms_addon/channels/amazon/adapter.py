"""Amazon (Selling Partner API): capabilities, and parsing of messages."""

import hashlib

from odoo import api, models

from odoo.addons.oms_addon.documents.order import OrderRequest
from odoo.addons.oms_addon.documents.values import DocumentError, mismatch

from .parse_notifications import order_of, read_notification
from .parse_orders import read_object, read_order, unwrap
from .parse_refunds import order_of_transaction, read_refund
from .values import NOTIFICATION, REFUNDS


class OmsChannelAdapterAmazon(models.AbstractModel):
    """A seller account on Amazon's marketplaces of one region.

    Orders are fetched in version 2026-01-01 of the Orders API, or in version 0 where the account
    has no access to it. Setup: docs/channels/amazon.md.
    """

    _name = "oms.channel.adapter.amazon"
    _inherit = "oms.channel.adapter"
    _description = "Amazon"

    _icon = "fa-amazon"
    _can_fetch = True
    _can_register = True
    _can_fetch_listings = True
    _can_fetch_locations = True
    _payment_terms = {
        "COD": "cod",
        "CVS": "prepaid",
        "ConvenienceStore": "prepaid",
        "Invoice": "prepaid",
        "Other": "prepaid",
    }
    _tells_remainder = True
    _has_refund_ledger = True
    _credentials = ("base_url", "account_ref", "api_key", "api_secret", "webhook_secret")
    _required_credentials = ("account_ref", "api_key", "api_secret", "webhook_secret")
    _credential_labels = {
        "base_url": "Endpoint (leave empty for the default of the region)",
        "account_ref": "Seller ID@marketplace ID[,marketplace ID…] [ARN of an SQS queue]",
        "api_key": "LWA Client ID",
        "api_secret": "LWA Client Secret",
        "webhook_secret": "LWA Refresh Token",
    }
    _rate_limits = {
        "default": (1.0, 5.0),
        "lwa": (1.0, 10.0),
        "tokens": (1.0, 10.0),
        "storage": (10.0, 20.0),
        "searchOrders": (0.0056, 20.0),
        "getOrder": (0.5, 30.0),
        "getOrders_v0": (0.0167, 20.0),
        "getOrder_v0": (0.5, 30.0),
        "getOrderItems_v0": (0.5, 30.0),
        "confirmShipment": (2.0, 10.0),
        "getListingsItem": (5.0, 10.0),
        "searchListingsItems": (5.0, 5.0),
        "patchListingsItem": (5.0, 5.0),
        "createFeedDocument": (0.5, 15.0),
        "createFeed": (0.0083, 15.0),
        "getFeed": (2.0, 15.0),
        "getFeeds": (0.0222, 10.0),
        "getFeedDocument": (0.0222, 10.0),
        "createReport": (0.0167, 15.0),
        "getReport": (2.0, 15.0),
        "getReportDocument": (0.0167, 15.0),
        "notifications": (1.0, 5.0),
        "listTransactions": (0.5, 10.0),
    }

    @api.model
    def _describe(self, topic, payload):
        """Override of `oms.channel.adapter`: the event is one state of an order, or a refund."""
        try:
            data = unwrap(read_object(payload))
        except DocumentError:
            return f"unread:{hashlib.sha256(payload).hexdigest()}", None
        if transaction := data.get("transactionId"):
            return f"refund:{transaction}", order_of_transaction(data)
        ref = data.get("AmazonOrderId") or data.get("orderId")
        return f"{topic}:{hashlib.sha256(payload).hexdigest()}", str(ref) if ref else None

    @api.model
    def _parse(self, channel, topic, payload):
        """Override of `oms.channel.adapter`: an order of either version, a notification about an
        order, or a transaction.
        """
        if topic == REFUNDS:
            return read_refund(payload)
        if topic.startswith("order"):
            return read_order(payload)
        reported = read_notification(payload)
        if reported.get("NotificationType") != NOTIFICATION:
            return None
        if not (ref := order_of(reported)):
            raise mismatch("the id of an order", reported.get("Payload"), "Payload.AmazonOrderId")
        return OrderRequest(order_ref=ref)
