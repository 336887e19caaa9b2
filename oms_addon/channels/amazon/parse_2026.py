"""Amazon's orders in version 2026-01-01."""

from odoo.addons.oms_addon.documents.order import (
    Address,
    Customer,
)
from odoo.addons.oms_addon.documents.values import (
    mismatch,
    to_text,
)

from .parse_v0 import streets
from .parse_values import CASH, ZERO, Item, Part, money, quantity_of, shipped_of, text_of

# === VERSION 2026-01-01 === #


def item_2026(item, position):
    path = f"orderItems[{position}]"
    if not isinstance(item, dict):
        raise mismatch("an object", item, path)
    product = item.get("product") or {}
    quantity = quantity_of(item.get("quantityOrdered"), f"{path}.quantityOrdered")
    by_amazon = any(
        collection.get("model") == "MARKETPLACE_FACILITATOR"
        for collection in (item.get("tax") or {}).get("taxCollections") or ()
    )
    custom = (product.get("customization") or {}).get("customizedUrl")
    return Item(
        to_text(item.get("orderItemId") or "", f"{path}.orderItemId"),
        to_text(product.get("sellerSku") or "", f"{path}.product.sellerSku"),
        to_text(product.get("title") or "", f"{path}.product.title"),
        quantity,
        tuple(_parts_2026(item, product, quantity, path)),
        by_amazon,
        custom or "",
        shipped_of(
            (item.get("fulfillment") or {}).get("quantityFulfilled"),
            f"{path}.fulfillment.quantityFulfilled",
        ),
    )


def _parts_2026(item, product, quantity, path):
    """:return: the amounts of an item: its proceeds, or its price where these are missing"""
    breakdowns = (item.get("proceeds") or {}).get("breakdowns") or ()
    amounts, details = {}, {"TAX": {}, "DISCOUNT": {}}
    for part in breakdowns:
        kind = part.get("type")
        amounts[kind] = money(part.get("subtotal"), f"{path}.proceeds.{kind}", "amount")
        if kind in details:
            details[kind] = {
                detail.get("subtype"): money(detail.get("value"), f"{path}.proceeds", "amount")
                for detail in part.get("detailedBreakdowns") or ()
            }
    if "ITEM" not in amounts:
        unit = (product.get("price") or {}).get("unitPrice")
        amounts["ITEM"] = money(unit, f"{path}.product.price", "amount") * quantity
    # Amounts without details belong to the item.
    taxes = details["TAX"] or {"ITEM": amounts["TAX"]} if "TAX" in amounts else {}
    discounts = details["DISCOUNT"] or {"ITEM": amounts.get("DISCOUNT", ZERO)}
    for key, kind in (
        ("ITEM", "product"),
        ("SHIPPING", "shipping"),
        ("GIFT_WRAP", "gift_wrap"),
        ("COD_FEE", "cod"),
        ("OTHER", "other"),
    ):
        if key in amounts:
            discount_tax = abs(taxes.get("DISCOUNT", ZERO)) if key == "ITEM" else ZERO
            yield Part(
                kind,
                amounts[key],
                abs(discounts.get(key, ZERO)),
                taxes.get(key, ZERO if taxes else None),
                discount_tax,
            )


def tip_of(proceeds):
    return sum(
        (
            money(part.get("subtotal"), "proceeds.breakdowns", "amount")
            for part in proceeds.get("breakdowns") or ()
            if part.get("type") == "DELIVERY_TIP"
        ),
        ZERO,
    )


def address_2026(data):
    return Address(
        name=text_of(data, "name"),
        company=text_of(data, "companyName"),
        **streets(data, "addressLine1", "addressLine2", "addressLine3"),
        city=text_of(data, "city") or text_of(data, "municipality"),
        zip=text_of(data, "postalCode"),
        state=text_of(data, "stateOrRegion") or text_of(data, "districtOrCounty"),
        country=text_of(data, "countryCode"),
        phone=text_of(data, "phone"),
    )


def customer_2026(data, ref, shipping):
    buyer = data.get("buyer") or {}
    registrations = (data.get("tax") or {}).get("taxRegistrations") or ()
    of_buyer = next((r for r in registrations if r.get("entityType") == "BUYER"), {})
    email = text_of(buyer, "buyerEmail")
    return Customer(
        ref=email or ref,
        name=text_of(buyer, "buyerName") or shipping.name,
        email=email,
        phone=shipping.phone,
        company=text_of(buyer, "buyerCompanyName")
        or text_of(of_buyer, "legalName")
        or shipping.company,
        tax_number=text_of(of_buyer, "taxRegistrationNumber"),
    )


def payments_2026(data):
    executions = [
        (
            part.get("paymentMethod") or "",
            money(part.get("paymentAmount"), "paymentExecutions", "amount"),
        )
        for part in (data.get("payment") or {}).get("paymentExecutions") or ()
    ]
    if any(method.casefold() in CASH for method, _amount in executions):
        return executions
    return [(", ".join(method for method, _amount in executions), None)]


def gift_messages_2026(items):
    for item in items:
        packing = (item.get("fulfillment") or {}).get("packing") or {}
        if text := (packing.get("giftOption") or {}).get("giftMessage"):
            yield text


def cancel_requests_2026(items):
    return [
        request.get("cancelReason") or "The buyer requested a cancellation."
        for item in items
        if (request := (item.get("cancellation") or {}).get("cancellationRequest"))
        and request.get("requester", "BUYER") == "BUYER"
    ]


def instructions_of(preference):
    parts = (preference.get("dropOffLocation"), preference.get("addressInstruction"))
    return "; ".join(filter(None, parts))


def extra_2026(data, items):
    channel = data.get("salesChannel") or {}
    extra = {
        "marketplace": channel.get("marketplaceId"),
        "sales_channel": channel.get("marketplaceName"),
        "seller_order": next((a.get("aliasId") for a in data.get("orderAliases") or ()), ""),
        "replaced_order": next((a.get("orderId") for a in data.get("associatedOrders") or ()), ""),
        "promotions": [
            part["promotionId"]
            for item in items
            for part in (item.get("promotion") or {}).get("breakdowns") or ()
            if part.get("promotionId")
        ],
        "ioss": next(filter(None, map(_ioss, items)), ""),
        "purchase_order": (data.get("buyer") or {}).get("buyerPurchaseOrderNumber"),
    }
    return {key: value for key, value in extra.items() if value}


def _ioss(item):
    shipping = (item.get("fulfillment") or {}).get("shipping") or {}
    return (shipping.get("internationalShipping") or {}).get("iossNumber")
