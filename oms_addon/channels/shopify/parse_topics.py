"""Topics of Shopify's messages: the order they are about, and whether they fit their body."""

from odoo.addons.oms_addon.documents.codec import loads
from odoo.addons.oms_addon.documents.values import (
    DocumentError,
)

from .parse_values import id_of

#: topics of a fetched order, and of an order to fetch
ASKED = "orders/asked"
TO_ASK = "orders/to_ask"


def order_ref_of(topic, data):
    """:return: the order id in a body; ``None`` when it is not included"""
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


def has_time(topic):
    """Return whether bodies of a topic contain the time of the change; otherwise the same body may
    be a new event later.
    """
    return topic in _TIMED


def topic_problem(topic, payload):
    """Check that a body fits its topic, since only the body is signed.

    :return: why it does not; '' when it may, for ignored topics, and for invalid bodies
    """
    if topic in (ASKED, TO_ASK) or "/" not in topic:
        return f"the topic “{topic}” is not supported"
    try:
        data = loads(payload)
    except DocumentError:
        return ""
    if not isinstance(data, dict):
        return ""
    kind = next((kind for kind, is_one in _KINDS if is_one(data)), "")
    expected = _TOPICS.get(topic, _TOPICS.get(topic.partition("/")[0] + "/*"))
    # A body without distinctive keys is accepted, except for topics that cannot be undone.
    if expected is None or kind in expected or (not kind and topic not in _PROVED):
        return ""
    return f"the body does not match the topic {topic}"


def shop_of(payload):
    """:return: the store's domain in a body, in lower case; '' for none"""
    try:
        data = loads(payload)
    except DocumentError:
        return ""
    data = data if isinstance(data, dict) else {}
    reported = data.get("myshopify_domain") or data.get("shop_domain")
    return reported.lower() if isinstance(reported, str) else ""


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
#: kinds of bodies, by the keys that only they contain, most distinctive first
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
#: kinds of bodies by topic; ``order_id`` alone occurs in several
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
