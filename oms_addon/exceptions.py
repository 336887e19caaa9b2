"""Errors of calls to other systems."""

from odoo.exceptions import UserError


class RetryableError(UserError):
    """The same call may succeed later: time-out, connection refused, 5xx.

    :param str message: cause and fix, for people
    :param float seconds: the earliest retry, in seconds; ``None`` uses the back-off of the
        background job
    :param bool unreachable: whether the server could not be reached, so any call would fail
    """

    def __init__(self, message, seconds=None, unreachable=False):
        super().__init__(message)
        self.seconds = seconds
        self.unreachable = unreachable


class RateLimited(RetryableError):
    """The rate limit is reached: retry later. Does not count as an attempt."""


class Unfinished(RateLimited):
    """The channel accepted the call and is processing it: retry with the state reached so far.

    :param dict state: what the next attempt needs; stored with the message, see
        ``oms.channel.adapter`` ``_state``
    """

    def __init__(self, message, state, seconds=None):
        super().__init__(message, seconds=seconds)
        self.state = state


class CredentialsError(RetryableError):
    """The channel rejected the credentials: every call fails until a person renews them."""


class FinalError(UserError):
    """A retry cannot succeed: a person has to resolve it.

    :param str message: cause and fix, for people
    """


class InsufficientStock(UserError):
    """Too little stock: nothing was reserved for the cart.

    :param str message: every product with too few units, for people
    :param list short: a ``Shortage`` for each of them
    """

    code = "INSUFFICIENT_STOCK"

    def __init__(self, message, short):
        super().__init__(message)
        self.short = short
