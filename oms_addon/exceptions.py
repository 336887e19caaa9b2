"""The kinds of failure of a step that talks to the outside."""

from odoo.exceptions import UserError


class RetryableError(UserError):
    """The same call may succeed later: time-out, connection refused, 5xx.

    :param str message: cause and cure, for people
    :param float seconds: the soonest next try, in seconds; ``None`` leaves it to the
        back-off of the lane
    :param bool unreachable: whether nobody was there to answer, whatever was asked
    """

    def __init__(self, message, seconds=None, unreachable=False):
        super().__init__(message)
        self.seconds = seconds
        self.unreachable = unreachable


class RateLimited(RetryableError):
    """Too many calls: nothing is wrong, it is only not yet time. Counts as no attempt."""


class Unfinished(RateLimited):
    """The channel took the call and works on it: look again, with what is known of it so far.

    :param dict state: what the next try has to know; kept with the message, see
        ``oms.channel.adapter`` ``_state``
    """

    def __init__(self, message, state, seconds=None):
        super().__init__(message, seconds=seconds)
        self.state = state


class CredentialsError(RetryableError):
    """The channel refuses who we are: every call fails until a person renews the access."""


class FinalError(UserError):
    """Trying again changes nothing: a person has to look.

    :param str message: cause and cure, for people
    """


class InsufficientStock(UserError):
    """Items are not there any more: nothing was kept for the cart.

    :param str message: every product of which there are too few, for people
    :param list short: a ``Shortage`` for each of them
    """

    code = "INSUFFICIENT_STOCK"

    def __init__(self, message, short):
        super().__init__(message)
        self.short = short
