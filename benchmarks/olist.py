"""All orders of the Olist extract as canonical documents: several tenders, freight, statuses.

The data are not part of the repository (CC BY-NC-SA 4.0): they are read from the folder
``shared/data/olist`` beside it.
"""

import csv
import gzip
import json
import time
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "olist"
ZONE = "America/Sao_Paulo"
# São Paulo's offset for most of 2017; the hour of summer time does not matter here.
OFFSET = "-03:00"
STATUSES = {"canceled": "cancelled", "unavailable": "cancelled", "created": "pending"}
METHODS = {"voucher": "gift_card"}


def main(env, args):
    """Take every order of the extract as far as its status lets it go; prove the sums.

    :return: no ratios; figures: counts, and milliseconds per order
    """
    documents = list(read_documents())
    channel = prepare(env, documents)
    started = time.perf_counter()
    channel._receive_many(
        [("orders", d["ref"], json.dumps(d).encode(), d["ref"]) for d in documents]
    )
    env.cr.commit()
    env["oms.lane"]._drain(["inbox", "orders", "fulfilment", "outbox"])
    seconds = time.perf_counter() - started
    return {"ratios": {}, "figures": figures(env, channel, documents, seconds)}


def read_documents(folder=FOLDER):
    """Read the extract.

    :return: canonical documents as JSON-able data, oldest first
    """
    items, payments = _by_order("order_items", folder), _by_order("order_payments", folder)
    customers = {row["customer_id"]: row for row in _rows("customers", folder)}
    for order in _rows("orders", folder):
        yield _document(
            order,
            customers[order["customer_id"]],
            items.get(order["order_id"], []),
            payments.get(order["order_id"], []),
        )


def _rows(name, folder):
    path = folder / f"{name}.csv.gz"
    if not path.exists():
        raise SystemExit(f"{path} is missing: put the Olist extract there.")
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        yield from csv.DictReader(stream)


def _by_order(name, folder):
    rows = defaultdict(list)
    for row in _rows(name, folder):
        rows[row["order_id"]].append(row)
    return rows


def _moment(text):
    return text.replace(" ", "T") + OFFSET


def _document(order, customer, items, payments):
    """:return: one order as a canonical document: an item a line, freight a line"""
    freight = sum((Decimal(item["freight_value"]) for item in items), Decimal(0))
    goods = sum((Decimal(item["price"]) for item in items), Decimal(0))
    placed = _moment(order["order_purchase_timestamp"])
    name = f"Customer {customer['customer_unique_id'][:8]}"
    return {
        "schema": "oms.order/1",
        "ref": order["order_id"],
        "number": order["order_id"][:8],
        "placed_at": placed,
        "updated_at": _moment(order["order_approved_at"]) if order["order_approved_at"] else placed,
        "source_zone": ZONE,
        "currency": "BRL",
        "total": str(goods + freight),
        "prices_include_tax": True,
        "status": STATUSES.get(order["order_status"], "open"),
        "customer": {"ref": customer["customer_unique_id"], "name": name},
        "shipping": {
            "name": name,
            "city": customer["customer_city"].title(),
            "zip": customer["customer_zip_code_prefix"],
            "state": customer["customer_state"],
            "country": "BR",
        },
        "lines": _lines(items, freight),
        "charges": _charges(order, payments, placed),
    }


def _lines(items, freight):
    """:return: the lines of a document"""
    lines = [
        {
            "ref": item["order_item_id"],
            "sku": item["product_id"],
            "name": f"Product {item['product_id'][:8]}",
            "quantity": "1",
            "unit_price": item["price"],
            "taxes": [],
        }
        for item in items
    ]
    if freight:
        lines.append(
            {
                "kind": "shipping",
                "name": "Freight",
                "quantity": "1",
                "unit_price": str(freight),
                "taxes": [],
            }
        )
    return lines


def _charges(order, payments, at):
    """:return: what was paid of a document, that is not nothing"""
    return [
        {
            "ref": f"{order['order_id']}-{payment['payment_sequential']}",
            "kind": "charge",
            "status": "success",
            "amount": payment["payment_value"],
            "currency": "BRL",
            "at": at,
            "method": METHODS.get(payment["payment_type"], payment["payment_type"]),
        }
        for payment in payments
        if Decimal(payment["payment_value"]) > 0
    ]


def prepare(env, documents):
    """Make the products of documents with plenty of stock, and the live channel.

    :return: the channel
    """
    real = env["res.currency"].with_context(active_test=False).search([("name", "=", "BRL")])
    real.active = True
    env["res.currency.rate"].create({"currency_id": real.id, "name": "2016-01-01", "rate": 3.0})
    warehouse = env["stock.warehouse"].search([], limit=1)
    warehouse.oms_managed = True
    skus = sorted({line["sku"] for d in documents for line in d["lines"] if "sku" in line})
    products = env["product.product"].create(
        [
            {
                "name": f"Product {sku[:8]}",
                "default_code": sku,
                "is_storable": True,
                "taxes_id": False,
            }
            for sku in skus
        ]
    )
    env["stock.quant"].create(
        [
            {"product_id": p.id, "location_id": warehouse.lot_stock_id.id, "quantity": 1000}
            for p in products
        ]
    )
    channel = env["oms.channel"].create(
        {
            "name": "Olist",
            "adapter": "canonical",
            "auto_ship": True,
            "send_receipt": False,
            "address_level": "country",
            "rate_max_days": 0,
            "warehouse_ids": [(6, 0, warehouse.ids)],
        }
    )
    channel.action_go_live()
    env.flush_all()
    return channel


def figures(env, channel, documents, seconds):
    """:return: what became of the orders, and whether the sums are equal to the cent"""
    orders = env["sale.order"].search([("oms_channel_id", "=", channel.id)])
    parked = env["oms.channel.message"].search_count(
        [("channel_id", "=", channel.id), ("direction", "=", "in"), ("state", "=", "parked")]
    )
    totals = {d["ref"]: Decimal(d["total"]) for d in documents}
    exact = sum(
        f"{order.amount_total:.2f}" == f"{totals[order.oms_order_ref]:.2f}" for order in orders
    )
    return {
        "inputs": len(documents),
        "orders": len(orders),
        "waiting_as_messages": parked,
        "totals_exact": exact,
        "cancelled": len(orders.filtered(lambda o: o.oms_status == "cancelled")),
        "held": len(orders.filtered(lambda o: o.oms_status == "held")),
        "waiting": len(orders.filtered(lambda o: o.oms_status == "waiting")),
        "several_tenders": len(orders.filtered(lambda o: len(o.transaction_ids) > 1)),
        "shipped": len(orders.filtered("oms_shipped_at")),
        "ms_per_order": round(seconds * 1000 / max(len(orders), 1), 1),
    }
