"""Marketplaces, and the operations of the API with their rate limits."""

import re

#: marketplace: site, currency, whether prices exclude tax
MARKETS = {
    "A1PA6795UKMFR9": ("Amazon.de", "EUR", False),
    "A1F83G8C2ARO7P": ("Amazon.co.uk", "GBP", False),
    "A13V1IB3VIYZZH": ("Amazon.fr", "EUR", False),
    "ATVPDKIKX0DER": ("Amazon.com", "USD", True),
    "A1VC38T7YXB528": ("Amazon.co.jp", "JPY", False),
}
#: operation: method, path, calls per second, burst
OPERATIONS = {
    "searchOrders": ("GET", "/orders/2026-01-01/orders", 0.0056, 20),
    "getOrder": ("GET", "/orders/2026-01-01/orders/{orderId}", 0.5, 30),
    "getOrders_v0": ("GET", "/orders/v0/orders", 0.0167, 20),
    "getOrder_v0": ("GET", "/orders/v0/orders/{orderId}", 0.5, 30),
    "getOrderItems": ("GET", "/orders/v0/orders/{orderId}/orderItems", 0.5, 30),
    "confirmShipment": ("POST", "/orders/v0/orders/{orderId}/shipmentConfirmation", 2, 10),
    "createRestrictedDataToken": ("POST", "/tokens/2021-03-01/restrictedDataToken", 1, 10),
    "searchListingsItems": ("GET", "/listings/2021-08-01/items/{sellerId}", 5, 5),
    "patchListingsItem": ("PATCH", "/listings/2021-08-01/items/{sellerId}/{sku}", 5, 5),
    "createFeedDocument": ("POST", "/feeds/2021-06-30/documents", 0.5, 15),
    "createFeed": ("POST", "/feeds/2021-06-30/feeds", 0.0083, 15),
    "getFeeds": ("GET", "/feeds/2021-06-30/feeds", 0.0222, 10),
    "getFeed": ("GET", "/feeds/2021-06-30/feeds/{feedId}", 2, 15),
    "getFeedDocument": ("GET", "/feeds/2021-06-30/documents/{feedDocumentId}", 0.0222, 10),
    "createReport": ("POST", "/reports/2021-06-30/reports", 0.0167, 15),
    "getReport": ("GET", "/reports/2021-06-30/reports/{reportId}", 2, 15),
    "getReportDocument": ("GET", "/reports/2021-06-30/documents/{reportDocumentId}", 0.0167, 15),
    "listTransactions": ("GET", "/finances/2024-06-19/transactions", 0.5, 10),
    "getSubscription": ("GET", "/notifications/v1/subscriptions/{notificationType}", 1, 5),
    "createSubscription": ("POST", "/notifications/v1/subscriptions/{notificationType}", 1, 5),
    "deleteSubscriptionById": (
        "DELETE",
        "/notifications/v1/subscriptions/{notificationType}/{subscriptionId}",
        1,
        5,
    ),
    "getDestinations": ("GET", "/notifications/v1/destinations", 1, 5),
    "createDestination": ("POST", "/notifications/v1/destinations", 1, 5),
}
GRANTLESS = {"getDestinations", "createDestination", "deleteSubscriptionById"}
PATTERNS = [
    (name, method, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)))
    for name, (method, path, _rate, _burst) in OPERATIONS.items()
]
