"""Parse Amazon's listings, and its reports of listings and of old orders."""

import csv
import io
import re

from odoo.addons.oms_addon.documents.channel import Listing
from odoo.addons.oms_addon.documents.values import (
    DocumentError,
    mismatch,
    refuses_bad_input,
    to_decimal,
)
from odoo.addons.oms_addon.exceptions import FinalError

from .parse_orders import MARKETPLACES

#: Japan's report of listings has its own column names
JAPANESE = {
    "商品名": "item-name",
    "出品者SKU": "seller-sku",
    "価格": "price",
    "数量": "quantity",
    "商品ID": "asin1",
    "フルフィルメント・チャンネル": "fulfillment-channel",
    "ステータス": "status",
}
#: prefix of the inventory id of items in Amazon's warehouses, whose stock is not pushed
BY_AMAZON = "FBA:"


@refuses_bad_input
def read_listing(item, market):
    """:return: the listing of a seller's SKU, from the Listings API"""
    summary = _of_market(item.get("summaries"), market)
    price = _of_market(item.get("offers"), market).get("price") or {}
    available = item.get("fulfillmentAvailability") or [{}]
    by_amazon = any(a.get("fulfillmentChannelCode", "").startswith("AMAZON") for a in available)
    return Listing(
        ref=item["sku"],
        item_ref=f"{BY_AMAZON}{summary.get('fnSku') or summary.get('asin')}" if by_amazon else "",
        parent_ref=_parent_sku(item),
        sku=item["sku"],
        name=summary.get("itemName") or "",
        price=_decimal(price.get("amount") or None),
        currency=price.get("currencyCode") or "",
        quantity=_decimal(available[0].get("quantity")),
        location_ref="AMAZON" if by_amazon else "DEFAULT",
        image_url=(summary.get("mainImage") or {}).get("link") or "",
        status="active" if "BUYABLE" in (summary.get("status") or ()) else "inactive",
    )


def _of_market(rows, market):
    """:return: the first row of a marketplace, empty when there is none"""
    return next((row for row in rows or () if row.get("marketplaceId") == market), {})


def _parent_sku(item):
    """:return: the parent SKU of a variation, '' when it is not a variation"""
    for relations in item.get("relationships") or ():
        for relation in relations.get("relationships") or ():
            for sku in relation.get("parentSkus") or ():
                return sku
    return ""


def _decimal(value):
    return None if value is None else to_decimal(str(value))


def read_listing_report(text, currency):
    """:return: the listings in a report of all listings, and the errors of skipped rows
    :rtype: tuple[list[Listing], list[str]]
    :raise FinalError: when its columns are not the expected ones
    """
    rows = _rows(text)
    rows.fieldnames = [JAPANESE.get(name, name) for name in rows.fieldnames or ()]
    if rows.fieldnames and "seller-sku" not in rows.fieldnames:
        raise FinalError(
            "Amazon's report of listings has no column seller-sku. Contact support with its "
            f"columns: {', '.join(rows.fieldnames)[:200]}"
        )
    return _each(rows, lambda row: _report_listing(row, currency))


@refuses_bad_input
def _report_listing(row, currency):
    if not row["seller-sku"]:
        raise mismatch("a SKU", row["seller-sku"], "seller-sku")
    by_amazon = (row.get("fulfillment-channel") or "").startswith("AMAZON")
    return Listing(
        ref=row["seller-sku"],
        item_ref=f"{BY_AMAZON}{row.get('asin1')}" if by_amazon else "",
        sku=row["seller-sku"],
        name=row.get("item-name") or "",
        price=_number(row.get("price")),
        currency=currency,
        quantity=_number(row.get("quantity")),
        location_ref="AMAZON" if by_amazon else "DEFAULT",
        image_url=row.get("image-url") or "",
        status="active" if row.get("status") == "Active" else "inactive",
    )


def _each(rows, read):
    """:return: the parsed rows, and the errors of skipped rows"""
    found, problems = [], []
    try:
        for number, row in enumerate(rows, 2):
            try:
                found.append(read(row))
            except DocumentError as error:
                problems.append(f"row {number}: {error}")
    except csv.Error as error:
        raise FinalError(f"A report of Amazon cannot be read: {error}.") from error
    return found, problems


#: column of the report: (part of the item, key in it)
REPORT_AMOUNTS = {
    "item-price": "ItemPrice",
    "item-tax": "ItemTax",
    "shipping-price": "ShippingPrice",
    "shipping-tax": "ShippingTax",
    "item-promotion-discount": "PromotionDiscount",
    "ship-promotion-discount": "ShippingDiscount",
}
REPORT_CHANNELS = {"Amazon": "AFN", "Merchant": "MFN"}
REPORT_STATUSES = {"Cancelled": "Canceled", "Shipping": "PartiallyShipped"}


