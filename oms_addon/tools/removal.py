"""Selection of stock rows to remove items from: Odoo's rule, in plain Python.

A row is a dict with ``id``, ``location_id``, ``lot_id``, ``package_id``, ``owner_id``,
``in_date``, ``removal_date`` (``None`` for never), ``quantity`` and ``reserved_quantity``.
"""

from collections import defaultdict
from datetime import datetime


def stock_key(row):
    """Return the identity of a row's stock: location, lot, package and owner."""
    return row["location_id"], row["lot_id"], row["package_id"], row["owner_id"]


def free(row):
    """Return the unreserved quantity of a row; negative when over-reserved."""
    return (row["quantity"] or 0.0) - (row["reserved_quantity"] or 0.0)


def sort(rows, strategy, names):
    """Sort rows in removal order; rows with a lot come first.

    :param str strategy: ``fifo``, ``lifo``, ``closest`` or ``fefo``
    :param dict names: complete name by location
    :return: a new list
    """
    if strategy == "closest":
        rows = sorted(rows, key=lambda row: (names[row["location_id"]], -row["id"]))
    elif strategy == "fefo":
        rows = sorted(
            rows,
            key=lambda row: (row["removal_date"] or datetime.max, row["in_date"], row["id"]),
        )
    else:
        rows = sorted(rows, key=lambda row: (row["in_date"], row["id"]), reverse=strategy == "lifo")
    return sorted(rows, key=lambda row: not row["lot_id"])


def is_fresh(row, moment):
    """Return whether the removal date of a row is not before a moment."""
    return not row["removal_date"] or row["removal_date"] >= moment


def available(rows, tracked):
    """Return the quantity of rows that can be reserved together.

    Negative quantities of an untracked product reduce the total of all rows, those of a tracked
    one only the quantity of the same lot.

    :param bool tracked: whether the product has lots or serial numbers
    """
    if not tracked:
        return max(sum(free(row) for row in rows), 0.0)
    by_lot = defaultdict(float)
    for row in rows:
        by_lot[row["lot_id"]] += free(row)
    return sum(quantity for quantity in by_lot.values() if quantity > 0)


def select(rows, quantity, compare):
    """Select a quantity from rows, in their order.

    :param float quantity: at most ``available``
    :param compare: compares two quantities in the product's unit, as ``uom.compare``
    :return: quantity by ``stock_key``, in removal order
    :rtype: dict
    """
    left = sum(row["quantity"] for row in rows if compare(row["quantity"] or 0.0, 0) > 0)
    left -= sum(row["reserved_quantity"] or 0.0 for row in rows)
    debts = defaultdict(float)
    for row in rows:
        if compare(free(row), 0) < 0:
            debts[stock_key(row)] -= free(row)
    taken = defaultdict(float)
    for row in rows:
        there = max(free(row), 0.0)
        covered = min(debts[stock_key(row)], there)
        debts[stock_key(row)] -= covered
        share = min(there - covered, quantity)
        if compare(share, 0) <= 0:
            continue
        taken[stock_key(row)] += share
        quantity -= share
        left -= share
        if not compare(quantity, 0) or not compare(left, 0):
            break
    return dict(taken)
