"""Channels: messages taken per second, documents read per second, stock told in few calls."""

import base64
import hashlib
import hmac
import math
import time
from pathlib import Path

from odoo.fields import Command, Datetime

from benchmarks import load, odoo_server

FIXTURES = Path(__file__).parent.parent / "tests" / "fixtures"
SECRET = "bench"
BATCH = 100


def main(env, args):
    """Measure what comes in and what goes out.

    :param args: ``--messages N``, ``--connections N``, ``--listings N``, ``--rounds N``
    :return: webhooks against ``/web/health`` of the same server, documents read per second
        by each adapter, seconds and calls of 10,000 listings
    """
    options = _options(args, {"messages": 2000, "connections": 8, "listings": 10000, "rounds": 3})
    ratios, figures = {}, {}
    figures |= _parsing(env)
    figures |= _stock(env, options["listings"])
    _webhooks(env, options, ratios, figures)
    return {"ratios": ratios, "figures": figures}


def _options(args, defaults):
    options = dict(defaults)
    for name, value in zip(args, args[1:], strict=False):
        if name.startswith("--") and name[2:] in options:
            options[name[2:]] = int(value)
    return options


# === IN === #


def _webhooks(env, options, ratios, figures):
    """Deliveries of a shop, signed, each a new event, against the server's cheapest page.

    Both are measured in turns on one server, and the best of each counts: what else the
    machine does slows both.
    """
    channel = env["oms.channel"].create(
        {"name": "Bench hooks", "adapter": "woocommerce", "webhook_secret": SECRET}
    )
    # Going live would ask the shop; the server only has to take what comes.
    channel.state = "live"
    env.cr.commit()
    body = _fixture("woocommerce")
    hooks, health = [], []
    with odoo_server.serving(env.cr.dbname) as address:
        _health(address, options)
        _deliver(address, channel, body, options, "warm")
        for number in range(options["rounds"]):
            health.append(_health(address, options))
            hooks.append(_deliver(address, channel, body, options, str(number)))
    statuses = {s for one in (*hooks, *health) for s in one.statuses}
    if statuses != {200}:
        raise RuntimeError(f"not every request was answered with 200: {statuses}")
    best_hooks = max(hooks, key=lambda one: one.per_second)
    best_health = max(health, key=lambda one: one.per_second)
    ratios["webhook_throughput_vs_health"] = best_hooks.per_second / best_health.per_second
    ratios["webhook_p95_vs_health"] = min(h.p95_ms for h in health) / min(h.p95_ms for h in hooks)
    figures["webhook_per_second"] = round(best_hooks.per_second, 1)
    figures["health_per_second"] = round(best_health.per_second, 1)
    figures["webhook_p95_ms"] = round(min(h.p95_ms for h in hooks), 2)
    figures["health_p95_ms"] = round(min(h.p95_ms for h in health), 2)
    figures["webhook_p95_times_health"] = round(
        min(h.p95_ms for h in hooks) / min(h.p95_ms for h in health), 2
    )
    env.invalidate_all()
    env.cr.commit()
    count = env["oms.channel.message"].search_count([("channel_id", "=", channel.id)])
    wanted = options["messages"] * (options["rounds"] + 1)
    if count != wanted:
        raise RuntimeError(f"{wanted} messages were delivered, {count} are in the inbox")


def _health(address, options):
    requests = [("GET", "/web/health", None, {})] * options["messages"]
    return load.run(address, requests, options["connections"])


def _deliver(address, channel, body, options, name):
    path = f"/oms/webhook/{channel.token}"
    requests = []
    for number in range(options["messages"]):
        # A body that was received once is known, whatever its delivery is called.
        mark = f'"bench_{name}_{number}":"","number"'.encode()
        unique = body.replace(b'"number"', mark, 1)
        digest = hmac.new(SECRET.encode(), unique, hashlib.sha256).digest()
        headers = {
            "Content-Type": "application/json",
            "X-WC-Webhook-Topic": "order.updated",
            "X-WC-Webhook-Delivery-ID": f"{name}-{number}",
            "X-WC-Webhook-Signature": base64.b64encode(digest).decode(),
        }
        requests.append(("POST", path, unique, headers))
    return load.run(address, requests, options["connections"])


def _fixture(code):
    return (FIXTURES / code / "order.json").read_bytes()


