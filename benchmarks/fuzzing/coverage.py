"""Parsers, by atheris: it sees which lines an input reaches and changes those that reach new ones.

It takes the whole process, so it has one of its own:
``python -m benchmarks.fuzzing.coverage SECONDS SEED FOLDER``. Where it is not installed
(``pip install atheris``), nothing is run.
"""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: what libFuzzer takes for a hang, in seconds, and for a leak, in megabytes
SLOW, MEMORY = 2, 1024


def is_installed():
    return importlib.util.find_spec("atheris") is not None


def run(seconds, number, folder):
    """Fuzz in a process of its own.

    :param folder: takes what broke something
    :return: how many inputs there were, and what is wrong in words ('' for nothing)
    :rtype: tuple[int, str]
    """
    command = [sys.executable, "-m", "benchmarks.fuzzing.coverage"]
    done = subprocess.run(
        [*command, str(seconds), str(number), str(folder)],
        capture_output=True,
        cwd=ROOT,
        text=True,
        errors="replace",
        timeout=seconds + 120,
        check=False,
    )
    counts = re.findall(r"^#(\d{1,12})\s", done.stderr, re.M)
    return int(counts[-1]) if counts else 0, done.stderr[-3000:] if done.returncode else ""


def main(seconds, number, folder):
    """Fuzz until the time is over; whatever is raised but a refusal ends the process."""
    import atheris

    import odoo.addons

    odoo.addons.__path__.append(str(ROOT))
    # What they need is loaded before, so that only the parsers are watched.
    from odoo.addons.oms_addon.tools import http  # noqa: F401

    for name in [name for name in sys.modules if name.startswith("odoo.addons.oms_addon.tools")]:
        del sys.modules[name]
    with atheris.instrument_imports(include=["odoo.addons.oms_addon.tools"]):
        from odoo.addons.oms_addon.channels.amazon import (
            parse_orders as amazon_orders,
        )
        from odoo.addons.oms_addon.channels.amazon import (
            parse_refunds as amazon_refunds,
        )
        from odoo.addons.oms_addon.channels.csv_file import parse_orders as csv_orders
        from odoo.addons.oms_addon.channels.prestashop import parse_orders as prestashop_order
        from odoo.addons.oms_addon.channels.shopify import parse_documents as documents
        from odoo.addons.oms_addon.channels.woocommerce import parse_orders as woocommerce_orders
        from odoo.addons.oms_addon.documents import (
            order as order_document,
        )
        from odoo.addons.oms_addon.documents import (
            tracking as tracking_document,
        )
        from odoo.addons.oms_addon.documents.codec import loads
        from odoo.addons.oms_addon.documents.values import DocumentError
        from odoo.addons.oms_addon.tools import bounded
    from odoo.addons.oms_addon.exceptions import FinalError, RetryableError

    readers = (
        order_document.parse_document,
        lambda body: documents.parse("orders/updated", body),
        lambda body: woocommerce_orders.read_order(loads(body), "1"),
        lambda body: prestashop_order.read_order(loads(body)),
        amazon_orders.read_order,
        amazon_refunds.read_refund,
        csv_orders.parse_orders,
        tracking_document.read_csv,
        bounded.gunzip,
    )

    def feed(data):
        if data:
            try:
                readers[data[0] % len(readers)](data[1:])
            except (DocumentError, FinalError, RetryableError):
                return

    seeds = Path(folder) / "seeds"
    seeds.mkdir(parents=True, exist_ok=True)
    kinds = ("canonical", "shopify", "woocommerce", "prestashop", "amazon", "amazon", "csv_file")
    for place, kind in enumerate(kinds):
        for path in sorted((ROOT / "tests" / "fixtures" / kind).iterdir()):
            if ".expected." not in path.name and path.stat().st_size < 20_000:
                target = seeds / f"{place}-{path.name}"
                target.write_bytes(bytes([place]) + path.read_bytes())
    limits = (f"-timeout={SLOW}", f"-rss_limit_mb={MEMORY}", "-max_len=20000")
    ways = (f"-max_total_time={seconds}", f"-seed={number}", f"-artifact_prefix={folder}/")
    atheris.Setup([sys.argv[0], str(seeds), *limits, *ways], feed)
    atheris.Fuzz()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
