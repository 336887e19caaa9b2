"""Parse Amazon's orders, of both API versions: bytes to documents."""

from odoo.addons.oms_addon.documents.codec import loads
from odoo.addons.oms_addon.documents.order import (
    CancellationDocument,
    ChannelHold,
    Charge,
    OrderDocument,
    OrderRequest,
)
from odoo.addons.oms_addon.documents.values import (
    DocumentError,
    mismatch,
    refuses_bad_input,
    to_plain,
    to_text,
)

from .parse_2026 import (
    address_2026,
    cancel_requests_2026,
    customer_2026,
    extra_2026,
    gift_messages_2026,
    instructions_of,
    item_2026,
    payments_2026,
    tip_of,
)
from .parse_lines import choose_mode, lines_of
from .parse_v0 import (
    address_v0,
    cancel_requests_v0,
    customer_v0,
    extra_v0,
    gift_messages_v0,
    payments_v0,
    read_item,
    tags_v0,
)
from .parse_values import (
    CASH,
    CENT,
    GATEWAY,
    ONE,
    WHOLE,
    ZERO,
    moment,
    optional,
    status_of,
    text_of,
)

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
#: countries where prices exclude tax
TAX_ADDED = {"US", "CA"}
UNFULFILLABLE = ChannelHold(code="UNFULFILLABLE", reason="Amazon cannot fulfill the order.")


# === PARSING === #


@refuses_bad_input
def read_order(payload):
    """Parse an order of either version, plain or in an API response.

    :param bytes payload: the order; of v0 with its items under ``OrderItems``
    :rtype: OrderDocument | CancellationDocument | OrderRequest
    :raise DocumentError: when it is not an order
    """
    data = unwrap(read_object(payload))
    try:
        if "AmazonOrderId" in data:
            return _read_v0(data)
        if "orderId" in data:
            return _read_2026(data)
    except (AttributeError, TypeError) as error:
        raise DocumentError(f"this is not a valid order of Amazon: {error}") from error
    raise mismatch("an order with AmazonOrderId or orderId", sorted(data)[:5], "")


def read_object(payload):
    """:return: the JSON object in a body, without characters that the database cannot store
    :raise DocumentError: when it is not a JSON object
    """
    data = loads(payload)
    if not isinstance(data, dict):
        raise mismatch("an object", data, "")
    # Such characters can only occur as JSON escapes.
    return to_plain(data) if b"\\u" in payload else data


def unwrap(data):
    """:return: the order in a response of getOrder, or the object itself"""
    for wrapper in ("payload", "order"):
        if isinstance(data.get(wrapper), dict):
            data = data[wrapper]
    return data


def _read_v0(data):
    get = data.get
    ref, items = to_text(data["AmazonOrderId"], "AmazonOrderId"), get("OrderItems") or ()
    status = status_of(get("OrderStatus"), "OrderStatus")
    if get("FromReport") and status not in ("shipped", "cancelled"):
        # Reports contain neither addresses nor item ids.
        return OrderRequest(order_ref=ref)
    shipping, total = address_v0(get("ShippingAddress") or {}), get("OrderTotal")
    return _document(
        {
            "ref": ref,
            "status": status,
            "placed_at": moment(data, "PurchaseDate"),
            "updated_at": moment(data, "LastUpdateDate"),
            "currency": text_of(total or {}, "CurrencyCode") or text_of(data, "Currency"),
            "total": optional(total, "OrderTotal"),
            "customer": customer_v0(data, ref, shipping),
            "shipping": shipping,
            "shipping_method": text_of(data, "ShipServiceLevel")
            or text_of(data, "ShipmentServiceLevelCategory"),
            "ship_by": moment(data, "LatestShipDate", False),
            "deliver_by": moment(data, "LatestDeliveryDate", False),
            "gift_message": "\n".join(gift_messages_v0(items)),
            "tags": tags_v0(data),
            "extra": extra_v0(data, items),
        },
        market=get("MarketplaceId"),
        items=[read_item(item, position) for position, item in enumerate(items)],
        payments=payments_v0(data),
        cancels=cancel_requests_v0(items),
        purchase_order=text_of(get("BuyerInfo") or {}, "PurchaseOrderNumber"),
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
    shipping, total = address_2026(delivery), proceeds.get("grandTotal")
    return _document(
        {
            "ref": ref,
            "status": status_of(status, "fulfillment.fulfillmentStatus"),
            "placed_at": moment(data, "createdTime"),
            "updated_at": moment(data, "lastUpdatedTime"),
            "currency": text_of(total or {}, "currencyCode"),
            "total": optional(total, "proceeds.grandTotal", "amount"),
            "customer": customer_2026(data, ref, shipping),
            "shipping": shipping,
            "shipping_method": text_of(fulfillment, "fulfillmentServiceLevel"),
            "ship_by": moment(fulfillment.get("shipByWindow") or {}, "latestDateTime", False),
            "deliver_by": moment(fulfillment.get("deliverByWindow") or {}, "latestDateTime", False),
            "gift_message": "\n".join(gift_messages_2026(items)),
            "tags": tuple(get("programs") or ()),
            "extra": extra_2026(data, items),
        },
        market=(get("salesChannel") or {}).get("marketplaceId"),
        items=[item_2026(item, position) for position, item in enumerate(items)],
        tip=tip_of(proceeds),
        payments=payments_2026(data),
        cancels=cancel_requests_2026(items),
        purchase_order=text_of(get("buyer") or {}, "buyerPurchaseOrderNumber"),
        instructions=instructions_of(recipient.get("deliveryPreference") or {}),
        by_channel=fulfillment.get("fulfilledBy") == "AMAZON",
        is_pickup=delivery.get("addressType") == "PICKUP_POINT",
        unfulfillable=status == "UNFULFILLABLE",
    )


# === BOTH VERSIONS === #


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
    """:return: the document of an order, from the values of either version"""
    country, _region, currency = MARKETPLACES.get(market, ("", "", ""))
    values["currency"] = values["currency"] or currency
    items = [item for item in items if item.quantity]
    reason = next(iter(cancels), "")
    if values["status"] == "cancelled" and not items:
        return _cancellation(values, reason)
    mode = choose_mode(items, values["total"], tip, country not in TAX_ADDED)
    shipping = values["shipping"]
    note = [f"Purchase order: {purchase_order}" if purchase_order else "", instructions]
    if unfulfillable:
        values["holds"] = (UNFULFILLABLE,)
    return OrderDocument(
        **values,
        prices_include_tax=mode.included,
        lines=lines_of(items, mode, tip, ONE if values["currency"] in WHOLE else CENT),
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
    """:return: the document of a cancelled order, which Amazon sends without items"""
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


def _payment_method(payments):
    """:return: ``COD`` where a part is paid in cash; else Amazon's payment method"""
    if any(method.casefold() in CASH for method, _amount in payments):
        return "COD"
    return payments[0][0] if payments else ""


def _charges(values, payments):
    """:return: payments that Amazon collected; cash on delivery is not included"""
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
