"""Stock under storm: many processes buy, cancel, ship, receive, return and count at once.

Some are killed on the way. At no moment more may be reserved than there is, and at the end
stock rows, move lines and moves must agree.
"""

import logging
import multiprocessing
import os
import random
import signal
import sys
import time
from collections import Counter

from odoo import SUPERUSER_ID, api, sql_db
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from benchmarks import stock_world, stress_operations

FORK = multiprocessing.get_context("fork")
MAX_TRIES = 300
PATIENCE_SECONDS = 2400
OVERSOLD = """
    SELECT count(*) FROM (
        SELECT FROM stock_quant quant
        JOIN stock_location location ON location.id = quant.location_id
        WHERE location.usage = 'internal' AND quant.product_id = ANY(%s)
        GROUP BY quant.product_id, quant.location_id, quant.lot_id
        HAVING SUM(quant.reserved_quantity) > SUM(quant.quantity)) oversold"""
PROMISED = """
    SELECT count(*), COALESCE(SUM(line.quantity_product_uom), 0),
           (SELECT SUM(reserved_quantity) FROM stock_quant WHERE product_id = %(product)s),
           (SELECT SUM(quantity) FROM stock_quant quant JOIN stock_location location
            ON location.id = quant.location_id AND location.usage = 'internal'
            WHERE product_id = %(product)s)
    FROM stock_move_line line WHERE line.product_id = %(product)s"""


def main(env, args):
    """Run the races at full size.

    :param args: ``--operations N``, ``--processes N``, ``--kills N``, ``--rounds N`` of
        ``--buyers N`` for one unit, ``--seed N``
    :return: figures; raises when anything is oversold or does not add up
    """
    options = {"operations": 5000, "processes": 4, "kills": 8, "rounds": 10, "buyers": 100}
    options["seed"] = 1
    for name, value in zip(args, args[1:], strict=False):
        if name.removeprefix("--") in options:
            options[name[2:]] = int(value)
    registry = env.registry
    env.cr.commit()
    served = buy_one(registry, options["rounds"], options["buyers"], options["processes"])
    if served != [1] * options["rounds"]:
        raise RuntimeError(f"one unit was allocated to {served} buyers")
    figures = {"rounds_with_one_winner": served.count(1), "buyers": options["buyers"]}
    storm = Storm(registry, options["operations"], options["processes"], options["kills"])
    storm.seed = options["seed"]
    figures |= storm.run()
    if figures["oversold_samples"] or figures["differences"]:
        raise RuntimeError(f"the stock does not add up: {figures}")
    return {"ratios": {}, "figures": figures}


# === PROCESSES === #


def transaction(registry, work):
    """Run ``work(env)`` in a transaction of its own, begun again when it met another.

    :return: what it returned, and how often it began again
    """
    for tries in range(MAX_TRIES):
        with registry.cursor() as cr:
            try:
                env = api.Environment(cr, SUPERUSER_ID, dict(stock_world.QUIET))
                result = work(env)
                env.flush_all()
                cr.commit()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                cr.rollback()
                time.sleep(random.random() * 0.005 * min(tries + 1, 20))
            else:
                return result, tries
    raise RuntimeError(f"still in conflict after {MAX_TRIES} tries")


def start(registry, work, *arguments):
    """:return: a process of its own that runs ``work(registry, …)``"""
    process = FORK.Process(target=_child, args=(registry, work, arguments))
    process.start()
    return process


def _child(registry, work, arguments):
    """Be a process: the parent's connections are not ours to use or close."""
    status = 1
    # A conflict is no error here: it is begun again.
    logging.getLogger("odoo.sql_db").setLevel(logging.CRITICAL)
    try:
        sql_db._Pool = sql_db._Pool_readonly = None
        registry._db = sql_db.db_connect(registry.db_name)
        registry._db_readonly = None
        work(registry, *arguments)
        status = 0
    finally:
        os._exit(status)


# === ONE UNIT === #


def buy_one(registry, rounds, buyers, processes):
    """Let many buyers want one unit, several processes allocating side by side.

    :return: how many got it, round by round, by the books of Odoo
    :rtype: list[int]
    """
    served = []
    for number in range(rounds):
        (product_id, order_ids), _tries = transaction(
            registry, lambda env, n=number: _one_unit(env, n, buyers)
        )
        barrier = FORK.Barrier(processes)
        shares = [order_ids[place::processes] for place in range(processes)]
        workers = [start(registry, _buy, barrier, share) for share in shares]
        for worker in workers:
            worker.join(PATIENCE_SECONDS)
            if worker.exitcode:
                raise RuntimeError("a process of the buyers failed")
        served.append(transaction(registry, lambda env, p=product_id: _winners(env, p))[0])
        print(f"  one unit, {buyers} buyers: {served[-1]} got it", file=sys.stderr, flush=True)
    return served


def _one_unit(env, number, buyers):
    warehouse = env["stock.warehouse"].search([], limit=1)
    warehouse.oms_managed = True
    product = stock_world.make_skus(env, f"ONE{number}-", 1)
    stock_world.put(env, warehouse, product, 1)
    orders = stock_world.make_orders(env, warehouse, product, buyers, 1)
    orders.order_line.product_uom_qty = 1
    stock_world.confirm(orders)
    return product.id, orders.ids


