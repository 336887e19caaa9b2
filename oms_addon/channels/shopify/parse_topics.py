"""The topics of Shopify's messages: which order they name, whether they fit their body."""

from odoo.addons.oms_addon.documents.codec import loads
from odoo.addons.oms_addon.documents.values import (
    DocumentError,
)

from .parse_values import id_of

#: the topic of an order we asked for, and of one that is still to be asked for
ASKED = "orders/asked"
TO_ASK = "orders/to_ask"


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
