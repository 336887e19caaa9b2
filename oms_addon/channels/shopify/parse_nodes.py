"""Nodes of Shopify's GraphQL interface in the shape of its webhooks, as far as they are read."""

from odoo.addons.oms_addon.documents.codec import loads
from odoo.addons.oms_addon.documents.parts import Address, ChannelHold
from odoo.addons.oms_addon.documents.values import to_moment

from .parse_values import id_of, joined, text_of

#: the version of an asked order, see documents.py
ASKED_VERSION = "2"
RISKS = {"accept": 1, "low": 1, "investigate": 2, "medium": 2, "cancel": 3, "high": 3}
RISK_NAMES = ("", "low", "medium", "high")
ENDED = ("closed", "cancelled", "incomplete")


def asked_values(node):
    """:return: what only an asked order tells, see ``build_order``"""
    open_orders = [
        order
        for order in _nodes(node, "fulfillmentOrders")
        if text_of(order, "status").lower() not in ENDED
    ]
    buyer = node.get("purchasingEntity") or {}
    return {
        "version": ASKED_VERSION,
        "holds": _holds(open_orders),
        "risk": _risk(node.get("risk") or {}),
        "available": _available(node, open_orders),
        "company": text_of(buyer.get("company") or {}, "name"),
        "tax_number": _tax_number(node, buyer),
        **_where(open_orders),
        "ship_by": _earliest(order.get("fulfillBy") for order in open_orders),
        "deliver_by": _earliest(
            (order.get("deliveryMethod") or {}).get("maxDeliveryDateTime") for order in open_orders
        ),
    }


def _earliest(moments):
    return min((to_moment(moment) for moment in moments if moment), default=None)


def _holds(orders):
    """:return: why the shop wants an order not to be worked on, each reason once"""
    holds = {}
    for order in orders:
        for hold in order.get("fulfillmentHolds") or ():
            words = joined(text_of(hold, "displayReason"), text_of(hold, "reasonNotes"))
            holds[text_of(hold, "reason").lower(), words] = None
    return tuple(ChannelHold(code=code or "other", reason=reason) for code, reason in holds)


def _risk(risk):
    """:return: the worst of what Shopify recommends and all apps judge"""
    told = [risk.get("recommendation")]
    told += [assessment.get("riskLevel") for assessment in risk.get("assessments") or ()]
    return RISK_NAMES[max(RISKS.get((word or "").lower(), 0) for word in told)]


def _available(node, orders):
    """:return: when the lines of pre-orders can be had, by line id"""
    available = {}
    for order in orders:
        if text_of(order, "status").lower() == "scheduled" and order.get("fulfillAt"):
            moment = to_moment(order["fulfillAt"], path="fulfillAt")
            of_order = _nodes(order, "lineItems")
            lines = (
                [line["lineItem"] for line in of_order] if of_order else _nodes(node, "lineItems")
            )
            available.update((id_of(line["id"]), moment) for line in lines)
    return available


def _where(orders):
    """:return: where it is collected, and whether the shop's own service ships it"""
    places = [
        (
            (order.get("deliveryMethod") or {}).get("methodType"),
            order.get("assignedLocation") or {},
        )
        for order in orders
    ]
    values = {}
    for method, place in places:
        if method == "PICK_UP" and place.get("location"):
            values["pickup_point"] = id_of(place["location"]["id"])
            values["place"] = _place(place)
    services = [place.get("location") or {} for _method, place in places]
    if services and all(location.get("isFulfillmentService") for location in services):
        values["fulfilled_by"] = "channel"
        values["location_ref"] = id_of(services[0]["id"])
    return values


def _place(place):
    return Address(
        company=text_of(place, "name"),
        street=text_of(place, "address1"),
        street2=text_of(place, "address2"),
        city=text_of(place, "city"),
        zip=text_of(place, "zip"),
        state=text_of(place, "province"),
        country=text_of(place, "countryCode"),
        phone=text_of(place, "phone"),
    )


def _tax_number(node, buyer):
    settings = (buyer.get("location") or {}).get("taxSettings") or {}
    told = [
        text_of(field, "value")
        for field in _nodes(node, "localizedFields")
        if field.get("purpose") == "TAX"
    ]
    return text_of(settings, "taxRegistrationId") or next(filter(None, told), "")


