"""Customers and addresses in WooCommerce's orders."""

from odoo.addons.oms_addon.documents.parts import (
    Address,
    Customer,
)
from odoo.addons.oms_addon.documents.values import to_text

from .parse_values import meta_of

VAT_KEYS = (
    "_billing_vat_number",
    "billing_vat_number",
    "_vat_number",
    "vat_number",
    "_billing_vat",
    "billing_vat",
    "_billing_eu_vat_number",
    "_billing_tax_id",
)
LANGUAGE_KEYS = ("wpml_language", "_order_language", "trp_language")
PICKUP_METHODS = {"local_pickup", "pickup_location"}


# === PEOPLE === #


def customer_of(data, billing, meta):
    customer_id = data.get("customer_id")
    return Customer(
        ref=to_text(customer_id, "customer_id") if customer_id else "",
        name=billing.name if billing else "",
        email=billing.email if billing else "",
        phone=billing.phone if billing else "",
        company=billing.company if billing else "",
        tax_number=billing.tax_number if billing else "",
        language=next((str(meta[key]) for key in LANGUAGE_KEYS if meta.get(key)), ""),
    )


def address_of(row, path, meta, billing=None):
    """:return: an address; ``None`` when it is empty"""
    if not isinstance(row, dict):
        return None
    text = {key: to_text(row.get(key) or "", f"{path}.{key}").strip() for key in _ADDRESS}
    if not any(text.values()):
        return None
    return Address(
        name=f"{text['first_name']} {text['last_name']}".strip(),
        company=text["company"],
        street=text["address_1"],
        street2=text["address_2"],
        city=text["city"],
        zip=text["postcode"],
        state=text["state"],
        country=text["country"].upper(),
        phone=text["phone"] or (billing.phone if billing else ""),
        email=text["email"] or (billing.email if billing else ""),
        tax_number=next((str(meta[key]) for key in VAT_KEYS if meta.get(key)), ""),
    )


_ADDRESS = (
    "first_name",
    "last_name",
    "company",
    "address_1",
    "address_2",
    "city",
    "postcode",
    "state",
    "country",
    "phone",
    "email",
)


def pickup_point_of(shipping_lines):
    """:return: the store's pickup location of the order, '' for none"""
    for row in shipping_lines:
        if row.get("method_id") in PICKUP_METHODS:
            place = meta_of(row).get("pickup_location")
            return to_text(place or row.get("instance_id") or row["method_id"], "pickup_location")
    return ""
