"""The data of a store: products, orders, refunds; and its rounding of amounts."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal(0)


def money(amount):
    """:return: an amount in the API's format"""
    return f"{Decimal(amount).quantize(CENT, ROUND_HALF_UP):f}"


def moment(at):
    """:return: a time in the API's format: without zone, in whole seconds"""
    return at.replace(tzinfo=None, microsecond=0).isoformat()


def times(prefix, at):
    text = moment(at) if at else None
    return {prefix: text, f"{prefix}_gmt": text}


def line_item(item_id, product, quantity, price, rate, discount=ZERO):
    """Return a line in the API's format: net, each amount rounded separately.

    :param price: including tax of ``rate`` percent
    :param discount: on the whole line, including tax
    """
    share = 1 + Decimal(str(rate or 0)) / 100
    before = Decimal(price) * quantity
    net, net_before = (before - discount) / share, before / share
    tax, tax_before = before - discount - net, before - net_before
    taxes = [{"id": 1, "total": money(tax), "subtotal": money(tax_before)}] if rate else []
    return {
        "id": item_id,
        "name": product["name"],
        "product_id": product.get("parent_id") or product["id"],
        "variation_id": product["id"] if product.get("parent_id") else 0,
        "quantity": quantity,
        "tax_class": "",
        "subtotal": money(net_before),
        "subtotal_tax": money(tax_before),
        "total": money(net),
        "total_tax": money(tax),
        "taxes": taxes,
        "meta_data": [],
        "sku": product["sku"],
        "global_unique_id": product.get("global_unique_id", ""),
        # A float of PHP, as it prints it.
        "price": float(net / quantity) if quantity else 0,
        "image": {"id": "", "src": ""},
        "parent_name": None,
    }


def shipping_line(item_id, price, rate):
    share = 1 + Decimal(str(rate or 0)) / 100
    net = Decimal(price) / share
    tax = Decimal(price) - net
    return {
        "id": item_id,
        "method_title": "Flat rate",
        "method_id": "flat_rate",
        "instance_id": "1",
        "total": money(net),
        "total_tax": money(tax),
        "taxes": [{"id": 1, "total": money(tax), "subtotal": ""}] if rate else [],
        "tax_status": "taxable",
        "meta_data": [],
    }


def spread(total, amounts):
    """:return: proportional shares of a discount in whole cents, which add up to it"""
    whole = sum(amounts, ZERO)
    parts = [
        (total * amount / whole).quantize(CENT, ROUND_HALF_UP) if whole else ZERO
        for amount in amounts
    ]
    if parts:
        parts[-1] += total - sum(parts, ZERO)
    return parts


def address(name, country, with_mail=None, state=""):
    first, _space, last = name.partition(" ")
    row = {
        "first_name": first,
        "last_name": last,
        "company": "",
        "address_1": "1 High Street",
        "address_2": "",
        "city": "Leeds",
        "state": state,
        "postcode": "LS1 1AA",
        "country": country,
        "phone": "",
    }
    return {**row, "email": with_mail} if with_mail is not None else row


def refunded_quantity(refunds, item_id):
    """:return: the refunded units of a line"""
    return -sum(
        line["quantity"]
        for refund in refunds
        for line in refund["line_items"]
        if _origin(line) == str(item_id)
    )


def _origin(line):
    return next((str(m["value"]) for m in line["meta_data"] if m["key"] == "_refunded_item_id"), "")
