"""Stock truth: reserving, growing and sharing out, ours against plain Odoo in one run."""

import importlib
import math
import time
from contextlib import contextmanager
from pathlib import Path

from odoo.fields import Command

from benchmarks import curve, stock_lanes, stock_world

PICTURE = Path(__file__).parent.parent / "docs" / "stock_growth.svg"
WAREHOUSES = 5
LINES = 3
LANE_BATCH = 50
SKUS_PER_WAREHOUSE = (10, 100, 1000)
LINES_PER_SKU = 10
#: the parts of the allocator whose share of the time is told
STEPS = (
    ("oms.allocator", "_open_moves"),
    ("oms.sourcing", "_candidates"),
    ("oms.stock", "_lock"),
    ("oms.reservation", "_reserve"),
    ("oms.reservation", "_write_quants"),
    ("oms.reservation", "_write_moves"),
)


def main(env, args):
    """Measure the allocator, the available stock, the growth and two lanes.

    :param args: ``--orders N`` of three lines, ``--skus N``, ``--lane-orders N`` (0 leaves the
        lanes out), ``--largest N`` SKUs per warehouse in the curve (0 leaves it out),
        ``--profile 1`` prints where the allocator's time goes
    :return: ratios of plain Odoo's time to ours, and figures in ms per order
    """
    defaults = {"orders": 1000, "skus": 2000, "lane-orders": 600, "largest": 1000, "profile": 0}
    options = _options(args, defaults)
    ratios, figures = {}, {}
    channel, products = _world(env, options["skus"])
    if options["profile"]:
        return _profile(env, channel, products, options["orders"])
    _allocation(env, channel, products, options["orders"], ratios, figures)
    if options["largest"]:
        _growth(env, channel, options["largest"], figures)
    if options["lane-orders"]:
        stock_lanes.measure(env, channel, products, options["lane-orders"], ratios, figures)
    _available(env, ratios, figures)
    return {"ratios": ratios, "figures": figures}


def _options(args, defaults):
    """:return: the options of the command line, as numbers, over the defaults"""
    options = dict(defaults)
    for name, value in zip(args, args[1:], strict=False):
        if name.startswith("--") and name[2:] in options:
            options[name[2:]] = int(value)
    return options


def _world(env, skus):
    """:return: a live channel of five stocked warehouses, and the products"""
    warehouses = stock_world.make_warehouses(env, "Stock", WAREHOUSES)
    products = stock_world.make_skus(env, "STK", skus)
    stock_world.put(env, warehouses, products, 1000)
    channel = env["oms.channel"].create(
        {
            "name": "Bench stock",
            "adapter": "canonical",
            "confirm_policy": "always",
            "ship_policy": "always",
            "send_receipt": False,
            "warehouse_ids": [Command.set(warehouses.ids)],
        }
    )
    channel.action_go_live()
    env.cr.commit()
    return channel, products


@contextmanager
def _undone(env):
    """Let what is done within leave no trace: each one begins with the same stock."""
    env.flush_all()
    env.cr.execute("SAVEPOINT bench")
    env.invalidate_all()
    try:
        yield
    finally:
        env.clear()
        env.cr.execute("ROLLBACK TO SAVEPOINT bench")
        env.invalidate_all()


def _timed(env, work):
    """:return: seconds and queries of ``work()`` until all is written"""
    queries, started = env.cr.sql_log_count, time.perf_counter()
    work()
    env.flush_all()
    return time.perf_counter() - started, env.cr.sql_log_count - queries


# === (a) ALLOCATION === #


def _allocation(env, channel, products, count, ratios, figures):
    """The same orders on the same stock: reserved by plain Odoo in two ways, and by us."""
    orders = _confirmed(env, channel, products, count, LINES)
    # Everybody runs warm: modules are loaded, statements seen, caches of the registry filled.
    for reserve in (_per_order, _recordset, _ours):
        _measured(env, channel, orders[:20], reserve)
    results = {
        name: _measured(env, channel, orders, reserve)
        for name, reserve in {
            "per_order": _per_order,
            "recordset": _recordset,
            "ours": _ours,
            "ours_batches_of_50": _ours_in_batches,
        }.items()
    }
    if len({result["reserved"] for result in results.values()}) > 1:
        raise RuntimeError("ours and plain Odoo did not reserve the same")
    for name in ("per_order", "recordset"):
        ratios[f"allocate_vs_{name}"] = results[name]["seconds"] / results["ours"]["seconds"]
    figures["allocate_ms_per_order"] = {
        name: round(result["seconds"] * 1000 / count, 3) for name, result in results.items()
    }
    figures["allocate_queries"] = {name: result["queries"] for name, result in results.items()}
    figures["allocate_step_ms_per_order"] = {
        name.strip("_"): round(ms, 4) for name, ms in _steps(env, channel, orders).items()
    }


