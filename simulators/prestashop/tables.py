"""PrestaShop's initial data: resources, order states, payment modules; and its value formats."""

import re
from decimal import (
    ROUND_CEILING,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Decimal,
)

CENT = Decimal("0.01")
#: PS_PRICE_ROUND_MODE; 5 is half to odd
MODES = {
    "0": ROUND_CEILING,
    "1": ROUND_FLOOR,
    "2": ROUND_HALF_UP,
    "3": ROUND_HALF_DOWN,
    "4": ROUND_HALF_EVEN,
}
KEY = "Z9Q88PRJX5VWQHCWE4EE7SQ7HPNX00RA"
XLINK = "http://www.w3.org/1999/xlink"
METHODS = ("GET", "PUT", "POST", "PATCH", "DELETE", "HEAD")
#: (name of a record, required fields of a write, forbidden methods)
RESOURCES = {
    "addresses": ("address", ("id_country", "alias", "lastname", "firstname", "address1"), ()),
    "carriers": ("carrier", ("name",), ()),
    "combinations": ("combination", ("id_product", "minimal_quantity"), ()),
    "configurations": ("configuration", ("name",), ()),
    "countries": ("country", ("iso_code",), ()),
    "currencies": ("currency", ("iso_code",), ()),
    "customer_messages": ("customer_message", ("message",), ()),
    "customer_threads": ("customer_thread", ("id_lang", "token"), ()),
    "customers": ("customer", ("lastname", "firstname", "email"), ()),
    "languages": ("language", ("iso_code",), ()),
    "messages": ("message", ("message",), ()),
    "order_carriers": ("order_carrier", ("id_order", "id_carrier"), ()),
    "order_cart_rules": ("order_cart_rule", ("id_order", "name", "value"), ()),
    "order_details": ("order_detail", ("id_order", "product_name", "product_quantity"), ()),
    "order_histories": ("order_history", ("id_order_state", "id_order"), ()),
    "order_payments": ("order_payment", ("id_currency", "amount"), ()),
    "order_slip": (
        "order_slip",
        (
            "id_customer",
            "id_order",
            "conversion_rate",
            "total_products_tax_excl",
            "total_products_tax_incl",
            "total_shipping_tax_excl",
            "total_shipping_tax_incl",
        ),
        (),
    ),
    "order_states": ("order_state", ("name",), ()),
    "orders": ("order", ("id_address_delivery", "id_cart", "id_currency"), ()),
    "products": ("product", ("price", "name", "link_rewrite"), ()),
    "shops": ("shop", ("name",), ()),
    "states": ("state", ("name",), ()),
    "stock_availables": (
        "stock_available",
        ("id_product", "id_product_attribute", "quantity", "depends_on_stock", "out_of_stock"),
        ("POST", "DELETE"),
    ),
    "tax_rules": ("tax_rule", ("id_tax_rules_group",), ()),
    "taxes": ("tax", ("rate",), ()),
}
#: id: name, logable, paid, shipped, delivery, invoice; as PrestaShop installs them
STATES = {
    1: ("Awaiting check payment", 0, 0, 0, 0, 0),
    2: ("Payment accepted", 1, 1, 0, 0, 1),
    3: ("Processing in progress", 1, 1, 0, 1, 1),
    4: ("Shipped", 1, 1, 1, 1, 1),
    5: ("Delivered", 1, 1, 1, 1, 1),
    6: ("Canceled", 0, 0, 0, 0, 0),
    7: ("Refunded", 0, 0, 0, 0, 1),
    8: ("Payment error", 0, 0, 0, 0, 0),
    9: ("On backorder (paid)", 0, 1, 0, 0, 1),
    10: ("Awaiting bank wire payment", 0, 0, 0, 0, 0),
    11: ("Remote payment accepted", 1, 1, 0, 0, 1),
    12: ("On backorder (not paid)", 0, 0, 0, 0, 0),
    13: ("Awaiting Cash On Delivery validation", 0, 0, 0, 0, 0),
}
UNWANTED = ("6", "8")
#: initial order state by payment module
AWAITING = {"ps_checkpayment": "1", "ps_cashondelivery": "13"}
#: names of payment modules for customers
PAYMENTS = {
    "ps_wirepayment": "Bank wire",
    "ps_checkpayment": "Payments by check",
    "ps_cashondelivery": "Cash on delivery",
}


def rounded(amount, coin, mode="2"):
    """:return: an amount in whole coins, rounded by a PS_PRICE_ROUND_MODE"""
    if mode != "5":
        return amount.quantize(coin, MODES[mode])
    even = amount.quantize(coin, ROUND_HALF_EVEN)
    return 2 * amount - even if abs(amount - even) * 2 == coin else even


def six(amount):
    """:return: an amount in PrestaShop's format"""
    return f"{amount.quantize(Decimal('0.000001'), ROUND_HALF_UP):f}"


def sort_key(value):
    """:return: a sort key that sorts numbers numerically"""
    text = str(value or "")
    return (0, int(text), "") if text.isdigit() else (1, 0, text)


def matcher(value):
    """:return: the test function of a filter's value"""
    if found := re.fullmatch(r"\[([\d.:\-\s]+),([\d.:\-\s]+)\]", value):
        low, high = sorted(found.groups())
        return lambda text: low <= text <= high
    if found := re.fullmatch(r"([<>!%]?)\[(.*)\](%?)", value):
        sign, inner, percent = found.groups()
        if sign in ("<", ">"):
            edge = sort_key(inner)
            return lambda text: sort_key(text) < edge if sign == "<" else sort_key(text) > edge
        if sign == "%" or percent:
            return lambda text: inner.casefold() in text.casefold()
        values = inner.split("|")
        return lambda text: (text in values) != (sign == "!")
    return lambda text: text == value
