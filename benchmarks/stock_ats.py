"""What can be sold of very many products: this engine beside Odoo's own reading.

    figures = measure(env, skus=10_000, warehouses=5)

Both read the same stock of one database, with an empty cache, in one run.
"""

import random
import time

from odoo.fields import Command

SKUS, WAREHOUSES = 10_000, 5
SEED = 7


def measure(env, skus=SKUS, warehouses=WAREHOUSES, tries=3):
    """Measure reading what one channel can sell of many products.

    :param int skus: how many products
    :param int warehouses: how many warehouses of the channel
    :param int tries: the best of so many counts, on both sides
    :return: ratios and figures, each a dict by name
    :rtype: tuple[dict, dict]
    """
    places = _make_warehouses(env, warehouses)
    products = _make_products(env, skus)
    _fill(env, products, places)
    channel = _make_channel(env, places)
    numbers, ours = _best(env, tries, lambda: _ours(env, channel, products))
    free, core = _best(env, tries, lambda: _core(products, places))
    wrong = [p for p in products.ids if numbers[p] != max(int(free[p]), 0)]
    if wrong:
        raise AssertionError(f"{len(wrong)} of {skus} numbers differ from Odoo's")
    ratios = {"ats_vs_core": round(core / ours, 1)}
    figures = {
        "ats_10k_seconds": round(ours, 3),
        "ats_core_seconds": round(core, 3),
        "ats_skus": skus,
        "ats_warehouses": warehouses,
    }
    return ratios, figures


def _best(env, tries, work):
    """:return: what work gives, and the seconds of its best try with an empty cache"""
    seconds = []
    for _try in range(tries):
        env.flush_all()
        env.invalidate_all()
        started = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - started)
    return result, min(seconds)


def _ours(env, channel, products):
    return env["oms.availability"]._available(channel, products)


def _core(products, places):
    """:return: what Odoo says is free in the warehouses, by product id"""
    free = dict.fromkeys(products.ids, 0.0)
    for place in places:
        for product in products.with_context(warehouse_id=place.id):
            free[product.id] += product.free_qty
    return free


# === WHAT IS MEASURED === #


def _make_warehouses(env, count):
    return env["stock.warehouse"].create(
        [{"name": f"ATS {n}", "code": f"A{n:03}", "oms_managed": True} for n in range(count)]
    )


def _make_products(env, count):
    return env["product.product"].create(
        [
            {"name": f"ATS {n}", "default_code": f"ATS-{n}", "is_storable": True}
            for n in range(count)
        ]
    )


def _make_channel(env, places):
    return env["oms.channel"].create(
        {"name": "ATS", "adapter": "canonical", "warehouse_ids": [Command.set(places.ids)]}
    )


def _fill(env, products, places):
    """Put stock into the warehouses, some of it reserved, past the ORM."""
    pick = random.Random(SEED)
    rows = []
    for product_id in products.ids:
        for place in places:
            there = pick.randint(0, 40)
            rows.append((product_id, place.lot_stock_id.id, there, pick.randint(0, there)))
    columns = [list(column) for column in zip(*rows, strict=True)]
    env.cr.execute(
        """INSERT INTO stock_quant (product_id, location_id, company_id, quantity,
               reserved_quantity, in_date, create_uid, create_date, write_uid, write_date)
           SELECT p, l, %s, q, r, now(), 1, now(), 1, now()
           FROM unnest(%s::int[], %s::int[], %s::numeric[], %s::numeric[]) AS told (p, l, q, r)""",
        [env.company.id, *columns],
    )
    env.cr.execute("ANALYZE stock_quant; ANALYZE product_product; ANALYZE product_template")
