"""What Amazon's orders say, of both versions of its interface: bytes in, documents out."""

from collections import defaultdict
from decimal import ROUND_UP, Decimal
from typing import NamedTuple

from odoo.addons.oms_addon.documents.codec import loads
from odoo.addons.oms_addon.documents.order import (
    Address,
    CancellationDocument,
    ChannelHold,
    Charge,
    Customer,
    Line,
    OrderDocument,
    OrderRequest,
    Tax,
)
from odoo.addons.oms_addon.documents.values import (
    DocumentError,
    in_words,
    mismatch,
    to_decimal,
    to_moment,
    to_plain,
    to_text,
)

ZERO = Decimal(0)
ONE, CENT = Decimal(1), Decimal("0.01")
#: currencies without a smaller coin
WHOLE = {"JPY"}
#: Amazon tells amounts of tax, no rates: what is charged besides the items is put together by
#: the roundest rate that gives the amount; which tax it is, is said by the company's taxes
RATE_STEPS = tuple(Decimal(step) for step in ("1", "0.5", "0.1", "0.05", "0.025", "0.01", "0.001"))
GATEWAY = "amazon"

#: marketplace id: country, region, currency
MARKETPLACES = {
    "ATVPDKIKX0DER": ("US", "na", "USD"),
    "A2EUQ1WTGCTBG2": ("CA", "na", "CAD"),
    "A1AM78C64UM0Y8": ("MX", "na", "MXN"),
    "A2Q3Y263D00KWC": ("BR", "na", "BRL"),
    "A1F83G8C2ARO7P": ("GB", "eu", "GBP"),
    "A28R8C7NBKEWEA": ("IE", "eu", "EUR"),
    "A13V1IB3VIYZZH": ("FR", "eu", "EUR"),
    "A1PA6795UKMFR9": ("DE", "eu", "EUR"),
    "APJ6JRA9NG5V4": ("IT", "eu", "EUR"),
    "A1RKKUPIHCS9HS": ("ES", "eu", "EUR"),
    "A1805IZSGTT6HS": ("NL", "eu", "EUR"),
    "AMEN7PMS3EDWL": ("BE", "eu", "EUR"),
    "A2NODRKZP88ZB9": ("SE", "eu", "SEK"),
    "A1C3SOZRARQ6R3": ("PL", "eu", "PLN"),
    "A33AVAJ2PDY3EV": ("TR", "eu", "TRY"),
    "ARBP9OOSHTCHU": ("EG", "eu", "EGP"),
    "A17E79C6D8DWNP": ("SA", "eu", "SAR"),
    "A2VIGQ35RCS4UG": ("AE", "eu", "AED"),
    "A21TJRUUN4KGV": ("IN", "eu", "INR"),
    "AE08WJ6YKNBMC": ("ZA", "eu", "ZAR"),
    "A1VC38T7YXB528": ("JP", "fe", "JPY"),
    "A39IBJ37TRP1C6": ("AU", "fe", "AUD"),
    "A19VAU5U5O7RUS": ("SG", "fe", "SGD"),
}
#: where prices are shown without tax
TAX_ADDED = {"US", "CA"}

STATUSES = {
    "Pending": "pending",
    "PendingAvailability": "pending",
    "Unshipped": "open",
    "PartiallyShipped": "open",
    "Unfulfillable": "open",
    "Shipped": "shipped",
    "InvoiceUnconfirmed": "shipped",
    "Canceled": "cancelled",
    "PENDING": "pending",
    "PENDING_AVAILABILITY": "pending",
    "UNSHIPPED": "open",
    "PARTIALLY_SHIPPED": "open",
    "UNFULFILLABLE": "open",
    "SHIPPED": "shipped",
    "CANCELLED": "cancelled",
}
UNFULFILLABLE = ChannelHold(code="UNFULFILLABLE", reason="Amazon cannot fulfil the order.")
#: the buyer pays whoever brings the goods; Amazon has nothing of it
CASH = {"cod", "cashondelivery"}


class Part(NamedTuple):
    """What one item costs in one respect; ``tax`` is ``None`` where Amazon does not tell."""

    kind: str
    amount: Decimal
    discount: Decimal = ZERO
    tax: Decimal | None = None
    discount_tax: Decimal = ZERO


