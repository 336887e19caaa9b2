"""Values that only nodes of Shopify's GraphQL API have: holds, risk, locations, tax numbers."""

from odoo.addons.oms_addon.documents.parts import Address, ChannelHold
from odoo.addons.oms_addon.documents.values import to_moment

from .parse_values import id_of, joined, text_of

#: version of a fetched order, see parse_documents.py
ASKED_VERSION = "2"
RISKS = {"accept": 1, "low": 1, "investigate": 2, "medium": 2, "cancel": 3, "high": 3}
RISK_NAMES = ("", "low", "medium", "high")
ENDED = ("closed", "cancelled", "incomplete")


def fetched_values(node):
    """:return: data that only fetched orders contain, see ``build_order``"""
    open_orders = [
        order
        for order in nodes_of(node, "fulfillmentOrders")
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
    """:return: reasons of the store's fulfillment holds, each once"""
    holds = {}
    for order in orders:
        for hold in order.get("fulfillmentHolds") or ():
            words = joined(text_of(hold, "displayReason"), text_of(hold, "reasonNotes"))
            holds[text_of(hold, "reason").lower(), words] = None
    return tuple(ChannelHold(code=code or "other", reason=reason) for code, reason in holds)


def _risk(risk):
    """:return: the highest of Shopify's and all apps' risk assessments"""
    reported = [risk.get("recommendation")]
    reported += [assessment.get("riskLevel") for assessment in risk.get("assessments") or ()]
    return RISK_NAMES[max(RISKS.get((word or "").lower(), 0) for word in reported)]


def _available(node, orders):
    """:return: when the lines of pre-orders become available, by line id"""
    available = {}
    for order in orders:
        if text_of(order, "status").lower() == "scheduled" and order.get("fulfillAt"):
            moment = to_moment(order["fulfillAt"], path="fulfillAt")
            of_order = nodes_of(order, "lineItems")
            lines = (
                [line["lineItem"] for line in of_order] if of_order else nodes_of(node, "lineItems")
            )
            available.update((id_of(line["id"]), moment) for line in lines)
    return available


def _where(orders):
    """:return: the pickup location, and whether a fulfillment service ships the order"""
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
    reported = [
        text_of(field, "value")
        for field in nodes_of(node, "localizedFields")
        if field.get("purpose") == "TAX"
    ]
    return text_of(settings, "taxRegistrationId") or next(filter(None, reported), "")


def nodes_of(data, name):
    return (data.get(name) or {}).get("nodes") or []


def bag_of(bag):
    """:return: a pair of amounts in the format of a webhook"""
    if not bag:
        return None
    return {
        "presentment_money": bag["presentmentMoney"],
        "shop_money": bag.get("shopMoney") or bag["presentmentMoney"],
    }


def lower_of(value):
    return value.lower() if value else None


def is_whole(node):
    """Return whether an export contains an order completely.

    Exports lack refunds, and when the lines of pre-orders are shipped.
    """
    scheduled = any(
        order.get("status") == "SCHEDULED" for order in nodes_of(node, "fulfillmentOrders")
    )
    return not node.get("refunds") and not (
        scheduled and len(nodes_of(node, "fulfillmentOrders")) > 1
    )


def payment_terms_of(node):
    """:return: the payment terms of an order, in the format of a webhook"""
    return node and {
        "payment_terms_name": node.get("paymentTermsName"),
        "payment_terms_type": (node.get("paymentTermsType") or "").lower(),
        "due_in_days": node.get("dueInDays"),
    }
