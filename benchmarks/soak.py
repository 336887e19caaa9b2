"""A shop's worst week: messages shuffled and repeated, errors everywhere, workers killed.

At the end nothing may be lost, nothing doubled, and every order what the shop says it is.
"""

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from decimal import Decimal

from odoo.fields import Command
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from benchmarks import load, odoo_server
from simulators.woocommerce import WoocommerceSimulator
from tooling import paths

PRODUCTS = 100
PATIENCE_SECONDS = 1500
WORKERS = {
    "in": ("inbox", "outbox"),
    "way": ("orders", "fulfilment", "allocator", "stock"),
    "out": ("fetch", "inbox", "outbox"),
}


def main(env, args):
    """Soak one shop.

    :param args: ``--orders N``, ``--events N`` (each delivered three times), ``--kills N``
    :return: ``lost``, ``doubled`` and ``different`` as figures, all 0, and how long it took
    """
    options = {"orders": 3000, "events": 10000, "kills": 2, "seed": 1}
    for name, value in zip(args, args[1:], strict=False):
        if name.removeprefix("--") in options:
            options[name[2:]] = int(value)
    chance = random.Random(options["seed"])
    with WoocommerceSimulator() as shop:
        channel = _connect(env, shop)
        deliveries = _live(shop, options, chance)
        shop.error_rate = 0.05
        started = time.monotonic()
        answers = _storm(env, shop, channel, deliveries, options, chance)
        seconds = time.monotonic() - started
        shop.heal()
        figures = {
            "orders": options["orders"],
            "events": len(deliveries) // 3,
            "deliveries": len(deliveries),
            "seconds": round(seconds, 1),
            "answers": dict(answers),
            **_compare(env, shop, channel),
        }
    wrong = figures["lost"] + figures["doubled"] + figures["different"]
    print(f"\nsoak: {wrong} orders are not as the shop says", flush=True)
    if wrong:
        raise RuntimeError(f"the soak found differences: {figures}")
    return {"ratios": {"orders_as_the_shop_says": 1.0}, "figures": figures}


# === THE SHOP'S DAYS === #


def _connect(env, shop):
    """:return: a live channel of the shop, its products here with plenty of stock"""
    warehouse = env["stock.warehouse"].search([], limit=1)
    warehouse.oms_managed = True
    products = env["product.product"].create(
        [
            {
                "name": f"Thing {n}",
                "default_code": f"SKU{n}",
                "is_storable": True,
                "taxes_id": [Command.clear()],
            }
            for n in range(PRODUCTS)
        ]
    )
    for product in products:
        env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, 1e5)
        shop.add_product(product.default_code, product.name, quantity=100000)
    env["res.currency"].with_context(active_test=False).search(
        [("name", "=", shop.currency)]
    ).active = True
    env["ir.config_parameter"].set_param("oms_addon.trusted_hosts", "127.0.0.1")
    channel = env["oms.channel"].create(
        {
            "name": "Soak",
            "adapter": "woocommerce",
            "start_policy": "process",
            "auto_ship": True,
            "send_receipt": False,
            "address_level": "country",
            "warehouse_ids": [Command.set(warehouse.ids)],
            **shop.credentials(),
        }
    )
    channel.action_go_live()
    # The shop on this machine stands more calls than one on the web would.
    env["oms.channel.meter"]._learn(channel, "default", tokens=1000, rate=1000, burst=1000)
    shop.deliveries.clear()
    env.cr.commit()
    return channel


def _live(shop, options, chance):
    """Let customers buy, pay, change their minds, cancel and get money back.

    :return: all deliveries, each three times, shuffled
    """
    refs, deliveries = [], []

    def collect():
        deliveries.extend(shop.pop_deliveries())

    state = {}
    while len(refs) < options["orders"]:
        lines = _lines(chance)
        paid = chance.random() < 0.7
        ref = shop.place_order(lines, paid=paid)
        refs.append(ref)
        state[ref] = "paid" if paid else "open"
        collect()
    while len(deliveries) < options["events"]:
        ref = chance.choice(refs)
        _happen(shop, ref, state, chance)
        collect()
    # What is cut off here is not told by a message: the poll finds it.
    repeated = deliveries[: options["events"]] * 3
    chance.shuffle(repeated)
    return repeated