class Item(NamedTuple):
    """One item of an order, the same for both versions of the interface."""

    ref: str
    sku: str
    title: str
    quantity: Decimal
    parts: tuple
    #: whether Amazon collects the tax and pays it to the state
    by_amazon: bool = False
    note: str = ""
    #: how many pieces have left; ``None`` when Amazon does not say
    shipped: Decimal | None = None


class Mode(NamedTuple):
    """How the amounts of an order make its total."""

    included: bool
    #: whether the tax on a discount comes on top of it
    adds_discount_tax: bool


NAMES = {"shipping": "Shipping", "gift_wrap": "Gift wrap", "cod": "Cash on delivery"}
KINDS = {"shipping": "shipping", "gift_wrap": "fee", "cod": "fee", "other": "fee"}


# === READING === #


@in_words
def read_order(payload):
    """Read an order of either version, bare or as an answer holds it.

    :param bytes payload: the order; of v0 with its items under ``OrderItems``
    :rtype: OrderDocument | CancellationDocument | OrderRequest
    :raise DocumentError: when it is none
    """
    data = unwrap(read_object(payload))
    try:
        if "AmazonOrderId" in data:
            return _read_v0(data)
        if "orderId" in data:
            return _read_2026(data)
    except (AttributeError, TypeError) as error:
        raise DocumentError(f"this is no order in the form Amazon publishes: {error}") from error
    raise mismatch("an order with AmazonOrderId or orderId", sorted(data)[:5], "")


def read_object(payload):
    """:return: the JSON object in a body, free of what no database stores
    :raise DocumentError: when it is none
    """
    data = loads(payload)
    if not isinstance(data, dict):
        raise mismatch("an object", data, "")
    # Only what JSON escapes can be unstorable.
    return to_plain(data) if b"\\u" in payload else data


def unwrap(data):
    """:return: the order in an answer of getOrder, or the object itself"""
    for wrapper in ("payload", "order"):
        if isinstance(data.get(wrapper), dict):
            data = data[wrapper]
    return data


def _read_v0(data):
    get = data.get
    ref, items = to_text(data["AmazonOrderId"], "AmazonOrderId"), get("OrderItems") or ()
    status = _status(get("OrderStatus"), "OrderStatus")
    if get("FromReport") and status not in ("shipped", "cancelled"):
        # A report tells neither addresses nor the ids of items.
        return OrderRequest(order_ref=ref)
    shipping, total = _address_v0(get("ShippingAddress") or {}), get("OrderTotal")
    return _document(
        {
            "ref": ref,
            "status": status,
            "placed_at": _moment(data, "PurchaseDate"),
            "updated_at": _moment(data, "LastUpdateDate"),
            "currency": _text(total or {}, "CurrencyCode") or _text(data, "Currency"),
            "total": _optional(total, "OrderTotal"),
            "customer": _customer_v0(data, ref, shipping),
            "shipping": shipping,
            "shipping_method": _text(data, "ShipServiceLevel")
            or _text(data, "ShipmentServiceLevelCategory"),
            "ship_by": _moment(data, "LatestShipDate", False),
            "deliver_by": _moment(data, "LatestDeliveryDate", False),
            "gift_message": "\n".join(_gift_messages_v0(items)),
            "tags": _tags_v0(data),
            "extra": _extra_v0(data, items),
        },
        market=get("MarketplaceId"),
        items=[read_item(item, position) for position, item in enumerate(items)],
        payments=_payments_v0(data),
        cancels=_cancel_requests_v0(items),
        purchase_order=_text(get("BuyerInfo") or {}, "PurchaseOrderNumber"),
        by_channel=get("FulfillmentChannel") == "AFN",
        is_pickup=get("IsAccessPointOrder") is True,
        unfulfillable=get("OrderStatus") == "Unfulfillable",
    )


