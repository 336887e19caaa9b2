"""Parts of an order in the format of the GraphQL API."""

from graphql import GraphQLError

from .graph_values import amount, connection, gid
from .store import cents


class GraphParts:
    """Lines, payments, refunds and shipments of an order; mixed into ``Graph``."""

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
