"""Nodes of the GraphQL API: dicts whose callables receive the arguments of fields."""

from .graph_parts import GraphParts
from .graph_values import connection, gid, number_of


class Graph(GraphParts):
    """A store in the format of the GraphQL API."""

    def __init__(self, shop):
        self.shop = shop

    # === ORDERS === #

    def order(self, order):
        customer = order.customer
        status = {"fulfilled": "FULFILLED", "partial": "PARTIALLY_FULFILLED", None: "UNFULFILLED"}
        taxes = {}
        for line in (*order.lines, *order.shipping):
            for title, rate, value in line.taxes:
                taxes[title, rate] = taxes.get((title, rate), 0) + value
        return {
            "__typename": "Order",
            "id": gid("Order", order.id),
            "name": order.name,
            "createdAt": order.created,
            "processedAt": order.created,
            "updatedAt": order.updated,
            "cancelledAt": order.cancelled,
            "cancelReason": order.cancel_reason and order.cancel_reason.upper(),
            "test": order.test,
            "note": order.note,
            "tags": order.tags,
            "email": order.email,
            "phone": None,
            "customerLocale": "en-GB",
            "currencyCode": order.shop_currency,
            "presentmentCurrencyCode": order.currency,
            "taxesIncluded": order.taxes_included,
            "dutiesIncluded": False,
            "sourceName": "web",
            "poNumber": None,
            "discountCodes": [],
            "paymentGatewayNames": sorted({made.gateway for made in order.transactions}),
            "paymentTerms": lambda _info: self.payment_terms(order),
            "displayFulfillmentStatus": status[order.fulfillment_status],
            "customAttributes": [{"key": k, "value": v} for k, v in order.attributes],
            "totalPriceSet": self.money(order, order.total),
            "totalTipReceivedSet": self.money(order, order.tip),
            "originalTotalAdditionalFeesSet": order.fees and self.money(order, order.fees) or None,
            "taxLines": self.taxes(order, [(t, r, v) for (t, r), v in taxes.items()]),
            "billingAddress": self.address(order.billing),
            "shippingAddress": self.address(order.address),
            "customer": customer and self.customer(customer),
            "purchasingEntity": order.company
            and {
                "__typename": "PurchasingCompany",
                "company": {
                    "id": gid("Company", order.company["id"]),
                    "name": order.company["name"],
                },
                "location": {
                    "id": gid("CompanyLocation", 1),
                    "taxSettings": {"taxRegistrationId": order.company["tax_number"]},
                },
            },
            "localizedFields": connection([]),
            "lineItems": connection([self.line(order, line) for line in order.lines]),
            "shippingLines": connection([self.shipping(order, line) for line in order.shipping]),
            "transactions": [self.transaction(order, t) for t in order.transactions],
            "refunds": [self.refund(order, made) for made in order.refunds],
            "fulfillments": [self.fulfilment(order, made) for made in order.fulfilments],
            "fulfillmentOrders": connection([self.part(order, part) for part in order.parts]),
            "risk": {
                "recommendation": {"high": "CANCEL", "medium": "INVESTIGATE"}.get(
                    order.risk, "NONE"
                ),
                "assessments": [{"riskLevel": order.risk.upper()}],
            },
            "suggestedRefund": lambda info, refundLineItems=(): self.suggested(  # noqa: N803
                order, refundLineItems
            ),
        }

    def suggested(self, order, lines):
        """:return: the suggested refund of units"""
        by_id = {gid("LineItem", line.id): line for line in order.lines}
        due = sum(order.worth(by_id[line["lineItemId"]], line["quantity"]) for line in lines)
        parts = []
        for payment, left in self.shop.refundable(order):
            value = min(due, left)
            if value > 0:
                due -= value
                parts.append(
                    {
                        "gateway": payment.gateway,
                        "amountSet": self.money(order, value),
                        "parentTransaction": self.transaction(order, payment),
                    }
                )
        return {"suggestedTransactions": parts}

    # === LISTINGS === #

    def location(self, number):
        location = self.shop.locations[number]
        return {
            "__typename": "Location",
            "id": gid("Location", number),
            "name": location["name"],
            "isFulfillmentService": location.get("service", False),
            "fulfillsOnlineOrders": True,
        }

    def level(self, variant, number):
        if number not in variant.levels:
            return None
        item = variant.item_id
        return {
            "id": f"{gid('InventoryLevel', number)}?inventory_item_id={item}",
            "location": self.location(number),
            "quantities": [
                {
                    "id": f"{gid('InventoryQuantity', number)}?inventory_item_id={item}",
                    "name": "available",
                    "quantity": variant.levels[number],
                }
            ],
        }

    def item(self, variant):
        return {
            "__typename": "InventoryItem",
            "id": gid("InventoryItem", variant.item_id),
            "tracked": variant.tracked,
            "inventoryLevels": connection([self.level(variant, n) for n in variant.levels]),
            "inventoryLevel": lambda info, locationId: self.level(  # noqa: N803
                variant, number_of(locationId)
            ),
        }

    def variant(self, variant):
        return {
            "__typename": "ProductVariant",
            "id": gid("ProductVariant", variant.id),
            "sku": variant.sku,
            "barcode": variant.barcode or None,
            "title": "Default Title",
            "price": f"{variant.price:.2f}",
            "product": {
                "id": gid("Product", variant.product_id),
                "title": variant.title,
                "status": variant.status.upper(),
                "featuredMedia": None,
            },
            "inventoryItem": self.item(variant),
        }
