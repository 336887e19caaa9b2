"""From which stock rows items are taken, and how much: Odoo's rule, in plain Python.

A row is a dict with ``id``, ``location_id``, ``lot_id``, ``package_id``, ``owner_id``,
``in_date``, ``removal_date`` (``None`` for never), ``quantity`` and ``reserved_quantity``.
"""

from collections import defaultdict
from datetime import datetime


def key(row):
    """Return what makes rows one stock: place, lot, package and owner."""
    return row["location_id"], row["lot_id"], row["package_id"], row["owner_id"]


def free(row):
    """Return what of a row is not reserved; less than nothing is a debt."""
    return (row["quantity"] or 0.0) - (row["reserved_quantity"] or 0.0)


def sort(rows, strategy, names):
    """Sort rows in the order of removal; what has a lot goes first.

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
    """Return whether the items of a row need not be removed before a moment."""
    return not row["removal_date"] or row["removal_date"] >= moment


def available(rows, tracked):
    """Return how much of rows can be reserved together.

    The debt of an untracked product at one place counts against what is elsewhere; the debt
    of a lot is no other's.

    :param bool tracked: whether the product has lots or serial numbers
    """
    if not tracked:
        return max(sum(free(row) for row in rows), 0.0)
    by_lot = defaultdict(float)
    for row in rows:
        by_lot[row["lot_id"]] += free(row)
    return sum(quantity for quantity in by_lot.values() if quantity > 0)


def take(rows, quantity, compare):
    """Take a quantity from rows, in their order.

    :param float quantity: not more than ``available``
    :param compare: compares two quantities in the product's unit, as ``uom.compare``
    :return: quantity by ``key``, in the order in which it is taken
    :rtype: dict
    """
    left = sum(row["quantity"] for row in rows if compare(row["quantity"] or 0.0, 0) > 0)
    left -= sum(row["reserved_quantity"] or 0.0 for row in rows)
    debts = defaultdict(float)
    for row in rows:
        if compare(free(row), 0) < 0:
            debts[key(row)] -= free(row)
    taken = defaultdict(float)
    for row in rows:
        there = max(free(row), 0.0)
        covered = min(debts[key(row)], there)
        debts[key(row)] -= covered
        share = min(there - covered, quantity)
        if compare(share, 0) <= 0:
            continue
        taken[key(row)] += share
        quantity -= share
        left -= share
        if not compare(quantity, 0) or not compare(left, 0):
            break
    return dict(taken)
