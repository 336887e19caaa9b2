"""Messages of Shopify other than orders: listings, stock, app removal, privacy."""

from odoo.addons.oms_addon.documents.channel import (
    Listing,
    ListingDocument,
    NoticeDocument,
    OrderRequest,
)
from odoo.addons.oms_addon.documents.values import (
    to_moment,
    to_text,
)

from .parse_topics import order_ref_of
from .parse_values import amount_of, gid, id_of, number_of, text_of

# === NOTICES === #


def read_request(topic, data):
    """A message with an order's id, or the id of one of its fulfillment records."""
    ref = order_ref_of(topic, data) or data.get("order_id")
    if not ref:
        part = data.get("fulfillment_order") or data.get("original_fulfillment_order") or {}
        ref = part["id"]
        return OrderRequest(order_ref=gid("FulfillmentOrder", to_text(ref, "fulfillment_order.id")))
    return OrderRequest(order_ref=id_of(ref))


def read_product(topic, data):
    """The variants of a product; a deleted product is sent with its own id only."""
    ref = id_of(data["id"])
    if topic == "products/delete":
        gone = Listing(ref=ref, parent_ref=ref, status="deleted")
        return ListingDocument(listings=(gone,))
    images = {image.get("id"): text_of(image, "src") for image in data.get("images") or ()}
    first = text_of(data.get("image") or {}, "src") or next(iter(images.values()), "")
    return ListingDocument(
        listings=tuple(
            _listing(data, variant, images.get(variant.get("image_id")) or first)
            for variant in data.get("variants") or ()
        ),
        updated_at=_moment(data, "updated_at"),
    )


def _moment(data, key):
    value = data.get(key)
    return to_moment(value, path=key) if value else None


def _listing(product, variant, image_url):
    title = text_of(variant, "title")
    price = variant.get("price")
    return Listing(
        ref=id_of(variant["id"]),
        item_ref=id_of(variant.get("inventory_item_id") or ""),
        parent_ref=id_of(product["id"]),
        sku=text_of(variant, "sku"),
        barcode=text_of(variant, "barcode"),
        name=" - ".join(
            filter(None, (text_of(product, "title"), title if title != "Default Title" else ""))
        ),
        price=None if price is None else amount_of(price),
        stock_mode=_stock_mode(variant),
        image_url=image_url,
        status="active" if product.get("status", "active") == "active" else "inactive",
    )


def _stock_mode(variant):
    """:return: whether Shopify tracks the stock of a variant; '' when missing"""
    if "inventory_management" not in variant:
        return ""
    return "own" if variant["inventory_management"] else "none"


def read_level(topic, data):
    """The quantity at one location, by inventory item id."""
    available = data.get("available")
    listing = Listing(
        ref="",
        item_ref=id_of(data["inventory_item_id"]),
        quantity=None if available is None else number_of(available),
        location_ref=id_of(data["location_id"]),
    )
    return ListingDocument(listings=(listing,), updated_at=_moment(data, "updated_at"))


def read_uninstalled(topic, data):
    name = text_of(data, "myshopify_domain") or text_of(data, "name")
    message = f"The app was removed from the store {name}. Connect it again to continue."
    return NoticeDocument(kind="disconnected", message=message)


def read_privacy(topic, data):
    """Privacy requests: erase a customer or a store, export a customer's data."""
    customer = data.get("customer") or {}
    shop = text_of(data, "shop_domain")
    if topic == "shop/redact":
        message = f"Shopify requests the erasure of all data of the store {shop}."
        return NoticeDocument(kind="erase_shop", message=message)
    is_request = topic == "customers/data_request"
    refs = data.get("orders_requested" if is_request else "orders_to_redact") or ()
    return NoticeDocument(
        kind="data_request" if is_request else "erase_customer",
        message=f"A customer of {shop} requests their personal data."
        if is_request
        else f"Shopify requests the erasure of a customer of {shop}.",
        order_refs=tuple(id_of(ref) for ref in refs),
        customer_ref=id_of(customer.get("id") or ""),
        customer_email=text_of(customer, "email"),
    )
