"""Parse Shopify's messages to documents: orders, refunds, payments, products, notices.

Webhooks have the format of Shopify's REST API; fetched data are nodes of its GraphQL API and are
converted to that format first, so that one builder creates the same document of both. Amounts are
in the customer's currency (presentment).

Fetched orders contain more than webhooks: payments, holds of fulfillment orders, risk, pickup
location. Their version is therefore higher: of two documents of the same second the fetched one is
the newer.
"""

from odoo.addons.oms_addon.documents.channel import (
    OrderRequest,
)
from odoo.addons.oms_addon.documents.codec import loads
from odoo.addons.oms_addon.documents.order import PaymentDocument, RefundDocument
from odoo.addons.oms_addon.documents.values import (
    DocumentError,
    mismatch,
    refuses_bad_input,
)

from .parse_graphql_order import webhook_order
from .parse_money import read_charge, read_refund
from .parse_nodes import fetched_values
from .parse_notices import read_level, read_privacy, read_product, read_request, read_uninstalled
from .parse_orders import build_order
from .parse_topics import ASKED, TO_ASK
from .parse_values import id_of, text_of

#: version of an order from a webhook, see above; that of a fetched one is higher
TOLD_VERSION = "1"


@refuses_bad_input
def parse(topic, payload):
    """Return the document of a webhook, or of a fetched order.

    :param str topic: Shopify's name of the event
    :param bytes payload: the body
    :return: a document; ``None`` when messages of the topic are ignored
    :raise DocumentError: when the body is not in Shopify's format
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
        raise DocumentError(
            f"this is not a valid message of Shopify for {topic}: {error!r}"
        ) from error


# === ORDERS AND THEIR MONEY === #


def _read_order(topic, data):
    """An order from a webhook or fetched; an order request when the webhook is incomplete."""
    if "createdAt" in data:
        return build_order(webhook_order(data), fetched_values(data))
    if _is_partial(data):
        return OrderRequest(order_ref=id_of(data["id"]))
    return build_order(data, {"version": TOLD_VERSION, "holds": None})


def _is_partial(data):
    """Return whether a webhook lacks necessary data of the order.

    A company's name and tax number, and the pickup location, are in none of Shopify's webhooks.
    """
    return bool(data.get("company")) or (
        not data.get("shipping_address")
        and any(
            item.get("requires_shipping") and item.get("fulfillment_status") != "fulfilled"
            for item in data.get("line_items") or ()
        )
    )


def _read_transaction(topic, data):
    """A payment; a voided authorization is an update of the authorization."""
    if data.get("kind") == "void":
        return OrderRequest(order_ref=id_of(data["order_id"]))
    charge = read_charge(data)
    if not charge:
        return None
    return PaymentDocument(order_ref=id_of(data["order_id"]), charges=(charge,))


def _read_refund_document(topic, data):
    """A refund; an order request when only the order explains it.

    Without a transaction, items were removed from the order. An amount without lines may be the
    later repayment of these. Units that will not be shipped may belong to a cancelled order.
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
    TO_ASK: read_request,
    # These two topics contain the order's id only.
    "orders/edited": read_request,
    "orders/risk_assessment_changed": read_request,
    "orders/delete": lambda topic, data: None,
    "refunds/create": _read_refund_document,
    "order_transactions/create": _read_transaction,
    "fulfillments/*": read_request,
    "fulfillment_orders/*": read_request,
    "products/create": read_product,
    "products/update": read_product,
    "products/delete": read_product,
    "inventory_levels/update": read_level,
    "inventory_levels/connect": read_level,
    "app/uninstalled": read_uninstalled,
    "customers/redact": read_privacy,
    "customers/data_request": read_privacy,
    "shop/redact": read_privacy,
}
