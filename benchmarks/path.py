"""One order's whole way: plain Odoo, one order at a time, against ours."""

import json
import resource
import time
from collections import defaultdict
from datetime import datetime, timezone

from odoo.fields import Command

from benchmarks import filler
from tooling.step_timer import StepTimer

PRODUCTS = 200
LINES = 3


def main(env, args):
    """Measure plain Odoo and ours on the same database and products.

    :param args: ``--plain N`` orders one by one, ``--ours N`` orders through the lanes,
        ``--old N`` existing orders for the growth measurement; 0 leaves it out
    :return: ratios (higher is better, 1.0 is equal) and figures in ms per order
    """
    options = _options(args, {"plain": 30, "ours": 300, "old": 20000, "profile": 0})
    env = env(context={**env.context, "tracking_disable": False})
    products = _products(env)
    env.cr.execute("ANALYZE")
    plain = _plain(env, products, options["plain"])
    channel = _channel(env, products)
    _ours(env, channel, products, 50)  # both sides measured warm
    if options["profile"]:
        return _profile(env, channel, products, options["profile"])
    ours = _ours(env, channel, products, options["ours"])
    capture = ours["capture"] + ours["screen"] + ours["confirm"] + ours["allocate"]
    figures = {
        **{f"plain_ms_{step}": ms for step, ms in plain.items()},
        **{f"ours_ms_{step}": ms for step, ms in ours.items()},
        "plain_ms_per_order": sum(plain.values()),
        "ours_ms_per_order": sum(ours.values()),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    ratios = {
        "capture_vs_plain": (plain["create"] + plain["confirm"]) / capture,
        "path_vs_plain": sum(plain.values()) / sum(ours.values()),
    }
    if options["old"]:
        ratios["growth_1k_vs_20k"] = _growth(env, channel, products, options["old"], figures)
    return {"ratios": ratios, "figures": {k: round(v, 2) for k, v in figures.items()}}


def _options(args, defaults):
    """:return: the options of the command line, as numbers, over the defaults"""
    options = dict(defaults)
    for name, value in zip(args, args[1:], strict=False):
        if name.startswith("--") and name[2:] in options:
            options[name[2:]] = int(value)
    return options


def _products(env):
    products = env["product.product"].create(
        [
            {
                "name": f"Bench {i}",
                "default_code": f"BENCH{i}",
                "is_storable": True,
                "list_price": 10,
                "invoice_policy": "order",
                "taxes_id": [Command.clear()],
            }
            for i in range(PRODUCTS)
        ]
    )
    _stock(env, products, env["stock.warehouse"].search([], limit=1))
    return products


def _stock(env, products, warehouse):
    env["stock.quant"].with_context(inventory_mode=True).create(
        [
            {
                "product_id": p.id,
                "location_id": warehouse.lot_stock_id.id,
                "inventory_quantity": 1e6,
            }
            for p in products
        ]
    ).action_apply_inventory()
    env.cr.commit()


def _plain(env, products, count):
    """:return: ms per order by step, of plain Odoo"""
    spent = defaultdict(float)
    for i in range(count):
        clock = _Clock(spent)
        partner = env["res.partner"].create(
            {"name": f"Plain {i}", "email": f"plain{i}@example.com"}
        )
        order = env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": products[(i * LINES + n) % PRODUCTS].id,
                            "product_uom_qty": 2,
                        }
                    )
                    for n in range(LINES)
                ],
            }
        )
        env.cr.commit()
        clock.stop("create")
        order.action_confirm()
        env.cr.commit()
        clock.stop("confirm")
        order.picking_ids.with_context(skip_sms=True, skip_backorder=True).button_validate()
        env.cr.commit()
        clock.stop("validate")
        invoice = order._create_invoices()
        env.cr.commit()
        clock.stop("invoice")
        invoice.action_post()
        env.cr.commit()
        clock.stop("post")
        env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({})._create_payments()
        env.cr.commit()
        clock.stop("payment")
        assert order.picking_ids.state == "done" and invoice.payment_state == "paid"
    return {step: seconds * 1000 / count for step, seconds in spent.items()}


class _Clock:
    """Adds up seconds by step."""

    def __init__(self, spent):
        self.spent = spent
        self.last = time.perf_counter()

    def stop(self, step):
        now = time.perf_counter()
        self.spent[step] += now - self.last
        self.last = now


