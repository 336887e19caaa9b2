"""Bulk exports of Shopify: rows put together to orders."""

from odoo.addons.oms_addon.documents.codec import loads

from .parse_values import id_of

# === EXPORTS === #

_LISTS = {
    "LineItem": "lineItems",
    "ShippingLine": "shippingLines",
    "FulfillmentOrder": "fulfillmentOrders",
}


def assemble(data):
    """Put the orders of an export together, whatever the order of its lines.

    :param bytes data: JSON, an object a line; parts of an order name it in ``__parentId``
    :return: the nodes of the orders, in the order they came
    :rtype: list[dict]
    :raise DocumentError: when it is no export
    """
    orders, parts = {}, []
    for line in data.splitlines():
        if line.strip():
            item = loads(line)
            parent = item.pop("__parentId", None)
            if parent is None:
                orders[item["id"]] = item
            else:
                parts.append((parent, item))
    # Their order is not promised, and an order must look the same however it came.
    for parent, item in sorted(parts, key=_number_of_part):
        if parent in orders:
            of_order = orders[parent].setdefault(_list_of(item), {"nodes": []})
            of_order["nodes"].append(item)
    return list(orders.values())


def _number_of_part(part):
    ref = id_of(part[1].get("id") or "")
    return int(ref) if ref.isdecimal() else 0


def _list_of(item):
    kind = (item.get("id") or "").removeprefix("gid://shopify/").partition("/")[0]
    return _LISTS.get(kind) or ("localizedFields" if "purpose" in item else "shippingLines")