def read_order_report(text):
    """Parse the report of all orders of a period.

    An order with an invalid row is skipped, since it would lack an item.

    :return: the orders in the format of version 0, without values that reports lack, and the
        errors of the rows of skipped orders
    :rtype: tuple[list[dict], list[str]]
    """
    orders, broken = {}, set()

    def read(row):
        ref = row.get("amazon-order-id")
        try:
            order = orders.get(ref) or _report_order(row)
            order["OrderItems"].append(_report_item(row, len(order["OrderItems"])))
        except DocumentError:
            broken.add(ref)
            raise
        orders[ref] = order

    _found, problems = _each(_rows(text), read)
    return [order for ref, order in orders.items() if ref not in broken], problems


@refuses_bad_input
def _report_order(row):
    for column in ("amazon-order-id", "purchase-date", "last-updated-date"):
        if not row.get(column):
            raise mismatch("a value", row.get(column), column)
    status = row.get("order-status") or ""
    # "Shipped - Delivered to Buyer" and the like
    status = REPORT_STATUSES.get(status, status.split(" - ")[0])
    channel = row.get("fulfillment-channel")
    return {
        "FromReport": True,
        "AmazonOrderId": row["amazon-order-id"],
        "SellerOrderId": row.get("merchant-order-id") or "",
        "PurchaseDate": row["purchase-date"],
        "LastUpdateDate": row["last-updated-date"],
        "OrderStatus": status,
        "FulfillmentChannel": REPORT_CHANNELS.get(channel, channel),
        "SalesChannel": row.get("sales-channel") or "",
        "MarketplaceId": _market_of(row.get("sales-channel")),
        "ShipServiceLevel": row.get("ship-service-level") or "",
        "IsBusinessOrder": row.get("is-business-order") == "true",
        "BuyerInfo": {"PurchaseOrderNumber": row.get("purchase-order-number") or ""},
        "ShippingAddress": {
            "City": row.get("ship-city") or "",
            "StateOrRegion": row.get("ship-state") or "",
            "PostalCode": row.get("ship-postal-code") or "",
            "CountryCode": row.get("ship-country") or "",
        },
        "Currency": row.get("currency") or "",
        "OrderItems": [],
    }


@refuses_bad_input
def _report_item(row, position):
    currency = row.get("currency") or ""

    def money(column):
        return {"CurrencyCode": currency, "Amount": row[column]} if row.get(column) else None

    item = {
        # Reports contain no item ids: use the item's position in the order.
        "OrderItemId": f"{row.get('sku') or ''}:{position}",
        "ASIN": row.get("asin") or "",
        "SellerSKU": row.get("sku") or "",
        "Title": row.get("product-name") or "",
        "QuantityOrdered": int(row.get("quantity") or 0),
        "PromotionIds": [p for p in (row.get("promotion-ids") or "").split(",") if p],
    }
    if row.get("gift-wrap-price"):
        gift = {"GiftWrapPrice": money("gift-wrap-price"), "GiftWrapTax": money("gift-wrap-tax")}
        item["BuyerInfo"] = {key: value for key, value in gift.items() if value}
    for column, key in REPORT_AMOUNTS.items():
        if amount := money(column):
            item[key] = amount
    return item


TOP_DOMAINS = {
    "com": "US",
    "uk": "GB",
    "mx": "MX",
    "br": "BR",
    "au": "AU",
    "jp": "JP",
    "be": "BE",
    "tr": "TR",
    "za": "ZA",
}


def _market_of(site):
    """:return: the id of the marketplace of a site such as Amazon.co.uk, '' of any other"""
    site = (site or "").casefold()
    if not site.startswith("amazon."):
        return ""
    last = site.rpartition(".")[2]
    country = TOP_DOMAINS.get(last, last.upper())
    return next((m for m, (code, *_rest) in MARKETPLACES.items() if code == country), "")


def _rows(text):
    """:return: the rows of a report: separated by tabs, without quotes

    Sellers' titles may contain characters that only Python treats as line ends.
    """
    return csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE)


def _number(text):
    """:return: a number in a report, ``None`` when it is invalid"""
    try:
        return to_decimal(text) if text else None
    except DocumentError:
        return None


def decode(body, content_type):
    """:return: the decoded text of a document: by its charset, else UTF-8 or a Windows code page"""
    found = re.search(r"charset=([\w-]+)", content_type, re.I)
    for encoding in (found[1] if found else "utf-8", "utf-8-sig", "cp932", "cp1252"):
        try:
            return body.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return body.decode("utf-8", "replace")
