"""Build the document of an order in the format of Shopify's webhooks.

Shopify still includes removed and refunded items in quantities, discounts, taxes and total; in the
document, refunds are separate, and removed items are deducted.
"""

from odoo.addons.oms_addon.documents.order import OrderDocument
from odoo.addons.oms_addon.documents.parts import Address, Customer
from odoo.addons.oms_addon.documents.values import EXACT, to_moment, to_text

from .parse_lines import read_lines, read_tip
from .parse_money import (
    read_charges,
    read_payment_method,
    read_payment_terms,
    read_refunds,
    read_removed,
)
from .parse_values import amount_of, id_of, joined, money_of, text_of

TAX_NUMBER_KEYS = {"vat number", "vat id", "vat", "tax number", "tax id", "company vat number"}
GIFT_KEYS = {"gift message", "gift note"}


def build_order(data, known):
    """Return the document of an order in the format of a webhook.

    :param dict data: the order
    :param dict known: further data: fields of the document, and ``available``
        (times by line id), ``place`` (the pickup address), ``company`` and
        ``tax_number``
    """
    known = dict(known)
    available, place = known.pop("available", {}), known.pop("place", None)
    company, tax_number = known.pop("company", ""), known.pop("tax_number", "")
    included = data["taxes_included"] is True
    removed, removed_value = read_removed(data, included)
    lines = read_lines(data, removed, available)
    total = EXACT.subtract(money_of(data, "total_price"), removed_value)
    if tip := read_tip(data, lines, total, included):
        lines.append(tip)
    currency = text_of(data, "presentment_currency") or text_of(data, "currency")
    billing = _address(data.get("billing_address"), tax_number)
    note, gift_message, told_number = _notes(data)
    return OrderDocument(
        ref=id_of(data["id"]),
        number=text_of(data, "name"),
        updated_at=to_moment(data["updated_at"], path="updated_at"),
        placed_at=to_moment(data.get("processed_at") or data["created_at"], path="processed_at"),
        currency=currency,
        total=total,
        # The sum of taxes still includes removed items.
        total_tax=None if removed or data.get("total_tax") is None else money_of(data, "total_tax"),
        prices_include_tax=included,
        customer=_customer(data, billing, company, tax_number or told_number),
        billing=billing,
        shipping=place or _address(data.get("shipping_address")),
        lines=tuple(lines),
        charges=read_charges(data),
        payment_method=read_payment_method(data),
        # Payment terms are looked up by their own name, else as terms of any kind.
        payment_name="Payment Terms" if read_payment_terms(data) else "",
        status=_status(data),
        cancel_reason=text_of(data, "cancel_reason"),
        shipping_method=_shipping_method(data),
        note=note,
        gift_message=gift_message,
        tags=_tags(data),
        refunds=read_refunds(data, included, removed_value),
        extra=_extra(data),
        **_extract_shop_amounts(data, currency, removed_value),
        **known,
    )


def _extract_shop_amounts(data, currency, removed_value):
    """:return: the amounts in the store's currency, where it differs from the customer's"""
    own = text_of(data, "currency")
    if own == currency:
        return {}
    return {
        "settlement_currency": own,
        # Amounts of removed items are known in the customer's currency only.
        "settlement_total": None
        if removed_value
        else amount_of(data["total_price_set"]["shop_money"]["amount"]),
    }


def _status(data):
    if data.get("cancelled_at"):
        return "cancelled"
    if data.get("fulfillment_status") != "fulfilled":
        return "open"
    arrived = [
        fulfilment.get("shipment_status") == "delivered"
        for fulfilment in data.get("fulfillments") or ()
        if fulfilment.get("status") == "success"
    ]
    return "delivered" if arrived and all(arrived) else "shipped"


def _shipping_method(data):
    for line in data.get("shipping_lines") or ():
        if not line.get("is_removed"):
            return text_of(line, "title")
    return ""


def _tags(data):
    tags = data.get("tags") or ()
    if isinstance(tags, str):
        tags = [tag.strip() for tag in tags.split(",")]
    reported = tuple(to_text(tag, "tags") for tag in tags if tag)
    return (*reported, "test") if data.get("test") and "test" not in reported else reported


def _notes(data):
    """:return: the note with the attributes of the cart, a gift message, a tax number"""
    notes, gift, tax_number = [text_of(data, "note")], "", ""
    for attribute in data.get("note_attributes") or ():
        name, value = text_of(attribute, "name"), text_of(attribute, "value")
        key = name.replace("_", " ").strip().casefold()
        if not value or name.startswith("_"):
            continue
        if key in GIFT_KEYS:
            gift = value
        elif key in TAX_NUMBER_KEYS:
            tax_number = value
        else:
            notes.append(f"{name}: {value}")
    return "\n".join(filter(None, notes)), gift, tax_number


def _extra(data):
    codes = data.get("discount_codes") or ()
    extra = {
        "source_name": text_of(data, "source_name"),
        "po_number": text_of(data, "po_number"),
        "discount_codes": [
            text_of(code, "code") if isinstance(code, dict) else to_text(code) for code in codes
        ],
    }
    return {key: value for key, value in extra.items() if value}


def _customer(data, billing, company, tax_number):
    customer = data.get("customer") or {}
    return Customer(
        ref=text_of(customer, "id"),
        name=joined(text_of(customer, "first_name"), text_of(customer, "last_name"))
        or (billing.name if billing else ""),
        email=text_of(data, "email")
        or text_of(data, "contact_email")
        or text_of(customer, "email"),
        phone=text_of(data, "phone") or text_of(customer, "phone"),
        company=company or (billing.company if billing else ""),
        tax_number=tax_number,
        language=text_of(data, "customer_locale").replace("-", "_"),
    )


def _address(data, tax_number=""):
    if not data:
        return None
    return Address(
        name=text_of(data, "name")
        or joined(text_of(data, "first_name"), text_of(data, "last_name")),
        company=text_of(data, "company"),
        street=text_of(data, "address1"),
        street2=text_of(data, "address2"),
        city=text_of(data, "city"),
        zip=text_of(data, "zip"),
        state=text_of(data, "province_code") or text_of(data, "province"),
        state_name=text_of(data, "province") if text_of(data, "province_code") else "",
        country=text_of(data, "country_code"),
        phone=text_of(data, "phone"),
        tax_number=tax_number,
    )
