"""WooCommerce's REST API: its values, its products and what is written to it."""

import html
from datetime import datetime, timezone
from decimal import Decimal

from odoo.addons.oms_addon.documents.channel import Listing, ListingDocument
from odoo.addons.oms_addon.documents.codec import loads
from odoo.addons.oms_addon.documents.values import (
    DocumentError,
    in_words,
    mismatch,
    to_decimal,
    to_text,
)

#: products that are sold as something else, or elsewhere
NOT_SOLD = {"variable", "variable-subscription", "grouped", "external"}
#: our own notes on orders and refunds of the shop
SHIPMENTS, UNPAID, KEY, KIND = "_oms_shipments", "_oms_unpaid", "_oms_key", "_oms_kind"
#: where we put the refunds of an order, whole
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
            f"the shop could not build the message: {told.rstrip('.')}. The user who made the "
            "webhook must be an administrator"
        )
    return data


def is_gone(data):
    """:return: whether a message is about what was deleted for good before it was built"""
    return isinstance(data, dict) and str(data.get("code") or "").endswith("_invalid_id")


def topic_problem(topic, payload):
    """Say why a body is not what the shop sends for a topic: the signature is of the body alone.

    :return: the reason in words; '' when it may be, and for a body that cannot be read
    """
    resource, dot, event = topic.partition(".")
    if not dot:
        return f"{topic or 'no topic'} is no topic of WooCommerce"
    try:
        data = loads(payload)
    except DocumentError:
        return ""
    if resource not in ("order", "product") or not isinstance(data, dict):
        return ""
    if "code" in data and "id" not in data:
        # It could not be built.
        return ""
    is_order = "line_items" in data
    is_product = not is_order and bool(data.keys() & {"type", "sku", "name"})
    # Coupons and customers are told as well.
    is_other = bool(data.keys() & {"discount_type", "username"})
    if event == "deleted":
        # The id alone is told.
        is_wrong = is_order or is_product or is_other
    else:
        is_wrong = is_other or (is_product if resource == "order" else not is_product)
    return f"the body is not what the shop sends for {topic}" if is_wrong else ""


def ref_of(data):
    ref = data.get("id")
    if not ref or isinstance(ref, bool) or not isinstance(ref, (int, str)):
        raise mismatch("an id", ref, "id")
    return str(ref)


def rows_of(data, key):
    """:return: a list of objects; an empty one when there is none"""
    rows = data.get(key) or ()
    if not isinstance(rows, (list, tuple)) or not all(isinstance(row, dict) for row in rows):
        raise mismatch("a list of objects", rows, key)
    return rows


def text_of(data, key):
    return to_text(data.get(key) or "", key)


def words_of(data, key):
    """:return: a text that WordPress wrote as it stands in a page, e.g. ``Salt &amp; Pepper``"""
    return html.unescape(text_of(data, key))


def amount_of(data, key, path):
    value = data.get(key)
    if value in (None, ""):
        return ZERO
    return to_decimal(value, f"{path}.{key}")


def coin_of(total):
    """:return: the smallest amount a total can be told in"""
    return Decimal((0, (1,), min(total.as_tuple().exponent, 0)))


def moment_of(data, key):
    """:return: a time of the shop in UTC; ``None`` when it is not told"""
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
    """:return: the values of plugins and shops by their key"""
    return {
        row["key"]: row.get("value")
        for row in data.get("meta_data") or ()
        if isinstance(row, dict) and isinstance(row.get("key"), str)
    }


def sku_of(row):
    """:return: the SKU; where the shop has none, the product's id can be mapped"""
    sku = row.get("sku")
    product = row.get("variation_id") or row.get("product_id")
    return to_text(sku, "sku") if sku else f"id:{product}" if product else ""


def listing_of(row):
    """:return: the shop's id of what a line sold, and of the product it is a variation of;
    '' where it tells none
    """
    product = to_text(row.get("product_id") or "", "product_id")
    variation = to_text(row.get("variation_id") or "", "variation_id")
    return (variation, product) if variation else (product, "")


# === PRODUCTS === #


@in_words
def read_product(data, event):
    """Return what a product's message says; ``None`` when it is not sold as it is.

    :param str event: ``created``, ``updated``, ``deleted`` or ``restored``
    """
    ref = ref_of(data)
    if event == "deleted":
        return ListingDocument(listings=(Listing(ref=ref, status="deleted"),))
    listing = read_listing(data)
    if not listing:
        return None
    return ListingDocument(listings=(listing,), updated_at=moment_of(data, "date_modified"))


@in_words
def read_listing(row, parent=None):
    """Return a product or variation as the API shows it; ``None`` for what is not sold.

    :param dict parent: the product of a variation. The API shows a variation without SKU or
        GTIN with those of its product, and no SKU or GTIN can be of both.
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
        name=words_of(row, "name"),
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
    """:return: whether a value of a variation is its product's; ``None`` when it is not known"""
    if parent is None:
        return None
    return bool(row.get(name)) and row[name] == parent.get(name)


def stock_mode_of(row):
    """:return: how the shop tracks the stock of a product or variation, '' when not told"""
    modes = {"True": "own", "False": "none", "parent": "parent"}
    return modes.get(str(row.get("manage_stock", "")), "")
