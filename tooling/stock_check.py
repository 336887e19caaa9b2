"""Compare stock rows, move lines and moves of one database; see `./oms check stock`."""

import time

from odoo.addons.oms_addon.tools.sealed_context import sealed

COUNTS = """
    SELECT (SELECT count(*) FROM stock_quant),
           (SELECT count(*) FROM stock_move_line
            WHERE state IS NULL OR state NOT IN ('done', 'cancel')),
           (SELECT count(*) FROM stock_move
            WHERE state IN ('waiting', 'confirmed', 'partially_available', 'assigned'))"""


def main(env, args):
    """Look, and put right what can be when asked to.

    :param args: ``--repair``
    :return: what is left, what was repaired, how much was read in how many seconds
    """
    Check = env["oms.stock.check"].with_context(**sealed(actor="./oms check stock"))
    started = time.perf_counter()
    env["oms.stock.comparison"]._compare()
    seconds = time.perf_counter() - started
    found = Check._run()
    repaired = []
    if "--repair" in args and found:
        texts = {check: check.text for check in found}
        found._repair()
        repaired = [text for check, text in texts.items() if check.state == "settled"]
        found = Check._run()
    env.cr.execute(COUNTS)
    stocks, lines, moves = env.cr.fetchone()
    return {
        "differences": [
            {
                "kind": check.kind,
                "text": check.text,
                "advice": check.advice,
                "expected": check.expected,
                "found": check.found,
            }
            for check in found
        ],
        "repaired": repaired,
        "stocks": stocks,
        "lines": lines,
        "moves": moves,
        "seconds": seconds,
    }
