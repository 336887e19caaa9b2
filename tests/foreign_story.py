"""What an add-on of others sees of one order's path; see ``test_foreign.py``."""

import runpy
from pathlib import Path


def run_story(env):
    """Play our part of the story of guests. :return: what came of it, and of the add-on"""
    guest = runpy.run_path(str(Path(__file__).with_name("guest_story.py")))
    channel = guest["channel"](env)
    lines = env["stock.move.line"].search([("product_id.default_code", "=", "GUEST")])
    payments = env["account.payment"].search([("move_id.state", "=", "posted")])
    notes = env["ir.config_parameter"].search([("key", "like", "oms_foreign.notes.%")])
    names = ("stock.move", "stock.move.line", "stock.quant")
    return {
        "channel": channel,
        "scales": sorted(set(lines.mapped("scale_ref"))),
        "lines": len(lines),
        "rows_written": int(env["ir.config_parameter"].get_param("oms_foreign.writes")) > 2,
        "notes": sorted(key.removeprefix("oms_foreign.notes.") for key in notes.mapped("key")),
        "narrations": sorted(set(map(str, payments.move_id.mapped("narration")))),
        "foreign": [env["oms.own.writes"]._foreign(name) for name in names],
    }
