"""Nodes of the GraphQL API: dicts whose callables receive the arguments of fields."""

from decimal import Decimal

from graphql import GraphQLError

from .store import cents

PAGE_MAX = 250


def gid(kind, number):
    return f"gid://shopify/{kind}/{number}"


def number_of(value):
    return int(value.rpartition("/")[2])


def amount(value):
    """:return: an amount in the format of Shopify's scalars: 10.0, 9.99"""
    text = f"{Decimal(value).normalize():f}"
    return text if "." in text else f"{text}.0"


def connection(items, cursor=None):
    """:return: a field that returns items page by page

    :param cursor: function that returns an item's cursor; its position by default
    """

    def field(info=None, first=None, after=None, **_arguments):
        keys = [cursor(item) if cursor else str(i) for i, item in enumerate(items)]
        start = keys.index(after) + 1 if after in keys else 0
        stop = min(start + min(first or PAGE_MAX, PAGE_MAX), len(items))
        nodes = [item() if callable(item) else item for item in items[start:stop]]
        return {
            "nodes": nodes,
            "edges": [{"node": node} for node in nodes],
            "pageInfo": {
                "hasNextPage": stop < len(items),
                "endCursor": keys[stop - 1] if stop > start else None,
            },
        }

    return field


class Graph:
    """A store in the format of the GraphQL API."""

    def __init__(self, shop):
        self.shop = shop

    # === MONEY AND ADDRESSES === #

    def money(self, order, value):
        return {
            "presentmentMoney": {"amount": amount(value), "currencyCode": order.currency},
            "shopMoney": {
                "amount": amount(cents(value * order.rate)),
                "currencyCode": order.shop_currency,
            },
        }

    def taxes(self, order, taxes):
        return [
            {"title": title, "rate": float(rate), "priceSet": self.money(order, value)}
            for title, rate, value in taxes
        ]

    def payment_terms(self, order):
        """:raise GraphQLError: when the app may not read them; other fields are still returned"""
        if "read_payment_terms" not in self.shop.scopes:
            raise GraphQLError(
                "Access denied for paymentTerms field.", extensions={"code": "ACCESS_DENIED"}
            )
        return order.terms and {
            "id": f"gid://shopify/PaymentTerms/{order.id}",
            "paymentTermsName": order.terms,
            "paymentTermsType": "NET",
            "dueInDays": 30,
        }

    def address(self, data):
        return data and {
            "name": data["name"],
            "firstName": data["first_name"],
            "lastName": data["last_name"],
            "company": data.get("company"),
            "address1": data["address1"],
            "address2": data.get("address2"),
            "city": data["city"],
            "zip": data["zip"],
            "province": data.get("province"),
            "provinceCode": data.get("province_code"),
            "countryCodeV2": data["country_code"],
            "phone": data.get("phone"),
        }

    # === ORDERS === #

    def line(self, order, line):
        variant = line.variant
        return {
            "__typename": "LineItem",
            "id": gid("LineItem", line.id),
            "sku": line.sku or None,
            "name": line.title,
            "title": line.title,
            "quantity": line.quantity,
            "currentQuantity": line.quantity - line.gone,
            "unfulfilledQuantity": order.unfulfilled(line),
            "isGiftCard": line.gift_card,
            "requiresShipping": not line.gift_card,
            "variant": variant and {"id": gid("ProductVariant", variant.id)},
            "product": variant and {"id": gid("Product", variant.product_id)},
            "originalUnitPriceSet": self.money(order, line.price),
            "discountAllocations": self.discounts(order, line),
            "taxLines": self.taxes(order, line.taxes),
            "duties": [
                {
                    "id": gid("Duty", number),
                    "harmonizedSystemCode": code,
                    "price": self.money(order, value),
                    "taxLines": [],
                }
                for number, code, value in line.duties
            ],
            "customAttributes": [{"key": k, "value": v} for k, v in line.properties],
        }

    def discounts(self, order, line):
        if not line.discount:
            return []
        return [{"allocatedAmountSet": self.money(order, line.discount)}]

    def shipping(self, order, line):
        return {
            "id": gid("ShippingLine", line.id),
            "title": line.title,
            "isRemoved": False,
            "originalPriceSet": self.money(order, line.price),
            "discountAllocations": self.discounts(order, line),
            "taxLines": self.taxes(order, line.taxes),
        }

    def transaction(self, order, made):
        parent = next((t for t in order.transactions if t.id == made.parent), None)
        return {
            "__typename": "OrderTransaction",
            "id": gid("OrderTransaction", made.id),
            "kind": made.kind.upper(),
            "status": made.status.upper(),
            "gateway": made.gateway,
            "createdAt": made.at,
            "processedAt": made.at,
            "amountSet": self.money(order, made.amount),
            "parentTransaction": parent and self.transaction(order, parent),
            "paymentDetails": {
                "__typename": "CardPaymentDetails",
                "paymentMethodName": made.method,
            }
            if made.method
            else None,
        }

    def refund(self, order, made):
        lines = []
        for line, quantity, kind in made.lines:
            subtotal, tax = line.share(quantity)
            lines.append(
                {
                    "lineItem": self.line(order, line),
                    "quantity": quantity,
                    "restockType": kind.upper(),
                    "subtotalSet": self.money(order, subtotal),
                    "totalTaxSet": self.money(order, tax),
                }
            )
        shipping = []
        if made.shipping:
            shipping.append(
                {
                    "id": gid("RefundShippingLine", made.id),
                    "shippingLine": self.shipping(order, order.shipping[0]),
                    "subtotalAmountSet": self.money(order, made.shipping),
                    "taxAmountSet": self.money(order, 0 * made.shipping),
                }
            )
        return {
            "__typename": "Refund",
            "id": gid("Refund", made.id),
            "createdAt": made.at,
            "note": made.note,
            "refundLineItems": connection(lines),
            "refundShippingLines": connection(shipping),
            "transactions": connection([self.transaction(order, t) for t in made.transactions]),
        }

    def part(self, order, part):
        location = self.shop.locations[part.location]
        return {
            "__typename": "FulfillmentOrder",
            "id": gid("FulfillmentOrder", part.id),
            "orderId": gid("Order", order.id),
            "status": part.status.upper(),
            "updatedAt": part.updated,
            "fulfillAt": part.fulfill_at,
            "fulfillBy": None,
            "assignedLocation": {
                "name": location["name"],
                "countryCode": "DE",
                "address1": "Dock 1",
                "city": "Berlin",
                "zip": "10115",
                "location": self.location(part.location),
            },
            "deliveryMethod": {
                "id": gid("DeliveryMethod", part.id),
                "methodType": part.method,
                "maxDeliveryDateTime": None,
            },
            "fulfillmentHolds": [
                {
                    "id": gid("FulfillmentHold", part.id),
                    "reason": reason.upper(),
                    "displayReason": words,
                    "reasonNotes": None,
                }
                for reason, words in part.holds
            ],
            "lineItems": connection(
                [
                    {
                        "id": gid("FulfillmentOrderLineItem", number),
                        "remainingQuantity": remaining,
                        "lineItem": self.line(order, line),
                    }
                    for number, line, remaining in part.lines
                ]
            ),
        }

    def fulfilment(self, order, made):
        urls = [*made.urls, *[None] * len(made.numbers)]
        return {
            "__typename": "Fulfillment",
            "id": gid("Fulfillment", made.id),
            "status": made.status.upper(),
            "createdAt": made.at,
            "displayStatus": "DELIVERED" if made.delivered else "FULFILLED",
            "location": made.location and self.location(made.location),
            "trackingInfo": [
                {"number": number, "url": url, "company": made.company}
                for number, url in zip(made.numbers, urls, strict=False)
            ],
            "fulfillmentLineItems": connection(
                [
                    {
                        "id": gid("FulfillmentLineItem", number),
                        "quantity": quantity,
                        "lineItem": self.line(order, line),
                    }
                    for number, line, quantity in made.lines
                ]
            ),
        }

    def customer(self, customer):
        email = customer["email"]
        return {
            "__typename": "Customer",
            "id": gid("Customer", customer["id"]),
            "firstName": customer["first_name"],
            "lastName": customer["last_name"],
            "defaultEmailAddress": email and {"emailAddress": email},
            "defaultPhoneNumber": None,
        }

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