def _nodes(data, name):
    return (data.get(name) or {}).get("nodes") or []


def _bag(bag):
    """:return: a pair of amounts in the shape of a webhook"""
    if not bag:
        return None
    return {
        "presentment_money": bag["presentmentMoney"],
        "shop_money": bag.get("shopMoney") or bag["presentmentMoney"],
    }


def _lower(value):
    return value.lower() if value else None


def rest_order(node):
    """:return: the node of an order in the shape of a webhook, as far as the builder reads it"""
    customer = node.get("customer")
    return {
        "id": id_of(node["id"]),
        "name": node.get("name"),
        "created_at": node["createdAt"],
        "processed_at": node.get("processedAt"),
        "updated_at": _last_change(node),
        "cancelled_at": node.get("cancelledAt"),
        "cancel_reason": _lower(node.get("cancelReason")),
        "test": node.get("test"),
        "note": node.get("note"),
        "note_attributes": _rest_attributes(node.get("customAttributes")),
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
        "payment_terms": _payment_terms(node.get("paymentTerms")),
        "fulfillment_status": "fulfilled"
        if node.get("displayFulfillmentStatus") == "FULFILLED"
        else None,
        "fulfillments": [_rest_fulfilment(made) for made in node.get("fulfillments") or ()],
        "total_price_set": _bag(node["totalPriceSet"]),
        "total_tip_received": _bag(node.get("totalTipReceivedSet"))
        and node["totalTipReceivedSet"]["presentmentMoney"]["amount"],
        "total_tip_received_set": _bag(node.get("totalTipReceivedSet")),
        "original_total_additional_fees_set": _bag(node.get("originalTotalAdditionalFeesSet")),
        "tax_lines": node.get("taxLines"),
        "billing_address": _rest_address(node.get("billingAddress")),
        "shipping_address": _rest_address(node.get("shippingAddress")),
        "customer": customer and _rest_customer(customer),
        "line_items": [_rest_line(line) for line in _nodes(node, "lineItems")],
        "shipping_lines": [_rest_shipping(line) for line in _nodes(node, "shippingLines")],
        "transactions": [_rest_transaction(t) for t in node.get("transactions") or ()],
        "refunds": [_rest_refund(refund) for refund in node.get("refunds") or ()],
    }


def _rest_fulfilment(made):
    place = made.get("location")
    found = {
        "status": _lower(made.get("status")),
        "shipment_status": _lower(made.get("displayStatus")),
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
    """:return: when the order or the plan of its fulfilment changed, whichever is later"""
    moments = [node["updatedAt"]]
    moments += [order.get("updatedAt") for order in _nodes(node, "fulfillmentOrders")]
    return max(filter(None, moments), key=lambda moment: to_moment(moment, path="updatedAt"))


def _rest_attributes(attributes):
    return [{"name": part.get("key"), "value": part.get("value")} for part in attributes or ()]


def _rest_customer(customer):
    return {
        "id": id_of(customer["id"]),
        "first_name": customer.get("firstName"),
        "last_name": customer.get("lastName"),
        "email": (customer.get("defaultEmailAddress") or {}).get("emailAddress"),
        "phone": (customer.get("defaultPhoneNumber") or {}).get("phoneNumber"),
    }


def _rest_address(address):
    if not address:
        return None
    return {
        **address,
        "first_name": address.get("firstName"),
        "last_name": address.get("lastName"),
        "province_code": address.get("provinceCode"),
        "country_code": address.get("countryCodeV2"),
    }


def _rest_taxes(lines):
    return [
        {"title": tax.get("title"), "rate": tax.get("rate"), "price_set": _bag(tax["priceSet"])}
        for tax in lines or ()
    ]


def _rest_discounts(allocations):
    return [{"amount_set": _bag(part["allocatedAmountSet"])} for part in allocations or ()]


def _rest_line(line):
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
        "price_set": _bag(line["originalUnitPriceSet"]),
        "total_discount_set": None,
        "discount_allocations": _rest_discounts(line.get("discountAllocations")),
        "tax_lines": _rest_taxes(line.get("taxLines")),
        "duties": [
            {
                "id": duty["id"],
                "harmonized_system_code": duty.get("harmonizedSystemCode"),
                "presentment_money": duty["price"]["presentmentMoney"],
                "tax_lines": _rest_taxes(duty.get("taxLines")),
            }
            for duty in line.get("duties") or ()
        ],
        "properties": _rest_attributes(line.get("customAttributes")),
    }


