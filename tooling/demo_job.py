"""The main job of `./oms demo`; run inside Odoo by `odoo_program.py`.

The contract: `main(env, args)` gets an environment of the superuser on a fresh
database with the add-on installed, and the arguments `--orders N`. It prints the
table with `tooling.console` and returns the object of `./oms demo --json`.
"""

import argparse
import resource
import time

from tooling import console, demo_planning, demo_proof
from tooling.step_timer import StepTimer


def main(env, args):
    """Replay real orders through the whole path, prove the accounts, return the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--orders", type=int, default=300)
    options = parser.parse_args(args)
    with console.step("Preparing the sample shop: catalogue, two warehouses, opening stock"):
        channel = prepare(env)
        stock = demo_proof.stock_on_hand(env, channel)
    env["oms.lane"]._drain(["slow"])
    with console.step("Forecasting the demand of the sample shop"):
        demo_planning.forecast(env, channel)
    started = time.monotonic()
    with console.step(f"Taking {options.orders} orders from the shop to the door") as shown:
        with StepTimer(env) as timer:
            lanes = replay(env, channel, options.orders, shown)
    seconds = time.monotonic() - started
    figures = demo_proof.figures(env, channel)
    orders = max(figures["captured"], 1)
    result = {
        **figures,
        "seconds": round(seconds, 2),
        "orders_per_second": round(figures["captured"] / seconds, 2),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "ms_per_order_by_step": {
            name: round(spent * 1000 / orders, 2)
            for name, spent in {**_lane_times(lanes), **timer.seconds}.items()
        },
    }
    result["planning"] = demo_planning.figures(env)
    report(env, channel, result)
    demo_planning.report(result["planning"])
    demo_proof.prove(env, channel, stock)
    return result


def prepare(env):
    """Make the company British and open the sample shop in it.

    :return: the live sample channel
    """
    company = env.ref("base.main_company")
    pounds = env.ref("base.GBP")
    pounds.active = True
    company.write(
        {"name": "Sample Gift Shop", "country_id": env.ref("base.uk").id, "currency_id": pounds.id}
    )
    env["res.users"].browse(env.ref("base.user_admin").id).tz = "Europe/London"
    channel = env["oms.channel"].create(
        {
            "name": "Sample Gift Shop",
            "adapter": "sample",
            "fetch_rate": 60,
            "start_policy": "process",
        }
    )
    channel.action_go_live()
    env.cr.commit()
    env.cr.execute("ANALYZE")
    env.cr.commit()
    return channel


def replay(env, channel, orders, shown):
    """Fetch the next orders of the shop and work through all lanes until nothing is left.

    :param int orders: how many invoices of the extract
    :param shown: the step on the terminal
    :return: seconds by lane
    """
    channel._fetch(orders)
    env.cr.commit()

    def progress(lane, done, _seconds):
        if done:
            shown.update(lane)

    return env["oms.lane"]._drain(after_batch=progress)


def _lane_times(lanes):
    """:return: seconds of the lanes that are no steps of the flow"""
    names = {
        "inbox": "capture",
        "outbox": "tell_channel",
        "receipts": "receipt",
        "sample": "warehouse",
    }
    return {name: lanes[lane] for lane, name in names.items()}


def report(env, channel, result):
    """Print what happened."""
    rows = [(key, value) for key, value in result.items() if not isinstance(value, dict)]
    console.table(rows, ("what", "count"))
    print()
    console.table(list(result["ms_per_order_by_step"].items()), ("step", "ms per order"))
    print()
    reasons = env["oms.hold"]._read_group(
        [("channel_id", "=", channel.id), ("state", "=", "open")], ["reason_id"], ["__count"]
    )
    console.table(
        [(reason.name, count, reason.advice) for reason, count in reasons] or [("-", 0, "")],
        ("needs attention", "count", "next step"),
    )
    print()
