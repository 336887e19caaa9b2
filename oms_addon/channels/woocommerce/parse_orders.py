"""Parse WooCommerce's orders."""

from odoo.addons.oms_addon.documents.order import OrderDocument
from odoo.addons.oms_addon.documents.parts import (
    ChannelHold,
)
from odoo.addons.oms_addon.documents.values import refuses_bad_input, to_decimal, to_plain, to_text
from odoo.addons.oms_addon.tools.coins import coin_of_currency
from odoo.addons.oms_addon.tools.payment_terms import POSTPAID, method_key, recognize_terms

from .parse_lines import lines_of, parts_of
from .parse_money import charges_of, gift_cards_of, refund_charges, refunds_of
from .parse_people import address_of, customer_of, pickup_point_of
from .parse_refunds import TRACKING
from .parse_values import (
    DETAILS,
    SHIPMENTS,
    ZERO,
    amount_of,
    coin_of,
    meta_of,
    moment_of,
    placed_at_of,
    rows_of,
    text_of,
    unescaped_text,
)

#: statuses of orders that are not placed yet
DRAFTS = {"auto-draft", "checkout-draft", "draft", "new"}
STATUSES = {
    "pending": "pending",
    "failed": "pending",
    "on-hold": "pending",
    "processing": "open",
    "completed": "shipped",
    "refunded": "cancelled",
    "cancelled": "cancelled",
    "trash": "cancelled",
}
#: rank of statuses, as an order may change several times in a second: later ones are newer
RANKS = {
    "pending": 1,
    "failed": 2,
    "on-hold": 3,
    "processing": 5,
    "completed": 6,
    "refunded": 7,
    "cancelled": 7,
    "trash": 8,
}
CUSTOM_RANK = 4


# === ORDERS === #


@refuses_bad_input
def read_order(data, ref, postpaid=()):
    """Return the document of an order from the API; ``None`` for a draft.

    :param dict data: the order; with refund details in ``oms_refunds``
    :param str ref: its id
    :param postpaid: keys of further payment methods that are paid on delivery or later
    :raise DocumentError: when it is invalid
    """
    status = to_text(data.get("status") or "", "status")
    if status in DRAFTS:
        return None
    meta = meta_of(data)
    total, cent = _total(data)
    currency = to_text(data.get("currency") or "", "currency").strip().upper()
    parts = parts_of(data, coin_of_currency(currency))
    cards = gift_cards_of(data, total, parts)
    total += sum(cards.values(), ZERO)
    billing = address_of(data.get("billing"), "billing", meta)
    paid_at = moment_of(data, "date_paid")
    method, name = text_of(data, "payment_method"), unescaped_text(data, "payment_method_title")
    is_postpaid = recognize_terms(method, name) in POSTPAID or method_key(method) in postpaid
    charges = charges_of(data, ref, meta, paid_at, cards, is_postpaid)
    is_paid = bool(paid_at) or any(charge.kind == "authorization" for charge in charges)
    holds = ()
    if status == "on-hold" and paid_at:
        holds = (ChannelHold(code="on-hold", reason="The store put the paid order on hold."),)
    shipping_lines = rows_of(data, "shipping_lines")
    return OrderDocument(
        ref=ref,
        number=to_text(data.get("number") or ref, "number"),
        version=f"{RANKS.get(status, CUSTOM_RANK)}.{len(rows_of(data, 'refunds'))}",
        updated_at=moment_of(data, "date_modified"),
        placed_at=placed_at_of(data),
        currency=currency,
        total=total,
        total_tax=_total_tax(data),
        prices_include_tax=bool(data.get("prices_include_tax")),
        customer=customer_of(data, billing, meta),
        billing=billing,
        shipping=address_of(data.get("shipping"), "shipping", {}, billing),
        lines=lines_of(
            parts, total, cent, coin_of_currency(currency), bool(data.get("prices_include_tax"))
        ),
        charges=(*charges, *refund_charges(data, charges)),
        payment_method=method,
        payment_name=name,
        status=_status(status, data, is_paid),
        shipping_method=unescaped_text(shipping_lines[0], "method_title") if shipping_lines else "",
        note=text_of(data, "customer_note"),
        tags=_tags(data, status),
        refunds=refunds_of(data, parts),
        holds=holds,
        pickup_point=pickup_point_of(shipping_lines),
        extra=_extra(data, meta),
    )


def _status(status, data, is_paid):
    """:return: the document's status; custom ones count as open"""
    if status == "on-hold" and is_paid:
        return "open"
    if status == "refunded" and data.get("date_completed_gmt"):
        return "shipped"
    return STATUSES.get(status, "open")


def _total(data):
    """:return: the total, and the smallest unit of its decimals"""
    total = amount_of(data, "total", "total")
    return total, coin_of(total)


def _total_tax(data):
    """:return: the tax in the total; ``None`` when it is missing"""
    value = data.get("total_tax")
    return None if value in (None, "") else to_decimal(value, "total_tax")


def _tags(data, status):
    """:return: tags: coupons, and a custom status"""
    coupons = [f"coupon:{text_of(row, 'code')}" for row in rows_of(data, "coupon_lines")]
    return tuple(coupons if status in RANKS else [*coupons, f"status:{status}"])


def _extra(data, meta):
    """:return: further data: of plugins, and the origin of the order"""
    kept = {key: to_plain(data[key]) for key in _KEPT if data.get(key)}
    plugins = {
        to_text(str(key)): to_plain(value)
        for key, value in meta.items()
        if value not in (None, "", [], {}) and key not in (SHIPMENTS, TRACKING)
    }
    if plugins:
        kept["meta"] = plugins
    for key in data.keys() - _KNOWN:
        if data[key] not in (None, "", [], {}):
            kept[to_text(key)] = to_plain(data[key])
    return kept


_KEPT = ("created_via", "payment_method_title", "order_key", "parent_id", "coupon_lines")
_KNOWN = frozenset(
    """id parent_id status currency version prices_include_tax date_created date_modified
    discount_total discount_tax shipping_total shipping_tax cart_tax total total_tax customer_id
    order_key billing shipping payment_method payment_method_title transaction_id
    customer_ip_address customer_user_agent created_via customer_note date_completed date_paid
    cart_hash number meta_data line_items tax_lines shipping_lines fee_lines coupon_lines refunds
    payment_url is_editable needs_payment needs_processing date_created_gmt date_modified_gmt
    date_completed_gmt date_paid_gmt currency_symbol _links""".split()
) | {DETAILS}