def _buy(registry, barrier, order_ids):
    barrier.wait(PATIENCE_SECONDS)
    for order_id in order_ids:
        transaction(
            registry, lambda env, o=order_id: env["oms.allocator"]._allocate(
                env["sale.order"].browse(o)
            ) and None
        )  # fmt: skip


def _winners(env, product_id):
    """:return: how many have the unit; the books must agree"""
    env.cr.execute(PROMISED, {"product": product_id})
    lines, quantity, reserved, hand = env.cr.fetchone()
    if not float(quantity) == float(reserved) == float(hand) == 1.0:
        raise RuntimeError(f"reserved {reserved}, promised {quantity}, on hand {hand}")
    return lines


# === THE STORM === #


class Storm:
    """Operations of many kinds by several processes, watched from another connection."""

    products = 30
    stock = 20

    def __init__(self, registry, operations, processes, kills):
        self.registry = registry
        self.operations = operations
        self.processes = processes
        self.kills = kills
        self.seed = 1
        kinds = len(stress_operations.KINDS)
        # Each process writes its own slots: one that is killed leaves no lock behind.
        self.done = multiprocessing.RawArray("i", processes * kinds)
        self.refused = multiprocessing.RawArray("i", processes * kinds)
        self.tries = multiprocessing.RawArray("i", processes)

    def run(self):
        """:return: how much was done, how often it was looked, and what was wrong"""
        chance = random.Random(self.seed)
        self.world, _tries = transaction(
            self.registry,
            lambda env: stress_operations.prepare(env, self.products, self.stock),
        )
        started = time.monotonic()
        workers = [self._start(place, 0) for place in range(self.processes)]
        try:
            samples, oversold, killed = self._watch(workers, chance, started)
        finally:
            for worker in workers:
                worker.kill()
                worker.join()
        differences, _tries = transaction(
            self.registry,
            lambda env: env["oms.stock.comparison"]._compare(set(self.world["products"])),
        )
        return {
            "operations": sum(self.done),
            "seconds": round(time.monotonic() - started, 1),
            "killed_processes": killed,
            "conflicts_begun_again": sum(self.tries),
            "samples": samples,
            "oversold_samples": oversold,
            "differences": len(differences),
            "first_differences": differences[:5],
            "done": self._by_kind(self.done),
            "refused": self._by_kind(self.refused),
        }

    def _start(self, place, life):
        return start(self.registry, self._work, place, self.seed * 1000 + place * 100 + life)

    def _watch(self, workers, chance, started):
        """Look at the stock from another connection until all is done, and kill some workers.

        :return: how often it was looked, how often more was reserved than is there, kills
        """
        samples = oversold = killed = 0
        connection = sql_db.db_connect(self.registry.db_name)
        kill_at = [
            self.operations * (number + 1) // (self.kills + 1) for number in range(self.kills)
        ]
        while any(worker.exitcode is None for worker in workers):
            if time.monotonic() - started > PATIENCE_SECONDS:
                raise RuntimeError(f"only {sum(self.done)} operations were done")
            with connection.cursor() as cr:
                cr.execute(OVERSOLD, [self.world["products"]])
                oversold += bool(cr.fetchone()[0])
            samples += 1
            if samples % 500 == 0:
                text = f"  {sum(self.done)} of {self.operations} operations, {oversold} oversold"
                print(text, file=sys.stderr, flush=True)
            if kill_at and sum(self.done) >= kill_at[0]:
                kill_at.pop(0)
                place = chance.randrange(self.processes)
                if workers[place].exitcode is None:
                    os.kill(workers[place].pid, signal.SIGKILL)
                    workers[place].join()
                    killed += 1
                    workers[place] = self._start(place, killed)
            for worker in workers:
                if worker.exitcode:
                    raise RuntimeError(f"a process failed: exit {worker.exitcode}")
            time.sleep(0.02)
        return samples, oversold, killed

    def _work(self, registry, place, seed):
        """Be one process: do operations until this place's share is done."""
        chance = random.Random(seed)
        kinds = list(stress_operations.KINDS)
        weights = [stress_operations.KINDS[kind] for kind in kinds]
        first, share = place * len(kinds), self.operations // self.processes
        while sum(self.done[first : first + len(kinds)]) < share:
            [number] = chance.choices(range(len(kinds)), weights)
            operation = getattr(stress_operations, kinds[number])
            state = chance.getrandbits(64)
            try:
                # Begun again, it does the same: the chance is what it was.
                _done, tries = transaction(
                    registry,
                    lambda env, op=operation, s=state: op(env, self.world, random.Random(s)),
                )
                self.tries[place] += tries
            except UserError:
                self.refused[first + number] += 1
            self.done[first + number] += 1

    def _by_kind(self, counts):
        kinds = list(stress_operations.KINDS)
        total = Counter()
        for place, count in enumerate(counts):
            total[kinds[place % len(kinds)]] += count
        return dict(total)
