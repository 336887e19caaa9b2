"""Operations of orders, in both API versions."""

import re

from ..base import Response
from .feeds import error
from .tokens import read_token, write_token


class OrderOperationsMixin:
    """Operations of orders, in both API versions."""

    def _get(self, ref):
        if ref not in self.shop:
            raise error(404, "NotFound", f"Order {ref} not found.")
        return self.shop[ref]

    def _selected(self, query, names, size):
        """:return: one page of the orders of a search, and the token of the next page"""
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