def _read_2026(data):
    get = data.get
    ref, items = to_text(data["orderId"], "orderId"), get("orderItems") or ()
    fulfillment, recipient = get("fulfillment") or {}, get("recipient") or {}
    proceeds, delivery = get("proceeds") or {}, recipient.get("deliveryAddress") or {}
    status = fulfillment.get("fulfillmentStatus", "UNSHIPPED")
    shipping, total = _address_2026(delivery), proceeds.get("grandTotal")
    return _document(
        {
            "ref": ref,
            "status": _status(status, "fulfillment.fulfillmentStatus"),
            "placed_at": _moment(data, "createdTime"),
            "updated_at": _moment(data, "lastUpdatedTime"),
            "currency": _text(total or {}, "currencyCode"),
            "total": _optional(total, "proceeds.grandTotal", "amount"),
            "customer": _customer_2026(data, ref, shipping),
            "shipping": shipping,
            "shipping_method": _text(fulfillment, "fulfillmentServiceLevel"),
            "ship_by": _moment(fulfillment.get("shipByWindow") or {}, "latestDateTime", False),
            "deliver_by": _moment(
                fulfillment.get("deliverByWindow") or {}, "latestDateTime", False
            ),
            "gift_message": "\n".join(_gift_messages_2026(items)),
            "tags": tuple(get("programs") or ()),
            "extra": _extra_2026(data, items),
        },
        market=(get("salesChannel") or {}).get("marketplaceId"),
        items=[_item_2026(item, position) for position, item in enumerate(items)],
        tip=_tip(proceeds),
        payments=_payments_2026(data),
        cancels=_cancel_requests_2026(items),
        purchase_order=_text(get("buyer") or {}, "buyerPurchaseOrderNumber"),
        instructions=_instructions(recipient.get("deliveryPreference") or {}),
        by_channel=fulfillment.get("fulfilledBy") == "AMAZON",
        is_pickup=delivery.get("addressType") == "PICKUP_POINT",
        unfulfillable=status == "UNFULFILLABLE",
    )


# === PARTS OF BOTH === #


def _document(
    values,
    *,
    market,
    items,
    payments,
    cancels,
    purchase_order,
    by_channel,
    is_pickup,
    unfulfillable,
    instructions="",
    tip=ZERO,
):
    """:return: the document of an order, from what both versions of the interface tell"""
    country, _region, currency = MARKETPLACES.get(market, ("", "", ""))
    values["currency"] = values["currency"] or currency
    items = [item for item in items if item.quantity]
    reason = next(iter(cancels), "")
    if values["status"] == "cancelled" and not items:
        return _cancellation(values, reason)
    mode = _choose_mode(items, values["total"], tip, country not in TAX_ADDED)
    shipping = values["shipping"]
    note = [f"Purchase order: {purchase_order}" if purchase_order else "", instructions]
    if unfulfillable:
        values["holds"] = (UNFULFILLABLE,)
    return OrderDocument(
        **values,
        prices_include_tax=mode.included,
        lines=_lines(items, mode, tip, ONE if values["currency"] in WHOLE else CENT),
        charges=_charges(values, payments),
        payment_method=_payment_method(payments),
        note="\n".join(filter(None, note)),
        cancel_requested=bool(cancels) and values["status"] in ("open", "pending"),
        cancel_reason=reason,
        pickup_point=(shipping.name or shipping.street) if is_pickup else "",
        fulfilled_by="channel" if by_channel else "merchant",
        location_ref="AMAZON" if by_channel else "DEFAULT",
    )


def _cancellation(values, reason):
    """:return: the document of a cancelled order, of which Amazon tells no items any more"""
    return CancellationDocument(
        ref=f"cancelled:{values['ref']}",
        order_ref=values["ref"],
        at=values["updated_at"],
        updated_at=values["updated_at"],
        currency=values["currency"],
        customer=values["customer"],
        reason=reason,
        extra=values["extra"],
    )


def _text(data, key):
    """:return: the text under a key, '' where there is none"""
    value = data.get(key)
    return value if type(value) is str else to_text(value or "", key)


def _status(value, path):
    try:
        return STATUSES[value]
    except (KeyError, TypeError):
        raise mismatch("the status of an order", value, path) from None


def _moment(data, key, required=True):
    """:return: the time under a key; ``None`` when it may be missing and is
    :raise DocumentError: when it is no time
    """
    value = data.get(key)
    if not value and not required:
        return None
    return to_moment(value, "UTC", key)


def money(value, path, key="Amount"):
    """:return: the amount of a money object; zero where there is none"""
    if not value:
        return ZERO
    try:
        return to_decimal(value[key], path)
    except (KeyError, TypeError, IndexError):
        raise mismatch(f"an object with {key}", value, path) from None


def _optional(value, path, key="Amount"):
    return money(value, path, key) if value else None


