"""Two processes on the lane that screens, sources and confirms, against one."""

import subprocess
import sys
import time

from benchmarks import stock_world
from tooling import paths

PATIENCE_SECONDS = 400
ROUNDS = 2


def measure(env, channel, products, count, ratios, figures):
    """Let one and then two processes take equal orders from captured to confirmed.

    The processes are up before the first order may be taken, so that their start is not
    measured; what else the machine does slows both, and the best round counts.

    :param count: how many orders, each time
    """
    channel.warehouse_ids.oms_managed = True
    env.cr.commit()
    best = {}
    for _round in range(ROUNDS):
        for lanes in (1, 2):
            seconds = _run(env, channel, products, count, lanes)
            best[lanes] = min(seconds, best.get(lanes, seconds))
    ratios["two_lanes_vs_one"] = best[1] / best[2]
    figures["lanes_orders_per_second"] = {
        f"{lanes} lanes": round(count / seconds, 1) for lanes, seconds in best.items()
    }


def _run(env, channel, products, count, lanes):
    """:return: how many seconds some lanes take for the orders"""
    orders = stock_world.make_orders(
        env,
        channel.warehouse_ids,
        products,
        count,
        3,
        oms_channel_id=channel.id,
        oms_step="screen",
        oms_cursor="screen",
        oms_status="waiting",
    )
    env.cr.commit()
    env.cr.execute("ANALYZE")
    workers = [_start(env.cr.dbname) for _lane in range(lanes)]
    try:
        for worker in workers:
            _wait_until_up(worker)
        orders.write({"oms_status": "running"})
        env.cr.commit()
        started = time.perf_counter()
        _wait(env, orders, started)
        return time.perf_counter() - started
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()


def _start(database):
    program = paths.ROOT / "tooling" / "odoo_program.py"
    log = paths.LOGS / "stock-lane.log"
    command = [sys.executable, str(program), "--log", str(log), database]
    command += [str(paths.ROOT / "tooling" / "lane_program.py"), "--tell", "orders"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def _wait_until_up(worker):
    """Wait for the line a lane's process prints when it is at work."""
    if not worker.stdout.readline():
        raise RuntimeError(f"a lane's process ended: see {paths.LOGS / 'stock-lane.log'}")


def _wait(env, orders, started):
    """Wait until all orders are confirmed."""
    while True:
        env.cr.execute(
            "SELECT count(*) FROM sale_order WHERE id = ANY(%s) AND state <> 'sale'", [orders.ids]
        )
        (left,) = env.cr.fetchone()
        env.cr.commit()
        if not left:
            return
        if time.perf_counter() - started > PATIENCE_SECONDS:
            raise RuntimeError(f"{left} orders are not confirmed after {PATIENCE_SECONDS} s")
        time.sleep(0.02)
