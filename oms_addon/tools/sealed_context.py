"""Context values that only code can set, not clients.

Clients can send any keys and values in the context of a request. Values that decide who acts, which
locks are held or what is sent to a channel are therefore sealed: wrapped in an object, while
clients can send plain data only.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple


class Key(NamedTuple):
    """One key of the context."""

    type: type
    says: str


#: every key: the type of its value, which is immutable, and its meaning
KEYS = {
    "actor": Key(str, "who acts, in words, where it is not the user"),
    "batch": Key(bool, "core methods work on all records of a batch at once"),
    "bulk": Key(bool, "what move lines do to the stock is added up, see ``RUNS``"),
    "by_hand": Key(bool, "a person confirms the orders at this moment"),
    "cancel_keeps_money": Key(bool, "who cancels does not want it refunded"),
    "cancel_keeps_stock": Key(bool, "who cancels does not want it put back in the channel's stock"),
    "cancel_notifies": Key(bool, "who cancels wants the customer to be told"),
    "cancel_reason": Key(str, "why it is cancelled, as the channel's codes have it"),
    "cancel_text": Key(str, "why it is cancelled, in words"),
    "cancelled_here": Key(bool, "what the warehouse stops is told to the channel"),
    "exact_order_ids": Key(frozenset, "orders whose amounts to invoice are exact already"),
    "from_channel": Key(bool, "the channel is who cancelled or reopened it"),
    "from_flow": Key(bool, "the path ships, and has looked at what a person would be asked"),
    "goods_left": Key(bool, "the goods are gone: a channel shipped them or somebody counted"),
    "has_warehouse": Key(bool, "what is procured now was sourced, or will be"),
    "mapping_later": Key(bool, "the caller ends with ``_after_mapping`` for all of a batch"),
    "message_id": Key(int, "the message being sent, for adapters whose call takes several runs"),
    "new_deliveries": Key(
        bool, "orders are confirmed for the first time: no delivery is looked for"
    ),
    "no_distribution": Key(bool, "no analytic distribution exists, so that none is searched for"),
    "no_plan": Key(bool, "the quantity is sourced again, whatever was planned"),
    "no_push": Key(bool, "no push rule applies to what is moved"),
    "no_put_back": Key(bool, "what was picked is put back by the caller"),
    "overbook": Key(bool, "a person sends it, today if its goods are there"),
    "quiet_parcels": Key(
        bool, "whoever changes several parcels of a delivery tells when all are right"
    ),
    "rated_picking_id": Key(int, "the delivery whose shipping cost is computed"),
    "reckons": Key(str, "prices are reckoned with, and shown to nobody: the system acts or copies"),
    "redirecting": Key(bool, "the deliveries are looked after by the caller"),
    "sale_journal_id": Key(int, "the journal of a batch of invoices"),
    "sourced": Key(bool, "the path sourced the orders"),
    "stock_locked": Key(bool, "the caller holds the locks of the stock and has looked"),
    "stopped": Key(bool, "the warehouse has answered"),
    "via": Key(str, "by which way events come in"),
}


@dataclass(frozen=True, slots=True)
class Sealed:
    """A context value set by code."""

    value: Any


def sealed(**values):
    """Seal values for ``with_context(**sealed(…))``.

    :param values: values by names of ``KEYS``
    :return: keys and values of the context
    :rtype: dict[str, Sealed]
    :raise KeyError: for an unknown name
    :raise TypeError: for a value that is not of the key's type; mutable objects are shared with
        ``runs`` instead
    """
    for name, value in values.items():
        if not isinstance(value, KEYS[name].type):
            raise TypeError(f"{name} in the context is {KEYS[name].type.__name__}, not {value!r}")
    return {f"oms_{name}": Sealed(value) for name, value in values.items()}


def unsealed(env, name, default=None):
    """:return: a context value set by code; ``default`` where there is none, or a client sent it"""
    value = env.context.get(f"oms_{name}")
    return value.value if isinstance(value, Sealed) else default