def _shipped(value, path):
    return None if value in (None, "") else _quantity(value, path)


def _quantity(value, path):
    quantity = to_decimal(value, path)
    return quantity if quantity >= 0 else ZERO


# === VERSION 0 === #


def read_item(item, position):
    """:return: an item as version 0 tells it
    :raise DocumentError: when it is none
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
            _optional(item.get("ItemTax"), f"{path}.ItemTax"),
            amount("PromotionDiscountTax"),
        )
    ]
    if item.get("ShippingPrice"):
        parts.append(
            Part(
                "shipping",
                amount("ShippingPrice"),
                amount("ShippingDiscount"),
                _optional(item.get("ShippingTax"), f"{path}.ShippingTax"),
                amount("ShippingDiscountTax"),
            )
        )
    if buyer.get("GiftWrapPrice"):
        tax = _optional(buyer.get("GiftWrapTax"), f"{path}.GiftWrapTax")
        parts.append(Part("gift_wrap", amount("GiftWrapPrice", buyer), tax=tax))
    if item.get("CODFee"):
        parts.append(Part("cod", amount("CODFee"), amount("CODFeeDiscount")))
    custom = (buyer.get("BuyerCustomizedInfo") or {}).get("CustomizedURL")
    return Item(
        to_text(item.get("OrderItemId") or "", f"{path}.OrderItemId"),
        to_text(item.get("SellerSKU") or "", f"{path}.SellerSKU"),
        to_text(item.get("Title") or "", f"{path}.Title"),
        _quantity(item.get("QuantityOrdered"), f"{path}.QuantityOrdered"),
        tuple(parts),
        (item.get("TaxCollection") or {}).get("Model") == "MarketplaceFacilitator",
        custom or "",
        _shipped(item.get("QuantityShipped"), f"{path}.QuantityShipped"),
    )


def _address_v0(data):
    return Address(
        name=_text(data, "Name"),
        company=_text(data, "CompanyName"),
        **_streets(data, "AddressLine1", "AddressLine2", "AddressLine3"),
        city=_text(data, "City") or _text(data, "Municipality"),
        zip=_text(data, "PostalCode"),
        state=_text(data, "StateOrRegion") or _text(data, "County") or _text(data, "District"),
        country=_text(data, "CountryCode"),
        phone=_text(data, "Phone"),
    )


def _streets(data, *keys):
    first, *rest = list(filter(None, (_text(data, key) for key in keys))) or [""]
    return {"street": first, "street2": ", ".join(rest)}


def _customer_v0(data, ref, shipping):
    """:return: who bought; Amazon's buyers are known by a relay address, some by nothing"""
    buyer, turkish = data.get("BuyerInfo") or {}, data.get("BuyerTaxInformation") or {}
    tax = buyer.get("BuyerTaxInfo") or {}
    numbers = [_text(number, "Value") for number in tax.get("TaxClassifications") or ()]
    email = _text(buyer, "BuyerEmail")
    return Customer(
        ref=email or ref,
        name=_text(buyer, "BuyerName") or shipping.name,
        email=email,
        phone=shipping.phone,
        company=_text(tax, "CompanyLegalName")
        or _text(turkish, "BuyerLegalCompanyName")
        or shipping.company,
        tax_number=next(filter(None, numbers), "") or _text(turkish, "BuyerTaxRegistrationId"),
    )


def _payments_v0(data):
    """:return: (method, amount or ``None`` for the whole total), as Amazon tells them"""
    executions = [
        (part.get("PaymentMethod") or "", money(part.get("Payment"), "PaymentExecutionDetail"))
        for part in data.get("PaymentExecutionDetail") or ()
    ]
    method = data.get("PaymentMethod")
    if method == "COD" and executions:
        return executions
    details = data.get("PaymentMethodDetails") or ()
    return [("COD" if method == "COD" else ", ".join(details) or method or "", None)]


def _gift_messages_v0(items):
    for item in items:
        if text := (item.get("BuyerInfo") or {}).get("GiftMessageText"):
            yield text


