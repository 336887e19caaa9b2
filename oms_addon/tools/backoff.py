"""How long to wait before a call that failed is made again."""

import random

#: doublings after which no wait grows any more
MAX_DOUBLINGS = 30


def backoff(failures, first, longest):
    """Return the wait after some failures in a row: twice as long each time.

    With jitter of a fifth, so that what failed together is not tried together.

    :param int failures: how many, from 1
    :param float first: seconds after the first one
    :param float longest: seconds it never exceeds, but for the jitter
    :rtype: float
    """
    doublings = min(max(failures - 1, 0), MAX_DOUBLINGS)
    # Nothing secret hangs on it.
    return min(first * 2**doublings, longest) * random.uniform(0.8, 1.2)
