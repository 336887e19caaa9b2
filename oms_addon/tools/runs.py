"""Objects shared by the code of one block, across Odoo's methods: one object per name.

Our own methods pass such an object as an argument. Between our code and our override of an Odoo
method, Odoo's method does not pass it on; the context is unsuitable, since every record keeps it
and clients can set it.
"""

from contextlib import contextmanager
from weakref import WeakKeyDictionary

#: every name, and its object
RUNS = {
    "allowed": "``stock.picking`` records: deliveries that get a batch each",
    "attempt": "``Attempt``: rate limit consumption of one message",
    "quants": "``QuantBatch``: changes of stock rows, collected and written at the end",
    "rules": "``dict``: stock rules of one batch of orders, by their criteria",
}

#: objects by name, by cursor: the cursor's own cache is cleared with each savepoint
_BY_CURSOR = WeakKeyDictionary()


@contextmanager
def running(env, name, run):
    """Make an object available to ``current`` within this block, in this transaction only.

    :param str name: a key of ``RUNS``
    :param run: the object; an outer object of the same name is restored afterwards
    :raise KeyError: for an unknown name
    """
    RUNS[name]  # noqa: B018 - raises KeyError for unknown names
    runs = _BY_CURSOR.setdefault(env.cr, {})
    outer = runs.get(name)
    runs[name] = run
    try:
        yield run
    finally:
        runs[name] = outer


def current(env, name):
    """:return: the object of the innermost block with that name; ``None`` outside of one"""
    return _BY_CURSOR.get(env.cr, {}).get(name)
