"""A message of several calls takes the tokens of all before it makes the first."""

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.oms_addon.tools.attempt import Attempt


def test_the_first_attempt_takes_what_each_call_costs():
    attempt = Attempt()
    assert attempt.missing("default", 2.0) == 2.0
    attempt.pay("default", 2.0, 2.0)
    assert attempt.missing("default", 1.0) == 1.0
    assert attempt.missing("other", 1.0) == 1.0


def test_an_attempt_after_one_that_had_to_wait_takes_all_at_once():
    expected = {}
    first = Attempt(expected)
    first.pay("default", 1.0, first.missing("default", 1.0))
    first.expect("default", 1.0)
    second = Attempt(expected)
    assert second.missing("default", 1.0) == 2.0
    second.pay("default", 1.0, 2.0)
    assert second.missing("default", 1.0) == 0.0


def test_a_message_that_took_less_than_the_one_before_it_is_what_the_next_goes_by():
    expected = {"default": 2.0}
    attempt = Attempt(expected)
    attempt.pay("default", 1.0, attempt.missing("default", 1.0))
    attempt.close()
    assert Attempt(expected).missing("default", 1.0) == 1.0


@given(st.lists(st.integers(1, 9)), st.integers(0, 20))
def test_whatever_was_expected_no_call_is_made_that_was_not_paid(costs, expected):
    attempt = Attempt({"default": float(expected)})
    for cost in costs:
        attempt.pay("default", cost, attempt.missing("default", cost))
        assert attempt.taken["default"] >= attempt.spent["default"]
    if costs:
        assert attempt.taken["default"] == max(sum(costs), expected)
