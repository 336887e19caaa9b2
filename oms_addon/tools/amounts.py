"""Fields hidden from users with only the Warehouse role: prices, payments, messages, exceptions.

A field is hidden by its type (monetary), its name or the model it links to. Its model decides
whether it is about sales, which salespeople and accountants may also see, or about costs and price
lists, which buyers and inventory administrators may see, too.
"""

from functools import cache

SALES, COSTS = "sales", "costs"

_SALES_MODELS = ("sale.", "oms.", "crm.", "account.", "payment.", "res.partner")
_COSTS_MODELS = ("purchase.", "product.", "stock.", "delivery.", "choose.delivery.")

#: non-monetary fields with amounts, texts that quote amounts, and links to pages with amounts
_NAMES = {
    "sale.order": (
        "access_token amount_paid amount_undiscounted authorized_transaction_ids invoice_count "
        "invoice_ids oms_allocation_plan oms_payment_method oms_payment_name oms_payment_state "
        "oms_payment_terms oms_signals oms_unpaid_until oms_wait_reason partner_credit_warning "
        "tax_totals transaction_ids"
    ),
    "sale.order.line": (
        "amount_to_invoice_at_date discount extra_tax_data invoice_lines oms_channel_price "
        "oms_list_price price_tax price_unit pricelist_item_id technical_price_unit "
        "margin margin_percent purchase_price"
    ),
    "oms.channel": (
        "account_ref alert_count backfill_running base_url breaker_text cursor day_bars "
        "failed_count health health_text hold_count last_message_at limit_bars pending_count "
        "token undecided_method_count webhook_url"
    ),
    "crm.team": "dashboard_graph_data invoiced invoiced_target",
    "choose.delivery.carrier": "delivery_price display_price",
    "delivery.carrier": "amount fixed_margin fixed_price margin",
    "delivery.price.rule": "list_base_price list_price max_value name standard_price",
    "product.attribute.value": "default_extra_price",
    "product.combo": "base_price",
    "product.combo.item": "extra_price lst_price",
    "product.pricelist.item": (
        "fixed_price name percent_price price price_discount price_markup price_max_margin "
        "price_min_margin price_round price_surcharge rule_tip"
    ),
    "product.product": (
        "list_price lst_price price_extra pricelist_rule_ids standard_price "
        "suggest_estimated_price tax_string"
    ),
    "product.supplierinfo": "discount price price_discounted",
    "product.template": "list_price pricelist_rule_ids standard_price tax_string",
    "product.template.attribute.value": "price_extra",
    "purchase.order": "access_token currency_rate invoice_count invoice_ids tax_totals",
    "purchase.order.line": (
        "amount_to_invoice_at_date discount invoice_lines price_tax price_unit "
        "price_unit_discounted price_unit_product_uom technical_price_unit"
    ),
    "stock.lot": "standard_price",
    "stock.move": (
        "account_move_id price_unit standard_price value_computed_justification value_justification"
    ),
    "stock.move.line": "sale_price",
    "stock.picking": "carrier_price",
}
_NAMED = {model: frozenset(names.split()) for model, names in _NAMES.items()}

#: models whose display names already reveal amounts
_CLOSED = frozenset(
    (
        "account.move account.move.line account.payment oms.channel.alert oms.channel.backfill "
        "oms.channel.gap oms.channel.mapping oms.channel.message oms.channel.payment.method "
        "oms.customer.key oms.event oms.hold oms.order.refund payment.transaction"
    ).split()
)
#: models whose messages, attachments, portal pages and reports contain amounts
DOCUMENTS = ("sale.order", "purchase.order")


@cache
def amount_of(model, name, type_, comodel):
    """:return: the group of a field: ``SALES``, ``COSTS``, or ``None`` when it is not hidden

    :param str model: the name of the model
    :param str name: the name of the field
    :param str type_: the type of the field
    :param str | None comodel: the name of the model that it links to
    """
    is_kept = comodel in _CLOSED or name in _NAMED.get(model, ())
    if not is_kept and (type_ != "monetary" or not model.startswith(_SALES_MODELS + _COSTS_MODELS)):
        return None
    # The sale price on a delivery line is about sales.
    is_cost = model.startswith(_COSTS_MODELS) and model != "stock.move.line"
    return COSTS if is_cost else SALES