def _lines(chance):
    skus = chance.sample(range(PRODUCTS), chance.randint(1, 4))
    return [
        (f"SKU{n}", chance.randint(1, 3), f"{chance.randint(100, 9999) / 100:.2f}") for n in skus
    ]


def _happen(shop, ref, state, chance):
    """Let one thing happen to an order that can happen to it."""
    if state[ref] == "open":
        kind = chance.choice(("edit", "pay", "pay", "cancel", "touch"))
        if kind == "edit":
            shop.edit_order(ref, _lines(chance))
        elif kind == "pay":
            shop.pay(ref)
            state[ref] = "paid"
        elif kind == "cancel":
            shop.cancel_order(ref)
            state[ref] = "cancelled"
        else:
            shop.touch(ref)
    elif state[ref] == "paid" and chance.random() < 0.3:
        quantities = shop.orders()[ref]["quantities"] if chance.random() < 0.2 else {}
        if quantities:
            sku = chance.choice(sorted(quantities))
            shop.refund_order(ref, [(sku, 1)])
        else:
            shop.touch(ref)
    else:
        shop.touch(ref)


# === THE STORM === #


def _storm(env, shop, channel, deliveries, options, chance):
    """Deliver all, with workers at work that are killed on the way, until it is quiet.

    :return: how often each status was answered
    """
    database, path = env.cr.dbname, f"/oms/webhook/{channel.token}"
    requests = [("POST", path, d.body, d.headers) for d in deliveries]
    workers = {name: _start(database, codes) for name, codes in WORKERS.items()}
    answers, killed = Counter(), 0
    try:
        with odoo_server.serving(database) as address:
            parts = options["kills"] + 1
            size = len(requests) // parts + 1
            for number in range(parts):
                part = requests[number * size : (number + 1) * size]
                answers.update(load.run(address, part, 8).statuses)
                if number < options["kills"]:
                    name = chance.choice(sorted(workers))
                    workers[name].send_signal(signal.SIGKILL)
                    workers[name].wait()
                    killed += 1
                    workers[name] = _start(database, WORKERS[name])
        shop.error_rate = 0.0
        _wait_until_quiet(env, channel, workers)
    finally:
        for worker in workers.values():
            worker.kill()
            worker.wait()
    answers["killed workers"] = killed
    return answers


def _start(database, codes):
    program = paths.ROOT / "tooling" / "odoo_program.py"
    log = paths.LOGS / "soak-worker.log"
    command = [sys.executable, str(program), "--log", str(log), database]
    command += [str(paths.ROOT / "tooling" / "lane_program.py"), *codes]
    with (paths.LOGS / "soak-worker.err").open("ab") as errors:
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)


def _wait_until_quiet(env, channel, workers):
    """Wait until nothing is left to do; what only waits for its next try is tried now."""
    until = time.monotonic() + PATIENCE_SECONDS
    quiet = 0
    while quiet < 5:
        if time.monotonic() > until:
            raise RuntimeError(f"still busy after {PATIENCE_SECONDS} s: {_left(env, channel)}")
        _hurry(env, channel)
        quiet = 0 if any(_left(env, channel).values()) else quiet + 1
        print(f"  {_left(env, channel)}", end="\r", file=sys.stderr, flush=True)
        for name, worker in workers.items():
            if worker.poll() is not None:
                raise RuntimeError(f"worker {name} ended: see {paths.LOGS / 'soak-worker.err'}")
        time.sleep(1)


