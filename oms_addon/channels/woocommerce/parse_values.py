"""WooCommerce's REST API: values, products, and constants of what is written to it."""

import html
from datetime import datetime, timezone
from decimal import Decimal

from odoo.addons.oms_addon.documents.channel import Listing, ListingDocument
from odoo.addons.oms_addon.documents.codec import loads
from odoo.addons.oms_addon.documents.values import (
    DocumentError,
    mismatch,
    refuses_bad_input,
    to_decimal,
    to_text,
)

#: product types that are not sold themselves, or sold elsewhere
NOT_SOLD = {"variable", "variable-subscription", "grouped", "external"}
#: meta keys of our data on orders and refunds in the store
SHIPMENTS, UNPAID, KEY, KIND = "_oms_shipments", "_oms_unpaid", "_oms_key", "_oms_kind"
#: key of the refund details that we add to an order
DETAILS = "oms_refunds"
ZERO = Decimal(0)


# === VALUES === #


def read_object(payload):
    data = loads(payload)
    if not isinstance(data, dict):
        raise mismatch("an object", data, "")
    if "id" not in data and data.get("code"):
        told = text_of(data, "message") or text_of(data, "code")
        raise DocumentError(
            f"the store could not create the message ({told.rstrip('.')}). The user of the webhook "
            "must be an administrator"
        )
    return data


def is_gone(data):
    """:return: whether a message is about a record that was deleted before the message was built"""
    return isinstance(data, dict) and str(data.get("code") or "").endswith("_invalid_id")


def topic_problem(topic, payload):
    """Check that a body fits its topic, since only the body is signed.

    :return: why it does not; '' when it may, or when it cannot be parsed
    """
    resource, dot, event = topic.partition(".")
    if not dot:
        return f"the topic “{topic}” is not supported"
    try:
        data = loads(payload)
    except DocumentError:
        return ""
    if resource not in ("order", "product") or not isinstance(data, dict):
        return ""
    if "code" in data and "id" not in data:
        # The store could not build the message.
        return ""
    is_order = "line_items" in data
    is_product = not is_order and bool(data.keys() & {"type", "sku", "name"})
    # Coupons and customers may be sent, too.
    is_other = bool(data.keys() & {"discount_type", "username"})
    if event == "deleted":
        # Only the id is sent.
        is_wrong = is_order or is_product or is_other
    else:
        is_wrong = is_other or (is_product if resource == "order" else not is_product)
    return f"the body does not match the topic {topic}" if is_wrong else ""


def ref_of(data):
    ref = data.get("id")
    if not ref or isinstance(ref, bool) or not isinstance(ref, (int, str)):
        raise mismatch("an ID", ref, "id")
    return str(ref)


def rows_of(data, key):
    """:return: a list of objects; empty when missing"""
    rows = data.get(key) or ()
    if not isinstance(rows, (list, tuple)) or not all(isinstance(row, dict) for row in rows):
        raise mismatch("a list of objects", rows, key)
    return rows


def text_of(data, key):
    return to_text(data.get(key) or "", key)


def unescaped_text(data, key):
    """:return: a text that WordPress escaped for HTML, e.g. ``Salt &amp; Pepper``, unescaped"""
    return html.unescape(text_of(data, key))


def amount_of(data, key, path):
    value = data.get(key)
    if value in (None, ""):
        return ZERO
    return to_decimal(value, f"{path}.{key}")


def coin_of(total):
    """:return: the smallest unit of a total's decimals"""
    return Decimal((0, (1,), min(total.as_tuple().exponent, 0)))


def moment_of(data, key):
    """:return: a time in UTC; ``None`` when it is missing"""
    value = data.get(f"{key}_gmt")
    if not value:
        return None
    try:
        return datetime.fromisoformat(value).replace(tzinfo=timezone.utc)
    except (TypeError, ValueError) as error:
        raise mismatch("a time in ISO 8601", value, f"{key}_gmt") from error


def placed_at_of(data):
    moment = moment_of(data, "date_created")
    if not moment:
        raise DocumentError("missing, expected a time in ISO 8601", "date_created_gmt")
    return moment


def meta_of(data):
    """:return: metadata of plugins and the store, by key"""
    return {
        row["key"]: row.get("value")
        for row in data.get("meta_data") or ()
        if isinstance(row, dict) and isinstance(row.get("key"), str)
    }


def sku_of(row):
    """:return: the SKU; ``id:`` and the product's id where the store has none, '' without both"""
    sku = row.get("sku")
    product = row.get("variation_id") or row.get("product_id")
    return to_text(sku, "sku") if sku else f"id:{product}" if product else ""


def listing_of(row):
    """:return: the store's ids of a line's item, and of its parent product if it is a variation; ''
    where missing
    """
    product = to_text(row.get("product_id") or "", "product_id")
    variation = to_text(row.get("variation_id") or "", "variation_id")
    return (variation, product) if variation else (product, "")


# === PRODUCTS === #


@refuses_bad_input
def read_product(data, event):
    """Return the document of a product's message; ``None`` when the product is not sold itself.

    :param str event: ``created``, ``updated``, ``deleted`` or ``restored``
    """
    ref = ref_of(data)
    if event == "deleted":
        return ListingDocument(listings=(Listing(ref=ref, status="deleted"),))
    listing = read_listing(data)
    if not listing:
        return None
    return ListingDocument(listings=(listing,), updated_at=moment_of(data, "date_modified"))


@refuses_bad_input
def read_listing(row, parent=None):
    """Return the listing of a product or variation from the API; ``None`` when it is not sold.

    :param dict parent: the parent product of a variation. The API returns a variation without SKU
        or GTIN with those of its product, which are never shared by both.
    """
    if row.get("type") in NOT_SOLD:
        return None
    ref, status = ref_of(row), row.get("status") or "publish"
    price = row.get("regular_price") or row.get("price")
    mode = stock_mode_of(row)
    counted = mode == "own" and row.get("stock_quantity") is not None
    images = row.get("images") or [row.get("image") or {}]
    return Listing(
        ref=ref,
        parent_ref=to_text(row.get("parent_id") or "", "parent_id"),
        sku=text_of(row, "sku") or f"id:{ref}",
        barcode=text_of(row, "global_unique_id"),
        name=unescaped_text(row, "name"),
        price=to_decimal(price, "price") if price not in (None, "") else None,
        quantity=to_decimal(row["stock_quantity"], "stock_quantity") if counted else None,
        stock_mode=mode,
        is_virtual=row.get("virtual") if isinstance(row.get("virtual"), bool) else None,
        image_url=text_of(images[0] or {}, "src"),
        status={"publish": "active", "trash": "deleted"}.get(status, "inactive"),
        is_sku_inherited=_is_of(parent, row, "sku"),
        is_barcode_inherited=_is_of(parent, row, "global_unique_id"),
    )


def _is_of(parent, row, name):
    """:return: whether a variation's value is inherited from its product; ``None`` if unknown"""
    if parent is None:
        return None
    return bool(row.get(name)) and row[name] == parent.get(name)


def stock_mode_of(row):
    """:return: how the store tracks the stock of a product or variation, '' when missing"""
    modes = {"True": "own", "False": "none", "parent": "parent"}
    return modes.get(str(row.get("manage_stock", "")), "")