def _channel(env, products):
    """:return: a live channel that ships by itself, from warehouses the OMS runs"""
    warehouses = env["stock.warehouse"].search([], limit=1)
    warehouses += env["stock.warehouse"].create({"name": "Bench 2", "code": "BN2"})
    warehouses.oms_managed = True
    _stock(env, products, warehouses[1])
    channel = env["oms.channel"].create(
        {
            "name": "Bench",
            "adapter": "canonical",
            "auto_ship": True,
            "send_receipt": False,
            "warehouse_ids": [Command.set(warehouses.ids)],
        }
    )
    channel.action_go_live()
    env.cr.commit()
    return channel


def _payload(env, channel, products, ref, i):
    """:return: the document of one paid order of three lines"""
    now = datetime.now(timezone.utc).isoformat()
    return json.dumps(
        {
            "schema": "oms.order/1",
            "ref": ref,
            "number": ref,
            "placed_at": now,
            "updated_at": now,
            "currency": channel.currency_id.name,
            "total": "60.00",
            "prices_include_tax": True,
            "customer": {"ref": ref, "name": f"Ours {ref}", "email": f"{ref}@example.com"},
            "shipping": {
                "name": f"Ours {ref}",
                "street": "1 High Street",
                "city": "Leeds",
                "zip": "LS1 1AA",
                "country": "GB",
            },
            "lines": [
                {
                    "ref": str(n),
                    "sku": products[(i * LINES + n) % PRODUCTS].default_code,
                    "name": "Bench",
                    "quantity": "2",
                    "unit_price": "10.00",
                    "taxes": [],
                }
                for n in range(LINES)
            ],
            "charges": [
                {
                    "ref": f"T{ref}",
                    "kind": "charge",
                    "amount": "60.00",
                    "at": now,
                    "currency": channel.currency_id.name,
                    "status": "success",
                }
            ],
        }
    ).encode()


def _ours(env, channel, products, count):
    """Take orders from payload to delivered, in this process.

    :return: ms per order by step; the inbox is the capture
    """
    stamp = f"{time.time():.6f}"
    spent = defaultdict(float)
    clock = _Clock(spent)
    channel._receive_many(
        [
            (
                "orders",
                f"{stamp}-{i}",
                _payload(env, channel, products, f"B{stamp}-{i}", i),
                f"B{stamp}-{i}",
            )
            for i in range(count)
        ]
    )
    env.cr.commit()
    clock.stop("receive")
    with StepTimer(env) as timer:
        lanes = env["oms.lane"]._drain(["inbox", "orders", "fulfilment", "outbox"])
        arrived = _arrive(env, channel)
    spent["capture"] += lanes["inbox"] + spent.pop("receive")
    spent["tell_channel"] += lanes["outbox"] + arrived["outbox"]
    spent["carrier_word"] += arrived["parcels"]
    spent.update(timer.seconds)
    spent["lanes_and_commits"] = sum(
        lanes[lane] + arrived[lane] for lane in ("orders", "fulfilment")
    ) - sum(timer.seconds.values())
    orders = env["sale.order"].search(
        [("oms_channel_id", "=", channel.id)], order="id desc", limit=count
    )
    assert set(orders.mapped("oms_step")) == {"done"}, orders.mapped("oms_wait_reason")
    env.invalidate_all()
    return {step: seconds * 1000 / count for step, seconds in spent.items()}


def _arrive(env, channel):
    """Let the carrier report the parcels' arrival, and finish the path.

    :return: seconds by lane, and ``parcels`` for recording the arrival
    """
    started = time.perf_counter()
    env["oms.parcel"].search(
        [("channel_id", "=", channel.id), ("state", "!=", "delivered")]
    ).action_mark_delivered()
    env.cr.commit()
    seconds = time.perf_counter() - started
    lanes = env["oms.lane"]._drain(["orders", "fulfilment", "outbox"])
    return {**lanes, "parcels": seconds}


def _growth(env, channel, products, old, figures):
    """:return: ms per order at 1,000 existing orders over ms per order at ``old``"""
    count = env["sale.order"].search_count([])
    if count < 1000:
        filler.clone(env, -(-1000 // count) - 1)
        env.cr.commit()
    few = sum(_ours(env, channel, products, 100).values())
    count = env["sale.order"].search_count([])
    total = filler.clone(env, -(-old // count) - 1)
    env.cr.commit()
    many = sum(_ours(env, channel, products, 100).values())
    figures.update(ms_at_1k=few, ms_at_20k=many, orders_at_20k=total)
    return few / many


def _profile(env, channel, products, count):
    """Print where the time of our path goes.

    :return: no ratios: a profiled run is slower
    """
    import cProfile
    import pstats

    profiler = cProfile.Profile()
    profiler.enable()
    _ours(env, channel, products, count)
    profiler.disable()
    pstats.Stats(profiler).sort_stats("cumulative").print_stats(90)
    return {"ratios": {}, "figures": {}}
