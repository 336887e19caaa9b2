"""What Shopify says becomes documents: orders, refunds, payments, products, notices.

Webhooks come in the shape of Shopify's REST interface; what is asked for comes as nodes of
its GraphQL interface and is brought into that shape first, so that one builder makes the
same document of both. Money is what the customer pays in (presentment).

An asked order knows more than a told one: payments, the holds of its fulfilment orders,
risk, where it is collected. Its version says so: of two documents of the same second the
asked one is the newer.
"""

from odoo.addons.oms_addon.documents.channel import (
    Listing,
    ListingDocument,
    NoticeDocument,
    OrderRequest,
)
from odoo.addons.oms_addon.documents.codec import loads
from odoo.addons.oms_addon.documents.order import PaymentDocument, RefundDocument
from odoo.addons.oms_addon.documents.values import (
    DocumentError,
    in_words,
    mismatch,
    to_moment,
    to_text,
)

from .parse_money import read_charge, read_refund
from .parse_nodes import asked_values, rest_order
from .parse_orders import build_order
from .parse_values import amount_of, gid, id_of, number_of, text_of

#: the topic of an order we asked for, and of one that is still to be asked for
ASKED = "orders/asked"
TO_ASK = "orders/to_ask"
#: the version of a told order, see above; that of an asked one is higher
TOLD_VERSION = "1"


@in_words
def parse(topic, payload):
    """Return the document of a webhook, or of an order that was asked for.

    :param str topic: Shopify's name of the event
    :param bytes payload: the body
    :return: a document; ``None`` when the topic asks for nothing
    :raise DocumentError: when the body is not what Shopify describes
    """
    data = loads(payload)
    if not isinstance(data, dict):
        raise mismatch("an object", data, "")
    reader = _READERS.get(topic) or _READERS.get(topic.partition("/")[0] + "/*")
    if not reader:
        return None
    try:
        return reader(topic, data)
    except DocumentError:
        raise
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise DocumentError(f"this is not what Shopify sends for {topic}: {error!r}") from error


def order_ref_of(topic, data):
    """:return: the order a body is about, as far as it tells; ``None`` when it does not"""
    if topic == "orders/edited":
        data, key = data.get("order_edit") or {}, "order_id"
    elif topic == "orders/risk_assessment_changed" or not topic.startswith("orders/"):
        key = "order_id"
    else:
        key = "id"
    if topic.partition("/")[0] not in ("orders", "refunds", "order_transactions", "fulfillments"):
        return None
    value = data.get(key)
    return id_of(value) if value else None


def tells_time(topic):
    """Return whether bodies of a topic hold when what they tell was changed; the same body of
    another topic may be true again later.
    """
    return topic in _TIMED


def topic_problem(topic, payload):
    """Say why a body is not what Shopify sends for a topic: the signature is of the body alone.

    :return: the reason in words; '' when it may be, for a topic that asks for nothing and for a
        body that cannot be read
    """
    if topic in (ASKED, TO_ASK) or "/" not in topic:
        return f"{topic or 'no topic'} is no topic of Shopify"
    try:
        data = loads(payload)
    except DocumentError:
        return ""
    if not isinstance(data, dict):
        return ""
    kind = next((kind for kind, is_one in _KINDS if is_one(data)), "")
    expected = _TOPICS.get(topic, _TOPICS.get(topic.partition("/")[0] + "/*"))
    # What tells little is no proof of another topic; what cannot be taken back needs one.
    if expected is None or kind in expected or (not kind and topic not in _PROVED):
        return ""
    return f"the body is not what Shopify sends for {topic}"


def shop_of(payload):
    """:return: the store that a body names itself, in small letters; '' for none"""
    try:
        data = loads(payload)
    except DocumentError:
        return ""
    data = data if isinstance(data, dict) else {}
    told = data.get("myshopify_domain") or data.get("shop_domain")
    return told.lower() if isinstance(told, str) else ""


_TIMED = {
    "orders/create",
    "orders/updated",
    "orders/cancelled",
    "orders/paid",
    "orders/partially_fulfilled",
    "orders/fulfilled",
    "refunds/create",
    "order_transactions/create",
    "products/create",
    "products/update",
    "customers/redact",
    "customers/data_request",
    "shop/redact",
}
#: what a body is, by what stands in those of its kind alone, the surest first
_KINDS = (
    ("redact", lambda data: "orders_to_redact" in data),
    ("request", lambda data: bool(data.keys() & {"orders_requested", "data_request"})),
    ("edit", lambda data: "order_edit" in data),
    ("refund", lambda data: "refund_line_items" in data),
    ("part", lambda data: bool(data.keys() & {"fulfillment_order", "original_fulfillment_order"})),
    ("product", lambda data: "variants" in data),
    ("level", lambda data: "inventory_item_id" in data),
    ("transaction", lambda data: "order_id" in data and "kind" in data),
    ("fulfillment", lambda data: "order_id" in data and "line_items" in data),
    ("order", lambda data: "line_items" in data),
    ("shop", lambda data: "myshopify_domain" in data),
    ("shop_redact", lambda data: "shop_domain" in data and "customer" not in data),
)
#: the kinds of body of a topic; ``order_id`` alone is told by several
_TOPICS = {
    **dict.fromkeys(
        (
            "orders/create",
            "orders/updated",
            "orders/cancelled",
            "orders/paid",
            "orders/partially_fulfilled",
            "orders/fulfilled",
        ),
        {"order"},
    ),
    "orders/edited": {"edit"},
    "orders/risk_assessment_changed": set(),
    "orders/delete": set(),
    "refunds/create": {"refund"},
    "order_transactions/create": {"transaction"},
    "fulfillments/*": {"fulfillment"},
    "fulfillment_orders/*": {"part"},
    "products/create": {"product"},
    "products/update": {"product"},
    "products/delete": set(),
    "inventory_levels/*": {"level"},
    "app/uninstalled": {"shop"},
    "customers/redact": {"redact"},
    "customers/data_request": {"request"},
    "shop/redact": {"shop_redact"},
}
_PROVED = {"app/uninstalled", "customers/redact", "customers/data_request", "shop/redact"}


