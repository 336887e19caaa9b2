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
    meaning: str


#: every key: the type of its value, which is immutable, and its meaning
KEYS = {
    "actor": Key(str, "name of the actor, if it is not the user"),
    "batch": Key(bool, "core methods process all records of a batch at once"),
    "bulk": Key(bool, "changes of stock rows are collected, see ``RUNS``"),
    "by_hand": Key(bool, "a user is confirming the orders"),
    "cancel_keeps_money": Key(bool, "cancel without a refund"),
    "cancel_keeps_stock": Key(bool, "cancel without restocking on the channel"),
    "cancel_notifies": Key(bool, "notify the customer of the cancellation"),
    "cancel_reason": Key(str, "cancellation reason, a code of the channel"),
    "cancel_text": Key(str, "cancellation reason, as text"),
    "cancelled_here": Key(
        bool, "push the cancellation to the channel after the warehouse stopped it"
    ),
    "exact_order_ids": Key(frozenset, "ids of orders whose amounts to invoice are exact already"),
    "from_channel": Key(bool, "the channel cancelled or reopened the order"),
    "from_flow": Key(bool, "the path ships; the questions to a user were already checked"),
    "goods_left": Key(
        bool, "the items left the stock: shipped by the channel or counted by a user"
    ),
    "has_warehouse": Key(bool, "the procured quantity is already sourced, or will be"),
    "mapping_later": Key(bool, "the caller calls ``_after_mapping`` once for the batch"),
    "message_id": Key(
        int, "id of the message being sent, for adapters whose call takes several runs"
    ),
    "new_deliveries": Key(
        bool, "orders are confirmed for the first time: there are no deliveries to search for"
    ),
    "no_distribution": Key(bool, "no analytic distribution exists, none is searched for"),
    "no_plan": Key(bool, "source the quantity again, ignoring the plan"),
    "no_push": Key(bool, "no push rule applies to the moves"),
    "no_restock": Key(bool, "the caller restocks the picked items"),
    "overbook": Key(bool, "the daily capacity may be exceeded, on a user's decision"),
    "quiet_parcels": Key(bool, "the caller reports the parcels of a delivery after all changes"),
    "rated_picking_id": Key(int, "the delivery whose shipping cost is computed"),
    "reckons": Key(str, "prices are computed with, but not shown: a system action or a copy"),
    "redirecting": Key(bool, "the caller changes the deliveries"),
    "sale_journal_id": Key(int, "id of the journal of a batch of invoices"),
    "sourced": Key(bool, "the path already sourced the orders"),
    "stock_locked": Key(bool, "the caller holds the stock locks and has read the rows"),
    "stopped": Key(bool, "the warehouse has confirmed the stop"),
    "via": Key(str, "interface by which events are received"),
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
