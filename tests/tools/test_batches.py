"""Working a batch in halves, and how long to wait after failures."""

from contextlib import contextmanager

import pytest
from psycopg2.errors import SerializationFailure

from odoo.addons.oms_addon.tools.backoff import backoff
from odoo.addons.oms_addon.tools.batches import halves, in_halves


class Env:
    """An environment of which only the savepoints are needed; it counts them."""

    def __init__(self):
        self.cr, self.count = self, 0

    @contextmanager
    def savepoint(self):
        self.count += 1
        yield


def work(bad, error=ValueError):
    """:return: a work that fails when one of ``bad`` is among its items"""

    def run(items):
        if found := [item for item in items if item in bad]:
            raise error(found[0])
        return sum(items)

    return run


@pytest.mark.parametrize(
    ("bad", "outcomes", "tries"),
    [
        ((), [([1, 2, 3, 4, 5], 15)], 1),
        ((4,), [([1, 2, 3], 6), ([4], "4"), ([5], 5)], 5),
        ((1, 5), [([1], "1"), ([2], 2), ([3], 3), ([4], 4), ([5], "5")], 9),
    ],
)
def test_only_the_culprits_fail(bad, outcomes, tries):
    env = Env()
    found = list(in_halves(env, [1, 2, 3, 4, 5], work(bad)))
    assert [(o.items, o.result if o.error is None else str(o.error)) for o in found] == outcomes
    assert env.count == tries


def test_nothing_is_worked_where_there_is_nothing():
    env = Env()
    assert list(in_halves(env, [], work(()))) == []
    assert env.count == 0


def test_what_two_transactions_did_at_once_is_no_fault_of_an_item():
    with pytest.raises(SerializationFailure):
        list(in_halves(Env(), [1, 2], work((2,), SerializationFailure)))


def test_what_is_not_to_be_caught_escapes():
    with pytest.raises(KeyError):
        list(in_halves(Env(), [1, 2], work((2,), KeyError), catch=ValueError))


def test_the_first_half_is_the_larger_one():
    assert halves([1, 2, 3]) == ([1, 2], [3])


def test_each_wait_is_twice_as_long_up_to_the_longest():
    for failures, seconds in ((1, 30), (2, 60), (5, 480), (7, 1800), (10_000, 1800)):
        waits = [backoff(failures, 30, 1800) for _ in range(50)]
        assert seconds * 0.8 <= min(waits) < max(waits) <= seconds * 1.2