def _confirmed(env, channel, products, count, lines):
    """:return: confirmed orders of the channel, nothing of them reserved"""
    warehouses = channel.warehouse_ids
    orders = stock_world.make_orders(
        env, warehouses, products, count, lines, oms_channel_id=channel.id
    )
    stock_world.confirm(orders)
    env.cr.commit()
    env.cr.execute("ANALYZE")
    return orders.with_env(env)


def _measured(env, channel, orders, reserve):
    """:return: seconds and queries of a way to reserve, and what it reserved"""
    with _undone(env):
        channel.warehouse_ids.oms_managed = reserve not in (_per_order, _recordset)
        channel.warehouse_ids.out_type_id.reservation_method = "manual"
        env.flush_all()
        env.invalidate_all()
        seconds, queries = _timed(env, lambda: reserve(orders))
        return {"seconds": seconds, "queries": queries, "reserved": _reserved(orders)}


def _reserved(orders):
    """:return: what is reserved for orders, and where: the same for all who reserve right"""
    lines = orders.env["stock.move.line"].search([("picking_id.sale_id", "in", orders.ids)])
    quants = orders.env["stock.quant"].search([("reserved_quantity", "!=", 0)])
    return (
        frozenset((line.move_id.id, line.location_id.id, line.quantity) for line in lines),
        frozenset((quant.id, quant.reserved_quantity) for quant in quants),
    )


def _per_order(orders):
    for order in orders:
        order.order_line.move_ids._action_assign()
        order.env.flush_all()


def _recordset(orders):
    orders.order_line.move_ids._action_assign()


def _ours(orders):
    orders.env["oms.allocator"]._allocate(orders)


def _ours_in_batches(orders):
    for start in range(0, len(orders), LANE_BATCH):
        _ours(orders[start : start + LANE_BATCH])
        orders.env.flush_all()


def _steps(env, channel, orders):
    """:return: ms per order of the allocator's parts, those of ``_reserve`` within it"""
    spent = dict.fromkeys((method for _model, method in STEPS), 0.0)
    originals = []
    for model, method in STEPS:
        owner = type(env[model])
        originals.append((owner, method, getattr(owner, method)))
        setattr(owner, method, _watched(originals[-1][2], method, spent))
    try:
        _measured(env, channel, orders, _ours)
    finally:
        for owner, method, original in originals:
            setattr(owner, method, original)
    return {method: seconds * 1000 / len(orders) for method, seconds in spent.items()}


def _watched(original, name, spent):
    def watched(*args, **kwargs):
        started = time.perf_counter()
        try:
            return original(*args, **kwargs)
        finally:
            spent[name] += time.perf_counter() - started

    return watched


def _profile(env, channel, products, count):
    """Print where the allocator's time goes.

    :return: no ratios: a profiled run is slower
    """
    import cProfile
    import pstats

    orders = _confirmed(env, channel, products, count, LINES)
    _measured(env, channel, orders[:20], _ours)
    profiler = cProfile.Profile()
    _measured(env, channel, orders, lambda batch: profiler.runcall(_ours, batch))
    pstats.Stats(profiler).sort_stats("cumulative").print_stats(70)
    return {"ratios": {}, "figures": {}}


# === (b) AVAILABLE TO SELL === #


def _available(env, ratios, figures):
    """What channels may sell: see ``benchmarks/stock_ats.py``."""
    if importlib.util.find_spec("benchmarks.stock_ats"):
        more, others = importlib.import_module("benchmarks.stock_ats").measure(env)
        ratios |= more
        figures |= others


# === (c) GROWTH === #


def _growth(env, channel, largest, figures):
    """Ten lines for each product, in orders of ten lines: ten, a hundred, a thousand SKUs."""
    points = []
    for skus in (size for size in SKUS_PER_WAREHOUSE if size <= largest):
        products = stock_world.make_skus(env, f"GROW{skus}-", skus)
        stock_world.put(env, channel.warehouse_ids, products, 1000)
        orders = _confirmed(env, channel, products, skus, LINES_PER_SKU)
        best = min(_measured(env, channel, orders, _ours)["seconds"] for _round in range(2))
        points.append((skus, best * 1000))
    figures["growth_ms"] = {f"{skus} SKUs × 10": round(ms, 1) for skus, ms in points}
    figures["growth_ms_per_line"] = {
        f"{skus} SKUs × 10": round(ms / (skus * LINES_PER_SKU), 3) for skus, ms in points
    }
    if len(points) < 2:
        return
    (few, first), (many, last) = points[-2], points[-1]
    figures["growth_exponent"] = round(math.log(last / first) / math.log(many / few), 3)
    start, per_sku = points[0][0], points[0][1] / points[0][0]
    curve.write(
        PICTURE,
        "Reserving ten order lines for each product, five warehouses",
        ("products per warehouse", "milliseconds for all"),
        {
            "measured": points,
            "(linear)": [(start, per_sku * start), (many, per_sku * many)],
        },
    )
