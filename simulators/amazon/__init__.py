"""Amazon's Selling Partner API, simulated: orders in both versions, feeds, reports, limits."""

import json
import re
import time
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from urllib.parse import parse_qsl, unquote

from ..base import Delivery, Response, Simulator
from .feeds import FeedsMixin, error
from .finances import FinancesMixin
from .models import Models
from .orders import Item, Order
from .tokens import read_token, write_token

#: marketplace: site, currency, whether tax comes on top of prices
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


class AmazonSimulator(FeedsMixin, FinancesMixin, Simulator):
    """A seller account.

    :param str market: where orders are placed
    :param str currency: of orders, when it is not the marketplace's
    :param models: the folder of Amazon's models; every call is held against them
    :param float rate_factor: how much more than the published limits the account may
    """

    code = "amazon"
    topics = ()
    lacks = frozenset({"webhooks", "edit", "address", "compare_and_set", "reopen", "exchange"})
    adds_to_shipped = False

    def __init__(
        self, port=0, seed=1, market="A1PA6795UKMFR9", currency="", models=None, rate_factor=1000.0
    ):
        super().__init__(port, seed)
        # Amazon's clock is the world's: windows are asked for by it.
        now = datetime.now(timezone.utc).replace(microsecond=0)
        self.now = now - timedelta(hours=2)
        self.market, self.site = market, MARKETS[market][0]
        self.currency = currency or MARKETS[market][1]
        self.tax_added = MARKETS[market][2]
        self.models = Models(models)
        #: what was wrong with calls and answers, by the models
        self.violations = []
        self.rate_factor = rate_factor
        self.buckets = {}
        self.seller = "A2SIMSELLER01"
        self.client = {"api_key": "amzn1.application-oa2-client.sim", "api_secret": "amzn-secret"}
        self.refresh_token = "Atzr|simulated"
        #: what the account may: "2026" (the new Orders API), "personal" (who bought),
        #: "orders", "listings", "finance" (transactions)
        self.roles = {"2026", "personal", "orders", "listings", "finance"}
        self.tokens = {}
        self.shop, self.listings = {}, {}
        self.destinations, self.subscriptions = {}, {}
        #: where the pipe of the seller's AWS account posts to, and the key it sends along
        self.pipe = ("", "")
        self._init_feeds()
        self._init_finances()

    # === THE SERVER === #

    def _clock(self):
        return f"{self.now:%Y-%m-%dT%H:%M:%SZ}"

    def handle(self, request):
        if request.path == "/auth/o2/token":
            return self._login(request)
        if request.path.startswith("/storage/"):
            return self._storage(request, request.path.removeprefix("/storage/"))
        name, found = self._find(request)
        token = self._check_access(name, request)
        self._count(name)
        operation = self.models.find(request.method, request.path)
        if operation:
            self._check(operation, request)
        arguments = {key: unquote(value) for key, value in found.groupdict().items()}
        request.token = token
        response = getattr(self, f"op_{name}")(request, **arguments)
        response.headers["x-amzn-RateLimit-Limit"] = str(OPERATIONS[name][2] * self.rate_factor)
        if operation:
            problems = list(operation.answer_problems(response.status, response.body))
            self.violations += [f"answer of {name}: {problem}" for problem in problems]
        return response

    def _find(self, request):
        for name, method, pattern in PATTERNS:
            if method == request.method and (found := pattern.fullmatch(request.path)):
                return name, found
        raise error(404, "NotFound", "There is no such operation.")

    def _check(self, operation, request):
        body = json.loads(request.body) if request.body else None
        problems = [*operation.query_problems(request.query), *operation.body_problems(body)]
        if problems:
            self.violations += [f"{operation.name}: {problem}" for problem in problems]
            raise error(400, "InvalidInput", "; ".join(problems))

    def _count(self, name):
        """Take one token of an operation's bucket."""
        rate, burst = OPERATIONS[name][2] * self.rate_factor, OPERATIONS[name][3]
        now = time.monotonic()
        tokens, counted = self.buckets.get(name, (burst, now))
        tokens = min(burst, tokens + (now - counted) * rate)
        self.buckets[name] = (tokens - 1 if tokens >= 1 else tokens, now)
        if tokens < 1:
            refusal = error(429, "QuotaExceeded", "You exceeded your quota.")
            refusal.response.headers["x-amzn-RateLimit-Limit"] = str(rate)
            raise refusal

    # === ACCESS === #

    def credentials(self):
        account = f"{self.seller}@{self.market}"
        return {
            "base_url": self.url,
            "account_ref": account,
            "webhook_secret": self.refresh_token,
            **self.client,
        }

    def _login(self, request):
        told = dict(parse_qsl(request.body.decode()))
        if (told.get("client_id"), told.get("client_secret")) != tuple(self.client.values()):
            return Response(401, {"error": "invalid_client"})
        grant = told.get("grant_type")
        if grant == "client_credentials":
            kind = told.get("scope", "")
        elif grant == "refresh_token" and told.get("refresh_token") == self.refresh_token:
            kind = "seller"
        else:
            return Response(400, {"error": "invalid_grant"})
        answer = {"access_token": self._token(kind), "token_type": "bearer", "expires_in": 3600}
        return Response(200, answer)

    def _token(self, kind):
        token = f"Atza|{len(self.tokens)}{self.random.getrandbits(64):x}"
        self.tokens[token] = kind
        return token

    def expire_tokens(self):
        """All access tokens run out."""
        self.tokens.clear()

    def _check_access(self, name, request):
        kind = self.tokens.get(request.headers.get("x-amz-access-token", ""))
        denied = error(403, "Unauthorized", "Access to requested resource is denied.")
        if kind is None:
            raise denied
        if (name in GRANTLESS) != (kind == "sellingpartnerapi::notifications"):
            raise denied
        role = "listings" if "istings" in name else "2026" if "2026" in OPERATIONS[name][1] else ""
        role = "finance" if name == "listTransactions" else role
        role = role or ("orders" if "/orders/" in OPERATIONS[name][1] else "")
        if role and role not in self.roles or role == "2026" and "orders" not in self.roles:
            raise denied
        return kind

    def op_createRestrictedDataToken(self, request):
        if "personal" not in self.roles:
            raise error(403, "Unauthorized", "Application does not have access to PII.")
        resources = request.json()["restrictedResources"]
        paths = tuple((r["method"], r["path"], tuple(r["dataElements"])) for r in resources)
        return Response(200, {"restrictedDataToken": self._token(paths), "expiresIn": 3600})

    def _is_personal(self, request, template):
        """:return: whether the token of a call may see who bought"""
        return not isinstance(request.token, str) and any(
            method == request.method and path in (template, request.path)
            for method, path, _elements in request.token
        )

    # === ORDERS === #

    def _get(self, ref):
        if ref not in self.shop:
            raise error(404, "NotFound", f"Order {ref} not found.")
        return self.shop[ref]

    def _selected(self, query, names, size):
        """:return: the orders of a search, one page, and the token of the next"""
        created_after, created_before, updated_after, updated_before, page, markets = (
            query.get(name) for name in names
        )
        if bool(created_after) == bool(updated_after):
            raise error(400, "InvalidInput", "Exactly one of created and updated is expected.")
        if self.market not in markets.split(","):
            raise error(403, "Unauthorized", "The marketplace is not the seller's.")
        after, before = created_after or updated_after, created_before or updated_before
        found = sorted(
            (
                (f"{moment:%Y-%m-%dT%H:%M:%SZ}", order.ref)
                for order in self.shop.values()
                for moment in [order.placed if created_after else order.updated]
            ),
        )
        refs = [ref for at, ref in found if at >= after and (not before or at <= before)]
        start, key = 0, f"{after}"
        if page:
            start, known = read_token(page)
            if known != key:
                raise error(400, "InvalidInput", "The token is of another search.")
        orders = [self.shop[ref] for ref in refs[start : start + size]]
        more = start + size < len(refs)
        return orders, write_token(start + size, key) if more else None

    def op_searchOrders(self, request):
        names = ("createdAfter", "createdBefore", "lastUpdatedAfter", "lastUpdatedBefore")
        query, size = request.query, int(request.query.get("maxResultsPerPage", 100))
        if not 1 <= size <= 100:
            raise error(400, "InvalidInput", "maxResultsPerPage must be between 1 and 100.")
        names = (*names, "paginationToken", "marketplaceIds")
        orders, following = self._selected(query, names, size)
        included = query.get("includedData", "").split(",")
        told = {"orders": [o.v2026(included, "personal" in self.roles) for o in orders]}
        if following:
            told["pagination"] = {"nextToken": following}
        key = "lastUpdatedBefore" if "lastUpdatedAfter" in query else "createdBefore"
        return Response(200, told | {key: self._clock()})

    def op_getOrder(self, request, orderId):
        included = request.query.get("includedData", "").split(",")
        order = self._get(orderId).v2026(included, "personal" in self.roles)
        return Response(200, {"order": order})

    def op_getOrders_v0(self, request):
        names = ("CreatedAfter", "CreatedBefore", "LastUpdatedAfter", "LastUpdatedBefore")
        size = int(request.query.get("MaxResultsPerPage", 100))
        names = (*names, "NextToken", "MarketplaceIds")
        orders, following = self._selected(request.query, names, size)
        personal = self._is_personal(request, "/orders/v0/orders")
        told = {"Orders": [order.v0(personal) for order in orders]}
        told |= {"NextToken": following} if following else {}
        return Response(200, {"payload": told | {"LastUpdatedBefore": self._clock()}})

    def op_getOrder_v0(self, request, orderId):
        personal = self._is_personal(request, "/orders/v0/orders/{orderId}")
        return Response(200, {"payload": self._get(orderId).v0(personal)})

    def op_getOrderItems(self, request, orderId):
        order = self._get(orderId)
        personal = self._is_personal(request, "/orders/v0/orders/{orderId}/orderItems")
        items, size = order.items_v0(personal), 100
        start = read_token(request.query["NextToken"])[0] if "NextToken" in request.query else 0
        told = {"AmazonOrderId": orderId, "OrderItems": items[start : start + size]}
        if start + size < len(items):
            told["NextToken"] = write_token(start + size, orderId)
        return Response(200, {"payload": told})

    def op_confirmShipment(self, request, orderId):
        order, told = self._get(orderId), request.json()
        package = told["packageDetail"]
        if told["marketplaceId"] != order.market or order.status in ("Pending", "Canceled"):
            raise error(400, "InvalidInput", f"The order is {order.status}.")
        ref = package["packageReferenceId"]
        if not ref.isdigit() or int(ref) < 1:
            raise error(400, "InvalidInput", "packageReferenceId must be a positive number.")
        if package["carrierCode"] == "Other" and not package.get("carrierName"):
            raise error(400, "InvalidInput", "carrierName is required.")
        if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", package["shipDate"]):
            raise error(400, "InvalidInput", "shipDate is no time.")
        items = {item.ref: item for item in order.items}
        counts = {}
        for line in package["orderItems"]:
            item = items.get(line["orderItemId"])
            others = [p for key, p in order.shipments.items() if key != ref]
            left = item and item.quantity - sum(p["items"].get(item.ref, 0) for p in others)
            if not item or not 0 < line["quantity"] <= left:
                raise error(400, "InvalidInput", "There is not so much to ship.")
            counts[item.ref] = line["quantity"]
        if ref not in order.shipments:
            self.shipments.append({"order_ref": orderId, "package": package})
        order.shipments[ref] = {"items": counts, "number": package["trackingNumber"]}
        self._change(order)
        return Response(204)

    # === LISTINGS === #

    def _check_seller(self, seller):
        if seller != self.seller:
            raise error(400, "InvalidInput", "The seller id is not the account's.")

    def op_searchListingsItems(self, request, sellerId):
        self._check_seller(sellerId)
        if request.query["marketplaceIds"] != self.market:
            raise error(400, "InvalidInput", "The marketplace is not the seller's.")
        size, token = int(request.query.get("pageSize", 10)), request.query.get("pageToken")
        start = read_token(token)[0] if token else 0
        skus = sorted(self.listings)
        told = {
            "numberOfResults": len(skus),
            "items": [self._listing_told(sku) for sku in skus[start : start + size]],
        }
        if start + size < len(skus):
            told["pagination"] = {"nextToken": write_token(start + size, "listings")}
        return Response(200, told)

    def _listing_told(self, sku):
        listing = self.listings[sku]
        code = "AMAZON_EU" if listing["afn"] else "DEFAULT"
        stock = {} if listing["afn"] else {"quantity": listing["quantity"]}
        price = {"amount": listing["price"], "currencyCode": self.currency}
        return {
            "sku": sku,
            "summaries": [
                {
                    "marketplaceId": self.market,
                    "asin": listing["asin"],
                    "productType": "HOME",
                    "status": ["BUYABLE", "DISCOVERABLE"],
                    "itemName": listing["name"],
                    "createdDate": "2025-01-01T00:00:00Z",
                    "lastUpdatedDate": "2025-01-01T00:00:00Z",
                }
            ],
            "offers": [{"marketplaceId": self.market, "offerType": "B2C", "price": price}],
            "fulfillmentAvailability": [{"fulfillmentChannelCode": code, **stock}],
        }

    def op_patchListingsItem(self, request, sellerId, sku):
        self._check_seller(sellerId)
        problem = self._patch_listing(sku, request.json()["patches"])
        told = {"sku": sku, "submissionId": f"S{sum(self.calls.values())}", "issues": []}
        if not problem:
            return Response(200, told | {"status": "ACCEPTED"})
        issue = {"code": problem[0], "message": problem[1], "severity": "ERROR", "categories": []}
        return Response(200, told | {"status": "INVALID", "issues": [issue]})

    def _patch_listing(self, sku, patches):
        """Change an offer. :return: code and words of why not, ``None`` when it is done"""
        listing = self.listings.get(sku)
        if not listing:
            return "8105", f"SKU {sku} does not match any ASIN."
        for patch in patches:
            for value in patch["value"]:
                if patch["path"] == "/attributes/fulfillment_availability":
                    if listing["afn"]:
                        return "90041", "The offer is fulfilled by Amazon."
                    if value["fulfillment_channel_code"] != "DEFAULT" or value["quantity"] < 0:
                        return "90220", "The quantity is none."
                    listing["quantity"] = value["quantity"]
                elif patch["path"] == "/attributes/purchasable_offer":
                    price = value["our_price"][0]["schedule"][0]["value_with_tax"]
                    if value["marketplace_id"] != self.market or price <= 0:
                        return "90226", "The price is none."
                    listing["price"] = self.prices[sku] = f"{Decimal(str(price)):.2f}"
                else:
                    return "90000", f"{patch['path']} cannot be changed."
        return None

    # === NOTIFICATIONS === #

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
        """Send a notification the way a pipe brings it from the queue."""
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

    # === A SHOPKEEPER'S DAY === #

    def add_product(self, sku, name, price="10.00", quantity=0, *, afn=False, **values):
        with self.lock:
            self.listings[sku] = {
                "name": name,
                "price": f"{Decimal(price):.2f}",
                "quantity": 0 if afn else quantity,
                "afn": afn,
                "asin": f"B0{len(self.listings):08}",
            }
        return sku

    def place_order(self, lines=(("MUG", 2, "10.00"),), *, paid=True, status="open", **shape):
        """Extend: ``afn`` (bool), ``gift_message``, ``company``, ``purchase_order``, ``tip``,
        ``by_amazon`` (whether Amazon pays the tax), ``at`` (when)
        """
        with self.lock:
            at = shape.get("at") or self.tick()
            number = len(self.shop) + 1
            ref = f"302-{number:07}-{self.random.randrange(10**7):07}"
            rate = shape.get("tax_rate")
            items = [
                Item(
                    f"{number:06}{position:08}",
                    sku,
                    self.listings.get(sku, {}).get("name", sku.title()),
                    quantity,
                    Decimal(price) * quantity,
                    tax_rate=Decimal(str(rate)) if rate is not None else None,
                )
                for position, (sku, quantity, price) in enumerate(lines, 1)
            ]
            _share(items, Decimal(shape.get("discount") or 0), "discount")
            _share(items, Decimal(shape.get("shipping") or 0), "shipping")
            order = Order(
                ref=ref,
                market=self.market,
                site=self.site,
                currency=shape.get("currency", self.currency),
                placed=at,
                updated=at,
                items=items,
                email=shape.get("email", f"{number:x}sim@marketplace.amazon.example"),
                name=shape.get("name", f"Ann {number}"),
                country=shape.get("country", "GB"),
                state=shape.get("state", ""),
                tax_added=self.tax_added,
                by_amazon=shape.get("by_amazon", self.tax_added),
                paid=(bool(paid) or bool(shape.get("cash"))) and status != "pending",
                cash=bool(shape.get("cash")),
                afn=shape.get("afn", False),
                gift_message=shape.get("gift_message", ""),
                company=shape.get("company", ""),
                purchase_order=shape.get("purchase_order", ""),
                tip=Decimal(shape.get("tip") or 0),
            )
            order.placed_total = order.total
            for item in items:
                self._restock(item.sku, -item.ordered)
            self.shop[ref] = order
            self._notify(order)
            return ref

    def _change(self, order, kind="OrderStatusChange"):
        order.updated = self.tick()
        self._notify(order, kind)

    def pay(self, ref):
        with self.lock:
            self.shop[ref].paid = True
            self._change(self.shop[ref])

    def ship_there(self, ref, sku, quantity):
        """Override: the seller's staff confirm a package in Seller Central."""
        with self.lock:
            order = self.shop[ref]
            [item] = [item for item in order.items if item.sku == sku]
            number = str(len(order.shipments) + 900)
            order.shipments[number] = {"items": {item.ref: quantity}, "number": f"SC{number}"}
            self._change(order)

    def touch(self, ref):
        with self.lock:
            self._change(self.shop[ref])

    def cancel_order(self, ref):
        with self.lock:
            self._cancel(self.shop[ref])

    def _cancel(self, order):
        """Cancel what did not leave; the buyer gets the money for it back."""
        before = order.total
        left = {item: item.quantity - order.shipped(item) for item in order.items}
        for item, count in left.items():
            item.cancelled += count
            self._restock(item.sku, count)
        order.cancelled = not order.shipments
        order.give_back(before - order.total)
        if any(left.values()):
            self._change(order)

    def _restock(self, sku, count):
        """Amazon counts an offer's stock by itself: down with an order, up with its end."""
        listing = self.listings.get(sku)
        if listing and not listing["afn"]:
            listing["quantity"] = max(listing["quantity"] + count, 0)

    def request_cancel(self, ref, reason="Ordered by mistake"):
        with self.lock:
            for item in self.shop[ref].items:
                item.cancel_reason = reason
            self._change(self.shop[ref], "BuyerRequestedChange")

    def ship_by_amazon(self, ref):
        """Amazon ships an order from its own warehouse."""
        with self.lock:
            order = self.shop[ref]
            counts = {item.ref: item.quantity for item in order.items}
            order.shipments["1"] = {"items": counts, "number": "TBA1"}
            self._change(order)

    def orders(self):
        with self.lock:
            return {
                ref: {
                    "total": f"{order.placed_total:.2f}",
                    "currency": order.currency,
                    "cancelled": order.cancelled,
                    "paid": order.placed_total if order.paid and not order.cash else Decimal(0),
                    "refunded": order.refunded,
                    "quantities": _by_sku(order),
                }
                for ref, order in self.shop.items()
            }

    def stock(self):
        with self.lock:
            return {
                (sku, "DEFAULT"): listing["quantity"]
                for sku, listing in self.listings.items()
                if not listing["afn"]
            }


def _by_sku(order):
    counts = {}
    for item in order.items:
        counts[item.sku] = counts.get(item.sku, 0) + item.quantity - item.given_back
    return counts


def _share(items, amount, name):
    """Spread an amount over items by their price; the last one takes the rest."""
    total = sum(item.price for item in items) or 1
    rest = amount
    for item in items[:-1]:
        share = (amount * item.price / total).quantize(Decimal("0.01"))
        setattr(item, name, share)
        rest -= share
    setattr(items[-1], name, rest)


__all__ = ["AmazonSimulator"]
