"""What a batch shares with our code that Odoo calls on its way: one object, for one block.

Where we call our own code, such an object is an argument. Between our code and an override of a
method of Odoo lies a method of Odoo, which hands nothing along; the context is no place for it,
since it is kept by every record and sent by clients.
"""

from contextlib import contextmanager
from weakref import WeakKeyDictionary

#: every name, and the object that runs by it
RUNS = {
    "attempt": "``Attempt``: what the calls of one message use up of the rate limits",
    "quants": "``QuantBatch``: what move lines do to the stock, added up and written at the end",
    "rules": "``dict``: the stock rules found for one batch of orders, by what they hang on",
}

#: objects by name, by cursor: what a cursor caches itself is forgotten with each savepoint
_BY_CURSOR = WeakKeyDictionary()


@contextmanager
def running(env, name, run):
    """Let ``current`` find an object within this block, in this transaction alone.

    :param str name: of ``RUNS``
    :param run: the object; an outer one of that name comes back afterwards
    :raise KeyError: for a name that is not in the list
    """
    RUNS[name]  # noqa: B018 - an unknown name is a mistake of ours
    runs = _BY_CURSOR.setdefault(env.cr, {})
    outer = runs.get(name)
    runs[name] = run
    try:
        yield run
    finally:
        runs[name] = outer


def current(env, name):
    """:return: the object of the innermost block of that name; ``None`` outside of one"""
    return _BY_CURSOR.get(env.cr, {}).get(name)