def _cancel_requests_v0(items):
    """:return: the reason of each item whose buyer asks to cancel"""
    return [
        request.get("BuyerCancelReason") or "The buyer asks to cancel."
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


def _tags_v0(data):
    return tuple(
        tag for key, tag in FLAGS_V0.items() if data.get(key) and data[key] not in ("false", "no")
    )


def _extra_v0(data, items):
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


# === VERSION 2026-01-01 === #


def _item_2026(item, position):
    path = f"orderItems[{position}]"
    if not isinstance(item, dict):
        raise mismatch("an object", item, path)
    product = item.get("product") or {}
    quantity = _quantity(item.get("quantityOrdered"), f"{path}.quantityOrdered")
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
        _shipped(
            (item.get("fulfillment") or {}).get("quantityFulfilled"),
            f"{path}.fulfillment.quantityFulfilled",
        ),
    )


def _parts_2026(item, product, quantity, path):
    """:return: what an item costs: its proceeds, or its price where those are not told"""
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
    # What is not told in detail is the item's.
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


def _tip(proceeds):
    return sum(
        (
            money(part.get("subtotal"), "proceeds.breakdowns", "amount")
            for part in proceeds.get("breakdowns") or ()
            if part.get("type") == "DELIVERY_TIP"
        ),
        ZERO,
    )


def _address_2026(data):
    return Address(
        name=_text(data, "name"),
        company=_text(data, "companyName"),
        **_streets(data, "addressLine1", "addressLine2", "addressLine3"),
        city=_text(data, "city") or _text(data, "municipality"),
        zip=_text(data, "postalCode"),
        state=_text(data, "stateOrRegion") or _text(data, "districtOrCounty"),
        country=_text(data, "countryCode"),
        phone=_text(data, "phone"),
    )


def _customer_2026(data, ref, shipping):
    buyer = data.get("buyer") or {}
    registrations = (data.get("tax") or {}).get("taxRegistrations") or ()
    of_buyer = next((r for r in registrations if r.get("entityType") == "BUYER"), {})
    email = _text(buyer, "buyerEmail")
    return Customer(
        ref=email or ref,
        name=_text(buyer, "buyerName") or shipping.name,
        email=email,
        phone=shipping.phone,
        company=_text(buyer, "buyerCompanyName")
        or _text(of_buyer, "legalName")
        or shipping.company,
        tax_number=_text(of_buyer, "taxRegistrationNumber"),
    )


def _payments_2026(data):
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


def _gift_messages_2026(items):
    for item in items:
        packing = (item.get("fulfillment") or {}).get("packing") or {}
        if text := (packing.get("giftOption") or {}).get("giftMessage"):
            yield text


def _cancel_requests_2026(items):
    return [
        request.get("cancelReason") or "The buyer asks to cancel."
        for item in items
        if (request := (item.get("cancellation") or {}).get("cancellationRequest"))
        and request.get("requester", "BUYER") == "BUYER"
    ]


def _instructions(preference):
    parts = (preference.get("dropOffLocation"), preference.get("addressInstruction"))
    return "; ".join(filter(None, parts))


def _extra_2026(data, items):
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


# === ARITHMETIC === #


def _choose_mode(items, total, tip, usually_included):
    """Find out how the amounts of an order make its total: Amazon does not say.

    :param bool usually_included: what holds in the marketplace, where both would do
    :rtype: Mode
    """
    price = tax = discount_tax = ZERO
    for item in items:
        for part in item.parts:
            price += part.amount - part.discount
            tax += part.tax or ZERO
            discount_tax += part.discount_tax
    sums = {
        Mode(True, False): price,
        Mode(False, True): price + tax - discount_tax,
        Mode(False, False): price + tax,
        Mode(True, True): price - discount_tax,
    }
    modes = sorted(sums, key=lambda mode: mode.included is not usually_included)
    return next((mode for mode in modes if sums[mode] + tip == total), modes[0])