# === ORDERS AND THEIR MONEY === #


def _read_order(topic, data):
    """An order, told or asked for; one that a message cannot tell whole is to be asked for."""
    if "createdAt" in data:
        return build_order(rest_order(data), asked_values(data))
    if _is_told_in_part(data):
        return OrderRequest(order_ref=id_of(data["id"]))
    return build_order(data, {"version": TOLD_VERSION, "holds": None})


def _is_told_in_part(data):
    """Say whether a webhook lacks what the order cannot do without.

    A company's name and tax number, and the place where the customer collects, stand in
    nothing Shopify sends.
    """
    return bool(data.get("company")) or (
        not data.get("shipping_address")
        and any(
            item.get("requires_shipping") and item.get("fulfillment_status") != "fulfilled"
            for item in data.get("line_items") or ()
        )
    )


def _read_transaction(topic, data):
    """A payment; the end of an authorisation is news of the authorisation."""
    if data.get("kind") == "void":
        return OrderRequest(order_ref=id_of(data["order_id"]))
    charge = read_charge(data)
    if not charge:
        return None
    return PaymentDocument(order_ref=id_of(data["order_id"]), charges=(charge,))


def _read_refund(topic, data):
    """A refund; one that only the order explains is to be asked for.

    Without a transaction something was taken off the order. Money without lines may pay
    that back later. Pieces that will not be sent may be those of an order that is cancelled.
    """
    order_ref = id_of(data["order_id"])
    transactions = data.get("transactions") or ()
    pays_back = any(
        "pending" in text_of(adjustment, "reason").casefold()
        for adjustment in data.get("order_adjustments") or ()
    )
    items = data.get("refund_line_items") or ()
    is_cancelling = any(item.get("restock_type") == "cancel" for item in items)
    if not transactions or is_cancelling or (pays_back and not items):
        return OrderRequest(order_ref=order_ref)
    return RefundDocument(
        order_ref=order_ref,
        refunds=(read_refund(data, None),),
        charges=tuple(filter(None, map(read_charge, transactions))),
    )


# === WHAT IS NO ORDER === #


def _read_request(topic, data):
    """News that names an order: by its id, or by that of a part of its fulfilment."""
    ref = order_ref_of(topic, data) or data.get("order_id")
    if not ref:
        part = data.get("fulfillment_order") or data.get("original_fulfillment_order") or {}
        ref = part["id"]
        return OrderRequest(order_ref=gid("FulfillmentOrder", to_text(ref, "fulfillment_order.id")))
    return OrderRequest(order_ref=id_of(ref))


def _read_product(topic, data):
    """The variants of a product; of one that is gone only its own id is told."""
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
    """:return: whether Shopify tracks the stock of a variant; '' when it is not told"""
    if "inventory_management" not in variant:
        return ""
    return "own" if variant["inventory_management"] else "none"


def _read_level(topic, data):
    """How many there are in one place, by the id of the inventory item."""
    available = data.get("available")
    listing = Listing(
        ref="",
        item_ref=id_of(data["inventory_item_id"]),
        quantity=None if available is None else number_of(available),
        location_ref=id_of(data["location_id"]),
    )
    return ListingDocument(listings=(listing,), updated_at=_moment(data, "updated_at"))


def _read_uninstalled(topic, data):
    name = text_of(data, "myshopify_domain") or text_of(data, "name")
    message = f"The app was removed from the store {name}: connect it again to go on."
    return NoticeDocument(kind="disconnected", message=message)


def _read_privacy(topic, data):
    """What the law asks for: erase a customer or a shop, hand out a customer's data."""
    customer = data.get("customer") or {}
    shop = text_of(data, "shop_domain")
    if topic == "shop/redact":
        message = f"Shopify asks to erase what is kept of the store {shop}."
        return NoticeDocument(kind="erase_shop", message=message)
    is_request = topic == "customers/data_request"
    refs = data.get("orders_requested" if is_request else "orders_to_redact") or ()
    return NoticeDocument(
        kind="data_request" if is_request else "erase_customer",
        message=f"A customer of {shop} asks for the data kept of them."
        if is_request
        else f"Shopify asks to erase a customer of {shop}.",
        order_refs=tuple(id_of(ref) for ref in refs),
        customer_ref=id_of(customer.get("id") or ""),
        customer_email=text_of(customer, "email"),
    )


_READERS = {
    **dict.fromkeys(
        (
            "orders/create",
            "orders/updated",
            "orders/cancelled",
            "orders/paid",
            "orders/partially_fulfilled",
            "orders/fulfilled",
            ASKED,
        ),
        _read_order,
    ),
    TO_ASK: _read_request,
    # These two name the order without telling it.
    "orders/edited": _read_request,
    "orders/risk_assessment_changed": _read_request,
    "orders/delete": lambda topic, data: None,
    "refunds/create": _read_refund,
    "order_transactions/create": _read_transaction,
    "fulfillments/*": _read_request,
    "fulfillment_orders/*": _read_request,
    "products/create": _read_product,
    "products/update": _read_product,
    "products/delete": _read_product,
    "inventory_levels/update": _read_level,
    "inventory_levels/connect": _read_level,
    "app/uninstalled": _read_uninstalled,
    "customers/redact": _read_privacy,
    "customers/data_request": _read_privacy,
    "shop/redact": _read_privacy,
}
