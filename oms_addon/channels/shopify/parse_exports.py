"""Bulk exports of Shopify: assemble rows to orders."""

from odoo.addons.oms_addon.documents.codec import loads

from .parse_values import id_of

# === EXPORTS === #

_LISTS = {
    "LineItem": "lineItems",
    "ShippingLine": "shippingLines",
    "FulfillmentOrder": "fulfillmentOrders",
}


def assemble(data):
    """Assemble the orders of an export, whatever the order of its rows.

    :param bytes data: JSON, one object per line; parts of an order have its id in ``__parentId``
    :return: the nodes of the orders, in their order in the file
    :rtype: list[dict]
    :raise DocumentError: when it is not an export
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
    # Sort the parts: their order may vary, and equal orders must have equal content.
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
