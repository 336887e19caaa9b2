"""An order of a channel beside a published add-on whose rules hold up confirmations."""

import json
import runpy
from pathlib import Path

_GUEST = runpy.run_path(str(Path(__file__).with_name("guest_story.py")))


def run_story(env):
    """Play an order that no rule of the guest concerns, and one that a rule stops and releases.

    :return: what came of both
    """
    found = {"channel": _GUEST["channel"](env)}
    rule = env["exception.rule"].create(
        {
            "name": "Too many",
            "model": "sale.order",
            "exception_type": "by_domain",
            "domain": "[('amount_total', '>', 29)]",
        }
    )
    order = _stopped(env)
    found["stopped"] = _values(order)
    rule.active = False
    order.oms_hold_ids.action_retry()
    env["oms.lane"]._drain()
    found["continued"] = _values(order)
    return found


def _stopped(env):
    """:return: an order of the same channel that the guest's rule concerns"""
    shop = env["oms.channel"].search([("name", "=", "Guest")])
    made = env["product.product"].search([("default_code", "=", "GUEST")])
    document = _GUEST["document"](env, made) | {"ref": "G2", "number": "G2"}
    document["charges"][0]["ref"] = "T2"
    shop._receive("orders", "g2", json.dumps(document).encode())
    env["oms.lane"]._drain()
    return env["sale.order"].search([("oms_order_ref", "=", "G2")])


def _values(order):
    order.env.invalidate_all()
    return {
        "state": order.state,
        "step": order.oms_step,
        "status": order.oms_status,
        "exceptions": order.oms_hold_ids.filtered(lambda h: h.state == "open").mapped(
            "reason_code"
        ),
    }
