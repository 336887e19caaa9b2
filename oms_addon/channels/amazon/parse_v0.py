"""Amazon's orders in version 0."""

from odoo.addons.oms_addon.documents.order import (
    Address,
    Customer,
)
from odoo.addons.oms_addon.documents.values import (
    mismatch,
    to_text,
)

from .parse_values import Item, Part, money, optional, quantity_of, shipped_of, text_of

#: address field with the state or region, by country
REGIONS = ("StateOrRegion", "County", "District")


# === VERSION 0 === #


def read_item(item, position):
    """:return: a parsed item of version 0
    :raise DocumentError: when it is invalid
    """
    path = f"OrderItems[{position}]"
    if not isinstance(item, dict):
        raise mismatch("an object", item, path)
    buyer = item.get("BuyerInfo") or {}

    def amount(key, of=item):
        return money(of.get(key), f"{path}.{key}")

    parts = [
        Part(
            "product",
            amount("ItemPrice"),
            amount("PromotionDiscount"),
            optional(item.get("ItemTax"), f"{path}.ItemTax"),
            amount("PromotionDiscountTax"),
        )
    ]
    if item.get("ShippingPrice"):
        parts.append(
            Part(
                "shipping",
                amount("ShippingPrice"),
                amount("ShippingDiscount"),
                optional(item.get("ShippingTax"), f"{path}.ShippingTax"),
                amount("ShippingDiscountTax"),
            )
        )
    if buyer.get("GiftWrapPrice"):
        tax = optional(buyer.get("GiftWrapTax"), f"{path}.GiftWrapTax")
        parts.append(Part("gift_wrap", amount("GiftWrapPrice", buyer), tax=tax))
    if item.get("CODFee"):
        parts.append(Part("cod", amount("CODFee"), amount("CODFeeDiscount")))
    custom = (buyer.get("BuyerCustomizedInfo") or {}).get("CustomizedURL")
    return Item(
        to_text(item.get("OrderItemId") or "", f"{path}.OrderItemId"),
        to_text(item.get("SellerSKU") or "", f"{path}.SellerSKU"),
        to_text(item.get("Title") or "", f"{path}.Title"),
        quantity_of(item.get("QuantityOrdered"), f"{path}.QuantityOrdered"),
        tuple(parts),
        (item.get("TaxCollection") or {}).get("Model") == "MarketplaceFacilitator",
        custom or "",
        shipped_of(item.get("QuantityShipped"), f"{path}.QuantityShipped"),
    )


def address_v0(data):
    return Address(
        name=text_of(data, "Name"),
        company=text_of(data, "CompanyName"),
        **streets(data, "AddressLine1", "AddressLine2", "AddressLine3"),
        city=text_of(data, "City") or text_of(data, "Municipality"),
        zip=text_of(data, "PostalCode"),
        state=next(filter(None, (text_of(data, key) for key in REGIONS)), ""),
        country=text_of(data, "CountryCode"),
        phone=text_of(data, "Phone"),
    )


def streets(data, *keys):
    first, *rest = list(filter(None, (text_of(data, key) for key in keys))) or [""]
    return {"street": first, "street2": ", ".join(rest)}


def customer_v0(data, ref, shipping):
    """:return: the buyer, identified by a relay address or by nothing"""
    buyer, turkish = data.get("BuyerInfo") or {}, data.get("BuyerTaxInformation") or {}
    tax = buyer.get("BuyerTaxInfo") or {}
    numbers = [text_of(number, "Value") for number in tax.get("TaxClassifications") or ()]
    email = text_of(buyer, "BuyerEmail")
    return Customer(
        ref=email or ref,
        name=text_of(buyer, "BuyerName") or shipping.name,
        email=email,
        phone=shipping.phone,
        company=text_of(tax, "CompanyLegalName")
        or text_of(turkish, "BuyerLegalCompanyName")
        or shipping.company,
        tax_number=next(filter(None, numbers), "") or text_of(turkish, "BuyerTaxRegistrationId"),
    )


def payments_v0(data):
    """:return: pairs (method, amount; ``None`` for the whole total)"""
    executions = [
        (part.get("PaymentMethod") or "", money(part.get("Payment"), "PaymentExecutionDetail"))
        for part in data.get("PaymentExecutionDetail") or ()
    ]
    method = data.get("PaymentMethod")
    if method == "COD" and executions:
        return executions
    details = data.get("PaymentMethodDetails") or ()
    return [("COD" if method == "COD" else ", ".join(details) or method or "", None)]


def gift_messages_v0(items):
    for item in items:
        if text := (item.get("BuyerInfo") or {}).get("GiftMessageText"):
            yield text


def cancel_requests_v0(items):
    """:return: the reason of each item with a cancellation request of the buyer"""
    return [
        request.get("BuyerCancelReason") or "The buyer requested a cancellation."
        for item in items
        if (request := item.get("BuyerRequestedCancel"))
        and str(request.get("IsBuyerRequestedCancel")).lower() == "true"
    ]


FLAGS_V0 = {
    "IsPrime": "PRIME",
    "IsBusinessOrder": "AMAZON_BUSINESS",
    "IsPremiumOrder": "PREMIUM",
    "IsReplacementOrder": "REPLACEMENT",
    "IsISPU": "STORE_PICKUP",
    "IsSoldByAB": "SOLD_BY_AMAZON_BUSINESS",
    "HasRegulatedItems": "REGULATED",
}


def tags_v0(data):
    return tuple(
        tag for key, tag in FLAGS_V0.items() if data.get(key) and data[key] not in ("false", "no")
    )


def extra_v0(data, items):
    extra = {
        "marketplace": data.get("MarketplaceId"),
        "sales_channel": data.get("SalesChannel"),
        "service": data.get("ShipmentServiceLevelCategory"),
        "seller_order": data.get("SellerOrderId"),
        "replaced_order": data.get("ReplacedOrderId"),
        "easy_ship": data.get("EasyShipShipmentStatus"),
        "promotions": [ref for item in items for ref in item.get("PromotionIds") or ()],
        "ioss": next((item["IossNumber"] for item in items if item.get("IossNumber")), ""),
        "purchase_order": (data.get("BuyerInfo") or {}).get("PurchaseOrderNumber"),
    }
    return {key: value for key, value in extra.items() if value}