def _parsing(env):
    """Read each adapter's fixture over and over."""
    figures = {}
    for code, name in env["oms.channel"]._adapters().items():
        path = FIXTURES / code / "order.json"
        body = path.read_bytes() if path.exists() else b""
        if not body:
            continue
        now = Datetime.now()
        channel = env["oms.channel"].new({"name": code, "adapter": code, "create_date": now})
        adapter = env[name]
        adapter._parse(channel, "orders/create", body)
        figures[f"parse_per_second_{code}"] = round(_rate(adapter, channel, body))
    return figures


def _rate(adapter, channel, body, seconds=1.0):
    best = 0.0
    for _round in range(3):
        count, started = 0, time.perf_counter()
        while (spent := time.perf_counter() - started) < seconds / 3:
            for _ in range(50):
                adapter._parse(channel, "orders/create", body)
            count += 50
        best = max(best, count / spent)
    return best


# === OUT === #


def _stock(env, count):
    """Tell a WooCommerce shop the stock of many listings, in the least calls it allows."""
    from simulators.woocommerce import WoocommerceSimulator

    products = _products(env, count)
    warehouse = env["stock.warehouse"].search([], limit=1)
    _put(env, products, warehouse, 1)
    with WoocommerceSimulator() as shop:
        channel = _connect(env, shop, products, warehouse)
        env.cr.commit()
        figures = _report(env, shop, channel, count)
        # Every product changes ten times before the lane looks.
        for quantity in range(2, 12):
            _put(env, products, warehouse, quantity)
        env.cr.commit()
        # The shop does not compare before it sets: what it shows is read first, as often.
        again = _report(env, shop, channel, count, calls=2)
        figures |= {f"again_{key}": value for key, value in again.items()}
        right = sum(level == 11 for level in shop.stock().values())
        if right != count:
            raise RuntimeError(f"only {right} of {count} levels are what we have")
    return figures


def _products(env, count):
    return env["product.product"].create(
        [
            {
                "name": f"Listing {n}",
                "default_code": f"L{n}",
                "is_storable": True,
                "taxes_id": [Command.clear()],
            }
            for n in range(count)
        ]
    )


def _connect(env, shop, products, warehouse):
    """Have a channel sell what a shop lists."""
    refs = {p.default_code: shop.add_product(p.default_code, p.name) for p in products}
    env["ir.config_parameter"].set_param("oms_addon.trusted_hosts", "127.0.0.1")
    channel = env["oms.channel"].create(
        {
            "name": "Bench stock",
            "adapter": "woocommerce",
            "warehouse_ids": [Command.set(warehouse.ids)],
            **shop.credentials(),
        }
    )
    channel.state = "live"
    channel._approve_sync("stock")
    env["oms.channel.listing"].create(
        [
            {
                "channel_id": channel.id,
                "sku": p.default_code,
                "name": p.name,
                "product_id": p.id,
                "external_ref": refs[p.default_code],
            }
            for p in products
        ]
    )
    return channel


def _put(env, products, warehouse, quantity):
    """Have so many of each product, by the same writes that every movement of goods makes."""
    location = warehouse.lot_stock_id
    quants = env["stock.quant"].search(
        [("product_id", "in", products.ids), ("location_id", "=", location.id)]
    )
    if quants:
        quants.write({"quantity": quantity})
    else:
        env["stock.quant"].create(
            [
                {"product_id": product.id, "location_id": location.id, "quantity": quantity}
                for product in products
            ]
        )
    env.flush_all()


def _report(env, shop, channel, count, calls=1):
    """Tell what changed.

    :param int calls: how many the interface needs for one batch
    :return: how long it took until all was on its way and told, and in how many calls
    """
    lanes = env["oms.lane"]._runners()
    started = time.perf_counter()
    while lanes["stock"]():
        env.cr.commit()
    env.cr.commit()
    queued = time.perf_counter() - started
    before = sum(shop.calls.values())
    started = time.perf_counter()
    while lanes["outbox"]():
        env.cr.commit()
    env.cr.commit()
    return {
        "stock_queued_seconds": round(queued, 2),
        "stock_told_seconds": round(time.perf_counter() - started, 2),
        "stock_calls": sum(shop.calls.values()) - before,
        "stock_calls_floor": calls * math.ceil(count / BATCH),
    }
