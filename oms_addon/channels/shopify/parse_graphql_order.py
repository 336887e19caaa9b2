"""Conversion of an order of Shopify's GraphQL API and its refunds to the webhook format."""

from odoo.addons.oms_addon.documents.values import to_moment

from .parse_nodes import bag_of, lower_of, nodes_of, payment_terms_of
from .parse_values import id_of


def webhook_order(node):
    """:return: the node of an order in the format of a webhook, as far as it is parsed"""
    customer = node.get("customer")
    return {
        "id": id_of(node["id"]),
        "name": node.get("name"),
        "created_at": node["createdAt"],
        "processed_at": node.get("processedAt"),
        "updated_at": _last_change(node),
        "cancelled_at": node.get("cancelledAt"),
        "cancel_reason": lower_of(node.get("cancelReason")),
        "test": node.get("test"),
        "note": node.get("note"),
        "note_attributes": _webhook_attributes(node.get("customAttributes")),
        "tags": node.get("tags"),
        "email": node.get("email"),
        "phone": node.get("phone"),
        "customer_locale": node.get("customerLocale"),
        "currency": node.get("currencyCode"),
        "presentment_currency": node.get("presentmentCurrencyCode"),
        "taxes_included": node["taxesIncluded"],
        "duties_included": node.get("dutiesIncluded"),
        "source_name": node.get("sourceName"),
        "po_number": node.get("poNumber"),
        "discount_codes": node.get("discountCodes"),
        "payment_gateway_names": node.get("paymentGatewayNames"),
        "payment_terms": payment_terms_of(node.get("paymentTerms")),
        "fulfillment_status": "fulfilled"
        if node.get("displayFulfillmentStatus") == "FULFILLED"
        else None,
        "fulfillments": [_webhook_fulfilment(made) for made in node.get("fulfillments") or ()],
        "total_price_set": bag_of(node["totalPriceSet"]),
        "total_tip_received": bag_of(node.get("totalTipReceivedSet"))
        and node["totalTipReceivedSet"]["presentmentMoney"]["amount"],
        "total_tip_received_set": bag_of(node.get("totalTipReceivedSet")),
        "original_total_additional_fees_set": bag_of(node.get("originalTotalAdditionalFeesSet")),
        "tax_lines": node.get("taxLines"),
        "billing_address": _webhook_address(node.get("billingAddress")),
        "shipping_address": _webhook_address(node.get("shippingAddress")),
        "customer": customer and _webhook_customer(customer),
        "line_items": [_webhook_line(line) for line in nodes_of(node, "lineItems")],
        "shipping_lines": [_webhook_shipping(line) for line in nodes_of(node, "shippingLines")],
        "transactions": [_webhook_transaction(t) for t in node.get("transactions") or ()],
        "refunds": [_webhook_refund(refund) for refund in node.get("refunds") or ()],
    }


def _webhook_fulfilment(made):
    place = made.get("location")
    found = {
        "status": lower_of(made.get("status")),
        "shipment_status": lower_of(made.get("displayStatus")),
        "location_id": place and id_of(place["id"]),
    }
    items = made.get("fulfillmentLineItems")
    if items and not items["pageInfo"]["hasNextPage"]:
        found["line_items"] = [
            {"id": id_of(item["lineItem"]["id"]), "quantity": item["quantity"]}
            for item in items["nodes"]
        ]
    return found


def _last_change(node):
    """:return: the latest change of the order or its fulfillment orders"""
    moments = [node["updatedAt"]]
    moments += [order.get("updatedAt") for order in nodes_of(node, "fulfillmentOrders")]
    return max(filter(None, moments), key=lambda moment: to_moment(moment, path="updatedAt"))


def _webhook_attributes(attributes):
    return [{"name": part.get("key"), "value": part.get("value")} for part in attributes or ()]


def _webhook_customer(customer):
    return {
        "id": id_of(customer["id"]),
        "first_name": customer.get("firstName"),
        "last_name": customer.get("lastName"),
        "email": (customer.get("defaultEmailAddress") or {}).get("emailAddress"),
        "phone": (customer.get("defaultPhoneNumber") or {}).get("phoneNumber"),
    }


