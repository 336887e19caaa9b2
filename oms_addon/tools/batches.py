"""Process a batch as a whole; when that fails, bisect it down to the failing items."""

import logging
from typing import Any, NamedTuple

from psycopg2.errors import DeadlockDetected, LockNotAvailable, SerializationFailure

_logger = logging.getLogger(__name__)

#: concurrency errors, no item's fault: the whole transaction is retried
CONCURRENCY = (DeadlockDetected, LockNotAvailable, SerializationFailure)


class Outcome(NamedTuple):
    """Outcome of a part of a batch: its result, or the error of its only item."""

    items: Any
    result: Any
    error: Exception | None


def halves(items):
    """:return: the two halves of a sequence or recordset; the first is the larger one"""
    half = (len(items) + 1) // 2
    return items[:half], items[half:]


def in_halves(env, items, work, catch=Exception):
    """Process items together in a savepoint; when that fails, process each half.

    Outcomes are yielded one by one: the caller handles each before the next attempt.

    :param env: the environment whose cursor creates the savepoints
    :param items: a recordset or list
    :param work: a function that processes a part of the items, all or none
    :param catch: the exceptions caused by an item; others are raised
    :return: yields an ``Outcome`` for each part that succeeded and each item that failed
    """
    if not items:
        return
    result = error = None
    try:
        with env.cr.savepoint():
            result = work(items)
    except CONCURRENCY:
        raise
    except catch as problem:
        error = problem
    if error is None or len(items) == 1:
        yield Outcome(items, result, error)
        return
    for part in halves(items):
        yield from in_halves(env, part, work, catch)


def culprits(records, work):
    """Process records, see ``in_halves``.

    :return: the exception of each record that failed
    :rtype: dict
    """
    failed = {}
    for record, _result, error in in_halves(records.env, records, work):
        if error:
            _logger.info("%s %s failed", record._name, record.id, exc_info=error)
            failed[record] = error
    return failed