def _hurry(env, channel):
    """Let what only waits for its next try be tried now."""
    try:
        env.cr.execute(
            """UPDATE oms_channel_message SET next_try_at = NULL WHERE id IN (
                   SELECT id FROM oms_channel_message
                   WHERE channel_id = %s AND state = 'pending' AND next_try_at IS NOT NULL
                   FOR UPDATE SKIP LOCKED)""",
            [channel.id],
        )
        env.cr.execute(
            "UPDATE oms_channel_meter SET blocked_until = 0 WHERE channel_ref = %s", [channel.id]
        )
        # A poll that failed is to find what was not told, too.
        env.cr.execute(
            """UPDATE oms_channel SET next_fetch_at = NULL
               WHERE id = %s AND fetch_failures > 0 AND next_fetch_at IS NOT NULL""",
            [channel.id],
        )
        env.cr.commit()
    except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
        env.cr.rollback()


def _left(env, channel):
    env.cr.execute(
        """SELECT (SELECT count(*) FROM oms_channel_message
                   WHERE channel_id = %(id)s AND state = 'pending'),
                  (SELECT count(*) FROM sale_order
                   WHERE oms_channel_id = %(id)s AND oms_status = 'running'),
                  -- A poll under way has not planned the next one yet.
                  (SELECT count(*) FROM oms_channel WHERE id = %(id)s AND
                   (next_fetch_at IS NULL OR next_fetch_at <= now() AT TIME ZONE 'UTC'))""",
        {"id": channel.id},
    )
    messages, orders, polls = env.cr.fetchone()
    env.cr.commit()
    return {"messages": messages, "orders": orders, "polls": polls}


# === THE END === #


def _compare(env, shop, channel):
    """Ask the shop for what the messages cut off did not tell, and compare every order.

    :return: how many orders are lost, doubled and different, and which come first
    """
    env.cr.commit()
    env.invalidate_all()
    truth = shop.orders()
    orders = env["sale.order"].search([("oms_channel_id", "=", channel.id)])
    count = Counter(orders.mapped("oms_order_ref"))
    by_ref = {order.oms_order_ref: order for order in orders}
    lost = sorted(truth.keys() - by_ref.keys())
    different = {
        ref: problem for ref, order in by_ref.items() if (problem := _difference(order, truth[ref]))
    }
    shipments = Counter(s.get("key") or str(s) for s in shop.shipments)
    messages = env["oms.channel.message"]._read_group(
        [("channel_id", "=", channel.id)], ["direction", "state"], ["__count"]
    )
    return {
        "lost": len(lost),
        "first_lost": {ref: _reported(env, channel, ref) for ref in lost[:5]},
        "doubled": sum(n - 1 for n in count.values()) + sum(n - 1 for n in shipments.values()),
        "different": len(different),
        "first_different": dict(list(different.items())[:5]),
        "messages": {f"{direction}:{state}": n for direction, state, n in messages},
        "shipments_told": len(shop.shipments),
        "holds": dict(
            Counter(orders.oms_hold_ids.filtered(lambda h: h.state == "open").mapped("reason_code"))
        ),
    }


def _reported(env, channel, ref):
    """:return: what became of the messages about an order"""
    return [
        f"{message.via} {message.topic}: {message.state} {message.error or ''}"
        for message in env["oms.channel.message"].search(
            [("channel_id", "=", channel.id), ("order_ref", "=", ref)]
        )
    ]


def _difference(order, truth):
    """:return: how an order differs from what the shop says of it, '' when it does not"""
    digits = order.currency_id.decimal_places
    ours = {
        "cancelled": order.state == "cancel" or not _wanted(order),
        "paid": Decimal(f"{order.oms_amount_paid:.{digits}f}"),
        "refunded": Decimal(f"{order.oms_amount_refunded:.{digits}f}"),
        "quantities": _wanted(order) if order.state != "cancel" else {},
    }
    theirs = {key: truth[key] for key in ours}
    theirs["cancelled"] = truth["cancelled"] or not truth["quantities"]
    return "" if ours == theirs else f"ours {ours}, the shop {theirs}"


def _wanted(order):
    """:return: units still wanted by SKU: what was ordered without what was cancelled"""
    wanted = Counter()
    for line in order.order_line.filtered(lambda l: l.oms_kind == "product"):
        units = line.product_uom_qty + line.oms_reduced_qty - line.oms_cancelled_qty
        if units:
            wanted[line.oms_sku] += int(units)
    return dict(wanted)