def _webhook_address(address):
    if not address:
        return None
    return {
        **address,
        "first_name": address.get("firstName"),
        "last_name": address.get("lastName"),
        "province_code": address.get("provinceCode"),
        "country_code": address.get("countryCodeV2"),
    }


def _webhook_taxes(lines):
    return [
        {"title": tax.get("title"), "rate": tax.get("rate"), "price_set": bag_of(tax["priceSet"])}
        for tax in lines or ()
    ]


def _webhook_discounts(allocations):
    return [{"amount_set": bag_of(part["allocatedAmountSet"])} for part in allocations or ()]


def _webhook_line(line):
    variant, product = line.get("variant") or {}, line.get("product") or {}
    return {
        "id": id_of(line["id"]),
        "sku": line.get("sku"),
        "name": line.get("name"),
        "title": line.get("title"),
        "quantity": line["quantity"],
        "current_quantity": line.get("currentQuantity"),
        "unfulfilled_quantity": line.get("unfulfilledQuantity"),
        "gift_card": line.get("isGiftCard"),
        "requires_shipping": line.get("requiresShipping"),
        "variant_id": variant.get("id"),
        "product_id": product.get("id"),
        "price_set": bag_of(line["originalUnitPriceSet"]),
        "total_discount_set": None,
        "discount_allocations": _webhook_discounts(line.get("discountAllocations")),
        "tax_lines": _webhook_taxes(line.get("taxLines")),
        "duties": [
            {
                "id": duty["id"],
                "harmonized_system_code": duty.get("harmonizedSystemCode"),
                "presentment_money": duty["price"]["presentmentMoney"],
                "tax_lines": _webhook_taxes(duty.get("taxLines")),
            }
            for duty in line.get("duties") or ()
        ],
        "properties": _webhook_attributes(line.get("customAttributes")),
    }


def _webhook_shipping(line):
    return {
        "id": line.get("id"),
        "title": line.get("title"),
        "price_set": bag_of(line["originalPriceSet"]),
        "is_removed": line.get("isRemoved"),
        "discount_allocations": _webhook_discounts(line.get("discountAllocations")),
        "tax_lines": _webhook_taxes(line.get("taxLines")),
    }


def _webhook_transaction(transaction):
    money = transaction["amountSet"]["presentmentMoney"]
    parent = transaction.get("parentTransaction")
    return {
        "id": id_of(transaction["id"]),
        "kind": lower_of(transaction.get("kind")),
        "status": lower_of(transaction.get("status")),
        "gateway": transaction.get("gateway"),
        "amount": money["amount"],
        "currency": money.get("currencyCode"),
        "created_at": transaction.get("createdAt"),
        "processed_at": transaction.get("processedAt"),
        "parent_id": parent and id_of(parent["id"]),
        "payment_details": {
            "payment_method_name": (transaction.get("paymentDetails") or {}).get(
                "paymentMethodName"
            )
        },
    }


def _webhook_refund(refund):
    return {
        "id": id_of(refund["id"]),
        "created_at": refund.get("createdAt"),
        "note": refund.get("note"),
        "refund_line_items": [
            {
                "line_item_id": id_of(item["lineItem"]["id"]),
                "line_item": {"sku": item["lineItem"].get("sku")},
                "quantity": item["quantity"],
                "restock_type": lower_of(item.get("restockType")),
                "subtotal_set": bag_of(item["subtotalSet"]),
                "total_tax_set": bag_of(item["totalTaxSet"]),
            }
            for item in nodes_of(refund, "refundLineItems")
        ],
        "refund_shipping_lines": [
            {
                "shipping_line": item["shippingLine"],
                "subtotal_amount_set": bag_of(item["subtotalAmountSet"]),
                "tax_amount_set": bag_of(item["taxAmountSet"]),
            }
            for item in nodes_of(refund, "refundShippingLines")
        ],
        "transactions": [_webhook_transaction(t) for t in nodes_of(refund, "transactions")],
    }
