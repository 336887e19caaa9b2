"""What our own code says to the code it calls in the context: a client can send none of it.

A client names keys and values of the context as it likes, in every request. What decides who acted,
which locks are held or what is told to a channel is therefore sealed: plain data, which is all that
a client can send, is no sealed value.
"""

from dataclasses import dataclass
from typing import Any

#: every key, and what it says
KEYS = {
    "actor": "who acts, in words, where it is not the user",
    "attempt": "the ``Attempt`` to send a message that a call is part of",
    "batch": "core methods work on all records of a batch at once",
    "bulk": "what move lines do to the stock is added up, see ``quants``",
    "by_hand": "a person confirms the orders at this moment",
    "cancel_keeps_money": "who cancels does not want it refunded",
    "cancel_keeps_stock": "who cancels does not want the channel to put it back in stock",
    "cancel_notifies": "who cancels wants the customer to be told",
    "cancel_reason": "why it is cancelled, as the channel's codes have it",
    "cancel_text": "why it is cancelled, in words",
    "cancelled_here": "what the warehouse stops is told to the channel",
    "exact_order_ids": "orders whose amounts to invoice are exact already",
    "expected": "tokens by bucket that a message takes, by (channel id, topic)",
    "from_channel": "the channel is who cancelled or reopened it",
    "from_flow": "the path ships, and has looked at what a person would be asked",
    "goods_left": "the goods are gone: a channel shipped them or somebody counted",
    "has_warehouse": "what is procured now was sourced, or will be",
    "mapping_later": "the caller ends with ``_after_mapping`` for all of a batch",
    "message": "the message being sent, for adapters whose call takes several runs",
    "new_deliveries": "orders are confirmed for the first time: no delivery is looked for",
    "no_distribution": "no analytic distribution exists, so that none is searched for",
    "no_plan": "the quantity is sourced again, whatever was planned",
    "no_push": "no push rule applies to what is moved",
    "no_put_back": "what was picked is put back by the caller",
    "overbook": "a person sends it, today if its goods are there",
    "parcel_id": "the delivery whose shipping cost is found",
    "paused": "until when (Unix time) a lane leaves (channel id, topic) alone",
    "progress": "collects the orders that got on behind a step that waits",
    "quants": "the batch that changes of the stock are added up in",
    "quiet": "no note on deliveries",
    "quiet_parcels": "whoever changes several parcels of a delivery tells when all are right",
    "reckons": "prices are reckoned with, and shown to nobody: the system acts or copies",
    "redirecting": "the deliveries are looked after by the caller",
    "rule_cache": "stock rules found in this batch",
    "sale_journal_id": "the journal of a batch of invoices",
    "sourced": "the path sourced the orders",
    "stock_locked": "the caller holds the locks of the stock and has looked",
    "stopped": "the warehouse has answered",
    "via": "by which way events come in",
}


@dataclass(frozen=True, slots=True)
class Sealed:
    """A value that code put into the context."""

    value: Any


def sealed(**values):
    """Seal values for ``with_context(**sealed(…))``.

    :param values: by names of ``KEYS``
    :return: keys and values of the context
    :rtype: dict[str, Sealed]
    :raise KeyError: for a name that is not in the list
    """
    for name in values:
        KEYS[name]  # noqa: B018 - an unknown name is a mistake of ours
    return {f"oms_{name}": Sealed(value) for name, value in values.items()}


def unsealed(env, name, default=None):
    """:return: a value that our code put into the context; ``default`` where there is none, or a
    client sent it
    """
    value = env.context.get(f"oms_{name}")
    return value.value if isinstance(value, Sealed) else default