def _rest_shipping(line):
    return {
        "id": line.get("id"),
        "title": line.get("title"),
        "price_set": _bag(line["originalPriceSet"]),
        "is_removed": line.get("isRemoved"),
        "discount_allocations": _rest_discounts(line.get("discountAllocations")),
        "tax_lines": _rest_taxes(line.get("taxLines")),
    }


def _rest_transaction(transaction):
    money = transaction["amountSet"]["presentmentMoney"]
    parent = transaction.get("parentTransaction")
    return {
        "id": id_of(transaction["id"]),
        "kind": _lower(transaction.get("kind")),
        "status": _lower(transaction.get("status")),
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


def _rest_refund(refund):
    return {
        "id": id_of(refund["id"]),
        "created_at": refund.get("createdAt"),
        "note": refund.get("note"),
        "refund_line_items": [
            {
                "line_item_id": id_of(item["lineItem"]["id"]),
                "line_item": {"sku": item["lineItem"].get("sku")},
                "quantity": item["quantity"],
                "restock_type": _lower(item.get("restockType")),
                "subtotal_set": _bag(item["subtotalSet"]),
                "total_tax_set": _bag(item["totalTaxSet"]),
            }
            for item in _nodes(refund, "refundLineItems")
        ],
        "refund_shipping_lines": [
            {
                "shipping_line": item["shippingLine"],
                "subtotal_amount_set": _bag(item["subtotalAmountSet"]),
                "tax_amount_set": _bag(item["taxAmountSet"]),
            }
            for item in _nodes(refund, "refundShippingLines")
        ],
        "transactions": [_rest_transaction(t) for t in _nodes(refund, "transactions")],
    }


# === EXPORTS === #

_LISTS = {
    "LineItem": "lineItems",
    "ShippingLine": "shippingLines",
    "FulfillmentOrder": "fulfillmentOrders",
}


def assemble(data):
    """Put the orders of an export together, whatever the order of its lines.

    :param bytes data: JSON, an object a line; parts of an order name it in ``__parentId``
    :return: the nodes of the orders, in the order they came
    :rtype: list[dict]
    :raise DocumentError: when it is no export
    """
    orders, parts = {}, []
    for line in data.splitlines():
        if line.strip():
            item = loads(line)
            parent = item.pop("__parentId", None)
            if parent is None:
                orders[item["id"]] = item
            else:
                parts.append((parent, item))
    # Their order is not promised, and an order must look the same however it came.
    for parent, item in sorted(parts, key=_number_of_part):
        if parent in orders:
            of_order = orders[parent].setdefault(_list_of(item), {"nodes": []})
            of_order["nodes"].append(item)
    return list(orders.values())


def _number_of_part(part):
    ref = id_of(part[1].get("id") or "")
    return int(ref) if ref.isdecimal() else 0


def _list_of(item):
    kind = (item.get("id") or "").removeprefix("gid://shopify/").partition("/")[0]
    return _LISTS.get(kind) or ("localizedFields" if "purpose" in item else "shippingLines")


def is_whole(node):
    """Say whether an export tells an order whole.

    It tells no refunds, and not which lines of a pre-order are sent when.
    """
    scheduled = any(
        order.get("status") == "SCHEDULED" for order in _nodes(node, "fulfillmentOrders")
    )
    return not node.get("refunds") and not (
        scheduled and len(_nodes(node, "fulfillmentOrders")) > 1
    )


def _payment_terms(node):
    """:return: what an order on terms says of them, as a webhook does"""
    return node and {
        "payment_terms_name": node.get("paymentTermsName"),
        "payment_terms_type": (node.get("paymentTermsType") or "").lower(),
        "due_in_days": node.get("dueInDays"),
    }