def _lines(items, mode, tip, coin):
    """:return: the lines of an order: its items, then what is charged besides, then the tax
    that Amazon collects, which is none of the seller's
    """
    has_taxes = any(part.tax for item in items for part in item.parts)
    lines, besides, collected = [], defaultdict(lambda: [ZERO, ZERO, ZERO]), ZERO
    for item in items:
        for part in item.parts:
            price, discount, tax = _net(part, mode)
            if item.by_amazon and tax:
                collected += tax
                price = price - tax if mode.included else price
                tax = ZERO
            elif item.by_amazon or has_taxes or not mode.included:
                tax = tax or ZERO
            else:
                # Nobody computed any: the channel's usual taxes are in the price.
                tax = None
            quantity = item.quantity if part.kind == "product" else Decimal(1)
            rate = _rate(price - discount, tax, mode.included, coin * max(quantity, 1) / 2)
            if part.kind == "product":
                lines.append(_product_line(item, price, discount, _taxes(tax), coin))
            elif price or discount:
                sums = besides[part.kind, rate]
                sums[0] += price
                sums[1] += discount
                sums[2] += tax or ZERO
    lines.extend(_besides_line(key, sums) for key, sums in besides.items())
    if tip:
        lines.append(Line(ref="tip", name="Tip", kind="tip", **_whole(tip)))
    if collected:
        lines.append(
            Line(ref="tax", name="Tax collected by Amazon", kind="fee", **_whole(collected))
        )
    return tuple(lines)


def _net(part, mode):
    """:return: price, discount and tax of a part, as they make the total"""
    if mode.adds_discount_tax and mode.included:
        return part.amount, part.discount + part.discount_tax, _minus(part.tax, part.discount_tax)
    if mode.included or mode.adds_discount_tax:
        return part.amount, part.discount, _minus(part.tax, part.discount_tax)
    return part.amount, part.discount, part.tax


def _minus(tax, discount_tax):
    return tax - discount_tax if tax is not None else None


def _whole(amount):
    return {"quantity": Decimal(1), "unit_price": amount, "taxes": ()}


def _product_line(item, price, discount, taxes, coin):
    unit, rest = _unit_price(price, item.quantity, coin)
    return Line(
        ref=item.ref,
        listing_ref=item.sku,
        sku=item.sku,
        name=item.title,
        quantity=item.quantity,
        unit_price=unit,
        discount=discount + rest,
        taxes=taxes,
        note=item.note,
        shipped=item.shipped,
    )


def _besides_line(key, sums):
    (kind, rate), (price, discount, tax) = key, sums
    return Line(
        ref=kind if not rate else f"{kind}:{rate:f}",
        name=NAMES.get(kind, "Other"),
        kind=KINDS[kind],
        quantity=Decimal(1),
        unit_price=price,
        discount=discount,
        taxes=None if rate is None else _taxes(tax),
    )


def _taxes(tax):
    if tax is None:
        return None
    return (Tax(amount=tax),) if tax else ()


def _unit_price(price, quantity, coin):
    """:return: the price of one, and what so many of them are too much"""
    unit = (price / quantity).quantize(coin, ROUND_UP)
    return unit, unit * quantity - price


def _rate(base, tax, included, tolerance):
    """Find the rate of a tax from its amount.

    :param tolerance: how far its rounding may have moved the amount
    :return: percent, the roundest that gives the amount; zero without tax, ``None`` when
        nobody tells
    """
    if tax is None:
        return None
    net = base - tax if included else base
    if not tax or net <= 0:
        return ZERO
    exact = tax * 100 / net
    for step in RATE_STEPS:
        rate = (exact / step).quantize(ONE) * step
        found = base * rate / (100 + rate) if included else base * rate / 100
        if abs(found - tax) <= tolerance and rate:
            return rate.normalize()
    return exact.quantize(Decimal("0.0001")).normalize()


def _payment_method(payments):
    """:return: ``COD`` where any of it is paid in cash; else what Amazon calls the method"""
    if any(method.casefold() in CASH for method, _amount in payments):
        return "COD"
    return payments[0][0] if payments else ""


def _charges(values, payments):
    """:return: what Amazon holds of the order's money; of cash on delivery it has nothing"""
    total, ref = values["total"], f"AMAZON-{values['ref']}"
    if not total or values["status"] == "cancelled":
        return ()
    if any(method.casefold() in CASH for method, _amount in payments):
        paid = [
            (f"{ref}-{method}", method, amount)
            for method, amount in payments
            if method.casefold() not in CASH and amount
        ]
    else:
        paid = [(ref, payments[0][0] or GATEWAY, total)]
    return tuple(
        Charge(
            ref=charge_ref,
            kind="authorization" if values["status"] == "pending" else "charge",
            amount=amount,
            currency=values["currency"],
            at=values["placed_at"],
            method=method,
            gateway=GATEWAY,
            status="success",
        )
        for charge_ref, method, amount in paid
    )
